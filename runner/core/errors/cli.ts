/** Errors of the command line: code to message and the next thing to do. */

export const cliErrors = {
  'extra-vars': (data: { readonly text: string }) => ({
    message: `-e '${data.text}' is neither key=value pairs, nor a YAML or JSON mapping, nor @file`,
    hint: 'examples: -e "port=80 name=web", -e \'{"ports": [80, 81]}\', -e @vars.yml',
  }),
  'no-such-start': (data: { readonly name: string; readonly near?: string | undefined }) => ({
    message: `No matching task "${data.name}" found to start at`,
    hint: data.near === undefined ? 'play PLAYBOOK --list-tasks shows the names of all tasks' : `did you mean "${data.near}"? play PLAYBOOK --list-tasks shows all`,
  }),
  'setting-value': (data: { readonly name: string; readonly isInFile: boolean; readonly value: string; readonly least: number }) => ({
    message: `${data.isInFile ? `the setting '${data.name}'` : `the environment variable ${data.name}`} has an invalid value: '${data.value}' is not a whole number from ${data.least} on`,
    hint: data.isInFile ? 'Correct it, or take the line out.' : `Correct it, or take it away: unset ${data.name}.`,
  }),
  'config-line': (data: { readonly text: string }) => ({
    message: `this line of settings has no '=' and is no [section]: ${data.text}`,
    hint: 'write key = value; comments start with # or ;',
  }),
  'password-file': (data: { readonly path: string; readonly why: string }) => ({
    message: `the password file ${data.path} cannot be read: ${data.why}`,
    hint: 'it holds the password as its only line; - reads it from the standard input',
  }),
  /** What a small command does not understand of its arguments; Ansible ends with 2 then. */
  'arguments': (data: { readonly message: string; readonly near?: string | undefined }) => ({
    message: data.message,
    hint: data.near === undefined ? 'see --help' : `did you mean ${data.near}?`,
  }),
  'usage': (data: { readonly message: string; readonly near?: string | undefined }) => ({
    message: data.message, hint: data.near === undefined ? 'play --help shows all options' : `did you mean ${data.near}? play --help shows all options`,
  }),
  'output-unwritable': (data: { readonly path: string; readonly why: string }) => ({
    message: `Unable to write to destination file '${data.path}': ${data.why}`, hint: 'check the folder and its permissions, or name another file with --output',
  }),
  'no-answer': (_data: object) => ({
    message: 'nobody answered: the input ended (EOF)',
    hint: 'run it in a terminal, or give the password by a file (--vault-password-file, --connection-password-file, --become-password-file)',
  }),
  'playbook-missing': (data: { readonly path: string; readonly searched: readonly string[]; readonly near?: string | undefined }) => ({
    message: `there is no playbook ${data.path}`,
    hint: `looked for: ${data.searched.join(', ')}${data.near === undefined ? '' : `; did you mean ${data.near}?`}`,
  }),
} satisfies Record<string, (data: never) => { readonly message: string; readonly hint?: string }>

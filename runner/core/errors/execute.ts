/** Errors of running tasks: code to message and the next thing to do. */

const list = (names: readonly string[]): string => names.join(', ')
const near = (name: string | undefined): string => name === undefined ? '' : ` Did you mean '${name}'?`

export const executeErrors = {
  'interrupted': (_data: object) => ({ message: 'User interrupted execution' }),
  'debugger-line': (data: { readonly line: string }) => ({
    message: `the debugger does not understand: ${data.line}`,
    hint: "it shows expressions as templates have them (p task.args | length), and assigns: task.args['x'] = …, task.args = {…}, task_vars['x'] = …, del task.args['x']; Python itself is not there",
  }),
  'fact-cache-folder': (data: { readonly folder: string; readonly why: string }) => ({
    message: `the folder of cached facts ${data.folder} cannot be used: ${data.why}`,
    hint: 'the setting fact_caching_connection names it',
  }),
  'file-not-found': (data: { readonly path: string; readonly searched: readonly string[]; readonly near?: string | undefined }) => ({
    message: `could not find or access '${data.path}' on the controller`,
    hint: `${near(data.near).trim()} looked for: ${list(data.searched)}`.trim(),
  }),
  'play-argspec': (data: { readonly isNamed: boolean; readonly searched: readonly string[] }) => ({
    message: [
      ...(data.isNamed ? [] : ['A play name is required when validate_argspec is True. Alternatively, set validate_argspec to the name of an argument spec.']),
      ...(data.searched.length === 0 ? [] : [`A playbook meta file is required. Considered: ${list(data.searched)}`]),
    ].join(' '),
    hint: 'the specification stands in PLAYBOOK.meta.yml beside the playbook, under argument_specs: and the name of the play',
  }),
  'keyword-template': (data: { readonly name: string; readonly why: string }) => ({
    message: `Error processing keyword '${data.name}': ${data.why}`,
    hint: 'the keywords of a play know its own variables and those of the command line, not those of hosts',
  }),
  'no-argspec': (data: { readonly name: string; readonly path: string; readonly known: readonly string[]; readonly near?: string | undefined }) => ({
    message: `No argument spec named '${data.name}' in ${data.path}`,
    hint: `${near(data.near).trim()} ${data.known.length === 0 ? 'Write one there, under "argument_specs:".' : `There are: ${list(data.known)}`}`.trim(),
  }),
  'probe-unreadable': (data: { readonly probe: string; readonly output: string }) => ({
    message: `the host's answer to the ${data.probe} read makes no sense: ${data.output.slice(0, 200)}`,
    hint: 'run again with -vvv to see what was asked; this may be a tool on the host that play does not know yet',
  }),
  'read-lost': (data: { readonly probe: string; readonly why: string }) => ({
    message: `the host's answer to the ${data.probe} read cannot be used: ${data.why}`,
    hint: 'look at `df -h /dev/shm /tmp` on the host; what clears these folders must leave those named .play-… alone while they are in use',
  }),
  'unknown-connection': (data: { readonly name: string; readonly known: readonly string[]; readonly near?: string | undefined }) => ({
    message: `there is no connection '${data.name}'`, hint: `${near(data.near).trim()} ansible_connection can be: ${list(data.known)}`.trim(),
  }),
  'unknown-become': (data: { readonly name: string; readonly known: readonly string[] }) => ({
    message: `there is no become method '${data.name}'`, hint: `become_method can be: ${list(data.known)}`,
  }),
  'bad-port': (data: { readonly value: string; readonly host: string }) => ({
    message: `the port of ${data.host} is '${data.value}', which is no number`, hint: 'ansible_port (or port: of the play) is a number from 1 to 65535, for example 22',
  }),
  'unknown-handler': (data: { readonly name: string; readonly near: string | undefined; readonly known: readonly string[] }) => ({
    message: `The requested handler '${data.name}' was not found in either the main handlers list nor in the listening handlers list`,
    hint: `${near(data.near).trim()} Handlers of this play: ${data.known.length === 0 ? 'none' : list(data.known)}`.trim(),
  }),
  'loop-no-list': (data: { readonly type: string }) => ({
    message: `Invalid data passed to 'loop', it requires a list, got ${data.type} instead`,
    hint: data.type === 'int' ? 'to count, loop over "{{ range(1, n + 1) | list }}"' : data.type === 'dict' ? 'for a mapping loop over "{{ value | dict2items }}": item.key and item.value'
      : data.type === 'str' ? 'put brackets around it for one element: "{{ [value] }}", or split it: "{{ value | split(\',\') }}"' : 'use a list, or make one of it: "{{ value | list }}"',
  }),
  'args-no-mapping': (data: { readonly module: string; readonly type: string }) => ({
    message: `the arguments of '${data.module}' must resolve to a 'dict' (a mapping), not '${data.type}'`, hint: `write them as 'name: value' lines below ${data.module}:`,
  }),
  'empty-delegate': (data: { readonly written: string }) => ({
    message: `Empty hostname produced from delegate_to: "${data.written}"`, hint: 'to delegate only sometimes, let the template give omit',
  }),
  'bad-throttle': (data: { readonly why: string }) => ({
    message: `Failed to convert the throttle value to an integer: ${data.why}`, hint: 'give a whole number, or a template that yields one',
  }),
  'condition-no-text': (data: { readonly found: string }) => ({
    message: 'Conditional expressions must be strings.', hint: `this one is ${data.found}; write it as text, for example: when: x is defined`,
  }),
  'vars-file-missing': (data: { readonly paths: readonly string[]; readonly near?: string | undefined }) => ({
    message: `vars file ${data.paths.join(' or ')} was not found`, hint: `${near(data.near).trim()} paths are relative to the playbook; a list of names takes the first that exists`.trim(),
  }),
  'no-inventory-match': (data: { readonly pattern: string; readonly near: string | undefined }) => ({
    message: `no host matches '${data.pattern}'`, hint: `${near(data.near).trim()} See: play inventory --graph`.trim(),
  }),
  'limit-implied': (data: { readonly pattern: string }) => ({
    message: `the inventory, host pattern and --limit leave no hosts to target: '${data.pattern}' is not in the inventory`,
    hint: 'a play for localhost needs no entry, but --limit does: add the line "localhost ansible_connection=local" to the inventory, or leave --limit away',
  }),
  'unsupported-meta': (data: { readonly name: string; readonly near: string | undefined; readonly known: readonly string[] }) => ({
    message: `invalid meta action requested: ${data.name}`, hint: `${near(data.near).trim()} There are: ${list(data.known)}`.trim(),
  }),
  'batch-size': (data: { readonly value: string }) => ({
    message: `serial: '${data.value}' is neither a number nor a percentage`, hint: 'examples: serial: 2, serial: "30%", serial: [1, 5, "50%"]',
  }),
  'not-a-name': (data: { readonly what: string; readonly found: string }) => ({
    message: `${data.what} must be a name, found ${data.found}`, hint: 'quote it, or check the expression that makes it',
  }),
} satisfies Record<string, (data: never) => { readonly message: string; readonly hint?: string }>

/** Errors of playbook: code to message and the next thing to do. */

type Near = { readonly near?: string | undefined }
const list = (names: readonly string[]): string => names.join(', ')
const meant = (near: string | undefined, otherwise: string): string => near === undefined ? otherwise : `did you mean '${near}'?`

/** A colon without its space, or a value with a space in it, are what most often makes free text. */
function freeFormHint(module: string, text: string): string {
  const [, key, value] = /^([a-z_]+):(\S.*)$/.exec(text) ?? []
  if (key !== undefined && value !== undefined) return `a space belongs after the colon: "${key}: ${value}"`
  return `write the arguments of ${module} as "name: value" lines below it, or as name=value; a value with spaces needs quotes: name="two words"`
}

export const playbookErrors = {
  'cannot-read': (data: { readonly what: string; readonly path: string; readonly why: string }) => ({
    message: `could not read ${data.what} ${data.path}: ${data.why}`,
    hint: 'check the path and its permissions',
  }),
  'source-missing': (data: Near & { readonly what: string; readonly name: string; readonly searched: readonly string[] }) => ({
    message: `${data.what} '${data.name}' was not found`,
    hint: `${data.near === undefined ? '' : `did you mean '${data.near}'? `}looked for: ${list(data.searched)}`,
  }),
  'not-text': (data: { readonly what: string; readonly found: string }) => ({
    message: `${data.what} must be given as text, found ${data.found}`,
    hint: 'give a file name or a name as plain text',
  }),

  'playbook-empty': (data: { readonly file: string; readonly isList: boolean }) => ({
    message: data.isList ? 'A playbook must contain at least one play' : `Empty playbook, nothing to do: ${data.file}`,
    hint: 'a playbook is a list of plays: "- hosts: all" and below it "  tasks:"',
  }),
  'playbook-not-list': (data: { readonly found: string }) => ({
    message: `A playbook must be a list of plays, got ${data.found}`,
    hint: 'start each play with "- hosts:"',
  }),
  'play-not-dict': (data: { readonly found: string }) => ({
    message: `playbook entries must be either valid plays or 'import_playbook' statements, found ${data.found}`,
    hint: 'start each play with "- hosts:"',
  }),
  'play-is-task': (data: { readonly module: string }) => ({
    message: `'${data.module}' is not a valid attribute for a Play: it is a task, but a playbook is a list of plays`,
    hint: 'put it below "- hosts: …" and "tasks:", or include this file with import_tasks from a play',
  }),
  'play-without-hosts': (_: object) => ({
    message: "the field 'hosts' is required but was not set",
    hint: 'say which hosts the play is for: "hosts: all"',
  }),
  'bad-hosts': (data: { readonly why: string }) => ({
    message: `Hosts list ${data.why}. Please check your playbook`,
    hint: 'hosts is a pattern or a list of patterns: "hosts: web" or "hosts: [web, db]"',
  }),
  'import-playbook-with': (data: Near & { readonly keyword: string }) => ({
    message: `'${data.keyword}' is not a valid attribute for a PlaybookInclude`,
    hint: meant(data.near, 'import_playbook takes vars, tags, when and name'),
  }),
  'import-cycle': (data: { readonly what: string; readonly chain: readonly string[] }) => ({
    message: `${data.what} comes back to itself: ${data.chain.join(' -> ')}`,
    hint: data.what === 'import_playbook' ? 'take one of these imports out' : 'imports are followed before anything runs: break the circle, or use include_tasks or include_role with a condition',
  }),

  'unknown-keyword': (data: Near & { readonly name: string; readonly what: string; readonly instead?: string | undefined; readonly known: readonly string[]; readonly moved?: string | undefined }) => ({
    message: `'${data.name}' is not a valid attribute for a ${data.what}`,
    hint: data.instead !== undefined ? `it is of an old Ansible; use ${data.instead}`
      : data.moved !== undefined ? `${data.moved}` : meant(data.near, `a ${data.what} takes: ${list(data.known)}`),
  }),
  'keyword-type': (data: { readonly name: string; readonly wanted: string; readonly found: string; readonly example: string }) => ({
    message: `the value of '${data.name}' must be ${data.wanted}, found ${data.found}`,
    hint: `for example: ${data.example}`,
  }),
  'keyword-value': (data: { readonly name: string; readonly type: string; readonly wanted: string; readonly found: string; readonly example: string }) => ({
    message: `Error processing keyword '${data.name}': The value ${data.found} could not be converted to '${data.type}'.`,
    hint: `give ${data.wanted}, for example: ${data.example}`,
  }),
  'loop-variable': (data: { readonly name: string; readonly found: string }) => ({
    message: `Invalid '${data.name}': Invalid variable name '${data.found}'.`,
    hint: 'names are letters, digits and underscores, and start with no digit',
  }),
  'bad-prompt': (data: Near & { readonly key?: string; readonly known: readonly string[] }) => ({
    message: `Invalid vars_prompt data structure, ${data.key === undefined ? "missing 'name' key" : `found unsupported key '${data.key}'`}`,
    hint: meant(data.near, `each entry needs a name; it may have: ${list(data.known.slice(1))}`),
  }),
  'keyword-choice': (data: Near & { readonly name: string; readonly found: string; readonly choices: readonly string[] }) => ({
    message: `'${data.found}' is no value of '${data.name}'`,
    hint: meant(data.near, `choose one of: ${list(data.choices)}`),
  }),
  'keyword-twice': (data: { readonly one: string; readonly other: string }) => ({
    message: `both '${data.one}' and '${data.other}' are set for this play.`,
    hint: 'keep one of them',
  }),
  'bad-variable-name': (data: { readonly name: string; readonly where: string }) => ({
    message: `Invalid variable name in ${data.where}: '${data.name}'`,
    hint: `names are letters, digits and underscores, and start with no digit: '${data.name.replace(/\W/g, '_').replace(/^(?=\d|$)/, '_')}'`,
  }),
  'vars-not-dict': (data: { readonly what: string; readonly found: string }) => ({
    message: `Vars in a ${data.what} must be specified as a dictionary, found ${data.found}`,
    hint: 'write "name: value" lines below "vars:"',
  }),

  'tasks-not-list': (data: { readonly where: string; readonly found: string; readonly holdsTasks?: boolean }) => ({
    message: `A malformed block was encountered while loading ${data.where}: ${data.found} should be a list${data.found === 'nothing' ? '' : ' or None'}`,
    hint: data.holdsTasks === true ? `list the tasks right below ${data.where.replaceAll("'", '')}:, without tasks:` : 'start each task with "- name:"',
  }),
  'included-not-list': (data: { readonly where: string; readonly found: string }) => ({
    message: `${data.where} must contain a list of tasks, found ${data.found}`,
    hint: 'start each task with "- name:"',
  }),
  'task-not-dict': (data: { readonly found: string }) => ({
    message: `a task must be a mapping, found ${data.found}`,
    hint: 'write "- name: …" and below it "module:" with its arguments, indented the same',
  }),
  'no-module': (data: { readonly name: string }) => ({
    message: `no module/action detected in task${data.name === '' ? '' : ` '${data.name}'`}.`,
    hint: 'add the module: for example "command: uptime", indented as "name:"',
  }),
  'unknown-module': (data: Near & { readonly name: string; readonly isCollection: boolean }) => ({
    message: `couldn't resolve module/action '${data.name}'. This often indicates a misspelling, missing collection, or incorrect module path.`,
    hint: data.name === 'import_playbook' ? 'it stands in the list of plays, at the start of a line, not among tasks; a file of tasks is brought in by import_tasks' : meant(data.near, data.name.includes('{{') ? 'the module must be known before the task runs: write its name (for package managers: package)'
      : data.isCollection ? 'docs/modules.md lists the modules of collections that are built in; others are looked for in collections/ and library/ beside the playbook' : 'docs/modules.md lists the modules there are; one of your own goes into library/ beside the playbook'),
  }),
  'custom-action': (data: { readonly name: string; readonly path: string }) => ({
    message: `${data.path} is an action plugin written in Python: it would run on the controller, and play runs no Python there`,
    hint: `a module of your own runs on the target: write ${data.name} as a program in library/ (docs/custom-modules.md), or use a module that play has`,
  }),
  'two-modules': (data: { readonly one: string; readonly other: string }) => ({
    message: `conflicting action statements: ${data.one}, ${data.other}`,
    hint: data.one === data.other ? 'the module is given twice: keep one of the two' : `a task runs one module: start another task with "- ${data.other}:", or indent '${data.other}' if it is an argument of ${data.one}`,
  }),
  'bad-action': (data: { readonly name: string; readonly found: string; readonly quoted?: string | undefined }) => ({
    message: `unexpected parameter type in action: '${data.name}' has ${data.found}`,
    hint: data.quoted === undefined ? `write the arguments of ${data.name} as a mapping below it` : `if it is meant as text, put quotes around it: ${data.name}: "${data.quoted}"`,
  }),
  'no-free-form': (data: { readonly module: string; readonly text: string }) => ({
    message: `this task '${data.module}' has extra params, which are only allowed in modules that take free text, and does not support raw params: '${data.text}'`,
    hint: freeFormHint(data.module, data.text),
  }),
  'unbalanced-arguments': (data: { readonly text: string }) => ({
    message: `failed at splitting arguments, either an unbalanced jinja2 block or quotes: ${data.text}`,
    hint: 'close the quote or braces that open here, or write the arguments as "name: value" lines',
  }),
  'reserved-argument': (data: { readonly name: string }) => ({
    message: `Invalid parameter specified beginning with keyword '_ansible_': '${data.name}'`,
    hint: 'such names are kept for the runner',
  }),
  'bad-args': (data: { readonly found: string }) => ({
    message: `The value of the task \`args\` keyword is invalid: found ${data.found}`,
    hint: 'a mapping, or a template that gives a mapping, is needed',
  }),
  'two-loops': (data: { readonly one: string; readonly other: string }) => ({
    message: `duplicate loop in task: ${data.one}, ${data.other}`,
    hint: 'keep one; loops inside loops are made with include_tasks',
  }),
  'unknown-with': (data: Near & { readonly name: string; readonly file?: string | undefined }) => ({
    message: `'with_${data.name}' is not a loop: there is no lookup '${data.name}'`,
    hint: data.file !== undefined ? `${data.file} has it, but lookups written in Python are not loaded` : data.near === undefined ? 'use loop:, or with_ and the name of a lookup' : `did you mean 'with_${data.near}'?`,
  }),
  'empty-loop': (data: { readonly name: string }) => ({
    message: `you must specify a value when using ${data.name}`,
    hint: 'give a list, or a template that gives one',
  }),
  'loop-not-list': (data: { readonly found: string }) => ({
    message: `Invalid data passed to 'loop', it requires a list, got this instead: ${data.found}`,
    hint: /^[A-Za-z_]\w*$/.test(data.found) ? `a variable needs braces: "{{ ${data.found} }}"` : 'for numbers use "{{ range(1, 4) | list }}", for a mapping "{{ it | dict2items }}"',
  }),
  'bad-register': (data: { readonly found: string }) => ({
    message: `Invalid 'register' specified: Invalid variable name '${data.found}'.`,
    hint: 'names are letters, digits and underscores, and start with no digit; no {{ }} here',
  }),
  'block-without-block': (data: { readonly name: string }) => ({
    message: `'${data.name}' keyword cannot be used without 'block'`,
    hint: `put the tasks that may fail under "block:", beside "${data.name}:"`,
  }),

  'bad-include': (data: { readonly module: string; readonly why: string; readonly hint: string }) => ({ message: `${data.why}`, hint: data.hint }),
  'include-keyword': (data: { readonly name: string; readonly module: string }) => ({
    message: `'${data.name}' is not a valid attribute for a ${data.module === 'include_role' ? 'IncludeRole' : 'TaskInclude'}`,
    hint: `to give it to the tasks inside, write it under "apply:" of ${data.module}, or use ${data.module.replace('include', 'import')}`,
  }),
  'import-loop': (data: { readonly module: string }) => ({
    message: `You cannot use loops on '${data.module}' statements. You should use '${data.module.replace('import', 'include')}' instead.`,
    hint: 'imports are read before anything runs, so there is nothing to loop over yet',
  }),
  'import-variable': (data: { readonly what: string; readonly why: string }) => ({
    message: `Error when evaluating variable in ${data.what}: ${data.why}`,
    hint: 'imports, role names and tags are read before anything runs and only know vars, vars_files and extra variables, not facts or inventory; use include_tasks or include_role',
  }),
  'bad-handler': (data: { readonly what: string }) => ({
    message: `Using ${data.what} as a handler is not supported.`,
    hint: 'use single tasks or include_tasks as handlers',
  }),
  'flush-handler': (_: object) => ({
    message: 'flush_handlers cannot be used as a handler',
    hint: 'handlers run in their turn: take this one out, or put "meta: flush_handlers" among the tasks',
  }),
  'end-role-handler': (_: object) => ({
    message: "Cannot execute 'end_role' from a handler",
    hint: 'end_role belongs into the tasks of a role',
  }),
  'end-role-outside': (_: object) => ({
    message: "Cannot execute 'end_role' from outside of a role",
    hint: 'end_role belongs into the tasks of a role; to end the play for a host use end_host',
  }),

  'role-without-name': (_: object) => ({
    message: 'role definitions must contain a role name',
    hint: 'write "- role: name", with its parameters as further keys beside it, or just "- name"',
  }),
  'old-role-entry': (data: { readonly entry: string }) => ({
    message: `Invalid old style role requirement: ${data.entry}`,
    hint: 'write "- role: name"',
  }),
  'bad-role-entry': (data: { readonly found: string }) => ({
    message: `A malformed role declaration was encountered: ${data.found}`,
    hint: 'an entry of roles is a name, or a mapping with "role: name"',
  }),
  'role-not-found': (data: Near & { readonly name: string; readonly searched: readonly string[]; readonly isCollection: boolean }) => ({
    message: `The role '${data.name}' was not found in: ${data.searched.join(':')}`,
    hint: meant(data.near, data.isCollection ? 'install its collection into collections/ beside the playbook, or copy the role into roles/' : 'put it into roles/ beside the playbook; public ones are fetched by ansible-galaxy role install -p roles NAME'),
  }),
  'role-file-outside': (data: { readonly role: string; readonly file: string }) => ({
    message: `Failed loading '${data.file}' for role (${data.role}) as it is not inside the expected role path`,
    hint: 'name a file inside the role',
  }),
  'role-file-missing': (data: Near & { readonly role: string; readonly file: string }) => ({
    message: `Could not find specified file in role '${data.role}': ${data.file}`,
    hint: meant(data.near, 'files are looked for with .yml, .yaml and .json'),
  }),
  'role-file-shape': (data: { readonly role: string; readonly file: string; readonly wanted: string; readonly found: string }) => ({
    message: `The ${data.file} file for role '${data.role}' must contain a ${data.wanted}, found ${data.found}`,
    hint: data.wanted.startsWith('list') ? 'start each task with "- name:"' : 'write "name: value" lines',
  }),
  'role-cycle': (data: { readonly chain: readonly string[] }) => ({
    message: `A recursion loop was detected with the roles specified: ${data.chain.join(' -> ')}`,
    hint: 'make sure child roles do not have dependencies on parent roles',
  }),
  'role-unknown': (data: Near & { readonly name: string; readonly known: readonly string[] }) => ({
    message: `no play of the playbook uses a role '${data.name}'`,
    hint: meant(data.near, data.known.length === 0 ? 'the playbook uses no roles' : `it uses: ${list(data.known)}`),
  }),
} satisfies Record<string, (data: never) => { readonly message: string; readonly hint?: string }>

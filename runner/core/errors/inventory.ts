/** Errors of inventories and host patterns: code to message and the next thing to do. */

const meant = (near: string | undefined, otherwise: string): string => near === undefined ? otherwise : `did you mean '${near}'? Otherwise: ${otherwise}`

export const inventoryErrors = {
  'bad-host-range': (data: { readonly text: string; readonly why: string }) => ({
    message: `the range in '${data.text}' cannot be read: ${data.why}`,
    hint: 'write it as web[01:20], web[1:9:2] or db-[a:f]',
  }),
  'pattern-mismatch': (data: { readonly pattern: string; readonly near: string | undefined }) => ({
    message: `Could not match supplied host pattern: no host and no group is called '${data.pattern}'`,
    hint: meant(data.near, 'name a host or group of the inventory; the setting host_pattern_mismatch (ANSIBLE_HOST_PATTERN_MISMATCH) makes this a warning'),
  }),
  'empty-name': (data: { readonly what: string }) => ({
    message: `a ${data.what} has an empty name`,
    hint: `give the ${data.what} a name`,
  }),
  'group-circle': (data: { readonly path: readonly string[] }) => ({
    message: `the group ${data.path[0] ?? ''} would contain itself: ${data.path.join(' > ')}`,
    hint: 'take one of these groups out of the children of the one before it',
  }),
  'bad-group-priority': (data: { readonly group: string; readonly value: string }) => ({
    message: `ansible_group_priority of group ${data.group} must be a whole number, not '${data.value}'`,
    hint: 'groups of the same depth are merged from the lowest priority to the highest; the default is 1',
  }),
  'bad-section': (data: { readonly line: string }) => ({
    message: `'${data.line}' is no section header`,
    hint: 'write [group], [group:vars] or [group:children], without spaces inside the brackets',
  }),
  'unknown-section': (data: { readonly group: string; readonly kind: string; readonly near: string | undefined }) => ({
    message: `section [${data.group}:${data.kind}] is of an unknown kind '${data.kind}'`,
    hint: meant(data.near, `[${data.group}] lists hosts, [${data.group}:vars] variables, [${data.group}:children] groups`),
  }),
  'bad-host-line': (data: { readonly line: string; readonly why: string }) => ({
    message: `the host line cannot be read: ${data.why}`,
    hint: 'a host line is NAME [key=value ...]; put a value with spaces in quotes and close them on the same line',
  }),
  'bad-host-variable': (data: { readonly found: string; readonly host: string }) => ({
    message: `expected key=value after host ${data.host}, found '${data.found}'`,
    hint: 'write key=value without spaces around =, quote values with spaces, and put each host on a line of its own',
  }),
  'host-ends-in-colon': (data: { readonly name: string }) => ({
    message: `the host '${data.name}' ends in a colon, which here starts a port number`,
    hint: 'take the colon away; if this is a YAML inventory, its name must end in .yml or .yaml',
  }),
  'ini-is-yaml': (_data: { readonly file: string }) => ({
    message: `'---' starts a YAML file, but this file is read as an INI inventory`,
    hint: 'let the name of a YAML inventory end in .yml or .yaml',
  }),
  'bad-group-variable': (data: { readonly line: string; readonly group: string }) => ({
    message: `expected key=value in [${data.group}:vars], found '${data.line}'`,
    hint: `one variable a line; hosts belong below [${data.group}]`,
  }),
  'bad-child-line': (data: { readonly line: string; readonly group: string; readonly hasVars: boolean }) => ({
    message: `expected the name of a group in [${data.group}:children], found '${data.line}'`,
    hint: data.hasVars ? `variables belong below [${data.group}:vars], or behind a host below [${data.group}]` : 'one group name a line, nothing else',
  }),
  'vars-of-unknown-group': (data: { readonly group: string; readonly near: string | undefined }) => ({
    message: `[${data.group}:vars] sets variables of a group '${data.group}' that this inventory does not have`,
    hint: meant(data.near, `add a section [${data.group}] or [${data.group}:children]`),
  }),
  'unknown-child-group': (data: { readonly child: string; readonly group: string; readonly near: string | undefined }) => ({
    message: `[${data.group}:children] names a group '${data.child}' that this inventory does not have`,
    hint: meant(data.near, `add a section [${data.child}]; a host belongs below [${data.group}], not below [${data.group}:children]`),
  }),
  'inventory-not-mapping': (data: { readonly found: string }) => ({
    message: `a YAML inventory is a mapping of groups, found ${data.found}`,
    hint: 'start with "all:", and below it "hosts:", "vars:" and "children:"',
  }),
  'inventory-bad-section': (data: { readonly key: string; readonly group: string; readonly found: string }) => ({
    message: `'${data.key}' of group ${data.group} must be a mapping, found ${data.found}`,
    hint: data.key === 'vars' ? 'write each variable as "name: value"' : `write each name as a key with a colon, not as a list item: "${data.key}:" and below it "name:"`,
  }),
  'inventory-bad-host': (data: { readonly host: string; readonly found: string }) => ({
    message: `the variables of host ${data.host} must be a mapping, found ${data.found}`,
    hint: 'write each variable as "name: value" below the host',
  }),
  'inventory-name-not-text': (data: { readonly what: string; readonly name: string }) => ({
    message: `${data.what === 'host' ? 'Host pattern' : 'Name of a group'} ${data.name} must be a string`,
    hint: 'put it in quotes',
  }),
  'inventory-plugin-unsupported': (data: { readonly plugin: string; readonly near: string | undefined }) => ({
    message: `the inventory plugin '${data.plugin}' is not supported`,
    hint: meant(data.near, 'play knows the plugin ansible.builtin.constructed; other sources can be an executable script that prints JSON'),
  }),
  'toml-syntax': (data: { readonly why: string }) => ({
    message: `this is no TOML: ${data.why}`, hint: 'a table is [name], a value key = "text", 1, true, [list] or { key = value }',
  }),
  'toml-bad-group': (data: { readonly group: string; readonly key: string; readonly wanted: string }) => ({
    message: `'${data.key}' of the group '${data.group}' must be ${data.wanted}`, hint: 'a group is [name] with children = ["a"], [name.vars] and [name.hosts.HOST]',
  }),
  'generator-option': (data: { readonly option: string; readonly why: string; readonly near: string | undefined }) => ({
    message: `the option '${data.option}' of the generator plugin: ${data.why}`,
    hint: data.near === undefined ? 'it needs hosts (name, parents) and layers (lists of values)' : `did you mean '${data.near}'?`,
  }),
  'constructed-option': (data: { readonly option: string; readonly why: string; readonly near: string | undefined }) => ({
    message: `the option '${data.option}' of the constructed inventory: ${data.why}`,
    hint: meant(data.near, 'it takes strict, compose, groups, keyed_groups, leading_separator, use_extra_vars, use_vars_plugins'),
  }),
  'constructed-failed': (data: { readonly what: string; readonly host: string; readonly reason: string }) => ({
    message: `${data.what} cannot be worked out for host ${data.host}: ${data.reason}`,
    hint: 'correct the expression, or set "strict: false" to leave such hosts out',
  }),
  'inventory-script-failed': (data: { readonly command: string; readonly why: string; readonly stderr: string }) => ({
    message: `the inventory script failed: ${data.command}: ${data.why}${data.stderr.trim() === '' ? '' : `\n${data.stderr.trim()}`}`,
    hint: 'run it by hand with --list; if it is no script, take its executable bit away (chmod -x)',
  }),
  'inventory-script-json': (data: { readonly command: string; readonly why: string; readonly output: string }) => ({
    message: `the output of ${data.command} is not the JSON of an inventory: ${data.why}; it starts: ${data.output.slice(0, 120)}`,
    hint: 'a script prints {"group": {"hosts": [], "vars": {}, "children": []}, "_meta": {"hostvars": {}}} and nothing else',
  }),
  'group-vars-unreadable': (data: { readonly path: string; readonly reason: string }) => ({
    message: `cannot read ${data.path}: ${data.reason}`,
    hint: 'check who owns the file and its permissions',
  }),
  'bad-pattern-regex': (data: { readonly pattern: string; readonly reason: string }) => ({
    message: `the host pattern '${data.pattern}' is no regular expression: ${data.reason}`,
    hint: 'the part behind ~ is a regular expression that is matched from the start of the name',
  }),
  'pattern-out-of-range': (data: { readonly pattern: string; readonly count: number }) => ({
    message: `no hosts matched the subscripted pattern '${data.pattern}': there are ${data.count} hosts to count`,
    hint: 'counting starts at 0, and -1 is the last',
  }),
  'show-one-host': (data: { readonly host: string; readonly count: number; readonly near: string | undefined }) => ({
    message: data.count === 0 ? `You must pass a single valid host to --host: the inventory has no host '${data.host}'` : `You must pass a single valid host to --host: '${data.host}' means ${data.count} hosts`,
    hint: meant(data.near, 'play inventory --graph shows all hosts'),
  }),
  'toml-unwritable': (data: { readonly found: string }) => ({
    message: `TOML cannot say ${data.found}`, hint: 'show the inventory as JSON or with --yaml',
  }),
  'show-no-group': (data: { readonly group: string; readonly near: string | undefined }) => ({
    message: `Pattern must be valid group name when using --graph: the inventory has no group '${data.group}'`,
    hint: meant(data.near, 'play inventory --graph shows all groups'),
  }),
  'inventory-unparsed': (data: { readonly source: string }) => ({
    message: `no inventory could be read from ${data.source === '' ? 'nothing: no source was given' : data.source}`,
    hint: 'name one with -i; the settings any_unparsed_is_failed and unparsed_is_failed of the section [inventory] make this an error',
  }),
  'limit-file': (data: { readonly path: string; readonly why: string }) => ({
    message: `the limit file ${data.path} ${data.why}`,
    hint: 'behind @ stands a file with one host or pattern a line',
  }),
} satisfies Record<string, (data: never) => { readonly message: string; readonly hint?: string }>

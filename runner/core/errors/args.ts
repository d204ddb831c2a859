/** Errors of args: code to message and the next thing to do. */

const list = (names: readonly string[]): string => names.join(', ')
const where = (within: readonly string[]): string => within.length === 0 ? '' : ` found in ${within.join(' -> ')}`
type In = { readonly module: string; readonly within: readonly string[] }

/** Ansible's word for these is "options": people search for its messages. */
const plainOptions: readonly string[] = ['fail', 'group_by', 'reboot', 'set_stats', 'wait_for_connection']
/** What actions of Ansible say where their arguments are missing. */
const missingWords: Readonly<Record<string, string>> = {
  copy: 'dest is required', assemble: 'src and dest are required', template: 'src and dest are required', unarchive: 'src (or content) and dest are required',
}
export const argErrors = {
  'arg-unknown': (data: In & { readonly name: string; readonly supported: readonly string[]; readonly near?: string; readonly isKeyword?: boolean; readonly isRole?: boolean }) => ({
    message: data.isRole === true ? `${[...data.within, data.name].join('.')}. Supported parameters include: ${list([...data.supported].sort())}.` : `${plainOptions.includes(data.module) ? `Invalid options for ${data.module}` : `Unsupported parameters for (${data.module}) module`}: ${data.name}${where(data.within)}`,
    hint: data.isKeyword === true ? `'${data.name}' is a keyword of the task: write it beside ${data.module}, not below it` : data.near === undefined ? `supported parameters: ${list(data.supported)}` : `did you mean '${data.near}'?`,
  }),
  'arg-refused': (data: In & { readonly name: string; readonly why: string }) => ({
    message: `argument '${data.name}' of ${data.module} is not supported here: ${data.why}${where(data.within)}`,
    hint: `leave '${data.name}' out, or do this part in a task of its own`,
  }),
  'arg-not-dict': (data: { readonly module: string; readonly found: string }) => ({
    message: `arguments of ${data.module} must be a mapping, found ${data.found}`,
    hint: `write one "argument: value" a line, indented below "${data.module}:"`,
  }),
  'arg-missing': (data: In & { readonly missing: readonly string[] }) => ({
    message: data.within.length === 0 ? missingWords[data.module] ?? `missing required arguments: ${list(data.missing)}` : `missing required arguments: ${list(data.missing)}${where(data.within)}`,
    hint: `${data.module} cannot work without ${data.missing.length === 1 ? 'it' : 'them'}: add ${data.missing.map((one) => `"${one}:"`).join(', ')}`,
  }),
  'arg-type': (data: In & { readonly name: string; readonly found: string; readonly wanted: string; readonly why: string }) => ({
    message: `argument '${data.name}' is of type ${data.found}${where(data.within)} and we were unable to convert to ${data.wanted}: ${data.why}`,
    hint: `give '${data.name}' of ${data.module} ${wantedHint(data.wanted)}`,
  }),
  'arg-element-type': (data: In & { readonly name: string; readonly found: string; readonly wanted: string; readonly why: string }) => ({
    message: `Elements value for option '${data.name}'${where(data.within)} is of type ${data.found} and we were unable to convert to ${data.wanted}: ${data.why}`,
    hint: `every element of '${data.name}' of ${data.module} must be ${wantedHint(data.wanted)}`,
  }),
  'arg-choice': (data: In & { readonly name: string; readonly choices: readonly string[]; readonly found: string; readonly near?: string }) => ({
    message: `value of ${data.name} must be one of: ${list(data.choices)}, got: ${data.found}${where(data.within)}`,
    hint: data.near === undefined ? `choose one of: ${list(data.choices)}` : `did you mean '${data.near}'?`,
  }),
  'arg-mode-decimal': (data: In & { readonly name: string; readonly digits: string; readonly octal: string }) => ({
    message: `${data.name}: ${data.digits} without quotes is the decimal number ${data.digits}, which as permissions would be ${data.octal}`,
    hint: `write ${data.name}: "0${data.digits.padStart(3, '0')}" (quoted, with a leading zero)`,
  }),
  'arg-mode': (data: In & { readonly name: string; readonly found: string }) => ({
    message: `bad symbolic permission for mode: ${data.found} (mode must be in octal or symbolic form)`,
    hint: `write ${data.name} as octal text ("0644") or as symbols ("u=rw,g=r,o=r")`,
  }),
  'arg-exclusive': (data: In & { readonly names: readonly string[] }) => ({
    message: `parameters are mutually exclusive: ${data.names.join('|')}${where(data.within)}`,
    hint: `keep one of them in this ${data.module} task`,
  }),
  'arg-one-of': (data: In & { readonly names: readonly string[] }) => ({
    message: `one of the following is required: ${list(data.names)}${where(data.within)}`,
    hint: `add one of them to this ${data.module} task`,
  }),
  'arg-together': (data: In & { readonly names: readonly string[]; readonly missing: readonly string[] }) => ({
    message: `parameters are required together: ${list(data.names)}${where(data.within)}`,
    hint: `add ${list(data.missing)}`,
  }),
  'arg-required-if': (data: In & { readonly name: string; readonly value: string; readonly needs: string; readonly missing: readonly string[] }) => ({
    message: `${data.name} is ${data.value} but ${data.needs} of the following are missing: ${list(data.missing)}${where(data.within)}`,
    hint: `add ${list(data.missing)}`,
  }),
  'arg-required-by': (data: In & { readonly name: string; readonly missing: readonly string[] }) => ({
    message: `missing parameter(s) required by '${data.name}': ${list(data.missing)}${where(data.within)}`,
    hint: `add ${list(data.missing)}`,
  }),
} satisfies Record<string, (data: never) => { readonly message: string; readonly hint?: string }>

function wantedHint(wanted: string): string {
  const words: Readonly<Record<string, string>> = {
    bool: 'true or false (yes/no, on/off, 1/0 also count)', int: 'a whole number', float: 'a number', str: 'text', path: 'one path; for several use a loop with "{{ item }}"',
    list: 'a list (one "- item" a line, or "a,b")', dict: 'a mapping ("key: value" lines, or "k=v,k2=v2")',
    bytes: 'a size such as 512, 10K or 2GB', mode: 'octal text such as "0644"',
  }
  return words[wanted] ?? `a ${wanted}`
}

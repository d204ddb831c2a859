/**
 * Modules of the user's own: programs in any language. How they want their arguments is told by their text, as in Ansible
 * (executor/module_common.py); here is what can be said of such a file without running it.
 */

/** A file that stands for a module, or the plugin of an action, which is Python for the controller. */
export interface Custom { readonly kind: 'module' | 'action'; readonly path: string }

/**
 * `python`: imports ansible.module_utils, gets one JSON file through it. `json`, `binary`: a file of JSON as first argument. `old`: a file of k=v
 * text. `placed`: JSON in the place of a word in its own text. `powershell`: for Windows.
 */
export type Style = 'python' | 'json' | 'binary' | 'old' | 'placed' | 'powershell'

const importsAnsible = /from +\.{2,} *module_utils.* +import |from +ansible_collections\.[^.]+\.[^.]+\.plugins\.module_utils.* +import |import +ansible_collections\.[^.]+\.[^.]+\.plugins\.module_utils|from +ansible\.module_utils.* +import |import +ansible\.module_utils\.|#<<INCLUDE_ANSIBLE_MODULE_COMMON>>/
const isPowershell = /# POWERSHELL_COMMON|#Requires -(?:Module|Version)|#AnsibleRequires -(?:OSVersion|PowerShell|CSharpUtil|Wrapper)/i
export const placeOfArgs = '<<INCLUDE_ANSIBLE_MODULE_JSON_ARGS>>'

const textBytes = new Set([7, 8, 9, 10, 12, 13, 27])
const isText = (byte: number): boolean => textBytes.has(byte) || (byte >= 0x20 && byte !== 0x7f)

export function styleOf(body: Uint8Array): Style {
  if (!body.subarray(0, 1024).every(isText)) return 'binary'
  const text = Buffer.from(body).toString('latin1')
  if (importsAnsible.test(text)) return 'python'
  if (isPowershell.test(text)) return 'powershell'
  if (text.includes(placeOfArgs)) return 'placed'
  return text.includes('WANT_JSON') ? 'json' : 'old'
}

/** Whether a dry run can be left to the module: it names the argument that tells of one, or Ansible's own class sees to it. */
export const knowsCheckMode = (body: Uint8Array, style: Style): boolean => {
  const text = Buffer.from(body).toString('latin1')
  return text.includes('_ansible_check_mode') || (style === 'python' && text.includes('AnsibleModule'))
}

/** The words of the first line that names an interpreter. */
export function interpreterLine(body: Uint8Array): readonly string[] {
  const line = Buffer.from(body.subarray(0, 1024)).toString('latin1').split('\n')[0]?.trim() ?? ''
  return line.startsWith('#!') ? line.slice(2).trim().split(/\s+/).filter((word) => word !== '') : []
}

const noModules = /(?:\.(?:pyc|pyo|swp|bak|rpm|md|txt|rst|yaml|yml|ini)|~)$/
/** The names of the modules that the files of a folder are: without what follows the last dot, .py before others. */
export function modulesAmong(files: readonly string[]): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  const fitting = files.filter((file) => !noModules.test(file) && !file.startsWith('.') && !file.startsWith('__init__')).sort()
  for (const file of [...fitting.filter((one) => !one.endsWith('.py')).reverse(), ...fitting.filter((one) => one.endsWith('.py'))]) {
    found.set(file.replace(/(?<=.)\.[^.]*$/, ''), file)
  }
  return found
}

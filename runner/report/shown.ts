/** The result of a task as it is shown: internal keys gone, and whether and how it stands on the line at all. Ansible: plugins/callback/__init__.py. */
import type { Data } from '../core/types.ts'
import type { TaskResult } from '../core/events.ts'
import { dumps } from './style.ts'

/** The word at the start of the line says `failed` and `skipped` already. */
const always = ['failed', 'skipped', 'exception', 'warnings', 'deprecations']
const withoutVvv = ['invocation', 'diff']
/** Ansible prints a role's whole specification where one argument is wrong; it is shown where more was asked for. */
const withoutV = ['argument_spec_data', 'validate_args_context']
/** What `debug: var=` leaves out, so that the variable stands alone. */
const besideVar = ['changed', 'failed', 'skipped', 'invocation', 'skip_reason', 'ansible_loop_var', 'ansible_index_var', 'ansible_loop']

/** The data of a result as it is shown. */
export function shownData({ data }: TaskResult, module: string, verbosity: number, isLooped = false): Data {
  const hidden = new Set([...always, ...(verbosity < 3 ? withoutVvv : []), ...(verbosity < 1 && module === 'validate_argument_spec' && 'argument_errors' in data ? withoutV : []), ...(isLooped ? ['results'] : [])])
  const isHidden = (key: string): boolean => {
    if (key.startsWith('_ansible_') || hidden.has(key)) return true
    if (module !== 'debug') return false
    return 'msg' in data ? key !== 'msg' : besideVar.includes(key)
  }
  return Object.fromEntries(Object.entries(data).filter(([key]) => !isHidden(key)))
}

export type DumpYaml = (value: unknown, options: { readonly indent: number; readonly isReadable: true }) => string
export interface Shape { readonly format?: 'json' | 'yaml'; readonly isPretty?: boolean; readonly indent?: number; readonly dumpYaml?: DumpYaml | undefined; readonly isLooped?: boolean }

/** A result as JSON: on one line, or indented where it was made to be read, at -vvv, or where a setting says so. Or as YAML, on lines of its own. */
export function shownResult(result: TaskResult, module: string, verbosity: number, shape: Shape = {}): string {
  const data = shownData(result, module, verbosity, shape.isLooped === true)
  if (shape.format === 'yaml' && shape.dumpYaml !== undefined) return asYaml(data, shape.dumpYaml, shape.isPretty === false ? 0 : shape.indent ?? 4)
  const isIndented = shape.isPretty ?? (result.data['_ansible_verbose_always'] === true || verbosity > 2)
  return dumps(data, isIndented ? shape.indent ?? 4 : 0)
}
/** Lines of an output are not told twice. */
function asYaml(data: Data, dumpYaml: DumpYaml, indent: number): string {
  const twice = (key: string): boolean => (key === 'stdout_lines' || key === 'stderr_lines') && key.slice(0, 6) in data
  const shown = Object.fromEntries(Object.entries(data).map(([key, value]) => [key, twice(key) ? '<omitted>' : value]))
  const text = dumpYaml(shown, { indent: indent === 0 ? 2 : indent, isReadable: true }).trimEnd()
  return `\n${text.split('\n').map((line) => line === '' ? line : ' '.repeat(indent) + line).join('\n')}`
}

/** Whether a result that is no failure is shown with its data: asked for with -v, or made to be read (debug, assert). */
export function isVerbose(result: TaskResult, module: string, verbosity: number): boolean {
  if (module === 'gather_facts' || module === 'setup') return false
  return verbosity > 0 || result.data['_ansible_verbose_always'] === true
}

/** What a module of the user's own printed, as a result: JSON among other lines. Ansible: plugins/action/__init__.py, module_utils/json_utils.py. */
import type { Data } from '../core/types.ts'
import type { Ran } from '../core/plan.ts'
import { Failure } from '../core/errors.ts'
import { withoutShell } from '../core/errors/failure.ts'
import { splitLines } from '../core/pytext.ts'
import { dictEntries, dictGet, isDict, makeDict } from '../core/value.ts'
import { loadJson } from '../template/json.ts'
import { Refusal } from '../template/params.ts'
import { isTruthy, pyStr } from '../template/python.ts'

/** Who printed it, for errors. */
export interface Printer { readonly name: string; readonly interpreter: string; readonly host: string }

/** The result, and what people are to be told beside it. Throws a Failure where there is no JSON. */
export function customResult(printer: Printer, ran: Ran): { readonly data: Data; readonly warnings: readonly string[] } {
  const { value, junk } = parsed(printer, ran)
  const data: Data = Object.fromEntries(dictEntries(value).map(([key, item]): [string, unknown] => [pyStr(key), typed(withoutInternal(item))]).filter(([key]) => !isInternal(key)))
  if (isDict(data['ansible_facts'])) data['ansible_facts'] = makeDict(dictEntries(data['ansible_facts']).filter(([key]) => !/^(?:ansible_)?discovered_interpreter_/.test(String(key))))
  const warnings = [...listOf(data['warnings']), ...junk]
  if (warnings.length > 0) data['warnings'] = warnings
  for (const name of ['stdout', 'stderr']) {
    const text = data[name]
    if (typeof text === 'string' && !(`${name}_lines` in data)) data[`${name}_lines`] = splitLines(text)
  }
  const { rc } = data
  const failed = 'failed' in data ? isTruthy(data['failed']) : rc !== undefined && rc !== 0 && rc !== '0'
  if (failed && data['msg'] === undefined) data['msg'] = 'Task failed: Module failed: Unknown error.'
  const old = listOf(data['deprecations']).map((one) => pyStr(isDict(one) ? dictGet(one, 'msg') ?? one : one)).map((text) => `${text} (said by the module ${printer.name} of what it will no longer do)`)
  return { data: { ...data, changed: isTruthy(data['changed'] ?? false), failed }, warnings: [...warnings.map((one) => pyStr(one).replaceAll('\r\n', '\n')), ...old] }
}
const isInternal = (key: unknown): boolean => typeof key === 'string' && key.startsWith('_ansible_')
function withoutInternal(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutInternal)
  return isDict(value) ? makeDict(dictEntries(value).filter(([key]) => !isInternal(key)).map(([key, item]) => [key, withoutInternal(item)])) : value
}
const listOf = (value: unknown): readonly unknown[] => Array.isArray(value) ? value : value === undefined || value === null ? [] : [value]

/** What Ansible's own class prints of its messages, as they are registered. Ansible: module_utils/_internal/_messages.py. */
function typed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(typed)
  if (!isDict(value)) return value
  const event = dictGet(value, 'event'), msg = isDict(event) ? dictGet(event, 'msg') : undefined
  switch (dictGet(value, '__ansible_type')) {
    case 'WarningSummary': return msg
    case 'ErrorSummary': return '(traceback unavailable)'
    case 'DeprecationSummary': return makeDict([['msg', msg], ...dictEntries(value).filter(([name, one]) => ['version', 'date', 'help_text'].includes(String(name)) && one !== null)])
    default: return value
  }
}

function parsed(printer: Printer, ran: Ran): { readonly value: ReturnType<typeof asDict>; readonly junk: readonly string[] } {
  const lines = splitLines(ran.stdout)
  const start = lines.findIndex((line) => line.trim().startsWith('{')), end = lines.findLastIndex((line) => line.trim().endsWith('}'))
  if (start === -1) throw unreadable(printer, ran, 'No start of json char found')
  if (end < start) throw unreadable(printer, ran, 'No end of json char found')
  const rest = lines.slice(end + 1)
  const junk = rest.some((line) => line.trim() !== '') ? [`Module invocation had junk after the JSON data: ${rest.join('\n')}`] : []
  try {
    return { value: asDict(loadJson(lines.slice(start, end + 1).join('\n'))), junk }
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    throw unreadable(printer, ran, error.message)
  }
}
function asDict(value: unknown): Parameters<typeof dictEntries>[0] {
  if (!isDict(value)) throw new Refusal('the result is no object')
  return value
}

/** Why there is no result: an interpreter or Ansible's Python package that is not there, or a program that prints something else. */
function unreadable({ name, interpreter, host }: Printer, ran: Ran, why: string): Failure {
  const data = { module_stdout: ran.stdout, module_stderr: withoutShell(ran.stderr), rc: ran.rc }
  const lacking = /No module named '?((?:ansible|ansible_collections)(?:\.[\w.]+)?)'?/.exec(ran.stderr)?.[1] ?? (/attempted relative import/.test(ran.stderr) ? 'module_utils beside it' : undefined)
  if (lacking !== undefined) {
    return new Failure(`the module ${name} is written in Python and needs ${lacking}, which ${interpreter} on ${host} has not`, data, lacking === 'ansible'
      ? `play sends the module alone: install ansible-core on ${host} in an earlier task and set ansible_python_interpreter to the Python that has it, or write the module without ansible.module_utils (docs/custom-modules.md)`
      : 'play sends the module alone, without module_utils of your own or of its collection: put what it needs into its file (docs/custom-modules.md)')
  }
  if ((ran.rc === 127 || ran.rc === 126) && /not found|No such file/.test(ran.stderr)) {
    return new Failure(`The module interpreter '${interpreter}' was not found.`, data, `install it on ${host}, or set ansible_${interpreter.split(' ')[0]?.split('/').at(-1) ?? 'x'}_interpreter`)
  }
  return new Failure(`Module result deserialization failed: ${why}`, data, `the module ${name} ended with exit code ${ran.rc} and must print one JSON object, {"changed": …}, on its standard output`)
}

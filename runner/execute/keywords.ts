/** Values of a task's keywords on one host: templated when they are needed. */
import type { Data, Task } from '../core/types.ts'
import { dictEntries, dictGet, isDict, omit, Template } from '../core/value.ts'
import { valueLoc } from '../core/loc.ts'
import { Failure } from '../core/errors.ts'
import type { Scope } from '../vars/scope.ts'
import { pyStr } from '../template/python.ts'
import { inheritedValue } from '../playbook/scope.ts'
import { keywords } from '../playbook/keywords.ts'
import { scalar } from '../playbook/values.ts'
import type { Run } from './context.ts'

/** The value of a keyword, templated; undefined where the task has none or it is omitted. */
export function keyword(run: Run, task: Task, scope: Scope, name: string): unknown {
  const written = task.kw[name] ?? run.options.keywordDefaults?.[name]
  if (written === undefined) return undefined
  const value = run.jinja.resolve(written, scope)
  if (value !== omit) return value
  const outer = run.jinja.resolve(inheritedValue(task.kw, name), scope)
  return outer === omit ? undefined : outer
}
export const flag = (run: Run, task: Task, scope: Scope, name: string): boolean | undefined => {
  const value = keyword(run, task, scope, name)
  return value === undefined || value === null ? undefined : scalar(name, 'bool', value, valueLoc(task.kw, name) ?? task.loc) === true
}
/** Whether nothing of the task may be shown; also where `no_log` cannot be worked out. */
export function isSilent(run: Run, task: Task, scope: Scope): boolean {
  try { return flag(run, task, scope, 'no_log') ?? false } catch { return true }
}
export function numberOf(run: Run, task: Task, scope: Scope, name: string, otherwise: number): number {
  const value = keyword(run, task, scope, name)
  if (value === undefined || value === null) return otherwise
  return Number(scalar(name, keywords[name]?.type === 'float' ? 'float' : 'int', value, valueLoc(task.kw, name) ?? task.loc))
}
const longest = 100_000_000
/** Seconds after which a task is given up; 0: never. */
export function timeoutOf(run: Run, task: Task, scope: Scope): number {
  const seconds = numberOf(run, task, scope, 'timeout', 0)
  if (seconds < 0 || seconds > longest) throw new Failure(`Timeout ${seconds} is invalid, it must be between 0 and ${longest}.`)
  return seconds
}
/** Values that only templates give are wrong only now: all of them are looked at before anything is done. */
export function checkKeywords(run: Run, task: Task, scope: Scope): void {
  for (const [name, value] of Object.entries(task.kw)) {
    const type = keywords[name]?.type
    if (!(value instanceof Template)) continue
    if (type === 'bool') flag(run, task, scope, name)
    else if (type === 'int' || type === 'float') numberOf(run, task, scope, name, 0)
  }
}

/** `environment` of the play, blocks and task, outer first, as text. */
export function environment(run: Run, task: Task, scope: Scope): Readonly<Record<string, string>> {
  const value = task.module === 'setup' || task.module === 'gather_facts' ? known(run, task.kw['environment'], scope) : keyword(run, task, scope, 'environment')
  const list: readonly unknown[] = Array.isArray(value) ? value.flat() : value === undefined ? [] : [value]
  const env: Record<string, string> = {}
  for (const one of list) {
    if (!isDict(one)) continue
    for (const [key, item] of dictEntries(one)) if (item !== omit) env[String(key)] = pyStr(item)
  }
  return env
}

/** The parts that can be worked out before there are facts. */
function known(run: Run, value: unknown, scope: Scope): unknown {
  if (Array.isArray(value)) return value.map((one) => known(run, one, scope))
  if (isDict(value)) return Object.fromEntries(dictEntries(value).map(([key, one]) => [String(key), known(run, one, scope)]))
  try { return run.jinja.resolve(value, scope) } catch { return omit }
}

/** The task's keywords that say where and as whom it acts, templated. */
export function placing(run: Run, task: Task, scope: Scope): Data {
  const names = ['connection', 'remote_user', 'port', 'become', 'become_user', 'become_method', 'become_exe', 'become_flags']
  return Object.fromEntries(names.filter((name) => task.kw[name] !== undefined).map((name) => [name, keyword(run, task, scope, name)]))
}

/** Names a task for the banner; what cannot be templated there stays as written. */
export function titleOf(run: Run, task: Task, scope: Scope | undefined): string {
  // Ansible: IncludeRole.get_name leaves the role out
  const role = task.role === undefined || task.module === 'include_role' ? '' : `${task.role.name} : `
  let name: unknown = task.name
  if (scope !== undefined && name !== undefined) {
    try { name = run.jinja.resolve(name, scope) } catch { name = written(task.name) }
  }
  const text = name === undefined || name === null || name === '' ? untitled(task) : typeof name === 'object' ? written(name) : pyStr(name)
  return `${role}${text}`
}
/** A task without a name is called after its module, as written; an include_role also after the role. */
function untitled(task: Task): string {
  const module = task.action ?? task.module
  if (task.module !== 'include_role' || !isDict(task.args)) return module
  const role = dictGet(task.args, 'name') ?? dictGet(task.args, 'role')
  return role === undefined ? module : `${module} : ${written(role)}`
}
const written = (value: unknown): string =>
  typeof value === 'object' && value !== null && 'source' in value ? String(value.source) : pyStr(value)

/** What the debugger's expressions see (`task`, `task_vars`, `host`, `result`), and what an assignment in it means. */
import type { Data, Task } from '../core/types.ts'
import { Fault, fault } from '../core/errors.ts'
import { dictEntries, isDict, Template, Undefined } from '../core/value.ts'
import { pformat } from '../template/pprint.ts'
import { pyStr, undefinedFault } from '../template/python.ts'
import { argsOf } from './arguments.ts'
import type { HostState } from './context.ts'
import { guard } from './items.ts'
import { titleOf } from './keywords.ts'
import { scopeOfEdits } from './scopes.ts'
import type { Ended, TaskRun } from './task.ts'
import { registeredData } from './tries.ts'

export interface Shown {
  /** `TASK: its name`. */
  readonly title: string
  readonly args: Data
  evaluate(source: string): unknown
  /** What `p` prints: a task and a host by their names, all else as Python shows it. */
  print(source: string): string
}
/** What people write by habit, and templates have not. */
const builtins = /\b(len|str|int|float|bool|type|list|sorted|repr|print|isinstance)\(/
/** Templates as they are written. */
function written(value: unknown): unknown {
  if (value instanceof Template) return value.source
  if (Array.isArray(value)) return value.map(written)
  return isDict(value) ? Object.fromEntries(dictEntries(value).map(([key, one]) => [String(key), written(one)])) : value
}

/** `task`: with the changed arguments. `vars` are seen in `task_vars` at once, `counted` in the task. */
export function viewOf(ctx: TaskRun, host: HostState, ended: Ended, task: Task, { vars, counted }: { readonly vars: Data; readonly counted: Data }): Shown {
  const { run, play, varsFiles } = ctx
  const seen = scopeOfEdits(ctx, host, task, vars), own = scopeOfEdits(ctx, host, task, counted)
  const title = `TASK: ${titleOf(run, task, own)}`
  const args = guard(() => argsOf({ run, play, host, task, varsFiles, scope: own, lookAhead: () => undefined }, { args: {} }), written(task.args))
  const shownArgs: Data = isDict(args) && !(args instanceof Map) ? args : {}
  const { outcome } = ended.result
  const data = registeredData(ended.draft)
  const about: Data = {
    ...Object.fromEntries(Object.entries(task.kw).map(([name, value]) => [name, written(value)])),
    name: title.slice('TASK: '.length), action: task.action ?? task.module, args: shownArgs,
    vars: Object.assign({}, ...task.vars.map((frame) => written(frame.vars))),
  }
  const names: Data = {
    task: about, task_vars: seen.get('vars'), host: { name: host.name, vars: seen.get('vars') },
    result: { _result: data, _host: host.name, _task: title, is_failed: outcome === 'failed', is_changed: outcome === 'changed', is_skipped: outcome === 'skipped', is_unreachable: outcome === 'unreachable' },
  }
  const inner = seen.child(names)
  const evaluate = (source: string): unknown => {
    try {
      const value = run.jinja.expression(source.replace(/\bresult\.(is_\w+)\(\)/g, 'result.$1'), inner)
      if (value instanceof Undefined) throw undefinedFault(value)
      return value
    } catch (error) {
      const isForeign = error instanceof Fault && (error.code === 'template-syntax' || (error.code === 'undefined' && builtins.test(source)))
      throw isForeign ? fault('debugger-line', undefined, { line: source }, error) : error
    }
  }
  return { title, args: shownArgs, evaluate, print: (source) => source === 'task' ? title : source === 'host' ? host.name : pformat(evaluate(source)) }
}

export type Statement = { readonly kind: 'value'; readonly source: string } | { readonly kind: 'set'; readonly of: 'args' | 'vars'; readonly isWhole: boolean; readonly values: Data }

/** `task.args['x'] = …`, `task.args = {…}`, `task_vars['x']['y'] = …`, `del task.args['x']`; all else is an expression. */
export function statement(line: string, view: Shown): Statement {
  const removal = /^del\s+task\.args(\[.+\])$/.exec(line)
  if (removal !== null) {
    const [key = '', ...deeper] = keysOf(removal[1] ?? '', view)
    if (deeper.length > 0 || !(key in view.args)) throw fault('debugger-line', undefined, { line })
    return { kind: 'set', of: 'args', isWhole: false, values: { [key]: undefined } }
  }
  const found = /^(\w[\w.]*)((?:\s*\[[^=]*\])?)\s*=(?!=)\s*(.+)$/.exec(line)
  if (found === null) return { kind: 'value', source: line }
  const [, target = '', path = '', source = ''] = found
  if (target !== 'task.args' && target !== 'task_vars') throw fault('debugger-line', undefined, { line })
  const value = view.evaluate(source), of = target === 'task.args' ? 'args' : 'vars', keys = keysOf(path.trim(), view)
  const [key, ...deeper] = keys
  if (key !== undefined) return { kind: 'set', of, isWhole: false, values: { [key]: placed(view.evaluate(`${target}.get(${JSON.stringify(key)})`), deeper, value) } }
  if (of === 'vars' || !isDict(value)) throw fault('debugger-line', undefined, { line })
  return { kind: 'set', of, isWhole: true, values: Object.fromEntries(dictEntries(value).map(([name, one]) => [String(name), one])) }
}
/** The keys of `['a'][b]`. */
function keysOf(path: string, view: Shown): readonly string[] {
  return path === '' ? [] : path.slice(1, -1).split(/\]\s*\[/).map((key) => pyStr(view.evaluate(key)))
}
/** The container with this value deeper inside; the rest of it as it is. */
function placed(container: unknown, keys: readonly string[], value: unknown): unknown {
  const [key, ...deeper] = keys
  if (key === undefined) return value
  if (Array.isArray(container)) return container.map((one, i) => String(i) === key ? placed(one, deeper, value) : one)
  const before = isDict(container) ? Object.fromEntries(dictEntries(container).map(([name, one]) => [String(name), one])) : {}
  return { ...before, [key]: placed(before[key], deeper, value) }
}

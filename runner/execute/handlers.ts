/** Handlers: who is meant by a notification, and running those that were notified. */
import type { Node, Task } from '../core/types.ts'
import { valueLoc } from '../core/loc.ts'
import { fault } from '../core/errors.ts'
import { nearest } from '../core/near.ts'
import type { Scope } from '../vars/scope.ts'
import { pyStr } from '../template/python.ts'
import type { HostState, PlayState, Run } from './context.ts'
import { keyword } from './keywords.ts'

/** All handler tasks in the order in which they run. */
export function handlerTasks(nodes: readonly Node[]): readonly Task[] {
  return nodes.flatMap((node) => node.kind === 'task' ? [node] : handlerTasks(node.body))
}

const textOf = (run: Run, value: unknown, scope: Scope): string => {
  try { return pyStr(run.jinja.resolve(value, scope)) } catch { return '' }
}
const listOf = (value: unknown): readonly unknown[] => Array.isArray(value) ? value : value === undefined || value === null ? [] : [value]

/** Names that a handler answers to: its own, with its role in front, and what it listens to. */
function names(run: Run, handler: Task, scope: Scope): { readonly own: readonly string[]; readonly topics: readonly string[] } {
  const name = handler.name === undefined ? '' : textOf(run, handler.name, scope)
  const role = handler.role?.name
  return {
    own: name === '' ? [] : role === undefined ? [name] : [name, `${role} : ${name}`],
    topics: listOf(handler.kw['listen']).map((topic) => textOf(run, topic, scope)),
  }
}

/** Marks what `notify` of a changed task names. Of handlers with one name the last one counts; all that listen do. */
export function notify(run: Run, play: PlayState, host: HostState, task: Task, scope: Scope, unknown: string | undefined): void {
  const wanted = listOf(keyword(run, task, scope, 'notify')).flatMap(listOf).map(pyStr)
  if (wanted.length === 0) return
  const handlers = handlerTasks(play.handlers).map((handler) => ({ handler, ...names(run, handler, scope) }))
  for (const name of wanted) {
    const named = handlers.filter((one) => one.own.includes(name)).at(-1)
    const found = [...(named === undefined ? [] : [named]), ...handlers.filter((one) => one.topics.includes(name) && one !== named)]
    if (found.length === 0) {
      const known = [...new Set(handlers.flatMap((one) => [...one.own.slice(0, 1), ...one.topics]))]
      throw fault('unknown-handler', valueLoc(task.kw, 'notify') ?? task.loc, { name, near: nearest(name, known), known })
    }
    for (const { handler } of found) {
      if (unknown === undefined) host.notified.set(handler, {})
      else if (!host.notified.has(handler)) host.notified.set(handler, { unknown })
    }
  }
}

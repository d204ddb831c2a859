/** Handlers: who is meant by a notification, and running those that were notified. */
import type { Node, Task } from '../core/types.ts'
import { valueLoc } from '../core/loc.ts'
import { Fault, fault } from '../core/errors.ts'
import { Template } from '../core/value.ts'
import { nearest } from '../core/near.ts'
import type { Scope } from '../vars/scope.ts'
import { pyStr } from '../template/python.ts'
import type { HostState, Notified, PlayState, Run } from './context.ts'
import { keyword } from './keywords.ts'

/** All handler tasks in the order in which they run. */
export function handlerTasks(nodes: readonly Node[]): readonly Task[] {
  return nodes.flatMap((node) => node.kind === 'task' ? [node] : handlerTasks(node.body))
}

/** A handler's name; one that cannot be worked out leaves the handler to its topics. */
function nameOf(run: Run, handler: Task, scope: Scope): string {
  try { return pyStr(run.jinja.resolve(handler.name, scope)) } catch (error) {
    if (!(error instanceof Fault)) throw error
    if (listOf(handler.kw['listen']).length === 0) {
      const written = handler.name instanceof Template ? handler.name.source : pyStr(handler.name)
      run.warn(`Handler '${written}' is unusable because it has no listen topics and its name cannot be worked out (variables of hosts are not known there): ${error.message}`, handler.loc)
    }
    return ''
  }
}
const listOf = (value: unknown): readonly unknown[] => Array.isArray(value) ? value : value === undefined || value === null ? [] : [value]

/** Names that a handler answers to: its own, with its role in front, and what it listens to. */
function names(run: Run, handler: Task, scope: Scope): { readonly own: readonly string[]; readonly topics: readonly string[] } {
  const name = handler.name === undefined ? '' : nameOf(run, handler, scope)
  const role = handler.role?.name
  return {
    own: name === '' ? [] : role === undefined ? [name] : [name, `${role} : ${name}`],
    // as in Ansible they are no templates
    topics: listOf(handler.kw['listen']).map((topic) => topic instanceof Template ? topic.source : pyStr(topic)),
  }
}

interface Named { readonly handler: Task; readonly own: readonly string[]; readonly topics: readonly string[] }

/** Handlers by the list that they come from (the play's, a role's), the last list first: a name means the first handler found so. */
function inSearchOrder(handlers: readonly Task[]): readonly Task[] {
  const lists: Task[][] = []
  for (const handler of handlers) {
    const last = lists.at(-1)
    if (last !== undefined && last[0]?.role === handler.role) last.push(handler)
    else lists.push([handler])
  }
  return lists.reverse().flat()
}
const meant = (named: readonly Named[], name: string): readonly Task[] => {
  const one = named.find(({ own }) => own.includes(name))
  // A role that is there several times (as a dependency of others) has its handlers several times: those of one name run once.
  const seen = new Set<string>()
  const listening = named.filter(({ own: [title = ''], topics }) => topics.includes(name) && (title === '' || !seen.has(title) && seen.add(title).size > 0))
  return [...(one === undefined ? [] : [one]), ...listening.filter((other) => other !== one)].map(({ handler }) => handler)
}
const namedHandlers = (run: Run, play: PlayState, scope: (handler: Task) => Scope): readonly Named[] =>
  inSearchOrder(handlerTasks(play.handlers)).map((handler) => ({ handler, ...names(run, handler, scope(handler)) }))

/** Remembers what `notify` of a changed task names. A handler's own notifications are for the flush that is running. */
export function notify(run: Run, play: PlayState, host: HostState, task: Task, scope: Scope, unknown: string | undefined): void {
  const wanted = listOf(keyword(run, task, scope, 'notify')).flatMap(listOf).map(pyStr)
  if (wanted.length === 0) return
  const named = namedHandlers(run, play, () => scope)
  const value = unknown === undefined ? {} : { unknown }
  for (const name of wanted) {
    const found = meant(named, name)
    if (found.length === 0) {
      const known = [...new Set(named.flatMap((one) => [...one.own.slice(0, 1), ...one.topics]))]
      const missing = fault('unknown-handler', valueLoc(task.kw, 'notify') ?? task.loc, { name, near: nearest(name, known), known })
      if (run.options.errorOnMissingHandler !== false && unknown === undefined) throw missing // a dry run that cannot tell warns of it
      run.warn(missing.message, missing.loc)
      continue
    }
    if (task.isHandler) for (const handler of found) mark(host.notified, handler, value)
    else mark(host.notifications, name, value)
  }
}
/** A sure notification outweighs one that a dry run cannot tell. */
function mark<K>(known: Map<K, Notified>, key: K, value: Notified): void {
  if (value.unknown === undefined || !known.has(key)) known.set(key, value)
}

/** Turns the names notified so far into handlers to run. */
export function resolveNotifications(run: Run, play: PlayState, host: HostState, scope: (handler: Task) => Scope): void {
  if (host.notifications.size === 0) return
  const named = namedHandlers(run, play, scope)
  for (const [name, value] of host.notifications) for (const handler of meant(named, name)) mark(host.notified, handler, value)
  host.notifications.clear()
}

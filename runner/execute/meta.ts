/** The meta actions: they steer the run, they do nothing on a host. */
import type { Task } from '../core/types.ts'
import { fault } from '../core/errors.ts'
import { nearest } from '../core/near.ts'
import { isDict } from '../core/value.ts'
import { pyStr } from '../template/python.ts'
import { skipOf } from './prepare.ts'
import { type HostState, hostState } from './context.ts'
import { draftOf } from './outcome.ts'
import { flushHandlers, reportFailure, scopeOf, type Walk } from './nodes.ts'
import { present } from './outcome.ts'
import { placeOf } from './place.ts'

interface Meta {
  /** What is said of it at -vv, and where its condition is false, why it did nothing. Ansible: strategy/__init__.py. */
  done(task: Task, host: string): string
  readonly not?: (task: Task, host: string) => string
  run(walk: Walk, task: Task, hosts: readonly HostState[]): Promise<void> | void
}

const endHosts = (walk: Walk, names: Iterable<string>): void => { for (const name of names) hostState(walk.run, name).ended = true }
const roleOf = (task: Task): string => task.role?.name ?? ''

const metas: Readonly<Record<string, Meta>> = {
  noop: { done: () => 'noop', run: () => undefined },
  flush_handlers: {
    done: (_, host) => `triggered running handlers for ${host}`, not: (_, host) => `not running handlers for ${host}`,
    run: (walk, _, hosts) => flushHandlers({ ...walk, hosts }),
  },
  end_play: { done: () => 'ending play', not: () => 'continuing play', run: (walk) => { endHosts(walk, walk.play.all) } },
  end_batch: { done: () => 'ending batch', not: () => 'continuing current batch', run: (walk) => { endHosts(walk, walk.play.batch) } },
  end_host: {
    done: (_, host) => `ending play for ${host}`, not: (_, host) => `continuing execution for ${host}`,
    run: (walk, _, hosts) => { endHosts(walk, hosts.map((host) => host.name)) },
  },
  end_role: {
    done: (task, host) => `ending role ${roleOf(task)} for ${host}`, not: (task, host) => `continuing role ${roleOf(task)} for ${host}`,
    run: (_, task, hosts) => { for (const host of hosts) if (task.role !== undefined) host.roleEnded.add(task.role) },
  },
  clear_facts: { done: () => 'facts cleared', not: (_, host) => `not clearing facts and fact cache for ${host}`, run: clearFacts },
  clear_host_errors: { done: () => 'cleared host errors', not: (_, host) => `not clearing host error state for ${host}`, run: clearErrors },
  refresh_inventory: { done: () => 'inventory successfully refreshed', run: (walk) => walk.run.inventory.refresh() },
  reset_connection: { done: () => 'reset connection', run: resetConnections },
}

function clearFacts(walk: Walk): void {
  for (const host of walk.play.all.map((name) => hostState(walk.run, name))) {
    host.clearFacts()
    walk.run.factCache?.clear(host.name)
  }
}
/** A host that failed is back in the next play, or behind the `always` section that it is in; one that could not be reached at once. */
function clearErrors(walk: Walk): void {
  for (const name of walk.play.all) {
    const host = hostState(walk.run, name)
    if (host.failed !== undefined && host.waiting.length === 0) host.ended = true
    host.failed = undefined
    host.waiting.fill(undefined)
    host.unreachable = false
  }
}
async function resetConnections(walk: Walk, task: Task, hosts: readonly HostState[]): Promise<void> {
  for (const host of hosts) {
    const place = placeOf(walk.run, walk.play, host, task, scopeOf(walk, task, host), walk.varsFiles(host))
    await walk.run.pool.reset(place.endpoint)
    place.machine.changed()
  }
}
const withoutCondition = new Set(['noop', 'refresh_inventory', 'reset_connection'])
const ofEachHost = new Set(['noop', 'reset_connection', 'end_host', 'flush_handlers', 'end_role'])
export const metaNames: readonly string[] = Object.keys(metas)

export async function runMeta(walk: Walk, task: Task, hosts: readonly HostState[]): Promise<void> {
  const raw = isDict(task.args) && !(task.args instanceof Map) ? task.args['_raw_params'] : task.args
  const name = pyStr(raw ?? '')
  const meta = metas[name]
  if (meta === undefined) throw fault('unsupported-meta', task.loc, { name, near: nearest(name, metaNames), known: metaNames })
  const chosen: HostState[] = []
  // as in Ansible, the metas about the whole play ask for the first host's condition only
  for (const host of ofEachHost.has(name) ? hosts : hosts.slice(0, 1)) {
    try {
      if (withoutCondition.has(name) || skipped(walk, task, host, name, meta) === undefined) chosen.push(host)
    } catch (error) {
      reportFailure(walk, task, host, draftOf(error))
    }
  }
  for (const host of chosen) walk.run.emit({ type: 'meta', task: task.id, text: meta.done(task, host.name) })
  if (chosen.length > 0) await meta.run(walk, task, chosen)
}

/** The reason where the condition is false; it has been told then. */
function skipped(walk: Walk, task: Task, host: HostState, name: string, meta: Meta): string | undefined {
  const skip = skipOf({ run: walk.run, play: walk.play, host, task, varsFiles: walk.varsFiles(host), scope: scopeOf(walk, task, host), lookAhead: () => undefined })
  if (skip === undefined) return undefined
  const reason = `${name} conditional evaluated to False, ${meta.not?.(task, host.name) ?? ''}`
  const { false_condition: _, ...data } = skip.data
  walk.run.emit({ type: 'meta', task: task.id, text: reason })
  walk.run.emit({ type: 'result', host: host.name, task: task.id, result: present(walk.run, { ...skip, data: { ...data, skip_reason: reason } }, { ms: 0, trips: 0 }, false), looped: false })
  return reason
}

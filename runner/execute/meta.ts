/** The meta actions: they steer the run, they do nothing on a host. */
import type { Task } from '../core/types.ts'
import { fault } from '../core/errors.ts'
import { nearest } from '../core/near.ts'
import { isDict } from '../core/value.ts'
import { pyStr } from '../template/python.ts'
import { skipOf } from './attempt.ts'
import { type HostState, hostState } from './context.ts'
import { draftOf } from './outcome.ts'
import { flushHandlers, reportFailure, scopeOf, type Walk } from './nodes.ts'
import { present } from './outcome.ts'
import { placeOf } from './place.ts'

type Meta = (walk: Walk, task: Task, hosts: readonly HostState[]) => Promise<void> | void

const endHosts = (walk: Walk, names: Iterable<string>): void => { for (const name of names) hostState(walk.run, name).ended = true }

const metas: Readonly<Record<string, Meta>> = {
  noop: () => undefined,
  flush_handlers: (walk, _, hosts) => flushHandlers({ ...walk, hosts }),
  end_play: (walk) => { endHosts(walk, walk.play.all) },
  end_batch: (walk) => { endHosts(walk, walk.play.batch) },
  end_host: (walk, _, hosts) => { endHosts(walk, hosts.map((host) => host.name)) },
  end_role: (_, task, hosts) => { for (const host of hosts) if (task.role !== undefined) host.roleEnded.add(task.role) },
  clear_facts: (walk) => {
    for (const host of walk.play.all.map((name) => hostState(walk.run, name))) {
      host.clearFacts()
      walk.run.factCache?.clear(host.name)
    }
  },
  clear_host_errors: (walk) => {
    for (const name of walk.play.all) {
      const host = hostState(walk.run, name)
      // a host that failed is back in the next play, one that could not be reached at once
      if (host.failed !== undefined) host.ended = true
      host.failed = undefined
      host.unreachable = false
    }
  },
  refresh_inventory: (walk, task) => { walk.run.warn('refresh_inventory: the inventory files were read at the start and are not read again', task.loc) },
  reset_connection: async (walk, task, hosts) => {
    for (const host of hosts) {
      const place = placeOf(walk.run, walk.play, host, task, scopeOf(walk, task, host), walk.varsFiles(host))
      await walk.run.pool.reset(place.endpoint)
      place.machine.changed()
    }
  },
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
      const varsFiles = walk.varsFiles(host)
      const skip = skipOf({ run: walk.run, play: walk.play, host, task, varsFiles, scope: scopeOf(walk, task, host), lookAhead: () => undefined })
      if (skip === undefined || withoutCondition.has(name)) chosen.push(host)
      else walk.run.emit({ type: 'result', host: host.name, task: task.id, result: present(walk.run, skip, { ms: 0, trips: 0 }, false), looped: false })
    } catch (error) {
      reportFailure(walk, task, host, draftOf(error))
    }
  }
  if (chosen.length > 0) await meta(walk, task, chosen)
}

/** The meta actions: they steer the run, they do nothing on a host. */
import type { Task } from '../core/types.ts'
import { fault } from '../core/errors.ts'
import { nearest } from '../core/near.ts'
import { isDict } from '../core/value.ts'
import { pyStr } from '../template/python.ts'
import { skipOf } from './attempt.ts'
import { type HostState, hostState } from './context.ts'
import { announce, flushHandlers, reportFailure, scopeOf, type Walk } from './nodes.ts'
import { placeOf } from './place.ts'

type Meta = (walk: Walk, task: Task, hosts: readonly HostState[]) => Promise<void> | void

const endHosts = (walk: Walk, names: Iterable<string>): void => { for (const name of names) hostState(walk.run, name).ended = true }

const metas: Readonly<Record<string, Meta>> = {
  noop: () => undefined,
  flush_handlers: (walk) => flushHandlers(walk),
  end_play: (walk) => { endHosts(walk, walk.play.all) },
  end_batch: (walk) => { endHosts(walk, walk.play.batch) },
  end_host: (walk, _, hosts) => { endHosts(walk, hosts.map((host) => host.name)) },
  end_role: (_, task, hosts) => { for (const host of hosts) if (task.role !== undefined) host.roleEnded.add(task.role) },
  clear_facts: (_, __, hosts) => {
    for (const host of hosts) {
      for (const key of Object.keys(host.facts)) delete host.facts[key]
      for (const key of Object.keys(host.factFrame.vars)) if (key !== 'ansible_facts') Reflect.deleteProperty(host.factFrame.vars, key)
    }
  },
  clear_host_errors: (walk) => {
    for (const name of walk.play.all) { const host = hostState(walk.run, name); host.failed = undefined; host.unreachable = false }
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
export const metaNames: readonly string[] = Object.keys(metas)

export async function runMeta(walk: Walk, task: Task, hosts: readonly HostState[]): Promise<void> {
  const raw = isDict(task.args) && !(task.args instanceof Map) ? task.args['_raw_params'] : task.args
  const name = pyStr(raw ?? '')
  const meta = metas[name]
  if (meta === undefined) throw fault('unsupported-meta', task.loc, { name, near: nearest(name, metaNames), known: metaNames })
  const chosen: HostState[] = []
  for (const host of hosts) {
    try {
      const varsFiles = walk.varsFiles(host)
      const skip = skipOf({ run: walk.run, play: walk.play, host, task, varsFiles, scope: scopeOf(walk, task, host), lookAhead: () => undefined })
      if (skip === undefined) chosen.push(host)
    } catch (error) {
      announce(walk, task, host)
      reportFailure(walk, task, host, error)
    }
  }
  // as in Ansible, the metas about the whole play run if the first host's condition holds
  if (chosen.length > 0) await meta(walk, task, chosen)
}

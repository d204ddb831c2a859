/**
 * Looking ahead: starts the plans of coming tasks early, so that their reads join the batch that is about to be written. Nothing
 * decided here counts; each task plans again in its turn and finds its reads answered, if they are still true.
 */
import type { Node, Task } from '../core/types.ts'
import { dictGet, dictKeys, isDict } from '../core/value.ts'
import { selected } from '../playbook/tags.ts'
import { planOnly } from './attempt.ts'
import type { HostState } from './context.ts'
import { isLooped, itemFrame, itemsOf, loopControl } from './loop.ts'
import type { Walk } from './nodes.ts'
import type { Scope } from '../vars/scope.ts'
import { taskScope } from './scopes.ts'

/** Tasks that a walk would come to next, as far as that is certain. */
function* coming(lists: readonly (readonly Node[])[]): Generator<Task> {
  for (const list of lists) for (const node of list) {
    if (node.kind === 'task') yield node
    else if (node.kind === 'role') yield* coming([node.body])
    else yield* coming([node.body, node.always])
  }
}

/** Actions that neither change the host nor what later tasks read, beyond the names they set. */
const harmless = new Set(['debug', 'assert', 'fail', 'set_fact', 'ping', 'stat', 'find', 'slurp', 'getent'])

/** After how many converged tasks in a row a host's window is how wide. */
const windows = new WeakMap<HostState, { width: number; readonly planned: Map<Task, number>; epoch: number }>()

export function prefetch(walk: Walk, current: Task, host: HostState): void {
  const { run, play } = walk
  const epoch = [...host.machines].reduce((sum, machine) => sum + machine.epoch, 0)
  const state = windows.get(host) ?? { width: 8, planned: new Map<Task, number>(), epoch }
  windows.set(host, state)
  state.width = state.epoch === epoch ? Math.min(64, state.width + 4) : 4
  state.epoch = epoch
  const pending = namesSetBy(current)
  if (pending === undefined) return
  let left = state.width
  for (const task of coming(walk.after)) {
    if (left-- <= 0) return
    if (!selected(tagsOf(task), run.options.tags, run.options.skipTags)) { left++; continue }
    const sets = namesSetBy(task)
    if (stops(task)) return
    if (state.planned.get(task) !== epoch && !run.registry.isAction(task.module)) {
      state.planned.set(task, epoch)
      for (const scope of scopesOf(walk, task, host, new Set(pending))) {
        void planOnly({ run, play, host, task, varsFiles: walk.varsFiles(host), scope, lookAhead: () => undefined }).catch(() => undefined)
      }
    }
    if (sets === undefined) return
    for (const name of sets) pending.add(name)
  }
}

/** The scope of a task, or one for each item of its loop; none where that cannot be known yet. */
function scopesOf(walk: Walk, task: Task, host: HostState, pending: ReadonlySet<string>): readonly Scope[] {
  const { run, play } = walk
  const varsFiles = walk.varsFiles(host)
  const scope = taskScope(run, play, host, task, varsFiles, { pending })
  if (!isLooped(task)) return [scope]
  try {
    const items = itemsOf(run, task, scope), control = loopControl(run, task, scope)
    return items.slice(0, 50).map((_, i) => taskScope(run, play, host, task, varsFiles, { pending, frames: [itemFrame(items, i, control)] }))
  } catch {
    return [] // the task meets the error again in its turn
  }
}
const tagsOf = (task: Task): readonly string[] => { const { tags } = task.kw; return Array.isArray(tags) ? tags.map(String) : [] }

/** Where looking ahead ends: what comes next is decided when it runs, or acts elsewhere, or surely changes the host. */
function stops(task: Task): boolean {
  const { kw, module } = task
  if (kw['delegate_to'] !== undefined || kw['run_once'] !== undefined) return true
  if (['command', 'shell', 'raw', 'script'].includes(module)) {
    return !(isDict(task.args) && dictKeys(task.args).some((key) => key === 'creates' || key === 'removes'))
  }
  if (module === 'meta') return !isHarmlessMeta(task.args)
  return module.startsWith('include')
}

/** Handlers change the host only where one was notified, and then what was read ahead is dropped as after any step. */
const isHarmlessMeta = (args: unknown): boolean => isDict(args) && ['flush_handlers', 'noop'].includes(String(dictGet(args, '_raw_params')))

/** Names a task will set; undefined where that cannot be told beforehand. */
function namesSetBy(task: Task): Set<string> | undefined {
  const names = new Set<string>()
  const register = task.kw['register']
  if (typeof register === 'string') names.add(register)
  if (task.module === 'set_fact') {
    if (!isDict(task.args)) return undefined
    for (const key of dictKeys(task.args)) names.add(String(key))
    return names
  }
  if (['setup', 'gather_facts', 'package_facts', 'service_facts', 'getent', 'include_vars', 'add_host', 'group_by'].includes(task.module)) return undefined
  return harmless.has(task.module) || !task.module.startsWith('wait_for') ? names : undefined
}

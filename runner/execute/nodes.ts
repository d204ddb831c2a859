/** Walks tasks, blocks and roles with a set of hosts: lockstep for strategy linear, one host at a time for free. */
import type { Block, Frame, Node, RoleNode, Task } from '../core/types.ts'
import { Fault, fault } from '../core/errors.ts'
import { valueLoc } from '../core/loc.ts'
import { pyStr } from '../template/python.ts'
import type { Scope } from '../vars/scope.ts'
import { selected } from '../playbook/tags.ts'
import { createGate, type Gate } from './gate.ts'
import type { HostState, PlayState, Run } from './context.ts'
import { hostState } from './context.ts'
import { flag, isSilent, keyword, titleOf } from './keywords.ts'
import { includeRole, includeTasks } from './include.ts'
import { handlerTasks, resolveNotifications } from './handlers.ts'
import { engineNames } from './registry.ts'
import { runMeta } from './meta.ts'
import { debugTask, mayDebug } from './debugger.ts'
import { wantsTask } from './step.ts'
import { runTask, type Ended, type TaskRun } from './task.ts'
import { taskScope } from './scopes.ts'
import { prefetch } from './ahead.ts'
import { type Draft, present } from './outcome.ts'

/** What a walk knows: where it is in the play. */
export interface Walk {
  readonly run: Run
  readonly play: PlayState
  readonly hosts: readonly HostState[]
  readonly varsFiles: (host: HostState) => readonly Frame[]
  readonly rescued: boolean
  /** Hosts go their own way (strategy free). */
  readonly isFree?: true
  /** What follows the list that is being walked, nearest first. */
  readonly after: readonly (readonly Node[])[]
  /** throttle gates by task. */
  readonly gates: Map<Task, Gate>
}

const alive = (walk: Walk): HostState[] => walk.hosts.filter((host) => host.alive)

export async function walkNodes(walk: Walk, nodes: readonly Node[]): Promise<void> {
  for (const [i, node] of nodes.entries()) {
    if (alive(walk).length === 0) return
    const here: Walk = { ...walk, after: [nodes.slice(i + 1), ...walk.after] }
    if (node.kind === 'task') await walkTask(here, node)
    else if (node.kind === 'block') await walkBlock(here, node)
    else await walkRole(here, node)
  }
}

const isSelected = (run: Run, node: Node): boolean => selected(tagsOf(node), run.options.tags, run.options.skipTags)
const tagsOf = (node: Node): readonly string[] => { const { tags } = node.kw; return Array.isArray(tags) ? tags.map(String) : [] }

async function walkTask(walk: Walk, task: Task): Promise<void> {
  const { run } = walk
  const hosts = alive(walk).filter((host) => task.role === undefined || !host.roleEnded.has(task.role))
  const [first] = hosts
  if (first === undefined || !isSelected(run, task)) return
  if (!task.isHandler && task.implicit !== true && run.startAt !== undefined && !run.startAt(titleOf(run, task, scopeOf(walk, task, first)))) return
  if (!await wantsTask(run, task, walk.isFree === true ? first.name : undefined)) return
  announce(walk, task, first)
  if (task.module === 'meta') return runMeta(walk, task, hosts)
  if (task.module === 'include_tasks' || task.module === 'include') return includeTasks(walk, task, hosts)
  if (task.module === 'include_role') return includeRole(walk, task, hosts)
  await runOn(walk, task, hosts)
}

export function announce(walk: Walk, task: Task, host: HostState): void {
  const { run } = walk
  const scope = scopeOf(walk, task, host), name = titleOf(run, task, scope)
  const { moduleTemplate } = task
  const module = moduleTemplate === undefined ? task.module : failSafe(() => run.registry.resolve(String(run.jinja.resolve(moduleTemplate, scope)))) ?? task.module
  run.emit({ type: 'task', id: task.id, name: run.masker.text(name), module, isHandler: task.isHandler, loc: task.loc })
}
export const scopeOf = (walk: Walk, task: Task, host: HostState): ReturnType<typeof taskScope> =>
  taskScope(walk.run, walk.play, host, task, walk.varsFiles(host))

/** The task on all these hosts at once, as many as forks and throttle allow; then what a failure means for the others. */
export async function runOn(walk: Walk, task: Task, hosts: readonly HostState[]): Promise<void> {
  const { run, play } = walk
  const [first] = hosts
  if (first === undefined) return
  const scope = scopeOf(walk, task, first)
  const ctx = (host: HostState): TaskRun => ({
    run, play, task, varsFiles: walk.varsFiles(host), rescued: walk.rescued, lookAhead: (one) => { prefetch(walk, task, one) },
  })
  const isShared = failSafe(() => flag(run, task, scope, 'run_once')) === true, once = isShared || await isOnce(run, task)
  const gate = throttle(walk, task, scope)
  const guarded = (host: HostState, share: readonly HostState[]): Promise<Ended> =>
    run.gate.run(() => gate === undefined ? runTask(ctx(host), host, share) : gate.run(() => runTask(ctx(host), host, share)))
  // what a module does once by itself is registered for its host alone
  // of all the batch, whoever the walk is with (Ansible: get_task_hosts)
  const others = isShared ? play.batch.map((name) => hostState(run, name)).filter((one) => one !== first && !one.unreachable) : []
  const shareOf = (host: HostState): readonly HostState[] => host === first ? others : []
  const acting = once ? [first] : hosts, before = acting.map((host) => ({ ...host.stats }))
  const ended = await Promise.all(acting.map((host) => guarded(host, shareOf(host))))
  if (mayDebug(run, task, play.isDebugged === true)) {
    for (const [i, host] of acting.entries()) { const one = ended[i], counts = before[i]; if (one !== undefined && counts !== undefined) await debugTask(ctx(host), host, shareOf(host), one, counts) }
  }
  const failed = hosts.some((host) => host.failed?.task === task || host.unreachable)
  if (failed && (once || failSafe(() => flag(run, task, scope, 'any_errors_fatal')) === true)) failOthers(walk, task)
  if (!walk.rescued && play.tooManyFailed()) { failOthers(walk, task); run.emit({ type: 'no-hosts-left' }) }
}
/** Whether the module itself says that one host stands for all. */
async function isOnce(run: Run, task: Task): Promise<boolean> {
  if (task.module === '' || !run.registry.isAction(task.module) || engineNames.includes(task.module)) return false
  const entry = await run.registry.load(task.module)
  return entry.kind === 'action' && entry.action.once === true
}
const failSafe = <T>(work: () => T): T | undefined => { try { return work() } catch { return undefined } }

/** Ansible: a wrong value ends the run, it is no failure of a host. */
function throttle(walk: Walk, task: Task, scope: Scope): Gate | undefined {
  if (task.kw['throttle'] === undefined) return undefined
  const loc = valueLoc(task.kw, 'throttle') ?? task.loc
  let wanted: unknown
  try { wanted = keyword(walk.run, task, scope, 'throttle') } catch (error) { throw error instanceof Fault ? fault('bad-throttle', error.loc ?? loc, { why: error.message }, error) : error }
  const width = wanted === undefined ? 0 : Number(pyStr(wanted))
  if (Number.isNaN(width)) throw fault('bad-throttle', loc, { why: `invalid literal for int: '${pyStr(wanted)}'` })
  if (!(width > 0)) return undefined
  const gate = walk.gates.get(task) ?? createGate(width)
  walk.gates.set(task, gate)
  return gate
}

/** any_errors_fatal and the like: the hosts that are still fine stop here too, without counting as failed. */
function failOthers(walk: Walk, task: Task): void {
  for (const host of alive(walk)) host.failed = { task, data: { failed: true, msg: 'another host failed' }, because: 'another host', rescuable: walk.rescued }
}

/** A dry run's include or other step that could not be worked out for a host. */
export function reportFailure(walk: Walk, task: Task, host: HostState, one: Draft, mayIgnore = true): void {
  const result = present(walk.run, one, { ms: 0, trips: 0 }, isSilent(walk.run, task, scopeOf(walk, task, host)))
  const ignored = mayIgnore && failSafe(() => flag(walk.run, task, scopeOf(walk, task, host), 'ignore_errors')) === true && result.outcome === 'failed'
  if (result.outcome === 'unknown') host.stats.unknown += 1
  else if (ignored) { host.stats.ok += 1; host.stats.ignored += 1 } else { host.failed = { task, data: one.data, rescuable: walk.rescued }; host.stats.failed += 1 }
  if (host.failed?.task === task && failSafe(() => flag(walk.run, task, scopeOf(walk, task, host), 'any_errors_fatal')) === true) failOthers(walk, task)
  walk.run.emit({ type: 'result', host: host.name, task: task.id, result: ignored ? { ...result, ignored } : result, looped: one.items !== undefined, ...(walk.rescued ? { rescued: true } : {}) })
}

async function walkBlock(walk: Walk, block: Block): Promise<void> {
  const hosts = alive(walk)
  const rescues = block.rescue.length > 0
  await walkNodes({ ...walk, hosts, rescued: walk.rescued || rescues, after: [block.always, ...walk.after] }, block.body)
  if (rescues) await rescue(walk, block, hosts.filter((host) => host.failed !== undefined && !host.unreachable))
  if (block.always.length > 0) await always(walk, block, hosts.filter((host) => !host.unreachable && !host.ended))
}

async function rescue(walk: Walk, block: Block, hosts: readonly HostState[]): Promise<void> {
  for (const host of hosts) {
    const { failed } = host
    if (failed === undefined) continue
    host.setFrame.vars['ansible_failed_task'] = { name: failed.task.name === undefined ? '' : titleOf(walk.run, { ...failed.task, role: undefined } as unknown as Task, scopeOf(walk, failed.task, host)), action: failed.task.module }
    host.setFrame.vars['ansible_failed_result'] = failed.data
    host.failed = undefined
    if (failed.because !== undefined) continue
    if (host.stats.failed > 0) host.stats.failed -= 1
    host.stats.rescued += 1
  }
  await walkNodes({ ...walk, hosts, after: [block.always, ...walk.after] }, block.rescue)
}

/** Runs for failed hosts too; what failed stays failed, unless `meta: clear_host_errors` says otherwise. */
async function always(walk: Walk, block: Block, hosts: readonly HostState[]): Promise<void> {
  for (const host of hosts) {
    host.waiting.push(host.failed)
    host.failed = undefined
  }
  await walkNodes({ ...walk, hosts }, block.always)
  for (const host of hosts) { const failed = host.waiting.pop(); host.failed ??= failed }
}

/** A role runs once a play for the same parameters, unless it allows duplicates. */
async function walkRole(walk: Walk, node: RoleNode): Promise<void> {
  const key = node.role.key ?? node.role.path
  const hosts = alive(walk).filter((host) => node.role.allowDuplicates || !host.rolesRun.has(key))
  await walkNodes({ ...walk, hosts }, node.body)
  for (const host of hosts) if (host.alive && host.rolesBegun.has(node.role)) host.rolesRun.add(key)
}

/** Runs what was notified on these hosts, once through the handlers in the order in which they are defined. */
export async function flushHandlers(walk: Walk): Promise<void> {
  for (const host of alive(walk)) resolveNotifications(walk.run, walk.play, host, (handler) => scopeOf(walk, handler, host))
  for (const handler of handlerTasks(walk.play.handlers)) {
    const hosts = alive(walk).filter((host) => host.notified.has(handler))
    if (hosts.length > 0) await runHandler(walk, handler, hosts)
  }
}

async function runHandler(walk: Walk, handler: Task, hosts: readonly HostState[]): Promise<void> {
  const reasons = new Map(hosts.map((host) => [host, host.notified.get(handler)?.unknown]))
  for (const host of hosts) host.notified.delete(handler)
  if (!await wantsTask(walk.run, handler, walk.isFree === true ? hosts[0]?.name : undefined)) return
  announce(walk, handler, hosts[0] as HostState)
  for (const [host, reason] of reasons) {
    if (reason === undefined) continue
    host.stats.unknown += 1
    walk.run.emit({ type: 'result', host: host.name, task: handler.id, looped: false, result: { outcome: 'unknown', changes: [], data: { unknown: `notified by a task whose result is unknown: ${reason}` }, ms: 0, trips: 0 } })
  }
  const sure = hosts.filter((host) => reasons.get(host) === undefined)
  const inner: Walk = { ...walk, hosts: sure, after: [] }
  if (handler.module === 'include_tasks' || handler.module === 'include') await includeTasks(inner, handler, sure)
  else if (handler.module === 'include_role') await includeRole(inner, handler, sure)
  else if (handler.module === 'meta') await runMeta(inner, handler, sure)
  else await runOn(inner, handler, sure)
}

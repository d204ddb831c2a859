/**
 * The life of one task on one host: scope, loop, attempts until it is done, changed_when and failed_when, what it registers, whom it
 * notifies, how it counts. After the result is emitted nothing changes it.
 */
import type { Data, Frame, Loc, Task, TaskResult } from '../core/types.ts'
import { keyLoc } from '../core/loc.ts'
import { dictEntries, dictGet, isDict, Unknown, UnknownValue } from '../core/value.ts'
import type { Scope } from '../vars/scope.ts'
import { pyStr } from '../template/python.ts'
import { attempt, isCheck, plainData, planOnly, skipOf, type Unit } from './attempt.ts'
import { judge } from './conditions.ts'
import { hostState, type HostState, type PlayState, type Run } from './context.ts'
import { flag, keyword, numberOf } from './keywords.ts'
import { gather, type Item, isLooped, itemFrame, itemsOf, loopControl, type LoopControl } from './loop.ts'
import { notify } from './handlers.ts'
import { count, type Draft, draftOf, isChanged, isFailed, outcomeOf, present } from './outcome.ts'
import { settleDeep, taskScope } from './scopes.ts'

export interface TaskRun {
  readonly run: Run
  readonly play: PlayState
  readonly task: Task
  readonly varsFiles: readonly Frame[]
  /** Prefetches what follows. */
  lookAhead(host: HostState): void
  /** A block with rescue is around it: a failure will not count as one. */
  readonly rescued: boolean
}
export interface Ended { readonly draft: Draft; readonly result: TaskResult; readonly ignored: boolean }

/** Runs a task on a host and tells everybody how it ended. */
export async function runTask(ctx: TaskRun, host: HostState, share: readonly HostState[] = []): Promise<Ended> {
  const { run, play, task } = ctx
  const started = Date.now()
  run.emit({ type: 'host-start', host: host.name, task: task.id })
  const scope = taskScope(run, play, host, task, ctx.varsFiles)
  const trips = { before: tripsOf(host) }
  const base = { run, play, host, task, varsFiles: ctx.varsFiles, lookAhead: () => { ctx.lookAhead(host) } }
  ctx.lookAhead(host)
  const noLog = guard(() => flag(run, task, scope, 'no_log') ?? false, true)
  let whole: Draft
  try {
    whole = isLooped(task) ? await runLoop(base, scope, noLog) : await untilDone({ ...base, scope })
  } catch (error) {
    whole = draftOf(error)
  }
  return finish(ctx, host, share, scope, whole, { ms: Date.now() - started, trips: tripsOf(host) - trips.before }, noLog)
}

const guard = <T>(work: () => T, otherwise: T): T => { try { return work() } catch { return otherwise } }
const tripsOf = (host: HostState): number => [...host.sessions].reduce((sum, session) => sum + session.trips, 0)

type Base = Omit<Unit, 'scope'>

async function runLoop(base: Base, scope: Scope, noLog: boolean): Promise<Draft> {
  const { run, task, host } = base
  let items: readonly unknown[]
  try {
    items = itemsOf(run, task, scope)
  } catch (error) {
    // the items may be undefined just where the condition is false
    const skip = guard(() => skipOf({ ...base, scope }), undefined)
    if (skip !== undefined) return skip
    throw error
  }
  const control = loopControl(run, task, scope)
  const itemScope = (index: number): Scope => taskScope(run, base.play, host, task, base.varsFiles, { frames: [itemFrame(items, index, control)] })
  const prefetch = (from: number): void => {
    for (let i = from; i < Math.min(items.length, from + 50); i++) void planOnly({ ...base, scope: itemScope(i), lookAhead: () => undefined }).catch(() => undefined)
  }
  prefetch(0)
  const done: { label: string; draft: Draft; keys: Data }[] = []
  for (const [index, value] of items.entries()) {
    if (index > 0 && control.pause !== undefined) await pause(Number(pyStr(run.jinja.resolve(control.pause, scope))))
    const unit: Unit = { ...base, scope: itemScope(index), lookAhead: () => { if (index + 1 < items.length) prefetch(index + 1); else base.lookAhead() } }
    const one = await runItem(unit, { value, vars: {} }, control, noLog)
    done.push(one)
    if (one.draft.unreachable === true) break
    if (control.breakWhen !== undefined && judge(run, control.breakWhen, unit.scope.child(registered(task, one.draft)), 'break_when', task.loc).truth) break
  }
  return gather(done)
}

async function runItem(unit: Unit, item: Item, control: LoopControl, noLog: boolean): Promise<{ label: string; draft: Draft; keys: Data }> {
  const { run, host, task } = unit
  const started = Date.now()
  const before = tripsOf(host)
  const one = await untilDone(unit).catch(draftOf)
  const label = labelOf(unit, item.value, control)
  const keys: Data = { [control.loopVar]: item.value, ansible_loop_var: control.loopVar, failed: isFailed(one) }
  const result = present(run, { ...one, data: { ...one.data, [control.loopVar]: item.value, ansible_loop_var: control.loopVar } }, { ms: Date.now() - started, trips: tripsOf(host) - before }, noLog)
  const ignored = flag(run, task, unit.scope, 'ignore_errors') === true && isFailed(one)
  run.emit({ type: 'item', host: host.name, task: task.id, label: noLog ? '(censored due to no_log)' : run.masker.text(label), result: ignored ? { ...result, ignored } : result, ...delegatedOf(unit) })
  return { label, draft: one, keys }
}

function labelOf(unit: Unit, value: unknown, control: LoopControl): string {
  if (control.label === undefined) return guard(() => pyStr(value), '?')
  return guard(() => pyStr(unit.run.jinja.resolve(control.label, unit.scope)), pyStr(value))
}
function delegatedOf(unit: { readonly run: Run; readonly task: Task; readonly scope: Scope; readonly host: HostState }): { delegated?: string } {
  const to = guard(() => keyword(unit.run, unit.task, unit.scope, 'delegate_to'), undefined)
  return typeof to === 'string' && to !== '' && to !== unit.host.name ? { delegated: to } : {}
}
const pause = (seconds: number): Promise<void> => new Promise((resolve) => { setTimeout(resolve, seconds * 1000) })

const registered = (task: Task, one: Draft): Data => {
  const name = task.kw['register']
  const value = one.registerAs ?? plainData(one.data)
  return typeof name === 'string' ? { [name]: value } : {}
}

/** Attempts until `until` holds or the retries are used up. */
async function untilDone(unit: Unit): Promise<Draft> {
  const { run, task, host, scope } = unit
  const until = task.kw['until']
  const wanted = task.kw['retries']
  if (until === undefined && wanted === undefined) return judged(unit, await attempt(unit).catch(draftOf))
  const retries = numberOf(run, task, scope, 'retries', 3), delay = numberOf(run, task, scope, 'delay', 5)
  for (let tried = 1; ; tried++) {
    const one = judged(unit, await attempt(unit).catch(draftOf))
    if (one.data['skipped'] === true || one.data['dry_run_skipped'] === true || one.unknown !== undefined) return one
    const counted: Draft = { ...one, data: { ...one.data, attempts: tried } }
    const done = until === undefined ? !isFailed(counted)
      : judge(run, until, scope.child(registered(task, counted)), 'until', keyLoc(task.kw, 'until') ?? task.loc).truth
    if (done) return counted
    if (tried > retries || isCheck(unit)) return { ...counted, data: { ...counted.data, failed: true, ...(one.data['msg'] === undefined ? { msg: `the condition of 'until' did not hold after ${tried} attempts` } : {}) } }
    run.emit({ type: 'retry', host: host.name, task: task.id, left: retries - tried + 1, result: present(run, counted, { ms: 0, trips: 0 }, false) })
    await pause(delay)
  }
}

/** `changed_when` and `failed_when` on the result. */
function judged(unit: Unit, one: Draft): Draft {
  const { run, task, scope } = unit
  const { changed_when: changedWhen, failed_when: failedWhen } = task.kw
  if ((changedWhen === undefined && failedWhen === undefined) || one.data['skipped'] === true || one.unreachable === true || one.unknown !== undefined) return one
  const data = { ...one.data }
  const look = (): Scope => scope.child(registered(task, { ...one, data }))
  const loc = (name: string): Loc => keyLoc(task.kw, name) ?? task.loc
  try {
    if (changedWhen !== undefined) data['changed'] = judge(run, changedWhen, look(), 'changed_when', loc('changed_when')).truth
    if (failedWhen !== undefined) {
      data['failed'] = judge(run, failedWhen, look(), 'failed_when', loc('failed_when')).truth
      data['failed_when_result'] = data['failed']
    }
  } catch (error) {
    if (error instanceof UnknownValue && data['dry_run_skipped'] === true) return { ...one, data: { ...data, changed: new Unknown(error.reason) }, unknown: error.reason }
    return draftOf(error)
  }
  return { ...one, data, changes: data['changed'] === true ? one.changes : [] }
}

/** Facts, registered variable, handlers, recap, result event. */
function finish(ctx: TaskRun, host: HostState, share: readonly HostState[], scope: Scope, whole: Draft, times: { ms: number; trips: number }, noLog: boolean): Ended {
  const { run, task } = ctx
  whole = notified(ctx, [host, ...share], scope, whole)
  const outcome = outcomeOf(whole)
  const ignored = (outcome === 'failed' && guard(() => flag(run, task, scope, 'ignore_errors'), false) === true) ||
    (outcome === 'unreachable' && guard(() => flag(run, task, scope, 'ignore_unreachable'), false) === true)
  const delegated = delegatedOf({ run, task, scope, host })
  for (const one of [host, ...share]) {
    remember(ctx, one, whole, delegated.delegated, scope)
  }
  if ((outcome === 'failed' || outcome === 'unreachable') && !ignored) drop(host, task, whole)
  count(host, outcome, ignored, isChanged(whole))
  const result: TaskResult = { ...present(run, whole, times, noLog), ...(ignored ? { ignored } : {}) }
  run.emit({ type: 'result', host: host.name, task: task.id, result, looped: whole.items !== undefined, ...delegated, ...(ctx.rescued ? { rescued: true } : {}) })
  return { draft: whole, result, ignored }
}

/** Notifies handlers; a handler that does not exist fails the task. */
function notified(ctx: TaskRun, hosts: readonly HostState[], scope: Scope, whole: Draft): Draft {
  if (isFailed(whole) || !(isChanged(whole) || whole.unknown !== undefined)) return whole
  try {
    for (const one of hosts) notify(ctx.run, ctx.play, one, ctx.task, scope, whole.unknown)
    return whole
  } catch (error) {
    return draftOf(error)
  }
}

function drop(host: HostState, task: Task, whole: Draft): void {
  if (whole.unreachable === true) host.unreachable = true
  else host.failed = { task, data: whole.data }
}

/** What later tasks see: facts, set facts, included variables, the registered result. */
function remember(ctx: TaskRun, host: HostState, whole: Draft, delegated: string | undefined, scope: Scope): void {
  const { run, task } = ctx
  const drafts = whole.items === undefined ? [whole] : whole.items.map((item) => item.draft)
  const toOther = delegated !== undefined && guard(() => flag(run, task, scope, 'delegate_facts'), false) === true
  const owner = toOther && delegated !== undefined ? hostState(run, delegated) : host
  for (const one of drafts) {
    const facts = one.data['ansible_facts']
    if (!isDict(facts) || one.data['failed'] === true) continue
    const plain = Object.fromEntries(Object.entries(facts instanceof Map ? Object.fromEntries(facts) : facts))
    if (task.module === 'set_fact') {
      Object.assign(owner.setFrame.vars, settleFacts(plain))
      if (dictGet(one.data, '_ansible_facts_cacheable') === true) owner.addFacts(settleFacts(plain))
    } else if (task.module === 'include_vars') owner.includeFrames.push({ name: 'include_vars', vars: plain })
    else owner.addFacts(settleFacts(plain))
  }
  for (const one of drafts) keepStats(run, host, one.data['ansible_stats'])
  const name = keyword(run, task, scope, 'register')
  if (typeof name !== 'string') return
  const value = whole.registerAs ?? (whole.unknown === undefined ? settleDeep(registeredData(whole)) : new Unknown(whole.unknown))
  host.setFrame.vars[name] = value
}
/** set_stats: numbers add up, lists and dicts grow, anything else is replaced. */
function keepStats(run: Run, host: HostState, stats: unknown): void {
  if (!isDict(stats)) return
  const data = dictGet(stats, 'data')
  if (!isDict(data)) return
  const owner = dictGet(stats, 'per_host') === true ? host.name : '_run'
  const before = run.custom[owner]
  const kept: Data = isDict(before) && !(before instanceof Map) ? before : {}
  for (const [key, value] of dictEntries(data)) {
    const old = kept[String(key)]
    const adds = dictGet(stats, 'aggregate') !== false && old !== undefined
    kept[String(key)] = !adds ? value : typeof old === 'number' && typeof value === 'number' ? old + value
      : Array.isArray(old) && Array.isArray(value) ? [...old, ...value] : isDict(old) && isDict(value) ? { ...old, ...value } : value
  }
  run.custom[owner] = kept
}
const settleFacts = (facts: Data): Data => { for (const value of Object.values(facts)) settleDeep(value); return facts }
const registeredData = (whole: Draft): Data => {
  const data = Object.fromEntries(Object.entries(plainData(whole.data)).filter(([key]) => key !== 'dry_run_skipped' && !key.startsWith('_ansible_')))
  return { ...data, failed: data['failed'] === true, changed: data['changed'] ?? false }
}

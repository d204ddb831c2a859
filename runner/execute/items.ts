/** Runs a looped task: its items one after the other, each with its own scope, attempts and line; then the gathered result. */
import type { Data, Task } from '../core/types.ts'
import { Fault } from '../core/errors.ts'
import type { Scope } from '../vars/scope.ts'
import { pyStr } from '../template/python.ts'
import type { Unit } from './arguments.ts'
import { planOnly } from './attempt.ts'
import { skipOf } from './prepare.ts'
import { conditionFailed, judge } from './conditions.ts'
import type { HostState, Run } from './context.ts'
import { flag, keyword } from './keywords.ts'
import { gather, itemFrame, itemsOf, loopControl, type LoopControl } from './loop.ts'
import { type Draft, draftOf, isFailed, present } from './outcome.ts'
import { remember } from './remember.ts'
import { taskScope } from './scopes.ts'
import { pause, resultVars, untilDone } from './tries.ts'

export const guard = <T>(work: () => T, otherwise: T): T => { try { return work() } catch { return otherwise } }
export const tripsOf = (host: HostState): number => [...host.sessions].reduce((sum, session) => sum + session.trips, 0)

export type Base = Omit<Unit, 'scope'>
/** How many items are planned at a time, so that their reads travel together. */
const windows = { converged: 50, changing: 4 } as const

export async function runLoop(base: Base, scope: Scope, noLog: boolean): Promise<Draft> {
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
  const done: Done[] = []
  /** What items before this one have registered. */
  let seen: Data = {}
  const itemScope = (index: number): Scope => taskScope(run, base.play, host, task, base.varsFiles, { frames: [itemFrame(items, index, control), { name: 'registered in the loop', vars: seen }] })
  let plannedTo = 0
  const prefetch = (from: number, width: number): void => {
    plannedTo = Math.min(items.length, from + width)
    for (let i = from; i < plannedTo; i++) void planOnly({ ...base, scope: itemScope(i), lookAhead: () => undefined }).catch(() => undefined)
  }
  for (const [index, value] of items.entries()) {
    if (index > 0 && control.pauseSeconds > 0) await pause(control.pauseSeconds)
    const own = itemFrame(items, index, control).vars
    const loopSoFar = (one: Draft): Draft => gather([...done, { label: '', draft: one, keys: { ...own, failed: isFailed(one) } }])
    if (index === plannedTo) prefetch(index, windows.converged)
    // an item that changes something makes all that was read of later ones stale: not worth a wide window
    const unit: Unit = { ...base, scope: itemScope(index), loopSoFar, lookAhead: () => { if (index + 1 < items.length) prefetch(index + 1, windows.changing); else base.lookAhead() } }
    const { one, ends } = await runItem(unit, value, own, control, noLog)
    done.push(one)
    if (task.kw['register'] !== undefined) seen = resultVars(task, one.draft, () => gather(done))
    if (task.module === 'set_fact' || one.draft.data['ansible_facts'] !== undefined) remember(run, { ...task, kw: withoutRegister(task) }, host, one.draft, one.delegated, unit.scope) // the next item sees them
    if (one.draft.unreachable === true || ends) break
  }
  return gather(done)
}

const withoutRegister = ({ kw: { register: _, ...kw } }: Task): Task['kw'] => kw
/** Whether the loop ends here; the item has failed where that cannot be worked out. */
function broken(unit: Unit, condition: unknown, one: Draft): { readonly draft: Draft; readonly ends: boolean } {
  const { run, task, scope } = unit
  if (condition === undefined) return { draft: one, ends: false }
  try {
    return { draft: one, ends: judge(run, condition, scope.child(resultVars(task, one, () => unit.loopSoFar?.(one) ?? one)), 'break_when', task.loc).truth }
  } catch (error) {
    const failed = draftOf(error)
    const suppressed = isFailed(one) ? { break_when_suppressed_exception: '(traceback unavailable)' } : {}
    return { draft: { ...failed, data: { ...failed.data, ...one.data, failed: true, break_when_result: conditionFailed(error), ...suppressed } }, ends: true }
  }
}

type Done = Parameters<typeof gather>[0][number]

async function runItem(unit: Unit, value: unknown, own: Data, control: LoopControl, noLog: boolean): Promise<{ readonly one: Done; readonly ends: boolean }> {
  const { run, host, task } = unit
  const started = Date.now()
  const before = tripsOf(host)
  const { draft: tried, ends } = broken(unit, control.breakWhen, await untilDone(unit).catch(draftOf))
  const { label, warning } = labelOf({ ...unit, scope: unit.scope.child(resultVars(task, tried, () => unit.loopSoFar?.(tried) ?? tried)) }, value, control)
  const one = warning === undefined ? tried : { ...tried, data: { ...tried.data, warnings: [...Array.isArray(tried.data['warnings']) ? tried.data['warnings'] : [], warning] } }
  const keys: Data = { ...own, failed: isFailed(one) }
  const result = present(run, { ...one, data: { ...one.data, ...own } }, { ms: Date.now() - started, trips: tripsOf(host) - before }, noLog)
  const delegated = delegatedOf(unit)
  const ignored = isFailed(one) && guard(() => flag(run, task, unit.scope, 'ignore_errors'), false) === true
  run.emit({ type: 'item', host: host.name, task: task.id, label: noLog ? censoredLabel : run.masker.text(label), result: ignored ? { ...result, ignored } : result, ...delegated })
  return { one: { label, draft: one, keys, scope: unit.scope, ignored, ...delegated }, ends }
}

/** A label that cannot be worked out is a warning; the item stands for itself then. */
export const censoredLabel = '(censored due to no_log)'
export function labelOf({ run, scope, task }: Unit, value: unknown, control: LoopControl): { readonly label: string; readonly warning?: string } {
  const plain = guard(() => pyStr(value), '?')
  if (control.label === undefined) return { label: plain }
  try {
    return { label: pyStr(run.jinja.resolve(control.label, scope)) }
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    const warning = `Failed to template loop_control label. ${error.message}`
    run.warn(warning, error.loc ?? task.loc)
    return { label: plain, warning }
  }
}

/** The host that a task is delegated to, where that is another one. */
export function delegatedOf(unit: { readonly run: Run; readonly task: Task; readonly scope: Scope; readonly host: HostState }): { delegated?: string } {
  const to = guard(() => keyword(unit.run, unit.task, unit.scope, 'delegate_to'), undefined)
  return typeof to === 'string' && to !== '' && to !== unit.host.name ? { delegated: to } : {}
}

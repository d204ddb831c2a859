/** Attempts of one task or item until it is done: `until`, `retries`, and what `changed_when` and `failed_when` make of each result. */
import type { Data, Loc, Task } from '../core/types.ts'
import { keyLoc, valueLoc } from '../core/loc.ts'
import { dictEntries, isDict, Template, Unknown, UnknownValue } from '../core/value.ts'
import type { Scope } from '../vars/scope.ts'
import type { Unit } from './arguments.ts'
import { attempt, isCheck, plainData } from './attempt.ts'
import { judge } from './conditions.ts'
import { pyStr } from '../template/python.ts'
import type { Run } from './context.ts'
import { numberOf } from './keywords.ts'
import { type Draft, draftOf, isFailed, present, traceOf } from './outcome.ts'
import { settleDeep } from './scopes.ts'

export const pause = (seconds: number): Promise<void> => new Promise((resolve) => { setTimeout(resolve, seconds * 1000) })

/** A result as it is registered. */
export const registeredData = (one: Draft): Data => {
  const data = Object.fromEntries(Object.entries(plainData(one.data)).filter(([key]) => key !== 'dry_run_skipped' && !key.startsWith('_ansible_')))
  const isForetold = one.data['dry_run_skipped'] === true
  // what a dry run skips has not changed anything, unless the playbook says so
  const changed = isForetold && !('changed_when_result' in data) ? false : data['changed'] ?? false
  return { ...data, ...(isForetold ? { skipped: true } : {}), ...traceOf(one), failed: data['failed'] === true, changed }
}
/** What `register` names, for conditions about the result: one name, or names with expressions over `_task`. */
export function resultVars(run: Run, task: Task, scope: Scope, one: Draft, isWhole: boolean): Data {
  const result = one.registerAs ?? (one.unknown === undefined ? settleDeep(registeredData(one)) : new Unknown(one.unknown))
  const own: Data = { _task: { result, polymorphic_result: result, ...(isWhole && one.items !== undefined ? { loop_result: result } : {}) } }
  const register = task.kw['register']
  if (typeof register === 'string') return { ...own, [register]: result }
  if (!isDict(register)) return own
  const inner = scope.child(own), named: Data = { ...own }
  for (const [name, expression] of dictEntries(register)) {
    const source = expression instanceof Template ? expression.source : String(expression)
    named[String(name)] = settleDeep(run.jinja.resolve(run.jinja.expression(source, inner, () => valueLoc(register, name) ?? task.loc), inner))
  }
  return named
}

/** Attempts until `until` holds or the retries are used up. */
export async function untilDone(unit: Unit): Promise<Draft> {
  const { run, task, host, scope } = unit
  const until = task.kw['until']
  const wanted = task.kw['retries']
  if (until === undefined && wanted === undefined) return judged(unit, await attempt(unit).catch(draftOf))
  const retries = Math.max(0, numberOf(run, task, scope, 'retries', 3)), delay = numberOf(run, task, scope, 'delay', 5)
  if (retries === 0) return judged(unit, await attempt(unit).catch(draftOf))
  for (let tried = 1; ; tried++) {
    const raw = await attempt(unit).catch(draftOf)
    const one = judged(unit, raw.data['skipped'] === true ? raw : { ...raw, data: { ...raw.data, attempts: tried } })
    if (one.data['skipped'] === true || one.data['dry_run_skipped'] === true || one.unknown !== undefined) return one
    const counted: Draft = { ...one, data: { ...one.data, attempts: tried } }
    const done = until === undefined ? !isFailed(counted)
      : judge(run, until, scope.child(resultVars(run, task, scope, counted, false)), 'until', keyLoc(task.kw, 'until') ?? task.loc).truth
    if (done) return counted
    // as Ansible counts them: the first attempt is none of the retries
    if (tried > retries || isCheck(unit)) return { ...counted, data: { ...counted.data, attempts: Math.min(tried, retries), failed: one.data['failed_when_result'] !== false, ...(one.data['msg'] === undefined ? { msg: `the condition of 'until' did not hold after ${tried} attempts` } : {}) } }
    run.emit({ type: 'retry', host: host.name, task: task.id, left: retries - tried, result: present(run, counted, { ms: 0, trips: 0 }, false) })
    await pause(delay)
  }
}

/** `changed_when` and `failed_when` on the result. */
function judged(unit: Unit, one: Draft): Draft {
  const { run, task, scope } = unit
  const { changed_when: changedWhen, failed_when: failedWhen } = task.kw
  if ((changedWhen === undefined && failedWhen === undefined) || one.data['skipped'] === true || one.unreachable === true || one.unknown !== undefined) return one
  const data = { ...one.data }
  const look = (): Scope => scope.child(resultVars(run, task, scope, { ...one, data }, false))
  const loc = (name: string): Loc => keyLoc(task.kw, name) ?? task.loc
  let doing = 'changed_when_result'
  try {
    if (changedWhen !== undefined) {
      data['changed'] = judge(run, changedWhen, look(), 'changed_when', loc('changed_when')).truth
      data['changed_when_result'] = data['changed']
    }
    doing = 'failed_when_result'
    if (failedWhen !== undefined) {
      const before = isFailed(one)
      data['failed'] = judge(run, failedWhen, look(), 'failed_when', loc('failed_when')).truth
      data['failed_when_result'] = data['failed']
      if (before) data['failed_when_suppressed_exception'] = '(traceback unavailable)'
      if (data['failed'] === true && !isFailed(one)) data['msg'] = `a 'failed_when' condition is true${pyStr(data['msg'] ?? '') === '' ? '' : `: ${pyStr(data['msg'])}`}`
    }
  } catch (error) {
    if (error instanceof UnknownValue && data['dry_run_skipped'] === true) return { ...one, data: { ...data, changed: new Unknown(error.reason) }, unknown: error.reason }
    const failed = draftOf(error)
    const suppressed = isFailed(one) ? { [doing.replace(/result$/, 'suppressed_exception')]: '(traceback unavailable)' } : {}
    return { ...failed, data: { ...data, ...failed.data, changed: data['changed'] ?? false, [doing]: failed.data['msg'], ...suppressed } }
  }
  return { ...one, data, changes: data['changed'] === true ? one.changes : [] }
}


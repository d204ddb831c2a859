/** Attempts of one task or item until it is done: `until`, `retries`, and what `changed_when` and `failed_when` make of each result. */
import type { Data, Loc, Task } from '../core/types.ts'
import type { ErrorData } from '../core/events.ts'
import { keyLoc, valueLoc } from '../core/loc.ts'
import { dictEntries, isDict, Template, Unknown, UnknownValue } from '../core/value.ts'
import type { Scope } from '../vars/scope.ts'
import type { Unit } from './arguments.ts'
import { attempt, isCheck, plainData } from './attempt.ts'
import { conditionFailed, judge } from './conditions.ts'
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
/**
 * What conditions see of a result: `_task` (of a loop that has ended, `result` is that of its last item), and what `register` names, either one name or names with expressions over `_task`.
 * `loop`: the result of the loop so far, made when it is asked for. Expressions stay templates: only those that are asked for are evaluated.
 */
export function resultVars(task: Task, one: Draft, loop?: () => Draft): Data {
  const registered = (it: Draft): unknown => it.registerAs ?? (it.unknown === undefined ? settleDeep(registeredData(it)) : new Unknown(it.unknown))
  const last = one.items?.at(-1)
  const whole = registered(one), result = last === undefined ? whole : registered({ ...last.draft, data: { ...last.draft.data, ...last.keys } }), register = task.kw['register']
  let soFar: unknown
  const inLoop: Data = loop === undefined ? {} : Object.defineProperty({}, 'loop_result', { enumerable: true, get: () => soFar ??= registered(loop()) })
  const own: Data = { _task: Object.defineProperties({ result, polymorphic_result: whole }, Object.getOwnPropertyDescriptors(inLoop)) }
  if (typeof register === 'string') return { ...own, [register]: whole }
  if (!isDict(register)) return own
  const named = dictEntries(register).map(([name, expression]): [string, unknown] => {
    const source = expression instanceof Template ? expression.source : String(expression)
    return [String(name), new Template(`{{ ${source} }}`, (offset) => { const at = valueLoc(register, name); return at && { ...at, column: at.column + offset - 3 } })]
  })
  return { ...own, ...Object.fromEntries(named) }
}
/** What stays of it when the task has ended. */
export function registeredVars(run: Run, task: Task, scope: Scope, one: Draft): Data {
  const { _task, ...named } = resultVars(task, one, one.items === undefined ? undefined : () => one)
  if (!isDict(task.kw['register'])) return named
  const inner = scope.child({ _task, ...named })
  return Object.fromEntries(Object.entries(named).map(([name, value]) => [name, settleDeep(run.jinja.resolve(value, inner))]))
}

const notDone = (tried: number, { data }: Draft): Pick<Draft, 'error'> =>
  ({ error: { code: 'task-failed', message: `Task failed: the condition of 'until' did not hold after ${tried} attempts${saysWhy(data) ? `: ${pyStr(data['msg'])}` : ''}`, trail: [] } })

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
    if (raw.isPremature === true) return raw
    const one = judged(unit, raw.data['skipped'] === true ? raw : { ...raw, data: { ...raw.data, attempts: tried } })
    if (one.data['skipped'] === true || one.data['dry_run_skipped'] === true || one.unknown !== undefined) return one
    const counted: Draft = { ...one, data: { ...one.data, attempts: tried } }
    const done = until === undefined ? !isFailed(counted)
      : judge(run, until, scope.child(seen(unit, counted)), 'until', keyLoc(task.kw, 'until') ?? task.loc).truth
    if (done) return counted
    // as Ansible counts them: the first attempt is none of the retries
    if (tried > retries || isCheck(unit)) return { ...counted, ...(isFailed(one) ? {} : notDone(tried, counted)), data: { ...counted.data, attempts: Math.min(tried, retries), failed: one.data['failed_when_result'] !== false, ...(one.data['msg'] === undefined ? { msg: `the condition of 'until' did not hold after ${tried} attempts` } : {}) } }
    run.emit({ type: 'retry', host: host.name, task: task.id, left: retries - tried, result: present(run, counted, { ms: 0, trips: 0 }, false) })
    await pause(delay)
  }
}

/** As conditions see it while the task runs: messages of its module are there, be it none. */
function seen({ task, loopSoFar }: Unit, one: Draft): Data {
  const vars = resultVars(task, one, loopSoFar === undefined ? undefined : () => loopSoFar(one)), own = vars['_task']
  if (isDict(own) && !(own instanceof Map) && isDict(own['result']) && !(own['result'] instanceof Map)) own['result'] = settleDeep({ warnings: [], deprecations: [], ...own['result'] })
  return vars
}

const becauseTrue = "A 'failed_when' expression evaluated to 'True'"
/** Whether the result has a message of its own: that stays, whatever a condition makes of the result. */
const saysWhy = ({ msg }: Data): boolean => typeof msg === 'string' && msg !== '' && !msg.startsWith('Task failed: ')
const whichOf = (conditions: unknown, loc: Loc): ErrorData['trail'] =>
  [{ what: `in the failed_when condition: ${[conditions].flat().map((one) => one instanceof Template ? one.source : pyStr(one)).join(' and ')}`, loc }]

/** An empty list of conditions says nothing. */
const given = (conditions: unknown): unknown => Array.isArray(conditions) && conditions.length === 0 ? undefined : conditions

/** `changed_when` and `failed_when` on the result. */
function judged(unit: Unit, one: Draft): Draft {
  const { run, task, scope } = unit
  const changedWhen = given(task.kw['changed_when']), failedWhen = given(task.kw['failed_when'])
  if ((changedWhen === undefined && failedWhen === undefined) || one.data['skipped'] === true || one.unreachable === true || one.isPremature === true || one.unknown !== undefined) return one
  const data = { ...one.data }
  const look = (): Scope => scope.child(seen(unit, { ...one, data }))
  const loc = (name: string): Loc => keyLoc(task.kw, name) ?? task.loc
  let doing = 'changed_when', told: Pick<Draft, 'error'> = {}
  try {
    if (changedWhen !== undefined) {
      data['changed'] = judge(run, changedWhen, look(), 'changed_when', loc('changed_when')).truth
      data['changed_when_result'] = data['changed']
    }
    doing = 'failed_when'
    if (failedWhen !== undefined) {
      const before = isFailed(one)
      data['failed'] = judge(run, failedWhen, look(), 'failed_when', loc('failed_when')).truth
      data['failed_when_result'] = data['failed']
      if (before) data['failed_when_suppressed_exception'] = '(traceback unavailable)'
      if (data['failed'] === true && !isFailed(one)) {
        if (!saysWhy(data)) data['msg'] = `Task failed: ${becauseTrue}.`
        told = { error: { code: 'task-failed', message: `Task failed: ${becauseTrue}`, trail: whichOf(failedWhen, loc('failed_when')) } }
      }
    }
  } catch (error) {
    if (error instanceof UnknownValue && data['dry_run_skipped'] === true) return { ...one, data: { ...data, changed: new Unknown(error.reason) }, unknown: error.reason }
    const failed = draftOf(error), why = conditionFailed(error)
    const suppressed = isFailed(one) ? { [`${doing}_suppressed_exception`]: '(traceback unavailable)' } : {}
    const msg = saysWhy(data) ? data['msg'] : `Task failed: Module failed: A '${doing}' expression failed: ${why}`
    return { ...failed, data: { ...data, ...failed.data, msg, changed: data['changed'] ?? false, [`${doing}_result`]: why, ...suppressed } }
  }
  return { ...one, ...told, data, changes: data['changed'] === true ? one.changes : [] }
}


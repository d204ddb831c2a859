/**
 * One attempt of one task (or one item of its loop) on one host: condition, arguments, plan, and then either the steps or, in a dry
 * run, the prediction. Normal run, --check and --diff are this one path.
 */
import type { Data } from '../core/types.ts'
import type { Action, Change, Module, Plan, Ran } from '../core/plan.ts'
import { Failure, Fault } from '../core/errors.ts'
import { templateErrors } from '../core/errors/template.ts'
import { withoutShell } from '../core/errors/failure.ts'
import { Missing } from '../core/missing.ts'
import { dictEntries, Float, isDict, makeDict, Unknown, UnknownValue } from '../core/value.ts'
import { customRun, rehearsed, withDifferences } from './custom.ts'
import { factModules, gatherBy } from './fact-modules.ts'
import { fetchJob, type Job, removeJob, startedData, startJob } from './async.ts'
import { checkedArgs, ownArgs, type Unit } from './arguments.ts'
import { flag, numberOf, timeoutOf } from './keywords.ts'
import { createControl } from './control.ts'
import { diffOf, inDiffMode, notInBackground, showsInvocation, shownArgs } from './particulars.ts'
import { draft, type Draft, draftOf, isFailed } from './outcome.ts'
import { type Place, placeOf } from './place.ts'
import { doubt, leavesNothing, perhapsIncluded } from './perhaps.ts'
import { checkDelegate, named, prepare, type Ready, skipOf } from './prepare.ts'
import { HostTarget } from './target.ts'

export const isCheck = (unit: Unit): boolean => flag(unit.run, unit.task, unit.scope, 'check_mode') ?? unit.run.options.check

export async function attempt(given: Unit): Promise<Draft> {
  let ready: Ready
  try {
    const skip = await skipOrPerhaps(given)
    if (skip !== undefined) return skip
    const others = factModules(given)
    if (others !== undefined) return await gatherBy(given, others, async (one) => begin(await prepare(one)))
    ready = await prepare(given)
  } catch (error) { await doubt(given, error); return { ...draftOf(error), isPremature: true } }
  const one = await begin(ready).catch(async (error: unknown): Promise<Draft> => {
    await doubt(given, error)
    // a template that a module meets while it is at work (an expression of assert, a file of template) is no result of the module either
    return { ...draftOf(error), ...(error instanceof Fault && error.code in templateErrors ? { isPremature: true } : {}) }
  })
  return one.unreachable === true || one.isPremature === true || ready.kind === 'status' ? one : { ...one, ...addressOf(ready.place) }
}
/** Of a delegated task, for its line: where it was done, if the name of the host does not say so. */
function addressOf({ delegated, endpoint: { connection, host } }: Place): Pick<Draft, 'address'> {
  return delegated === undefined || connection === 'local' || host === delegated ? {} : { address: host }
}
async function skipOrPerhaps(unit: Unit): Promise<Draft | undefined> {
  checkDelegate(unit)
  try { return skipOf(unit) } catch (error) {
    if (error instanceof UnknownValue && unit.task.module === 'include_vars') return perhapsIncluded(unit, error.reason, attempt)
    throw error
  }
}

async function begin(ready: Ready): Promise<Draft> {
  if (ready.kind === 'status') return statusOf(ready.unit, ready.args)
  if (ready.kind === 'custom') return runCustom(ready)
  const { unit, entry, place, args: raw } = ready
  const spec = entry.kind === 'module' ? entry.module : entry.action
  const limit = numberOf(unit.run, unit.task, unit.scope, 'async', 0)
  if (limit > 0 && notInBackground.has(unit.task.module)) throw new Failure(`This action (${unit.task.action ?? unit.task.module}) does not support async.`)
  const args = checkedArgs(unit, spec, raw)
  const doing = entry.kind === 'module' ? runModule(unit, entry.module, args, place) : runAction(unit, entry.action, args, place)
  if (!showsInvocation(unit)) return doing
  const one = await doing.catch(draftOf)
  if (one.unreachable === true) return one // nothing was invoked
  return { ...one, data: { ...one.data, invocation: { module_args: shownArgs(spec.args, args) } } }
}

/** A module of the user's own, which a dry run may run or not. */
async function runCustom({ unit, custom, args, place }: Extract<Ready, { kind: 'custom' }>): Promise<Draft> {
  const isDry = isCheck(unit), one = await customRun(unit, custom, args, place, isDry)
  const run = async (): Promise<Draft> => withDifferences(await applied(unit, one.plan, place))
  return isDry ? rehearsed(one, place, run) : run()
}

/** The plan alone, for its reads. */
export async function planOnly(given: Unit): Promise<void> {
  if (skipOf(given) !== undefined) return
  const unit = named(given)
  if (unit.task.custom !== undefined) return
  const entry = await unit.run.registry.load(unit.task.module)
  if (entry.kind !== 'module') return
  const place = placeOf(unit.run, unit.play, unit.host, unit.task, unit.scope, unit.varsFiles)
  const target = new HostTarget(unit.run, place, unit.scope, unit.task, 'ahead')
  await entry.module.plan(checkedArgs(unit, entry.module, ownArgs(unit, entry.module)), target)
}

async function runModule(unit: Unit, module: Module, args: Data, place: Place): Promise<Draft> {
  const { run } = unit
  const target = new HostTarget(run, place, unit.scope, unit.task)
  let plan: Plan
  try {
    plan = await module.plan(args, target)
  } catch (error) {
    if (error instanceof Failure && Array.isArray(error.data['warnings'])) for (const warning of error.data['warnings']) run.warn(String(warning), unit.task.loc)
    if (!(error instanceof Failure) || !isCheck(unit) || target.uncertain.size === 0) throw error
    if (!(error instanceof Missing)) throw new UnknownValue(`${[...target.uncertain][0]} (otherwise: ${error.message})`)
    plan = error.plan()
  }
  if (plan.details !== undefined && inDiffMode(unit)) plan = { ...plan, detailed: await plan.details() }
  for (const warning of plan.warnings ?? []) run.warn(warning, unit.task.loc)
  if (plan.warnings !== undefined && plan.warnings.length > 0) plan = { ...plan, data: { ...plan.data, warnings: plan.warnings } }
  if ((plan.changes.length === 0) !== (plan.steps.length === 0)) throw new Error(`${module.name}: a plan has either changes and steps, or neither`)
  if (plan.steps.length === 0) return settled(unit, plan, target)
  if (isCheck(unit)) return foretold(unit, plan, place)
  return applied(unit, plan, place)
}

/** Nothing to do. In a dry run that may rest on something being absent that an earlier task would have made. */
function settled(unit: Unit, plan: Plan, target: HostTarget): Draft {
  const data = { changed: false, ...plan.data, ...(plan.diff === 'path' ? diffOf(unit, plan) : {}) }
  const reason = [...target.uncertain][0]
  return isCheck(unit) && reason !== undefined ? { data, changes: [], unknown: reason } : draft(data)
}


const runsCommand = (module: string): boolean => module === 'command' || module === 'shell'
const shownDiff = (unit: Unit): { readonly showsDiff?: true } => inDiffMode(unit) ? { showsDiff: true } : {}
/** A dry run: says what would change, and lets later tasks see it. */
function foretold(unit: Unit, plan: Plan, place: Place): Draft {
  // a task that is always a dry run does nothing that later tasks of a real run could find
  if (unit.run.options.check) place.machine.predict(leavesNothing(unit) ? (plan.after ?? []).filter((one) => !('unknown' in one)) : plan.after ?? [])
  const reason = `the dry run did not run '${unit.task.module}'${typeof unit.task.name === 'string' ? ` (${unit.task.name})` : ''}`
  const later = Object.fromEntries((plan.later ?? []).map((name) => [name, new Unknown(reason)]))
  const onlyRuns = plan.changes.every((change) => change.kind === 'run' && change.guarded !== true)
  return { ...shownDiff(unit), ...draft({ changed: true, ...plan.data, ...later, ...(onlyRuns ? { dry_run_skipped: true } : {}), ...(runsCommand(unit.task.module) ? { msg: 'Command would have run if not in check mode' } : {}), ...diffOf(unit, plan) }, plan.changes) }
}

async function applied(unit: Unit, plan: Plan, place: Place): Promise<Draft> {
  const { run, task, host, scope } = unit
  const exchange = await place.exchange()
  if ((plan.after ?? []).some((one) => 'unknown' in one)) place.machine.forget()
  const limit = numberOf(run, task, scope, 'async', 0)
  if (limit > 0) return inBackground(unit, await startJob(exchange, plan, limit, asyncDir(unit)))
  const timeout = timeoutOf(run, task, scope)
  const started = exchange.run(plan.steps, {
    onOutput: (chunk) => run.emit({ type: 'output', host: host.name, task: task.id, chunk: run.masker.text(chunk) }),
    ...(timeout > 0 ? { timeoutSeconds: timeout } : {}),
  })
  unit.lookAhead()
  const ran = await started.catch((error: unknown) => { throw error instanceof Fault && error.code === 'step-timeout' ? late(timeout, error.message) : error })
  return foundNoProgram(unit, place, doneWith(unit, plan, ran))
}

/** `check_mode: false` in a dry run: a program that is missing may be one that the real run has installed by then. */
function foundNoProgram({ run }: Unit, place: Place, one: Draft): Draft {
  const msg = one.data['msg']
  const reason = run.options.check && isFailed(one) && typeof msg === 'string' && msg.includes('[Errno 2]') ? place.machine.unforeseen('') : undefined
  if (reason !== undefined) throw new UnknownValue(`${reason} (otherwise: ${String(msg)})`)
  return one
}
const late = (seconds: number, what: string): Failure => new Failure(`Timed out after ${seconds} second(s): ${what}`, { timedout: { period: seconds } })
/** What an action gives, if it does so within `timeout`. */
async function within<T>(seconds: number, work: Promise<T>): Promise<T> {
  if (seconds <= 0 || seconds * 1000 >= 2 ** 31) return work // longer than a timer can wait
  let timer: NodeJS.Timeout | undefined
  const limit = new Promise<never>((_, reject) => { timer = setTimeout(() => { reject(late(seconds, 'the task was given up')) }, seconds * 1000) })
  try { return await Promise.race([work, limit]) } finally { clearTimeout(timer) }
}

function doneWith(unit: Unit, plan: Plan, ran: readonly Ran[]): Draft {
  const stopped = stoppedAt(plan, ran)
  if (stopped !== undefined) return stopped
  const done = plan.done?.(ran) ?? {}
  return { ...shownDiff(unit), ...draft({ changed: true, ...plan.data, ...done, ...diffOf(unit, plan) }, plan.changes) }
}

function asyncDir({ run, scope }: Unit): string {
  const dir = run.jinja.resolve(scope.get('ansible_async_dir'), scope) ?? run.options.settings?.['ANSIBLE_ASYNC_DIR']
  return typeof dir === 'string' && dir !== '' ? dir : '~/.ansible_async'
}
/** async: with poll 0 the task is done when its job has started; else the job is asked for until it ends. */
async function inBackground(unit: Unit, job: Job): Promise<Draft> {
  const poll = numberOf(unit.run, unit.task, unit.scope, 'poll', 15)
  unit.run.jobs.set(job.id, job)
  if (poll <= 0) return draft(startedData(job), job.plan.changes)
  for (;;) {
    await new Promise((resolve) => { setTimeout(resolve, poll * 1000) })
    const one = await jobDraft(unit, job)
    if (one !== undefined) return { ...one, data: { ...silent, ...one.data, ansible_job_id: job.id, finished: true, started: true, results_file: job.folder } }
  }
}
/** The result of a job has these, whatever its module. */
const silent: Readonly<Data> = { stdout: '', stdout_lines: [], stderr: '', stderr_lines: [] }
/** Results of jobs that have ended: they may be asked for again. */
const ended = new WeakMap<Job, Draft>()
async function jobDraft(unit: Unit, job: Job): Promise<Draft | undefined> {
  const before = ended.get(job)
  if (before !== undefined) return before
  const ran = await fetchJob(job)
  if (ran === undefined) return undefined
  const draft = doneWith(unit, job.plan, ran)
  ended.set(job, draft)
  return draft
}

/** async_status: the result of a job that this run has started. */
async function statusOf(unit: Unit, { jid, mode }: Data): Promise<Draft> {
  const id = String(jid)
  const job = unit.run.jobs.get(id), dir = asyncDir(unit)
  if (job === undefined || job.dir !== dir) throw new Failure('could not find job', { ansible_job_id: id, started: true, finished: true, results_file: `${dir}/${id}`, stdout: '', stdout_lines: [], stderr: '', stderr_lines: [] })
  if (mode === 'cleanup') { unit.run.jobs.delete(id); await removeJob(job); return draft({ ansible_job_id: id, erased: job.folder, started: false, finished: false }) }
  const one = await jobDraft(unit, job)
  if (one === undefined) return draft({ ansible_job_id: id, started: true, finished: false, results_file: job.folder })
  return { ...one, data: { ...silent, ...one.data, ansible_job_id: id, started: true, finished: true, results_file: job.folder } }
}

/** The draft of a failure where a step ended with an exit code that it may not have. */
function stoppedAt(plan: Plan, ran: readonly Ran[]): Draft | undefined {
  const last = ran.at(-1)
  const step = plan.steps[ran.length - 1]
  if (last === undefined || step === undefined) throw new Error('a session gave no answer to steps')
  const ok = step.okRc === 'any' || (step.okRc ?? [0]).includes(last.rc)
  if (ok && ran.length === plan.steps.length) return undefined
  const stderr = withoutShell(last.stderr)
  const words = stderr.trim() !== '' ? stderr.trim() : last.stdout.trim()
  return draft({
    ...plan.data, changed: false, failed: true, rc: last.rc, stdout: last.stdout, stderr,
    msg: words === '' ? `exit code ${last.rc} from: ${step.sh.slice(0, 300)}` : words,
  })
}

async function runAction(unit: Unit, action: Action, args: Data, place: Place): Promise<Draft> {
  if (isCheck(unit) && action.inCheckMode === 'skip') {
    const reason = `the dry run skips '${action.name}'`
    return { data: { changed: false, skipped: true, msg: `remote module (${action.name}) does not support check mode` }, changes: [], registerAs: new Unknown(reason) }
  }
  const control = createControl(unit, place)
  try {
    const data = await within(timeoutOf(unit.run, unit.task, unit.scope), action.run(args, control))
    const changes: readonly Change[] = data['changed'] === true ? [{ kind: 'run', cmd: action.name }] : []
    return draft({ changed: false, ...data }, action.needsHost === true ? changes : [])
  } catch (error) {
    if (error instanceof Failure && isCheck(unit) && control.uncertain.size > 0) throw new UnknownValue(`${[...control.uncertain][0]} (otherwise: ${error.message})`)
    throw error
  }
}

/** A result as it is registered: as JSON would carry it, but floats stay floats and what is unknown stays unknown. */
export const plainData = (data: Data): Data => Object.fromEntries(Object.entries(data).map(([key, value]) => [key, plain(value)]))
function plain(value: unknown): unknown {
  if (value instanceof Unknown || value instanceof Float) return value
  if (Array.isArray(value) || value instanceof Set) return Array.from(value, plain)
  return isDict(value) ? makeDict(dictEntries(value).map(([key, item]) => [key, plain(item)])) : value
}

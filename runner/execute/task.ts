/**
 * The life of one task on one host: scope, loop, attempts until it is done, changed_when and failed_when, what it registers, whom it
 * notifies, how it counts. After the result is emitted nothing changes it.
 */
import type { Frame, Task } from '../core/types.ts'
import type { TaskResult } from '../core/events.ts'
import type { Scope } from '../vars/scope.ts'
import type { HostState, PlayState, Run } from './context.ts'
import { flag, isSilent } from './keywords.ts'
import { delegatedOf, guard, runLoop, tripsOf } from './items.ts'
import { isLooped } from './loop.ts'
import { notify } from './handlers.ts'
import { count, type Draft, draftOf, isChanged, isFailed, outcomeOf, present } from './outcome.ts'
import { remember } from './remember.ts'
import { taskScope } from './scopes.ts'
import { untilDone } from './tries.ts'

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
  const noLog = isSilent(run, task, scope)
  let whole: Draft
  try {
    if (task.wrong !== undefined) throw task.wrong
    whole = isLooped(task) ? await runLoop(base, scope, noLog) : await untilDone({ ...base, scope })
  } catch (error) {
    whole = draftOf(error)
  }
  return finish(ctx, host, share, scope, whole, { ms: Date.now() - started, trips: tripsOf(host) - trips.before }, noLog)
}

/** Facts, registered variable, handlers, recap, result event. */
function finish(ctx: TaskRun, host: HostState, share: readonly HostState[], scope: Scope, whole: Draft, times: { ms: number; trips: number }, noLog: boolean): Ended {
  const { run, task } = ctx
  const delegated = delegatedOf({ run, task, scope, host })
  whole = kept(ctx, [host, ...share], notified(ctx, host, scope, whole), delegated.delegated, scope)
  const outcome = outcomeOf(whole)
  const ignored = (outcome === 'failed' && (whole.items?.some((item) => item.ignored) ?? guard(() => flag(run, task, scope, 'ignore_errors'), false) === true)) ||
    (outcome === 'unreachable' && guard(() => flag(run, task, scope, 'ignore_unreachable'), false) === true)
  if ((outcome === 'failed' || outcome === 'unreachable') && !ignored) drop(host, task, whole, ctx.rescued)
  count(host, outcome, ignored, isChanged(whole))
  if (task.role !== undefined && outcome !== 'skipped' && outcome !== 'unreachable') host.rolesBegun.add(task.role)
  const result: TaskResult = { ...present(run, whole, times, noLog), ...(ignored ? { ignored } : {}) }
  run.emit({ type: 'result', host: host.name, task: task.id, result, looped: whole.items !== undefined, ...delegated, ...(ctx.rescued ? { rescued: true } : {}) })
  return { draft: whole, result, ignored }
}

/** What later tasks see of it; an expression of `register` that cannot be worked out fails the task. */
function kept({ run, task }: TaskRun, hosts: readonly HostState[], whole: Draft, delegated: string | undefined, scope: Scope): Draft {
  try {
    for (const host of hosts) remember(run, task, host, whole, delegated, scope)
    return whole
  } catch (error) {
    const failed = draftOf(error)
    return { ...whole, ...failed, data: { ...failed.data, ...whole.data, failed: true } }
  }
}

/** Notifies handlers, of a loop for all its items where one of them changed something; a handler that does not exist fails the task. */
function notified(ctx: TaskRun, host: HostState, scope: Scope, whole: Draft): Draft {
  if (isFailed(whole) || !(isChanged(whole) || whole.unknown !== undefined)) return whole
  try {
    const parts = whole.items?.filter((item) => item.draft.data['skipped'] !== true) ?? [{ draft: whole, scope }]
    const unsure = isChanged(whole) ? undefined : whole.unknown
    for (const part of parts) notify(ctx.run, ctx.play, host, ctx.task, part.scope ?? scope, unsure)
    return whole
  } catch (error) {
    const failed = draftOf(error)
    return { ...failed, data: { ...failed.data, changed: isChanged(whole) } } // what the task did is done
  }
}

function drop(host: HostState, task: Task, whole: Draft, rescuable: boolean): void {
  if (whole.unreachable === true) host.unreachable = true
  else host.failed = { task, data: whole.data, rescuable }
}


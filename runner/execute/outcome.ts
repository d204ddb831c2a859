/** From what a module or action gave to the result of a task: data keys as Ansible has them, outcome, masking, counting. */
import type { Data } from '../core/types.ts'
import type { Change } from '../core/plan.ts'
import type { ErrorData, TaskResult } from '../core/events.ts'
import { Failure, Fault, isUnreachable, toErrorData } from '../core/errors.ts'
import { templateErrors } from '../core/errors/template.ts'
import { failureError } from '../core/errors/failure.ts'
import { Float, keyText, Template, toData, Unknown, UnknownValue, VaultText } from '../core/value.ts'
import type { Scope } from '../vars/scope.ts'
import type { HostState, Run } from './context.ts'

/** A result on its way: data as it will be registered (may hold Unknowns), and what the reporters get beside it. */
export interface Draft {
  readonly data: Data
  readonly changes: readonly Change[]
  readonly error?: ErrorData
  /** Why a dry run cannot tell. */
  readonly unknown?: string
  readonly unreachable?: boolean
  /** It failed before its module began: no `until`, `changed_when` or `failed_when` judges it. */
  readonly isPremature?: true
  /** Of the host that it was delegated to, where that is not its name. */
  readonly address?: string
  /** In diff mode: its changes are to be shown. */
  readonly showsDiff?: true
  /** What is registered instead of `data`: a dry run's skip of something whose result nobody knows. */
  readonly registerAs?: unknown
  /** Per-item drafts of a loop. */
  readonly items?: readonly LoopItem[]
}
export interface LoopItem { readonly label: string; readonly draft: Draft; readonly keys?: Data; readonly scope?: Scope; readonly delegated?: string; readonly ignored?: boolean }

export const draft = (data: Data, changes: readonly Change[] = []): Draft => ({ data, changes })
export const skipped = (reason: string, data: Data = {}): Draft => draft({ changed: false, failed: false, skipped: true, skip_reason: reason, ...data })
export const isFailed = (one: Draft): boolean => one.data['failed'] === true
export const isChanged = (one: Draft): boolean => one.data['changed'] === true

/** Where Python would have a traceback: playbooks ask whether there is one. */
export const traceOf = (one: Draft): Data => isFailed(one) && one.items === undefined && one.unreachable !== true ? { exception: '(traceback unavailable)' } : {}

/** What an error thrown on the way makes of the task. Programming mistakes pass through. */
export function draftOf(error: unknown): Draft {
  if (error instanceof UnknownValue) return { data: { changed: false }, changes: [], unknown: error.reason }
  if (error instanceof Failure) {
    const data = { ...error.data, changed: false, failed: true, msg: error.message }
    const told = error.fault !== undefined ? toErrorData(error.fault) : error.hint === undefined ? undefined : failureError(data, error.hint)
    return { data, changes: [], ...(told === undefined ? {} : { error: told }) }
  }
  if (error instanceof Fault) {
    const text = [`${error.code in templateErrors ? 'Task failed: ' : ''}${error.message}`, ...error.trail.map((step) => step.what)].join('. ')
    if (isUnreachable(error)) return { data: { changed: false, unreachable: true, msg: error.message }, changes: [], error: toErrorData(error), unreachable: true }
    return { data: { changed: false, failed: true, msg: text }, changes: [], error: toErrorData(error) }
  }
  throw error
}

export function outcomeOf(one: Draft): TaskResult['outcome'] {
  if (one.unreachable === true) return 'unreachable'
  if (isFailed(one)) return 'failed'
  if (one.unknown !== undefined) return 'unknown'
  if (one.data['skipped'] === true) return 'skipped'
  if (one.data['dry_run_skipped'] === true) return 'skipped'
  return isChanged(one) ? 'changed' : 'ok'
}

/** The result as reporters get it: masked, unknown parts spelt out, censored where the task says no_log. */
export function present(run: Run, one: Draft, times: { readonly ms: number; readonly trips: number }, isCensored: boolean): TaskResult {
  const noLog = isCensored || one.data['_ansible_no_log'] === true // a file of secrets was read
  const outcome = outcomeOf(one)
  const changed = { changed: one.data['changed'] === true }
  const data = noLog
    ? { censored: "the output has been hidden due to the fact that 'no_log: true' was specified for this result", ...changed, ...keep(one.data, ['failed', 'skipped', 'attempts']) }
    : run.masker.value(shown(run.options.verbosity < 3 ? withoutInvocation(one.data) : one.data))
  const reason = one.unknown === undefined ? {} : { unknown: one.unknown }
  const told = one.error ?? (outcome === 'failed' ? failureError(shown(one.data)) : undefined)
  const error = told === undefined || noLog ? {} : { error: run.masker.value(told) }
  return { outcome, changes: noLog ? censored(one.changes) : one.changes.map((change) => run.masker.value(change)), data: { ...data, ...reason }, ...times, ...error, ...(one.address === undefined ? {} : { address: one.address }), ...(one.showsDiff === true && !noLog ? { showsDiff: true } : {}) }
}
const keep = (data: Data, names: readonly string[]): Data => Object.fromEntries(names.filter((name) => name in data).map((name) => [name, data[name]]))
const censored = (changes: readonly Change[]): readonly Change[] =>
  changes.map((change) => change.kind === 'run' ? { ...change, cmd: '(hidden by no_log)' }
    : change.kind === 'text' ? { ...change, before: '', after: '', note: 'hidden by no_log' } : { ...change, before: null, after: '(hidden by no_log)' })

const withoutInvocation = ({ invocation: _, ...data }: Data): Data => data
/** Data without what only the engine needs, Unknowns as words. */
function shown(data: Data): Data {
  const { dry_run_skipped: _, warnings: __, ...rest } = data // warnings have been told
  return Object.fromEntries(Object.entries(rest).map(([key, value]) => [key, showValue(value)]))
}
function showValue(value: unknown): unknown {
  if (value instanceof Unknown) return `(unknown: ${value.reason})`
  if (value instanceof Template) return value.source
  if (value instanceof VaultText) return '(vault)'
  if (Array.isArray(value)) return value.map(showValue)
  if (typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, showValue(item)]))
  }
  if (value instanceof Map) return Object.fromEntries([...value].map(([key, item]) => [keyText(key), showValue(item)]))
  return value instanceof Float ? value : toData(value)
}

/** Counts a task's end in the recap, as Ansible does: changed is also ok, ignored is also ok. */
export function count(host: HostState, outcome: TaskResult['outcome'], ignored: boolean, changed: boolean): void {
  const { stats } = host
  switch (outcome) {
    case 'ok': stats.ok += 1; break
    case 'changed': stats.ok += 1; stats.changed += 1; break
    case 'skipped': stats.skipped += 1; break
    case 'unknown': stats.unknown += 1; break
    case 'failed':
      if (!ignored) { stats.failed += 1; break }
      stats.ok += 1
      stats.ignored += 1
      if (changed) stats.changed += 1
      break
    case 'unreachable':
      if (ignored) { stats.ok += 1; stats.ignored += 1 } else stats.unreachable += 1
      break
  }
}

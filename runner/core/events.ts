/** What the engine tells: results, and the events that reporters get. Plain data. */
import type { Change } from './plan.ts'
import type { Data, Loc } from './types.ts'

export type Outcome = 'ok' | 'changed' | 'skipped' | 'failed' | 'unreachable' | 'unknown'
/** An error as plain data: what reporters and JSON output get. */
export interface ErrorData {
  readonly code: string; readonly message: string; readonly hint?: string; readonly loc?: Loc
  /** From the inside out: what was being done, and where. */
  readonly trail: readonly { readonly what: string; readonly loc?: Loc }[]
}
export interface TaskResult {
  readonly outcome: Outcome
  readonly changes: readonly Change[]
  /** The registered result, masked. */
  readonly data: Data
  readonly error?: ErrorData
  /** In diff mode: the changes are to be shown. */
  readonly showsDiff?: true
  /** `ignore_errors`, `ignore_unreachable` or a rescue took it. */
  readonly ignored?: boolean
  /** Of the host that it was delegated to, where that is not its name. */
  readonly address?: string
  readonly ms: number
  /** Round trips that this task waited for. */
  readonly trips: number
}
export interface HostStats {
  ok: number; changed: number; unreachable: number; failed: number; skipped: number; rescued: number; ignored: number; unknown: number
}
export type Event =
  | { readonly type: 'start'; readonly playbooks: readonly string[]; /** Of each playbook. */ readonly plays?: readonly number[]; readonly checkMode: boolean; readonly diffMode: boolean; readonly verbosity: number }
  | { readonly type: 'play'; readonly name: string; readonly hosts: readonly string[]; readonly loc?: Loc }
  | { readonly type: 'no-hosts' }
  | { readonly type: 'task'; readonly id: number; readonly name: string; readonly module: string; readonly isHandler: boolean; readonly loc?: Loc; readonly args?: string }
  | { readonly type: 'host-start'; readonly host: string; readonly task: number }
  | { readonly type: 'output'; readonly host: string; readonly task: number; readonly chunk: string }
  /** A person is asked about a host that tasks wait for (its key): nothing else may write on the terminal until that is over. */
  | { readonly type: 'question'; readonly isOver: boolean }
  /** A person is asked now: nothing else may write on the terminal until the host's result. */
  /** What the debugger says. */
  | { readonly type: 'answer'; readonly text: string }
  | { readonly type: 'asking'; readonly host: string; readonly task: number }
  | { readonly type: 'retry'; readonly host: string; readonly task: number; readonly left: number; readonly result: TaskResult }
  | { readonly type: 'item'; readonly host: string; readonly task: number; readonly label: string; readonly result: TaskResult; readonly delegated?: string }
  | { readonly type: 'result'; readonly host: string; readonly task: number; readonly result: TaskResult; readonly looped: boolean; readonly delegated?: string; readonly rescued?: boolean }
  /** What an action says while it runs. */
  | { readonly type: 'said'; readonly text: string }
  | { readonly type: 'included'; readonly file: string; readonly hosts: readonly string[]; readonly label?: string }
  /** What a meta action did, or why it did not. Without a task: what happens at the end of a section. */
  | { readonly type: 'meta'; readonly task?: number; readonly text: string }
  | { readonly type: 'no-hosts-left' }
  | { readonly type: 'handlers-pending'; readonly host: string; readonly handlers: readonly string[] }
  /** `mistake`: an error that is passed over. */
  | { readonly type: 'warning'; readonly message: string; readonly loc?: Loc; readonly mistake?: ErrorData }
  | { readonly type: 'error'; readonly error: ErrorData }
  /** Between two playbooks of the command line. */
  | { readonly type: 'recap'; readonly stats: Readonly<Record<string, HostStats>> }
  | { readonly type: 'end'; readonly stats: Readonly<Record<string, HostStats>>; readonly custom?: Data }
export interface Reporter { on(event: Event): void; close(): Promise<void> }

/** What every reporter for people says beside its own lines: warnings, why a task failed, and differences; each only once. */
import type { Loc } from '../core/types.ts'
import type { ErrorData, Event, TaskResult } from '../core/events.ts'
import { diffOf, wouldRun } from './diff.ts'
import type { Display } from './display.ts'
import { drawError, drawWarning } from './frame.ts'
import type { Paint } from './style.ts'

export interface Out { write(text: string): unknown; readonly columns?: number; readonly isTTY?: boolean }
export type TaskEvent = Extract<Event, { type: 'task' }>

export class Messages {
  private readonly out: Out
  private readonly err: Out
  private readonly paint: Paint
  private readonly display: Display
  private readonly saidOnce = new Set<string>()

  constructor(out: Out, err: Out, paint: Paint, display: Display = {}) {
    this.out = out
    this.err = err
    this.paint = paint
    this.display = display
  }

  warn(message: string, loc?: Loc, mistake?: ErrorData): void {
    const drawn = drawWarning(message, loc, this.paint, mistake)
    if (this.saidOnce.has(drawn)) return
    this.saidOnce.add(drawn)
    this.err.write(`${drawn}\n`)
  }
  error(error: Extract<Event, { type: 'error' }>['error']): void { this.err.write(`${drawError(error, this.paint)}\n`) }

  /** The warnings that a result carries. */
  warnings(result: TaskResult): void {
    const { warnings } = result.data
    if (Array.isArray(warnings)) for (const text of warnings) this.warn(String(text))
  }

  /** Why a task failed, with its place; hosts that fail alike are shown one frame. */
  frame(result: TaskResult, task: TaskEvent | undefined): void {
    const said = result.data['msg']
    const loc = task?.loc
    const error = result.error === undefined ? typeof said === 'string' && loc !== undefined ? { code: 'task-failed', message: `Task failed: ${firstLines(said)}`, loc, trail: [] } : undefined
      : result.error.loc === undefined && loc !== undefined ? { ...result.error, loc } : result.error
    if (error === undefined) return
    const drawn = `${drawError(error, this.paint)}\n\n`
    const key = `${task?.id ?? ''} ${drawn}`
    if (this.saidOnce.has(key)) return
    this.saidOnce.add(key)
    const { failuresToStderr } = this.display
    ;(failuresToStderr === true ? this.err : this.out).write(drawn)
  }

  /** The difference that a result shows; empty where it shows none. */
  difference(result: TaskResult): string {
    return result.outcome === 'changed' && result.showsDiff === true ? diffOf(result.changes, this.paint, this.display.diffContext) : ''
  }
  /** What a dry run did not run. */
  wouldRun(result: TaskResult): readonly string[] { return result.outcome === 'skipped' ? wouldRun(result.changes) : [] }
}

const firstLines = (text: string): string => text.split('\n').slice(0, 12).join('\n')

/** Lines as Ansible's default output has them, so that eyes and scripts that know those need not learn others. Ansible: plugins/callback/default.py. */
import type { Event, Reporter, TaskResult } from '../core/events.ts'
import { customStats, foreseen, type Display, type HumanOptions } from './display.ts'
import { Messages } from './messages.ts'
import type { Out, TaskEvent } from './messages.ts'
import { recap } from './recap.ts'
import { isVerbose, shownResult } from './shown.ts'
import { banner, createPaint } from './style.ts'
import type { Colour, Paint } from './style.ts'

export type { Out } from './messages.ts'
type ItemEvent = Extract<Event, { type: 'item' }>
type ResultEvent = Extract<Event, { type: 'result' }>

/** Ansible's width where there is no terminal, and one column less than a terminal has. */
const widthOn = (out: Out): number => out.isTTY === true && out.columns !== undefined ? out.columns - 1 : 79

export function createHuman(out: Out, err: Out, options: HumanOptions): Reporter { return new Human(out, err, options) }

const includes = new Set(['include_tasks', 'include_role', 'include', 'import_tasks', 'import_role'])

class Human implements Reporter {
  private readonly out: Out
  private readonly err: Out
  private readonly messages: Messages
  private readonly options: HumanOptions
  private readonly paint: Paint
  private readonly display: Display
  private readonly tasks = new Map<number, TaskEvent>()
  private bannerOf: number | undefined
  private lastTask: number | undefined
  /** Hosts at work, by task: while there are some, the banner of another task waits for its first line (strategy free). */
  private readonly atWork = new Map<number, number>()
  private isCheck = false
  /** Of a dry run, for its last line. */
  private readonly counts = { changed: 0, run: 0, unknown: 0 }
  /** Hosts by the diff they have in common, of the task that is shown. */
  private readonly diffs = new Set<string>()

  constructor(out: Out, err: Out, options: HumanOptions) {
    this.out = out
    this.options = options
    this.display = options.display ?? {}
    this.paint = createPaint(options.color)
    this.err = err
    this.messages = new Messages(out, err, this.paint, this.display)
  }
  private line(text: string, colour: Colour = 'plain'): void { this.out.write(`${this.paint(text, colour)}\n`) }
  private failure(text: string, colour: Colour): void { (this.display.failuresToStderr === true ? this.err : this.out).write(`${this.paint(text, colour)}\n`) }
  private banner(text: string): void { this.line(banner(text, widthOn(this.out))) }

  async close(): Promise<void> { /* every line is written when it is known */ }

  on(event: Event): void {
    switch (event.type) {
      case 'start': return this.start(event)
      case 'play': return this.play(event)
      case 'no-hosts': return this.line('skipping: no hosts matched', 'skipped')
      case 'task': return this.task(event)
      case 'retry': return this.retry(event)
      case 'item': return this.item(event)
      case 'result': return this.result(event)
      case 'said':
        if (this.lastTask !== undefined) this.head(this.lastTask)
        return this.line(event.text)
      case 'included':
        if (this.lastTask !== undefined) this.head(this.lastTask)
        if (this.display.hidesIncluded === true) return
        return this.line(`included: ${event.file} for ${event.hosts.join(', ')}${event.label === undefined ? '' : ` => (item=${event.label})`}`, 'skipped')
      case 'meta':
        if (event.task === undefined) return this.display.showsDebug === true ? this.line(`META: ${event.text}`, 'debug') : undefined
        this.head(event.task)
        if (this.options.verbosity >= 2) this.line(`META: ${event.text}`, 'verbose')
        return
      case 'no-hosts-left': return this.banner('NO MORE HOSTS LEFT')
      case 'handlers-pending': return this.messages.warn(`[${event.host}]: notified, but not run because of the failure: ${event.handlers.join(', ')}`)
      case 'warning': return this.messages.warn(event.message, event.loc, event.mistake)
      case 'error': return this.messages.error(event.error)
      case 'recap': this.out.write(recap(event.stats, widthOn(this.out), this.paint)); return
      case 'end': return this.end(event)
      case 'host-start':
        this.atWork.set(event.task, (this.atWork.get(event.task) ?? 0) + 1)
        if (this.display.showsStart === true) this.line(` [started TASK: ${this.tasks.get(event.task)?.name ?? ''} on ${event.host}]`, 'ok')
        return
      case 'answer': return this.line(event.text)
      case 'output': case 'asking': case 'question': return
      default: { const never: never = event; throw new Error(`unknown event ${JSON.stringify(never)}`) }
    }
  }

  private start(event: Extract<Event, { type: 'start' }>): void {
    this.isCheck = event.checkMode
    if (this.isCheck && this.display.marksCheck === true) this.banner('DRY RUN')
    if (this.options.verbosity < 2) return
    for (const [i, playbook] of event.playbooks.entries()) {
      this.banner(`PLAYBOOK: ${playbook.slice(playbook.lastIndexOf('/') + 1)}`)
      if (event.plays !== undefined) this.out.write(`${event.plays[i] ?? 0} plays in ${playbook}\n`)
    }
  }
  private play(event: Extract<Event, { type: 'play' }>): void {
    this.bannerOf = undefined
    this.tasks.clear()
    this.atWork.clear()
    const mark = this.isCheck && (this.out.isTTY === true || this.display.marksCheck === true) ? ' [CHECK MODE]' : ''
    this.banner(`${event.name.trim() === '' ? 'PLAY' : `PLAY [${event.name.trim()}]`}${mark}`)
  }
  private task(event: TaskEvent): void {
    this.tasks.set(event.id, event)
    this.lastTask = event.id
    // where lines are hidden, the banner waits for one that is not
    if (this.display.hidesSkipped === true || this.display.hidesOk === true) return
    if ([...this.atWork].every(([id, hosts]) => id === event.id || hosts <= 0)) this.head(event.id)
  }
  /** The banner of a task, again where lines of another task stand in between. */
  private head(id: number): TaskEvent | undefined {
    const task = this.tasks.get(id)
    if (task === undefined || this.bannerOf === id) return task
    this.bannerOf = id
    this.diffs.clear()
    this.banner(`${task.isHandler ? 'RUNNING HANDLER' : 'TASK'} [${task.name.trim()}]${this.isCheck && this.display.marksCheck === true ? ' [CHECK MODE]' : ''}`)
    if (this.options.verbosity >= 2 && task.loc !== undefined) this.line(`task path: ${task.loc.file}:${task.loc.line}`, 'debug')
    return task
  }

  private retry(event: Extract<Event, { type: 'retry' }>): void {
    const task = this.tasks.get(event.task)
    const more = this.options.verbosity > 2 ? `Result was: ${this.dumped(event.result, task?.module ?? '')}` : ''
    this.line(`FAILED - RETRYING: [${event.host}]: ${task?.name ?? ''} (${event.left} retries left).${more}`, 'debug')
  }

  /** The result as JSON, and what of it a line that is no failure carries. */
  private details(result: ResultEvent['result'], module: string): { readonly dumped: () => string; readonly more: string } {
    const dumped = (): string => this.dumped(result, module)
    return { dumped, more: isVerbose(result, module, this.options.verbosity) ? ` => ${dumped()}` : '' }
  }

  private dumped(result: TaskResult, module: string, isLooped = false): string {
    return shownResult(result, module, this.options.verbosity, { ...this.display, dumpYaml: this.options.dumpYaml, isLooped })
  }
  private isHidden({ outcome }: TaskResult): boolean {
    return (outcome === 'ok' && this.display.hidesOk === true) || (outcome === 'skipped' && this.display.hidesSkipped === true)
  }

  private item(event: ItemEvent): void {
    this.count(event.result, false)
    if (this.isHidden(event.result)) return
    const task = this.head(event.task)
    const module = task?.module ?? ''
    const { result, label } = event
    if (includes.has(module) && (result.outcome === 'ok' || result.outcome === 'changed')) return
    this.messages.warnings(result)
    this.changes(result)
    const host = hostLabel(event)
    const { dumped, more } = this.details(result, module)
    switch (result.outcome) {
      case 'ok': return this.line(`ok: [${host}] => (item=${label})${more}`, 'ok')
      case 'changed': return this.line(`changed: [${host}] => (item=${label})${more}`, 'changed')
      // The blank at the end is Ansible's.
      case 'skipped': return this.line(`skipping: [${event.host}] => (item=${label}) ${more}`, 'skipped')
      case 'unknown': return this.line(`unknown: [${host}] => (item=${label}) => ${reasonOf(result)}`, 'unknown')
      case 'failed': case 'unreachable':
        this.messages.frame(result, task)
        return this.failure(`failed: [${host}] (item=${label}) => ${dumped()}`, 'failed')
    }
  }

  private count({ outcome, changes }: TaskResult, isWhole: boolean): void {
    if (isWhole && outcome === 'changed') this.counts.changed += 1
    if (isWhole && outcome === 'unknown') this.counts.unknown += 1
    if (outcome === 'skipped' && changes.some(({ kind }) => kind === 'run')) this.counts.run += 1
  }
  private result(event: ResultEvent): void {
    this.count(event.result, true)
    const left = (this.atWork.get(event.task) ?? 0) - 1
    if (left > 0) this.atWork.set(event.task, left)
    else this.atWork.delete(event.task)
    if (this.isHidden(event.result)) return
    const task = this.head(event.task)
    const module = task?.module ?? ''
    const { result, looped } = event
    if (!looped || result.outcome === 'unreachable') this.one(event, task, module)
    else if (result.outcome === 'skipped') this.skipped(event, module)
    // Ansible keeps only `msg` of what debug gives, and then no longer knows that there were items
    else if (result.outcome === 'failed' && module === 'debug') this.line(`fatal: [${hostLabel(event)}]: FAILED! => ${this.details(result, module).dumped()}`, 'failed')
    if (result.ignored === true && (result.outcome === 'failed' || result.outcome === 'unreachable')) this.line('...ignoring', 'skipped')
  }
  private one(event: ResultEvent, task: TaskEvent | undefined, module: string): void {
    const { result } = event
    if (includes.has(module) && (result.outcome === 'ok' || result.outcome === 'changed')) return
    this.messages.warnings(result)
    this.changes(result)
    const host = hostLabel(event)
    const { dumped, more } = this.details(result, module)
    switch (result.outcome) {
      case 'ok': return this.line(`ok: [${host}]${more}`, 'ok')
      case 'changed': return this.line(`changed: [${host}]${more}`, 'changed')
      case 'skipped': return this.skipped(event, module)
      case 'unknown': return this.line(`unknown: [${host}] => ${reasonOf(result)}`, 'unknown')
      case 'failed':
        this.messages.frame(result, task)
        if (this.display.showsPath === true && this.options.verbosity < 2 && task?.loc !== undefined) this.line(`task path: ${task.loc.file}:${task.loc.line}`, 'debug')
        return this.failure(`fatal: [${host}]: FAILED! => ${dumped()}`, 'failed')
      case 'unreachable':
        this.messages.frame(result, task)
        return this.failure(`fatal: [${host}]: UNREACHABLE! => ${dumped()}`, 'unreachable')
    }
  }
  private skipped(event: ResultEvent, module: string): void {
    const { verbosity } = this.options
    this.line(`skipping: [${event.host}]${verbosity > 0 ? ` => ${this.dumped(event.result, module, event.looped)}` : ''}`, 'skipped')
  }

  private changes(result: TaskResult): void {
    if (this.isCheck) for (const text of this.messages.wouldRun(result)) this.line(text, 'skipped')
    const drawn = this.messages.difference(result)
    if (drawn === '' || (this.options.diffsOnce === true && this.diffs.has(drawn))) return
    this.diffs.add(drawn)
    this.out.write(drawn)
  }

  private end(event: Extract<Event, { type: 'end' }>): void {
    this.out.write(recap(event.stats, widthOn(this.out), this.paint))
    if (this.display.showsCustomStats === true && event.custom !== undefined) for (const line of customStats(event.custom, widthOn(this.out))) this.line(line)
    if (this.isCheck && this.display.marksCheck === true) this.banner('DRY RUN')
    if (this.isCheck && this.out.isTTY === true) this.line(foreseen(this.counts), 'debug')
  }
}

const hostLabel = (event: ItemEvent | ResultEvent): string =>
  event.delegated === undefined || event.delegated === event.host ? event.host : `${event.host} -> ${event.delegated}${event.result.address === undefined ? '' : `(${event.result.address})`}`
const reasonOf = (result: TaskResult): string => String(result.data['unknown'] ?? 'cannot be known before the run')

/**
 * The terminal: the same permanent lines as human.ts, and below them, while something runs, what it is, host by host, with the time it has
 * taken and the last line it printed. listr2 draws (ten times a second at most) and cleans up; it runs nothing.
 */
import { DefaultRenderer, Listr, ListrLogger, ProcessOutput, Spinner } from 'listr2'
import type { Event, Reporter } from '../core/events.ts'
import { createHuman } from './human.ts'
import type { HumanOptions } from './display.ts'
import type { Out } from './human.ts'
import { createPaint, widthOf } from './style.ts'
import type { Paint } from './style.ts'

export interface Terminal extends Out { readonly rows?: number }
export interface LiveOptions extends HumanOptions {
  /** Epoch milliseconds when the run began, for the last line. */
  readonly startedAt?: number
}
interface Running { readonly host: string; readonly task: number; readonly since: number; last: string }

/** What is over sooner than this is not shown: it would only flicker. */
const patienceMs = 300
const talkativeAfterMs = 2000

export function createLive(out: Terminal, err: Out, options: LiveOptions): Reporter { return new Live(out, err, options) }

/**
 * Keeps what listr2 has drawn last at the bottom while other text is written above it. Counts lines itself: listr2 does not know what was
 * written in between, nor that its drawing is gone already.
 */
class Screen {
  private drawn = ''
  private readonly real: Terminal
  constructor(real: Terminal) { this.real = real }
  /** What listr2 writes: sequences that erase its last drawing, then the new one; or one that hides or shows the cursor. */
  draw(chunk: string): void {
    if (chunk.startsWith('\x1b[?')) { this.real.write(chunk); return }
    const next = chunk.replace(/^(?:\x1b\[2K|\x1b\[1A|\x1b\[G)+/, '')
    const gone = this.erasing()
    this.drawn = next.trim() === '' ? '' : next
    if (gone !== '' || this.drawn !== '') this.real.write(gone + this.drawn)
  }
  above(text: string, to: Out = this.real): void {
    const { drawn } = this
    this.erase()
    to.write(text)
    if (drawn !== '') this.real.write(drawn)
    this.drawn = drawn
  }
  erase(): void {
    const gone = this.erasing()
    this.drawn = ''
    if (gone !== '') this.real.write(gone)
  }
  private erasing(): string {
    return this.drawn === '' ? '' : `\x1b[2K${'\x1b[1A\x1b[2K'.repeat(this.drawn.split('\n').length - 1)}\x1b[G`
  }
  /** listr2 asks its stream for a size once; the rows that it gets fit already, so it is told there is room enough. */
  stream(): NodeJS.WriteStream {
    return Object.assign(Object.create(process.stdout), { write: (chunk: string) => { this.draw(chunk); return true }, columns: 100_000, rows: 100_000, isTTY: true })
  }
}

class Live implements Reporter {
  private readonly out: Terminal
  private readonly human: Reporter
  private readonly screen: Screen
  private readonly options: LiveOptions
  private readonly paint: Paint
  private readonly spinner = new Spinner()
  private readonly running = new Map<string, Running>()
  private readonly titles = new Map<number, string>()
  private timer: NodeJS.Timeout | undefined
  private finish: (() => void) | undefined
  private ended: Promise<unknown> = Promise.resolve()
  private isClosed = false
  private isAsking = false
  /** While a question is open: what has happened since. */
  private held: Event[] | undefined

  constructor(out: Terminal, err: Out, options: LiveOptions) {
    this.out = out
    this.options = options
    this.paint = createPaint(options.color)
    this.screen = new Screen(out)
    const permanent = (to: Terminal | Out): Out => {
      const write = (text: string): boolean => { this.screen.above(text, to); return true }
      return { write, isTTY: to.isTTY === true, get columns() { return to.columns ?? 80 } }
    }
    this.human = createHuman(permanent(out), permanent(err), { ...options, diffsOnce: true })
  }

  on(event: Event): void {
    if (event.type === 'question') this.question(event.isOver)
    else if (this.held === undefined) this.take(event)
    else this.held.push(event)
  }
  /** What happens meanwhile is shown afterwards. */
  private question(isOver: boolean): void {
    const held = this.held ?? []
    this.held = isOver ? undefined : held
    if (!isOver) { this.hide(); return }
    for (const event of held) this.take(event)
    this.await()
  }
  private take(event: Event): void {
    switch (event.type) {
      case 'task': this.titles.set(event.id, `${event.isHandler ? 'handler ' : ''}${event.name.trim()}`); break
      case 'host-start': this.start(event.host, event.task); break
      case 'output': this.hear(event.host, event.task, event.chunk); break
      case 'asking': this.isAsking = true; this.hide(); break
      case 'result': this.isAsking = false; this.stop(event.host, event.task); break
      case 'play': case 'end': this.running.clear(); this.titles.clear(); this.hide(); break
      default: break
    }
    this.human.on(event)
    if (event.type === 'end' && this.options.startedAt !== undefined) {
      this.screen.above(`${this.paint(`Finished in ${elapsed(Date.now() - this.options.startedAt)}.`, 'debug')}\n`)
    }
  }
  async close(): Promise<void> {
    this.isClosed = true
    this.running.clear()
    this.hide()
    await this.ended
    await this.human.close()
  }

  private start(host: string, task: number): void {
    this.running.set(`${task} ${host}`, { host, task, since: Date.now(), last: '' })
    this.await()
  }
  private await(): void {
    if (this.running.size === 0 || this.finish !== undefined || this.timer !== undefined || this.isClosed || this.isAsking) return
    this.timer = setTimeout(() => { this.timer = undefined; this.show() }, patienceMs)
    this.timer.unref()
  }
  private hear(host: string, task: number, chunk: string): void {
    const row = this.running.get(`${task} ${host}`)
    const said = chunk.split(/[\r\n]+/).map(printable).filter((line) => line.trim() !== '').at(-1)
    if (row !== undefined && said !== undefined) row.last = said
  }
  private stop(host: string, task: number): void {
    this.running.delete(`${task} ${host}`)
    if (this.running.size === 0) this.hide()
  }

  private show(): void {
    if (this.running.size === 0 || this.finish !== undefined || this.isClosed) return
    const stream = this.screen.stream()
    const lines = (): string => this.lines().join('\n')
    class Bottom extends DefaultRenderer {
      static override nonTTY = true
      override create(): string { return lines() }
    }
    const until = new Promise<void>((resolve) => { this.finish = resolve })
    const logger = new ListrLogger({ useIcons: true, processOutput: new ProcessOutput(stream, stream, { dump: [], leaveEmptyLine: false }) })
    const list = new Listr<unknown, typeof Bottom>([{ title: '', task: () => until }], {
      renderer: Bottom, rendererOptions: { clearOutput: true, logger, spinner: this.spinner }, registerSignalListeners: false,
    })
    this.ended = this.ended.then(() => list.run()).catch(() => undefined)
  }
  private hide(): void {
    if (this.timer !== undefined) clearTimeout(this.timer)
    this.timer = undefined
    this.finish?.()
    this.finish = undefined
    this.screen.erase()
  }

  /** Never more than two rows short of the terminal, and never wider than it. */
  private lines(): string[] {
    const now = Date.now()
    const rows = [...this.running.values()].sort((a, b) => a.since - b.since)
    const [oldest] = rows
    if (oldest === undefined || this.finish === undefined) return [] // listr2 draws once more after it was ended
    const columns = Math.max(4, (this.out.columns ?? 80) - 1)
    const isOne = rows.every((row) => row.task === oldest.task)
    const room = Math.max(1, (this.out.rows ?? 24) - 2)
    const head = fit(`${this.spinner.fetch()} ${isOne ? this.title(oldest) : `${rows.length} tasks`}${isOne && rows.length > 1 ? ` (${rows.length} hosts)` : ''} ${elapsed(now - oldest.since)}`, columns)
    const kept = rows.length > room - 1 ? rows.slice(0, Math.max(0, room - 2)) : rows
    const width = Math.min(30, Math.max(...kept.map((row) => widthOf(row.host)), 0))
    const body = kept.map((row) => {
      const took = now - row.since
      const said = took > talkativeAfterMs && row.last !== '' ? `  ${row.last}` : ''
      const what = isOne ? '' : `  ${this.title(row)}`
      return fit(`  ${row.host}${' '.repeat(Math.max(0, width - widthOf(row.host)))} ${elapsed(took).padStart(5)}${what}${said}`, columns)
    })
    const more = rows.length > kept.length && room > 1 ? [fit(`  and ${rows.length - kept.length} more`, columns)] : []
    return [this.paint(head, 'verbose'), ...[...body, ...more].map((line) => this.paint(line, 'debug'))].slice(0, room)
  }
  private title(row: Running): string { return this.titles.get(row.task) ?? 'task' }
}

function elapsed(ms: number): string {
  const seconds = Math.floor(ms / 1000)
  if (seconds < 60) return `${seconds}s`
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m${String(seconds % 60).padStart(2, '0')}s`
  return `${Math.floor(seconds / 3600)}h${String(Math.floor(seconds / 60) % 60).padStart(2, '0')}m`
}
/** Text of a program without what would move the cursor or change colours. */
const printable = (text: string): string => text.replace(/\x1b\[[0-9;?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b./g, '').replaceAll('\t', ' ').replace(/[\x00-\x1f\x7f-\x9f]/g, '')

/** Cut to a number of columns. */
function fit(text: string, columns: number): string {
  if (widthOf(text) <= columns) return text
  let [out, width] = ['', 0]
  for (const c of text) {
    width += widthOf(c)
    if (width > columns - 1) break
    out += c
  }
  return `${out}…`
}

/** The lines of `ansible` (one task, no playbook): `host | SUCCESS => {…}`, or all on one line. Ansible: plugins/callback/minimal.py, oneline.py, tree.py. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Data } from '../core/types.ts'
import type { Event, Reporter, TaskResult } from '../core/events.ts'
import { Messages } from './messages.ts'
import type { Out, TaskEvent } from './messages.ts'
import { shownData } from './shown.ts'
import { createPaint, dumps } from './style.ts'
import type { Paint } from './style.ts'

export interface AdhocOptions {
  readonly color: boolean
  readonly verbosity: number
  readonly oneLine: boolean
  /** A folder for the result of each host. */
  readonly tree?: string
}
type Result = Extract<Event, { type: 'result' }>

export function createAdhoc(out: Out, err: Out, options: AdhocOptions): Reporter { return new Adhoc(out, err, options) }

/** Modules whose output is text for people, shown as it is. */
const plain = new Set(['command', 'shell', 'raw'])
const text = (value: unknown): string => typeof value === 'string' ? value : ''
const escaped = (value: unknown): string => text(value).replaceAll('\n', '\\n').replaceAll('\r', '\\r')

class Adhoc implements Reporter {
  private readonly out: Out
  private readonly options: AdhocOptions
  private readonly paint: Paint
  private readonly messages: Messages
  private readonly tasks = new Map<number, TaskEvent>()

  constructor(out: Out, err: Out, options: AdhocOptions) {
    this.out = out
    this.options = options
    this.paint = createPaint(options.color)
    this.messages = new Messages(out, err, this.paint)
  }
  async close(): Promise<void> { /* every line is written when it is known */ }

  on(event: Event): void {
    switch (event.type) {
      case 'task': this.tasks.set(event.id, event); return
      case 'result': return this.result(event)
      case 'included':
        for (const host of event.hosts) this.out.write(`${this.paint(`${host} | SUCCESS => ${this.json({ changed: false })}`, 'ok')}\n`)
        return
      case 'no-hosts': return this.messages.warn('No hosts matched, nothing to do')
      case 'warning': return this.messages.warn(event.message, event.loc, event.mistake)
      case 'error': return this.messages.error(event.error)
      default: return
    }
  }

  private result({ host, task: id, result }: Result): void {
    const task = this.tasks.get(id), module = task?.module ?? ''
    if (this.options.tree !== undefined) this.keep(this.options.tree, host, dumps(shownData(result, module, this.options.verbosity)))
    this.messages.warnings(result)
    // with one line a host nothing else is printed
    if (!this.options.oneLine) {
      this.out.write(this.messages.difference(result))
      if (result.outcome === 'failed' || result.outcome === 'unreachable') this.messages.frame(result, task)
    }
    const isPlain = plain.has(module) && !('ansible_job_id' in result.data)
    for (const line of this.lines(host, result, module, isPlain)) this.out.write(`${this.paint(line, result.outcome)}\n`)
  }
  private keep(folder: string, host: string, json: string): void {
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, host.replaceAll('/', '_')), json)
  }

  /** Where it is one line, blanks stand behind colons only, as in Ansible's. */
  private json(data: Data): string { return this.options.oneLine ? dumps(data, 1).replace(/\n */g, '') : dumps(data, 4) }
  private lines(host: string, result: TaskResult, module: string, isPlain: boolean): readonly string[] {
    const { oneLine } = this.options
    const json = (): string => this.json(shownData(result, module, this.options.verbosity))
    switch (result.outcome) {
      case 'ok': case 'changed': {
        const word = result.outcome === 'ok' ? 'SUCCESS' : 'CHANGED'
        return [isPlain ? this.plain(host, word, result) : `${host} | ${word} => ${json()}`]
      }
      case 'skipped': return [`${host} | SKIPPED`]
      case 'unknown': return [`${host} | UNKNOWN => ${String(result.data['unknown'] ?? 'cannot be known before the run')}`]
      case 'failed':
        if (!isPlain) return [`${host} | FAILED! => ${json()}`]
        return [this.plain(host, 'FAILED', result), ...(oneLine ? [`${host} | FAILED! => ${json()}`] : [])]
      case 'unreachable': return [oneLine ? `${host} | UNREACHABLE!: ${text(result.data['msg'])}` : `${host} | UNREACHABLE! => ${json()}`]
    }
  }
  /** Output as it came. That nothing stands between stdout, stderr and msg is Ansible's. */
  private plain(host: string, word: string, { data }: TaskResult): string {
    const head = `${host} | ${word} | rc=${String(data['rc'] ?? -1)}`
    if (!this.options.oneLine) return `${head} >>\n${text(data['stdout'])}${text(data['stderr'])}${text(data['msg'])}`
    const errors = escaped(data['stderr'])
    return `${head} | (stdout) ${escaped(data['stdout'])}${errors === '' ? '' : ` (stderr) ${errors}`}`
  }
}

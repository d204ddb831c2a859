/** A JUnit report of a run, for CI. Environment as of Ansible's junit callback: JUNIT_OUTPUT_DIR and its companions; the file is PLAYBOOK-TIME.xml. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { basename, extname, join, relative } from 'node:path'
import type { Event, Reporter, TaskResult } from '../core/events.ts'
import { dumps } from './style.ts'

type Env = Readonly<Record<string, string | undefined>>
type TaskEvent = Extract<Event, { type: 'task' }>
type Status = 'ok' | 'failed' | 'skipped' | 'included'
interface Case { readonly host: string; readonly status: Status; readonly seconds: number; readonly text: string; readonly message: string }
interface Entry { readonly task: TaskEvent; readonly play: string; readonly startedAt: number; readonly cases: Map<string, Case> }

export function createJunit(env: Env): Reporter { return new Junit(env) }

class Junit implements Reporter {
  private readonly env: Env
  private playbook = 'playbook'
  private play = ''
  private last: Entry | undefined
  private readonly entries = new Map<number, Entry>()
  private isWritten = false
  constructor(env: Env) { this.env = env }
  private flag(name: string, otherwise = false): boolean { return (this.env[name] ?? String(otherwise)).toLowerCase() === 'true' }

  on(event: Event): void {
    switch (event.type) {
      case 'start': this.playbook = basename(event.playbooks[0] ?? 'playbook', extname(event.playbooks[0] ?? '')); return
      case 'play': this.play = event.name; return
      case 'task': this.task(event); return
      case 'result': this.result(event.host, event.task, event.result); return
      case 'included':
        if (this.last !== undefined) this.put(this.last, 'include', 'included', [this.last.cases.get('include')?.text, event.file].filter((one) => one !== undefined).join('\n'), '')
        return
      case 'end': this.write(); return
      default: return
    }
  }
  async close(): Promise<void> { this.write() }

  private task(event: TaskEvent): void {
    const known = this.entries.get(event.id)
    this.last = known ?? { task: event, play: this.play, startedAt: Date.now(), cases: new Map() }
    this.entries.set(event.id, this.last)
  }
  private result(host: string, id: number, result: TaskResult): void {
    const entry = this.entries.get(id)
    if (entry === undefined || (/^include_/.test(entry.task.module) && result.outcome === 'ok')) return
    const { msg, skip_reason: reason, rc, unknown } = result.data
    const status = this.status(result, entry.task.name)
    const message = status === 'skipped' ? String(reason ?? unknown ?? 'skipped') : typeof msg === 'string' ? msg : `rc=${String(rc ?? 0)}`
    this.put(entry, host, status, dumps(withoutInternal(result)), message)
  }
  private status(result: TaskResult, name: string): Status {
    const isBad = result.outcome === 'failed' || result.outcome === 'unreachable'
    const counts = isBad ? result.ignored !== true || this.flag('JUNIT_FAIL_ON_IGNORE') : result.outcome === 'changed' && this.flag('JUNIT_FAIL_ON_CHANGE')
    const plain: Status = counts ? 'failed' : result.outcome === 'skipped' || result.outcome === 'unknown' ? 'skipped' : 'ok'
    if (name.includes('EXPECTED FAILURE') && plain === 'failed') return 'ok'
    if (!name.includes('TOGGLE RESULT')) return plain
    return plain === 'failed' ? 'ok' : plain === 'ok' ? 'failed' : plain
  }
  private put(entry: Entry, host: string, status: Status, text: string, message: string): void {
    if (status !== 'failed' && !entry.task.name.startsWith(this.env['JUNIT_TEST_CASE_PREFIX'] ?? '')) return
    entry.cases.set(host, { host, status, seconds: (Date.now() - entry.startedAt) / 1000, text, message })
  }

  private write(): void {
    if (this.isWritten || this.entries.size === 0) return
    this.isWritten = true
    const folder = this.env['JUNIT_OUTPUT_DIR'] ?? '.'
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, `${this.playbook}-${Date.now() / 1000}.xml`), this.xml())
  }
  private xml(): string {
    const entries = [...this.entries.values()].filter((entry) => this.flag('JUNIT_INCLUDE_SETUP_TASKS_IN_REPORT', true) || !/^(setup|gather_facts)$/.test(entry.task.module))
    const cases = entries.flatMap((entry) => [...entry.cases.values()].map((one) => ({ entry, one })))
    const count = (status: Status): number => cases.filter(({ one }) => one.status === status).length
    const seconds = cases.reduce((sum, { one }) => sum + one.seconds, 0)
    const totals = { disabled: 0, errors: 0, failures: count('failed'), tests: cases.length, time: seconds }
    return [
      '<?xml version="1.0" ?>', `<testsuites${attributes(totals)}>`,
      `\t<testsuite${attributes({ ...totals, name: this.playbook, skipped: count('skipped') })}>`,
      ...cases.map(({ entry, one }) => this.testCase(entry, one)),
      '\t</testsuite>', '</testsuites>', '',
    ].join('\n')
  }
  private testCase(entry: Entry, one: Case): string {
    const args = this.flag('JUNIT_HIDE_TASK_ARGUMENTS') || entry.task.args === undefined ? '' : ` ${entry.task.args}`
    const open = `\t\t<testcase${attributes({ classname: this.className(entry.task), name: `[${one.host}] ${entry.play}: ${entry.task.name}${args}`, time: one.seconds })}>`
    const body = one.status === 'failed' ? `<failure${attributes({ message: one.message, type: 'failure' })}>${escapeXml(one.text)}</failure>`
      : one.status === 'skipped' ? `<skipped>${escapeXml(one.message)}</skipped>` : `<system-out>${escapeXml(one.text)}</system-out>`
    return `${open}\n\t\t\t${body}\n\t\t</testcase>`
  }
  private className(task: TaskEvent): string {
    if (task.loc === undefined) return ''
    const root = this.env['JUNIT_TASK_RELATIVE_PATH'] ?? ''
    const file = root === '' ? task.loc.file : relative(root, task.loc.file)
    return this.flag('JUNIT_TASK_CLASS') ? file.replace(/\.yml$/, '') : `${file}:${task.loc.line}`
  }
}

const withoutInternal = (result: TaskResult): Record<string, unknown> =>
  Object.fromEntries(Object.entries(result.data).filter(([key]) => !key.startsWith('_ansible_') && key !== 'invocation' && key !== 'diff'))
const attributes = (values: Readonly<Record<string, string | number>>): string =>
  Object.entries(values).map(([name, value]) => ` ${name}="${escapeXml(String(value)).replaceAll('\n', '&#10;').replaceAll('"', '&quot;')}"`).join('')
/** XML knows no other control characters than these three, escaped or not. */
const escapeXml = (text: string): string =>
  text.replace(/[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/g, '\ufffd').replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

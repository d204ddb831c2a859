/** The live part on a terminal that is emulated: what remains on it, how many rows it takes, and that it is gone in the end. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Event, Outcome, Reporter, TaskResult } from '../../runner/core/events.ts'
import { createLive } from '../../runner/report/live.ts'

/** A failed test must not leave a drawing timer behind. */
const open: Reporter[] = []
test.after(async () => { for (const live of open) await live.close() })
function liveOn(screen: Screen, color = false): Reporter {
  const live = createLive(screen, screen, { color, verbosity: 0 })
  open.push(live)
  return live
}
const res = (outcome: Outcome): TaskResult => ({ outcome, changes: [], data: {}, ms: 1, trips: 1 })
const task = (id: number, name: string): Event => ({ type: 'task', id, name, module: 'command', isHandler: false })
const started = (host: string, id = 1): Event => ({ type: 'host-start', host, task: id })
const ended = (host: string, id = 1): Event => ({ type: 'result', host, task: id, looped: false, result: res('changed') })

/** Understands what the live part writes: erase line, cursor up, cursor to the first column, hide and show cursor. */
class Screen {
  lines = ['']
  row = 0
  column = 0
  isCursorShown = true
  frames = 0
  tallest = 0
  widest = 0
  readonly columns: number
  readonly rows: number
  readonly isTTY = true
  constructor(columns: number, rows: number) { this.columns = columns; this.rows = rows }
  write(text: string): void {
    if (text.includes('\x1b[2K')) this.frames++
    for (const [token = ''] of text.matchAll(/\x1b\[[0-9;?]*[a-zA-Z]|\n|[^\x1b\n]/gu)) this.take(token)
  }
  private take(token: string): void {
    if (token === '\n') { this.row++; this.column = 0; this.lines[this.row] ??= '' }
    else if (token === '\x1b[2K') this.lines[this.row] = ''
    else if (token === '\x1b[1A') { assert.ok(this.row > 0, 'above the top'); this.row-- }
    else if (token === '\x1b[G') this.column = 0
    else if (token === '\x1b[?25l') this.isCursorShown = false
    else if (token === '\x1b[?25h') this.isCursorShown = true
    else if (token.startsWith('\x1b')) assert.match(token, /m$/)
    else {
      const line = this.lines[this.row] ?? ''
      this.lines[this.row] = line.slice(0, this.column).padEnd(this.column) + token + line.slice(this.column + 1)
      this.column++
    }
  }
  text(): string { return this.lines.slice(0, this.row + 1).map((line) => line.trimEnd()).join('\n') }
}

test('a question is drawn over by nothing; what happened meanwhile is shown afterwards', async () => {
  const screen = new Screen(60, 20), live = liveOn(screen)
  live.on(task(1, 'compile'))
  for (const host of ['web1', 'web2']) live.on(started(host))
  await sleep(500)
  live.on({ type: 'question', isOver: false })
  screen.write('Trust it? ')
  const before = screen.text(), { frames } = screen
  assert.match(before, /\nTrust it\?$/)
  live.on(ended('web2'))
  await sleep(500)
  assert.equal([screen.text(), screen.frames], [before, frames])
  screen.write('yes\n')
  live.on({ type: 'question', isOver: true })
  await sleep(700)
  assert.match(screen.text(), /Trust it\? yes\nchanged: \[web2\]\n. compile/)
  live.on(ended('web1'))
})
test('permanent lines stay, the live part shows what runs and is gone in the end', async () => {
  const screen = new Screen(60, 20)
  const live = liveOn(screen, true)
  live.on(task(1, 'compile'))
  for (const host of ['web1', 'web2']) live.on(started(host))
  assert.not.match(screen.text(), 'hosts')
  await sleep(700)
  assert.match(screen.text(), /compile \(2 hosts\) 0s\n {2}web1 {4}0s\n {2}web2 {4}0s\n$/)
  assert.is(screen.isCursorShown, false)
  live.on(ended('web1'))
  live.on({ type: 'warning', message: 'careful' })
  live.on({ type: 'output', host: 'web2', task: 1, chunk: 'first\n\x1b[31mmaking\tfoo.c\x1b[0m and a line that is longer than the terminal is wide\r\n' })
  await sleep(1700)
  assert.match(screen.text(), /changed: \[web1\]\n\[WARNING\]: careful\n. compile 2s\n {2}web2 {4}2s {2}making foo.c and a line that is longer than …\n$/)
  live.on(ended('web2'))
  assert.match(screen.text(), /changed: \[web2\]\n$/)
  live.on(task(2, 'quick'))
  live.on(started('web1', 2))
  live.on(ended('web1', 2))
  await live.close()
  assert.is(screen.isCursorShown, true)
  assert.is(screen.text(), `\nTASK [compile] ${'*'.repeat(45)}\nchanged: [web1]\n[WARNING]: careful\nchanged: [web2]\n\nTASK [quick] ${'*'.repeat(47)}\nchanged: [web1]\n`)
  assert.ok(screen.frames < 40, `${screen.frames} frames in 2.4 s`)
})

test('never more rows than the terminal has, less two, nor wider; many hosts are counted', async () => {
  const screen = new Screen(24, 8)
  const live = liveOn(screen)
  live.on(task(1, 'a task with a name that is longer than this terminal'))
  for (let i = 0; i < 50; i++) live.on(started(`a-host-with-a-long-name-${i}.example.com`))
  const top = screen.row
  await sleep(600)
  const rows = screen.lines.slice(top, screen.row)
  assert.is(rows.length, 6)
  for (const row of rows) assert.ok(row.length < 24, row)
  assert.match(rows.at(-1) ?? '', 'and 46 more')
  await live.close()
  assert.is(screen.row, top)
})

test('closing in the middle, as Ctrl-C does, leaves a clean terminal', async () => {
  const screen = new Screen(60, 20)
  const live = liveOn(screen)
  live.on(task(1, 'long'))
  live.on(started('h'))
  await sleep(500)
  await live.close()
  assert.is(screen.isCursorShown, true)
  assert.is(screen.text(), `\nTASK [long] ${'*'.repeat(48)}\n`)
  const before = screen.text()
  live.on(started('h2'))
  await sleep(500)
  assert.is(screen.text(), before)
})

test('several tasks at once are named on their rows', async () => {
  const screen = new Screen(80, 20)
  const live = liveOn(screen)
  live.on(task(1, 'one'))
  live.on(started('h1', 1))
  live.on(task(2, 'two'))
  live.on(started('h2', 2))
  await sleep(600)
  assert.match(screen.text(), /2 tasks 0s\n {2}h1 {4}0s {2}one\n {2}h2 {4}0s {2}two\n$/)
  await live.close()
})

test.run()

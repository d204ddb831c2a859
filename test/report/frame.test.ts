import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createErrorPrinter, drawError, excerpt, shortPath, wantsColor } from '../../runner/report/frame.ts'

const dir = mkdtempSync(join(tmpdir(), 'play-frame-'))
test.after(() => rmSync(dir, { recursive: true }))
const file = (text: string): string => { writeFileSync(join(dir, 'x.yml'), text); return join(dir, 'x.yml') }

test('line numbers are as wide as the widest', () => {
  const lines = Array.from({ length: 12 }, (_, i) => `line ${i + 1}`).join('\n')
  assert.equal(excerpt({ file: file(lines), line: 10, column: 3 }), ['8  line 8', '9  line 9', '10 line 10', '     ^ column 3'])
})
test('the first line, tabs, carriage returns', () => {
  assert.equal(excerpt({ file: file('\ta: 1\r\nb'), line: 1, column: 2 }), ['1  a: 1', '   ^ column 2'])
})
test('a very long line is cut around the place', () => {
  const [line = '', caret = ''] = excerpt({ file: file(`${'x'.repeat(500)}HERE${'y'.repeat(500)}`), line: 1, column: 501 })
  assert.is(line.slice(caret.indexOf('^'), caret.indexOf('^') + 4), 'HERE')
  assert.ok(line.length < 160)
})
test('a file that is gone, or shorter by now, draws nothing', () => {
  assert.equal(excerpt({ file: join(dir, 'none'), line: 1, column: 1 }), [])
  assert.equal(excerpt({ file: file('a'), line: 7, column: 1 }), [])
  assert.is(drawError({ code: 'x', message: 'bad', loc: { file: '/none', line: 1, column: 2 }, trail: [] }), '[ERROR]: bad\nOrigin: /none:1:2')
})
test('without a place: message, trail, hint', () => {
  assert.is(drawError({ code: 'x', message: 'bad', hint: 'do good', trail: [{ what: 'doing this' }] }), '[ERROR]: bad\n\n  doing this\n\n  Hint: do good')
})
test('paths below the folder one is in are short', () => {
  assert.is(shortPath(join(process.cwd(), 'a/b.yml')), 'a/b.yml')
  assert.is(shortPath('/etc/hosts').endsWith('/etc/hosts') || shortPath('/etc/hosts').startsWith('..'), true)
  assert.is(shortPath('rel.yml'), 'rel.yml')
})
test('the error printer colours on terminals only', () => {
  let text = ''
  const stream = (isTTY: boolean): { write(text: string): void; isTTY: boolean } => ({ write: (more: string) => { text += more }, isTTY })
  createErrorPrinter(stream(false), {})({ code: 'x', message: 'bad', trail: [] })
  createErrorPrinter(stream(true), { TERM: 'xterm' })({ code: 'x', message: 'bad', trail: [] })
  assert.is(text, '[ERROR]: bad\n\x1b[0;31m[ERROR]: bad\x1b[0m\n')
})
test('colours by environment', () => {
  assert.is(wantsColor(true, {}), true)
  assert.is(wantsColor(true, { NO_COLOR: '1' }), false)
  assert.is(wantsColor(true, { TERM: 'dumb' }), false)
  assert.is(wantsColor(true, { ANSIBLE_NOCOLOR: 'true' }), false)
  assert.is(wantsColor(false, {}), false)
  assert.is(wantsColor(false, { FORCE_COLOR: '1' }), true)
  assert.is(wantsColor(false, { ANSIBLE_FORCE_COLOR: 'false' }), false)
})

test.run()

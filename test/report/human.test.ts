/** Events to the very text that ansible-playbook of ansible-core 2.21 prints for the same (recorded by running it), and to our own lines where it has none. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Change } from '../../runner/core/plan.ts'
import type { Event, HostStats, Outcome, TaskResult } from '../../runner/core/events.ts'
import { createHuman } from '../../runner/report/human.ts'
import type { HumanOptions } from '../../runner/report/display.ts'

const res = (outcome: Outcome, data: Record<string, unknown> = {}, more: Partial<TaskResult> = {}): TaskResult => ({ outcome, changes: [], data, ms: 1, trips: 1, ...more })
const task = (name: string, module = 'command', more: Partial<Extract<Event, { type: 'task' }>> = {}): Event => ({ type: 'task', id: 1, name, module, isHandler: false, ...more })
const result = (host: string, one: TaskResult, more: { looped?: boolean; delegated?: string } = {}): Event => ({ type: 'result', host, task: 1, result: one, looped: false, ...more })
const item = (host: string, label: string, one: TaskResult): Event => ({ type: 'item', host, task: 1, label, result: one })
const stats = (given: Partial<HostStats>): HostStats => ({ ok: 0, changed: 0, unreachable: 0, failed: 0, skipped: 0, rescued: 0, ignored: 0, unknown: 0, ...given })
const start = (more: Partial<Extract<Event, { type: 'start' }>> = {}): Event => ({ type: 'start', playbooks: ['/x/site.yml'], checkMode: false, diffMode: false, verbosity: 0, ...more })

function shown(events: readonly Event[], options: Partial<HumanOptions> = {}, tty: { columns?: number; isTTY?: boolean } = {}): { readonly out: string; readonly err: string } {
  let [out, err] = ['', '']
  const human = createHuman({ write: (text: string) => { out += text }, ...tty }, { write: (text: string) => { err += text } }, { color: false, verbosity: 0, ...options })
  for (const event of events) human.on(event)
  return { out, err }
}
const out = (...events: readonly Event[]): string => shown(events).out
const stars = (text: string): string => `${text} ${'*'.repeat(79 - text.length)}`

test('plays, tasks, handlers: banners of 80 columns after an empty line', () => {
  assert.is(out({ type: 'play', name: 'first play', hosts: ['h1'] }), `\nPLAY [first play] **************************************************************\n`)
  assert.is(out(task('ok one')), '\nTASK [ok one] ******************************************************************\n')
  assert.is(out(task('hand', 'command', { isHandler: true })), '\nRUNNING HANDLER [hand] *********************************************************\n')
  assert.is(out({ type: 'play', name: '', hosts: [] }, { type: 'no-hosts' }), `\n${stars('PLAY')}\nskipping: no hosts matched\n`)
  assert.is(out({ type: 'no-hosts-left' }), `\n${stars('NO MORE HOSTS LEFT')}\n`)
  assert.is(out(task('x'.repeat(90))), `\nTASK [${'x'.repeat(90)}] ***\n`)
  assert.is(out(task('日本')), `\nTASK [日本] ${'*'.repeat(68)}\n`)
})

test('ok, changed, skipping, delegated', () => {
  const lines = out(task('t'), result('h1', res('ok', { changed: false })), result('h2', res('changed', { changed: true })), result('h3', res('skipped', { skipped: true })), result('h4', res('changed'), { delegated: 'other' }), result('h5', res('skipped'), { delegated: 'other' }), result('h6', { ...res('ok'), address: '192.0.2.7' }, { delegated: 'other' }))
  assert.is(lines, `\n${stars('TASK [t]')}\nok: [h1]\nchanged: [h2]\nskipping: [h3]\nchanged: [h4 -> other]\nskipping: [h5]\nok: [h6 -> other(192.0.2.7)]\n`)
})

test('debug shows its message or variable alone, indented', () => {
  const always = { _ansible_verbose_always: true, changed: false }
  const lines = out(task('say', 'debug'), result('h1', res('ok', { msg: ['a', { b: 1 }], ...always })), result('h1', res('ok', { inventory_hostname: 'h1', ...always })), item('h1', '1', res('ok', { msg: 1, item: 1, ansible_loop_var: 'item', ...always })))
  assert.is(lines, `
${stars('TASK [say]')}
ok: [h1] => {
    "msg": [
        "a",
        {
            "b": 1
        }
    ]
}
ok: [h1] => {
    "inventory_hostname": "h1"
}
ok: [h1] => (item=1) => {
    "msg": 1
}
`)
})

test('loops: a line an item, then nothing for the whole, or skipping', () => {
  assert.is(out(task('loop'), item('h1', 'a', res('changed')), item('h1', "{'k': 'v'}", res('ok')), result('h1', res('changed', { results: [] }), { looped: true })),
    `\n${stars('TASK [loop]')}\nchanged: [h1] => (item=a)\nok: [h1] => (item={'k': 'v'})\n`)
  assert.is(out(task('loop'), item('h1', '1', res('skipped')), result('h1', res('skipped', { results: [] }), { looped: true })),
    `\n${stars('TASK [loop]')}\nskipping: [h1] => (item=1) \nskipping: [h1]\n`)
  assert.is(out(task('loop'), item('h1', '1', res('failed', { changed: true, failed: true, item: 1, rc: 1, ansible_loop_var: 'item' })), result('h1', res('failed', { results: [] }, { ignored: true }), { looped: true })),
    `\n${stars('TASK [loop]')}\nfailed: [h1] (item=1) => {"ansible_loop_var": "item", "changed": true, "item": 1, "rc": 1}\n...ignoring\n`)
})

test('failures: JSON on one line with sorted keys, nothing internal in it', () => {
  const data = { msg: 'non-zero return code', failed: true, changed: true, cmd: ['sh', '-c', 'é'], rc: 3, stdout_lines: ['out'], invocation: { x: 1 }, diff: [], warnings: ['w'], exception: 'trace', _ansible_no_log: false, f: 1.5, n: null, e: {}, l: [] }
  assert.is(out(task('t'), result('h1', res('failed', data))),
    `\n${stars('TASK [t]')}\nfatal: [h1]: FAILED! => {"changed": true, "cmd": ["sh", "-c", "é"], "e": {}, "f": 1.5, "l": [], "msg": "non-zero return code", "n": null, "rc": 3, "stdout_lines": ["out"]}\n`)
  assert.is(out(task('t'), result('h1', res('failed', { msg: 'x' }, { ignored: true }))), `\n${stars('TASK [t]')}\nfatal: [h1]: FAILED! => {"msg": "x"}\n...ignoring\n`)
  assert.is(out(task('t'), result('h1', res('unreachable', { changed: false, msg: 'gone', unreachable: true }))), `\n${stars('TASK [t]')}\nfatal: [h1]: UNREACHABLE! => {"changed": false, "msg": "gone", "unreachable": true}\n`)
  assert.match(out(task('t', 'assert'), result('h1', res('failed', { assertion: '1 == 2', changed: false, evaluated_to: false, msg: 'Assertion failed', _ansible_verbose_always: true }))),
    'fatal: [h1]: FAILED! => {\n    "assertion": "1 == 2",\n    "changed": false,\n    "evaluated_to": false,\n    "msg": "Assertion failed"\n}\n')
})

test('retries, includes, unknown', () => {
  assert.is(out(task('retry'), { type: 'retry', host: 'h2', task: 1, left: 1, result: res('failed') }), `\n${stars('TASK [retry]')}\nFAILED - RETRYING: [h2]: retry (1 retries left).\n`)
  assert.is(out(task('include_tasks', 'include_tasks'), { type: 'included', file: '/p/inc.yml', hosts: ['h1', 'h2'], label: '1' }, result('h1', res('ok'))), `\n${stars('TASK [include_tasks]')}\nincluded: /p/inc.yml for h1, h2 => (item=1)\n`)
  assert.is(out(task('t'), result('h1', res('unknown', { unknown: 'the compiler has not run' })), item('h2', 'a', res('unknown', { unknown: 'why' }))), `\n${stars('TASK [t]')}\nunknown: [h1] => the compiler has not run\nunknown: [h2] => (item=a) => why\n`)
})

test('the recap: fixed columns, sorted hosts, unknown only where there is some', () => {
  assert.is(out({ type: 'end', stats: { h2: stats({ ok: 27, changed: 9, failed: 1, skipped: 3, rescued: 1, ignored: 7 }), h1: stats({ ok: 28, changed: 10 }) } }), `
PLAY RECAP *********************************************************************
h1                         : ok=28   changed=10   unreachable=0    failed=0    skipped=0    rescued=0    ignored=0   
h2                         : ok=27   changed=9    unreachable=0    failed=1    skipped=3    rescued=1    ignored=7   

`)
  assert.match(out({ type: 'end', stats: { h: stats({ unknown: 2 }) } }), 'ignored=0    unknown=2   \n')
})

test('-v shows results, but not those of fact gathering; -vv where the task stands; -vvv all, indented', () => {
  const loc = { file: '/p/site.yml', line: 9, column: 7 }
  const at = (verbosity: number): string => shown([start({ verbosity }), task('t', 'command', { loc }), result('h1', res('ok', { changed: false, rc: 0, invocation: { a: 1 } })), result('h2', res('skipped', { changed: false, skipped: true, skip_reason: 'Conditional result was False' })), item('h3', 'a', res('skipped', { changed: false }))], { verbosity }).out
  assert.is(at(1), `\n${stars('TASK [t]')}\nok: [h1] => {"changed": false, "rc": 0}\nskipping: [h2] => {"changed": false, "skip_reason": "Conditional result was False"}\nskipping: [h3] => (item=a)  => {"changed": false}\n`)
  assert.match(at(2), `\n${stars('PLAYBOOK: site.yml')}\n\n${stars('TASK [t]')}\ntask path: /p/site.yml:9\nok: [h1] => {"changed": false, "rc": 0}\n`)
  assert.match(at(3), 'ok: [h1] => {\n    "changed": false,\n    "invocation": {\n        "a": 1\n    },\n    "rc": 0\n}\n')
  assert.is(shown([task('Gathering Facts', 'gather_facts'), result('h1', res('ok', { ansible_facts: {} }))], { verbosity: 1 }).out, `\n${stars('TASK [Gathering Facts]')}\nok: [h1]\n`)
})

test('diffs stand before the line; commands of a dry run are named', () => {
  const text: Change = { kind: 'text', of: '/f', before: 'a\nb\n', after: 'a\nc\nd' }
  const changed = res('changed', { diff: [] }, { changes: [text], showsDiff: true })
  assert.is(out(task('copy'), result('h1', changed)), `
${stars('TASK [copy]')}
--- before: /f
+++ after: /f
@@ -1,2 +1,3 @@
 a
-b
+c
+d
\\ No newline at end of file

changed: [h1]
`)
  assert.is(out(task('copy'), result('h1', res('changed', {}, { changes: [text] }))), `\n${stars('TASK [copy]')}\nchanged: [h1]\n`)
  const run = res('skipped', {}, { changes: [{ kind: 'run', cmd: 'make install' }] })
  assert.is(shown([start({ checkMode: true }), task('t'), result('h1', run)]).out, `\n${stars('TASK [t]')}\nwould run: make install\nskipping: [h1]\n`)
  const twice = shown([task('copy'), result('h1', changed), result('h2', changed)], { diffsOnce: true }).out
  assert.is(twice.split('--- before').length, 2)
  assert.match(twice, 'changed: [h1]\nchanged: [h2]\n')
})

test('an error frame above the line: place, three lines, caret, trail, hint; once for hosts that fail alike', () => {
  const dir = mkdtempSync(join(tmpdir(), 'play-frame-'))
  const file = join(dir, 'p.yml'), here = process.cwd()
  process.chdir('/usr/lib') // the file is shown by its full name only from a folder that is far from it
  writeFileSync(file, '- hosts: all\n  tasks:\n    - debug: msg="{{ nope }}"\n')
  const error = { code: 'undefined', message: "'nope' is undefined", loc: { file, line: 3, column: 22 }, hint: 'define it', trail: [{ what: 'in the argument msg', loc: { file, line: 3, column: 14 } }] }
  const failed = res('failed', { msg: "'nope' is undefined" }, { error })
  assert.is(out(task('t', 'debug'), result('h1', failed), result('h2', failed)), `
${stars('TASK [t]')}
[ERROR]: 'nope' is undefined
Origin: ${file}:3:22

1 - hosts: all
2   tasks:
3     - debug: msg="{{ nope }}"
                       ^ column 22

  in the argument msg (${file}:3:14)

  Hint: define it

fatal: [h1]: FAILED! => {"msg": "'nope' is undefined"}
fatal: [h2]: FAILED! => {"msg": "'nope' is undefined"}
`)
  assert.match(out(task('t', 'command', { loc: { file, line: 3, column: 7 } }), result('h1', res('failed', { msg: 'no' }))), `[ERROR]: Task failed: no\nOrigin: ${file}:3:7\n\n1 - hosts: all\n2   tasks:\n3     - debug: msg="{{ nope }}"\n        ^ column 7\n\nfatal: [h1]`)
  process.chdir(here)
  rmSync(dir, { recursive: true })
})

test('warnings go to the error stream, each once, with their place', () => {
  const warn: Event = { type: 'warning', message: 'careful', loc: { file: 'site.yml', line: 3, column: 5 } }
  const { out: text, err } = shown([warn, warn, { type: 'warning', message: 'other' }, { type: 'handlers-pending', host: 'h1', handlers: ['restart a', 'b'] }, task('t'), result('h1', res('ok', { warnings: ['old syntax'] })), result('h2', res('ok', { warnings: ['old syntax'] }))])
  assert.is(err, '[WARNING]: careful\nOrigin: site.yml:3:5\n[WARNING]: other\n[WARNING]: [h1]: notified, but not run because of the failure: restart a, b\n[WARNING]: old syntax\n')
  assert.is(text, `\n${stars('TASK [t]')}\nok: [h1]\nok: [h2]\n`)
})

test('where handlers run at the end of a section is said under ANSIBLE_DEBUG alone', () => {
  const flush: Event = { type: 'meta', text: 'triggered running handlers for h1' }
  assert.is(shown([flush], { verbosity: 4 }).out, '')
  assert.is(shown([flush], { display: { showsDebug: true } }).out, 'META: triggered running handlers for h1\n')
})

test('on a terminal: its width, colours, and a mark for the dry run', () => {
  const lines = shown([start({ checkMode: true }), { type: 'play', name: 'p', hosts: [] }, task('t'), result('h1', res('changed')), { type: 'end', stats: { h1: stats({ ok: 1, failed: 1 }) } }], { color: true }, { columns: 40, isTTY: true }).out
  assert.is(lines, `\nPLAY [p] [CHECK MODE] ${'*'.repeat(18)}\n\nTASK [t] ${'*'.repeat(31)}\n\x1b[0;33mchanged: [h1]\x1b[0m\n\nPLAY RECAP ${'*'.repeat(29)}\n\x1b[0;31mh1\x1b[0m${' '.repeat(24)} : \x1b[0;32mok=1   \x1b[0m changed=0    unreachable=0    \x1b[0;31mfailed=1   \x1b[0m skipped=0    rescued=0    ignored=0   \n\n\x1b[1;30mThis was a dry run: nothing was changed. The run itself would make 1 change.\x1b[0m\n`)
})

test('a task whose lines come after those of another has its banner again', () => {
  const lines = out(task('one'), { type: 'task', id: 2, name: 'two', module: 'command', isHandler: false }, result('h1', res('ok')), { type: 'result', host: 'h1', task: 2, looped: false, result: res('ok') })
  assert.is(lines, `\n${stars('TASK [one]')}\n\n${stars('TASK [two]')}\n\n${stars('TASK [one]')}\nok: [h1]\n\n${stars('TASK [two]')}\nok: [h1]\n`)
})

test('strategy free: the banner of a task waits for its first line while hosts are at work on another', () => {
  const begin = (host: string, id: number): Event => ({ type: 'host-start', host, task: id })
  const end = (host: string, id: number): Event => ({ type: 'result', host, task: id, looped: false, result: res('ok') })
  const two: Event = { type: 'task', id: 2, name: 'two', module: 'command', isHandler: false }
  const lines = out(task('one'), begin('h1', 1), begin('h2', 1), end('h1', 1), two, begin('h1', 2), end('h2', 1), begin('h2', 2), end('h1', 2), end('h2', 2))
  assert.is(lines, `\n${stars('TASK [one]')}\nok: [h1]\nok: [h2]\n\n${stars('TASK [two]')}\nok: [h1]\nok: [h2]\n`)
})

test('a dry run ends, on a terminal, with what its counts mean', () => {
  const end: Event = { type: 'end', stats: { h1: stats({ ok: 1 }) } }
  const run = { changes: [{ kind: 'run', cmd: 'true' }] } as const
  const last = (events: readonly Event[], isTTY = true): string => shown([start({ checkMode: true }), { type: 'play', name: 'p', hosts: [] }, task('t'), ...events, end], {}, { columns: 80, isTTY }).out.trimEnd().split('\n').at(-1) ?? ''
  assert.is(last([result('h1', res('changed')), result('h2', res('changed')), result('h1', res('skipped', {}, run)), item('h1', 'x', res('skipped', {}, run)), result('h1', res('unknown'))]),
    'This was a dry run: nothing was changed. The run itself would make 2 changes and run 2 commands that a dry run leaves out. 1 result is unknown until then: it hangs on what was not run.')
  assert.is(last([result('h1', res('ok')), result('h1', res('skipped'))]), 'This was a dry run: nothing was changed. Neither would the run itself.')
  assert.match(last([result('h1', res('changed'))], false), /^h1 +: ok=1/)
})

test.run()

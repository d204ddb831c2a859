/** The task debugger and --step, with a person who answers what the test says. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { Settings } from '../../runner/config.ts'
import { playIn, type Told } from '../support/play.ts'

interface Talk extends Told {
  /** What was asked, and what the debugger said between. */
  readonly asked: readonly string[]
  readonly said: readonly string[]
}
const inventory = 'a ansible_connection=local\nb ansible_connection=local\n'
async function talk(playbook: string, answers: readonly string[], args: readonly string[] = [], settings: Settings = {}): Promise<Talk> {
  const dir = mkdtempSync(join(tmpdir(), 'talk-')), asked: string[] = [], left = [...answers]
  try {
    const told = await playIn(dir, { inventory, 'site.yml': playbook }, args, settings, (prompt) => {
      asked.push(prompt)
      const answer = left.shift()
      return answer === undefined ? Promise.reject(new Error(`nobody answers: ${prompt}`)) : Promise.resolve(answer)
    })
    assert.equal(left, [], 'all answers were asked for')
    return { ...told, asked, said: told.events.flatMap((event) => event.type === 'answer' ? [event.text] : []) }
  } finally { rmSync(dir, { recursive: true }) }
}
const failing = (more: string): string => `- hosts: a
  gather_facts: false
  vars: {d: {k: [1, two]}}
  tasks:
    - name: bad {{ want }}
      command: test {{ want }} = 1
      vars: {want: 2}
      register: r
${more}    - debug: {msg: "{{ r.rc }}"}
`

test('expressions show the task, its variables, its host and its result', async () => {
  const { asked, said, code } = await talk(failing('      debugger: on_failed\n'), ['p task', 'p task.args', "p task_vars['d']", 'p host', "p result._result['rc']", 'p result.is_failed()', 'task.name', 'p nope', 'import os', 'p len(task.args)', 'x.y = 1', 'help redo', '', 'c'])
  assert.is(asked[0], '[a] TASK: bad 2 (debug)> ')
  assert.equal(said.slice(0, 7), ['TASK: bad 2', "{'_raw_params': 'test 2 = 1'}", "{'k': [1, 'two']}", 'a', '1', 'True', "'bad 2'"])
  assert.match(said[7] ?? '', /'nope' is undefined/)
  for (const text of said.slice(8, 11)) assert.match(text, /the debugger does not understand: .*\n.*task_vars\['x'\] = …/)
  assert.is(code, 2)
})

test('arguments that were changed count when the task is run again, and so does its new end', async () => {
  const { stats, messages, code } = await talk(failing('      debugger: on_failed\n'), ["task.args['_raw_params'] = 'test 3 = 4'", 'r', "task.args = {'_raw_params': 'true'}", 'redo'])
  assert.is(code, 0)
  assert.equal(messages, [0])
  assert.equal([stats['a']?.ok, stats['a']?.changed, stats['a']?.failed], [2, 1, 0])
})

test('variables that were changed count once the task is made anew', async () => {
  const { said, messages } = await talk(failing('      debugger: on_failed\n'), ["task_vars['d']['k'][1] = 'three'", "p task_vars['d']", "task_vars['want'] = 1", 'p task.args', 'r', 'u', 'p task.args', 'r'])
  assert.equal(said, ["{'k': [1, 'three']}", "{'_raw_params': 'test 2 = 1'}", "{'_raw_params': 'test 1 = 1'}"])
  assert.equal(messages, [0])
})

test('an argument can be taken away', async () => {
  const { outcomes } = await talk('- hosts: a\n  gather_facts: false\n  tasks:\n    - name: t\n      assert: {that: [1 == 2], fail_msg: no, quiet: true}\n      debugger: on_failed\n', ["del task.args['fail_msg']", "task.args['that'] = ['1 == 1']", 'r'])
  assert.equal(outcomes, ['a failed t', 'a ok t'])
})

test('who quits ends the run with 99', async () => {
  const { code, outcomes } = await talk(failing('      debugger: on_failed\n'), ['quit'])
  assert.is(code, 99)
  assert.equal(outcomes, ['a failed bad 2'])
})

test('when it stops: always, never, on_skipped, strategy debug, the settings', async () => {
  const plain = (keywords: string, task: string): string => `- hosts: a\n  gather_facts: false\n${keywords}  tasks:\n    - ${task}\n`
  const stops = async (keywords: string, task: string, settings: Settings = {}): Promise<number> => {
    const { asked } = await talk(plain(keywords, task), [], [], settings).catch((error: unknown) => ({ asked: [String(error)] }))
    return asked.length
  }
  const fine = '{debug: {msg: x}}', bad = '{fail: {msg: x}}', skipped = '{debug: {msg: x}, when: false}', ignored = '{fail: {msg: x}, ignore_errors: true}'
  assert.equal([await stops('  debugger: always\n', fine), await stops('  debugger: on_failed\n', fine), await stops('  debugger: on_skipped\n', skipped)], [1, 0, 1])
  assert.equal([await stops('  strategy: debug\n', bad), await stops('  strategy: debug\n  debugger: never\n', bad), await stops('  strategy: debug\n', fine)], [1, 0, 0])
  const always = { ANSIBLE_ENABLE_TASK_DEBUGGER: '1' }
  assert.equal([await stops('', bad, always), await stops('', ignored, always), await stops('', ignored, { ...always, ANSIBLE_TASK_DEBUGGER_IGNORE_ERRORS: 'no' })], [1, 0, 1])
})

test('--step asks once a task, also for handlers; no leaves it out, continue asks no more', async () => {
  const playbook = (strategy: string): string => `- hosts: a:b\n  gather_facts: false\n  strategy: ${strategy}\n  tasks:\n    - {name: one, debug: {msg: x}, changed_when: true, notify: h}\n    - {name: two, debug: {msg: x}}\n    - {meta: flush_handlers}\n    - {name: three, debug: {msg: x}}\n    - {name: four, debug: {msg: x}}\n  handlers:\n    - {name: h, debug: {msg: x}}\n`
  const { asked, outcomes } = await talk(playbook('linear'), ['y', 'no', '', 'c'], ['--step'])
  assert.equal(asked, ['one', 'two', 'h', 'three'].map((name) => `Perform task: TASK: ${name} (N)o/(y)es/(c)ontinue: `))
  assert.equal(outcomes, ['a changed one', 'b changed one', 'a ok three', 'b ok three', 'a ok four', 'b ok four'])
  const free = await talk(playbook('free'), ['n', 'c'], ['--step'])
  assert.equal(free.asked, ['a', 'b'].map((host) => `Perform task: TASK: one on ${host} (N)o/(y)es/(c)ontinue: `))
  assert.not(free.outcomes.includes('a changed one'))
})

test('without a terminal --step is refused, and the debugger passed over', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'talk-'))
  try {
    const told = await playIn(dir, { inventory, 'site.yml': failing('      debugger: on_failed\n') })
    assert.match(told.warnings.join(), /debugger needs a terminal/)
    let refused = ''
    await playIn(dir, { inventory, 'site.yml': failing('') }, ['--step']).catch((error: unknown) => { refused = String(error) })
    assert.match(refused, /--step needs a terminal/)
  } finally { rmSync(dir, { recursive: true }) }
})

test.run()

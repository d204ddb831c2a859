/** The reports that programs read: JSON lines and JUnit. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Event, Outcome, TaskResult } from '../../runner/core/events.ts'
import { createReporter } from '../../runner/report/choose.ts'
import { createJson } from '../../runner/report/json.ts'
import { createJunit } from '../../runner/report/junit.ts'

const res = (outcome: Outcome, data: Record<string, unknown> = {}, more: Partial<TaskResult> = {}): TaskResult => ({ outcome, changes: [], data, ms: 1, trips: 1, ...more })
const loc = { file: '/p/site.yml', line: 9, column: 7 }
const events: readonly Event[] = [
  { type: 'start', playbooks: ['/p/site.yml'], checkMode: false, diffMode: false, verbosity: 0 },
  { type: 'play', name: 'the play', hosts: ['h1', 'h2'] },
  { type: 'task', id: 1, name: 'one', module: 'command', isHandler: false, loc },
  { type: 'result', host: 'h1', task: 1, looped: false, result: res('ok', { rc: 0, _ansible_x: 1 }) },
  { type: 'result', host: 'h2', task: 1, looped: false, result: res('failed', { msg: 'no <good> "at" all\n', rc: 2 }) },
  { type: 'task', id: 2, name: 'two', module: 'command', isHandler: false, loc },
  { type: 'result', host: 'h1', task: 2, looped: false, result: res('skipped', { skip_reason: 'Conditional result was False' }) },
  { type: 'result', host: 'h2', task: 2, looped: false, result: res('failed', { msg: 'x' }, { ignored: true }) },
  { type: 'task', id: 3, name: 'three', module: 'include_tasks', isHandler: false, loc },
  { type: 'included', file: '/p/a.yml', hosts: ['h1'] },
  { type: 'result', host: 'h1', task: 3, looped: false, result: res('ok') },
  { type: 'task', id: 4, name: 'EXPECTED FAILURE four', module: 'command', isHandler: false, loc },
  { type: 'result', host: 'h1', task: 4, looped: false, result: res('failed', { msg: '\x1b[31mred' }) },
  { type: 'task', id: 5, name: 'five', module: 'command', isHandler: false, loc },
  { type: 'result', host: 'h1', task: 5, looped: false, result: res('changed', { rc: 0 }) },
  { type: 'end', stats: {} },
]

async function junit(env: Record<string, string>): Promise<string> {
  const dir = mkdtempSync(join(tmpdir(), 'play-junit-'))
  const reporter = createJunit({ JUNIT_OUTPUT_DIR: join(dir, 'reports'), ...env })
  for (const event of events) reporter.on(event)
  await reporter.close()
  const [file = '', ...more] = readdirSync(join(dir, 'reports'))
  assert.equal(more, [])
  assert.match(file, /^site-[0-9.]+\.xml$/)
  const text = readFileSync(join(dir, 'reports', file), 'utf8')
  rmSync(dir, { recursive: true })
  return text.replace(/ time="[^"]*"/g, '')
}

test('JUnit: one test case a task and host', async () => {
  assert.is(await junit({}), `<?xml version="1.0" ?>
<testsuites disabled="0" errors="0" failures="1" tests="7">
	<testsuite disabled="0" errors="0" failures="1" tests="7" name="site" skipped="1">
		<testcase classname="/p/site.yml:9" name="[h1] the play: one">
			<system-out>{"rc": 0}</system-out>
		</testcase>
		<testcase classname="/p/site.yml:9" name="[h2] the play: one">
			<failure message="no &lt;good&gt; &quot;at&quot; all&#10;" type="failure">{"msg": "no &lt;good&gt; \\"at\\" all\\n", "rc": 2}</failure>
		</testcase>
		<testcase classname="/p/site.yml:9" name="[h1] the play: two">
			<skipped>Conditional result was False</skipped>
		</testcase>
		<testcase classname="/p/site.yml:9" name="[h2] the play: two">
			<system-out>{"msg": "x"}</system-out>
		</testcase>
		<testcase classname="/p/site.yml:9" name="[include] the play: three">
			<system-out>/p/a.yml</system-out>
		</testcase>
		<testcase classname="/p/site.yml:9" name="[h1] the play: EXPECTED FAILURE four">
			<system-out>{"msg": "\\u001b[31mred"}</system-out>
		</testcase>
		<testcase classname="/p/site.yml:9" name="[h1] the play: five">
			<system-out>{"rc": 0}</system-out>
		</testcase>
	</testsuite>
</testsuites>
`)
})
test('JUnit: switches of the environment', async () => {
  assert.match(await junit({ JUNIT_FAIL_ON_CHANGE: 'true' }), /failures="2"/)
  assert.match(await junit({ JUNIT_FAIL_ON_IGNORE: 'True' }), /failures="2"/)
  assert.match(await junit({ JUNIT_TASK_CLASS: 'true', JUNIT_TASK_RELATIVE_PATH: '/p' }), /classname="site"/)
  assert.match(await junit({ JUNIT_TEST_CASE_PREFIX: 'five' }), /tests="2"/)
})

test('JSON: one event a line and nothing else', () => {
  let [out, err] = ['', '']
  const reporter = createJson({ write: (text: string) => { out += text } }, { write: (text: string) => { err += text } })
  for (const event of events) reporter.on(event)
  reporter.on({ type: 'warning', message: 'careful' })
  const lines = out.trimEnd().split('\n').map((line): unknown => JSON.parse(line))
  assert.is(lines.length, events.length + 1)
  const [, , , , failed] = lines
  assert.equal(JSON.parse(JSON.stringify(failed, (key, value: unknown) => key === 'time' ? undefined : value)), JSON.parse(JSON.stringify(events[4])))
  assert.is(err, '[WARNING]: careful\n')
})

test('which reporter a run gets', async () => {
  let out = ''
  const stream = { write: (text: string) => { out += text } }
  const json = await createReporter(stream, stream, { output: 'json', verbosity: 0 }, {})
  json.on({ type: 'no-hosts' })
  assert.match(out, /^\{"time":"[^"]+","type":"no-hosts"\}\n$/)
  out = ''
  const plain = await createReporter({ ...stream, isTTY: true, columns: 50 }, stream, { output: 'human', verbosity: 0 }, { CI: 'true', TERM: 'xterm' })
  plain.on({ type: 'no-hosts' })
  assert.is(out, '\x1b[0;36mskipping: no hosts matched\x1b[0m\n')
})

test.run()

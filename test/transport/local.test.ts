/** Sessions on this machine, with each shell that it has. */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { faultOf, newPool, step, transportSuite } from './suite.ts'

const user = userInfo().username
const folder = mkdtempSync(join(tmpdir(), 'play-local-test-'))
process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
symlinkSync('/bin/bash', join(folder, 'sh'))

transportSuite('local dash', () => ({ endpoint: { connection: 'local', host: 'localhost', shell: '/bin/dash' }, user }))
transportSuite('local bash', () => ({ endpoint: { connection: 'local', host: 'localhost', shell: '/bin/bash' }, user }))
transportSuite('local bash as sh', () => ({ endpoint: { connection: 'local', host: 'localhost', shell: join(folder, 'sh') }, user }))

test('a shell that does not exist', async () => {
  const pool = newPool()
  const fault = await faultOf(pool.session({ connection: 'local', host: 'localhost', shell: '/bin/nosh' }))
  assert.is(fault.code, 'unreachable-no-shell')
  assert.match(fault.message, '/bin/nosh')
  await pool.close()
})
test('200 trips take about a millisecond each', async () => {
  const pool = newPool()
  const session = await pool.session({ connection: 'local', host: 'localhost' })
  const started = Date.now()
  for (let i = 0; i < 200; i++) await session.run([step(':')])
  const each = (Date.now() - started) / 200
  await pool.close()
  assert.ok(each < 10, `${each} ms`) // far above what is usual, for loaded machines
})
test('20 sessions with 50 calls each, at once', async () => {
  const pool = newPool()
  const sessions = await Promise.all(Array.from({ length: 20 }, (_, i) => pool.session({ connection: 'local', host: `host${i}` })))
  const answers = await Promise.all(sessions.flatMap((session, s) => Array.from({ length: 50 }, (_, i) => session.run([step(`echo ${s}.${i}`)]))))
  assert.equal(answers.map(([ran]) => ran?.stdout), sessions.flatMap((_, s) => Array.from({ length: 50 }, (_, i) => `${s}.${i}\n`)))
  assert.equal(sessions.map((one) => one.trips), sessions.map(() => 1))
  await pool.close()
})
test('a pool that is closed while a step runs ends it soon', async () => {
  const pool = newPool()
  const session = await pool.session({ connection: 'local', host: 'localhost' })
  const [where] = await session.run([step('echo "$_pd"')])
  const running = faultOf(session.run([step('sleep 543 & wait')]))
  await new Promise((resolve) => setTimeout(resolve, 100))
  const started = Date.now()
  await pool.close()
  assert.ok(Date.now() - started < 5000)
  assert.match((await running).code, /^unreachable/)
  assert.not.ok(existsSync(where?.stdout.trim() ?? '/'))
  assert.is(spawnSync('sh', ['-c', "ps -ef | grep '[s]leep 543'"]).stdout.toString(), '')
})
test.run()

/** wait_for against a machine that answers from a script: what it asks, when it gives up, what it says. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { validateArgs } from '../../runner/core/args.ts'
import type { Data } from '../../runner/core/types.ts'
import type { Control, Ran, Step } from '../../runner/core/plan.ts'
import waitFor from '../../runner/actions/wait_for.ts'
import { parseConnections, plainAddress } from '../../runner/actions/waiting/connections.ts'

interface Fake { readonly control: Control; readonly asked: string[]; readonly slept: number[] }
/** Answers in turn; the last one stays. Time is the machine's own, so a wait is over at once. */
function fake(answers: readonly string[]): Fake {
  const asked: string[] = [], slept: number[] = []
  const never = (): never => { throw new Error('not asked for here') }
  const control: Control = {
    host: 'h', user: 'root', connection: 'ssh', ask: undefined, title: 'task', checkMode: false, diffMode: false, verbosity: 0,
    run: async (steps: readonly Step[]): Promise<readonly Ran[]> => steps.map(({ sh }) => {
      const stdout = answers[Math.min(asked.length, answers.length - 1)] ?? ''
      asked.push(sh)
      return { rc: 0, stdout, stderr: '', startedAt: 0, ms: 0 }
    }),
    sleep: async (seconds) => { slept.push(seconds); await new Promise((resolve) => { setTimeout(resolve, seconds >= 1 ? 300 : 0) }) },
    read: never, local: never, render: never, variable: never, origin: never, way: never, plainly: never, unforeseen: never, condition: never, evaluate: never, shown: never, say: never, progress: () => undefined, warn: () => undefined, keepSecret: () => undefined, addHost: never, addGroup: never, load: never,
  }
  return { control, asked, slept }
}
const wait = async (given: Data, { control }: Fake): Promise<Data> => await waitFor.run(validateArgs(waitFor.args, waitFor.rules, given, { module: 'wait_for', container: {} }), control)

test('a port that opens after a while', async () => {
  const machine = fake(['closed\n', 'closed\n', 'open\n'])
  const { state, port, failed } = await wait({ port: 80, delay: 2 }, machine)
  assert.equal([state, port, failed], ['started', 80, undefined])
  assert.is(machine.asked.length, 3)
  assert.equal(machine.slept, [2, 1, 1])
  assert.match(machine.asked[0] ?? '', '/proc/net/tcp')
})
test('a port of another host is tried, not looked up', async () => {
  const machine = fake(['open\n'])
  await wait({ port: 80, host: '10.0.0.1' }, machine)
  assert.match(machine.asked[0] ?? '', '/dev/tcp')
})
test('time is up, in the words of Ansible or the user’s', async () => {
  assert.is((await wait({ port: 80, timeout: 0 }, fake(['closed\n']))).msg, 'Timeout when waiting for 127.0.0.1:80')
  assert.is((await wait({ port: 80, timeout: 0, state: 'stopped' }, fake(['open\n']))).msg, 'Timeout when waiting for 127.0.0.1:80 to stop.')
  assert.is((await wait({ path: '/x', timeout: 0, search_regex: 'a+' }, fake(['b']))).msg, 'Timeout when waiting for search string a+ in /x')
  assert.is((await wait({ path: '/x', timeout: 0, msg: 'too late' }, fake(['no\n']))).msg, 'too late')
})
test('a text in a file, with its groups', async () => {
  const found = await wait({ path: '/log', search_regex: '^Server (?P<what>\\w+) in (\\d+) ms$' }, fake(['x\nServer startup in 1234 ms\n']))
  assert.equal([found.match_groups, found.match_groupdict], [['startup', '1234'], { what: 'startup' }])
})
test('a host that has no way to try a port', async () => {
  try { await wait({ port: 80, host: '10.0.0.1' }, fake(['no-tool\n'])) } catch (error) { return assert.match(error instanceof Error ? error.message : '', 'one of bash, nc, curl') }
  assert.unreachable('it must fail')
})
test('arguments that do not go together', async () => {
  for (const given of [{ port: 1, path: '/x' }, { path: '/x', state: 'drained' }, { port: 1, exclude_hosts: ['a'] }]) {
    let said = ''
    try { await wait(given, fake([''])) } catch (error) { said = error instanceof Error ? error.message : '' }
    assert.ok(said !== '', JSON.stringify(given))
  }
})
test('connections that are left, and those that do not count', async () => {
  const table = '0100007F:0050 0200007F:C350 01\n00000000:0050 00000000:0000 0A\n'
  assert.is((await wait({ port: 80, state: 'drained', timeout: 0 }, fake([table]))).failed, true)
  assert.is((await wait({ port: 80, state: 'drained', exclude_hosts: ['127.0.0.2'], timeout: 0 }, fake([`${table}= 127.0.0.2\n`]))).failed, undefined)
  assert.equal(parseConnections(table).connections[0], { local: '127.0.0.1', port: 80, remote: '127.0.0.2', state: '01' })
  assert.equal([plainAddress('0000000000000000FFFF00000100007F'), plainAddress('00000000000000000000000001000000')], ['127.0.0.1', '::1'])
})
test.run()

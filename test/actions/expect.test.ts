/** The questions that the action expect answers, and a conversation with a command on this machine. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { validateArgs } from '../../runner/core/args.ts'
import { createMasker } from '../../runner/core/mask.ts'
import type { Data } from '../../runner/core/types.ts'
import type { Control, Probe, Step } from '../../runner/core/plan.ts'
import type { Pool } from '../../runner/core/session.ts'
import expect from '../../runner/actions/expect.ts'
import { Answers } from '../../runner/actions/waiting/answers.ts'
import { openPool } from '../../runner/transport/pool.ts'
import { Exchange, Machine } from '../../runner/execute/exchange.ts'

const test = suite<{ pool: Pool; call(args: Data): Promise<Data> }>('expect')
test.before(async (context) => {
  context.pool = openPool({ masker: createMasker(), warn: () => undefined })
  const session = await context.pool.session({ connection: 'local', host: 'localhost' })
  const none = (): never => { throw new Error('not in this test') }
  context.call = (args) => {
    const exchange = new Exchange(session, new Machine(), 'me', {})
    const control: Control = {
      user: 'me', host: 'web1', connection: 'local', ask: undefined, title: 'task', checkMode: false, diffMode: false, verbosity: 0,
      read: async <K, T>(probe: Probe<K, T>, key: K): Promise<T> => (await exchange.read(probe, key)).value, run: (steps: readonly Step[]) => exchange.run(steps),
      variable: none, local: none, render: none, condition: none, evaluate: none, shown: none, sleep: none, say: none, progress: none, warn: none, keepSecret: none, addHost: none, addGroup: none, load: none, origin: none, way: none, plainly: none, unforeseen: none,
    }
    return expect.run(validateArgs(expect.args, expect.rules, args, { module: 'expect', container: args }), control)
  }
})
test.after(async ({ pool }) => { await pool.close() })

test('answers questions in the order in which they come, each once', () => {
  const answers = new Answers({ '(?i)password': ['a', 'b'], name: 'me' })
  assert.equal([...answers.to('Name? no: name: ')], ['me\n'])
  assert.equal([...answers.to('Name? no: name: Password: PASSWORD ')], ['a\n', 'b\n'])
  assert.throws(() => [...answers.to('Name? no: name: Password: PASSWORD password')], /No remaining responses for '\(\?i\)password'/)
})

test('a command on a terminal is answered; what is typed does not show', async ({ call }) => {
  const script = 'printf "name: "; read n; printf "sure? "; read m; echo; test -t 0 && echo "hello $n $m"'
  const found = await call({ command: `sh -c '${script}'`, responses: { 'name:': 'bob', sure: ['yes'] } })
  assert.is(found.stdout, 'name: sure? \r\nhello bob yes')
  assert.equal(found.stdout_lines, ['name: sure? ', 'hello bob yes'])
  assert.is(found.rc, 0)
})
test('an exit code, a silent command, one that is not there, nothing to do', async ({ call }) => {
  const responses = { a: 'b' }
  assert.is((await call({ command: "sh -c 'exit 3'", responses })).msg, 'non-zero return code')
  const late = await call({ command: 'sleep 20', responses, timeout: 1 })
  assert.equal([late.msg, late.rc, late.failed], ['command exceeded timeout', null, true])
  const failed = async (args: Data): Promise<string> => call(args).then(() => '', String)
  assert.match(await failed({ command: 'no-such-program', responses }), 'The command was not found or was not executable: no-such-program.')
  assert.match(await failed({ command: ' ', responses }), 'no command given')
  assert.match(await failed({ command: 'true', responses, timeout: 'pi' }), 'cannot be converted to an int')
  assert.is((await call({ command: 'false', responses, creates: '/etc' })).stdout, 'skipped, since /etc exists')
})

test.run()

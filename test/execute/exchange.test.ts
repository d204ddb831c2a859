/** When answers are no longer believed, and for what a batch waits. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Probe, Ran, Step } from '../../runner/core/plan.ts'
import type { Session } from '../../runner/core/session.ts'
import { Exchange, Machine } from '../../runner/execute/exchange.ts'

const word: Probe<string, string> = { name: 'word', id: (key) => key, script: () => 'read', parse: (stdout, keys) => keys.map(() => stdout) }
/** A session whose steps end when `end` is called, and whose reads find the text of that moment. */
function fake(state: { text: string; end?: () => void }): Session {
  const ran = (stdout: string): Ran => ({ rc: 0, stdout, stderr: '', startedAt: 0, ms: 0 })
  return {
    user: 'u', trips: 0, close: async () => undefined,
    run: (steps: readonly Step[]) => steps[0]?.sh === 'read' ? Promise.resolve([ran(state.text)])
      : new Promise((resolve) => { state.end = () => { state.text = 'after'; resolve([ran('')]) } }),
  }
}

test('a read of another account during a step is asked again after it', async () => {
  const state: { text: string; end?: () => void } = { text: 'before' }, machine = new Machine()
  const root = new Exchange(fake(state), machine, 'root', {}), nobody = new Exchange(fake(state), machine, 'nobody', {})
  const writing = root.run([{ sh: 'write' }])
  await sleep(20)
  assert.is((await nobody.read(word, 'a')).value, 'before')
  state.end?.()
  await writing
  assert.is((await nobody.read(word, 'a')).value, 'after')
})

test('a batch waits for what is being prepared: the wait of the batch before it does not count', async () => {
  const machine = new Machine(), order: string[] = []
  const prepare = (name: string, ms: number): Promise<unknown> => machine.prepare(sleep(ms).then(() => { order.push(name) }))
  const first = prepare('first', 12)
  machine.whenPrepared(() => { order.push('sent') })
  await first
  await sleep(2)
  const second = prepare('second', 12)
  machine.whenPrepared(() => { order.push('sent') })
  await second
  await sleep(2)
  assert.equal(order, ['first', 'sent', 'second', 'sent'])
})

test('a batch waits for a file that is being read while the process gets no turn', async () => {
  const machine = new Machine(), order: string[] = []
  const read = machine.prepare(readFile(new URL(import.meta.url)).then(() => { order.push('read') }))
  machine.whenPrepared(() => { order.push('sent') })
  for (const end = performance.now() + 60; performance.now() < end;);
  await read
  await sleep(5)
  assert.equal(order, ['read', 'sent'])
})

test('a batch does not wait for ever', async () => {
  const machine = new Machine()
  let isSent = false
  const work = machine.prepare(sleep(1000))
  machine.whenPrepared(() => { isSent = true })
  for (let ms = 0; ms < 900 && !isSent; ms += 10) await sleep(10)
  assert.ok(isSent)
  await work
})

test('what cannot be foreseen says where it may be, and which answers it leaves alone', () => {
  const machine = new Machine()
  machine.predict([{ unknown: 'a mount', within: ['/proc'] }])
  assert.is(machine.unforeseen('/boot', 'stat'), undefined)
  assert.is(machine.unforeseen('/proc/x', 'stat'), 'a mount')
  assert.is(machine.unforeseen('xinetd', 'dpkg'), undefined)
  machine.predict([{ unknown: 'a package', spares: ['/sys'], keeps: ['dpkg'] }])
  assert.is(machine.unforeseen('xinetd', 'dpkg'), undefined)
  assert.is(machine.unforeseen('xinetd', 'users'), 'a package')
  assert.is(machine.unforeseen('/sys/firmware/efi', 'stat'), undefined)
  assert.is(machine.unforeseen('/etc/x', 'stat'), 'a package')
})

test.run()

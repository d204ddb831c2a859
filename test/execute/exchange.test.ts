/** What one account reads while another one's steps run is not believed once they have ended. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
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
const turns = (): Promise<void> => new Promise((resolve) => { setTimeout(resolve, 20) })

test('a read of another account during a step is asked again after it', async () => {
  const state: { text: string; end?: () => void } = { text: 'before' }, machine = new Machine()
  const root = new Exchange(fake(state), machine, 'root', {}), nobody = new Exchange(fake(state), machine, 'nobody', {})
  const writing = root.run([{ sh: 'write' }])
  await turns()
  assert.is((await nobody.read(word, 'a')).value, 'before')
  state.end?.()
  await writing
  assert.is((await nobody.read(word, 'a')).value, 'after')
})

test.run()

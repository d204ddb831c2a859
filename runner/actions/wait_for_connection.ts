/** Waits until a host can be reached. */
import { isUnreachable } from '../core/errors.ts'
import { defineAction } from '../core/module.ts'
import { waitAlive, TimeUp } from './waiting/alive.ts'

export default defineAction({
  name: 'wait_for_connection',
  doc: 'Waits until the host can be reached.',
  inCheckMode: 'skip',
  args: {
    timeout: { type: 'int', default: 600, doc: 'Most seconds to wait.' },
    delay: { type: 'int', default: 0, doc: 'Seconds before the first try.' },
    sleep: { type: 'int', default: 1, doc: 'Seconds between tries.' },
    connect_timeout: { type: 'int', default: 5, doc: 'Accepted: a connection has the time that `timeout` of the connection gives it.' },
  },
  async run(args, control) {
    if (args.delay > 0) await control.sleep(args.delay)
    try {
      const elapsed = await waitAlive(control, args.timeout, args.sleep, async () => (await control.run([{ sh: ':' }])).length === 1)
      return { changed: false, elapsed: elapsed + args.delay }
    } catch (error) {
      if (!isUnreachable(error) && !(error instanceof TimeUp)) throw error
      return { changed: false, failed: true, msg: `timed out waiting for ping module test: ${error instanceof Error ? error.message : ''}`, elapsed: args.timeout }
    }
  },
})

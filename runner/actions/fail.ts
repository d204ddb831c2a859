/** fail: ends the host's run with a message. */
import { defineAction } from '../core/module.ts'

export default defineAction({
  name: 'fail', doc: 'Fail with custom message.', inCheckMode: 'run',
  args: { msg: { type: 'raw', default: 'Failed as requested from task', doc: 'The message.' } },
  run: (args) => Promise.resolve({ failed: true, changed: false, msg: args.msg }),
})

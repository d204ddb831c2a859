/** Runs one step whose input is large on a channel of its own, so that it gets the bytes as they are and a real end of input. */
import { fault } from '../core/errors.ts'
import type { Step } from '../core/plan.ts'
import type { RunOptions } from '../core/session.ts'
import { Inbox, streamScript } from './framing.ts'
import type { Frame } from './framing.ts'
import { makeNonce } from './shell.ts'
import type { Shell } from './shell.ts'
import { Watch } from './watch.ts'

export async function feedStep(open: () => Promise<Shell>, step: Step, options: RunOptions, host: string): Promise<Frame> {
  const { pipe, facts } = await open()
  const nonce = makeNonce(), inbox = new Inbox()
  let stopped: Error | undefined
  const watch = new Watch({
    open, options, pid: facts.pid, folder: facts.folder,
    onTimeout: (seconds) => {
      stopped = fault('step-timeout', undefined, { host, seconds })
      return () => pipe.drop()
    },
  })
  watch.look(1)
  try {
    return await new Promise<Frame>((resolve, reject) => {
      let started = false
      pipe.stdout.on('data', (chunk: Buffer) => {
        inbox.push(chunk)
        if (!started && inbox.takeMarker(`${nonce}:S`)) {
          started = true
          pipe.stdin.end(step.stdin)
        }
        const frame = started ? inbox.takeFrame(nonce) : undefined
        if (frame !== undefined) stopped === undefined ? resolve(frame) : reject(stopped)
      })
      let said = ''
      pipe.stderr.on('data', (chunk: Buffer) => { said = (said + chunk.toString('utf8')).slice(-4096) })
      pipe.ended.then(() => reject(stopped ?? fault('unreachable-lost', undefined, { host, said })), reject)
      pipe.stdin.write(streamScript(nonce, { step, serial: 1 }))
    })
  } finally {
    watch.stop()
    pipe.stdin.end()
  }
}

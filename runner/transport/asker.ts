/** Asks a shell one thing at a time, for what sessions need on the side; sessions themselves write ahead (session.ts). */
import { Inbox, cleaning, stepsScript } from './framing.ts'
import type { Frame } from './framing.ts'
import { makeNonce } from './shell.ts'
import type { Shell } from './shell.ts'

export class Asker {
  private readonly shell: Shell
  private readonly inbox = new Inbox()
  private before: Promise<unknown> = Promise.resolve()
  /** Far from the numbers that a session gives to its steps in the same folder. */
  private serial = 1_000_000_000

  constructor(shell: Shell) { this.shell = shell }

  ask(text: string): Promise<Frame> {
    const answer = this.before.catch(() => undefined).then(() => this.askNow(text))
    this.before = answer
    return answer
  }
  private askNow(text: string): Promise<Frame> {
    const nonce = makeNonce()
    const { pipe, facts } = this.shell
    return new Promise((resolve, reject) => {
      const onData = (chunk: Buffer): void => {
        this.inbox.push(chunk)
        const frame = this.inbox.takeFrame(nonce)
        if (frame === undefined) return
        pipe.stdout.off('data', onData)
        resolve(frame)
      }
      pipe.stdout.on('data', onData)
      pipe.ended.then(() => reject(new Error('the shell ended')), reject)
      pipe.stdin.write(stepsScript(nonce, [{ step: { sh: text, okRc: 'any' }, serial: ++this.serial }], facts.decoder) + cleaning)
    })
  }
  close(): void { this.shell.pipe.stdin.end() }
}

/** From a frame to what the caller of `run` gets: text, exit code, times, and what happened to the session meanwhile. */
import type { Ran, Step } from '../core/plan.ts'
import { isAllowed } from './framing.ts'
import type { Frame } from './framing.ts'

export class Answers {
  private readonly host: string
  private readonly warn: (message: string) => void
  private toldEncoding = false

  constructor(host: string, warn: (message: string) => void) {
    this.host = host
    this.warn = warn
  }

  /** `startedAt`: milliseconds of the controller's clock. */
  ran(step: Step, frame: Frame, startedAt: number): Ran {
    const stdout = this.decode(frame.stdout), stderr = this.decode(frame.stderr)
    const about = { startedAt, ms: Date.now() - startedAt }
    if (frame.rc === undefined) return { rc: 1, stdout, stderr: `${stderr}play: the files that held the output are gone: something removed the folder of the session\n`, ...about }
    if (frame.signal === undefined) return { rc: frame.rc, stdout, stderr, ...about }
    // A script that signals its own shell ends with that signal; ours is still there, so the exit code is put right.
    const rc = isAllowed(step, frame.rc) ? 128 + frame.signal : frame.rc
    return { rc, stdout, stderr: `${stderr}play: the command sent signal ${frame.signal} to the session's shell ($$)\n`, ...about }
  }

  private decode(bytes: Buffer): string {
    const text = bytes.toString('utf8')
    if (!this.toldEncoding && text.includes('\uFFFD') && !Buffer.from(text, 'utf8').equals(bytes)) {
      this.toldEncoding = true
      this.warn(`${this.host}: output of a command is not UTF-8; what cannot be read is shown as \uFFFD`)
    }
    return text
  }
}

/** From a frame to what the caller of `run` gets: text, exit code, times, and what happened to the session meanwhile. */
import type { Ran, Step } from '../core/plan.ts'
import { isAllowed } from './framing.ts'
import type { Frame } from './framing.ts'

/** What became of an output that is not whole. */
const lost = {
  gone: 'the output is lost: something removed or covered the folder that held it (/dev/shm/.play-… or /tmp/.play-…) while the command ran',
  full: 'the output is not whole: where it is held (/dev/shm, or else /tmp) there is no more room',
} as const

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
    if (frame.lost !== undefined) return { rc: frame.rc, stdout, stderr: `${stderr}play: ${lost[frame.lost]}\n`, lost: lost[frame.lost], ...about }
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

/** Waits until a host can be reached again. */
import { isUnreachable } from '../../core/errors.ts'
import type { Control } from '../../core/plan.ts'

/** Seconds it took; throws the last error when time is up. */
export async function waitAlive(control: Control, timeoutSeconds: number, pauseSeconds: number, isBack: () => Promise<boolean>): Promise<number> {
  const started = Date.now()
  for (;;) {
    try {
      if (await isBack()) return Math.floor((Date.now() - started) / 1000)
    } catch (error) {
      if (!isUnreachable(error) || Date.now() - started > timeoutSeconds * 1000) throw error
    }
    if (Date.now() - started > timeoutSeconds * 1000) throw new TimeUp()
    await control.sleep(pauseSeconds)
  }
}
/** The host answers, but not as it was waited for. */
export class TimeUp extends Error {}

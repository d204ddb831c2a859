/** Which reporters a run has: JSON where asked for, the live one on a terminal, else Ansible's lines; and JUnit beside any of them. */
import type { Event, Reporter } from '../core/events.ts'
import { drawWarning, wantsColor } from './frame.ts'
import { createHuman } from './human.ts'
import type { Display, HumanOptions } from './display.ts'
import type { Out } from './human.ts'

export interface ReportOptions {
  readonly output: 'human' | 'json'
  readonly verbosity: number
  readonly display?: Display
  /** The lines go to this file too. */
  readonly logPath?: string
  /** A setting asks for this way to show a run, which is not there. */
  readonly unknownCallback?: string
  readonly adhoc?: { readonly oneLine: boolean; readonly tree?: string }
  /** Results alone, without banners: as `play adhoc` shows them. */
  readonly onlyResults?: 'minimal' | 'oneline'
}
type Env = Readonly<Record<string, string | undefined>>

/** `startedAt`: epoch milliseconds. */
export async function createReporter(out: Out & { readonly rows?: number }, err: Out, options: ReportOptions, env: Env, dumpYaml?: HumanOptions['dumpYaml'], startedAt?: number): Promise<Reporter> {
  const human: HumanOptions = { color: wantsColor(out.isTTY === true, env), verbosity: options.verbosity, display: options.display ?? {}, dumpYaml }
  if (options.unknownCallback !== undefined) err.write(`${drawWarning(`there is no way to show a run called '${options.unknownCallback}' (stdout_callback): the default is used; yaml, minimal and oneline are there, and --output json`, undefined)}\n`)
  const reporters = [await mainReporter(out, err, options, env, human, startedAt)]
  if (options.logPath !== undefined) {
    const { createLog, logProblem } = await import('./log.ts')
    const problem = logProblem(options.logPath)
    if (problem === undefined) reporters.push(createLog(options.logPath, human))
    else err.write(`${drawWarning(`there is no log: ${problem}`, undefined)}\n`)
  }
  if ((env['JUNIT_OUTPUT_DIR'] ?? '') !== '') reporters.push((await import('./junit.ts')).createJunit(env))
  return all(reporters)
}

async function mainReporter(out: Out & { readonly rows?: number }, err: Out, options: ReportOptions, env: Env, human: HumanOptions, startedAt: number | undefined): Promise<Reporter> {
  if (options.output === 'json') return (await import('./json.ts')).createJson(out, err)
  const results = options.adhoc ?? (options.onlyResults === undefined ? undefined : { oneLine: options.onlyResults === 'oneline' })
  if (results !== undefined) return (await import('./adhoc.ts')).createAdhoc(out, err, { ...results, color: human.color, verbosity: options.verbosity })
  const isLive = out.isTTY === true && env['TERM'] !== 'dumb' && (env['CI'] ?? '') === ''
  if (!isLive) return createHuman(out, err, human)
  return (await import('./live.ts')).createLive(out, err, { ...human, ...(startedAt === undefined ? {} : { startedAt }) })
}

const all = (reporters: readonly Reporter[]): Reporter => ({
  on: (event: Event) => { for (const reporter of reporters) reporter.on(event) },
  close: async () => { for (const reporter of reporters) await reporter.close() },
})

/** Which reporters a run has: JSON where asked for, the live one on a terminal, else Ansible's lines; and JUnit beside any of them. */
import type { Event, Reporter } from '../core/types.ts'
import { wantsColor } from './frame.ts'
import { createHuman } from './human.ts'
import type { Out } from './human.ts'

export interface ReportOptions {
  readonly output: 'human' | 'json'; readonly verbosity: number
  readonly adhoc?: { readonly oneLine: boolean; readonly tree?: string }
}
type Env = Readonly<Record<string, string | undefined>>

/** `startedAt`: epoch milliseconds. */
export async function createReporter(out: Out & { readonly rows?: number }, err: Out, options: ReportOptions, env: Env, startedAt?: number): Promise<Reporter> {
  const main = await mainReporter(out, err, options, env, startedAt)
  if ((env['JUNIT_OUTPUT_DIR'] ?? '') === '') return main
  const { createJunit } = await import('./junit.ts')
  return all([main, createJunit(env)])
}

async function mainReporter(out: Out & { readonly rows?: number }, err: Out, options: ReportOptions, env: Env, startedAt: number | undefined): Promise<Reporter> {
  if (options.output === 'json') return (await import('./json.ts')).createJson(out, err)
  const color = wantsColor(out.isTTY === true, env)
  if (options.adhoc !== undefined) return (await import('./adhoc.ts')).createAdhoc(out, err, { ...options.adhoc, color, verbosity: options.verbosity })
  const human = { color, verbosity: options.verbosity }
  const isLive = out.isTTY === true && env['TERM'] !== 'dumb' && (env['CI'] ?? '') === ''
  if (!isLive) return createHuman(out, err, human)
  return (await import('./live.ts')).createLive(out, err, { ...human, ...(startedAt === undefined ? {} : { startedAt }) })
}

const all = (reporters: readonly Reporter[]): Reporter => ({
  on: (event: Event) => { for (const reporter of reporters) reporter.on(event) },
  close: async () => { for (const reporter of reporters) await reporter.close() },
})

/** What the package modules say of a package tool that ran. */
import type { Data } from '../../core/types.ts'
import type { Ran } from '../../core/plan.ts'

const splitted = (text: string): string[] => text === '' ? [] : text.replace(/\n$/, '').split('\n')
/** Result keys; on failure the tool's own last words. */
export function toolResult(ran: Ran | undefined, what: string): Data {
  if (ran === undefined) return {}
  const { stdout, stderr, rc } = ran
  const data = { rc, stdout, stderr, stdout_lines: splitted(stdout), stderr_lines: splitted(stderr) }
  if (rc === 0) return data
  const said = stderr.trim() === '' ? stdout.trim().split('\n').slice(-8).join('\n') : stderr.trim()
  return { ...data, failed: true, changed: false, msg: `${what}: ${said}` }
}
export const laterKeys = ['stdout', 'stdout_lines', 'stderr', 'stderr_lines', 'rc'] as const

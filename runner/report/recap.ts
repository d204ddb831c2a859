/** The last lines of a run: how many tasks of each host ended how. */
import type { HostStats } from '../core/events.ts'
import { banner } from './style.ts'
import type { Colour, Paint } from './style.ts'

const counters: readonly (readonly [keyof HostStats, Colour])[] = [
  ['ok', 'ok'], ['changed', 'changed'], ['unreachable', 'unreachable'], ['failed', 'failed'], ['skipped', 'skipped'], ['rescued', 'ok'], ['ignored', 'warning'],
]

/** Banner, one line a host in order of names, and an empty line. `unknown` is shown only where a dry run could not tell. */
export function recap(stats: Readonly<Record<string, HostStats>>, columns: number, paint: Paint): string {
  const lines = Object.entries(stats).sort(([a], [b]) => a < b ? -1 : a > b ? 1 : 0).map(([host, counts]) => {
    const colour: Colour = counts.failed > 0 || counts.unreachable > 0 ? 'failed' : counts.changed > 0 ? 'changed' : 'ok'
    const column = ([name, own]: readonly [keyof HostStats, Colour]): string => {
      const text = `${name}=${String(counts[name]).padEnd(4)}`
      return counts[name] === 0 ? text : paint(text, own)
    }
    const shown = counts.unknown > 0 ? [...counters, ['unknown', 'unknown'] as const] : counters
    return `${paint(host, colour)}${' '.repeat(Math.max(0, 26 - host.length))} : ${shown.map(column).join(' ')}`
  })
  return [banner('PLAY RECAP', columns), ...lines, '', ''].join('\n')
}

/** Access and modification times as the file module's arguments give them. */
import { Failure } from '../../core/errors.ts'
import { attr } from '../../core/module.ts'
import { shText } from '../../core/sh.ts'
import type { Change, Target } from '../../core/plan.ts'
import { clock } from '../../probes/clock.ts'
import type { Stat } from '../../probes/stat.ts'

/** A time to set: the moment, as seconds and as touch(1) takes it. */
export type Moment = 'preserve' | 'now' | { readonly seconds: number; readonly touch: string }
export interface Times { readonly access: Moment; readonly modification: Moment }

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const parts: Readonly<Record<string, string>> = {
  Y: '(?<Y>\\d{4})', y: '(?<y>\\d{2})', m: '(?<m>\\d{1,2})', d: '(?<d>\\d{1,2})', H: '(?<H>\\d{1,2})', M: '(?<M>\\d{1,2})', S: '(?<S>\\d{1,2})',
  I: '(?<I>\\d{1,2})', p: '(?<p>am|pm)', b: `(?<b>${months.join('|')})`, B: `(?<b>${months.join('|')})[a-z]*`, j: '(?<j>\\d{1,3})', '%': '%',
  n: '\\s+', t: '\\s+', a: '[a-z]{3}', A: '[a-z]+',
}
const composed: Readonly<Record<string, string>> = { T: '%H:%M:%S', D: '%m/%d/%y', F: '%Y-%m-%d', R: '%H:%M' }

/** A text read by a strptime format, as `YYYY-MM-DD hh:mm:ss`. */
function parseTime(text: string, format: string): string {
  const wrong = (why: string): Failure => new Failure(`Error while obtaining timestamp for time ${text} using format ${format}: ${why}`)
  const whole = format.replace(/%([TDFR])/g, (_, letter: string) => composed[letter] ?? '')
  const pattern = whole.replace(/%(.)|([^%]+)/g, (_, letter: string | undefined, plain: string | undefined) => {
    if (plain !== undefined) return plain.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
    const part = parts[letter ?? '']
    if (part === undefined) throw wrong(`'${letter}' is a bad directive in format '${format}'`)
    return part
  })
  const found = new RegExp(`^${pattern}$`, 'i').exec(text)?.groups
  if (found === undefined) throw wrong(`time data '${text}' does not match format '${format}'`)
  const short = Number(found.y ?? 0)
  const year = found.Y !== undefined ? Number(found.Y) : found.y === undefined ? 1900 : short < 69 ? 2000 + short : 1900 + short
  const month = found.b === undefined ? Number(found.m ?? 1) : months.indexOf(found.b.toLowerCase()) + 1
  const hour = found.I === undefined ? Number(found.H ?? 0) : Number(found.I) % 12 + (found.p?.toLowerCase() === 'pm' ? 12 : 0)
  const date = found.j === undefined ? new Date(Date.UTC(year, month - 1, Number(found.d ?? 1))) : new Date(Date.UTC(year, 0, Number(found.j)))
  if (found.j === undefined && date.getUTCMonth() !== month - 1) throw wrong('day is out of range for month')
  const two = (value: number): string => String(value).padStart(2, '0')
  return `${date.toISOString().slice(0, 10)} ${two(hour)}:${two(Number(found.M ?? 0))}:${two(Number(found.S ?? 0))}`
}

export async function toMoment(target: Target, given: string | undefined, format: string, missing: 'preserve' | 'now'): Promise<Moment> {
  const text = given ?? missing
  if (text === 'preserve' || text === 'now') return text
  const local = parseTime(text, format)
  const seconds = await target.read(clock, local)
  if (seconds === undefined) throw new Failure(`the host's date command does not read ${local}`)
  return { seconds, touch: local.replace(/[- :]/g, '').replace(/(..)$/, '.$1') }
}

/** What it takes to give a path these times. `is` undefined: it was made just now. */
export function planTimes(path: string, is: Stat | undefined, times: Times): { readonly changes: readonly Change[]; readonly commands: readonly string[] } {
  const changes: Change[] = [], commands: string[] = []
  // both at once needs no ownership, only the right to write
  const both = times.modification === 'now' && times.access === 'now'
  for (const [name, option, moment] of [['mtime', '-m', times.modification], ['atime', '-a', times.access]] as const) {
    if (moment === 'preserve') continue
    const before = is?.live?.[name]
    if (moment === 'now') {
      if (is === undefined) continue
      changes.push(attr(path, name, before ?? null, 'now'))
      if (!both) commands.push(shText`touch -c ${option} -- ${path}`)
      else if (name === 'mtime') commands.push(shText`touch -c -- ${path}`)
    } else if (before !== moment.seconds) {
      changes.push(attr(path, name, before ?? null, moment.seconds))
      commands.push(shText`touch -c ${option} -t ${moment.touch} -- ${path}`)
    }
  }
  return { changes, commands }
}

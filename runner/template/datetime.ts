/** Python's datetime and timedelta, as the filters to_datetime and strftime and the function now() give them. */
import type { Call } from './call.ts'
import { float } from '../core/value.ts'
import { asIndex, asNumber, div, isInt } from './numbers.ts'
import { Refusal } from './params.ts'
import { pyError, PyObject, pyStr } from './python.ts'
import { formatDate } from './strftime.ts'

/** Microseconds since the epoch, on the calendar (no time zone). */
export type Micros = bigint
export interface DateTime { readonly micros: Micros; readonly offsetMinutes: number | undefined }

const second = 1_000_000n, day = 86_400n * second
const floorDiv = (a: bigint, b: bigint): bigint => (a >= 0n ? a / b : -((-a + b - 1n) / b))
const floorMod = (a: bigint, b: bigint): bigint => a - floorDiv(a, b) * b
const toDate = (micros: Micros): Date => new Date(Number(floorDiv(micros, 1000n)))

/** The value of a datetime or timedelta object, kept beside it. */
const times = new WeakMap<PyObject, DateTime>()
const spans = new WeakMap<PyObject, Micros>()
const dates = new WeakMap<PyObject, Micros>()
const clocks = new WeakMap<PyObject, Micros>()
export const timeOf = (value: unknown): DateTime | undefined => value instanceof PyObject ? times.get(value) : undefined
const dayOf = (value: unknown): Micros | undefined => value instanceof PyObject ? dates.get(value) : undefined
const spanOf = (value: unknown): Micros | undefined => value instanceof PyObject ? spans.get(value) : undefined

const pad = (value: number | bigint, width = 2): string => String(value).padStart(width, '0')
function offsetText(minutes: number | undefined): string {
  if (minutes === undefined) return ''
  const size = Math.abs(minutes)
  return `${minutes < 0 ? '-' : '+'}${pad(Math.floor(size / 60))}:${pad(size % 60)}`
}
function isoText({ micros, offsetMinutes }: DateTime, between: string): string {
  const date = toDate(micros), rest = floorMod(micros, second)
  const days = `${pad(date.getUTCFullYear(), 4)}-${pad(date.getUTCMonth() + 1)}-${pad(date.getUTCDate())}`
  const time = `${pad(date.getUTCHours())}:${pad(date.getUTCMinutes())}:${pad(date.getUTCSeconds())}`
  return `${days}${between}${time}${rest === 0n ? '' : `.${pad(rest, 6)}`}${offsetText(offsetMinutes)}`
}
const method = (run: (call: Call) => unknown) => (call: Call): unknown => run(call)
const localOffset = (micros: Micros): bigint => BigInt(toDate(micros).getTimezoneOffset()) * 60n * second

function timestamp({ micros, offsetMinutes }: DateTime): unknown {
  const utc = offsetMinutes === undefined ? localToUtc(micros) : micros - BigInt(offsetMinutes) * 60n * second
  return float(Number(utc) / 1e6)
}
/** Epoch microseconds of a time on the local calendar. */
function localToUtc(micros: Micros): Micros {
  const date = toDate(micros)
  const local = new Date(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate(), date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds())
  return BigInt(local.getTime()) * 1000n + floorMod(micros, second)
}
export const utcToLocal = (micros: Micros): Micros => micros - localOffset(micros)

function timeAttribute(time: DateTime, name: string): unknown {
  const date = toDate(time.micros)
  switch (name) {
    case 'year': return date.getUTCFullYear()
    case 'month': return date.getUTCMonth() + 1
    case 'day': return date.getUTCDate()
    case 'hour': return date.getUTCHours()
    case 'minute': return date.getUTCMinutes()
    case 'second': return date.getUTCSeconds()
    case 'microsecond': return Number(floorMod(time.micros, second))
    case 'tzinfo': return null
    case 'strftime': return method((call) => formatDate(pyStr(call.args[0] ?? call.kwargs.format), time.micros, time.offsetMinutes))
    case 'isoformat': return method((call) => isoText(time, pyStr(call.args[0] ?? call.kwargs.sep ?? 'T')))
    case 'timestamp': return method(() => timestamp(time))
    case 'weekday': return method(() => (date.getUTCDay() + 6) % 7)
    case 'isoweekday': return method(() => date.getUTCDay() || 7)
    case 'toordinal': return method(() => Number(floorDiv(time.micros, day)) + 719_163)
    case 'date': return method(() => makeDateOnly(time))
    case 'time': return method(() => makeClock(time))
    case 'replace': return method((call) => replaced(time, call))
    default: return undefined
  }
}
function replaced(time: DateTime, call: Call): PyObject {
  const names = ['year', 'month', 'day', 'hour', 'minute', 'second', 'microsecond']
  const parts = names.map((name, i) => {
    const given = call.args[i] ?? call.kwargs[name]
    return given === undefined ? Number(timeAttribute(time, name)) : asIndex(given)
  })
  return makeTime({ micros: calendar(parts), offsetMinutes: time.offsetMinutes })
}
/** year, month, day, hour, minute, second, microsecond; throws for a day that is not in the calendar. */
export function calendar(parts: readonly number[]): Micros {
  const [year = 1970, month = 1, date = 1, hour = 0, minute = 0, seconds = 0, micro = 0] = parts
  const made = new Date(0)
  made.setUTCFullYear(year, month - 1, date)
  made.setUTCHours(hour, minute, seconds)
  if (made.getUTCMonth() !== month - 1 || made.getUTCDate() !== date) throw new Refusal(`day is out of range for month: ${year}-${pad(month)}-${pad(date)}`)
  return BigInt(made.getTime()) * 1000n + BigInt(micro)
}
const ofDate = new Set(['year', 'month', 'day', 'strftime', 'weekday', 'isoweekday', 'toordinal'])
const ofClock = new Set(['hour', 'minute', 'second', 'microsecond', 'tzinfo', 'strftime'])
/** A day of the calendar. Its span since another day counts whole days. */
function makeDateOnly(time: DateTime): PyObject {
  const micros = floorDiv(time.micros, day) * day
  const shown = isoText({ micros, offsetMinutes: undefined }, 'T').slice(0, 10)
  const object: PyObject = new PyObject('date', (name) => name === 'isoformat' ? method(() => shown) : ofDate.has(name) ? timeAttribute({ micros, offsetMinutes: undefined }, name) : undefined, {
    str: () => shown,
    binary(op, other, reversed) {
      if (op === 'iso') return shown
      if (op === 'format') return formatDate(pyStr(other), micros, undefined)
      const span = spanOf(other), since = dayOf(other)
      if (op === '+' && span !== undefined) return makeDateOnly({ micros: micros + floorDiv(span, day) * day, offsetMinutes: undefined })
      if (op !== '-' || reversed) return undefined
      if (span !== undefined) return makeDateOnly({ micros: micros - floorDiv(span, day) * day, offsetMinutes: undefined })
      return since === undefined ? undefined : makeSpan(micros - since)
    },
    compare: (other) => { const found = dayOf(other); return found === undefined ? undefined : Number(micros - found) },
  })
  dates.set(object, micros)
  return object
}
/** The time of a day without its date. */
function makeClock(time: DateTime): PyObject {
  const micros = floorMod(time.micros, day)
  const shown = isoText({ micros, offsetMinutes: undefined }, 'T').slice(11)
  const object: PyObject = new PyObject('time', (name) => name === 'isoformat' ? method(() => shown) : ofClock.has(name) ? timeAttribute({ micros, offsetMinutes: undefined }, name) : undefined, {
    str: () => shown,
    binary: (op, other) => op === 'iso' ? shown : op === 'format' ? formatDate(pyStr(other), micros, undefined) : undefined,
    compare: (other) => { const found = other instanceof PyObject ? clocks.get(other) : undefined; return found === undefined ? undefined : Number(micros - found) },
  })
  clocks.set(object, micros)
  return object
}

export function makeTime(time: DateTime): PyObject {
  const object: PyObject = new PyObject('datetime', (name) => timeAttribute(time, name), {
    str: () => isoText(time, ' '),
    binary(op, other, reversed) {
      if (op === 'iso') return isoText(time, 'T')
      if (op === 'format') return formatDate(pyStr(other), time.micros, time.offsetMinutes)
      const span = spanOf(other), since = timeOf(other)
      if (op === '+' && span !== undefined) return makeTime({ ...time, micros: time.micros + span })
      if (op !== '-' || reversed) return undefined
      if (span !== undefined) return makeTime({ ...time, micros: time.micros - span })
      if (since === undefined) return undefined
      if ((since.offsetMinutes === undefined) !== (time.offsetMinutes === undefined)) throw pyError('TypeError', "can't subtract offset-naive and offset-aware datetimes")
      const apart = BigInt((time.offsetMinutes ?? 0) - (since.offsetMinutes ?? 0)) * 60n * second
      return makeSpan(time.micros - since.micros - apart)
    },
    compare: (other) => { const found = timeOf(other); return found === undefined ? undefined : Number(time.micros - found.micros) },
  })
  times.set(object, time)
  return object
}

function spanText(micros: Micros): string {
  const days = floorDiv(micros, day), left = floorMod(micros, day), rest = left % second
  const clock = `${left / (3600n * second)}:${pad(left / (60n * second) % 60n)}:${pad(left / second % 60n)}`
  const plural = days === 1n || days === -1n ? '' : 's'
  return `${days === 0n ? '' : `${days} day${plural}, `}${clock}${rest === 0n ? '' : `.${pad(rest, 6)}`}`
}
function spanAttribute(micros: Micros, name: string): unknown {
  switch (name) {
    case 'days': return Number(floorDiv(micros, day))
    case 'seconds': return Number(floorMod(micros, day) / second)
    case 'microseconds': return Number(floorMod(micros, second))
    case 'total_seconds': return method(() => float(Number(micros) / 1e6))
    default: return undefined
  }
}
function makeSpan(micros: Micros): PyObject {
  const object: PyObject = new PyObject('timedelta', (name) => spanAttribute(micros, name), {
    str: () => spanText(micros),
    truth: () => micros !== 0n,
    binary(op, other, reversed) {
      const span = spanOf(other)
      if (op === 'neg') return makeSpan(-micros)
      if (op === '+' && span !== undefined) return makeSpan(micros + span)
      if (op === '-' && span !== undefined) return makeSpan(micros - span)
      if (op === '*' && isInt(other)) return makeSpan(micros * BigInt(other))
      if (op === '/' && !reversed && span !== undefined) return div(Number(micros), Number(span))
      const by = asNumber(other)
      return op === '/' && !reversed && by !== undefined ? makeSpan(BigInt(Math.round(Number(micros) / by))) : undefined
    },
    compare: (other) => { const found = spanOf(other); return found === undefined ? undefined : Number(micros - found) },
  })
  spans.set(object, micros)
  return object
}

/** Python: datetime.now(), or utcnow() without a zone. */
export function now(utc: boolean): PyObject {
  const micros = BigInt(Date.now()) * 1000n
  return makeTime({ micros: utc ? micros : utcToLocal(micros), offsetMinutes: undefined })
}

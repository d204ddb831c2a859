/** Dates as text and back: the codes of strftime and strptime, in the C locale. */
import { Refusal } from './params.ts'
import type { Micros } from './datetime.ts'

const days = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']
const months = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December']
const pad = (value: number, width = 2, fill = '0'): string => String(value).padStart(width, fill)
const dayMs = 86_400_000

const dayOfYear = (date: Date): number => Math.floor((date.getTime() - Date.UTC(date.getUTCFullYear(), 0, 1)) / dayMs) + 1
/** Weeks of the year that start on this day of the week. */
const weekOf = (date: Date, firstDay: number): number => Math.floor((dayOfYear(date) + 6 - (date.getUTCDay() + 7 - firstDay) % 7) / 7)
function isoWeek(date: Date): { year: number; week: number } {
  const thursday = new Date(date.getTime() + (4 - (date.getUTCDay() || 7)) * dayMs)
  return { year: thursday.getUTCFullYear(), week: Math.floor((dayOfYear(thursday) - 1) / 7) + 1 }
}
const zone = (minutes: number): string => `${minutes < 0 ? '-' : '+'}${pad(Math.floor(Math.abs(minutes) / 60))}${pad(Math.abs(minutes) % 60)}`

/** Python: strftime. Unknown codes stay as they are, as with glibc. */
export function formatDate(format: string, micros: Micros, offsetMinutes: number | undefined): string {
  const rest = Number(((micros % 1_000_000n) + 1_000_000n) % 1_000_000n)
  const date = new Date(Number((micros - BigInt(rest)) / 1000n))
  const hour12 = date.getUTCHours() % 12 || 12
  const one = (code: string): string => {
    switch (code) {
      case 'a': return (days[date.getUTCDay()] ?? '').slice(0, 3)
      case 'A': return days[date.getUTCDay()] ?? ''
      case 'b': case 'h': return (months[date.getUTCMonth()] ?? '').slice(0, 3)
      case 'B': return months[date.getUTCMonth()] ?? ''
      case 'c': return many('%a %b %e %H:%M:%S %Y')
      case 'C': return pad(Math.floor(date.getUTCFullYear() / 100))
      case 'd': return pad(date.getUTCDate())
      case 'D': case 'x': return many('%m/%d/%y')
      case 'e': return pad(date.getUTCDate(), 2, ' ')
      case 'f': return pad(rest, 6)
      case 'F': return many('%Y-%m-%d')
      case 'g': return pad(isoWeek(date).year % 100)
      case 'G': return String(isoWeek(date).year)
      case 'H': return pad(date.getUTCHours())
      case 'I': return pad(hour12)
      case 'j': return pad(dayOfYear(date), 3)
      case 'k': return pad(date.getUTCHours(), 2, ' ')
      case 'l': return pad(hour12, 2, ' ')
      case 'm': return pad(date.getUTCMonth() + 1)
      case 'M': return pad(date.getUTCMinutes())
      case 'n': return '\n'
      case 'p': return date.getUTCHours() < 12 ? 'AM' : 'PM'
      case 'P': return date.getUTCHours() < 12 ? 'am' : 'pm'
      case 'r': return many('%I:%M:%S %p')
      case 'R': return many('%H:%M')
      case 's': return String(Math.floor(date.getTime() / 1000) + (offsetMinutes === undefined ? date.getTimezoneOffset() * 60 : -offsetMinutes * 60))
      case 'S': return pad(date.getUTCSeconds())
      case 't': return '\t'
      case 'T': case 'X': return many('%H:%M:%S')
      case 'u': return String(date.getUTCDay() || 7)
      case 'U': return pad(weekOf(date, 0))
      case 'V': return pad(isoWeek(date).week)
      case 'w': return String(date.getUTCDay())
      case 'W': return pad(weekOf(date, 1))
      case 'y': return pad(date.getUTCFullYear() % 100)
      case 'Y': return String(date.getUTCFullYear())
      case 'z': return offsetMinutes === undefined ? '' : zone(offsetMinutes)
      case 'Z': return offsetMinutes === undefined ? '' : offsetMinutes === 0 ? 'UTC' : `UTC${zone(offsetMinutes)}`
      case '%': return '%'
      default: return `%${code}`
    }
  }
  const many = (text: string): string => text.replace(/%([-_0^#:]?)([A-Za-z%])/gs, (_, flag: string, code: string) => {
    const text = one(code)
    switch (flag) {
      case '-': return text.replace(/^[0 ]+(?=\d)/, '')
      case '_': return text.replace(/^0+(?=\d)/, (zeros) => ' '.repeat(zeros.length))
      case '^': return text.toUpperCase()
      case ':': return code === 'z' ? text.replace(/(\d\d)$/, ':$1') : text
      default: return text
    }
  })
  return many(format)
}

type Fields = Record<string, number>
interface Code { readonly pattern: string; readonly read: (text: string, fields: Fields) => void }
const numeric = (pattern: string, name: string): Code => ({ pattern, read: (text, fields) => { fields[name] = Number(text) } })
const named = (names: readonly string[], name: string, first: number): Code => ({
  pattern: [...names].sort((a, b) => b.length - a.length).join('|'),
  read: (text, fields) => { fields[name] = names.findIndex((one) => one.toLowerCase() === text.toLowerCase()) + first },
})
const shortNames = (names: readonly string[]): string[] => names.map((one) => one.slice(0, 3))
const codes: Readonly<Record<string, Code>> = {
  Y: numeric('\\d{4}', 'year'), m: numeric('1[0-2]|0[1-9]|[1-9]', 'month'), d: numeric('3[01]|[12]\\d|0[1-9]|[1-9]| [1-9]', 'day'),
  H: numeric('2[0-3]|[01]\\d|\\d', 'hour'), M: numeric('[0-5]\\d|\\d', 'minute'), S: numeric('6[01]|[0-5]\\d|\\d', 'second'),
  I: numeric('1[0-2]|0[1-9]|[1-9]', 'hour12'), j: numeric('36[0-6]|3[0-5]\\d|[12]\\d\\d|0[1-9]\\d|00[1-9]|[1-9]\\d|0[1-9]|[1-9]', 'yearDay'),
  f: { pattern: '\\d{1,6}', read: (text, fields) => { fields.micro = Number(text.padEnd(6, '0')) } },
  y: { pattern: '\\d{2}', read: (text, fields) => { fields.year = Number(text) + (Number(text) <= 68 ? 2000 : 1900) } },
  p: { pattern: 'am|pm', read: (text, fields) => { fields.isPm = text.toLowerCase() === 'pm' ? 1 : 0 } },
  B: named(months, 'month', 1), b: named(shortNames(months), 'month', 1), A: named(days, 'weekDay', 0), a: named(shortNames(days), 'weekDay', 0),
  z: {
    pattern: '[+-]\\d{2}:?[0-5]\\d(?::?[0-5]\\d)?|Z',
    read: (text, fields) => {
      const [, sign, hours, minutes] = /^([+-])(\d{2}):?(\d{2})/.exec(text) ?? []
      fields.offset = sign === undefined ? 0 : (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes))
    },
  },
  Z: { pattern: 'utc|gmt', read: () => undefined },
  w: numeric('[0-6]', 'weekDay'), u: numeric('[1-7]', 'weekDay'), U: numeric('5[0-3]|[0-4]\\d|\\d', 'week'), W: numeric('5[0-3]|[0-4]\\d|\\d', 'week'),
  '%': { pattern: '%', read: () => undefined },
}
const joint: Readonly<Record<string, string>> = { D: '%m/%d/%y', F: '%Y-%m-%d', T: '%H:%M:%S', R: '%H:%M', c: '%a %b %d %H:%M:%S %Y', x: '%m/%d/%y', X: '%H:%M:%S' }

export interface Parsed { readonly parts: readonly number[]; readonly offsetMinutes: number | undefined }
/** Python: strptime. Throws Refusal in Python's words where the text does not fit. */
export function parseDate(text: string, format: string): Parsed {
  const reads: Code[] = []
  const full = format.replace(/%([cxXDFTR])/g, (_, code: string) => joint[code] ?? '')
  const pattern = full.replace(/%(.)|\s+|[\\^$.*+?()[\]{}|]/gs, (whole, code: string | undefined) => {
    if (code === undefined) return /^\s/.test(whole) ? '\\s+' : `\\${whole}`
    const known = Object.hasOwn(codes, code) ? codes[code] : undefined
    if (known === undefined) throw new Refusal(`'${code}' is a bad directive in format '${format}'`)
    reads.push(known)
    return `(${known.pattern})`
  })
  const match = new RegExp(`^${pattern}`, 'i').exec(text)
  if (match === null) throw new Refusal(`time data '${text}' does not match format '${format}'`)
  if (match[0].length < text.length) throw new Refusal(`unconverted data remains: ${text.slice(match[0].length)}`)
  const fields: Fields = {}
  reads.forEach((code, i) => code.read(match[i + 1] ?? '', fields))
  const hour = fields.hour12 === undefined ? fields.hour ?? 0 : fields.hour12 % 12 + (fields.isPm === 1 ? 12 : 0)
  const isByDay = fields.yearDay !== undefined && fields.month === undefined
  const parts = [fields.year ?? 1900, isByDay ? 1 : fields.month ?? 1, fields.day ?? 1, hour, fields.minute ?? 0, fields.second ?? 0, fields.micro ?? 0]
  if (!isByDay) return { parts, offsetMinutes: fields.offset }
  const date = new Date(Date.UTC(fields.year ?? 1900, 0, fields.yearDay))
  return { parts: [date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate(), ...parts.slice(3)], offsetMinutes: fields.offset }
}

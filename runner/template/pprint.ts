/** Python: pprint.pformat with its defaults (width 80, keys sorted). */
import { dictEntries, isDict, Tuple } from '../core/value.ts'
import { compare, pyRepr } from './python.ts'

const width = 80

/** Keys of one type in their order, others by type and text, as pprint has it. */
function sorted(entries: [unknown, unknown][]): [unknown, unknown][] {
  return entries.sort(([a], [b]) => {
    try { return compare(a, b) } catch { return pyRepr(a) < pyRepr(b) ? -1 : 1 }
  })
}
function plain(value: unknown): string {
  if (isDict(value)) return `{${sorted(dictEntries(value)).map(([key, item]) => `${plain(key)}: ${plain(item)}`).join(', ')}}`
  if (value instanceof Tuple) return value.length === 1 ? `(${plain(value[0])},)` : `(${Array.from(value, plain).join(', ')})`
  return Array.isArray(value) ? `[${value.map(plain).join(', ')}]` : pyRepr(value)
}

/** Long text in several literals, cut after spaces. */
function longText(value: string, indent: number, allowance: number, isTop: boolean): string {
  const lines = value.match(/[^\n]*\n|[^\n]+$/g) ?? []
  const room = width - indent - (isTop ? 1 : 0), parts: string[] = []
  lines.forEach((line, at) => {
    const isLast = at === lines.length - 1
    if (pyRepr(line).length <= room - (isLast ? allowance : 0)) { parts.push(pyRepr(line)); return }
    const words = line.match(/\S*\s*/g)?.filter((word) => word !== '') ?? []
    let current = ''
    words.forEach((word, i) => {
      const most = room - (isLast && i === words.length - 1 ? allowance : 0)
      if (pyRepr(current + word).length > most) { if (current !== '') parts.push(pyRepr(current)); current = word } else current += word
    })
    if (current !== '') parts.push(pyRepr(current))
  })
  if (parts.length <= 1) return pyRepr(value)
  const pad = `\n${' '.repeat(indent + (isTop ? 1 : 0))}`
  return isTop ? `(${parts.join(pad)})` : parts.join(pad)
}

function format(value: unknown, indent: number, allowance: number, isTop: boolean): string {
  const short = plain(value)
  if (short.length <= width - indent - allowance) return short
  if (typeof value === 'string') return longText(value, indent, allowance + (isTop ? 1 : 0), isTop)
  const pad = `,\n${' '.repeat(indent + 1)}`
  if (isDict(value)) {
    const entries = sorted(dictEntries(value))
    const parts = entries.map(([key, item], i) => {
      const name = `${pyRepr(key)}: `
      return name + format(item, indent + 1 + name.length, i === entries.length - 1 ? allowance + 1 : 1, false)
    })
    return `{${parts.join(pad)}}`
  }
  if (!Array.isArray(value)) return short
  const isTuple = value instanceof Tuple, end = isTuple && value.length === 1 ? ',)' : isTuple ? ')' : ']'
  const parts = Array.from(value, (item, i) => format(item, indent + 1, i === value.length - 1 ? allowance + end.length : 1, false))
  return `${isTuple ? '(' : '['}${parts.join(pad)}${end}`
}
export const pformat = (value: unknown): string => format(value, 0, 0, true)

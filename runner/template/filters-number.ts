/** Filters on numbers: rounding as Python rounds, powers and logarithms, sizes for people. */
import type { Filter } from './call.ts'
import { Float, float } from '../core/value.ts'
import { asIndex, asNumber, isInt, shrink } from './numbers.ts'
import { filterTable, Refusal } from './params.ts'
import { given, isTruthy, pyStr, typeName } from './python.ts'

function number(value: unknown, name: string): number {
  const found = asNumber(value)
  if (found === undefined) throw new Refusal(`${name}() can only be used on numbers, not on ${pyStr(given(value))} (${typeName(value)})`)
  return found
}

/** A double as an exact fraction: numerator over a power of two. */
function fraction(value: number): { top: bigint; bottom: bigint } {
  let top = value, bottom = 1n
  while (!Number.isInteger(top)) { top *= 2; bottom *= 2n }
  return { top: BigInt(top), bottom }
}
/** To the nearest whole number, halves to the even one. */
function divideEven(top: bigint, bottom: bigint): bigint {
  const sign = top < 0n ? -1n : 1n, size = top * sign
  const whole = size / bottom, twice = (size % bottom) * 2n
  return sign * (twice > bottom || (twice === bottom && whole % 2n === 1n) ? whole + 1n : whole)
}
/** Python: round(value, digits), exact on the binary value. */
function roundEven(value: unknown, digits: number): unknown {
  if (isInt(value) || typeof value === 'boolean') {
    const whole = BigInt(asIndex(value))
    if (digits >= 0) return isInt(value) ? value : shrink(whole)
    const unit = 10n ** BigInt(-digits)
    return shrink(divideEven(typeof value === 'bigint' ? value : whole, unit) * unit)
  }
  const plain = number(value, 'round')
  if (!Number.isFinite(plain) || digits > 300) return value
  const { top, bottom } = fraction(plain)
  const scaled = digits >= 0 ? divideEven(top * 10n ** BigInt(digits), bottom) : divideEven(top, bottom * 10n ** BigInt(-digits))
  const rounded = Number(`${scaled}e${-digits}`)
  return float(rounded === 0 && plain < 0 ? -0 : rounded)
}

function round(value: unknown, precision: unknown, method: unknown): unknown {
  const digits = asIndex(precision)
  if (method === 'common') return roundEven(value, digits)
  if (method !== 'ceil' && method !== 'floor') throw new Refusal('method must be common, ceil or floor')
  const unit = 10 ** digits
  return float((method === 'ceil' ? Math.ceil : Math.floor)(number(value, 'round') * unit) / unit)
}

function logarithm(value: unknown, base: unknown): unknown {
  const x = number(value, 'log'), b = base === null ? Math.E : number(base, 'log')
  if (x <= 0 || b <= 0) throw new Refusal('math domain error: log needs positive numbers')
  if (b === 1) throw new Refusal('float division by zero: 1 is no base of a logarithm')
  return float(b === 10 ? Math.log10(x) : base === null ? Math.log(x) : Math.log(x) / Math.log(b))
}
function power(value: unknown, exponent: unknown): unknown {
  const x = number(value, 'pow'), y = number(exponent, 'pow'), made = x ** y
  if ((x === 0 && y < 0) || (Number.isNaN(made) && !Number.isNaN(x) && !Number.isNaN(y))) throw new Refusal('math domain error')
  if (!Number.isFinite(made) && Number.isFinite(x) && Number.isFinite(y)) throw new Refusal('math range error: the result is too large')
  return float(made)
}
function root(value: unknown, base: unknown): unknown {
  const x = number(value, 'root'), b = number(base, 'root')
  if (b === 0) throw new Refusal('float division by zero')
  if (x < 0) throw new Refusal('root() can only be used on numbers that have a real root')
  return float(b === 2 ? Math.sqrt(x) : x ** (1 / b))
}

const units = ['Y', 'Z', 'E', 'P', 'T', 'G', 'M', 'K', 'B'] as const
const sizeOf = (unit: string): number => 2 ** (10 * (8 - units.indexOf(unit as (typeof units)[number])))
const unitNames: Readonly<Record<string, readonly [string, string]>> = {
  B: ['byte', 'bit'], K: ['kilobyte', 'kilobit'], M: ['megabyte', 'megabit'], G: ['gigabyte', 'gigabit'], T: ['terabyte', 'terabit'],
  P: ['petabyte', 'petabit'], E: ['exabyte', 'exabit'], Z: ['zetabyte', 'zetabit'], Y: ['yottabyte', 'yottabit'],
}

function humanReadable(value: unknown, isBits: boolean, unit: unknown): string {
  const size = asNumber(value)
  if (size === undefined) throw new Refusal(`human_readable() failed on bad input: can't interpret following string: ${pyStr(given(value))}`)
  if (unit !== null && typeof unit !== 'string') throw new Refusal("human_readable() can't interpret the input")
  const base = isBits ? 'bits' : 'Bytes'
  const found = unit === null ? units.find((one) => size >= sizeOf(one)) : units.find((one) => unit.toUpperCase() === one)
  const suffix = found ?? 'B'
  return `${(size / sizeOf(suffix)).toFixed(2)} ${suffix === 'B' ? base : suffix + base.charAt(0)}`
}

function humanToBytes(value: unknown, defaultUnit: unknown, isBits: boolean): unknown {
  const shown = pyStr(value)
  const found = /^([0-9]*\.?[0-9]+)(?:\s*([A-Za-z]+))?\s*$/.exec(shown)
  if (found === null) throw new Refusal(`human_to_bytes() can't interpret following string: ${shown}`)
  const amount = Number(found[1])
  const unit = found[2] ?? (typeof defaultUnit === 'string' ? defaultUnit : undefined)
  if (unit === undefined || unit === '') return roundToInt(amount)
  const key = unit.charAt(0).toUpperCase(), names = unitNames[key]
  if (names === undefined) throw new Refusal(`human_to_bytes() failed to convert ${shown} (unit = ${unit}). The suffix must be one of ${units.join(', ')}`)
  if (unit.length > 1) {
    const letter = isBits ? 'b' : 'B', short = key === 'B' ? letter : `${key}${letter}`
    if (unit.toLowerCase() !== names[isBits ? 1 : 0] && unit !== short) {
      const expected = key === 'B' ? `expect ${letter} or ${isBits ? 'bit' : 'byte'}` : `expect ${key}${letter} or ${key}`
      throw new Refusal(`human_to_bytes() failed to convert ${shown}. Value is not a valid string (${expected})`)
    }
  }
  return roundToInt(amount * sizeOf(key))
}
const roundToInt = (value: number): unknown => {
  const made = roundEven(float(value), 0)
  return made instanceof Float ? shrink(BigInt(made.value)) : made
}

const scales = ['k', 'M', 'G', 'T', 'P', 'E', 'Z', 'Y']
function fileSize(value: unknown, binary: boolean): string {
  const size = typeof value === 'string' ? Number(value) : asNumber(value)
  if (size === undefined || Number.isNaN(size) || value === '') throw new Refusal(`could not convert ${pyStr(given(value))} to a number of bytes`)
  const base = binary ? 1024 : 1000
  if (size === 1) return '1 Byte'
  if (size < base) return `${Math.trunc(size)} Bytes`
  const found = scales.findIndex((_, i) => size < base ** (i + 2))
  const i = found < 0 ? scales.length - 1 : found
  const scale = scales[i] ?? ''
  return `${(base * size / base ** (i + 2)).toFixed(1)} ${binary ? `${scale.toUpperCase()}i` : scale}B`
}

export const numberFilters: Record<string, Filter> = filterTable({
  'abs()': (value) => {
    if (typeof value === 'bigint') return value < 0n ? shrink(-value) : value
    const plain = asNumber(value)
    if (plain === undefined) throw new Refusal(`bad operand type for abs(): '${typeName(value)}'`)
    return value instanceof Float ? new Float(Math.abs(plain)) : Math.abs(plain)
  },
  'round(precision=0, method="common")': (value, [precision, method]) => round(value, precision, method),
  'log(base=None)': (value, [base]) => logarithm(value, base),
  'pow(y)': (value, [exponent]) => power(value, exponent),
  'root(base=2)': (value, [base]) => root(value, base),
  'human_readable(isbits=False, unit=None)': (value, [isBits, unit]) => humanReadable(value, isTruthy(isBits), unit),
  'human_to_bytes(default_unit=None, isbits=False)': (value, [unit, isBits]) => humanToBytes(value, unit, isTruthy(isBits)),
  'filesizeformat(binary=False)': (value, [binary]) => fileSize(value, isTruthy(binary)),
})

/** Python's arithmetic: ints of any size, floats that stay floats, bools that count as ints; `+`, `*` and `%` of text and lists too. */
import { Float, float, isDict, Tuple } from '../core/value.ts'
import { contains, given, makeSet, numeric, PyObject, pyError, typeName } from './python.ts'

type Int = number | bigint

/** An int, not a bool. */
export const isInt = (value: unknown): value is Int => typeof value === 'bigint' || (typeof value === 'number' && Number.isInteger(value))
export const isFloat = (value: unknown): value is number | Float =>
  value instanceof Float || (typeof value === 'number' && !Number.isInteger(value))
/** int, float or bool. */
export const isNumber = (value: unknown): value is Int | Float | boolean => numeric(value) !== undefined

/** As a JavaScript number; undefined for what is no number. Big ints lose precision. */
export function asNumber(value: unknown): number | undefined {
  const found = numeric(value)
  return found === undefined ? undefined : Number(found)
}
/** A big int as a plain number where that is exact. */
export const shrink = (value: bigint): Int =>
  value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value

/** An index or count; TypeError for anything but int and bool. */
export function asIndex(value: unknown, what = 'integer'): number {
  given(value)
  if (typeof value === 'boolean' || isInt(value)) return Number(value)
  throw pyError('TypeError', `'${typeName(value)}' object cannot be interpreted as an ${what}`)
}

type Op = '+' | '-' | '*' | '/' | '//' | '%' | '**'
const wrong = (op: Op, a: unknown, b: unknown): Error =>
  pyError('TypeError', op === '+' && typeof a === 'string'
    ? `can only concatenate str (not "${typeName(b)}") to str`
    : `unsupported operand type(s) for ${op === '**' ? '** or pow()' : op}: '${typeName(a)}' and '${typeName(b)}'`)

/** Runs `ints` if both are ints (exactly, as bigint), `floats` if one is a float; else asks an object, else TypeError. */
function arithmetic(op: Op, a: unknown, b: unknown, ints: (x: bigint, y: bigint) => unknown, floats: (x: number, y: number) => number): unknown {
  given(a)
  given(b)
  const x = numeric(a)
  const y = numeric(b)
  if (x === undefined || y === undefined) {
    const made = (a instanceof PyObject ? a.traits.binary?.(op, b, false) : undefined) ?? (b instanceof PyObject ? b.traits.binary?.(op, a, true) : undefined)
    if (made !== undefined) return made
    throw wrong(op, a, b)
  }
  if (isFloat(a) || isFloat(b)) return float(floats(Number(x), Number(y)))
  return ints(BigInt(x), BigInt(y))
}

/** Exact where both are plain ints and the result is, which is nearly always. */
const small = (a: unknown, b: unknown): boolean => typeof a === 'number' && typeof b === 'number' && Number.isInteger(a) && Number.isInteger(b)

export function add(a: unknown, b: unknown): unknown {
  if (typeof a === 'string' && typeof b === 'string') return a + b
  if (small(a, b)) { const sum = Number(a) + Number(b); if (Number.isSafeInteger(sum)) return sum }
  if (Array.isArray(a) && Array.isArray(b) && a instanceof Tuple === b instanceof Tuple) {
    return a instanceof Tuple ? Tuple.from([...a, ...b]) : [...a, ...b]
  }
  if (a instanceof Uint8Array && b instanceof Uint8Array) return Uint8Array.from([...a, ...b])
  if (Array.isArray(a) && !(b instanceof PyObject)) {
    given(b)
    throw pyError('TypeError', `can only concatenate ${typeName(a)} (not "${typeName(b)}") to ${typeName(a)}`)
  }
  return arithmetic('+', a, b, (x, y) => shrink(x + y), (x, y) => x + y)
}
export function sub(a: unknown, b: unknown): unknown {
  if (small(a, b)) { const found = Number(a) - Number(b); if (Number.isSafeInteger(found)) return found }
  if (a instanceof Set && b instanceof Set) return makeSet([...a].filter((one) => !contains(b, one)))
  return arithmetic('-', a, b, (x, y) => shrink(x - y), (x, y) => x - y)
}
export function mul(a: unknown, b: unknown): unknown {
  if (small(a, b)) { const found = Number(a) * Number(b); if (Number.isSafeInteger(found)) return found === 0 ? 0 : found }
  const repeated = repeat(a, b) ?? repeat(b, a)
  return repeated ?? arithmetic('*', a, b, (x, y) => shrink(x * y), (x, y) => x * y)
}
function repeat(what: unknown, times: unknown): unknown {
  if (!(typeof times === 'boolean' || isInt(times))) return undefined
  const count = Math.max(0, Number(times))
  if (typeof what === 'string') {
    if (what.length * count > 100_000_000) throw pyError('OverflowError', 'repeated text would be larger than 100 MB')
    return what.repeat(count)
  }
  if (!Array.isArray(what)) return undefined
  const out: unknown[] = what instanceof Tuple ? new Tuple() : []
  for (let i = 0; i < count; i++) out.push(...what)
  return out
}

/** `/`: always a float. */
export const div = (a: unknown, b: unknown): unknown =>
  arithmetic('/', a, b, (x, y) => { if (y === 0n) throw pyError('ZeroDivisionError', 'division by zero'); return float(Number(x) / Number(y)) },
    (x, y) => { if (y === 0) throw pyError('ZeroDivisionError', 'division by zero'); return x / y })

export const floorDiv = (a: unknown, b: unknown): unknown =>
  arithmetic('//', a, b, (x, y) => {
    if (y === 0n) throw pyError('ZeroDivisionError', 'integer division or modulo by zero')
    const found = x / y
    return shrink(found * y !== x && (x < 0n) !== (y < 0n) ? found - 1n : found)
  }, (x, y) => { if (y === 0) throw pyError('ZeroDivisionError', 'float floor division by zero'); return Math.floor(x / y) })

/** `%` of numbers; of text see format in python-methods.ts. The sign is the divisor's. */
export const mod = (a: unknown, b: unknown): unknown =>
  arithmetic('%', a, b, (x, y) => {
    if (y === 0n) throw pyError('ZeroDivisionError', 'integer modulo by zero')
    const rest = x % y
    return shrink(rest !== 0n && (rest < 0n) !== (y < 0n) ? rest + y : rest)
  }, (x, y) => {
    if (y === 0) throw pyError('ZeroDivisionError', 'float modulo')
    const rest = x % y
    return rest !== 0 && (rest < 0) !== (y < 0) ? rest + y : rest
  })

export const pow = (a: unknown, b: unknown): unknown =>
  arithmetic('**', a, b, (x, y) => {
    if (y >= 0n) {
      if (y > 100_000n && x > 1n) throw pyError('OverflowError', 'result of ** is too large')
      return shrink(x ** y)
    }
    if (x === 0n) throw pyError('ZeroDivisionError', '0.0 cannot be raised to a negative power')
    return float(Number(x) ** Number(y))
  }, (x, y) => {
    if (x === 0 && y < 0) throw pyError('ZeroDivisionError', '0.0 cannot be raised to a negative power')
    if (x < 0 && !Number.isInteger(y)) throw pyError('ValueError', `${x} ** ${y} is a complex number, which templates cannot hold`)
    const made = x ** y
    if (Number.isFinite(x) && Number.isFinite(y) && !Number.isFinite(made)) throw pyError('OverflowError', "(34, 'Numerical result out of range')")
    return made
  })

export function negate(value: unknown): unknown {
  given(value)
  if (typeof value === 'number' && value !== 0) return -value
  if (value instanceof Float) return new Float(-value.value)
  if (typeof value === 'bigint') return shrink(-value)
  if (typeof value === 'boolean' || value === 0) return value === true ? -1 : 0
  const made = value instanceof PyObject ? value.traits.binary?.('neg', null, false) : undefined
  if (made !== undefined) return made
  throw pyError('TypeError', `bad operand type for unary -: '${typeName(value)}'`)
}
export function positive(value: unknown): unknown {
  given(value)
  if (typeof value === 'boolean') return value ? 1 : 0
  if (isNumber(value)) return value
  throw pyError('TypeError', `bad operand type for unary +: '${typeName(value)}'`)
}

/** `int(text)` as Python reads it: underscores between digits, spaces around; undefined where it is no number. */
export function parseInteger(text: string, base = 10): Int | undefined {
  const clean = text.trim().toLowerCase().replace(/(?<=[0-9a-z])_(?=[0-9a-z])/g, '')
  const found = /^([+-]?)(0[xob])?([0-9a-z]+)$/.exec(clean)
  if (found === null) return undefined
  const [, sign = '', prefix, digits = ''] = found
  const named = prefix === '0x' ? 16 : prefix === '0o' ? 8 : prefix === '0b' ? 2 : undefined
  if (named !== undefined && base !== named && base !== 0) {
    return base > 10 ? fromDigits(sign, clean.replace(/^[+-]/, ''), base) : undefined
  }
  return fromDigits(sign, digits, named ?? (base === 0 ? 10 : base))
}
function fromDigits(sign: string, digits: string, base: number): Int | undefined {
  let total = 0n
  for (const digit of digits) {
    const worth = parseInt(digit, 36)
    if (worth >= base) return undefined
    total = total * BigInt(base) + BigInt(worth)
  }
  return shrink(sign === '-' ? -total : total)
}
/** `float(text)`; undefined where it is no number. */
export function parseFloatText(text: string): number | Float | undefined {
  const clean = text.trim().toLowerCase().replace(/(?<=\d)_(?=\d)/g, '')
  if (/^[+-]?(inf|infinity)$/.test(clean)) return clean.startsWith('-') ? -Infinity : Infinity
  if (/^[+-]?nan$/.test(clean)) return NaN
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/.test(clean) ? float(Number(clean)) : undefined
}
/** Whether keys of this value may be looked up by name: used where Python asks for a Mapping. */
export const isMapping = isDict

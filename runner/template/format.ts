/** Python's text formatting: `'{:>5}'.format(x)` and `'%05.2f' % x`, with one way to write a number for both. */
import { dictGet, dictHas, Float, isDict, Tuple } from '../core/value.ts'
import { getAttr, getItem } from './access.ts'
import { asIndex, asNumber, isFloat, isInt } from './numbers.ts'
import { floatText, given, numeric, pyError, pyRepr, pyStr, PyObject, typeName } from './python.ts'

// ---------------------------------------------------------------- numbers by presentation type

/** Rounds half to even on the exact binary value, as C does; toFixed is exact up to 1e21. */
const fixed = (value: number, digits: number): string => {
  if (Math.abs(value) >= 1e21) return BigInt(value).toString() + (digits > 0 ? `.${'0'.repeat(digits)}` : '')
  const text = value.toFixed(Math.min(digits, 100))
  // toFixed rounds exact halves up; C rounds them to even.
  const scaled = Math.abs(value) * 10 ** digits
  if (digits < 16 && scaled < 2 ** 52 && scaled - Math.floor(scaled) === 0.5 && Math.floor(scaled) % 2 === 0 && exactHalf(value, digits)) {
    return (Math.sign(value) * Math.floor(scaled) / 10 ** digits).toFixed(digits)
  }
  return text
}
/** Only numbers with few binary digits behind the point can lie exactly between two decimals. */
const exactHalf = (value: number, digits: number): boolean => Number.isInteger(Math.abs(value) * 2 ** (digits + 1))

const exponential = (value: number, digits: number): string =>
  value.toExponential(Math.min(digits, 100)).replace(/e([+-])(\d)$/, 'e$10$2')
function general(value: number, digits: number, keepZeros: boolean): string {
  const precision = Math.max(1, digits)
  if (value === 0) return keepZeros ? `0.${'0'.repeat(precision - 1)}` : '0'
  const power = Number(value.toExponential(precision - 1).split('e')[1])
  const text = power < -4 || power >= precision ? exponential(value, precision - 1) : fixed(value, Math.max(0, precision - 1 - power))
  return keepZeros || !text.includes('.') ? text : text.replace(/\.?0+(?=e|$)/, '')
}
function floatAs(value: number, type: string, precision: number | undefined, alternate: boolean): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'nan' : value > 0 ? 'inf' : '-inf'
  switch (type.toLowerCase()) {
    case 'e': return exponential(value, precision ?? 6)
    case 'g': return general(value, precision ?? 6, alternate)
    case '%': return `${fixed(value * 100, precision ?? 6)}%`
    case 'r': return precision === undefined ? floatText(value) : keepPoint(general(value, precision, false))
    default: return fixed(value, precision ?? 6)
  }
}
const keepPoint = (text: string): string => /[.e]/.test(text) ? text : `${text}.0`

const bases: Readonly<Record<string, number>> = { d: 10, i: 10, u: 10, n: 10, b: 2, o: 8, x: 16, X: 16 }

function group(digits: string, mark: string, every: number): string {
  const [whole = '', ...rest] = digits.split(/(?=[.e%])/)
  return whole.replace(new RegExp(`\\B(?=(?:[0-9a-fA-F]{${every}})+$)`, 'g'), mark) + rest.join('')
}

interface Spec { fill: string; align: string; sign: string; alternate: boolean; zero: boolean; width: number; mark: string; precision: number | undefined; type: string }
function readSpec(spec: string): Spec {
  const found = /^(?:(.)?([<>=^]))?([ +-])?z?(#)?(0)?(\d+)?([,_])?(?:\.(\d+))?([a-zA-Z%])?$/su.exec(spec)
  if (found === null) throw pyError('ValueError', `Invalid format specifier '${spec}'`)
  const [, fill, align, sign = '-', hash, zero, width = '0', mark = '', precision, type = ''] = found
  return {
    fill: fill ?? (zero !== undefined && align === undefined ? '0' : ' '), align: align ?? (zero === undefined ? '' : '='), sign, alternate: hash !== undefined,
    zero: zero !== undefined, width: Number(width), mark, precision: precision === undefined ? undefined : Number(precision), type,
  }
}

/** `format(value, spec)`. */
export function formatValue(value: unknown, spec: string): string {
  given(value)
  if (spec === '') return pyStr(value)
  if (value instanceof PyObject) { 
    const made = value.traits.binary?.('format', spec, false)
    if (typeof made === 'string') return made
    throw pyError('TypeError', `unsupported format string passed to ${value.type}.__format__`)
  }
  const parsed = readSpec(spec)
  if (typeof value === 'string') return formatText(value, parsed)
  if (numeric(value) === undefined) throw pyError('TypeError', `unsupported format string passed to ${typeName(value)}.__format__`)
  return formatNumber(value, parsed)
}
function formatText(text: string, spec: Spec): string {
  if (spec.type !== '' && spec.type !== 's') throw pyError('ValueError', `Unknown format code '${spec.type}' for object of type 'str'`)
  if (spec.sign !== '-') throw pyError('ValueError', `${spec.sign === ' ' ? 'Space' : 'Sign'} not allowed in string format specifier`)
  if (spec.mark !== '') throw pyError('ValueError', `Cannot specify '${spec.mark}' with 's'.`)
  if (spec.align === '=' && !spec.zero) throw pyError('ValueError', "'=' alignment not allowed in string format specifier")
  const cut = spec.precision === undefined ? text : Array.from(text).slice(0, spec.precision).join('')
  return padTo(cut, '', spec.align === '=' ? { ...spec, align: '<' } : spec, '<')
}
function formatNumber(value: unknown, spec: Spec): string {
  const base = bases[spec.type]
  const wantsInt = base !== undefined || spec.type === 'c' || (spec.type === '' && !isFloat(value))
  if (wantsInt) {
    if (isFloat(value)) throw pyError('ValueError', `Unknown format code '${spec.type}' for object of type 'float'`)
    const whole = BigInt(numeric(value) ?? 0)
    if (spec.type === 'c') return padTo(character(Number(whole)), '', spec, '<')
    const digits = (whole < 0n ? -whole : whole).toString(base ?? 10)
    const prefix = spec.alternate && base !== 10 && base !== undefined ? `0${spec.type.toLowerCase()}` : ''
    const body = group(spec.type === 'X' ? digits.toUpperCase() : digits, spec.mark, base === 10 || base === undefined ? 3 : 4)
    return padTo(body, signOf(whole < 0n, spec) + (spec.type === 'X' ? prefix.toUpperCase() : prefix), spec, '>')
  }
  if (!/^[eEfFgG%]?$/.test(spec.type)) throw pyError('ValueError', `Unknown format code '${spec.type}' for object of type '${typeName(value)}'`)
  const number = asNumber(value) ?? 0
  const text = floatAs(Math.abs(number), spec.type === '' ? 'r' : spec.type, spec.precision, spec.alternate)
  const body = group(/[EFG]/.test(spec.type) ? text.toUpperCase() : text, spec.mark, 3)
  return padTo(body, signOf(number < 0 || Object.is(number, -0), spec), spec, '>')
}
function character(code: number): string {
  if (code < 0 || code > 0x10ffff) throw pyError('OverflowError', '%c arg not in range(0x110000)')
  return String.fromCodePoint(code)
}
const signOf = (isNegative: boolean, spec: Spec): string => isNegative ? '-' : spec.sign === '-' ? '' : spec.sign
function padTo(body: string, sign: string, spec: Spec, side: string): string {
  const missing = Math.max(0, spec.width - Array.from(sign + body).length)
  switch (spec.align || side) {
    case '<': return sign + body + spec.fill.repeat(missing)
    case '^': return spec.fill.repeat(Math.floor(missing / 2)) + sign + body + spec.fill.repeat(Math.ceil(missing / 2))
    case '=': return sign + spec.fill.repeat(missing) + body
    default: return spec.fill.repeat(missing) + sign + body
  }
}

// ---------------------------------------------------------------- str.format

interface Cursor { next: number; style?: 'numbered' | 'in turn' }
/** `text.format(*args, **kwargs)`. */
export function formatCall(text: string, args: readonly unknown[], kwargs: Readonly<Record<string, unknown>>, cursor: Cursor = { next: 0 }): string {
  let out = ''
  for (let i = 0; i < text.length; i++) {
    const char = text.charAt(i)
    if ((char === '{' || char === '}') && text[i + 1] === char) { out += char; i++; continue }
    if (char === '}') throw pyError('ValueError', "Single '}' encountered in format string")
    if (char !== '{') { out += char; continue }
    const end = closing(text, i)
    out += formatField(text.slice(i + 1, end), args, kwargs, cursor)
    i = end
  }
  return out
}
function closing(text: string, from: number): number {
  let depth = 0
  for (let i = from; i < text.length; i++) {
    if (text[i] === '{') depth++
    else if (text[i] === '}' && --depth === 0) return i
  }
  throw pyError('ValueError', "Single '{' encountered in format string")
}
function formatField(field: string, args: readonly unknown[], kwargs: Readonly<Record<string, unknown>>, cursor: Cursor): string {
  const found = /^([^!:[]*(?:\[[^\]]*\][^!:[]*)*)(?:!([rsa]))?(?::(.*))?$/s.exec(field)
  if (found === null) throw pyError('ValueError', `expected ':' after conversion specifier in '${field}'`)
  const [, path = '', conversion, spec = ''] = found
  let value = fieldValue(path, args, kwargs, cursor)
  if (conversion !== undefined) value = conversion === 's' ? pyStr(value) : pyRepr(value)
  return formatValue(value, spec.includes('{') ? formatCall(spec, args, kwargs, cursor) : spec)
}
function fieldValue(path: string, args: readonly unknown[], kwargs: Readonly<Record<string, unknown>>, cursor: Cursor): unknown {
  const [, first = '', rest = ''] = /^([^.[]*)(.*)$/s.exec(path) ?? []
  let value: unknown
  if (first === '' || /^\d+$/.test(first)) {
    const style = first === '' ? 'in turn' : 'numbered'
    if (cursor.style !== undefined && cursor.style !== style) throw pyError('ValueError', 'a format string takes its fields either by number ({0}) or in turn ({}), not both')
    cursor.style = style
    const at = first === '' ? cursor.next++ : Number(first)
    if (at >= args.length) throw pyError('IndexError', 'Replacement index ' + at + ' out of range for positional args tuple')
    value = args[at]
  } else {
    if (!Object.hasOwn(kwargs, first)) throw pyError('KeyError', pyRepr(first))
    value = kwargs[first]
  }
  for (const [, name, key] of rest.matchAll(/\.([^.[]+)|\[([^\]]*)\]/g)) {
    value = name !== undefined ? getAttr(value, name) : getItem(value, /^\d+$/.test(key ?? '') ? Number(key) : key)
  }
  return value
}

// ---------------------------------------------------------------- the % operator

/** `text % value`: a tuple gives several values, a dict named ones. */
export function percentFormat(text: string, value: unknown): string {
  const values = value instanceof Tuple ? Array.from(value) : [value]
  let used = 0
  const take = (): unknown => {
    if (used >= values.length) throw pyError('TypeError', 'not enough arguments for format string')
    return values[used++]
  }
  let named = false
  const out = text.replace(/%(?:\(([^)]*)\))?([#0 +-]*)(\*|\d+)?(?:\.(\*|\d+)?)?([hlL]?)(.)?/gs, (whole, key: string | undefined, flags: string, width: string | undefined, precision: string | undefined, _size: string, type: string | undefined) => {
    if (type === undefined) throw pyError('ValueError', 'incomplete format')
    if (type === '%') return '%'
    const wide = width === '*' ? asIndex(take()) : Number(width ?? 0)
    const exact = precision === '*' ? asIndex(take()) : precision !== undefined ? Number(precision) : /\.[hlL]?.$/s.test(whole) ? 0 : undefined
    if (key === undefined) return percentField(take(), flags, wide, exact, type)
    named = true
    if (!isDict(value)) throw pyError('TypeError', 'format requires a mapping')
    if (!dictHas(value, key)) throw pyError('KeyError', pyRepr(key))
    return percentField(dictGet(value, key), flags, wide, exact, type)
  })
  if (!named && used < values.length && !(isDict(value) || (Array.isArray(value) && !(value instanceof Tuple)))) {
    throw pyError('TypeError', 'not all arguments converted during string formatting')
  }
  return out
}
function percentField(value: unknown, flags: string, width: number, precision: number | undefined, type: string): string {
  given(value)
  const spec: Spec = {
    fill: ' ', align: flags.includes('-') ? '<' : '>', sign: flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : '-', alternate: flags.includes('#'),
    zero: flags.includes('0'), width: Math.abs(width), mark: '', precision, type,
  }
  if (type === 's' || type === 'r' || type === 'a') {
    const text = type === 's' ? pyStr(value) : pyRepr(value)
    return padTo(precision === undefined ? text : Array.from(text).slice(0, precision).join(''), '', spec, '>')
  }
  if (type === 'c' && typeof value === 'string' && Array.from(value).length !== 1) throw pyError('TypeError', '%c requires int or char')
  if (type === 'c') return padTo(typeof value === 'string' ? value : character(asIndex(value)), '', spec, '>')
  if (spec.zero && !flags.includes('-')) { spec.fill = '0'; spec.align = '=' }
  if (numeric(value) === undefined || (/[xXo]/.test(type) && isFloat(value))) {
    throw pyError('TypeError', /[diu]/.test(type) ? `%${type} format: a real number is required, not ${typeName(value)}`
      : /[xXo]/.test(type) ? `%${type} format: an integer is required, not ${typeName(value)}` : `must be real number, not ${typeName(value)}`)
  }
  if (Object.hasOwn(bases, type)) return percentInt(value, spec, type)
  if (!/[eEfFgG]/.test(type)) throw pyError('ValueError', `unsupported format character '${type}'`)
  return formatNumber(value instanceof Float || !isInt(value) ? value : new Float(Number(value)), spec)
}
function percentInt(value: unknown, spec: Spec, type: string): string {
  const whole = isFloat(value) ? BigInt(Math.trunc(asNumber(value) ?? 0)) : BigInt(numeric(value) ?? 0)
  const digits = (whole < 0n ? -whole : whole).toString(bases[type] ?? 10).padStart(spec.precision ?? 0, '0')
  const prefix = spec.alternate && /[xXo]/.test(type) ? `0${type}` : ''
  return padTo(type === 'X' ? digits.toUpperCase() : digits, signOf(whole < 0n, spec) + prefix, spec, '>')
}

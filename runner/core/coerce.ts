/** Ansible's conversions of one argument value to its declared type; `args.ts` applies them and makes the errors. */
import type { ArgType } from './plan.ts'
import { pyRepr, pyText } from './pytext.ts'
import { dictEntries, Float, isDict, Unknown, UnknownValue } from './value.ts'

/** A value that cannot be converted; the message says why, `args.ts` says where. */
export class BadValue extends Error {}
/** `mode: 644`: a decimal number whose digits were meant as octal. */
export class DecimalMode extends Error {
  readonly digits: string
  readonly octal: string
  constructor(digits: string, octal: string) { super('decimal mode'); this.digits = digits; this.octal = octal }
}

export const trueWords: readonly string[] = ['y', 'yes', 'on', '1', 'true', 't', '1.0']
export const falseWords: readonly string[] = ['n', 'no', 'off', '0', 'false', 'f', '0.0']

/** As Ansible shows what is nothing at all. */
const named = (value: unknown): string => value === null ? "<class 'NoneType'>" : pyRepr(value)

function toBool(value: unknown): boolean {
  if (typeof value === 'boolean') return value
  if (typeof value === 'string' || typeof value === 'number' || value instanceof Float) {
    const word = pyText(value).toLowerCase().trim()
    const isNumberWord = word === '1.0' || word === '0.0'
    if (!isNumberWord || typeof value !== 'string') {
      if (trueWords.includes(word)) return true
      if (falseWords.includes(word)) return false
    }
  }
  throw new BadValue(value === null ? `${named(value)} cannot be converted to a bool` : `The value ${pyRepr(value)} is not a valid boolean`)
}

function toNumber(value: unknown): number | undefined {
  if (typeof value === 'boolean') return value ? 1 : 0
  if (typeof value === 'number') return value
  if (typeof value === 'bigint') return Number(value)
  if (value instanceof Float) return value.value
  if (typeof value !== 'string') return undefined
  const text = value.trim().replace(/(\d)_(?=\d)/g, '$1')
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : undefined
}
function toInt(value: unknown): number {
  const found = toNumber(value)
  if (found === undefined || !Number.isInteger(found)) throw new BadValue(`${typeof value === 'string' ? pyRepr(value) : `"${pyRepr(value)}"`} cannot be converted to an int`)
  return found
}
function toFloat(value: unknown): number {
  const found = toNumber(value)
  if (found === undefined) throw new BadValue(`${named(value)} cannot be converted to a float`)
  return found
}

/** Text, numbers and booleans become a list; Ansible splits text at commas, spaces stay. */
function toList(value: unknown): unknown[] {
  if (Array.isArray(value)) return Array.from(value)
  if (value instanceof Set) return Array.from(value)
  if (typeof value === 'string') return value.split(',')
  if (typeof value === 'boolean' || toNumber(value) !== undefined) return [pyText(value)]
  throw new BadValue(`${named(value)} cannot be converted to a list`)
}

/** `a=1, b="x y"` to its fields, quotes and backslashes taken off. Ansible: check_type_dict. */
function fields(text: string): string[] {
  const found: string[] = []
  let field = '', mark = '', escaped = false
  for (const char of `${text.trim()},`) {
    if (escaped) { field += char; escaped = false }
    else if (char === '\\') escaped = true
    else if (mark === '' && (char === '"' || char === "'")) mark = char
    else if (char === mark) mark = ''
    else if (mark === '' && (char === ',' || char === ' ')) { if (field !== '') found.push(field); field = '' }
    else field += char
  }
  if (field !== '') found.push(field.replace(/,$/, ''))
  return found
}
function toDict(value: unknown): { [key: string]: unknown } {
  if (isDict(value)) return value instanceof Map ? Object.fromEntries(dictEntries(value).map(([key, item]) => [pyText(key), item])) : value
  if (typeof value !== 'string') throw new BadValue(`${named(value)} cannot be converted to a dict`)
  if (value.startsWith('{')) {
    try {
      const parsed: unknown = JSON.parse(value)
      if (isDict(parsed) && !(parsed instanceof Map)) return parsed
    } catch { /* the message below says more than JSON's */ }
    throw new BadValue('unable to evaluate string as dictionary')
  }
  if (!value.includes('=')) throw new BadValue('dictionary requested, could not parse JSON or key=value')
  return Object.fromEntries(fields(value).map((field) => {
    const at = field.indexOf('=')
    if (at < 0) throw new BadValue('unable to evaluate string in the "key=value" format as dictionary')
    return [field.slice(0, at), field.slice(at + 1)]
  }))
}

const units = 'BKMGTPEZY'
function toBytes(value: unknown): number {
  const text = pyText(value)
  const match = /^(\d*\.?\d+)(?:\s*([A-Za-z]+))?\s*$/.exec(text)
  if (match === null) throw new BadValue(`can't interpret following string: ${text}`)
  const unit = match[2] ?? 'B'
  const power = units.indexOf(unit.charAt(0).toUpperCase())
  const isByteUnit = unit.length === 1 || /^.(B|yte|ytes)$/.test(unit) || /^[a-z]+byte$/i.test(unit)
  if (power < 0 || !isByteUnit) throw new BadValue(`the suffix of ${text} must be one of ${[...units].join(', ')}`)
  return Math.round(Number(match[1]) * 1024 ** power)
}

/** Each digit readable before writable, nobody outside allowed more than those nearer: what people write as permissions. */
function looksLikeMode(mode: number, strict: boolean): boolean {
  const [user, group, other] = [mode >> 6 & 7, mode >> 3 & 7, mode & 7]
  const known = [group, other].every((digit) => [0, 1, 4, 5, 6, 7].includes(digit))
  const nested = (user & group) === group && (group & other) === other && (user & 4) === 4
  const executable = (near: number, far: number): boolean => (near & 1) === 0 || (far & 4) === 0 || (far & 1) === 1
  return known && nested && (!strict || (executable(user, group) && executable(group, other)))
}
const octal = (mode: number): string => mode.toString(8).padStart(4, '0')
/** Ansible: `a` stands alone; letters of rights and of accounts may stand together. */
const clause = /^(a|[ugo]*)([-+=][rwxXstugo]*)+$/

/** Four or more octal digits, or symbolic text, or `preserve`. Numbers are what YAML made of an octal literal. */
function toMode(value: unknown): string {
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0) {
    const digits = String(value)
    if (/^[0-7]{3,4}$/.test(digits) && looksLikeMode(Number.parseInt(digits, 8), false) && !looksLikeMode(value, true)) {
      throw new DecimalMode(digits, octal(value))
    }
    if (value <= 0o7777) return octal(value)
  }
  const text = typeof value === 'string' ? value.trim() : pyText(value)
  if (/^(0o)?[0-7]{1,6}$/.test(text)) return octal(Number.parseInt(text.replace('0o', ''), 8))
  if (text === 'preserve' || (typeof value === 'string' && text !== '' && text.split(',').every((part) => clause.test(part)))) return text
  throw new BadValue(text)
}

/** The value as its declared type. Throws BadValue or DecimalMode. */
export function coerce(type: ArgType, value: unknown): unknown {
  if (value instanceof Unknown) throw new UnknownValue(value.reason)
  switch (type) {
    case 'str': case 'path': return value === null ? '' : pyText(value)
    case 'bool': return toBool(value)
    case 'int': return toInt(value)
    case 'float': return toFloat(value)
    case 'bytes': return toBytes(value)
    case 'mode': return toMode(value)
    case 'list': return toList(value)
    case 'dict': return toDict(value)
    case 'raw': return value
    default: { const none: never = type; return none }
  }
}

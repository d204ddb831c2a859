/**
 * Python's meaning of values: text, truth, equality, order, membership, iteration. Numbers are in numbers.ts, attributes, items
 * and slices in access.ts, methods in python-methods.ts. Values handed in are resolved: no Template is in them.
 */
import { Fault, fault } from '../core/errors.ts'
import type { Loc } from '../core/types.ts'
import {
  dictEntries, dictGet, dictHas, dictKeys, dictSize, Float, isDict, omit, Template, Tuple, Undefined, Unknown, UnknownValue, VaultText,
} from '../core/value.ts'
import type { Dict } from '../core/value.ts'
import type { GlobalFunction } from './call.ts'

/** An object with attributes that is no value of YAML: namespace, loop, cycler, datetime. */
export class PyObject {
  readonly type: string
  /** JavaScript's undefined where there is no such attribute. */
  readonly attr: (name: string) => unknown
  readonly traits: PyTraits
  constructor(type: string, attr: (name: string) => unknown, traits: PyTraits = {}) {
    this.type = type
    this.attr = attr
    this.traits = traits
  }
  /** In a result that is printed. */
  toJSON(): unknown { return this.traits.binary?.('iso', null, false) ?? pyStr(this) }
}
export interface PyTraits {
  readonly str?: () => string
  readonly repr?: () => string
  readonly truth?: () => boolean
  readonly iterate?: () => Iterable<unknown>
  readonly length?: () => number
  /** `a op b` with this object on the left, or on the right if `reversed`; JavaScript's undefined where it cannot. */
  readonly binary?: (op: string, other: unknown, reversed: boolean) => unknown
  /** Negative, 0, positive; JavaScript's undefined where the two have no order. */
  readonly compare?: (other: unknown) => number | undefined
  readonly call?: GlobalFunction
  /** `{% set object.name = value %}`. */
  readonly assign?: (name: string, value: unknown) => void
}

/** An Undefined that remembers where it was asked for and what is called nearly so. */
export class Missing extends Undefined {
  readonly loc: Loc | undefined
  readonly near: (() => string | undefined) | undefined
  /** The error met while a variable was evaluated that this stands for. */
  readonly met: Fault | undefined
  constructor(message: string, loc?: Loc, near?: () => string | undefined, met?: Fault) {
    super(message)
    this.loc = loc
    this.near = near
    this.met = met
  }
}
/** `a if b` where b is false: Jinja's own undefined value, which is empty text, an empty list, false; nothing else can be done with it. */
export class NoElse extends Missing {}

/** What Python would raise; the engine adds the place. */
export const pyError = (kind: 'TypeError' | 'ValueError' | 'KeyError' | 'IndexError' | 'ZeroDivisionError' | 'OverflowError' | 'AttributeError' | 'UnicodeError', message: string): Fault =>
  fault('template-operation', undefined, { kind, message })

/** The value itself; throws the undefined fault for an Undefined that is more than empty, UnknownValue for what a dry run cannot know. */
export function given<T>(value: T): T {
  if (value instanceof Undefined && !(value instanceof NoElse)) throw undefinedFault(value)
  if (value instanceof Unknown) throw new UnknownValue(value.reason)
  return value
}
export function undefinedFault(value: Undefined): Fault {
  if (!(value instanceof Missing)) return fault('undefined', undefined, { message: value.message })
  const { met } = value
  if (met === undefined) return fault('undefined', value.loc, { message: value.message, near: value.near?.() })
  return relocate(met, met.loc)
}
/** Errors that do not wait for their value to be used (deferred.ts). */
export const markedAtOnce = new WeakSet<Fault>()
/** A copy of a fault at this place, trail and cause kept. */
export function relocate(error: Fault, loc: Loc | undefined): Fault {
  const copy = new Fault(error.code, error.message, error.hint, loc, error.cause)
  copy.trail.push(...error.trail)
  if (markedAtOnce.has(error)) markedAtOnce.add(copy)
  return copy
}

/** Name of the type as Python has it. */
export function typeName(value: unknown): string {
  if (value === null) return 'NoneType'
  switch (typeof value) {
    case 'boolean': return 'bool'
    case 'string': return 'str'
    case 'bigint': return 'int'
    case 'number': return Number.isInteger(value) ? 'int' : 'float'
    case 'function': return 'function'
    case 'undefined': case 'symbol': throw new Error('not a value of the language')
    default:
  }
  if (value instanceof Float) return 'float'
  if (value instanceof Tuple) return 'tuple'
  if (Array.isArray(value)) return 'list'
  if (value instanceof Set) return 'set'
  if (value instanceof Uint8Array) return 'bytes'
  if (value instanceof PyObject) return value.type
  if (value instanceof Undefined) return 'Undefined'
  if (value instanceof Template || value instanceof VaultText) return 'str'
  return isDict(value) ? 'dict' : 'object'
}

export function isTruthy(value: unknown): boolean {
  given(value)
  if (value === null || value === false || value === '' || value === 0 || value === 0n) return false
  if (typeof value !== 'object') return true
  if (Array.isArray(value)) return value.length > 0
  if (value instanceof Float) return value.value !== 0
  if (value instanceof Set) return value.size > 0
  if (value instanceof Uint8Array) return value.length > 0
  if (value instanceof NoElse) return false
  if (value instanceof PyObject) return value.traits.truth?.() ?? (value.traits.length === undefined || value.traits.length() > 0)
  return isDict(value) ? dictSize(value) > 0 : true
}

// ---------------------------------------------------------------- text

/** `repr` of a float: shortest digits that give it back, exponent below 1e-4 and from 1e16. */
export function floatText(value: number): string {
  if (Number.isNaN(value)) return 'nan'
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf'
  if (Object.is(value, -0)) return '-0.0'
  const [mantissa = '', exponent = '0'] = value.toExponential().split('e')
  const power = Number(exponent)
  if (value !== 0 && (power < -4 || power >= 16)) {
    return `${mantissa}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`
  }
  const sign = mantissa.startsWith('-') ? '-' : ''
  const digits = mantissa.replace(/[-.]/g, '')
  if (power < 0) return `${sign}0.${'0'.repeat(-power - 1)}${digits}`
  const whole = digits.slice(0, power + 1).padEnd(power + 1, '0')
  return `${sign}${whole}.${digits.slice(power + 1) || '0'}`
}

/** `str(value)`. */
export function pyStr(value: unknown): string {
  if (typeof value === 'string') return value
  given(value)
  if (value instanceof PyObject && value.traits.str !== undefined) return value.traits.str()
  return value instanceof NoElse ? '' : pyRepr(value)
}

/** `repr(value)`. */
export function pyRepr(value: unknown): string {
  given(value)
  if (value === null) return 'None'
  switch (typeof value) {
    case 'boolean': return value ? 'True' : 'False'
    case 'string': return stringRepr(value)
    case 'number': return Number.isInteger(value) ? intText(value) : floatText(value)
    case 'bigint': return String(value)
    case 'function': return `<function ${value.name}>`
    default:
  }
  if (value instanceof Float) return floatText(value.value)
  if (Array.isArray(value)) return value instanceof Tuple ? `(${reprs(value)}${value.length === 1 ? ',' : ''})` : `[${reprs(value)}]`
  if (value instanceof Set) return value.size === 0 ? 'set()' : `{${reprs(value)}}`
  if (value instanceof Uint8Array) return `b${bytesRepr(value)}`
  if (value instanceof PyObject) return value.traits.repr?.() ?? value.traits.str?.() ?? `<${value.type} object>`
  if (isDict(value)) return `{${dictRepr(value)}}`
  if (value instanceof Template) return stringRepr(value.source)
  if (value instanceof NoElse) return 'Undefined'
  return value === omit ? String(value) : `<${typeName(value)} object>`
}
function reprs(items: Iterable<unknown>): string {
  let text = ''
  for (const item of items) text += text === '' ? pyRepr(item) : `, ${pyRepr(item)}`
  return text
}
function dictRepr(dict: Dict): string {
  let text = ''
  for (const key of dict instanceof Map ? dict.keys() : Object.keys(dict)) text += `${text === '' ? '' : ', '}${pyRepr(key)}: ${pyRepr(dictGet(dict, key))}`
  return text
}
const intText = (value: number): string => Number.isSafeInteger(value) ? String(value) : String(BigInt(value))

const escapes: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' }
// eslint-disable-next-line no-control-regex
const unprintable = /[\\\x00-\x1f\x7f-\xa0\xad]|[^\S ]|\p{Cn}|\p{Co}|\p{Cs}|\p{Cf}/gu
const plainText = /^[ !#-&(-[\]-~]*$/
function stringRepr(text: string): string {
  if (plainText.test(text)) return `'${text}'`
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'"
  const body = text.replace(unprintable, (char) => {
    const code = char.codePointAt(0) ?? 0
    return escapes[char] ?? (code < 0x100 ? `\\x${hex(code, 2)}` : code < 0x10000 ? `\\u${hex(code, 4)}` : `\\U${hex(code, 8)}`)
  })
  return quote + (quote === "'" ? body.replaceAll("'", "\\'") : body) + quote
}
const hex = (code: number, width: number): string => code.toString(16).padStart(width, '0')
function bytesRepr(bytes: Uint8Array): string {
  const text = Array.from(bytes, (byte) => {
    const char = String.fromCharCode(byte)
    return escapes[char] ?? (byte < 0x20 || byte > 0x7e ? `\\x${hex(byte, 2)}` : char)
  }).join('')
  return text.includes("'") && !text.includes('"') ? `"${text}"` : `'${text.replaceAll("'", "\\'")}'`
}

// ---------------------------------------------------------------- equality and order

/** bool, int and float as something JavaScript can compare exactly; undefined for what is no number. */
export function numeric(value: unknown): number | bigint | undefined {
  switch (typeof value) {
    case 'number': case 'bigint': return value
    case 'boolean': return value ? 1 : 0
    default: return value instanceof Float ? value.value : undefined
  }
}

/** `a == b`. */
export function equals(a: unknown, b: unknown): boolean {
  if (typeof a === 'string' && typeof b === 'string') return a === b
  given(a)
  given(b)
  const left = numeric(a)
  if (left !== undefined) {
    const right = numeric(b)
    // Loose on purpose: JavaScript compares a bigint and a number by value with ==.
    return right !== undefined && left == right
  }
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Array.isArray(a)) {
    return Array.isArray(b) && a.length === b.length && a instanceof Tuple === b instanceof Tuple && a.every((item, i) => equals(item, b[i]))
  }
  if (a instanceof Set) return b instanceof Set && a.size === b.size && [...a].every((item) => contains(b, item))
  if (a instanceof Uint8Array) return b instanceof Uint8Array && Buffer.compare(a, b) === 0
  if (a instanceof PyObject) return a.traits.compare?.(b) === 0
  if (a instanceof NoElse) return b instanceof NoElse
  if (!isDict(a) || !isDict(b) || dictSize(a) !== dictSize(b)) return false
  return dictEntries(a).every(([key, item]) => { const found = findKey(b, key); return found !== undefined && equals(item, dictGet(b, found.key)) })
}

/** The key of a dict that is equal to this one as Python compares (1, 1.0 and True are one key). */
export function findKey(dict: Dict, key: unknown): { readonly key: unknown } | undefined {
  if (dictHas(dict, key)) return { key }
  if (typeof key === 'string' || !(dict instanceof Map)) return undefined
  for (const candidate of dict.keys()) if (equals(candidate, key)) return { key: candidate }
  return undefined
}

/** Negative, 0 or positive; TypeError where Python has no order. `op` is for the message. */
export function compare(a: unknown, b: unknown, op = '<'): number {
  given(a)
  given(b)
  const left = numeric(a)
  const right = numeric(b)
  if (left !== undefined && right !== undefined) return left < right ? -1 : left > right ? 1 : left == right ? 0 : NaN
  if (typeof a === 'string' && typeof b === 'string') return compareText(a, b)
  if (Array.isArray(a) && Array.isArray(b) && a instanceof Tuple === b instanceof Tuple) {
    for (let i = 0; i < Math.min(a.length, b.length); i++) if (!equals(a[i], b[i])) return compare(a[i], b[i], op)
    return a.length - b.length
  }
  if (a instanceof Set && b instanceof Set) {
    if (equals(a, b)) return 0
    return [...a].every((item) => contains(b, item)) ? -1 : [...b].every((item) => contains(a, item)) ? 1 : NaN
  }
  if (a instanceof Uint8Array && b instanceof Uint8Array) return Buffer.compare(a, b)
  const order = a instanceof PyObject ? a.traits.compare?.(b) : undefined
  if (order !== undefined) return order
  throw pyError('TypeError', `'${op}' not supported between instances of '${typeName(a)}' and '${typeName(b)}'`)
}
/** By code points, where JavaScript compares UTF-16 units. */
function compareText(a: string, b: string): number {
  if (a === b) return 0
  if (!/[\ud800-\udfff]/.test(a) && !/[\ud800-\udfff]/.test(b)) return a < b ? -1 : 1
  const left = Array.from(a)
  const right = Array.from(b)
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const order = (left[i]?.codePointAt(0) ?? 0) - (right[i]?.codePointAt(0) ?? 0)
    if (order !== 0) return order
  }
  return left.length - right.length
}

// ---------------------------------------------------------------- containers

/** `item in container`. */
export function contains(container: unknown, item: unknown): boolean {
  given(container)
  if (Array.isArray(container)) return container.some((one) => equals(one, item))
  given(item)
  if (typeof container === 'string') {
    if (typeof item !== 'string') throw pyError('TypeError', `'in <string>' requires string as left operand, not ${typeName(item)}`)
    return container.includes(item)
  }
  if (container instanceof Set) {
    return container.has(item) || (typeof item !== 'string' && [...container].some((one) => equals(one, item)))
  }
  if (container instanceof Uint8Array) {
    return item instanceof Uint8Array ? Buffer.from(container).includes(Buffer.from(item)) : container.includes(Number(numeric(item) ?? -1))
  }
  if (isDict(container)) {
    if (!isHashable(item)) throw pyError('TypeError', `unhashable type: '${typeName(item)}'`)
    return findKey(container, item) !== undefined
  }
  if (container instanceof PyObject && container.traits.iterate !== undefined) {
    for (const one of container.traits.iterate()) if (equals(one, item)) return true
    return false
  }
  throw pyError('TypeError', `argument of type '${typeName(container)}' is not iterable`)
}

/** Whether the value can be a key of a dict. */
export const isHashable = (value: unknown): boolean =>
  !(isDict(value) || value instanceof Set || (Array.isArray(value) && !(value instanceof Tuple)))

/** `len(value)`; text counts code points. */
export function length(value: unknown): number {
  given(value)
  if (typeof value === 'string') return textLength(value)
  if (Array.isArray(value) || value instanceof Uint8Array) return value.length
  if (value instanceof Set) return value.size
  if (isDict(value)) return dictSize(value)
  if (value instanceof PyObject && value.traits.length !== undefined) return value.traits.length()
  if (value instanceof NoElse) return 0
  throw pyError('TypeError', `object of type '${typeName(value)}' has no len()`)
}
const textLength = (text: string): number => /[\ud800-\udfff]/.test(text) ? Array.from(text).length : text.length

/** `list(value)`: items of a list, keys of a dict, characters of text. */
export function iterate(value: unknown): readonly unknown[] {
  given(value)
  if (Array.isArray(value)) return value
  if (typeof value === 'string') return Array.from(value)
  if (value instanceof Set || value instanceof Uint8Array) return [...value]
  if (isDict(value)) return dictKeys(value)
  if (value instanceof PyObject && value.traits.iterate !== undefined) return [...value.traits.iterate()]
  if (value instanceof NoElse) return []
  throw pyError('TypeError', `'${typeName(value)}' object is not iterable`)
}
export const isIterable = (value: unknown): boolean =>
  typeof value === 'string' || Array.isArray(value) || value instanceof Set || value instanceof Uint8Array || isDict(value)
  || (value instanceof PyObject && value.traits.iterate !== undefined)

/** A new set of these values, equal ones (1 and True) once. */
export function makeSet(values: Iterable<unknown>): Set<unknown> {
  const set = new Set<unknown>()
  for (const value of values) if (!contains(set, value)) set.add(value)
  return set
}

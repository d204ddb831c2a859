/**
 * Values of the language. JavaScript's own stand for most of Python's: null (None), boolean, string, Array (list), Set (set),
 * Uint8Array (bytes), bigint (an int beyond 2^53). Numbers without a fraction are ints; a float without one is a `Float`.
 * A dict is a plain object where all its keys are strings that JavaScript keeps in order, else a Map: use the dict functions here.
 */
import type { Data, Loc } from './types.ts'

/** A float whose value has no fraction (`1.0`), which a plain number could not tell from an int. */
export class Float {
  readonly value: number
  constructor(value: number) { this.value = value }
  toJSON(): number { return this.value }
}
/** A float as the language sees it: plain number where it has a fraction or is not finite. */
export const float = (value: number): number | Float => Number.isInteger(value) ? new Float(value) : value

export class Tuple extends Array<unknown> {}

/**
 * Text that came from a playbook, role, inventory or command line and contains Jinja. Nothing else is ever evaluated: text from
 * targets, lookups, registered results and `!unsafe` is a plain string, whatever it contains.
 */
export class Template {
  readonly source: string
  /** Place of an offset of `source` in its file. */
  readonly at: (offset: number) => Loc | undefined
  /** What template/ compiled it to, kept for the next time. A field, since a WeakMap of all Templates costs the garbage collector more than evaluating them does. */
  compiled: object | undefined = undefined
  constructor(source: string, at: (offset: number) => Loc | undefined = () => undefined) { this.source = source; this.at = at }
}

/** A `!vault` value, decrypted when it is first used; its text is secret. */
export class VaultText {
  readonly ciphertext: string
  readonly loc: Loc | undefined
  constructor(ciphertext: string, loc?: Loc) { this.ciphertext = ciphertext; this.loc = loc }
}

/** Text that YAML writes as it is, without quotes: a date. */
export class PlainText {
  readonly text: string
  constructor(text: string) { this.text = text }
}

/** What an expression gets for a name or key that is not there. Only `default`, `defined` and their like may look at it. */
export class Undefined {
  /** How a message names it: `'x' is undefined`, `'dict object' has no attribute 'y'`. */
  readonly message: string
  constructor(message: string) { this.message = message }
}

/** What a dry run cannot know. Any use of it in an expression throws UnknownValue. */
export class Unknown {
  readonly reason: string
  constructor(reason: string) { this.reason = reason }
}
/** Thrown by whatever would have to look into an Unknown; the task ends as `unknown` with the reason. */
export class UnknownValue extends Error {
  readonly reason: string
  constructor(reason: string) { super(reason); this.reason = reason }
}
/** Thrown by a scope that looks ahead and meets a name that a task in between will set. */
export class Pending extends Error {}

/** The value of the variable `omit`: an argument that has it counts as not given. */
class Omit { toString(): string { return '__omit_place_holder__' } }
export const omit: object = Object.freeze(new Omit())

/**
 * Containers known to hold no Template or VaultText, however deep: they need not be walked again. Facts, registered results and
 * other lazy views (hostvars) are marked when they are made.
 */
const settledContainers = new WeakSet<object>()
export function settle<T>(value: T): T {
  if (typeof value === 'object' && value !== null) settledContainers.add(value)
  return value
}
export const isSettled = (value: object): boolean => settledContainers.has(value)

export type Dict = Data | Map<unknown, unknown>

export function isDict(value: unknown): value is Dict {
  if (typeof value !== 'object' || value === null) return false
  if (value instanceof Map) return true
  const proto: unknown = Object.getPrototypeOf(value)
  return proto === Object.prototype || proto === null
}
export const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value)

/** JavaScript would move such keys to the front of an object, or set its prototype. */
const needsMap = (key: unknown): boolean => typeof key !== 'string' || /^(0|[1-9]\d*)$/.test(key) || key === '__proto__'

/** A dict of these pairs, in this order; a later pair replaces the value of an earlier equal key. */
export function makeDict(pairs: Iterable<readonly [unknown, unknown]>): Dict {
  const list = [...pairs]
  if (list.some(([key]) => needsMap(key))) return new Map(list)
  return Object.fromEntries(list) as Data
}
export function dictEntries(dict: Dict): [unknown, unknown][] {
  return dict instanceof Map ? [...dict.entries()] : Object.entries(dict)
}
export function dictKeys(dict: Dict): unknown[] {
  return dict instanceof Map ? [...dict.keys()] : Object.keys(dict)
}
export const dictSize = (dict: Dict): number => dict instanceof Map ? dict.size : Object.keys(dict).length
export function dictHas(dict: Dict, key: unknown): boolean {
  return dict instanceof Map ? dict.has(key) : typeof key === 'string' && Object.hasOwn(dict, key)
}
export function dictGet(dict: Dict, key: unknown): unknown {
  if (dict instanceof Map) return dict.get(key)
  return typeof key === 'string' && Object.hasOwn(dict, key) ? dict[key] : undefined
}

/** As JSON would carry it to a module: keys become strings, Float a number, Set and Tuple an array. Templates must be gone by then. */
export function toData(value: unknown): unknown {
  if (value instanceof Float) return value.value
  if (value instanceof Unknown) throw new UnknownValue(value.reason)
  if (Array.isArray(value)) return Array.from(value, toData)
  if (value instanceof Set) return Array.from(value, toData)
  if (isDict(value)) {
    const out: Data = {}
    for (const [key, item] of dictEntries(value)) {
      Object.defineProperty(out, keyText(key), { value: toData(item), enumerable: true, writable: true, configurable: true })
    }
    return out
  }
  return value
}
/** A key of a dict as JSON has it. */
export function keyText(key: unknown): string {
  if (key === null) return 'null'
  if (key instanceof Float) return key.value.toFixed(1)
  return String(key)
}

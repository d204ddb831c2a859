/** What many filters share: the items of a value, attributes by a dotted name, named tuples, methods of Python's types. */
import type { Data } from '../core/types.ts'
import { isDict, Tuple, Undefined } from '../core/value.ts'
import { getItem } from './access.ts'
import type { Call } from './call.ts'
import { findMethod } from './python-methods.ts'
import { given, iterate, pyStr, typeName } from './python.ts'
import { Refusal } from './params.ts'

/** `list(value)`, where an undefined item is an error. */
export function items(value: unknown): unknown[] {
  return Array.from(iterate(value), given)
}

export const tuple = (...values: readonly unknown[]): Tuple => Tuple.from(values) as Tuple

/** Calls a method of one of Python's types, as an expression would. */
export function callMethod(value: unknown, name: string, call: Call, args: readonly unknown[] = [], kwargs: Readonly<Data> = {}): unknown {
  const method = findMethod(value, name)
  if (method === undefined) throw new Refusal(`'${typeName(value)}' object has no attribute '${name}'`)
  return method({ args, kwargs, env: call.env })
}

export type Getter = (item: unknown) => unknown

/** `a.b.0` of an item; parts that are numbers are indexes. Of what is not there all is undefined; with `fallback`, it is replaced at every step. */
export function attributeGetter(attribute: unknown, fallback?: unknown): Getter {
  const parts = attribute === null || attribute === undefined ? []
    : typeof attribute === 'string' ? attribute.split('.').map((part) => /^\d+$/.test(part) ? Number(part) : part)
    : [attribute]
  return (item) => parts.reduce((value: unknown, part) => {
    const found = value instanceof Undefined ? value : getItem(value, part)
    return found instanceof Undefined && fallback !== null && fallback !== undefined ? fallback : found
  }, item)
}

/** Text in lower case, anything else as it is. */
export const ignoreCase = (value: unknown): unknown => typeof value === 'string' ? value.toLowerCase() : value

/** Text for filters that take anything: Python's str(). */
export const text = (value: unknown): string => typeof value === 'string' ? value : pyStr(value)

/** Text for filters that take nothing else. */
export function onlyText(value: unknown, what = 'value'): string {
  if (typeof value === 'string') return value
  throw new Refusal(`expected a string for ${what}, got ${pyStr(given(value))} (${typeName(value)})`)
}

export function onlyDict(value: unknown, message: string): Data | Map<unknown, unknown> {
  if (isDict(value)) return value
  throw new Refusal(message)
}

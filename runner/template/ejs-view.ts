/** Values of the language as JavaScript code sees them: dicts as objects, floats as numbers, templates evaluated when touched. */
import { dictEntries, Float, isDict, Template, Undefined, Unknown, UnknownValue, VaultText } from '../core/value.ts'
import type { Jinja, Vars } from './call.ts'
import { PyObject, undefinedFault } from './python.ts'

export interface Views { of(value: unknown): unknown }
const originals = new WeakMap<object, unknown>()
/** Views that the template changed: they no longer stand for their original. */
const changed = new WeakSet<object>()

export function createViews(jinja: Jinja, vars: Vars): Views {
  const known = new WeakMap<object, object>()
  const of = (value: unknown): unknown => {
    if (typeof value !== 'object' || value === null) return value
    if (value instanceof Float) return value.value
    if (value instanceof Template || value instanceof VaultText) return of(jinja.resolve(value, vars))
    if (value instanceof Unknown) throw new UnknownValue(value.reason)
    if (value instanceof Undefined) throw undefinedFault(value)
    if (value instanceof PyObject) return value.traits.str?.() ?? value
    if (value instanceof Set) return of([...value])
    if (!Array.isArray(value) && !isDict(value)) return value
    const ready = known.get(value)
    if (ready !== undefined) return ready
    const view = container(value, of)
    known.set(value, view)
    originals.set(view, value)
    return view
  }
  return { of }
}

/** A copy whose items turn into views when they are read; templates may sort or extend it. */
function container(value: object, of: (item: unknown) => unknown): object {
  const copy = Array.isArray(value) ? Array.from(value as unknown[]) : copyOf(value)
  const view = new Proxy(copy, {
    get(target, key, receiver) {
      const item: unknown = Reflect.get(target, key, receiver)
      return typeof key === 'string' && Object.hasOwn(target, key) ? of(item) : item
    },
    defineProperty(target, key, descriptor) { changed.add(view); return Reflect.defineProperty(target, key, descriptor) },
    deleteProperty(target, key) { changed.add(view); return Reflect.deleteProperty(target, key) },
  })
  return view
}

/** Properties that are computed when they are read (hostvars) stay so: the others of the dict may be unknown or undefined. */
function copyOf(value: object): object {
  if (!isDict(value)) return {}
  return value instanceof Map ? Object.fromEntries(dictEntries(value).map(([key, item]) => [String(key), item])) : Object.defineProperties({}, Object.getOwnPropertyDescriptors(value))
}

/** What a view was made from; objects and arrays that the template made itself are converted inside. */
export function rawOf(value: unknown): unknown {
  if (value === undefined) return new Undefined('the value is undefined')
  if (typeof value !== 'object' || value === null) return value
  const original = originals.get(value)
  if (original !== undefined && !changed.has(value)) return original
  if (Array.isArray(value)) return value.map(rawOf)
  return isDict(value) ? Object.fromEntries(Object.entries(value).map(([key, item]) => [key, rawOf(item)])) : value
}

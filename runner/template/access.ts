/** `a.b`, `a[b]` and `a[x:y:z]` as Jinja does them: attribute first or item first, Undefined where neither is there. */
import { nearest } from '../core/near.ts'
import type { Loc } from '../core/types.ts'
import { dictGet, dictKeys, isDict, Tuple } from '../core/value.ts'
import { numberField } from './methods-other.ts'
import { namedField } from './named-tuple.ts'
import { asIndex, isInt } from './numbers.ts'
import { findMethod } from './python-methods.ts'
import { findKey, given, Missing, PyObject, pyError, pyRepr, typeName } from './python.ts'

/** `value.name`: a method or attribute, else an item. A child is given as it is: it may be a Template if `value` was not resolved. */
export function getAttr(value: unknown, name: string, loc?: Loc): unknown {
  given(value)
  if (value instanceof PyObject) {
    const found = value.attr(name)
    return found === undefined ? missingAttr(value, name, loc) : found
  }
  const method = findMethod(value, name) ?? namedField(value, name) ?? numberField(value, name)
  if (method !== undefined) return method
  const item = itemOf(value, name)
  return item === undefined ? missingAttr(value, name, loc) : item
}

/** `value[key]`: an item, else (for a text key) an attribute. */
export function getItem(value: unknown, key: unknown, loc?: Loc): unknown {
  given(value)
  given(key)
  const item = itemOf(value, key)
  if (item !== undefined) return item
  if (typeof key !== 'string') return missingItem(value, key, loc)
  const found = value instanceof PyObject ? value.attr(key) : findMethod(value, key) ?? namedField(value, key) ?? numberField(value, key)
  return found === undefined ? missingAttr(value, key, loc) : found
}

/** The item itself, JavaScript's undefined where there is none. */
function itemOf(value: unknown, key: unknown): unknown {
  if (isDict(value)) {
    if (typeof key === 'string') return dictGet(value, key)
    if (typeof key === 'object' && key !== null && (isDict(key) || (Array.isArray(key) && !(key instanceof Tuple)))) return undefined
    const found = findKey(value, key)
    return found === undefined ? undefined : dictGet(value, found.key)
  }
  if (!(isInt(key) || typeof key === 'boolean')) return undefined
  const index = Number(key)
  if (Array.isArray(value)) return value.at(index)
  if (value instanceof PyObject) return value.traits.iterate === undefined ? undefined : [...value.traits.iterate()].at(index)
  if (typeof value === 'string') return /[\ud800-\udfff]/.test(value) ? Array.from(value).at(index) : value.at(index)
  if (value instanceof PyObject && value.type === 'range') return Array.from(value.traits.iterate?.() ?? []).at(index)
  return value instanceof Uint8Array ? value.at(index) : undefined
}

const objectName = (value: unknown): string => value === null ? 'None' : `${typeName(value)} object`
const missingAttr = (value: unknown, name: string, loc: Loc | undefined): Missing =>
  new Missing(`'${objectName(value)}' has no attribute '${name}'`, loc, () => nearKey(value, name))
const missingItem = (value: unknown, key: unknown, loc: Loc | undefined): Missing =>
  new Missing(isInt(key) && (Array.isArray(value) || typeof value === 'string')
    ? `'${objectName(value)}' has no element ${pyRepr(key)}` : `'${objectName(value)}' has no attribute ${pyRepr(key)}`, loc)
function nearKey(value: unknown, name: string): string | undefined {
  return isDict(value) ? nearest(name, dictKeys(value).filter((key) => typeof key === 'string')) : undefined
}

/** `value[start:stop:step]`; null stands for a part left out. */
export function sliceOf(value: unknown, start: unknown, stop: unknown, step: unknown): unknown {
  given(value)
  if (typeof value === 'string') return sliceText(value, start, stop, step)
  if (value instanceof Tuple) return Tuple.from(pick(Array.from(value), start, stop, step))
  if (Array.isArray(value)) return pick(value, start, stop, step)
  if (value instanceof Uint8Array) return Uint8Array.from(pick(Array.from(value), start, stop, step))
  if (value instanceof PyObject && value.traits.iterate !== undefined) return pick([...value.traits.iterate()], start, stop, step)
  if (isDict(value)) throw pyError('TypeError', "unhashable type: 'slice'")
  throw pyError('TypeError', `'${typeName(value)}' object is not subscriptable`)
}
/** Text counts code points; where each is one unit of JavaScript's, a part is cut out as it is. */
function sliceText(text: string, start: unknown, stop: unknown, step: unknown): string {
  if (step !== null || /[\ud800-\udfff]/.test(text)) return pick(Array.from(text), start, stop, step).join('')
  return text.slice(start === null ? 0 : asIndex(start), stop === null ? text.length : asIndex(stop))
}
function pick<T>(items: readonly T[], start: unknown, stop: unknown, step: unknown): T[] {
  const by = step === null ? 1 : asIndex(step)
  if (by === 0) throw pyError('ValueError', 'slice step cannot be zero')
  const size = items.length
  const clamp = (value: unknown, otherwise: number): number => {
    if (value === null) return otherwise
    const index = asIndex(value)
    const from = index < 0 ? index + size : index
    return by > 0 ? Math.min(Math.max(from, 0), size) : Math.min(Math.max(from, -1), size - 1)
  }
  const from = clamp(start, by > 0 ? 0 : size - 1)
  const to = clamp(stop, by > 0 ? size : -1)
  const out: T[] = []
  for (let i = from; by > 0 ? i < to : i > to; i += by) { const item = items[i]; if (i < size && i >= 0) out.push(item as T) }
  return out
}

/** Methods of list and dict. Those that change a value change it in place, as Python does. */
import { fault } from '../core/errors.ts'
import { dictEntries, dictGet, dictKeys, isDict, makeDict, Tuple } from '../core/value.ts'
import type { Dict } from '../core/value.ts'
import type { Call } from './call.ts'
import { asIndex } from './numbers.ts'
import type { Methods } from './python-methods.ts'
import { compare, equals, findKey, given, isTruthy, iterate, pyError, pyRepr, typeName } from './python.ts'
import { needed, params } from './signature.ts'

/** `key=` of sort: a function value called with one argument. */
const callKey = (key: unknown, call: Call) => (item: unknown): unknown => {
  if (key === undefined || key === null) return item
  if (typeof key !== 'function') throw pyError('TypeError', `'${typeName(key)}' object is not callable`)
  return key({ ...call, args: [item], kwargs: {} })
}

export const listMethods: Methods<unknown[]> = {
  append(self, call) { self.push(needed(call, 1, 'append', 'object')[0]); return null },
  extend(self, call) { self.push(...Array.from(iterate(needed(call, 1, 'extend', 'iterable')[0]), given)); return null },
  insert(self, call) {
    const [at, item] = needed(call, 2, 'insert', 'index', 'object')
    self.splice(asIndex(at), 0, item)
    return null
  },
  remove(self, call) {
    const [item] = needed(call, 1, 'remove', 'value')
    const at = self.findIndex((one) => equals(one, item))
    if (at < 0) throw pyError('ValueError', 'list.remove(x): x not in list')
    self.splice(at, 1)
    return null
  },
  pop(self, call) {
    const [index = -1] = params(call, 'pop', 'index')
    if (self.length === 0) throw pyError('IndexError', 'pop from empty list')
    const at = asIndex(index)
    const from = at < 0 ? at + self.length : at
    if (from < 0 || from >= self.length) throw pyError('IndexError', 'pop index out of range')
    return self.splice(from, 1)[0]
  },
  index: indexOf,
  count: countOf,
  reverse(self) { self.reverse(); return null },
  sort(self, call) {
    const [key, reverse = false] = params({ ...call, args: [] }, 'sort', 'key', 'reverse')
    const keyed = self.map((item) => ({ item, key: callKey(key, call)(item) }))
    if (isTruthy(reverse)) keyed.reverse()
    keyed.sort((a, b) => compare(a.key, b.key))
    if (isTruthy(reverse)) keyed.reverse()
    self.splice(0, self.length, ...keyed.map(({ item }) => item))
    return null
  },
  copy: (self) => [...self],
  clear(self) { self.length = 0; return null },
}
export function indexOf(self: readonly unknown[], call: Call): number {
  const [item, start = 0, stop = self.length] = needed(call, 1, 'index', 'value', 'start', 'stop')
  const clamp = (index: number): number => index < 0 ? Math.max(0, index + self.length) : index
  for (let i = clamp(asIndex(start)); i < Math.min(self.length, clamp(asIndex(stop))); i++) if (equals(self[i], item)) return i
  throw pyError('ValueError', `${pyRepr(item)} is not in list`)
}
export function countOf(self: readonly unknown[], call: Call): number {
  const [item] = needed(call, 1, 'count', 'value')
  return self.filter((one) => equals(one, item)).length
}

/** Sets a key in place. A plain object that would lose its order with this key cannot take it: such keys are refused. `{}` in a template takes all. */
function setKey(self: Dict, key: unknown, value: unknown): void {
  const known = findKey(self, key)
  if (self instanceof Map) { self.set(known === undefined ? key : known.key, value); return }
  if (typeof key !== 'string' || isDict(makeDict([[key, value]])) && makeDict([[key, value]]) instanceof Map) {
    throw fault('dict-key-in-place', undefined, { key: pyRepr(key) })
  }
  self[key] = value
}
function deleteKey(self: Dict, key: unknown): void {
  if (self instanceof Map) self.delete(key)
  else if (typeof key === 'string') Reflect.deleteProperty(self, key)
}
const pairsOf = (value: unknown): (readonly [unknown, unknown])[] => isDict(value)
  ? dictEntries(value)
  : iterate(value).map((pair, i) => {
    const parts = iterate(pair), [key, item] = parts
    if (parts.length !== 2) throw pyError('ValueError', `dictionary update sequence element #${i} has length ${parts.length}; 2 is required`)
    return [key, item] as const
  })

export const dictMethods: Methods<Dict> = {
  items: (self) => dictEntries(self).map((pair) => Tuple.from(pair)),
  keys: (self) => dictKeys(self),
  values: (self) => dictEntries(self).map(([, value]) => value),
  get(self, call) {
    const [key, otherwise = null] = needed(call, 1, 'get', 'key', 'default')
    const found = findKey(self, given(key))
    return found === undefined ? otherwise : dictGet(self, found.key)
  },
  setdefault(self, call) {
    const [key, otherwise = null] = needed(call, 1, 'setdefault', 'key', 'default')
    const found = findKey(self, given(key))
    if (found !== undefined) return dictGet(self, found.key)
    setKey(self, key, otherwise)
    return otherwise
  },
  pop(self, call) {
    const [key, otherwise] = needed(call, 1, 'pop', 'key', 'default')
    const found = findKey(self, given(key))
    if (found === undefined) {
      if (otherwise === undefined) throw pyError('KeyError', pyRepr(key))
      return otherwise
    }
    const value = dictGet(self, found.key)
    deleteKey(self, found.key)
    return value
  },
  popitem(self) {
    const last = dictEntries(self).at(-1)
    if (last === undefined) throw pyError('KeyError', "'popitem(): dictionary is empty'")
    deleteKey(self, last[0])
    return Tuple.from(last)
  },
  update(self, call) {
    const pairs = [...call.args[0] === undefined ? [] : pairsOf(call.args[0]), ...Object.entries(call.kwargs)]
    for (const [, value] of pairs) given(value)
    for (const [key, value] of pairs) setKey(self, key, value)
    return null
  },
  copy: (self) => makeDict(dictEntries(self)),
  clear(self) { for (const key of dictKeys(self)) deleteKey(self, key); return null },
  fromkeys(_self, call) {
    const [keys, value = null] = needed(call, 1, 'fromkeys', 'iterable', 'value')
    return makeDict(iterate(keys).map((key) => [key, value] as const))
  },
}

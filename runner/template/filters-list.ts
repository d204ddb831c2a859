/** Filters on lists, as Jinja has them: order, parts, groups, extremes, sums. */
import type { Filter } from './call.ts'
import { dictEntries, float, isDict, Undefined } from '../core/value.ts'
import { attributeGetter, ignoreCase, items, onlyDict, text, tuple } from './items.ts'
import type { Getter } from './items.ts'
import { namedTuple } from './named-tuple.ts'
import { add, asIndex, asNumber, isFloat, isInt } from './numbers.ts'
import { filterTable, Refusal } from './params.ts'
import { compare, equals, given, isIterable, isTruthy, length, PyObject, typeName } from './python.ts'
import { choose, secure, seeded, shuffle } from './mersenne.ts'
import { isHashable } from './filters-set.ts'

/** Sorted by these keys; stable in both directions, as Python's sorted. */
function sortBy(list: readonly unknown[], keys: Getter, reverse: boolean): unknown[] {
  const sign = reverse ? -1 : 1
  return list.map((item) => ({ item, key: keys(item) })).sort((a, b) => sign * compare(a.key, b.key)).map(({ item }) => item)
}
const folded = (getter: Getter, caseSensitive: unknown): Getter =>
  isTruthy(caseSensitive) ? (item) => given(getter(item)) : (item) => ignoreCase(given(getter(item)))

function manyKeys(attribute: unknown, caseSensitive: unknown): Getter {
  const names = typeof attribute === 'string' ? attribute.split(',') : [attribute]
  const getters = names.map((name) => folded(attributeGetter(name), caseSensitive))
  return (item) => getters.map((getter) => getter(item))
}

function extreme(value: unknown, caseSensitive: unknown, attribute: unknown, sign: 1 | -1): unknown {
  const list = items(value)
  if (list.length === 0) return new Undefined('No aggregated item, sequence was empty.')
  const key = folded(attributeGetter(attribute), caseSensitive)
  let best = list[0], least = key(best)
  for (const item of list.slice(1)) {
    const found = key(item)
    if (sign * compare(found, least, sign > 0 ? '<' : '>') < 0) { best = item; least = found }
  }
  return best
}

/** Python's sum: floats with the compensation that CPython 3.12 and later use. */
function sum(list: readonly unknown[], start: unknown): unknown {
  if (typeof start === 'string') throw new Refusal("sum() can't sum strings [use the filter join instead]")
  let total: unknown = start, lost = 0, isPlain = isFloat(start)
  for (const item of list) {
    const x = asNumber(item)
    if ((isPlain || (isFloat(item) && (isInt(total) || typeof total === 'boolean'))) && x !== undefined) {
      const before = asNumber(total) ?? 0, after = before + x
      lost += Math.abs(before) >= Math.abs(x) ? before - after + x : x - after + before
      total = float(after)
      isPlain = true
    } else total = add(total, item)
  }
  return isPlain && Number.isFinite(lost) && lost !== 0 ? float((asNumber(total) ?? 0) + lost) : total
}

function groupBy(value: unknown, attribute: unknown, fallback: unknown, caseSensitive: unknown): unknown[] {
  const key = folded(attributeGetter(attribute, fallback), caseSensitive)
  const groups: { key: unknown; list: unknown[] }[] = []
  for (const item of sortBy(items(value), key, false)) {
    const found = key(item), last = groups.at(-1)
    if (last !== undefined && equals(last.key, found)) last.list.push(item)
    else groups.push({ key: found, list: [item] })
  }
  const shown = attributeGetter(attribute, fallback)
  return groups.map((group) => namedTuple({ grouper: isTruthy(caseSensitive) ? group.key : shown(group.list[0]), list: group.list }))
}

function slices(list: readonly unknown[], count: number, fill: unknown): unknown[][] {
  const each = Math.floor(list.length / count), extra = list.length % count
  let from = 0
  return Array.from({ length: Math.max(0, count) }, (_, i) => {
    const part = list.slice(from, from += each + (i < extra ? 1 : 0))
    return fill !== null && i >= extra ? [...part, fill] : part
  })
}
function batches(list: readonly unknown[], count: number, fill: unknown): unknown[][] {
  const out: unknown[][] = []
  let row: unknown[] = []
  for (const item of list) {
    if (row.length === count) { out.push(row); row = [] }
    row.push(item)
  }
  if (row.length === 0) return out
  if (fill !== null) while (row.length < count) row.push(fill)
  return [...out, row]
}

function seedOf(seed: unknown): string | bigint {
  if (typeof seed === 'string') return seed
  const value = asNumber(seed)
  if (value === undefined || !Number.isInteger(value)) throw new Refusal(`the seed must be a string or a whole number, not ${typeName(given(seed))}`)
  return typeof seed === 'bigint' ? seed : BigInt(value)
}
function random(end: unknown, start: unknown, step: unknown, seed: unknown): unknown {
  const source = seed === null ? secure : seeded(seedOf(seed))
  if (isInt(end) || typeof end === 'boolean') {
    const from = BigInt(isTruthy(start) ? asIndex(start) : 0), to = BigInt(asIndex(end)), by = BigInt(isTruthy(step) ? asIndex(step) : 1)
    const count = by > 0n ? (to - from + by - 1n) / by : (from - to - by - 1n) / -by
    if (count <= 0n || (by > 0n ? to <= from : to >= from)) throw new Refusal(`empty range in random(${from}, ${to}, ${by})`)
    return Number(from + by * source.below(count))
  }
  if (isFloat(end) || end === null) throw new Refusal('random can only be used on sequences and integers')
  if (isTruthy(start) || isTruthy(step)) throw new Refusal('start and step can only be used with integer values')
  if (isDict(end) || end instanceof Set) throw new Refusal(`random needs a list, not a ${typeName(end)}`, 'put the filter list before it')
  if (end instanceof PyObject && end.type === 'range' && length(end) > 0) {
    return Number(end.attr('start')) + Number(end.attr('step')) * Number(source.below(BigInt(length(end))))
  }
  const list = items(end)
  if (list.length === 0) throw new Refusal('cannot choose from an empty sequence')
  return choose(source, list)
}

function last(value: unknown): unknown {
  if (value instanceof Set) throw new Refusal("'set' object is not reversible")
  const list = items(value)
  return list.length === 0 ? new Undefined('No last item, sequence was empty.') : list.at(-1)
}

export const listFilters: Record<string, Filter> = filterTable({
  'length|count()': (value) => length(value),
  'list()': (value) => items(value),
  'first()': (value) => { const list = items(value); return list.length === 0 ? new Undefined('No first item, sequence was empty.') : list[0] },
  'last()': last,
  'reverse()': (value) => typeof value === 'string' ? Array.from(value).reverse().join('') : items(value).reverse(),
  'join(d="", attribute=None)': (value, [glue, attribute]) =>
    items(value).map(attribute === null ? (item) => item : attributeGetter(attribute)).map(text).join(text(glue)),
  'sort(reverse=False, case_sensitive=False, attribute=None)': (value, [reverse, caseSensitive, attribute]) =>
    sortBy(items(value), manyKeys(attribute, caseSensitive), isTruthy(reverse)),
  'dictsort(case_sensitive=False, by="key", reverse=False)': (value, [caseSensitive, by, reverse]) => {
    if (by !== 'key' && by !== 'value') throw new Refusal('You can only sort by either "key" or "value"')
    const dict = onlyDict(value, `expected a dict, got ${typeName(value)}`)
    const key = folded((entry) => (entry as readonly unknown[])[by === 'key' ? 0 : 1], caseSensitive)
    return sortBy(dictEntries(dict).map((entry) => tuple(...entry)), key, isTruthy(reverse))
  },
  'items()': (value) => dictEntries(onlyDict(value, 'Can only get item pairs from a mapping.')).map((entry) => tuple(...entry)),
  'groupby(attribute, default=None, case_sensitive=False)': (value, [attribute, fallback, caseSensitive]) => groupBy(value, attribute, fallback, caseSensitive),
  'min(case_sensitive=False, attribute=None)': (value, [caseSensitive, attribute]) => extreme(value, caseSensitive, attribute, 1),
  'max(case_sensitive=False, attribute=None)': (value, [caseSensitive, attribute]) => extreme(value, caseSensitive, attribute, -1),
  'sum(attribute=None, start=0)': (value, [attribute, start]) => sum(items(value).map(attributeGetter(attribute)), start),
  'slice(slices, fill_with=None)': (value, [count, fill]) => {
    if (asIndex(count) === 0) throw new Refusal('the number of slices cannot be 0')
    return slices(items(value), asIndex(count), fill)
  },
  'batch(linecount, fill_with=None)': (value, [count, fill]) => batches(items(value), asIndex(count), fill),
  'random(start=None, step=None, seed=None)': (value, [start, step, seed]) => random(value, start, step, seed),
  'shuffle(seed=None)': (value, [seed]) => {
    if (!isIterable(value)) return value
    return shuffle(isTruthy(seed) ? seeded(seedOf(seed)) : secure, items(value))
  },
  'unique(case_sensitive=None, attribute=None)': (value, [caseSensitive, attribute]) => unique(items(value), caseSensitive, attribute),
})

/** Without case, unless a value is no text or number: then Ansible compares as they are. */
function unique(list: readonly unknown[], caseSensitive: unknown, attribute: unknown): unknown[] {
  const key = folded(attributeGetter(attribute), caseSensitive)
  const keys = list.map(key)
  const isPlain = keys.every(isHashable)
  if (!isPlain && (caseSensitive === false || isTruthy(attribute))) {
    throw new Refusal('lists and dicts cannot be compared with case_sensitive=False or by an attribute, and we cannot fall back to another way')
  }
  const seen: unknown[] = [], known = new Set<unknown>(), out: unknown[] = []
  list.forEach((item, i) => {
    const found = isPlain ? keys[i] : item
    if (typeof found === 'string' ? known.has(found) : seen.some((one) => equals(one, found))) return
    if (typeof found === 'string') known.add(found)
    else seen.push(found)
    out.push(item)
  })
  return out
}


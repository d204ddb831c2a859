/** Filters that combine lists: as sets (in the order of the first list), nested, zipped, in all combinations. */
import type { Filter } from './call.ts'
import { isDict, Tuple } from '../core/value.ts'
import { items, tuple } from './items.ts'
import { asIndex } from './numbers.ts'
import { filterTable, Refusal } from './params.ts'
import { equals, isTruthy } from './python.ts'

/** Whether Python could use it as a key. */
export function isHashable(value: unknown): boolean {
  if (value instanceof Tuple) return value.every(isHashable)
  return !(Array.isArray(value) || value instanceof Set || isDict(value))
}

/** The values of a list, fast to ask: is this one of them? */
function membership(list: readonly unknown[]): (value: unknown) => boolean {
  const texts = new Set(list.filter((one) => typeof one === 'string'))
  const others = list.filter((one) => typeof one !== 'string')
  return (value) => typeof value === 'string' ? texts.has(value) : others.some((one) => equals(one, value))
}
function distinct(list: readonly unknown[]): unknown[] {
  const texts = new Set<string>(), others: unknown[] = []
  return list.filter((one) => {
    if (typeof one === 'string') return !texts.has(one) && texts.add(one)
    if (others.some((other) => equals(other, one))) return false
    others.push(one)
    return true
  })
}
const within = (a: readonly unknown[], b: readonly unknown[]): unknown[] => a.filter(membership(b))
const without = (a: readonly unknown[], b: readonly unknown[]): unknown[] => { const has = membership(b); return a.filter((one) => !has(one)) }

function flatten(list: readonly unknown[], levels: number, skipNulls: boolean): unknown[] {
  return list.flatMap((item) => {
    if (skipNulls && (item === null || item === 'None' || item === 'null')) return []
    return Array.isArray(item) && levels >= 1 ? flatten(items(item), levels - 1, skipNulls) : [item]
  })
}

/** Tuples of one item of each list, the last list fastest. */
function product(lists: readonly (readonly unknown[])[]): unknown[][] {
  return lists.reduce<unknown[][]>((rows, list) => rows.flatMap((row) => list.map((item) => [...row, item])), [[]])
}
function* permutations(list: readonly unknown[], size: number): Generator<unknown[]> {
  if (size === 0) { yield []; return }
  for (let i = 0; i < list.length; i++) {
    for (const rest of permutations([...list.slice(0, i), ...list.slice(i + 1)], size - 1)) yield [list[i], ...rest]
  }
}
function* combinations(list: readonly unknown[], size: number): Generator<unknown[]> {
  if (size === 0) { yield []; return }
  for (let i = 0; i <= list.length - size; i++) for (const rest of combinations(list.slice(i + 1), size - 1)) yield [list[i], ...rest]
}
const sized = (size: unknown, otherwise: number): number => {
  const count = size === null ? otherwise : asIndex(size)
  if (count < 0) throw new Refusal('r must be non-negative')
  return count
}

const zip = (lists: readonly (readonly unknown[])[], size: number, fill: unknown): Tuple[] =>
  Array.from({ length: size }, (_, i) => tuple(...lists.map((list) => i < list.length ? list[i] : fill)))
const listsOf = (value: unknown, others: unknown): unknown[][] => [value, ...(others as unknown[])].map(items)

export const setFilters: Record<string, Filter> = filterTable({
  'union(b)': (a, [b]) => distinct([...items(a), ...items(b)]),
  'intersect(b)': (a, [b]) => distinct(within(items(a), items(b))),
  'difference(b)': (a, [b]) => distinct(without(items(a), items(b))),
  'symmetric_difference(b)': (a, [b]) => distinct([...without(items(a), items(b)), ...without(items(b), items(a))]),
  'flatten(levels=None, skip_nulls=True)': (value, [levels, skipNulls]) => {
    return flatten(items(value), levels === null ? Infinity : asIndex(levels), isTruthy(skipNulls))
  },
  'zip(*others, strict=False)': (value, [others, strict]) => {
    const lists = listsOf(value, others), sizes = lists.map((list) => list.length)
    if (isTruthy(strict) && new Set(sizes).size > 1) throw new Refusal(`zip() arguments have different lengths: ${sizes.join(', ')}`)
    return zip(lists, Math.min(...sizes), null)
  },
  'zip_longest(*others, fillvalue=None)': (value, [others, fill]) => {
    const lists = listsOf(value, others)
    return zip(lists, Math.max(...lists.map((list) => list.length)), fill)
  },
  'product(*others, repeat=1)': (value, [others, repeat]) => {
    const lists = listsOf(value, others)
    return product(Array.from({ length: asIndex(repeat) }, () => lists).flat()).map((row) => tuple(...row))
  },
  'permutations(r=None)': (value, [size]) => {
    const list = items(value)
    return [...permutations(list, sized(size, list.length))].map((row) => tuple(...row))
  },
  'combinations(r)': (value, [size]) => [...combinations(items(value), sized(size, 0))].map((row) => tuple(...row)),
})

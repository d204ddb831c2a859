/** Lookups that only rearrange what they are given: lists, dicts, sequences. The `with_*` loops use them too. */
import type { Lookup } from './call.ts'
import { dictEntries, dictGet, dictHas, isDict, makeDict } from '../core/value.ts'
import type { Dict } from '../core/value.ts'
import { percentFormat } from './format.ts'
import { onlyText, tuple } from './items.ts'
import { choose, secure } from './mersenne.ts'
import { isInt, parseInteger } from './numbers.ts'
import { lookupTable, Refusal } from './params.ts'
import { given, isTruthy, iterate, pyRepr, pyStr, typeName } from './python.ts'
import { parseKeyValues } from './search.ts'

/** Takes lists apart, one level deep. */
const flattenOnce = (terms: readonly unknown[]): unknown[] => terms.flatMap((term) => Array.isArray(term) ? Array.from(term, given) : [term])

/** All levels; text loses blanks around it, and the words None and null end their list (community.general: plugins/lookup/flattened.py). */
function flattenAll(terms: readonly unknown[]): unknown[] {
  const flat: unknown[] = []
  for (const written of terms) {
    let term = written
    while (Array.isArray(term) && term.length === 1) [term] = term
    if (typeof term === 'string') term = term.trim()
    if (term === 'None' || term === 'null') break
    if (Array.isArray(term)) flat.push(...flattenAll(term))
    else flat.push(term)
  }
  return flat
}

/** All combinations, the last list fastest; lists inside of them are taken apart, one level deep. */
function nested(terms: readonly unknown[]): unknown[] {
  if (terms.length === 0) throw new Refusal('with_nested requires at least one element in the nested list')
  const [first, ...rest] = terms.map((term) => Array.from(iterate(term), given))
  const rows = rest.reduce<unknown[]>((made, list) => made.flatMap((x) => list.map((y) => flattenOnce([x, y]))), first ?? [])
  return rows.map((row) => flattenOnce(Array.from(iterate(row), given)))
}
function together(terms: readonly unknown[]): unknown[] {
  if (terms.length === 0) throw new Refusal('with_together requires at least one element in each list')
  const lists = terms.map((term) => {
    if (!Array.isArray(term) && typeof term !== 'string') throw new Refusal(`'${typeName(term)}' object is not iterable`)
    return Array.from(term, given)
  })
  return Array.from({ length: Math.max(...lists.map((list) => list.length)) }, (_, i) => flattenOnce(lists.map((list) => list[i] ?? null)))
}

const isSkipped = (value: unknown): boolean => isDict(value) && dictHas(value, 'skipped') && dictGet(value, 'skipped') !== false

/** Pairs of an element and each item of a list inside it. Ansible: plugins/lookup/subelements.py. */
function subelements(terms: readonly unknown[]): unknown[] {
  const [list, path, flags = {}] = terms
  const wrong = (why: string): Refusal => new Refusal(`subelements lookup expects a list of two or three items, ${why}`)
  if (terms.length < 2 || terms.length > 3) throw wrong(`got ${terms.length}`)
  if (!(Array.isArray(list) || isDict(list)) || typeof path !== 'string') throw wrong(`first a dict or a list, second a string pointing to the subkey (it expects a dictionary or a list of them, got '${pyStr(list)}')`)
  if (!isDict(flags) || dictEntries(flags).some(([name]) => name !== 'skip_missing')) throw wrong('the optional third item must be a dict with flags skip_missing')
  if (isSkipped(list)) return []
  const skip = dictGet(flags, 'skip_missing'), skipMissing = typeof skip === 'string' ? /^(y|yes|on|1|true|t)$/i.test(skip) : isTruthy(skip ?? false)
  const elements = Array.isArray(list) ? Array.from(list, given) : dictEntries(list).map(([, value]) => value)
  return elements.flatMap((element) => {
    if (!isDict(element)) throw new Refusal(`subelements lookup expects a dictionary, got '${pyStr(element)}'`)
    if (isSkipped(element)) return []
    const keys = path.split('.'), found = listBelow(element, keys, skipMissing), rest = without(element, keys)
    return found.map((one) => tuple(rest, one))
  })
}
/** The element without the list that its items are taken from: Ansible's loop shows it so. */
function without(element: Dict, keys: readonly string[]): Dict {
  const [key, ...below] = keys
  return makeDict(dictEntries(element).flatMap(([name, value]) => {
    if (name !== key) return [[name, value] as const]
    return below.length > 0 && isDict(value) ? [[name, without(value, below)] as const] : []
  }))
}
function listBelow(element: Dict, keys: readonly string[], skipMissing: boolean): readonly unknown[] {
  let value: unknown = element
  for (const [i, key] of keys.entries()) {
    if (!isDict(value) || !dictHas(value, key)) {
      if (skipMissing) return []
      throw new Refusal(`could not find '${key}' key in iterated item '${pyStr(value)}'`)
    }
    const found = dictGet(value, key)
    if (i < keys.length - 1 && !isDict(found)) {
      if (skipMissing) return []
      throw new Refusal(`the key ${key} should point to a dictionary, got '${pyStr(found)}'`)
    }
    value = found
  }
  if (!Array.isArray(value)) throw new Refusal(`the key ${keys.at(-1) ?? ''} should point to a list, got '${pyStr(value)}'`)
  return Array.from(value, given)
}

interface Sequence { start: number; end: number | undefined; count: number | undefined; stride: number; format: string }
const shortForm = /^(?:(0?x?[0-9a-f]+)-)?(0?x?[0-9a-f]+)(?:\/(0?x?[0-9a-f]+))?(?::(.+))?$/i

function wholeNumber(value: unknown, name: string): number {
  const found = typeof value === 'string' ? parseInteger(value.replace(/^([+-]?)0(?=[0-7]+$)/, '$10o'), 0) ?? parseInteger(value) : isInt(value) ? value : undefined
  if (found === undefined) throw new Refusal(`${name} has an invalid value: can't parse ${name}=${pyStr(value)} as integer`)
  return Number(found)
}
function readSequence(term: unknown, base: Readonly<Record<string, unknown>>): Sequence {
  const options: Record<string, unknown> = { ...base }
  const text = onlyText(term, 'a term'), short = shortForm.exec(text)
  if (short !== null) {
    const [, start, end, stride, format] = short
    Object.assign(options, { end }, start === undefined ? {} : { start }, stride === undefined ? {} : { stride }, format === undefined ? {} : { format })
  } else {
    const { words, options: found } = parseKeyValues(text)
    const unknown = Object.keys(found).filter((name) => !(name in { start: 0, end: 0, stride: 0, count: 0, format: 0 }))
    if (unknown.length > 0 || words !== '') throw new Refusal(`unrecognized arguments to with_sequence: ${pyRepr([...unknown, ...(words === '' ? [] : [words])])}`)
    Object.assign(options, found)
  }
  const optional = (name: string): number | undefined => options[name] === undefined || options[name] === null ? undefined : wholeNumber(options[name], name)
  return { start: optional('start') ?? 1, end: optional('end'), count: optional('count'), stride: optional('stride') ?? 1, format: pyStr(options.format ?? '%d') }
}
function numbers({ start, end, count, stride, format }: Sequence): string[] {
  if (count === undefined && end === undefined) throw new Refusal('must specify count or end in with_sequence')
  if (count !== undefined && end !== undefined) throw new Refusal("can't specify both count and end in with_sequence")
  if (count === 0) return []
  const last = end ?? start + (count ?? 0) * stride - 1
  if (stride > 0 && last < start) throw new Refusal('to count backwards make stride negative')
  if (stride < 0 && last > start) throw new Refusal("to count forward don't make stride negative")
  if (stride === 0) return []
  if (format.split('%').length !== 2) throw new Refusal(`bad formatting string: ${format}`)
  const out: string[] = []
  for (let i = start; stride > 0 ? i <= last : i >= last; i += stride) out.push(percentFormat(format, i))
  return out
}

export const listLookups: Record<string, Lookup> = lookupTable({
  'items(**options)': (terms) => flattenOnce(terms),
  'list(**options)': (terms) => terms,
  'flattened(**options)': (terms) => flattenAll(terms),
  'dict(**options)': (terms) => terms.flatMap((term) => {
    if (!isDict(term)) throw new Refusal(`the 'dict' lookup plugin expects a dictionary, got '${pyStr(term)}' of type ${typeName(term)}`)
    return dictEntries(term).map(([key, value]) => ({ key, value }))
  }),
  'nested|cartesian(**options)': (terms) => nested(terms),
  'together(**options)': (terms) => together(terms),
  'indexed_items(**options)': (terms) => flattenOnce(terms).map((item, i) => tuple(i, item)),
  'subelements(**options)': (terms) => subelements(terms),
  'random_choice(**options)': (terms) => terms.length === 0 ? [] : [choose(secure, terms)],
  'sequence(start=?, end=?, count=?, stride=?, format=?)': (terms, [start, end, count, stride, format]) => {
    const base = Object.fromEntries(Object.entries({ start, end, count, stride, format }).filter(([, value]) => value !== undefined))
    return (terms.length === 0 && Object.keys(base).length > 0 ? [''] : terms).flatMap((term) => numbers(readSequence(term, base)))
  },
  'inventory_hostnames(**options)': (terms, _, call) => terms.length === 0 ? [] : call.env.services.matchHosts(terms.map((term) => onlyText(term)).join(',')),
})


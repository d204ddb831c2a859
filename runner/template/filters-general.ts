/** Filters of community.general on plain data: JMESPath, lists and dicts, INI and CSV text, spans of time, addresses made up. */
import type { Filter } from './call.ts'
import type { Data } from '../core/types.ts'
import { Ini } from '../core/configparser.ts'
import { dictEntries, dictGet, dictHas, float, isDict, makeDict } from '../core/value.ts'
import type { Dict } from '../core/value.ts'
import { parseCsv } from './csv.ts'
import { isListMerge, mergeDicts } from './filters-dict.ts'
import { isHashable } from './filters-set.ts'
import { items, onlyText } from './items.ts'
import { searchJmespath } from './jmespath.ts'
import { secure, seeded } from './mersenne.ts'
import { add, asNumber } from './numbers.ts'
import { filterTable, Refusal } from './params.ts'
import { compare, equals, findKey, isTruthy, pyRepr, pyStr, typeName } from './python.ts'
import { compareVersions } from './versions.ts'

const sequence = (value: unknown, what: string): unknown[] => {
  if (Array.isArray(value) || typeof value === 'string') return items(value)
  throw new Refusal(what)
}
function count(value: unknown): Dict {
  const found = new Map<unknown, unknown>()
  for (const one of sequence(value, `Argument for community.general.counter must be a sequence (string or list). ${pyStr(value)} is ${typeName(value)}`)) {
    if (!isHashable(one)) throw new Refusal(`community.general.counter needs a sequence with hashable elements (int, float or str) - unhashable type: '${typeName(one)}'`)
    const key = findKey(found, one)?.key ?? one
    found.set(key, Number(found.get(key) ?? 0) + 1)
  }
  return makeDict(found)
}
function pairs(value: unknown): Dict {
  return makeDict(items(value).map((one) => {
    const pair = items(one)
    if (pair.length !== 2) throw new Refusal(`dictionary update sequence element has length ${pair.length}; 2 is required: ${pyRepr(one)}`)
    return [pair[0], pair[1]] as const
  }))
}
function grouped(value: unknown, attribute: unknown): Dict {
  if (!Array.isArray(value)) throw new Refusal('Input is not a sequence')
  const made = new Map<unknown, unknown>()
  for (const [i, one] of items(value).entries()) {
    if (!isDict(one)) throw new Refusal(`Sequence element #${i} is not a mapping`)
    if (!dictHas(one, attribute)) throw new Refusal(`Attribute not contained in element #${i} of sequence`)
    const key = dictGet(one, attribute)
    if (findKey(made, key) !== undefined) throw new Refusal(`Multiple sequence entries have attribute value ${pyRepr(key)}`)
    made.set(key, one)
  }
  return makeDict(made)
}

const has = (list: readonly unknown[], one: unknown): boolean => list.some((other) => equals(other, one))
const distinct = (list: readonly unknown[]): unknown[] => list.reduce<unknown[]>((kept, one) => has(kept, one) ? kept : [...kept, one], [])
/** Lists of lists are taken apart, once. */
const spread = (lists: readonly unknown[]): unknown[][] => lists.flatMap((one) => {
  if (!Array.isArray(one)) throw new Refusal(`All arguments must be lists. ${pyStr(one)} is ${typeName(one)}`)
  const list = items(one)
  return list.length === 0 ? [] : list.every((each) => Array.isArray(each)) ? list.map(items) : [list]
})
type Two = (a: readonly unknown[], b: readonly unknown[]) => unknown[]
const combined = (value: unknown, others: unknown, flatten: unknown, work: Two, prepare: (list: unknown[]) => unknown[], end: (list: unknown[]) => unknown[]): unknown[] => {
  const given = [value, ...(others as unknown[])], lists = isTruthy(flatten) ? spread(given) : given.map(items), [first, ...rest] = lists
  if (first === undefined) return []
  return rest.length === 0 ? first : end(rest.reduce<unknown[]>((a, b) => work(a, b), prepare(first)))
}
const same = (list: unknown[]): unknown[] => list

function mergeBy(value: unknown, others: unknown, recursive: unknown, listMerge: unknown): unknown[] {
  const terms = [value, ...(others as unknown[])], index = terms.at(-1)
  if (terms.length < 2) throw new Refusal('At least one list and index are needed.')
  if (!isListMerge(listMerge)) throw new Refusal(`'list_merge' argument cannot be ${pyStr(listMerge)}`)
  const lists = spread(terms.slice(0, -1))
  if (lists.length < 2) return lists[0] ?? []
  if (typeof index !== 'string') throw new Refusal(`First argument after the lists for community.general.lists_mergeby must be string. ${pyStr(index)} is ${typeName(index)}`)
  return lists.reduceRight((high, low) => {
    const made = new Map<unknown, Dict>()
    for (const one of [...low, ...high]) {
      if (!isDict(one)) throw new Refusal(`Elements of list arguments for lists_mergeby must be dictionaries. ${pyStr(one)} is ${typeName(one)}`)
      if (!dictHas(one, index)) continue
      const key = findKey(made, dictGet(one, index))?.key ?? dictGet(one, index)
      made.set(key, mergeDicts(made.get(key) ?? {}, one, isTruthy(recursive), listMerge))
    }
    return [...made.values()].sort((a, b) => compare(dictGet(a, index), dictGet(b, index)))
  })
}

function fromIni(value: unknown, delimiters: unknown): Dict {
  if (typeof value !== 'string') throw new Refusal(`from_ini requires a str, got ${typeName(value)}`)
  if (delimiters !== null) throw new Refusal('from_ini reads = and : as delimiters; others are not supported')
  const parsed = new Ini(value, 'the text', { caseSensitive: true, allowNoValue: false, interpolate: false })
  const defaults = parsed.entries('DEFAULT', 'the text')
  return makeDict([...parsed.names().map((name) => [name, makeDict(parsed.entries(name, 'the text'))] as const), ...(defaults.length === 0 ? [] : [['DEFAULT', makeDict(defaults)] as const])])
}
function toIni(value: unknown, isTight: boolean): string {
  if (!isDict(value)) throw new Refusal(`to_ini requires a dict, got ${typeName(value)}`)
  const entries = dictEntries(value)
  if (entries.length === 0) throw new Refusal('to_ini received an empty dict. An empty dict cannot be converted.')
  const text = (name: string, section: unknown): string => {
    if (!isDict(section)) throw new Refusal(`to_ini failed to parse given dict: section '${name}' is no dict but ${typeName(section)}`)
    if (dictEntries(section).some(([, one]) => one === null)) throw new Refusal('to_ini failed to parse given dict:option values must be strings')
    return `[${name}]\n${dictEntries(section).map(([key, one]) => `${pyStr(key)}${isTight ? '=' : ' = '}${pyStr(one).replaceAll('\n', '\n\t')}\n`).join('')}\n`
  }
  const all = entries.map(([name, section]) => [pyStr(name), section] as const), defaults = all.filter(([name, section]) => name === 'DEFAULT' && !(isDict(section) && dictEntries(section).length === 0))
  return [...defaults, ...all.filter(([name]) => name !== 'DEFAULT')].map(([name, section]) => text(name, section)).join('').slice(0, -1)
}
const dialects: Readonly<Record<string, string>> = { excel: ',', 'excel-tab': '\t', unix: ',' }
function fromCsv(value: unknown, dialect: unknown, names: unknown, delimiter: unknown): unknown[] {
  const by = delimiter ?? dialects[String(dialect)]
  if (typeof by !== 'string') throw new Refusal(`Dialect '${pyStr(dialect)}' is not supported by your version of python.`)
  const rows = parseCsv(onlyText(value), by).filter((row) => row.length > 0), head = names === null ? rows.shift() ?? [] : items(names)
  return rows.map((row) => makeDict([...head.map((name, i) => [name, row[i] ?? null] as const), ...(row.length > head.length ? [[null, row.slice(head.length)] as const] : [])]))
}

const shortUnits: Readonly<Record<string, string>> = {
  millisecond: 'ms', msec: 'ms', msecond: 'ms', sec: 's', second: 's', hour: 'h', min: 'm', minute: 'm', day: 'd', week: 'w', month: 'mo', year: 'y',
}
function timeIn(value: unknown, wanted: unknown, options: Data): unknown {
  if (value === '0') return 0
  const given = onlyText(value, 'the time'), day = 86_400_000
  for (const name of Object.keys(options)) if (name !== 'year' && name !== 'month') throw new Refusal(`to_time_unit() got unknown keyword arguments: ${name}`)
  const days = (name: string, otherwise: number): number => options[name] === undefined ? otherwise : asNumber(options[name]) ?? otherwise
  const sizes: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: day, w: 7 * day, mo: days('month', 30) * day, y: days('year', 365) * day }
  const sizeOf = (name: string): number | undefined => sizes[shortUnits[name.replace(/s+$/, '')] ?? name]
  const size = sizeOf(onlyText(wanted, 'unit'))
  if (size === undefined) throw new Refusal(`to_time_unit() can not convert to the following unit: ${pyStr(wanted)}. Available units (singular or plural):${Object.keys(shortUnits).join(', ')}. Available short units: ${Object.keys(sizes).join(', ')}`)
  const total = given.split(/\s+/).filter((part) => part !== '').reduce((sum, part) => {
    const [, number = '', unit = ''] = /^(-?\d+)(\w+)/.exec(part) ?? [], each = sizeOf(unit)
    if (each === undefined) throw new Refusal(`to_time_unit() can not interpret following string: ${given}`)
    return sum + Number(number) * each
  }, 0)
  return float(Math.round(total / size * 1e12) / 1e12)
}
function randomMac(value: unknown, seed: unknown): string {
  if (typeof value !== 'string') throw new Refusal(`Invalid value type (${typeName(value)}) for random_mac (${pyStr(value)})`)
  const prefix = value.toLowerCase(), parts = prefix.split(':')
  if (parts.length > 5) throw new Refusal(`Invalid value (${prefix}) for random_mac: 5 colon(:) separated items max`)
  const wrong = parts.flatMap((part) => part === '' ? ['empty item'] : /^[a-f0-9]{2}/.test(part) ? [] : [`${part} not hexa byte`])
  if (wrong.length > 0) throw new Refusal(`Invalid value (${prefix}) for random_mac: ${wrong.join(',')}`)
  const random = seed === null ? secure : seeded(typeof seed === 'number' || typeof seed === 'bigint' ? BigInt(seed) : pyStr(seed))
  const rest = (68_719_476_736n + random.below(1_099_511_627_775n - 68_719_476_736n + 1n)).toString(16).slice(0, 2 * (6 - parts.length))
  return prefix + rest.replace(/(..)/g, ':$1')
}
const crcTable = Uint32Array.from({ length: 256 }, (_, n) => { let c = n; for (let k = 0; k < 8; k++) c = c & 1 ? c >>> 1 ^ 0xedb88320 : c >>> 1; return c })
const checksum = (text: string): string => ((Buffer.from(text).reduce((crc, byte) => crc >>> 8 ^ (crcTable[(crc ^ byte) & 255] ?? 0), 0xffffffff) ^ 0xffffffff) >>> 0).toString(16)
const normalForms = ['NFC', 'NFD', 'NFKC', 'NFKD']
const timeFilters = Object.fromEntries(([['milliseconds', 'ms'], ['seconds', 's'], ['minutes', 'm'], ['hours', 'h'], ['days', 'd'], ['weeks', 'w'], ['months', 'mo'], ['years', 'y']] as const)
  .map(([name, unit]) => [`to_${name}(**options)`, (value: unknown, [options]: readonly unknown[]) => timeIn(value, unit, options as Data)]))

export const generalFilters: Record<string, Filter> = filterTable({
  ...timeFilters,
  'to_time_unit(unit="ms", **options)': (value, [unit, options]) => timeIn(value, unit, options as Data),
  'json_query(expr)': (value, [expression]) => searchJmespath(onlyText(expression, 'the query'), value),
  'counter()': (value) => count(value),
  'crc32()': (value) => {
    if (typeof value !== 'string') throw new Refusal(`Invalid value type (${typeName(value)}) for crc32 (${pyRepr(value)})`)
    return checksum(value)
  },
  'dict()': (value) => pairs(value),
  'dict_kv(key)': (value, [key]) => makeDict([[key, value]]),
  'groupby_as_dict(attribute)': (value, [attribute]) => grouped(value, attribute),
  'accumulate()': (value) => sequence(value, `Invalid value type (${typeName(value)}) for accumulate (${pyRepr(value)})`).reduce<unknown[]>((sums, one) => [...sums, sums.length === 0 ? one : add(sums.at(-1), one)], []),
  'lists_union(*others, flatten=False)': (value, [others, flatten]) => combined(value, others, flatten, (a, b) => [...a, ...b], same, distinct),
  'lists_intersect(*others, flatten=False)': (value, [others, flatten]) => combined(value, others, flatten, (a, b) => a.filter((one) => has(b, one)), distinct, same),
  'lists_difference(*others, flatten=False)': (value, [others, flatten]) => combined(value, others, flatten, (a, b) => a.filter((one) => !has(b, one)), distinct, same),
  'lists_symmetric_difference(*others, flatten=False)': (value, [others, flatten]) => combined(value, others, flatten, (a, b) => distinct([...a, ...b]).filter((one) => !(has(a, one) && has(b, one))), same, same),
  'lists_mergeby(*others, recursive=False, list_merge="replace")': (value, [others, recursive, listMerge]) => mergeBy(value, others, recursive, listMerge),
  'from_ini(delimiters=None)': (value, [delimiters]) => fromIni(value, delimiters),
  'to_ini(*, no_extra_spaces=False)': (value, [isTight]) => toIni(value, isTruthy(isTight)),
  'from_csv(dialect="excel", fieldnames=None, delimiter=None, skipinitialspace=None, strict=None)': (value, [dialect, names, delimiter, skips, strict]) => {
    if (isTruthy(skips) || isTruthy(strict)) throw new Refusal('from_csv takes no skipinitialspace and no strict here')
    return fromCsv(value, dialect, names, delimiter)
  },
  'random_mac(seed=None)': (value, [seed]) => randomMac(value, seed),
  'unicode_normalize(form="NFC")': (value, [form]) => {
    if (typeof form !== 'string' || !normalForms.includes(form)) throw new Refusal(`${pyRepr(form)} is not a valid form`)
    return onlyText(value).normalize(form)
  },
  'version_sort(reverse=False)': (value, [reverse]) => {
    const sorted = items(value).map((one) => onlyText(one)).sort((a, b) => compareVersions(a, b, 'loose'))
    return isTruthy(reverse) ? sorted.reverse() : sorted
  },
})

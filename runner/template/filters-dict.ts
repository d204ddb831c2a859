/** Filters on dicts, as Ansible has them: combine, to and from lists, nested parts. */
import type { Call, Filter } from './call.ts'
import type { Data } from '../core/types.ts'
import { dictEntries, dictGet, isDict, makeDict } from '../core/value.ts'
import type { Dict } from '../core/value.ts'
import { getItem } from './access.ts'
import { isHashable } from './filters-set.ts'
import { items, onlyDict, tuple } from './items.ts'
import { filterTable, Refusal } from './params.ts'
import { equals, findKey, given, isTruthy, pyRepr, pyStr, typeName } from './python.ts'

export const isListMerge = (value: unknown): value is string => typeof value === 'string' && listMerges.includes(value)
const listMerges = ['replace', 'keep', 'append', 'prepend', 'append_rp', 'prepend_rp']

function mergeLists(low: readonly unknown[], high: readonly unknown[], how: string): readonly unknown[] {
  const absent = (): unknown[] => low.filter((item) => !high.some((other) => equals(item, other)))
  switch (how) {
    case 'keep': return low
    case 'append': return [...low, ...high]
    case 'prepend': return [...high, ...low]
    case 'append_rp': return [...absent(), ...high]
    case 'prepend_rp': return [...high, ...absent()]
    default: return high
  }
}
/** The values of `high` over those of `low`. Ansible: utils/vars.py merge_hash. */
export function mergeDicts(low: Dict, high: Dict, recursive: boolean, lists: string): Dict {
  const merged = new Map(dictEntries(low))
  for (const [key, value] of dictEntries(high)) {
    const known = findKey(merged, key)?.key ?? key
    const before = merged.get(known)
    if (recursive && isDict(before) && isDict(value)) merged.set(known, mergeDicts(before, value, recursive, lists))
    else if (Array.isArray(before) && Array.isArray(value)) merged.set(known, mergeLists(before, value, lists))
    else merged.set(known, value)
  }
  return makeDict(merged)
}
/** Lists at the top level of `combine`'s arguments are taken apart, once. */
function combine(value: unknown, others: unknown, recursive: unknown, listMerge: unknown): unknown {
  const dicts = [value, ...(others as unknown[])].flatMap((one) => Array.isArray(one) ? items(one) : [one]).filter((one) => one !== null)
  if (dicts.length === 0) return {}
  if (dicts.length === 1) return dicts[0]
  if (typeof listMerge !== 'string' || !listMerges.includes(listMerge)) {
    throw new Refusal(`'list_merge' argument can only be equal to ${listMerges.map((one) => `'${one}'`).join(', ')}`)
  }
  return dicts.map((one) => onlyDict(given(one), `failed to combine variables, expected dicts but got a ${typeName(one)}`))
    .reduce((low, high) => mergeDicts(low, high, isTruthy(recursive), listMerge))
}

/** `value[key]` where missing keys are an error. */
function entry(value: unknown, key: unknown, problem: () => string): unknown {
  if (!isDict(value)) throw new Refusal(problem())
  const found = findKey(value, key)
  if (found === undefined) throw new Refusal(problem())
  return dictGet(value, found.key)
}

function toDict(value: unknown, keyName: unknown, valueName: unknown): Dict {
  if (!Array.isArray(value)) throw new Refusal(`items2dict requires a list, got ${typeName(value)} instead.`)
  return makeDict(items(value).map((item) => {
    if (!isDict(item)) throw new Refusal(`items2dict requires a list of dictionaries, got ${pyRepr(value)} instead.`)
    const problem = (): string =>
      `items2dict requires each dictionary in the list to contain the keys '${pyStr(keyName)}' and '${pyStr(valueName)}', got ${pyRepr(value)} instead.`
    const key = entry(item, keyName, problem)
    if (!isHashable(key)) throw new Refusal(`a ${typeName(key)} cannot be a key: ${pyRepr(key)}`)
    return [key, entry(item, valueName, problem)] as const
  }))
}

function subelements(value: unknown, path: unknown, skipMissing: boolean): unknown[] {
  if (!isDict(value) && !Array.isArray(value)) throw new Refusal('obj must be a list of dicts or a nested dict')
  if (typeof path !== 'string' && !Array.isArray(path)) throw new Refusal('subelements must be a list or a string')
  const keys = typeof path === 'string' ? path.split('.') : items(path)
  if (keys.length === 0) throw new Refusal('subelements is empty: it should point to a list inside of each element')
  const elements = isDict(value) ? dictEntries(value).map(([, item]) => item) : items(value)
  return elements.flatMap((element) => {
    let found: unknown = element
    for (const key of keys) {
      if (!isDict(found)) throw new Refusal(`the key ${pyStr(key)} should point to a dictionary, got '${pyStr(found)}'`)
      const known = findKey(found, key)
      if (known === undefined) {
        if (skipMissing) return []
        throw new Refusal(`could not find ${pyRepr(key)} key in iterated item ${pyRepr(found)}`)
      }
      found = dictGet(found, known.key)
    }
    if (!Array.isArray(found)) throw new Refusal(`the key ${pyRepr(keys.at(-1))} should point to a list, got ${pyRepr(found)}`)
    return items(found).map((one) => tuple(element, one))
  })
}

function rekey(value: unknown, member: unknown, duplicates: unknown): Dict {
  if (duplicates !== 'error' && duplicates !== 'overwrite') throw new Refusal(`duplicates parameter to rekey_on_member has unknown value ${pyRepr(duplicates)}`)
  if (!isDict(value) && !Array.isArray(value) && !(value instanceof Set)) throw new Refusal('Type is not a valid list, set, or dict')
  const made = new Map<unknown, unknown>()
  for (const item of isDict(value) ? dictEntries(value).map(([, one]) => one) : items(value)) {
    if (!isDict(item)) throw new Refusal('List item is not a valid dict')
    const key = entry(item, member, () => `Key ${pyRepr(member)} was not found.`)
    const known = findKey(made, key)
    if (known !== undefined && duplicates === 'error') throw new Refusal(`Key ${pyRepr(key)} is not unique, cannot convert to dict.`)
    made.set(known?.key ?? key, item)
  }
  return makeDict(made)
}

/** `container[key]`, then each of `morekeys` in what was found; what is not there stays undefined, for a default behind it. */
function extract(key: unknown, container: unknown, more: unknown, call: Call): unknown {
  const keys = more === null ? [key] : Array.isArray(more) ? [key, ...items(more)] : [key, more]
  return keys.reduce((value: unknown, one) => getItem(value, one, call.env.loc), container)
}

export const dictFilters: Record<string, Filter> = filterTable({
  'combine(*others, recursive=False, list_merge="replace", **unknown)': (value, [others, recursive, listMerge, unknown]) => {
    if (Object.keys(unknown as Data).length > 0) throw new Refusal("'recursive' and 'list_merge' are the only valid keyword arguments")
    return combine(value, others, recursive, listMerge)
  },
  'dict2items(key_name="key", value_name="value")': (value, [keyName, valueName]) =>
    dictEntries(onlyDict(value, `dict2items requires a dictionary, got ${typeName(value)} instead.`))
      .map(([key, item]) => makeDict([[keyName, key], [valueName, item]])),
  'items2dict(key_name="key", value_name="value")': (value, [keyName, valueName]) => toDict(value, keyName, valueName),
  'subelements(subelements, skip_missing=False)': (value, [path, skipMissing]) => subelements(value, path, isTruthy(skipMissing)),
  'rekey_on_member(key, duplicates="error")': (value, [key, duplicates]) => rekey(value, key, duplicates),
  'extract(container, morekeys=None)': (value, [container, more], call) => extract(value, container, more, call),
})

/** Filters that keep, remove or rename keys: community.general's, of the dicts of a list, and ansible.utils', in any depth. */
import type { Filter } from './call.ts'
import { matchStart } from '../core/regex.ts'
import { dictEntries, isDict, makeDict } from '../core/value.ts'
import type { Dict } from '../core/value.ts'
import { items } from './items.ts'
import { filterTable, Refusal } from './params.ts'
import { pyRepr, pyStr, typeName } from './python.ts'

type Test = (key: string, wanted: string) => boolean
const tests: Readonly<Record<string, Test>> = {
  equal: (key, wanted) => key === wanted, starts_with: (key, wanted) => key.startsWith(wanted), ends_with: (key, wanted) => key.endsWith(wanted),
  regex: (key, wanted) => matchStart(wanted, {}, key),
}
function testOf(name: unknown): Test {
  const found = typeof name === 'string' && Object.hasOwn(tests, name) ? tests[name] : undefined
  if (found === undefined) throw new Refusal(`The matching_parameter must be one of ['equal', 'starts_with', 'ends_with', 'regex']. matching_parameter=${pyRepr(name)}`)
  return found
}
function dictsOf(value: unknown): [string, unknown][][] {
  if (!Array.isArray(value)) throw new Refusal(`First argument must be a list. ${pyRepr(value)} is ${typeName(value)}`)
  return items(value).map((one) => {
    if (!isDict(one)) throw new Refusal(`The data items must be dictionaries. ${pyStr(one)} is ${typeName(one)}`)
    return dictEntries(one).map(([key, item]) => {
      if (typeof key !== 'string') throw new Refusal(`Top level keys must be strings. keys: ${pyRepr(dictEntries(one).map(([name]) => name))}`)
      return [key, item]
    })
  })
}
function targets(target: unknown, matching: unknown): string[] {
  const list = typeof target === 'string' ? [target] : Array.isArray(target) ? items(target) : undefined
  if (list === undefined) throw new Refusal(`The target must be a string or a list. target is ${typeName(target)}.`)
  if (list.length === 0 || target === '') throw new Refusal("The target can't be empty.")
  if (matching === 'regex' && list.length > 1) throw new Refusal('Single item is required in the target list if matching_parameter=regex.')
  return list.map((one) => { if (typeof one !== 'string') throw new Refusal(`The target items must be strings. ${pyRepr(one)} is ${typeName(one)}`); return one })
}
function renames(target: unknown): { readonly before: string; readonly after: string }[] {
  if (!Array.isArray(target)) throw new Refusal(`The target must be a list. target is ${pyRepr(target)} of type ${typeName(target)}.`)
  if (target.length === 0) throw new Refusal("The target can't be empty.")
  return items(target).map((one) => {
    const found = isDict(one) ? Object.fromEntries(dictEntries(one)) : {}
    const { before, after } = found
    if (before === undefined || after === undefined) throw new Refusal('All dictionaries in target must include attributes: after, before.')
    if (typeof before !== 'string' || typeof after !== 'string') throw new Refusal(`The attributes before and after must be strings: ${pyRepr(one)}`)
    return { before, after }
  })
}

/** ansible.utils says equality where community.general says equal. */
const deepTest = (name: unknown): Test => name === 'regex' || name === 'starts_with' || name === 'ends_with' ? testOf(name) : testOf('equal')
const isEmpty = (value: unknown): boolean => value === null || (Array.isArray(value) && value.length === 0) || (isDict(value) && dictEntries(value).length === 0)
type Fits = (key: unknown) => boolean
function keepDeep(value: unknown, fits: Fits): unknown {
  if (Array.isArray(value)) return items(value).map((one) => keepDeep(one, fits)).filter((one) => !isEmpty(one))
  if (!isDict(value)) return null
  return makeDict(dictEntries(value).flatMap(([key, item]): [unknown, unknown][] => {
    if (fits(key)) return [[key, item]]
    const inner = Array.isArray(item) || isDict(item) ? keepDeep(item, fits) : null
    return isEmpty(inner) ? [] : [[key, inner]]
  }))
}
/** Items of lists that nothing is left of go too. */
function removeDeep(value: unknown, fits: Fits): unknown {
  if (Array.isArray(value)) return items(value).map((one) => removeDeep(one, fits)).filter((one) => !isEmpty(one) && one !== '' && one !== 0 && one !== false)
  return isDict(value) ? makeDict(dictEntries(value).filter(([key]) => !fits(key)).map(([key, item]) => [key, removeDeep(item, fits)] as const)) : value
}
function replaceDeep(value: unknown, pairs: readonly { readonly before: string; readonly after: string }[], test: Test): unknown {
  if (Array.isArray(value)) return items(value).map((one) => replaceDeep(one, pairs, test))
  if (!isDict(value)) return value
  const made = new Map(dictEntries(value))
  for (const { before, after } of pairs) for (const key of [...made.keys()]) {
    if (typeof key !== 'string' || !test(key, before)) continue
    const item = made.get(key)
    made.delete(key)
    made.set(after, item)
  }
  return makeDict([...made].map(([key, item]) => [key, replaceDeep(item, pairs, test)] as const))
}
const deep = (value: unknown, what: string): Dict | readonly unknown[] => {
  if (isDict(value) || Array.isArray(value)) return value
  throw new Refusal(`Input is not valid for ${what}`)
}
const anyOf = (target: unknown, matching: unknown): Fits => { const list = items(target).map(pyStr), test = deepTest(matching); return (key) => typeof key === 'string' && list.some((one) => test(key, one)) }

export const keyFilters: Record<string, Filter> = filterTable({
  'keep_keys(target=None, matching_parameter="equal")': (value, [target, matching]) => {
    const dicts = dictsOf(value), test = testOf(matching), wanted = targets(target, matching)
    return dicts.map((one) => makeDict(one.filter(([key]) => wanted.some((each) => test(key, each)))))
  },
  'remove_keys(target=None, matching_parameter="equal")': (value, [target, matching]) => {
    const dicts = dictsOf(value), test = testOf(matching), wanted = targets(target, matching)
    return dicts.map((one) => makeDict(one.filter(([key]) => !wanted.some((each) => test(key, each)))))
  },
  'replace_keys(target=None, matching_parameter="equal")': (value, [target, matching]) => {
    const dicts = dictsOf(value), test = testOf(matching), wanted = renames(target)
    return dicts.map((one) => makeDict(one.map(([key, item]) => [wanted.find(({ before }) => test(key, before))?.after ?? key, item] as const)))
  },
  'ansible.utils.keep_keys(target, matching_parameter="equality")': (value, [target, matching]) => keepDeep(deep(value, 'keep operation'), anyOf(target, matching)),
  'ansible.utils.remove_keys(target, matching_parameter="equality")': (value, [target, matching]) => removeDeep(deep(value, 'attribute removal'), anyOf(target, matching)),
  'ansible.utils.replace_keys(target, matching_parameter="equality")': (value, [target, matching]) => replaceDeep(deep(value, 'replace operation'), renames(target), deepTest(matching)),
})

/** Evaluates JMESPath over values of the language, as jmespath.py 1.1 does. Ansible: community.general, filter json_query. */
import { dictEntries, dictGet, dictHas, float, Float, isDict, makeDict } from '../core/value.ts'
import { sliceOf } from './access.ts'
import { items } from './items.ts'
import { dumpJson } from './json.ts'
import { parseJmespath } from './jmespath-parse.ts'
import type { Node } from './jmespath-parse.ts'
import { add, asNumber, div, isNumber, parseFloatText, parseInteger } from './numbers.ts'
import { Refusal } from './params.ts'
import { compare, contains, equals, length, pyRepr } from './python.ts'

type Kind = 'string' | 'number' | 'boolean' | 'array' | 'object' | 'null' | 'expref'
/** `&expr`, handed to a function. */
class Expression { readonly run: (value: unknown) => unknown; constructor(run: (value: unknown) => unknown) { this.run = run } }

function kindOf(value: unknown): Kind {
  if (value === null || value === undefined) return 'null'
  if (typeof value === 'boolean') return 'boolean'
  if (typeof value === 'string') return 'string'
  if (value instanceof Expression) return 'expref'
  if (Array.isArray(value)) return 'array'
  if (isDict(value)) return 'object'
  if (isNumber(value)) return 'number'
  return 'string'
}
/** Zero is true. */
const isFalse = (value: unknown): boolean => value === null || value === undefined || value === false || value === '' || (Array.isArray(value) && value.length === 0) || (isDict(value) && dictEntries(value).length === 0)
const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value)
const sameKind = (a: unknown, b: unknown): boolean => (typeof a === 'boolean') === (typeof b === 'boolean')

function evaluate(node: Node, value: unknown): unknown {
  switch (node.type) {
    case 'identity': case 'current': return value
    case 'literal': return node.value
    case 'field': return isDict(value) && dictHas(value, node.name) ? dictGet(value, node.name) : null
    case 'chain': case 'pipe': return node.parts.reduce((now: unknown, part) => evaluate(part, now), value)
    case 'index': return isList(value) ? items(value).at(node.at) ?? null : null
    case 'slice': return isList(value) ? sliceOf(value, node.from, node.to, node.step) : null
    case 'flatten': { const base = evaluate(node.of, value); return isList(base) ? items(base).flatMap((one) => isList(one) ? items(one) : [one]) : null }
    case 'projection': { const base = evaluate(node.left, value); return isList(base) ? each(items(base), node.right) : null }
    case 'values': { const base = evaluate(node.left, value); return isDict(base) ? each(dictEntries(base).map(([, one]) => one), node.right) : null }
    case 'filter': { const base = evaluate(node.left, value); return isList(base) ? each(items(base).filter((one) => !isFalse(evaluate(node.condition, one))), node.right) : null }
    case 'or': { const left = evaluate(node.left, value); return isFalse(left) ? evaluate(node.right, value) : left }
    case 'and': { const left = evaluate(node.left, value); return isFalse(left) ? left : evaluate(node.right, value) }
    case 'not': return isFalse(evaluate(node.of, value))
    case 'compare': return compared(node.op, evaluate(node.left, value), evaluate(node.right, value))
    case 'list': return value === null ? null : node.items.map((one) => evaluate(one, value))
    case 'dict': return value === null ? null : makeDict(node.pairs.map(([key, one]) => [key, evaluate(one, value)] as const))
    case 'expref': return new Expression((one) => evaluate(node.of, one))
    case 'call': return call(node.name, node.args.map((one) => evaluate(one, value)))
    default: return node satisfies never
  }
}
const each = (list: readonly unknown[], right: Node): unknown[] => list.map((one) => evaluate(right, one)).filter((one) => one !== null)
function compared(op: string, a: unknown, b: unknown): unknown {
  if (op === '==') return sameKind(a, b) && equals(a, b)
  if (op === '!=') return !(sameKind(a, b) && equals(a, b))
  if (![a, b].every((one) => ['number', 'string'].includes(kindOf(one)))) return null
  const order = compare(a, b, op)
  return op === '<' ? order < 0 : op === '>' ? order > 0 : op === '<=' ? order <= 0 : order >= 0
}

type Types = readonly (Kind | 'array-number' | 'array-string' | 'any')[]
interface Func { readonly takes: readonly Types[]; readonly isOpen?: true; run(...args: unknown[]): unknown }
const list = (value: unknown): unknown[] => isList(value) ? items(value) : []
const runOf = (value: unknown) => value instanceof Expression ? value.run : (one: unknown): unknown => one
const keysOf = (array: unknown, by: unknown, name: string): { readonly item: unknown; readonly key: unknown }[] => {
  const found = list(array).map((item) => ({ item, key: runOf(by)(item) })), kinds = new Set(found.map(({ key }) => kindOf(key)))
  for (const kind of kinds) if (!['string', 'number'].includes(kind) || kinds.size > 1) throw new Refusal(`JMESPathError: In function ${name}(), invalid type for value, expected one of: ['string', 'number'], received: "${[...kinds].join('", "')}"`)
  return found
}
/** The first of the greatest (1) or least (-1). */
const extreme = (found: readonly { readonly item: unknown; readonly key: unknown }[], sign: number): unknown =>
  found.reduce<(typeof found)[number] | undefined>((best, one) => best === undefined || sign * compare(one.key, best.key) > 0 ? one : best, undefined)?.item ?? null
const sorted = (found: readonly { readonly item: unknown; readonly key: unknown }[]): unknown[] => [...found].sort((a, b) => compare(a.key, b.key)).map(({ item }) => item)
const whole = (value: unknown, round: (number: number) => number): unknown => value instanceof Float || typeof value === 'number' ? round(asNumber(value) ?? 0) : value
const total = (value: unknown): unknown => list(value).reduce((sum: unknown, one) => add(sum, one), 0)
const numeric = (text: string): unknown => parseInteger(text.trim()) ?? parseFloatText(text.trim()) ?? null
const plain = (value: unknown) => list(value).map((item) => ({ item, key: item }))
const orders: Types = ['array-number', 'array-string']

const functions: Readonly<Record<string, Func>> = {
  abs: { takes: [['number']], run: (value) => compare(value, 0) < 0 ? value instanceof Float ? new Float(-value.value) : typeof value === 'bigint' ? -value : -Number(value) : value },
  avg: { takes: [['array-number']], run: (value) => list(value).length === 0 ? null : div(total(value), float(list(value).length)) },
  ceil: { takes: [['number']], run: (value) => whole(value, Math.ceil) }, floor: { takes: [['number']], run: (value) => whole(value, Math.floor) },
  contains: { takes: [['array', 'string'], ['any']], run: (subject, search) => contains(subject, search) },
  ends_with: { takes: [['string'], ['string']], run: (text, end) => String(text).endsWith(String(end)) }, starts_with: { takes: [['string'], ['string']], run: (text, start) => String(text).startsWith(String(start)) },
  join: { takes: [['string'], ['array-string']], run: (by, array) => list(array).join(String(by)) },
  keys: { takes: [['object']], run: (value) => isDict(value) ? dictEntries(value).map(([key]) => key) : null }, values: { takes: [['object']], run: (value) => isDict(value) ? dictEntries(value).map(([, one]) => one) : null },
  length: { takes: [['string', 'array', 'object']], run: (value) => length(value) },
  map: { takes: [['expref'], ['array']], run: (by, array) => list(array).map((one) => runOf(by)(one)) },
  max: { takes: [orders], run: (value) => extreme(plain(value), 1) }, min: { takes: [orders], run: (value) => extreme(plain(value), -1) },
  max_by: { takes: [['array'], ['expref']], run: (value, by) => extreme(keysOf(value, by, 'max_by'), 1) }, min_by: { takes: [['array'], ['expref']], run: (value, by) => extreme(keysOf(value, by, 'min_by'), -1) },
  merge: { takes: [['object']], isOpen: true, run: (...all) => makeDict(all.flatMap((one) => isDict(one) ? dictEntries(one) : [])) },
  not_null: { takes: [['any']], isOpen: true, run: (...all) => all.find((one) => one !== null) ?? null },
  reverse: { takes: [['array', 'string']], run: (value) => typeof value === 'string' ? [...value].reverse().join('') : list(value).reverse() },
  sort: { takes: [orders], run: (value) => sorted(plain(value)) }, sort_by: { takes: [['array'], ['expref']], run: (value, by) => sorted(keysOf(value, by, 'sort_by')) },
  sum: { takes: [['array-number']], run: total }, type: { takes: [['any']], run: kindOf },
  to_array: { takes: [['any']], run: (value) => isList(value) ? value : [value] },
  to_string: { takes: [['any']], run: (value) => typeof value === 'string' ? value : dumpJson(value, { itemSeparator: ',', keySeparator: ':' }) },
  to_number: { takes: [['any']], run: (value) => kindOf(value) === 'number' ? value : typeof value === 'string' ? numeric(value) : null },
}
const fits = (value: unknown, types: Types): boolean => types.some((type) => type === 'any' || kindOf(value) === type
  || (type.startsWith('array-') && isList(value) && list(value).every((one) => kindOf(one) === type.slice(6))))
function call(name: string, args: readonly unknown[]): unknown {
  const found = Object.hasOwn(functions, name) ? functions[name] : undefined
  if (found === undefined) throw new Refusal(`JMESPathError: Unknown function: ${name}()`)
  const { takes, isOpen = false } = found
  if (isOpen ? args.length < takes.length : args.length !== takes.length) throw new Refusal(`JMESPathError: Expected ${isOpen ? 'at least ' : ''}${takes.length} argument(s) for function ${name}(), received ${args.length}`)
  for (const [i, value] of args.entries()) {
    const types = takes[Math.min(i, takes.length - 1)] ?? []
    if (!fits(value, types)) throw new Refusal(`JMESPathError: In function ${name}(), invalid type for value: ${pyRepr(value)}, expected one of: ${pyRepr([...types])}, received: "${kindOf(value)}"`)
  }
  return found.run(...args)
}

export const searchJmespath = (expression: string, data: unknown): unknown => evaluate(parseJmespath(expression), data) ?? null

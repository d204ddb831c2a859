/** Tests of what a value is: its type, its truth, its place in an order. */
import type { Test } from './call.ts'
import { dictHas, Float, isDict, Undefined, VaultText } from '../core/value.ts'
import { callMethod, items } from './items.ts'
import { asNumber, isFloat, isInt, isNumber, mod } from './numbers.ts'
import { openTestTable, Refusal, testTable } from './params.ts'
import { compare, contains, equals, isIterable, isTruthy, numeric, pyStr, typeName } from './python.ts'
import { isHashable } from './filters-set.ts'
import { filters } from './filters.ts'
import { findNamed } from './lookup-call.ts'
import { tests } from './tests.ts'

const yes = new Set(['y', 'yes', 'on', '1', 'true', 't'])
const no = new Set(['n', 'no', 'off', '0', 'false', 'f'])

/** Truth, after words like "no" have been read if `convert` asks for it. */
function truth(value: unknown, convert: unknown): boolean {
  if (!isTruthy(convert)) return isTruthy(value)
  const word = typeof value === 'string' ? value.toLowerCase().trim() : isNumber(value) ? pyStr(numeric(value)) : undefined
  if (word !== undefined && yes.has(word)) return true
  return word !== undefined && no.has(word) ? false : isTruthy(value)
}
function remainder(value: unknown, divisor: unknown): boolean {
  return equals(mod(value, divisor), 0)
}
function isSame(a: unknown, b: unknown): boolean {
  if (a instanceof Float && b instanceof Float) return a.value === b.value
  return Object.is(a, b)
}
function isSubset(a: readonly unknown[], b: readonly unknown[]): boolean {
  const wrong = [...a, ...b].find((one) => !isHashable(one))
  if (wrong !== undefined) throw new Refusal(`unhashable type: '${typeName(wrong)}': only text, numbers and tuples can be compared as sets`)
  return a.every((one) => contains(b, one))
}
const known = (table: Readonly<Record<string, unknown>>, name: unknown): boolean => typeof name === 'string' && findNamed(table, name) !== undefined

export const valueTests: Record<string, Test> = {
  ...openTestTable({
    'defined()': (value) => !(value instanceof Undefined),
    'undefined()': (value) => value instanceof Undefined,
  }),
  ...testTable({
    'none()': (value) => value === null,
    'boolean()': (value) => typeof value === 'boolean',
    'true()': (value) => value === true,
    'false()': (value) => value === false,
    'string()': (value) => typeof value === 'string',
    'integer()': (value) => isInt(value),
    'float()': (value) => isFloat(value),
    'number()': (value) => isNumber(value),
    'mapping()': (value) => isDict(value),
    'sequence()': (value) => typeof value === 'string' || Array.isArray(value) || isDict(value) || value instanceof Uint8Array || typeName(value) === 'range',
    'iterable()': (value) => isIterable(value),
    'callable()': (value) => typeof value === 'function',
    'escaped()': () => false,
    'vault_encrypted()': (value) => value instanceof VaultText,
    'sameas(other)': (value, [other]) => isSame(value, other),
    'filter()': (value) => known(filters, value),
    'test()': (value) => known(tests, value),
    'odd()': (value) => equals(mod(value, 2), 1),
    'even()': (value) => remainder(value, 2),
    'divisibleby(num)': (value, [divisor]) => remainder(value, divisor),
    'lower()': (value, _, call) => callMethod(pyStr(value), 'islower', call) === true,
    'upper()': (value, _, call) => callMethod(pyStr(value), 'isupper', call) === true,
    'eq|equalto|==(other)': (value, [other]) => equals(value, other),
    'ne|!=(other)': (value, [other]) => !equals(value, other),
    'lt|lessthan|<(other)': (value, [other]) => compare(value, other, '<') < 0,
    'le|<=(other)': (value, [other]) => compare(value, other, '<=') <= 0,
    'gt|greaterthan|>(other)': (value, [other]) => compare(value, other, '>') > 0,
    'ge|>=(other)': (value, [other]) => compare(value, other, '>=') >= 0,
    'in(seq)': (value, [container]) => contains(container, value),
    'contains(value)': (value, [item]) => contains(value, item),
    'any()': (value) => items(value).some(isTruthy),
    'all()': (value) => items(value).every(isTruthy),
    'subset|issubset(b)': (value, [other]) => isSubset(items(value), items(other)),
    'superset|issuperset(b)': (value, [other]) => isSubset(items(other), items(value)),
    'truthy(convert_bool=False)': (value, [convert]) => truth(value, convert),
    'falsy(convert_bool=False)': (value, [convert]) => !truth(value, convert),
    'nan|isnan()': (value) => Number.isNaN(asNumber(value)),
  }),
}

/** Tests of the result of a task. Ansible: plugins/test/core.py. */
function resultTest(name: string, key: string): (value: unknown) => boolean {
  return (value) => {
    if (!isDict(value)) throw new Refusal(`the '${name}' test expects a dictionary, got ${pyStr(value)} (${typeName(value)})`, 'test the registered result as a whole')
    return isTruthy(entry(value, key))
  }
}
const entry = (value: unknown, key: string): unknown => {
  if (!isDict(value) || !dictHas(value, key)) return null
  return value instanceof Map ? value.get(key) : value[key]
}
const not = (test: (value: unknown) => boolean) => (value: unknown): boolean => !test(value)

function changed(value: unknown): boolean {
  if (!isDict(value) || dictHas(value, 'changed')) return resultTest('changed', 'changed')(value)
  const results = entry(value, 'results')
  return Array.isArray(results) && results.some((one) => isTruthy(entry(one, 'changed')))
}
function asyncTest(name: string): (value: unknown, args: readonly unknown[], call: Parameters<Test>[1]) => boolean {
  return (value, _, call) => {
    const isSet = resultTest(name, name)(value)
    if (isDict(value) && dictHas(value, name)) return isSet
    call.env.services.warn(`the '${name}' test expects an async task, but a task that was not async was tested`, call.env.loc)
    return true
  }
}

export const resultTests: Record<string, Test> = testTable({
  'failed|failure()': resultTest('failed', 'failed'),
  'succeeded|success|successful()': not(resultTest('failed', 'failed')),
  'changed|change()': changed,
  'skipped|skip()': resultTest('skipped', 'skipped'),
  'unreachable()': resultTest('unreachable', 'unreachable'),
  'reachable()': not(resultTest('unreachable', 'unreachable')),
  'timedout()': (value) => resultTest('timedout', 'timedout')(value) && isTruthy(entry(entry(value, 'timedout'), 'period')),
  'started()': asyncTest('started'),
  'finished()': asyncTest('finished'),
})

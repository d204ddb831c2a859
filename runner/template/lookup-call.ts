/** `lookup()`, `query()` and `q()` over the table of lookups. */
import { Fault } from '../core/errors.ts'
import { absentPlugin } from './absent.ts'
import type { GlobalFunction, Lookup } from './call.ts'
import { given, isTruthy, pyError, pyStr } from './python.ts'

/** Collections whose filters, tests and lookups the tables hold under short names. */
const prefix = /^(?:ansible\.(?:builtin|legacy|utils|posix|netcommon)|community\.general)\./
/** The entry of a name that may carry the prefix of a collection. */
export function findNamed<T>(table: Readonly<Record<string, T>>, name: string): T | undefined {
  if (Object.hasOwn(table, name)) return table[name]
  const short = name.replace(prefix, '')
  return short !== name && Object.hasOwn(table, short) ? table[short] : undefined
}

/** `wantsList` is what the function gives if the call does not say. */
export const lookupFunction = (table: Readonly<Record<string, Lookup>>, wantsList: boolean): GlobalFunction => (call) => {
  const [name, ...terms] = call.args
  if (typeof given(name) !== 'string') throw pyError('TypeError', 'lookup() needs the name of a lookup first')
  const { wantlist = wantsList, errors = 'strict', ...options } = call.kwargs
  const isList = isTruthy(wantlist)
  const found = findNamed(table, pyStr(name))
  if (found === undefined) throw absentPlugin('lookup', pyStr(name), Object.keys(table), call.env.loc, call.env.services.pluginFile?.('lookup', pyStr(name)))
  try {
    return shaped(found(terms, { args: terms, kwargs: options, env: call.env }), isList)
  } catch (error) {
    if (!(error instanceof Fault) || errors === 'strict' || error.code === 'undefined') throw error
    if (errors === 'warn') call.env.services.warn(error.message, call.env.loc)
    return isList ? [] : null
  }
}
/** Text is joined by commas, a single value is itself (Ansible: _invoke_lookup). */
function shaped(values: readonly unknown[], isList: boolean): unknown {
  if (isList || values.length === 0) return [...values]
  if (values.every((value) => typeof value === 'string')) return values.join(',')
  return values.length === 1 ? values[0] : [...values]
}

/** Methods of Python's str, list, dict, set, int, float, bytes and tuple, as a template may call them: `name.split(',')`, `d.items()`. */
import type { Call, GlobalFunction } from './call.ts'
import { bytesMethods, floatMethods, intMethods, setMethods, tupleMethods } from './methods-other.ts'
import { dictMethods, listMethods } from './methods-containers.ts'
import { strMethods } from './methods-str.ts'
import { Float, isDict, Tuple } from '../core/value.ts'
import { pyError, typeName } from './python.ts'

export type Method<T> = (self: T, call: Call) => unknown
export type Methods<T> = Readonly<Record<string, Method<T>>>

export function bindMethod<T>(table: Methods<T>, self: T, name: string): GlobalFunction | undefined {
  if (!Object.hasOwn(table, name)) return undefined
  const method = table[name]
  if (method === undefined) return undefined
  const bound: GlobalFunction = (call) => {
    const count = call.args.length + Object.keys(call.kwargs).length
    // A method that does not look at its call takes no arguments.
    if (method.length < 2 && count > 0) throw pyError('TypeError', `${typeName(self)}.${name}() takes no arguments (${count} given)`)
    return method(self, call)
  }
  Object.defineProperty(bound, 'name', { value: name })
  return bound
}

/** The method of this name, bound to the value; undefined where the type has none. */
export function findMethod(value: unknown, name: string): GlobalFunction | undefined {
  switch (typeof value) {
    case 'string': return bindMethod(strMethods, value, name)
    case 'number': return Number.isInteger(value) ? bindMethod(intMethods, value, name) : bindMethod(floatMethods, value, name)
    case 'bigint': case 'boolean': return bindMethod(intMethods, value, name)
    case 'object': break
    default: return undefined
  }
  if (value === null) return undefined
  if (value instanceof Tuple) return bindMethod(tupleMethods, value, name)
  if (Array.isArray(value)) return bindMethod(listMethods, value, name)
  if (isDict(value)) return bindMethod(dictMethods, value, name)
  if (value instanceof Set) return bindMethod(setMethods, value, name)
  if (value instanceof Uint8Array) return bindMethod(bytesMethods, value, name)
  return value instanceof Float ? bindMethod(floatMethods, value, name) : undefined
}

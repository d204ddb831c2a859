/** The `loop` of a for statement, and `namespace()`. */
import { isDict, dictEntries } from '../core/value.ts'
import type { Call, GlobalFunction } from './call.ts'
import { equals, Missing, PyObject, pyError } from './python.ts'

export interface Loop { readonly object: PyObject; next(): void }

/** `live` evaluates an item; `again` runs a recursive loop over other items. */
export function makeLoop(items: readonly unknown[], live: (item: unknown) => unknown, depth: number, again: GlobalFunction | undefined): Loop {
  let at = -1
  let last: readonly unknown[] | undefined
  const size = items.length
  const changed = ({ args }: Call): boolean => {
    const isSame = last !== undefined && last.length === args.length && last.every((value, i) => equals(value, args[i]))
    last = args
    return !isSame
  }
  const cycle = ({ args }: Call): unknown => {
    if (args.length === 0) throw pyError('TypeError', 'no items for cycling given')
    return args[at % args.length]
  }
  const attr = (name: string): unknown => {
    switch (name) {
      case 'index': return at + 1
      case 'index0': return at
      case 'revindex': return size - at
      case 'revindex0': return size - at - 1
      case 'first': return at === 0
      case 'last': return at === size - 1
      case 'length': return size
      case 'depth': return depth + 1
      case 'depth0': return depth
      case 'previtem': return at === 0 ? new Missing('there is no previous item') : live(items[at - 1])
      case 'nextitem': return at === size - 1 ? new Missing('there is no next item') : live(items[at + 1])
      case 'changed': return changed
      case 'cycle': return cycle
      default: return undefined
    }
  }
  const call: GlobalFunction = (given) => {
    if (again === undefined) throw pyError('TypeError', "the loop must have the 'recursive' marker to be called recursively")
    return again(given)
  }
  return { object: new PyObject('LoopContext', attr, { call, length: () => size, str: () => `<LoopContext ${at + 1}/${size}>` }), next() { at++ } }
}

/** An object whose attributes `set` can change from inside of loops. */
export const makeNamespace: GlobalFunction = ({ args, kwargs }) => {
  const values = new Map<string, unknown>()
  for (const arg of args) {
    if (!isDict(arg)) throw pyError('TypeError', 'namespace() takes mappings and keyword arguments')
    for (const [key, value] of dictEntries(arg)) values.set(String(key), value)
  }
  for (const [key, value] of Object.entries(kwargs)) values.set(key, value)
  return new PyObject('Namespace', (name) => values.get(name), { assign(name, value) { values.set(name, value) } })
}

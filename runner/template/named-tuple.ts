/** A tuple whose items also have names: the groups of groupby (`group.grouper`, `group.list`). */
import { Tuple } from '../core/value.ts'

const fields = new WeakMap<object, Readonly<Record<string, unknown>>>()

export function namedTuple(names: Readonly<Record<string, unknown>>): Tuple {
  const made = Tuple.from(Object.values(names)) as Tuple
  fields.set(made, names)
  return made
}
/** JavaScript's undefined where the value is no such tuple or has no such name. */
export function namedField(value: unknown, name: string): unknown {
  const names = value instanceof Tuple ? fields.get(value) : undefined
  return names !== undefined && Object.hasOwn(names, name) ? names[name] : undefined
}

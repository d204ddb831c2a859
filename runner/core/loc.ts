/** Where values were written: a side table from a container and a key to a place, so that data itself stays plain. */
import type { Loc } from './types.ts'

type Places = { readonly self: Loc | undefined; readonly keys: Map<unknown, Loc>; readonly values: Map<unknown, Loc> }
const table = new WeakMap<object, Places>()

/** Remembers where a container starts, where its keys stand, and where their values start. Called by yaml/ only. */
export function place(container: object, places: Places): void { table.set(container, places) }

/** Start of a container as a whole. */
export const locOf = (container: unknown): Loc | undefined =>
  typeof container === 'object' && container !== null ? table.get(container)?.self : undefined
/** Place of a key of a mapping, or of an item of a list. */
export const keyLoc = (container: unknown, key: unknown): Loc | undefined =>
  typeof container === 'object' && container !== null ? (table.get(container)?.keys.get(key) ?? table.get(container)?.self) : undefined
/** Place where the value of a key starts. */
export const valueLoc = (container: unknown, key: unknown): Loc | undefined =>
  typeof container === 'object' && container !== null ? (table.get(container)?.values.get(key) ?? keyLoc(container, key)) : undefined

/** Gives a rebuilt container the places of the one it was made from. */
export function inheritLoc<T extends object>(made: T, from: unknown): T {
  const places = typeof from === 'object' && from !== null ? table.get(from) : undefined
  if (places !== undefined) table.set(made, places)
  return made
}

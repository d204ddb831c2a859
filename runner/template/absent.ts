/** What is said of filters, tests and lookups that do not exist here. */
import { fault } from '../core/errors.ts'
import { nearest } from '../core/near.ts'
import type { Loc } from '../core/types.ts'

/** Names with a collection in front are no misspellings: roles of collections name plugins that come with them. */
export function absentPlugin(kind: 'filter' | 'test' | 'lookup', name: string, known: Iterable<string>, loc: Loc | undefined): Error {
  if (/^(?!ansible\.)\w+\.\w+\.\w+$/.test(name)) return fault('plugin-elsewhere', loc, { kind, name })
  return fault(`unknown-${kind}`, loc, { name, near: nearest(name, [...known]) })
}

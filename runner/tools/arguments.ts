/** Options of the small commands (`play inventory`, `play vault`): a list of known names, each a switch or taking a value. */
import { fault } from '../core/errors.ts'
import { nearest } from '../core/near.ts'

export interface Parsed { readonly values: ReadonlyMap<string, readonly string[]>; readonly rest: readonly string[] }

/** `known`: every spelling to its name; a name that ends in `=` takes a value. Throws a usage fault. */
export function parseArguments(argv: readonly string[], known: Readonly<Record<string, string>>): Parsed {
  const values = new Map<string, string[]>(), rest: string[] = []
  for (let i = 0; i < argv.length; i++) {
    const word = argv[i] ?? ''
    if (!word.startsWith('-') || word === '-') { rest.push(word); continue }
    const equals = word.startsWith('--') ? word.indexOf('=') : -1
    const spelling = equals > 0 ? word.slice(0, equals) : word
    const name = known[spelling]
    if (name === undefined) throw fault('usage', undefined, { message: `there is no option ${spelling}`, near: nearest(spelling, Object.keys(known)) })
    const takes = name.endsWith('=')
    const value = !takes ? '' : equals > 0 ? word.slice(equals + 1) : argv[++i]
    if (value === undefined) throw fault('usage', undefined, { message: `${spelling} needs a value` })
    const key = takes ? name.slice(0, -1) : name
    values.set(key, [...values.get(key) ?? [], value])
  }
  return { values, rest }
}

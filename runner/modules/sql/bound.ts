/** Values put into the queries of users: `%s` and `%(name)s`, as Python's drivers take them; `%%` is one `%`. Without values nothing is special. */
import { Failure } from '../../core/errors.ts'
import type { Data } from '../../core/types.ts'

export function bound(query: string, positional: readonly unknown[] | undefined, named: Data | undefined, literal: (value: unknown) => string): string {
  const plain = query.trim().replace(/;\s*$/, '')
  if (positional === undefined && named === undefined) return plain
  let next = 0
  return plain.replace(/%(?:%|s|\((\w+)\)s)/g, (found, name: string | undefined) => {
    if (found === '%%') return '%'
    const isThere = name === undefined ? positional !== undefined && next < positional.length : named !== undefined && Object.hasOwn(named, name)
    if (!isThere) throw new Failure(`Cannot execute SQL '${query}': there is no value for ${found}`)
    return literal(name === undefined ? positional?.[next++] : named?.[name])
  })
}

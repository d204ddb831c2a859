/** All lookups by name, gathered from the files that hold them. */
import type { Lookup } from './call.ts'
import { lookupTable } from './params.ts'

export const lookups: Record<string, Lookup> = {
  ...lookupTable({
    'list(**options)': (terms) => terms,
  }),
}

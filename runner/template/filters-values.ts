/** Filters about whether there is a value, and which: default, mandatory, ternary, type_debug. */
import type { Filter } from './call.ts'
import { Undefined } from '../core/value.ts'
import { openFilterTable } from './params.ts'

export const valueFilters: Record<string, Filter> = openFilterTable({
  'default|d(default_value="", boolean=False)': (value, [fallback]) => value instanceof Undefined ? fallback : value,
})

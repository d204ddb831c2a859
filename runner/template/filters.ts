/** All filters by name, gathered from the files that hold them. */
import type { Filter } from './call.ts'
import { valueFilters } from './filters-values.ts'

export const filters: Record<string, Filter> = {
  ...valueFilters,
}

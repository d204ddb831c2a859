/** All filters by name, gathered from the files that hold them. */
import type { Filter } from './call.ts'
import { dictFilters } from './filters-dict.ts'
import { generalFilters } from './filters-general.ts'
import { htmlFilters } from './filters-html.ts'
import { ipFilters } from './filters-ip.ts'
import { keyFilters } from './filters-keys.ts'
import { listFilters } from './filters-list.ts'
import { miscFilters } from './filters-misc.ts'
import { numberFilters } from './filters-number.ts'
import { pathFilters } from './filters-path.ts'
import { regexFilters } from './filters-regex.ts'
import { selectFilters } from './filters-select.ts'
import { serialFilters } from './filters-serial.ts'
import { setFilters } from './filters-set.ts'
import { textFilters } from './filters-text.ts'
import { valueFilters } from './filters-values.ts'

export const filters: Record<string, Filter> = {
  ...valueFilters, ...textFilters, ...listFilters, ...selectFilters, ...setFilters, ...dictFilters, ...numberFilters, ...pathFilters,
  ...regexFilters, ...serialFilters, ...htmlFilters, ...miscFilters, ...generalFilters, ...keyFilters, ...ipFilters,
}

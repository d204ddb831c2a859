/** Functions that expressions can call by name. */
import type { GlobalFunction } from './call.ts'
import { Undefined } from '../core/value.ts'
import { globalTable } from './params.ts'

export const globals: Record<string, GlobalFunction> = {
  ...globalTable({
    'undef(hint=None)': ([hint]) => new Undefined(typeof hint === 'string' ? hint : 'Mandatory variable has not been overridden'),
  }),
}

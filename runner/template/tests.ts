/** All tests by name, gathered from the files that hold them. */
import type { Test } from './call.ts'
import { Undefined } from '../core/value.ts'
import { openTestTable } from './params.ts'

export const tests: Record<string, Test> = {
  ...openTestTable({
    'defined()': (value) => !(value instanceof Undefined),
    'undefined()': (value) => value instanceof Undefined,
  }),
}

/** All tests by name, gathered from the files that hold them. */
import type { Test } from './call.ts'
import { fileTests, textTests } from './tests-text.ts'
import { resultTests, valueTests } from './tests-value.ts'

export const tests: Record<string, Test> = { ...valueTests, ...resultTests, ...textTests, ...fileTests }

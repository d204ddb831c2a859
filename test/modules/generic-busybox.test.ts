/** The generic suite (test/support/generic.ts) on BusyBox, all modules. */
import { genericSuite } from '../support/generic.ts'

genericSuite('busybox', () => true)

/** The generic suite (test/support/generic.ts) on Debian, modules from a to f. */
import { genericSuite } from '../support/generic.ts'

genericSuite('debian', (module) => module <= 'f~')

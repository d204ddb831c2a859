/** The generic suite (test/support/generic.ts) on Debian, modules from g to z. */
import { genericSuite } from '../support/generic.ts'

genericSuite('debian', (module) => module > 'f~')

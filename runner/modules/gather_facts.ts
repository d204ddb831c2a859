/** What a play runs for `gather_facts: true`; the same facts as setup. */
import { defineModule } from '../core/module.ts'
import setup from './setup.ts'

export default defineModule({
  name: 'gather_facts',
  doc: 'Gathers facts about a host, as a play does before its tasks.',
  args: { ...setup.args, parallel: { type: 'bool', doc: 'Accepted: there is one source of facts.' } },
  plan: async (args, target) => await setup.plan(args, target),
})

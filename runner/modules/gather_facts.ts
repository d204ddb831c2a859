/** What a play runs for `gather_facts: true`; the same facts as setup. */
import { defineModule } from '../core/module.ts'
import { isDict } from '../core/value.ts'
import setup from './setup.ts'

export default defineModule({
  name: 'gather_facts',
  doc: 'Gathers facts about a host, as a play does before its tasks.',
  args: { ...setup.args, parallel: { type: 'bool', doc: 'Accepted: there is one source of facts.' } },
  async plan(args, target) {
    const plan = await setup.plan(args, target), facts = plan.data?.['ansible_facts']
    return { ...plan, data: { ...plan.data, ansible_facts: { ...isDict(facts) && !(facts instanceof Map) ? facts : {}, _ansible_facts_gathered: true } } }
  },
})

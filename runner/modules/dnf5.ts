/** Keeps packages of the Red Hat family, by dnf 5. */
import { defineModule } from '../core/module.ts'
import { dnfArgs, planDnf } from './packages/dnf.ts'

export default defineModule({
  name: 'dnf5',
  doc: 'Keeps packages of the Red Hat family: installed, newest, absent.',
  args: dnfArgs,
  rules: { mutuallyExclusive: [['name', 'list'], ['best', 'nobest']] },
  plan: async (args, target) => await planDnf({ ...args, use_backend: 'dnf5' }, target),
})

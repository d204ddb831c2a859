/** Keeps packages of the Red Hat family. */
import { defineModule } from '../core/module.ts'
import { dnfArgs, planDnf } from './packages/dnf.ts'

export default defineModule({
  name: 'dnf',
  doc: 'Keeps packages of the Red Hat family: installed, newest, absent.',
  args: dnfArgs,
  rules: { mutuallyExclusive: [['name', 'list'], ['best', 'nobest']] },
  plan: planDnf,
})

/** Keeps packages of the Red Hat family, under the older name. */
import { defineModule } from '../core/module.ts'
import { dnfArgs, dnfRules, planDnf } from './packages/dnf.ts'

export default defineModule({
  name: 'yum',
  doc: 'Keeps packages of the Red Hat family: installed, newest, absent.',
  args: dnfArgs,
  rules: dnfRules,
  plan: planDnf,
})

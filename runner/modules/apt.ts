/** Keeps packages of Debian and its relatives. */
import { defineModule } from '../core/module.ts'
import { aptArgs, planApt } from './packages/apt.ts'

export default defineModule({
  name: 'apt',
  doc: 'Keeps Debian packages: installed, newest, absent; upgrades the system.',
  args: aptArgs,
  rules: {
    mutuallyExclusive: [['deb', 'package', 'upgrade']],
    requiredOneOf: [['autoremove', 'deb', 'package', 'update_cache', 'upgrade', 'autoclean', 'clean', 'cache_valid_time']],
  },
  plan: planApt,
})

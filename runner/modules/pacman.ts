/** Keeps packages of Arch Linux. */
import { defineModule } from '../core/module.ts'
import { planSimple } from './packages/simple.ts'

export default defineModule({
  name: 'pacman',
  doc: 'Keeps packages of Arch Linux.',
  args: {
    name: { type: 'list', elements: 'str', aliases: ['package', 'pkg'], default: [], doc: 'Packages or groups.' },
    state: { type: 'str', choices: ['absent', 'installed', 'latest', 'present', 'removed'], default: 'present', doc: 'What they shall be.' },
    update_cache: { type: 'bool', default: false, doc: 'Fetches the lists first.' },
    upgrade: { type: 'bool', default: false, doc: 'Upgrades everything.' },
    force: { type: 'bool', default: false, doc: 'Removes without asking what needs it.' },
    extra_args: { type: 'str', default: '', doc: 'Further words for pacman.' },
    remove_nosave: { type: 'bool', default: false, doc: 'Keeps no copies of configuration files.' },
    reason: { type: 'str', doc: 'Why it is installed.', unsupported: 'set it with the command pacman -D' },
    executable: { type: 'str', default: 'pacman', doc: 'Only pacman itself.' },
    update_cache_extra_args: { type: 'str', default: '', doc: 'Accepted when empty.' },
    upgrade_extra_args: { type: 'str', default: '', doc: 'Accepted when empty.' },
  },
  plan: async (args, target) => await planSimple({
    tool: 'pacman', names: args.name.flatMap((one) => one.split(',')), state: args.state === 'absent' || args.state === 'removed' ? 'absent' : args.state === 'latest' ? 'latest' : 'present',
    updateCache: args.update_cache, upgrade: args.upgrade, recurse: false,
    options: [...(args.state === 'absent' && args.force ? ['--nodeps', '--nodeps'] : []), ...(args.remove_nosave ? ['--nosave'] : []), ...args.extra_args.split(' ').filter((one) => one !== '')],
  }, target),
})

/** Keeps packages of SUSE. */
import { defineModule } from '../core/module.ts'
import { planSimple } from './packages/simple.ts'

export default defineModule({
  name: 'zypper',
  doc: 'Keeps packages of SUSE.',
  args: {
    name: { type: 'list', elements: 'str', aliases: ['pkg'], required: true, doc: 'Packages; `*` with latest upgrades everything.' },
    state: { type: 'str', choices: ['absent', 'dist-upgrade', 'installed', 'latest', 'present', 'removed'], default: 'present', doc: 'What they shall be.' },
    update_cache: { type: 'bool', default: false, aliases: ['refresh'], doc: 'Fetches the lists first.' },
    disable_gpg_check: { type: 'bool', default: false, doc: 'Ignores signatures.' },
    disable_recommends: { type: 'bool', default: true, doc: 'No recommended packages.' },
    force: { type: 'bool', default: false, doc: 'Allows other vendors, architectures and older versions.' },
    force_resolution: { type: 'bool', default: false, doc: 'Lets it find a way.' },
    extra_args: { type: 'str', doc: 'Further words for zypper.' },
    type: { type: 'str', choices: ['package', 'patch', 'pattern', 'product', 'srcpackage', 'application'], default: 'package', doc: 'Kind of package.' },
    oldpackage: { type: 'bool', default: false, doc: 'Allows older versions.' },
  },
  plan: async (args, target) => {
    const isRemoval = args.state === 'absent' || args.state === 'removed'
    return await planSimple({
      tool: 'zypper', names: args.name.filter((one) => one !== '*'), state: isRemoval ? 'absent' : args.state === 'latest' ? 'latest' : 'present',
      updateCache: args.update_cache, upgrade: args.name.includes('*') || args.state === 'dist-upgrade',
      options: [
        ...(args.type === 'package' ? [] : ['--type', args.type]), ...(args.disable_recommends && !isRemoval ? ['--no-recommends'] : []), ...(args.force ? ['--force'] : []),
        ...(args.oldpackage ? ['--oldpackage'] : []), ...(args.force_resolution ? ['--force-resolution'] : []), ...(args.extra_args ?? '').split(' ').filter((one) => one !== ''),
      ],
    }, target)
  },
})

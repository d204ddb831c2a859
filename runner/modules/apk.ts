/** Keeps packages of Alpine Linux. */
import { defineModule } from '../core/module.ts'
import { planApk } from './packages/apk.ts'

export default defineModule({
  name: 'apk',
  doc: 'Keeps packages of Alpine Linux.',
  args: {
    name: { type: 'list', elements: 'str', default: [], doc: 'Packages.' },
    state: { type: 'str', choices: ['absent', 'installed', 'latest', 'present', 'removed'], default: 'present', doc: 'What they shall be.' },
    update_cache: { type: 'bool', default: false, doc: 'Fetches the lists first.' },
    upgrade: { type: 'bool', default: false, doc: 'Upgrades everything.' },
    available: { type: 'bool', default: false, doc: 'With upgrade: also replaces what is no longer offered.' },
    no_cache: { type: 'bool', default: false, doc: 'Uses no cache.' },
    repository: { type: 'list', elements: 'str', default: [], doc: 'Repositories in place of the configured ones.' },
    world: { type: 'str', default: '/etc/apk/world', doc: 'Only the usual place.' },
  },
  plan: async (args, target) => await planApk({
    names: args.name.flatMap((one) => one.split(',')), state: args.state === 'absent' || args.state === 'removed' ? 'absent' : args.state === 'latest' ? 'latest' : 'present',
    updateCache: args.update_cache, upgrade: args.upgrade,
    options: [...(args.available ? ['--available'] : []), ...(args.no_cache ? ['--no-cache'] : []), ...args.repository.flatMap((one) => ['--repository', one])],
  }, target),
})

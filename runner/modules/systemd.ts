/** Controls units of systemd. */
import { Failure } from '../core/errors.ts'
import { defineModule } from '../core/module.ts'
import { planUnit } from './services/systemd.ts'

export default defineModule({
  name: 'systemd',
  doc: 'Controls systemd units: running, enabled, masked; reloads the manager.',
  args: {
    name: { type: 'str', aliases: ['service', 'unit'], doc: 'The unit; `.service` may be left out.' },
    state: { type: 'str', choices: ['reloaded', 'restarted', 'started', 'stopped'], doc: 'started and stopped act where needed; the others always.' },
    enabled: { type: 'bool', doc: 'Whether it starts at boot.' },
    masked: { type: 'bool', doc: 'Whether it cannot be started at all.' },
    daemon_reload: { type: 'bool', default: false, aliases: ['daemon-reload'], doc: 'Makes the manager read changed unit files first.' },
    daemon_reexec: { type: 'bool', default: false, aliases: ['daemon-reexec'], doc: 'Restarts the manager first.' },
    scope: { type: 'str', choices: ['system', 'user', 'global'], default: 'system', doc: 'Which manager.' },
    no_block: { type: 'bool', default: false, doc: 'Does not wait for the unit.' },
    force: { type: 'bool', doc: 'Overwrites conflicting links.' },
    user: { type: 'bool', doc: 'Old spelling of scope: user.', unsupported: 'write scope: user' },
  },
  rules: {
    requiredOneOf: [['state', 'enabled', 'masked', 'daemon_reload', 'daemon_reexec']],
    requiredBy: { state: ['name'], enabled: ['name'], masked: ['name'] },
  },
  async plan(args, target) {
    if (args.scope === 'global' && args.state !== undefined) throw new Failure('scope global has no running units: state cannot be given')
    return await planUnit({
      name: args.name, scope: args.scope, state: args.state, enabled: args.enabled, masked: args.masked, reload: args.daemon_reload,
      reexec: args.daemon_reexec, force: args.force === true, noBlock: args.no_block,
    }, target)
  },
})

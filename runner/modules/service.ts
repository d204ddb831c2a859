/** Controls a service by whatever the host has for that: systemd, OpenRC or init scripts. */
import { Failure } from '../core/errors.ts'
import { defineModule } from '../core/module.ts'
import { platform } from '../probes/platform.ts'
import { script } from '../probes/scripts.ts'
import { unit } from '../probes/units.ts'
import { planScript } from './services/scripts.ts'
import { planUnit } from './services/systemd.ts'

export default defineModule({
  name: 'service',
  doc: 'Controls a service, whatever the host’s service manager is.',
  args: {
    name: { type: 'str', required: true, doc: 'The service.' },
    state: { type: 'str', choices: ['reloaded', 'restarted', 'started', 'stopped'], doc: 'started and stopped act where needed; the others always.' },
    enabled: { type: 'bool', doc: 'Whether it starts at boot.' },
    sleep: { type: 'int', doc: 'Seconds between stop and start of a restart, for init scripts.' },
    pattern: { type: 'str', doc: 'Text in the list of processes that says that it runs, for init scripts.' },
    runlevel: { type: 'str', default: 'default', doc: 'Runlevel, for OpenRC.' },
    arguments: { type: 'str', default: '', aliases: ['args'], doc: 'Further words for an init script.' },
    use: { type: 'str', default: 'auto', doc: 'Service manager; auto is what the host runs.' },
    daemon_reload: { type: 'bool', default: false, aliases: ['daemon-reload'], doc: 'For systemd: reads changed unit files first.' },
    masked: { type: 'bool', doc: 'For systemd: whether it cannot be started at all.' },
    scope: { type: 'str', choices: ['system', 'user', 'global'], default: 'system', doc: 'For systemd: which manager.' },
  },
  rules: { requiredOneOf: [['state', 'enabled', 'masked', 'daemon_reload']] },
  async plan(args, target) {
    // All managers are asked at once, so that the answer takes one trip.
    const key = { name: args.name, scope: args.scope }
    const asked = args.use === 'auto' ? await Promise.all([
      target.read(platform, 'platform'), target.read(unit, key, 'along'), target.read(script, { name: args.name, kind: 'auto', ...(args.pattern === undefined ? {} : { pattern: args.pattern }) }, 'along'),
    ]) : undefined
    const manager = asked?.[0].serviceManager ?? args.use.replace(/^ansible\.(builtin|legacy)\./, '')
    if (manager === 'systemd' || manager === 'systemd_service') {
      const plan = await planUnit({
        name: args.name, scope: args.scope, state: args.state, enabled: args.enabled, masked: args.masked, reload: args.daemon_reload, reexec: false,
        force: false, noBlock: false,
      }, target)
      // Ansible: plugins/action/service.py
      const unused = Object.entries({ pattern: args.pattern, runlevel: args.runlevel === 'default' ? undefined : args.runlevel, sleep: args.sleep, arguments: args.arguments === '' ? undefined : args.arguments })
      const told = unused.flatMap(([name, value]) => value === undefined ? [] : [`Ignoring "${name}" as it is not used in "systemd"`])
      return told.length === 0 ? plan : { ...plan, warnings: [...plan.warnings ?? [], ...told] }
    }
    if (!['openrc', 'sysvinit', 'service', 'upstart'].includes(manager)) throw new Failure(`Could not find a way to control services with '${manager}'`)
    return await planScript({
      kind: manager === 'openrc' ? 'openrc' : 'sysvinit', askAs: args.use === 'auto' ? 'auto' : manager === 'openrc' ? 'openrc' : 'sysvinit', name: args.name, state: args.state, enabled: args.enabled, pattern: args.pattern, sleep: args.sleep ?? 1,
      arguments: args.arguments, runlevels: args.runlevel === 'default' ? [] : [args.runlevel],
    }, target)
  },
})

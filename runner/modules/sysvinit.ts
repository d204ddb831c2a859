/** Controls services that are init scripts. */
import { defineModule } from '../core/module.ts'
import { planScript } from './services/scripts.ts'

export default defineModule({
  name: 'sysvinit',
  doc: 'Controls services that are init scripts.',
  args: {
    name: { type: 'str', required: true, aliases: ['service'], doc: 'The service.' },
    state: { type: 'str', choices: ['started', 'stopped', 'restarted', 'reloaded'], doc: 'started and stopped act where needed; the others always.' },
    enabled: { type: 'bool', doc: 'Whether it starts at boot.' },
    sleep: { type: 'int', default: 1, doc: 'Seconds between stop and start of a restart.' },
    pattern: { type: 'str', doc: 'Text in the list of processes that says that it runs, where the script has no status.' },
    arguments: { type: 'str', aliases: ['args'], doc: 'Further words for the script.' },
    runlevels: { type: 'list', elements: 'str', doc: 'Runlevels of enabled; default are the script’s own.' },
    daemonize: { type: 'bool', default: false, doc: 'Accepted: nothing started here holds on to the connection.' },
  },
  rules: { requiredOneOf: [['state', 'enabled']] },
  plan: async (args, target) => await planScript({
    kind: 'sysvinit', askAs: 'sysvinit', name: args.name, state: args.state, enabled: args.enabled, pattern: args.pattern, sleep: args.sleep, arguments: args.arguments,
    runlevels: args.runlevels ?? [],
  }, target),
})

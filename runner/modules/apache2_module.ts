/** Keeps a module of Apache on Debian and its relatives. */
import { Failure } from '../core/errors.ts'
import { attr, defineModule, nothing } from '../core/module.ts'
import { shText } from '../core/sh.ts'
import type { Plan } from '../core/plan.ts'
import { apacheModule } from '../probes/answers.ts'
import { absent, stat } from '../probes/stat.ts'

export default defineModule({
  name: 'apache2_module',
  doc: 'Keeps a module of Apache.',
  args: {
    name: { type: 'str', required: true, doc: 'The module.' },
    state: { type: 'str', choices: ['absent', 'present'], default: 'present', doc: 'Whether it is enabled.' },
    identifier: { type: 'str', doc: 'Accepted: the links that enable modules are read, not the server’s list.' },
    force: { type: 'bool', default: false, doc: 'Disables what the system needs.' },
    ignore_configcheck: { type: 'bool', default: false, doc: 'Accepted: the configuration is not checked here.' },
    warn_mpm_absent: { type: 'bool', default: true, doc: 'Accepted.' },
  },
  async plan(args, target): Promise<Plan> {
    const is = await target.read(apacheModule, args.name)
    const wanted = args.state === 'present', result = `Module ${args.name} ${wanted ? 'enabled' : 'disabled'}`
    if (is.enabled === wanted) return nothing({ result })
    if (!is.hasTool) throw new Failure('a2enmod not found. Perhaps this system does not use a2enmod to manage apache')
    if (wanted && !is.exists) throw new Failure(`Failed to set module ${args.name} to enabled:\n\nERROR: Module ${args.name} does not exist!`)
    return {
      changes: [attr(args.name, 'enabled', is.enabled, wanted)], steps: [{ sh: `PATH=$PATH:/usr/sbin ${shText`${wanted ? 'a2enmod' : 'a2dismod'} ${[...(args.force ? ['-f'] : []), args.name]}`}` }],
      after: [
        { probe: apacheModule.name, id: args.name, value: { ...is, enabled: wanted } },
        ...(wanted ? [] : ['load', 'conf'].map((kind) => ({ probe: stat.name, id: `/etc/apache2/mods-enabled/${args.name}.${kind}`, value: absent }))),
      ], data: { result },
    }
  },
})

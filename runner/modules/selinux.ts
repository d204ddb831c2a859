/** Keeps the mode and policy of SELinux. */
import { Failure } from '../core/errors.ts'
import { attr, defineModule } from '../core/module.ts'
import { sh } from '../core/sh.ts'
import type { Plan } from '../core/plan.ts'
import { selinuxState } from '../probes/answers.ts'
import { chain, planText } from './config/text.ts'

export default defineModule({
  name: 'selinux',
  doc: 'Keeps the mode and policy of SELinux.',
  args: {
    state: { type: 'str', required: true, choices: ['enforcing', 'permissive', 'disabled'], doc: 'The mode.' },
    policy: { type: 'str', doc: 'The policy, as targeted; needed unless the mode is disabled.' },
    configfile: { type: 'path', default: '/etc/selinux/config', aliases: ['conf', 'file'], doc: 'The file.' },
    update_kernel_param: { type: 'bool', default: false, doc: 'Kernel parameters.', unsupported: 'use the command grubby' },
  },
  rules: { requiredIf: [['state', 'enforcing', ['policy']], ['state', 'permissive', ['policy']]] },
  async plan(args, target): Promise<Plan> {
    const [is, file] = await Promise.all([
      target.read(selinuxState, 'selinux'),
      planText(target, args.configfile, (text) => text?.replace(/^SELINUX=.*$/m, `SELINUX=${args.state}`).replace(/^SELINUXTYPE=.*$/m, (line) => args.policy === undefined ? line : `SELINUXTYPE=${args.policy}`)),
    ])
    if (!is.hasTools) throw new Failure('SELinux is not on this host: getenforce is missing (on Debian, AppArmor takes its place)')
    const plans = [file]
    if (args.state !== is.runtime && args.state !== 'disabled' && is.runtime !== 'disabled') {
      plans.push({ changes: [attr('SELinux', 'mode', is.runtime, args.state)], steps: [sh`PATH=$PATH:/usr/sbin:/sbin setenforce ${args.state === 'enforcing' ? 1 : 0}`], after: [{ probe: selinuxState.name, id: 'selinux', value: { ...is, runtime: args.state, config: args.state } }] })
    }
    const reboot = (args.state === 'disabled') !== (is.runtime === 'disabled')
    return { ...chain(plans, { state: args.state, policy: args.policy ?? is.policy, configfile: args.configfile, reboot_required: reboot, msg: '' }), warnings: reboot ? ['SELinux state change will take effect next reboot'] : [] }
  },
})

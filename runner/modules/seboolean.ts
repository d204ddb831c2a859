/** Keeps a boolean of SELinux. */
import { Failure } from '../core/errors.ts'
import { attr, defineModule, nothing } from '../core/module.ts'
import { sh } from '../core/sh.ts'
import type { Change, Plan } from '../core/plan.ts'
import { selinuxBoolean } from '../probes/answers.ts'

export default defineModule({
  name: 'seboolean',
  doc: 'Keeps a boolean of SELinux.',
  args: {
    name: { type: 'str', required: true, doc: 'The boolean.' },
    state: { type: 'bool', required: true, doc: 'Its value.' },
    persistent: { type: 'bool', default: false, doc: 'After a boot too.' },
    ignore_selinux_state: { type: 'bool', default: false, doc: 'Accepted.' },
  },
  async plan(args, target): Promise<Plan> {
    const is = await target.read(selinuxBoolean, args.name)
    if (!is.hasTools) throw new Failure('SELinux is disabled on this host.')
    if (is.now === '') throw new Failure(`SELinux boolean ${args.name} does not exist.`)
    const want = args.state ? 'on' : 'off', changes: Change[] = []
    if (is.now !== want) changes.push(attr(args.name, 'now', is.now, want))
    if (args.persistent && is.boot !== want) changes.push(attr(args.name, 'boot', is.boot, want))
    const data = { name: args.name, persistent: args.persistent, state: args.state }
    if (changes.length === 0) return nothing(data)
    return {
      changes, steps: [sh`PATH=$PATH:/usr/sbin:/sbin setsebool ${[...(args.persistent ? ['-P'] : []), args.name, want]}`],
      after: [{ probe: selinuxBoolean.name, id: args.name, value: { hasTools: true, now: want, boot: args.persistent ? want : is.boot } }], data,
    }
  },
})

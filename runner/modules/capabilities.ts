/** Keeps a capability of a program. */
import { Failure } from '../core/errors.ts'
import { attr, defineModule, nothing } from '../core/module.ts'
import { shText } from '../core/sh.ts'
import type { Plan } from '../core/plan.ts'
import { capabilities } from '../probes/answers.ts'

const normal = (capability: string): string => { const [name = '', flags = ''] = capability.toLowerCase().split(/[=+]/); return `${name}+${[...flags].sort().join('')}` }
export default defineModule({
  name: 'capabilities',
  doc: 'Keeps a capability of a program.',
  args: {
    path: { type: 'path', required: true, aliases: ['key'], doc: 'The program.' },
    capability: { type: 'str', required: true, aliases: ['cap'], doc: 'The capability, as cap_net_raw+ep.' },
    state: { type: 'str', choices: ['absent', 'present'], default: 'present', doc: 'Whether it has it.' },
  },
  async plan({ path, capability, state }, target): Promise<Plan> {
    const { hasTool, list } = await target.read(capabilities, path)
    if (!hasTool) throw new Failure('getcap and setcap are not on this host: the package libcap2-bin (or libcap) has them')
    const name = capability.toLowerCase().split(/[=+]/)[0] ?? '', have = list.map(normal)
    const rest = have.filter((one) => one.split('+')[0] !== name)
    const next = state === 'present' ? [...rest, normal(capability)] : rest
    if (next.length === have.length && next.every((one) => have.includes(one))) return nothing({ msg: 'capabilities already as they should be', stdout: '' })
    const line = next.length === 0 ? shText`setcap -r ${path}` : shText`setcap ${next.join(' ')} ${path}`
    return {
      changes: [attr(path, 'capabilities', have.join(' '), next.join(' '))], steps: [{ sh: `PATH=$PATH:/usr/sbin:/sbin ${line}` }],
      after: [{ unknown: `the capabilities of ${path} have changed` }], data: { msg: 'capabilities changed' },
    }
  },
})

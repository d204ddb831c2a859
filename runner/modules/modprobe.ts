/** Keeps a module of the kernel loaded or not, now and after a boot. */
import { attr, defineModule } from '../core/module.ts'
import { shText } from '../core/sh.ts'
import type { Plan } from '../core/plan.ts'
import { kernelModule } from '../probes/answers.ts'
import { chain, planText } from './config/text.ts'

export default defineModule({
  name: 'modprobe',
  doc: 'Keeps a kernel module loaded or not.',
  args: {
    name: { type: 'str', required: true, doc: 'The module.' },
    state: { type: 'str', choices: ['absent', 'present'], default: 'present', doc: 'Whether it is loaded.' },
    params: { type: 'str', default: '', doc: 'Its parameters.' },
    persistent: { type: 'str', choices: ['disabled', 'absent', 'present'], default: 'disabled', doc: 'Whether files make it so at boot; disabled leaves them alone.' },
  },
  async plan(args, target): Promise<Plan> {
    const { name, params } = args
    const files = args.persistent === 'disabled' ? [] : [
      planText(target, `/etc/modules-load.d/${name}.conf`, (text) => args.persistent === 'present' ? `${name}\n` : text === undefined ? undefined : undefined, { makeParents: true }),
      planText(target, `/etc/modprobe.d/${name}.conf`, (text) => args.persistent === 'present' && params !== '' ? `options ${name} ${params}\n` : args.persistent === 'absent' ? undefined : text, { makeParents: true }),
    ]
    const [is, ...plans] = await Promise.all([target.read(kernelModule, name), ...files])
    const wanted = args.state === 'present'
    const has = is.loaded || is.builtin
    const load: Plan[] = has === wanted || (is.builtin && !wanted) ? [] : [{
      changes: [attr(name, 'state', wanted ? 'absent' : 'present', args.state)],
      steps: [{ sh: `PATH=$PATH:/usr/sbin:/sbin; ${wanted ? shText`modprobe ${[name, ...params.split(' ').filter((one) => one !== '')]}` : shText`modprobe -r ${name}`}` }],
      after: [{ probe: kernelModule.name, id: name, value: { loaded: wanted, builtin: is.builtin } }],
    }]
    return chain([...load, ...plans], { name, params, state: args.state })
  },
})

/** Keeps which of several programs a name means. */
import { Failure } from '../core/errors.ts'
import { attr, defineModule, nothing } from '../core/module.ts'
import { shText } from '../core/sh.ts'
import type { Change, Plan } from '../core/plan.ts'
import { alternative } from '../probes/answers.ts'
import { platform } from '../probes/platform.ts'

export default defineModule({
  name: 'alternatives',
  doc: 'Keeps which of several programs a name means.',
  args: {
    name: { type: 'str', required: true, doc: 'The name.' },
    path: { type: 'path', doc: 'What it shall mean.' },
    link: { type: 'path', doc: 'The link to keep, for a name that is new.' },
    priority: { type: 'int', doc: 'Priority of the path.' },
    family: { type: 'str', doc: 'Group of paths.', unsupported: 'only the alternatives of the Red Hat family know it' },
    state: { type: 'str', choices: ['present', 'selected', 'auto', 'absent'], default: 'selected', doc: 'selected: it means the path; auto: the highest priority wins.' },
    subcommands: {
      type: 'list', elements: 'dict', aliases: ['slaves'], doc: 'Names that change with it.', options: {
        name: { type: 'str', required: true, doc: 'Name.' }, path: { type: 'path', required: true, doc: 'Path.' }, link: { type: 'path', required: true, doc: 'Link.' },
      },
    },
  },
  async plan(args, target): Promise<Plan> {
    const [is, { tools }] = await Promise.all([target.read(alternative, args.name), target.read(platform, 'platform')])
    const tool = ['update-alternatives', 'alternatives'].find((one) => tools.has(one))
    if (tool === undefined) throw new Failure('neither update-alternatives nor alternatives is on this host')
    const known = is.choices.find(({ path }) => path === args.path), changes: Change[] = [], lines: string[] = []
    if (args.path === undefined && args.state !== 'auto') throw new Failure('path is required unless state is auto')
    const path = args.path ?? ''
    if (args.state === 'absent') {
      if (known === undefined) return nothing()
      return { changes: [attr(args.name, 'choice', path, null)], steps: [{ sh: shText`PATH=$PATH:/usr/sbin ${tool} --remove ${args.name} ${path}` }], after: [{ unknown: `what ${args.name} means then is not known` }] }
    }
    const priority = args.priority ?? known?.priority ?? 50
    if (args.path !== undefined && (known === undefined || (args.priority !== undefined && known.priority !== priority))) {
      if (!is.exists && args.link === undefined) throw new Failure(`Needed to install the alternative, but unable to do so as we are missing the link: name ${args.name}`)
      const link = args.link ?? `/usr/bin/${args.name}`
      const slaves = (args.subcommands ?? []).flatMap((one) => ['--slave', String(one.link), String(one.name), String(one.path)])
      changes.push(attr(args.name, 'choice', known === undefined ? null : `${path} ${known.priority}`, `${path} ${priority}`))
      lines.push(shText`${tool} --install ${[link, args.name, path, priority, ...slaves]}`)
    }
    if (args.state === 'selected' && is.path !== path) { changes.push(attr(args.name, 'path', is.path, path)); lines.push(shText`${tool} --set ${args.name} ${path}`) }
    if (args.state === 'auto' && !is.isAuto) { changes.push(attr(args.name, 'mode', 'manual', 'auto')); lines.push(shText`${tool} --auto ${args.name}`) }
    if (changes.length === 0) return nothing()
    const choices = known === undefined && args.path !== undefined ? [...is.choices, { path, priority }] : is.choices.map((one) => one.path === path ? { path, priority } : one)
    return {
      changes, steps: [{ sh: ['PATH=$PATH:/usr/sbin', ...lines.map((line) => `${line} || exit`)].join('\n') }],
      after: args.state === 'selected' ? [{ probe: alternative.name, id: args.name, value: { exists: true, path, isAuto: false, choices } }] : [{ unknown: `what ${args.name} means then is not known` }],
    }
  },
})

/** Keeps kernel settings: in a file of sysctl.d, and in the running kernel. */
import { Failure } from '../core/errors.ts'
import { attr, defineModule } from '../core/module.ts'
import { sh } from '../core/sh.ts'
import type { Plan } from '../core/plan.ts'
import { sysctl } from '../probes/sysctl.ts'
import { chain, planText } from './config/text.ts'

const plain = (value: string | undefined): string => (value ?? '').trim().split(/\s+/).join(' ')
const words: Readonly<Record<string, string>> = { yes: '1', true: '1', on: '1', no: '0', false: '0', off: '0' }

/** Sets or removes a line; a later line of the same name would win, so all but one go. */
function edit(text: string | undefined, name: string, value: string | undefined): string | undefined {
  const lines = (text ?? '').replace(/\n$/, '').split('\n')
  const isOwn = (line: string): boolean => { const match = /^\s*-?([^#;=\s][^=]*?)\s*=/.exec(line); return match?.[1] === name }
  const own = lines.filter(isOwn)
  if (value === undefined && own.length === 0) return text
  if (value !== undefined && own.length === 1 && plain(own[0]?.slice((own[0] ?? '').indexOf('=') + 1)) === value) return text
  const at = lines.findIndex(isOwn)
  const rest = lines.filter((line) => !isOwn(line))
  const placed = value === undefined ? rest : at >= 0 ? [...rest.slice(0, at), `${name}=${value}`, ...rest.slice(at)] : [...rest.filter((line, i) => line !== '' || i > 0), `${name}=${value}`]
  return placed.join('\n') === '' ? '' : `${placed.join('\n')}\n`
}

export default defineModule({
  name: 'sysctl',
  doc: 'Keeps kernel settings.',
  args: {
    name: { type: 'str', required: true, aliases: ['key'], doc: 'The setting, as net.ipv4.ip_forward.' },
    value: { type: 'str', aliases: ['val'], doc: 'Its value.' },
    state: { type: 'str', choices: ['present', 'absent'], default: 'present', doc: 'Whether the file has it.' },
    sysctl_file: { type: 'path', default: '/etc/sysctl.conf', doc: 'The file.' },
    sysctl_set: { type: 'bool', default: false, doc: 'Sets it in the running kernel too.' },
    reload: { type: 'bool', default: true, doc: 'Reads the file into the kernel when it changed.' },
    ignoreerrors: { type: 'bool', default: false, doc: 'Ignores unknown settings.' },
  },
  rules: { requiredIf: [['state', 'present', ['value']]] },
  async plan(args, target): Promise<Plan> {
    const value = args.value === undefined ? undefined : words[args.value.trim().toLowerCase()] ?? plain(args.value)
    if (args.state === 'present' && (value ?? '') === '') throw new Failure('value cannot be blank')
    const wanted = args.state === 'absent' ? undefined : value
    const [file, is] = await Promise.all([
      planText(target, args.sysctl_file, (text) => edit(text, args.name, wanted), { makeParents: true }),
      target.read(sysctl, args.name),
    ])
    const plans = [file], ignore = args.ignoreerrors ? ['-e'] : []
    const sets = args.sysctl_set && wanted !== undefined && plain(is) !== wanted
    if (sets && is === undefined && !args.ignoreerrors) throw new Failure(`Failed to set ${args.name}: sysctl: cannot stat /proc/sys/${args.name.replaceAll('.', '/')}: No such file or directory`)
    const path = `PATH=$PATH:/usr/sbin:/sbin`
    const predicted = wanted === undefined ? [] : [{ probe: sysctl.name, id: args.name, value: wanted }]
    if (sets) plans.push({ changes: [attr(args.name, 'value', is ?? null, wanted ?? null)], steps: [{ sh: `${path}; ${sh`sysctl ${[...ignore, '-w', `${args.name}=${wanted ?? ''}`]}`.sh}` }], after: predicted })
    if (args.reload && file.steps.length > 0) {
      plans.push({ changes: [], steps: [{ sh: `${path}; ${sh`sysctl ${[...ignore, '-p', args.sysctl_file]}`.sh}` }], after: plain(is) === wanted ? [] : predicted })
    }
    return chain(plans, { name: args.name, ...(value === undefined ? {} : { value }) })
  },
})

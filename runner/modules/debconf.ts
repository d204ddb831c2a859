/** Answers questions of debconf before a package asks them. */
import { Failure } from '../core/errors.ts'
import { attr, defineModule, nothing } from '../core/module.ts'
import type { Plan } from '../core/types.ts'
import { debconf } from '../probes/debconf.ts'

const isTrue = (value: unknown): boolean => value === true || ['true', 'yes', 'on', '1'].includes(String(value).toLowerCase())

export default defineModule({
  name: 'debconf',
  doc: 'Answers questions of debconf.',
  args: {
    name: { type: 'str', required: true, aliases: ['pkg'], doc: 'The package.' },
    question: { type: 'str', aliases: ['selection', 'setting'], doc: 'The question, as package/question.' },
    vtype: { type: 'str', choices: ['boolean', 'error', 'multiselect', 'note', 'password', 'seen', 'select', 'string', 'text', 'title'], doc: 'Its kind.' },
    value: { type: 'raw', aliases: ['answer'], doc: 'The answer.' },
    unseen: { type: 'bool', default: false, doc: 'It is still asked.' },
  },
  rules: { requiredTogether: [['question', 'vtype', 'value']] },
  async plan(args, target): Promise<Plan> {
    const { answers, hasTools } = await target.read(debconf, args.name)
    if (!hasTools) throw new Failure('debconf-show is not on this host: debconf needs Debian or a relative of it')
    const previous = Object.fromEntries(Object.entries(answers).map(([name, { value }]) => [name, value]))
    const { question, vtype } = args
    if (question === undefined || vtype === undefined) return nothing({ msg: '', current: previous, previous })
    const value = vtype === 'boolean' ? String(isTrue(args.value)) : Array.isArray(args.value) ? args.value.join(', ') : String(args.value ?? '')
    const is = answers[question]
    const isSame = vtype === 'password' ? false : vtype === 'seen' ? is?.isSeen === isTrue(value)
      : vtype === 'multiselect' ? [...(is?.value ?? '').split(/,\s*/)].sort().join() === value.split(/,\s*/).sort().join() && is !== undefined : is?.value === value
    const data = { msg: '', current: { ...previous, [question]: value }, previous }
    if (isSame) return nothing(data)
    const isSecret = vtype === 'password'
    return {
      changes: [attr(args.name, question, isSecret ? '********' : is?.value ?? null, isSecret ? '******** (set)' : value)],
      steps: [{ sh: `PATH=$PATH:/usr/sbin debconf-set-selections${args.unseen ? ' --unseen' : ''}`, stdin: new TextEncoder().encode(`${args.name} ${question} ${vtype} ${value}\n`) }],
      after: isSecret || vtype === 'seen' ? [{ unknown: `debconf's answers for ${args.name} have changed` }]
        : [{ probe: debconf.name, id: args.name, value: { hasTools: true, answers: { ...answers, [question]: { value, isSeen: !args.unseen } } } }],
      data,
    }
  },
})

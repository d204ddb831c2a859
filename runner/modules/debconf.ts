/** Answers questions of debconf before a package asks them. */
import { Failure } from '../core/errors.ts'
import { attr, defineModule, nothing } from '../core/module.ts'
import type { Plan } from '../core/plan.ts'
import { debconf, debconfSecret } from '../probes/debconf.ts'

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
    const [{ answers, hasTools }, secret] = await Promise.all([
      target.read(debconf, args.name), args.vtype === 'password' && args.question !== undefined ? target.read(debconfSecret, args.question) : undefined,
    ])
    if (!hasTools) throw new Failure('debconf-show is not on this host: debconf needs Debian or a relative of it')
    const previous = Object.fromEntries(Object.entries(answers).map(([name, { value }]) => [name, value]))
    const { question, vtype } = args
    if (question === undefined || vtype === undefined) return nothing({ msg: '', current: previous })
    if (vtype === 'multiselect' && Array.isArray(args.value) && !args.value.every((one) => typeof one === 'string')) throw new Failure("Invalid value provided for 'multiselect': its elements must be text")
    const value = vtype === 'boolean' ? String(isTrue(args.value)) : Array.isArray(args.value) ? [...args.value].sort().join(', ') : String(args.value ?? '')
    const is = answers[question]
    const isSame = vtype === 'password' ? is !== undefined && secret === value : vtype === 'seen' ? is?.isSeen === isTrue(value)
      : Array.isArray(args.value) && vtype === 'multiselect' ? is !== undefined && is.value.split(',').map((one) => one.trim()).sort().join(', ') === value : is?.value === value
    if (isSame) return nothing({ msg: '', current: previous })
    const before = is === undefined ? { ...previous, [question]: '' } : { [question]: is.value }
    const isSecret = vtype === 'password'
    return {
      changes: [attr(args.name, question, isSecret ? '********' : is?.value ?? null, isSecret ? '******** (set)' : value)],
      steps: [{ sh: `PATH=$PATH:/usr/sbin debconf-set-selections${args.unseen ? ' --unseen' : ''}`, stdin: new TextEncoder().encode(`${args.name} ${question} ${vtype} ${value}\n`) }],
      after: vtype === 'seen' ? [{ unknown: `debconf's answers for ${args.name} have changed` }] : [
        { probe: debconf.name, id: args.name, value: { hasTools: true, answers: { ...answers, [question]: { value: isSecret ? '(password omitted)' : value, isSeen: !args.unseen } } } },
        { probe: debconfSecret.name, id: question, value },
      ],
      data: { msg: '', current: { [question]: value }, previous: before },
    }
  },
})

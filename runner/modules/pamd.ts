/** Changes the rules of a file of /etc/pam.d that have a given type, control and module. Ansible: community.general. */
import { Failure } from '../core/errors.ts'
import { defineModule } from '../core/module.ts'
import type { Args, Plan } from '../core/plan.ts'
import { localTime } from '../probes/clock.ts'
import { openText, planEdit, universal } from './files/edit.ts'
import { check, isNamed, isPassedOver, makeRule, parse, print, types, words } from './pam/service.ts'
import type { Line, Name, Rule } from './pam/service.ts'

const args = {
  name: { type: 'str', required: true, doc: 'The service: name of the file.' },
  type: { type: 'str', required: true, choices: types, doc: 'Type of the rules that are meant.' },
  control: { type: 'str', required: true, doc: 'Their control: a word, or in brackets.' },
  module_path: { type: 'str', required: true, doc: 'Their module.' },
  new_type: { type: 'str', choices: types, doc: 'The new type, or that of the new rule.' },
  new_control: { type: 'str', doc: 'The new control.' },
  new_module_path: { type: 'str', doc: 'The new module.' },
  module_arguments: { type: 'list', elements: 'str', doc: 'Arguments of the module: all of them, or those that are to be there, or not.' },
  state: { type: 'str', default: 'updated', choices: ['absent', 'after', 'args_absent', 'args_present', 'before', 'updated'], doc: 'What is done with each such rule: it changes or goes, or a new one stands before or behind it.' },
  path: { type: 'path', default: '/etc/pam.d', doc: 'The folder.' },
  backup: { type: 'bool', default: false, doc: 'Keeps a copy of the file.' },
} as const
type Given = Args<typeof args>
interface Outcome { readonly lines: readonly Line[]; readonly count: number }

/** Each rule that is meant, made another. */
function rewritten(lines: readonly Line[], name: Name, change: (rule: Rule) => Rule): Outcome {
  let count = 0
  const done = lines.map((line): Line => {
    const become = isNamed(line, name) ? change(line) : line
    if (JSON.stringify(become) === JSON.stringify(line)) return line
    count += 1
    return become
  })
  return { lines: done, count }
}
const updated = (given: Given) => (is: Rule): Rule => makeRule(
  { type: given.new_type ?? is.type, control: given.new_control || is.control, path: given.new_module_path || is.path },
  given.module_arguments ?? is.args,
)
const keyOf = (arg: string): string => arg.includes('=') ? arg.slice(0, arg.indexOf('=')) : ''
/** A key that is there gets the new value where the old one stands; all else comes behind. */
const withArguments = (wanted: readonly string[]) => (is: Rule): Rule => {
  const own = [...is.args]
  for (const arg of wanted) {
    const key = keyOf(arg), at = key === '' ? own.indexOf(arg) : own.findLastIndex((one) => !one.startsWith('[') && keyOf(one) === key)
    if (at < 0) own.push(arg)
    else own[at] = arg
  }
  return { ...is, args: own }
}

/** A new rule beside each one that is meant, unless it stands there. As in the Python module, comments and empty lines between the two neighbours go. */
function inserted(lines: readonly Line[], name: Name, fresh: Rule, own: Name): Outcome {
  let count = 0
  const done: Line[] = []
  for (const line of lines) {
    const before = done.findLastIndex((one) => !isPassedOver(one)), neighbour = done[before]
    if (isNamed(line, name) && (neighbour === undefined || !isNamed(neighbour, own))) {
      if (neighbour !== undefined) done.splice(before + 1)
      done.push(fresh)
      count += 1
    }
    done.push(line)
  }
  return { lines: done, count }
}
/** The same from behind; at the end of the file too such lines go. */
function insertedAfter(lines: readonly Line[], name: Name, fresh: Rule, own: Name): Outcome {
  const at = lines.findLastIndex((line) => !isPassedOver(line)), last = lines[at]
  const isLast = last !== undefined && isNamed(last, name)
  const { lines: done, count } = inserted((isLast ? lines.slice(0, at + 1) : lines).toReversed(), name, fresh, own)
  return { lines: done.toReversed(), count }
}

function act(given: Given, lines: readonly Line[]): Outcome {
  const name = { type: given.type, control: given.control, path: given.module_path }, wanted = words(given.module_arguments ?? [])
  const own = { type: given.new_type ?? '', control: given.new_control ?? '', path: given.new_module_path ?? '' }
  switch (given.state) {
    case 'updated': return rewritten(lines, name, updated(given))
    case 'before': return inserted(lines, name, makeRule(own, wanted), own)
    case 'after': return insertedAfter(lines, name, makeRule(own, wanted), own)
    case 'args_absent': return rewritten(lines, name, (is) => ({ ...is, args: is.args.filter((arg) => !wanted.includes(arg)) }))
    case 'args_present':
      if (wanted.some((arg) => arg.startsWith('['))) throw new Failure("Unable to process bracketed '[' complex arguments with 'args_present'. Please use 'updated'.")
      return rewritten(lines, name, withArguments(wanted))
    case 'absent': {
      const kept = lines.filter((line) => !isNamed(line, name))
      return { lines: kept, count: lines.length - kept.length }
    }
  }
}

const insertion = ['new_control', 'new_type', 'new_module_path'] as const
export default defineModule({
  name: 'pamd',
  doc: 'Changes rules of PAM.',
  args,
  rules: { requiredIf: [['state', 'args_present', ['module_arguments']], ['state', 'args_absent', ['module_arguments']], ['state', 'before', insertion], ['state', 'after', insertion]] },
  async plan(given, target): Promise<Plan> {
    const edit = { path: given.name.startsWith('/') ? given.name : `${given.path.replace(/\/+$/, '')}/${given.name}`, backup: given.backup, encoding: 'utf-8', unsafe_writes: false }
    const [opened, now] = await Promise.all([openText(target, edit), target.read(localTime, 'now')])
    if (opened.text === undefined) throw new Failure(`Unable to open/read PAM module file ${opened.path} with error: No such file or directory`)
    const { lines, count } = act(given, parse(universal(opened.text)))
    check(lines)
    const { data: _, later: __, ...plan } = planEdit(opened, edit, count === 0 ? undefined : { text: print(lines, now), message: '' }, 'backup_file', {})
    const data = { change_count: count, backupdest: '' }
    return given.backup && count > 0 ? { ...plan, data, later: ['backupdest'], done: (ran) => ({ backupdest: plan.done?.(ran)['backup_file'] ?? '' }) } : { ...plan, data }
  },
})

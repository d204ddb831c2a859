/** Keeps one limit of /etc/security/limits.conf. Ansible: community.general. */
import { Failure } from '../core/errors.ts'
import { defineModule } from '../core/module.ts'
import type { Plan } from '../core/plan.ts'
import { planText } from './config/text.ts'

const items = ['core', 'data', 'fsize', 'memlock', 'nofile', 'rss', 'stack', 'cpu', 'nproc', 'as', 'maxlogins', 'maxsyslogins', 'priority', 'locks', 'sigpending', 'msgqueue', 'nice', 'rtprio', 'chroot'] as const
const isBoundless = (value: string): boolean => ['unlimited', 'infinity', '-1'].includes(value)
function checkValue(item: string, value: string, where = ''): void {
  const isNumber = /^-?\d+$/.test(value)
  if (['nice', 'priority'].includes(item) ? !isNumber || Number(value) < -20 || Number(value) > 19 : !(isBoundless(value) || /^\d+$/.test(value))) {
    throw new Failure(`${where}Value of '${value}' for item '${item}' is invalid: ${['nice', 'priority'].includes(item) ? 'it must be a number from -20 to 19' : "it must be a number, or one of 'infinity', 'unlimited', '-1'"}`)
  }
}
/** The greater or the lesser of two limits; without a wish the new one. */
function chosen(is: string, value: string, wish: 'max' | 'min' | undefined, item: string): string {
  if (wish === undefined) return value
  const bound = (one: string): number => !['nice', 'priority'].includes(item) && isBoundless(one) ? Infinity : Number(one)
  return (wish === 'max' ? bound(is) >= bound(value) : bound(is) <= bound(value)) ? is : value
}

export default defineModule({
  name: 'pam_limits',
  doc: 'Keeps one limit of /etc/security/limits.conf.',
  args: {
    domain: { type: 'str', required: true, doc: 'A user, a @group, or *.' },
    limit_type: { type: 'str', required: true, choices: ['soft', 'hard', '-'], doc: 'Kind of limit; - is both.' },
    limit_item: { type: 'str', required: true, choices: items, doc: 'What is limited.' },
    value: { type: 'str', required: true, doc: 'The limit.' },
    use_max: { type: 'bool', default: false, doc: 'Keeps a greater value that is there.' },
    use_min: { type: 'bool', default: false, doc: 'Keeps a lesser value that is there.' },
    backup: { type: 'bool', default: false, doc: 'Keeps a copy of the file.' },
    dest: { type: 'str', default: '/etc/security/limits.conf', doc: 'The file.' },
    comment: { type: 'str', default: '', doc: 'A comment behind it.' },
  },
  async plan({ domain, limit_type: type, limit_item: item, value, use_max: max, use_min: min, backup, dest, comment }, target): Promise<Plan> {
    if (max && min) throw new Failure('Cannot use use_min and use_max at the same time.')
    checkValue(item, value)
    let found = false, note = comment, written = value
    const line = (): string => `${domain}\t${type}\t${item}\t${written}${note === '' ? '' : `\t#${note}`}\n`
    return await planText(target, dest, (text) => {
      const lines = (text ?? '').split(/(?<=\n)/).map((one) => {
        const plain = one.replaceAll(/\s+/g, ' ').trim()
        if (plain === '' || one.startsWith('#')) return one
        const [before = '', ...after] = one.split('#'), fields = before.trim().split(/\s+/)
        // Ansible takes the comment of an earlier line where none is given
        if (note === '') note = after.join('#').replace(/\n$/, '')
        if (fields.length !== 4) return one
        const [who = '', kind = '', what = '', is = ''] = fields
        checkValue(what, is, `Invalid configuration found in '${dest}'. `)
        if (who !== domain || kind !== type || what !== item) return one
        found = true
        written = chosen(is, value, max ? 'max' : min ? 'min' : undefined, item)
        return written === is ? one : line()
      })
      return found ? lines.join('') : `${lines.join('')}${line()}`
    }, { backup })
  },
})

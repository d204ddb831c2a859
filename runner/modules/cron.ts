/** Keeps jobs and variables in a crontab, or in a file of /etc/cron.d. */
import { Failure } from '../core/errors.ts'
import { defineModule } from '../core/module.ts'
import { shText } from '../core/sh.ts'
import type { Args, Plan } from '../core/plan.ts'
import { crontab } from '../probes/crontab.ts'
import { dropJob, dropVariable, jobNames, render, setJob, setVariable, toLines, variableNames } from './config/crontab.ts'
import { planText } from './config/text.ts'

const args = {
  name: { type: 'str', required: true, doc: 'Name of the job (it stands in a comment above it), or of the variable.' },
  user: { type: 'str', doc: 'Whose crontab; for cron_file: the user that runs the job.' },
  job: { type: 'str', aliases: ['value'], doc: 'The command, or the value of the variable.' },
  cron_file: { type: 'path', doc: 'A file in /etc/cron.d (or a path) in place of a crontab.' },
  state: { type: 'str', choices: ['present', 'absent'], default: 'present', doc: 'Whether it is there.' },
  backup: { type: 'bool', default: false, doc: 'Keeps a copy of what was there.' },
  minute: { type: 'str', default: '*', doc: 'Minute.' },
  hour: { type: 'str', default: '*', doc: 'Hour.' },
  day: { type: 'str', default: '*', aliases: ['dom'], doc: 'Day of the month.' },
  month: { type: 'str', default: '*', doc: 'Month.' },
  weekday: { type: 'str', default: '*', aliases: ['dow'], doc: 'Day of the week.' },
  special_time: { type: 'str', choices: ['annually', 'daily', 'hourly', 'monthly', 'reboot', 'weekly', 'yearly'], doc: 'A name for a time.' },
  disabled: { type: 'bool', default: false, doc: 'Keeps the job, commented out.' },
  env: { type: 'bool', default: false, doc: 'It is a variable.' },
  insertafter: { type: 'str', doc: 'Variable to stand behind.' },
  insertbefore: { type: 'str', doc: 'Variable to stand before.' },
} as const
type CronArgs = Args<typeof args>

function check(one: CronArgs): void {
  const { minute, hour, day, month, weekday } = one
  if (one.special_time !== undefined && [minute, hour, day, month, weekday].some((part) => part !== '*')) {
    throw new Failure('You cannot combine special_time with any of the time or day/date parameters.')
  }
  if (one.cron_file === '/etc/crontab') throw new Failure('Will not manage /etc/crontab via cron_file, see documentation.')
  if (one.env && one.name.includes(' ')) throw new Failure('Invalid name for environment variable')
  if (one.state === 'absent') return
  if (one.cron_file !== undefined && one.user === undefined) throw new Failure('To use cron_file=... parameter you must specify user=... as well')
  if (one.job === undefined) throw new Failure("You must specify 'job' to install a new cron job or variable")
  if ((one.insertafter ?? one.insertbefore) !== undefined && !one.env) throw new Failure('Insertafter and insertbefore parameters are valid only with env=yes')
}

function jobLine(one: CronArgs): string {
  const when = one.special_time === undefined ? [one.minute, one.hour, one.day, one.month, one.weekday].join(' ') : `@${one.special_time}`
  const words = [when, ...(one.cron_file === undefined ? [] : [one.user ?? 'root']), (one.job ?? '').replace(/^[\r\n]+|[\r\n]+$/g, '')]
  return (one.disabled ? '#' : '') + words.join(' ')
}

function change(one: CronArgs, lines: readonly string[]): string[] {
  if (!one.env) return one.state === 'absent' ? dropJob(lines, one.name) : setJob(lines, { name: one.name, line: jobLine(one) })
  if (one.state === 'absent') return dropVariable(lines, one.name)
  const made = setVariable(lines, one.name, `${one.name}="${one.job ?? ''}"`, { after: one.insertafter, before: one.insertbefore })
  if (made === undefined) throw new Failure(`Variable named '${one.insertafter ?? one.insertbefore ?? ''}' not found.`)
  return made
}

const same = (a: readonly string[], b: readonly string[]): boolean => a.length === b.length && a.every((line, i) => line === b[i])
const results = (lines: readonly string[]): Record<string, unknown> => ({ jobs: jobNames(lines), envs: variableNames(lines) })

export default defineModule({
  name: 'cron',
  doc: 'Keeps jobs and variables of cron.',
  args,
  async plan(one, target): Promise<Plan> {
    check(one)
    const warnings = /[\r\n]/.test((one.job ?? '').replace(/^[\r\n]+|[\r\n]+$/g, '')) ? ['Job should not contain line breaks'] : []
    if (one.cron_file !== undefined) {
      const path = one.cron_file.startsWith('/') ? one.cron_file : `/etc/cron.d/${one.cron_file}`
      let after: string[] = []
      const plan = await planText(target, path, (text) => {
        const before = toLines(text ?? '')
        after = change(one, before)
        if (same(before, after)) return text
        const isEmpty = after.every((line) => line.trim() === '')
        return isEmpty && one.state === 'absent' && !one.env ? undefined : render(after)
      }, { backup: one.backup, mode: undefined })
      return { ...plan, data: { ...plan.data, ...results(after), cron_file: one.cron_file, state: one.state }, warnings }
    }
    return planCrontab(one, await target.read(crontab, { user: one.user === target.user ? undefined : one.user }), target.user, warnings)
  },
})

function planCrontab(one: CronArgs, { text, problem }: { readonly text: string; readonly problem?: string }, account: string, warnings: string[]): Plan {
  if (problem !== undefined) throw new Failure(`Unable to read crontab: ${problem}`)
  const before = toLines(text), after = change(one, before)
  if (same(before, after)) return { changes: [], steps: [], data: results(after), warnings }
  const user = one.user === account ? undefined : one.user
  const whose = user === undefined ? [] : ['-u', user]
  const save = shText`b=$(mktemp /tmp/crontabXXXXXX) && crontab ${whose} -l >"$b" 2>/dev/null; echo "$b"; `
  return {
    changes: [{ kind: 'text', of: user === undefined ? 'crontab' : `crontab of ${user}`, before: render(before), after: render(after) }],
    steps: [{ sh: (one.backup ? save : '') + shText`PATH=$PATH:/usr/sbin:/sbin crontab ${whose} -`, stdin: new TextEncoder().encode(render(after)) }],
    after: [{ probe: crontab.name, id: crontab.id({ user }), value: { text: render(after) } }],
    data: results(after), warnings, ...(one.backup ? { later: ['backup_file'], done: ([ran]) => ({ backup_file: ran?.stdout.trim() ?? '' }) } : {}),
  }
}

/** Reads or sets a global variable of a MySQL or MariaDB server. */
import { Failure } from '../core/errors.ts'
import { attr, defineModule, nothing } from '../core/module.ts'
import type { Plan } from '../core/plan.ts'
import { ask, execute, ident, loginArgs, loginOf, predicted, text } from './mysql/server.ts'

/** Spellings of one value: ON and 1, OFF and 0. */
const same = (one: string, other: string): boolean => key(one) === key(other)
const key = (value: string): string => ({ on: '1', true: '1', off: '0', false: '0' })[value.toLowerCase()] ?? value

export default defineModule({
  name: 'mysql_variables',
  doc: 'Reads or sets a global variable of a MySQL or MariaDB server.',
  args: {
    ...loginArgs,
    variable: { type: 'str', required: true, doc: 'The variable.' },
    value: { type: 'str', doc: 'Its value; without it it is only read.' },
    mode: { type: 'str', default: 'global', choices: ['global', 'persist', 'persist_only'], doc: 'Now, now and after a restart, or only then.' },
  },
  async plan(want, target): Promise<Plan> {
    if (!/^[0-9A-Za-z_.]+$/.test(want.variable)) throw new Failure(`invalid variable name "${want.variable}"`)
    const login = loginOf(want, 'mysql'), asked = `SHOW VARIABLES WHERE Variable_name = ${text(want.variable)}`
    const [row] = await ask(target, login, asked), is = row?.['Value'] ?? undefined
    if (is === undefined && row === undefined) throw new Failure(`Variable not available "${want.variable}"`)
    if (want.value === undefined) return nothing({ msg: is ?? '' })
    if (same(is ?? '', want.value)) return nothing({ msg: `Variable is already set to requested value globally` })
    const value = /^-?\d+(\.\d+)?$/.test(want.value) ? want.value : text(want.value), word = want.mode === 'global' ? 'GLOBAL' : want.mode.toUpperCase()
    const sql = `SET ${word} ${want.variable.split('.').map(ident).join('.')} = ${value}`
    return { changes: [attr(want.variable, 'value', is ?? '', want.value)], steps: [execute(login, [sql])], after: want.mode === 'persist_only' ? [] : [predicted(login, asked, [{ Variable_name: want.variable, Value: want.value }])], data: { msg: `Variable change succeeded prev_value=${is ?? ''}`, queries: [sql] } }
  },
})

/** Asks a MySQL or MariaDB server something, or tells it to do something. */
import { Failure } from '../core/errors.ts'
import { defineModule } from '../core/module.ts'
import type { Data } from '../core/types.ts'
import type { Plan } from '../core/plan.ts'
import { isDict } from '../core/value.ts'
import { tableOf } from '../probes/mysql.ts'
import { bound } from './sql/bound.ts'
import { execute, loginArgs, loginOf, text } from './mysql/server.ts'

const literal = (value: unknown): string => value === null || value === undefined ? 'NULL' : typeof value === 'number' || typeof value === 'bigint' ? String(value) : typeof value === 'boolean' ? String(Number(value)) : text(String(value))
const mark = 'play:\u0001'
const typed = (value: string | null): unknown => value !== null && /^-?(0|[1-9]\d{0,14})$/.test(value) ? Number(value) : value

export default defineModule({
  name: 'mysql_query',
  doc: 'Asks a MySQL or MariaDB server something, or tells it to do something.',
  args: {
    ...loginArgs,
    query: { type: 'raw', required: true, doc: 'One statement, or a list of them.' },
    login_db: { type: 'str', doc: 'The database.' },
    positional_args: { type: 'list', elements: 'raw', doc: 'Values for %s.' },
    named_args: { type: 'dict', doc: 'Values for %(name)s.' },
    single_transaction: { type: 'bool', default: false, doc: 'All in one transaction.' },
    session_vars: { type: 'dict', doc: 'Variables of the session.' },
  },
  rules: { mutuallyExclusive: [['positional_args', 'named_args']] },
  async plan(want): Promise<Plan> {
    const given: readonly unknown[] = Array.isArray(want.query) ? want.query : [want.query]
    if (!given.every((one) => typeof one === 'string')) throw new Failure('the query option value must be a string or list')
    const queries = given.map((one) => bound(String(one), want.positional_args, isDict(want.named_args) ? want.named_args : undefined, literal))
    const login = loginOf(want, want.login_db)
    const statements = [
      ...Object.entries(want.session_vars ?? {}).map(([name, value]) => `SET SESSION ${name} = ${literal(value)}`), ...(want.single_transaction ? ['START TRANSACTION'] : []),
      ...queries.flatMap((one) => [one, `SELECT ROW_COUNT() AS '${mark}'`]), ...(want.single_transaction ? ['COMMIT'] : []),
    ]
    return Promise.resolve({
      changes: [{ kind: 'run', cmd: queries.join('; ') }], steps: [{ ...execute(login, statements, '--batch'), okRc: 'any' }], later: ['query_result', 'rowcount', 'executed_queries'],
      done([ran]): Data {
        if (ran?.rc !== 0) return { failed: true, changed: false, msg: `Cannot execute SQL '${queries.join('; ')}': ${ran?.stderr.trim() ?? ''}` }
        const parts = ran.stdout.split(`${mark}\n`), counts = parts.slice(1).map((part) => Number(/^-?\d+/.exec(part)?.[0] ?? 0))
        const tables = parts.slice(0, -1).map((part, i) => i === 0 ? part : part.replace(/^-?\d+\n/, '')).map((part) => part === '' ? [] : tableOf(part).map((row) => Object.fromEntries(Object.entries(row).map(([name, value]) => [name, typed(value)]))))
        const rowcount = tables.map((table, i) => counts[i] !== undefined && counts[i] >= 0 ? counts[i] : table.length)
        const changed = queries.some((query, i) => /^(CREATE|DROP|ALTER|RENAME|TRUNCATE|GRANT|REVOKE)\b/i.test(query) || (/^(INSERT|UPDATE|DELETE|REPLACE)\b/i.test(query) && (rowcount[i] ?? 0) > 0))
        return { changed, executed_queries: queries, query_result: tables, rowcount, execution_time_ms: queries.map(() => 0) }
      },
    })
  },
})

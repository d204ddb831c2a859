/** Asks a PostgreSQL database something, or tells it to do something. */
import { Failure } from '../core/errors.ts'
import { defineModule } from '../core/module.ts'
import type { Data } from '../core/types.ts'
import type { Plan } from '../core/plan.ts'
import { isDict } from '../core/value.ts'
import { atServer, client, postgres, postgresEnv } from '../probes/postgres.ts'
import { asking, literal, mark, printed, readPrinted } from './postgresql/queries.ts'
import type { Printed } from './postgresql/queries.ts'
import { bound } from './sql/bound.ts'
import { ident, loginArgs, loginOf, rows, rowsOf } from './postgresql/server.ts'

export default defineModule({
  name: 'postgresql_query',
  doc: 'Asks a PostgreSQL database something, or tells it to do something.',
  args: {
    ...loginArgs,
    query: { type: 'raw', required: true, doc: 'One statement, or a list of them.' },
    login_db: { type: 'str', aliases: ['db'], doc: 'The database.' },
    positional_args: { type: 'list', elements: 'raw', doc: 'Values for %s.' },
    named_args: { type: 'dict', doc: 'Values for %(name)s.' },
    session_role: { type: 'str', doc: 'Role to act as.' },
    autocommit: { type: 'bool', default: false, doc: 'Each statement by itself, not all in one transaction.' },
    encoding: { type: 'str', doc: 'Encoding of the client.' },
    search_path: { type: 'list', elements: 'str', doc: 'Schemas to look in.' },
  },
  rules: { mutuallyExclusive: [['positional_args', 'named_args']] },
  async plan(want, target): Promise<Plan> {
    const given: readonly unknown[] = Array.isArray(want.query) ? want.query : [want.query]
    if (!given.every((one) => typeof one === 'string')) throw new Failure('query argument must be of type string or list')
    const queries = given.map((one) => bound(String(one), want.positional_args, isDict(want.named_args) ? want.named_args : undefined, literal))
    const plain = loginOf(want, want.login_db ?? want.login_user)
    const login = { ...plain, parameters: { ...plain.parameters, ...(want.encoding === undefined ? {} : { options: `${plain.parameters['options'] ?? ''} -c client_encoding=${want.encoding}` }) } }
    const before = [
      ...(want.session_role === undefined ? [] : [`SET ROLE ${ident(want.session_role)}`]),
      ...(want.search_path === undefined ? [] : [`SET search_path TO ${want.search_path.map((one) => ident(one.trim())).join(', ')}`]),
    ]
    const last = queries.at(-1) ?? '', list = given.map(String)
    const result = (found: readonly Printed[]): Data => ({
      changed: found.some((one) => one.isChange), query: last, query_list: list, statusmessage: found.at(-1)?.tag ?? '', rowcount: found.reduce((sum, one) => sum + one.count, 0),
      query_result: shown(found.at(-1)), query_all_results: found.map(shown), execution_time_ms: found.map(() => 0),
    })
    const asked = queries.map(asking)
    if (asked.every((one) => one !== undefined)) {
      // in a transaction that may not write: a function that does is no question
      const answers = await Promise.all(asked.map(async (one) => target.read(postgres, { login, sql: ['BEGIN READ ONLY', ...before, rowsOf(one).replace(/;$/, ''), 'ROLLBACK', ''].join(';\n') })))
      if (!answers.some(({ problem }) => problem.includes('read-only transaction'))) {
        return { changes: [], steps: [], data: result(answers.map((one, i) => readPrinted(queries[i] ?? '', JSON.stringify(rows(one))))) }
      }
    }
    const statements = [...(want.autocommit ? [] : ['BEGIN']), ...before].map((one) => `${one};`)
    const script = [...statements, ...queries.flatMap((one) => [`\\echo ${mark}`, `${printed(one)};`]), `\\echo ${mark}`, ...(want.autocommit ? [] : ['COMMIT;']), '']
    return {
      changes: [{ kind: 'run', cmd: queries.join('; ') }],
      steps: [{ sh: `${atServer}${client('psql -X -A -t -w -v ON_ERROR_STOP=1')}`, stdin: new TextEncoder().encode(script.join('\n')), env: postgresEnv(login), okRc: 'any' }],
      later: ['query_result', 'query_all_results', 'rowcount', 'statusmessage'],
      done: ([ran]) => ran?.rc === 0
        ? result((ran.stdout.split(mark).slice(1, -1)).map((output, i) => readPrinted(queries[i] ?? '', output)))
        : { failed: true, changed: false, msg: `Cannot execute SQL '${last}': ${ran?.stderr.trim().replace(/^psql:<stdin>:\d+: /gm, '') ?? ''}, query list: ${list.join('; ')}` },
    }
  },
})
/** Ansible gives a mapping where there are no rows. */
const shown = (one: Printed | undefined): unknown => one === undefined || one.rows.length === 0 ? {} : one.rows

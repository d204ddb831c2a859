/** Keeps an extension of a PostgreSQL database. */
import { Failure } from '../core/errors.ts'
import { attr, defineModule, nothing } from '../core/module.ts'
import type { Plan } from '../core/plan.ts'
import { ask, ident, loginArgs, loginOf, statementPlan, text } from './postgresql/server.ts'

export default defineModule({
  name: 'postgresql_ext',
  doc: 'Keeps an extension of a PostgreSQL database.',
  args: {
    ...loginArgs,
    name: { type: 'str', required: true, aliases: ['ext'], doc: 'The extension.' },
    login_db: { type: 'str', required: true, aliases: ['db'], doc: 'The database.' },
    schema: { type: 'str', doc: 'Schema that its objects are in.' },
    state: { type: 'str', default: 'present', choices: ['absent', 'present'], doc: 'Whether it is there.' },
    cascade: { type: 'bool', default: false, doc: 'Brings what it needs, takes what needs it.' },
    version: { type: 'str', doc: 'Its version; latest is the newest that the server has.' },
    session_role: { type: 'str', doc: 'Role to act as.' },
    comment: { type: 'str', doc: 'A comment.' },
  },
  async plan(want, target): Promise<Plan> {
    const { name } = want, login = loginOf(want, want.login_db)
    const asked = `SELECT x.default_version, e.extversion, n.nspname, obj_description(e.oid, 'pg_extension') AS comment FROM (SELECT ${text(name)} AS name) w
      LEFT JOIN pg_available_extensions x ON x.name = w.name LEFT JOIN pg_extension e ON e.extname = w.name LEFT JOIN pg_namespace n ON n.oid = e.extnamespace`
    const [is] = await ask(target, login, asked)
    const now = typeof is?.['extversion'] === 'string' ? is['extversion'] : undefined, newest = is?.['default_version']
    const role = want.session_role === undefined ? [] : [`SET ROLE ${ident(want.session_role)}`], cascade = want.cascade ? ' CASCADE' : ''
    const data = { diff: {}, db: want.login_db, ext: name }
    if (want.state === 'absent') {
      if (now === undefined) return nothing({ ...data, queries: [] })
      const sql = `DROP EXTENSION ${ident(name)}${cascade}`
      return statementPlan(login, [attr(name, 'version', now, null)], [...role, sql], { ...data, queries: [sql] }, [{ unknown: `what the database ${want.login_db} holds without ${name}`, spares: ['/'] }])
    }
    if (now === undefined && typeof newest !== 'string') throw new Failure(`Extension ${name} is not available`)
    const wanted = want.version === 'latest' ? String(newest) : want.version
    const statements = now === undefined
      ? [`CREATE EXTENSION ${ident(name)}${want.schema === undefined ? '' : ` WITH SCHEMA ${ident(want.schema)}`}${wanted === undefined ? '' : ` VERSION ${text(wanted)}`}${cascade}`]
      : wanted !== undefined && wanted !== now ? [`ALTER EXTENSION ${ident(name)} UPDATE TO ${text(wanted)}`] : []
    const changes = statements.length === 0 ? [] : [attr(name, 'version', now ?? null, wanted ?? String(newest))]
    if (now !== undefined && want.schema !== undefined && want.schema !== is?.['nspname']) {
      statements.push(`ALTER EXTENSION ${ident(name)} SET SCHEMA ${ident(want.schema)}`)
      changes.push(attr(name, 'schema', String(is?.['nspname']), want.schema))
    }
    if (want.comment !== undefined && want.comment !== (is?.['comment'] ?? '')) {
      statements.push(`COMMENT ON EXTENSION ${ident(name)} IS ${text(want.comment)}`)
      changes.push(attr(name, 'comment', String(is?.['comment'] ?? ''), want.comment))
    }
    if (changes.length === 0) return nothing({ ...data, queries: [] })
    return statementPlan(login, changes, [...role, ...statements], { ...data, queries: statements }, [{ unknown: `what the extension ${name} brings is not known`, spares: ['/'] }])
  },
})

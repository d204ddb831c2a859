/** Keeps a database of a PostgreSQL server. */
import { Failure } from '../core/errors.ts'
import { attr, defineModule, nothing } from '../core/module.ts'
import { shText } from '../core/sh.ts'
import { furtherWords } from '../core/words.ts'
import type { Data } from '../core/types.ts'
import type { Change, Plan } from '../core/plan.ts'
import { atServer, client, postgresEnv } from '../probes/postgres.ts'
import { dumpInto } from './databases/dump.ts'
import { ask, ident, loginArgs, loginOf, predicted, statementPlan, text } from './postgresql/server.ts'

const args = {
  ...loginArgs,
  name: { type: 'str', required: true, aliases: ['db'], doc: 'The database.' },
  state: { type: 'str', default: 'present', choices: ['absent', 'dump', 'present', 'rename', 'restore'], doc: 'Whether it exists; dump writes it to target, restore reads it from there.' },
  owner: { type: 'str', default: '', doc: 'Role that owns it.' },
  template: { type: 'str', default: '', doc: 'Database that it is copied from.' },
  encoding: { type: 'str', default: '', doc: 'Encoding; cannot be changed later.' },
  lc_collate: { type: 'str', default: '', doc: 'Order of text; cannot be changed later.' },
  lc_ctype: { type: 'str', default: '', doc: 'Kinds of characters; cannot be changed later.' },
  conn_limit: { type: 'str', default: '', doc: 'How many connections at once.' },
  tablespace: { type: 'path', default: '', doc: 'Where it is stored.' },
  comment: { type: 'str', doc: 'A comment; empty takes it away.' },
  force: { type: 'bool', default: false, doc: 'Ends sessions that use a database that goes.' },
  maintenance_db: { type: 'str', default: 'postgres', aliases: ['login_db'], doc: 'Database to connect to.' },
  session_role: { type: 'str', doc: 'Role to act as.' },
  target: { type: 'path', default: '', doc: 'File of dump and restore, or the new name for rename.' },
  target_opts: { type: 'str', default: '', doc: 'More options of pg_dump, psql or pg_restore.' },
  dump_extra_args: { type: 'str', doc: 'More options of pg_dump.' },
  icu_locale: { type: 'str', doc: 'ICU locale.', unsupported: 'ICU locales are not kept by play' },
  locale_provider: { type: 'str', doc: 'Who provides locales.', unsupported: 'locale providers are not kept by play' },
} as const

const query = (name: string): string => `SELECT r.rolname AS owner, pg_encoding_to_char(d.encoding) AS encoding, d.datcollate AS lc_collate, d.datctype AS lc_ctype, d.datconnlimit AS conn_limit,
  t.spcname AS tablespace, shobj_description(d.oid, 'pg_database') AS comment FROM pg_database d JOIN pg_roles r ON r.oid = d.datdba JOIN pg_tablespace t ON t.oid = d.dattablespace WHERE d.datname = ${text(name)}`
/** Spellings of one encoding: utf8, UTF-8. */
const encodingKey = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]/g, '')

/** What pg_dump writes, or psql and pg_restore read, by the ending of the file. */
function transfer(name: string, isDump: boolean, file: string, options: string): string {
  const pack = file.endsWith('.gz') ? 'gzip' : file.endsWith('.bz2') ? 'bzip2' : file.endsWith('.xz') ? 'xz' : undefined
  const format = file.endsWith('.tar') ? '--format=t' : file.endsWith('.pgc') ? '--format=c' : file.endsWith('.dir') ? '--format=d' : undefined
  if (isDump) {
    if (format === '--format=d') return client(shText`pg_dump ${format} -f ${file} ${name}` + ` ${options}`)
    return dumpInto(file, client(`${shText`pg_dump ${[...(format === undefined ? [] : [format]), name]}`} ${options}`), pack)
  }
  if (format !== undefined) return client(shText`pg_restore ${[format, '-d', name]}` + ` ${options} ${shText`${file}`}`)
  return `${shText`[ -r ${file} ]`} || { echo ${shText`${`target ${file} does not exist on the host`}`} >&2; exit 1; }; ${pack === undefined ? shText`cat -- ${file}` : shText`${pack} -dc -- ${file}`} | ${client(`${shText`psql -X -q -w -d ${name}`} ${options}`)}`
}

export default defineModule({
  name: 'postgresql_db',
  doc: 'Keeps a database of a PostgreSQL server.',
  args,
  async plan(want, target): Promise<Plan> {
    const { name } = want, login = loginOf(want, want.maintenance_db), asked = query(name)
    const [is] = await ask(target, login, asked)
    const role = want.session_role === undefined ? [] : [`SET ROLE ${ident(want.session_role)}`]
    if (want.state === 'dump' || want.state === 'restore') {
      if (want.target === '') throw new Failure(`target is required for state ${want.state}`)
      const cmd = transfer(name, want.state === 'dump', want.target, furtherWords(`${want.target_opts} ${want.dump_extra_args ?? ''}`))
      return { changes: [{ kind: 'run', cmd }], steps: [{ sh: `${atServer}${cmd}`, env: postgresEnv({ ...login, database: name }) }], data: { db: name } }
    }
    if (want.state === 'rename') {
      if (want.target === '') throw new Failure('the new name is required: target')
      if (is === undefined) {
        const [there] = await ask(target, login, query(want.target))
        if (there === undefined) throw new Failure(`Source database "${name}" does not exist`)
        return nothing({ db: name, executed_commands: [] })
      }
      const sql = `ALTER DATABASE ${ident(name)} RENAME TO ${ident(want.target)}`
      return statementPlan(login, [attr(name, 'name', name, want.target)], [...role, sql], { db: name, executed_commands: [sql] }, [predicted(login, asked, []), predicted(login, query(want.target), [is])])
    }
    if (want.state === 'absent') {
      if (is === undefined) return nothing({ db: name, executed_commands: [] })
      const sql = `DROP DATABASE ${ident(name)}${want.force ? ' WITH (FORCE)' : ''}`
      return statementPlan(login, [attr(name, 'state', 'present', 'absent')], [...role, sql], { db: name, executed_commands: [sql] }, [predicted(login, asked, [])])
    }
    return is === undefined ? created() : altered(is)

    function created(): Plan {
      const parts = [
        ...(want.owner === '' ? [] : [`OWNER ${ident(want.owner)}`]), ...(want.template === '' ? [] : [`TEMPLATE ${ident(want.template)}`]),
        ...(want.encoding === '' ? [] : [`ENCODING ${text(want.encoding)}`]), ...(want.lc_collate === '' ? [] : [`LC_COLLATE ${text(want.lc_collate)}`]),
        ...(want.lc_ctype === '' ? [] : [`LC_CTYPE ${text(want.lc_ctype)}`]), ...(want.tablespace === '' ? [] : [`TABLESPACE ${ident(want.tablespace)}`]),
        ...(want.conn_limit === '' ? [] : [`CONNECTION LIMIT ${Number(want.conn_limit)}`]),
      ]
      const statements = [[`CREATE DATABASE ${ident(name)}`, ...parts].join(' '), ...commented()]
      const row: Data = {
        owner: want.owner === '' ? want.login_user : want.owner, encoding: encodingKey(want.encoding) === 'utf8' ? 'UTF8' : want.encoding.toUpperCase(), lc_collate: want.lc_collate, lc_ctype: want.lc_ctype,
        conn_limit: want.conn_limit === '' ? -1 : Number(want.conn_limit), tablespace: want.tablespace === '' ? 'pg_default' : want.tablespace, comment: want.comment === undefined || want.comment === '' ? null : want.comment,
      }
      const isKnown = want.encoding !== '' && want.lc_collate !== '' && want.lc_ctype !== ''
      return statementPlan(login, [attr(name, 'state', 'absent', 'present')], [...role, ...statements], { db: name, executed_commands: statements },
        [...isKnown ? [predicted(login, asked, [row])] : [], { unknown: `what the new database ${name} holds is not known`, spares: ['/'] }])
    }
    function commented(): string[] {
      return want.comment === undefined ? [] : [`COMMENT ON DATABASE ${ident(name)} IS ${want.comment === '' ? 'NULL' : text(want.comment)}`]
    }
    function altered(now: Data): Plan {
      const fixed = [['encoding', want.encoding], ['lc_collate', want.lc_collate], ['lc_ctype', want.lc_ctype]] as const
      for (const [field, asked] of fixed) {
        const isSame = field === 'encoding' ? encodingKey(asked) === encodingKey(String(now[field])) : asked === now[field]
        if (asked !== '' && now[field] !== '' && !isSame) throw new Failure(`Changing ${field === 'encoding' ? 'database encoding' : field.toUpperCase()} is not supported. Current ${field}: ${String(now[field])}`)
      }
      const changes: Change[] = [], statements: string[] = [], next = { ...now }
      const change = (field: string, is: unknown, to: string | number, sql: string): void => {
        changes.push(attr(name, field, is === null || is === undefined ? null : String(is), to)); statements.push(sql); next[field] = to
      }
      const alter = `ALTER DATABASE ${ident(name)}`
      if (want.owner !== '' && want.owner !== now['owner']) change('owner', now['owner'], want.owner, `${alter} OWNER TO ${ident(want.owner)}`)
      if (want.conn_limit !== '' && Number(want.conn_limit) !== now['conn_limit']) change('conn_limit', now['conn_limit'], Number(want.conn_limit), `${alter} CONNECTION LIMIT ${Number(want.conn_limit)}`)
      if (want.tablespace !== '' && want.tablespace !== now['tablespace']) change('tablespace', now['tablespace'], want.tablespace, `${alter} SET TABLESPACE ${ident(want.tablespace)}`)
      if (want.comment !== undefined && want.comment !== (now['comment'] ?? '')) {
        change('comment', now['comment'], want.comment, commented().join())
        if (want.comment === '') next['comment'] = null
      }
      return statementPlan(login, changes, [...role, ...statements], { db: name, executed_commands: statements }, changes.length === 0 ? [] : [predicted(login, asked, [next])])
    }
  },
})

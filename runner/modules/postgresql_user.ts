/** Keeps a role of a PostgreSQL server. */
import { createHash, createHmac, pbkdf2Sync } from 'node:crypto'
import { Failure } from '../core/errors.ts'
import { attr, defineModule, nothing } from '../core/module.ts'
import type { Data } from '../core/types.ts'
import type { Args, Change, Plan } from '../core/plan.ts'
import { ask, ident, loginArgs, loginOf, predicted, statementPlan, text } from './postgresql/server.ts'

const args = {
  ...loginArgs,
  name: { type: 'str', required: true, aliases: ['user'], doc: 'The role.' },
  password: { type: 'str', secret: true, doc: 'Its password, plain or as a hash; empty takes it away.' },
  state: { type: 'str', default: 'present', choices: ['absent', 'present'], doc: 'Whether it exists.' },
  login_db: { type: 'str', default: '', aliases: ['db'], doc: 'Database to connect to.' },
  role_attr_flags: { type: 'str', default: '', doc: 'What it may do: CREATEDB,NOSUPERUSER …' },
  encrypted: { type: 'bool', default: true, doc: 'Accepted: servers keep hashes only.' },
  no_password_changes: { type: 'bool', default: false, doc: 'Leaves the password, expiry and limit of an existing role.' },
  expires: { type: 'str', doc: 'When its password ends.' },
  conn_limit: { type: 'int', doc: 'How many connections at once.' },
  session_role: { type: 'str', doc: 'Role to act as.' },
  comment: { type: 'str', doc: 'A comment.' },
  fail_on_user: { type: 'bool', default: true, aliases: ['fail_on_role'], doc: 'Fails where a role cannot be removed.' },
  configuration: { type: 'dict', default: {}, doc: 'Settings of its sessions.' },
  reset_unspecified_configuration: { type: 'bool', default: false, doc: 'Takes settings away that are not named.' },
  quote_configuration_values: { type: 'bool', default: true, doc: 'Values of settings are texts.' },
  priv: { type: 'str', doc: 'Privileges.', unsupported: 'community.postgresql has removed it; use postgresql_privs' },
} as const
type UserArgs = Args<typeof args>

const columns: Readonly<Record<string, string>> = {
  SUPERUSER: 'rolsuper', CREATEROLE: 'rolcreaterole', CREATEDB: 'rolcreatedb', INHERIT: 'rolinherit', LOGIN: 'rolcanlogin', REPLICATION: 'rolreplication', BYPASSRLS: 'rolbypassrls',
}
const query = (name: string, from: string, expires: string | undefined): string => `SELECT a.*, a.rolvaliduntil IS DISTINCT FROM ${expires === undefined ? 'a.rolvaliduntil' : `${text(expires)}::timestamptz`} AS expires_differs,
  shobj_description(a.oid, 'pg_authid') AS comment, (SELECT s.setconfig FROM pg_db_role_setting s WHERE s.setrole = a.oid AND s.setdatabase = 0) AS configuration FROM ${from} a WHERE a.rolname = ${text(name)}`

const scram = /^SCRAM-SHA-256\$(\d+):([A-Za-z0-9+/=]+)\$([A-Za-z0-9+/=]+):([A-Za-z0-9+/=]+)$/
/** Whether a password, plain or a hash, is the one that the server keeps as `hash`. RFC 5802, and PostgreSQL's md5. */
export function isPassword(password: string, hash: string | undefined, user: string): boolean {
  if (password === '') return hash === undefined
  if (hash === undefined) return false
  if (scram.test(password) || /^md5[0-9a-f]{32}$/.test(password)) return password === hash
  const [, rounds, salt, , serverKey] = scram.exec(hash) ?? []
  if (rounds === undefined || salt === undefined) return hash === `md5${createHash('md5').update(password + user).digest('hex')}`
  const salted = pbkdf2Sync(password.normalize('NFKC'), Buffer.from(salt, 'base64'), Number(rounds), 32, 'sha256')
  return createHmac('sha256', salted).update('Server Key').digest('base64') === serverKey
}

function flagsOf(given: string): string[] {
  const flags = [...new Set(given.split(',').map((flag) => flag.trim().toUpperCase()).filter((flag) => flag !== ''))]
  const wrong = flags.filter((flag) => columns[flag] === undefined && columns[flag.replace(/^NO/, '')] === undefined)
  if (wrong.length > 0) throw new Failure(`Invalid role_attr_flags specified: ${wrong.join(' ')}`)
  return flags
}

export default defineModule({
  name: 'postgresql_user',
  doc: 'Keeps a role of a PostgreSQL server.',
  args,
  async plan(want, target): Promise<Plan> {
    const { name } = want, login = loginOf(want, want.login_db === '' ? 'postgres' : want.login_db)
    const [me] = await ask(target, login, 'SELECT rolsuper FROM pg_roles WHERE rolname = current_user')
    const asked = query(name, me?.['rolsuper'] === true ? 'pg_authid' : 'pg_roles', want.expires)
    const [is] = await ask(target, login, asked)
    const role = want.session_role === undefined ? [] : [`SET ROLE ${ident(want.session_role)}`]
    const end = (changes: readonly Change[], statements: readonly string[], rows: readonly Data[]): Plan =>
      statementPlan(login, changes, [...role, ...statements], { user: name, queries: statements.map(masked) }, changes.length === 0 ? [] : [predicted(login, asked, rows), { unknown: `as whom one can log in is not known, since ${name} changes`, spares: ['/'] }])
    if (want.state === 'absent') return is === undefined ? nothing({ user: name, queries: [], user_removed: false }) : end([attr(name, 'state', 'present', 'absent')], [`DROP USER ${ident(name)}`], [])
    const { changes, words, next } = differences(want, is)
    const statements = words.length === 0 && is !== undefined ? [] : [`${is === undefined ? 'CREATE' : 'ALTER'} USER ${ident(name)}${words.length === 0 ? '' : ` WITH ${words.join(' ')}`}`]
    if (want.comment !== undefined && want.comment !== (is?.['comment'] ?? '')) {
      if (is !== undefined) changes.push(attr(name, 'comment', String(is['comment'] ?? ''), want.comment))
      statements.push(`COMMENT ON ROLE ${ident(name)} IS ${text(want.comment)}`)
      next['comment'] = want.comment
    }
    for (const { key, value, before } of settings(want, is)) {
      if (is !== undefined) changes.push(attr(name, `configuration.${key}`, before ?? null, value ?? null))
      const set = value === undefined ? `RESET ${ident(key)}` : `SET ${ident(key)} TO ${want.quote_configuration_values ? text(value) : value}`
      statements.push(`ALTER USER ${ident(name)} ${set}`)
    }
    next['configuration'] = configured(want, is)
    return end(changes, statements, [next])
  },
})
const masked = (statement: string): string => statement.replace(/PASSWORD (E?'(?:[^']|'')*')/, 'PASSWORD %(password)s')

/** What CREATE or ALTER USER has to say, and the row that will be read then. */
function differences(want: UserArgs, is: Data | undefined): { readonly changes: Change[]; readonly words: string[]; readonly next: Data } {
  const changes: Change[] = [], words: string[] = []
  const next: Data = is === undefined
    ? { rolname: want.name, rolsuper: false, rolinherit: true, rolcreaterole: false, rolcreatedb: false, rolcanlogin: true, rolreplication: false, rolbypassrls: false, rolconnlimit: -1, rolpassword: null, comment: null }
    : { ...is }
  const isNew = is === undefined, leaves = !isNew && want.no_password_changes
  if (isNew) changes.push(attr(want.name, 'state', 'absent', 'present'))
  const hash = typeof is?.['rolpassword'] === 'string' ? is['rolpassword'] : undefined
  if (want.password !== undefined && !leaves && (isNew ? want.password !== '' : !isPassword(want.password, hash, want.name))) {
    words.push(want.password === '' ? 'PASSWORD NULL' : `PASSWORD ${text(want.password)}`)
    if (!isNew) changes.push(attr(want.name, 'password', '********', '********'))
    next['rolpassword'] = want.password === '' ? null : /^(md5|SCRAM)/.test(want.password) ? want.password : `md5${createHash('md5').update(want.password + want.name).digest('hex')}`
  }
  for (const flag of flagsOf(want.role_attr_flags)) {
    const column = columns[flag] ?? columns[flag.replace(/^NO/, '')] ?? '', value = columns[flag] !== undefined
    if (next[column] === value) continue
    words.push(flag)
    if (!isNew) changes.push(attr(want.name, flag.replace(/^NO(?!LOGIN$)|^NO(?=LOGIN$)/, '').toLowerCase(), !value, value))
    next[column] = value
  }
  if (want.expires !== undefined && !leaves && (isNew || is['expires_differs'] === true)) {
    words.push(`VALID UNTIL ${text(want.expires)}`)
    if (!isNew) changes.push(attr(want.name, 'expires', String(is['rolvaliduntil'] ?? ''), want.expires))
    next['rolvaliduntil'] = want.expires
  }
  next['expires_differs'] = false
  if (want.conn_limit !== undefined && !leaves && want.conn_limit !== next['rolconnlimit']) {
    words.push(`CONNECTION LIMIT ${want.conn_limit}`)
    if (!isNew) changes.push(attr(want.name, 'conn_limit', Number(next['rolconnlimit']), want.conn_limit))
    next['rolconnlimit'] = want.conn_limit
  }
  return { changes, words, next }
}

const pairs = (is: Data | undefined): Map<string, string> => new Map((Array.isArray(is?.['configuration']) ? is['configuration'] : []).map((one: unknown): [string, string] => {
  const [key = '', ...value] = String(one).split('=')
  return [key, value.join('=')]
}))
function settings(want: UserArgs, is: Data | undefined): { readonly key: string; readonly value: string | undefined; readonly before: string | undefined }[] {
  const now = pairs(is), wanted = Object.entries(want.configuration).map(([key, value]) => [key, String(value)] as const)
  return [
    ...(want.reset_unspecified_configuration ? [...now].filter(([key]) => !wanted.some(([one]) => one === key)).map(([key, before]) => ({ key, value: undefined, before })) : []),
    ...wanted.filter(([key, value]) => now.get(key) !== value).map(([key, value]) => ({ key, value, before: now.get(key) })),
  ]
}
function configured(want: UserArgs, is: Data | undefined): readonly string[] | null {
  const now = pairs(is)
  for (const { key, value } of settings(want, is)) { if (value === undefined) now.delete(key); else now.set(key, value) }
  return now.size === 0 ? null : [...now].map(([key, value]) => `${key}=${value}`)
}

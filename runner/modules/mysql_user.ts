/** Keeps an account of a MySQL or MariaDB server, and what it may do. */
import { createHash } from 'node:crypto'
import { Failure } from '../core/errors.ts'
import { attr, defineModule, nothing } from '../core/module.ts'
import type { Args, Change, Plan, Target } from '../core/plan.ts'
import type { MysqlLogin, MysqlRow } from '../probes/mysql.ts'
import { between, shown, statementsFor, written } from './mysql/privileges.ts'
import { account, ask, execute, loginArgs, loginOf, text } from './mysql/server.ts'

const no = (why: string) => ({ unsupported: why }) as const
const args = {
  ...loginArgs,
  name: { type: 'str', required: true, aliases: ['user'], doc: 'The account.' },
  host: { type: 'str', default: 'localhost', doc: 'Where it may log in from.' },
  host_all: { type: 'bool', default: false, doc: 'All accounts of this name, whatever their host.' },
  password: { type: 'str', secret: true, doc: 'Its password.' },
  encrypted: { type: 'bool', default: false, doc: 'The password is a hash of mysql_native_password.' },
  state: { type: 'str', default: 'present', choices: ['absent', 'present'], doc: 'Whether it exists.' },
  priv: { type: 'raw', doc: 'What it may do: db.table:PRIVILEGE,…/db.table:…, or a mapping.' },
  append_privs: { type: 'bool', default: false, doc: 'Takes nothing away.' },
  subtract_privs: { type: 'bool', default: false, doc: 'Takes these away.' },
  update_password: { type: 'str', default: 'always', choices: ['always', 'on_create', 'on_new_username'], doc: 'When the password is set.' },
  plugin: { type: 'str', doc: 'What checks its identity.' },
  plugin_hash_string: { type: 'str', secret: true, doc: 'For the plugin, as it keeps it.' },
  plugin_auth_string: { type: 'str', secret: true, doc: 'For the plugin, plain.' },
  tls_requires: { type: 'dict', doc: 'What of TLS it must use: SSL, X509, SUBJECT, ISSUER, CIPHER.' },
  column_case_sensitive: { type: 'bool', doc: 'Names of columns in priv keep their case.' },
  locked: { type: 'bool', doc: 'Whether it is locked.' },
  sql_log_bin: { type: 'bool', default: true, doc: 'Whether it goes to the binary log.' },
  check_implicit_admin: { type: 'bool', default: false, doc: 'Tries root without a password first.' },
  force_context: { type: 'bool', default: false, doc: 'Uses the database mysql.' },
  resource_limits: { type: 'dict', doc: 'Limits.', ...no('resource limits are not kept by play') },
  session_vars: { type: 'dict', doc: 'Variables of the session.', ...no('session variables are not set by play') },
  attributes: { type: 'dict', doc: 'Attributes.', ...no('attributes of accounts are not kept by play') },
  salt: { type: 'str', doc: 'Salt of plugin_auth_string.', ...no('hashes with a given salt are not made by play') },
  password_expire: { type: 'str', doc: 'When the password ends.', ...no('expiry of passwords is not kept by play') },
  password_expire_interval: { type: 'int', doc: 'Days until then.', ...no('expiry of passwords is not kept by play') },
} as const
type UserArgs = Args<typeof args>

const sha1 = (data: string | Buffer): Buffer => createHash('sha1').update(data).digest()
/** As mysql_native_password keeps it. */
export const nativeHash = (password: string): string => `*${sha1(sha1(password)).toString('hex').toUpperCase()}`
function hashOf(want: UserArgs): string | undefined {
  if (want.password === undefined || want.password === '') return undefined
  if (!want.encrypted) return nativeHash(want.password)
  if (!/^\*[0-9A-F]{40}$/i.test(want.password)) throw new Failure('encrypted was specified however it does not appear to be a valid hash expecting: *SHA1(SHA1(your_password))')
  return want.password
}
function requiresOf(value: UserArgs['tls_requires']): string {
  if (value === undefined || Object.keys(value).length === 0) return ''
  const words = Object.entries(value).map(([name, one]): readonly [string, unknown] => [name.toUpperCase(), one])
  if (words.some(([name]) => name === 'SSL')) return 'SSL'
  return words.some(([name]) => name === 'X509') ? 'X509' : words.map(([name, one]) => `${name} ${text(String(one))}`).join(' AND ')
}

interface Server { readonly login: MysqlLogin; readonly isMaria: boolean; readonly version: readonly number[] }
async function serverOf(target: Target, login: MysqlLogin): Promise<Server> {
  const [row] = await ask(target, login, 'SELECT VERSION() AS version')
  const version = row?.['version'] ?? ''
  return { login, isMaria: /maria/i.test(version), version: version.split(/[.-]/).slice(0, 3).map(Number) }
}
async function loginFor(want: UserArgs, target: Target): Promise<MysqlLogin> {
  const login = loginOf(want, want.force_context ? 'mysql' : undefined)
  if (want.check_implicit_admin) try { const implicit = { ...login, user: 'root', password: '' }; await serverOf(target, implicit); return implicit } catch (error) { if (!(error instanceof Failure)) throw error }
  return login
}

export default defineModule({
  name: 'mysql_user',
  doc: 'Keeps an account of a MySQL or MariaDB server.',
  args,
  rules: { mutuallyExclusive: [['append_privs', 'subtract_privs']] },
  async plan(want, target): Promise<Plan> {
    const login = await loginFor(want, target)
    const [server, all] = await Promise.all([serverOf(target, login), ask(target, login, `SELECT Host AS host, plugin, authentication_string AS hash FROM mysql.user WHERE User = ${text(want.name)}`)])
    const host = want.host.toLowerCase(), named = want.host_all ? all : all.filter((row) => row['host'] === host)
    const changes: Change[] = [], statements: string[] = want.sql_log_bin ? [] : ['SET SQL_LOG_BIN=0']
    const first = statements.length
    const done = (msg: string, passwordChanged = false): Plan => statements.length === first ? nothing({ user: want.name, msg, password_changed: false, attributes: null }) : {
      changes, steps: [execute(login, statements)], after: [{ unknown: `what the account ${want.name} is then is not known`, spares: ['/'] }],
      data: { user: want.name, msg, password_changed: passwordChanged, attributes: null },
    }
    if (want.state === 'absent') {
      for (const row of named) { const one = row['host'] ?? ''; changes.push(attr(`${want.name}@${one}`, 'state', 'present', 'absent')); statements.push(`DROP USER ${account(want.name, one)}`) }
      return done(named.length === 0 ? "User doesn't exist" : 'User deleted')
    }
    if (named.length === 0) {
      if (want.host_all) throw new Failure('host_all parameter cannot be used when adding a user')
      changes.push(attr(`${want.name}@${host}`, 'state', 'absent', 'present'))
      statements.push(...created(want, server, host, all[0]))
      return done('User added', want.password !== undefined || want.plugin !== undefined)
    }
    let passwordChanged = false
    for (const row of named) passwordChanged = await altered(want, server, target, row, changes, statements) || passwordChanged
    return done(changes.length === 0 ? 'User unchanged' : passwordChanged ? 'Password updated' : 'Privileges updated', passwordChanged)
  },
})

/** How an account proves itself, for CREATE and ALTER USER. */
function identified(want: UserArgs, { isMaria }: Server, template: MysqlRow | undefined): string {
  if (template !== undefined && want.update_password === 'on_new_username') return ` IDENTIFIED WITH ${template['plugin'] ?? ''} AS ${text(template['hash'] ?? '')}`
  if (want.plugin !== undefined) {
    if (want.plugin_hash_string !== undefined) return ` IDENTIFIED WITH ${want.plugin} AS ${text(want.plugin_hash_string)}`
    if (want.plugin_auth_string === undefined) return ` IDENTIFIED WITH ${want.plugin}`
    const value = text(want.plugin_auth_string)
    return ` IDENTIFIED WITH ${want.plugin} ${want.plugin === 'pam' ? `USING ${value}` : want.plugin === 'ed25519' ? `USING PASSWORD(${value})` : `BY ${value}`}`
  }
  if (want.password === undefined || want.password === '') return ''
  if (!want.encrypted) return ` IDENTIFIED BY ${text(want.password)}`
  return isMaria ? ` IDENTIFIED BY PASSWORD ${text(hashOf(want) ?? '')}` : ` IDENTIFIED WITH mysql_native_password AS ${text(hashOf(want) ?? '')}`
}
function created(want: UserArgs, server: Server, host: string, other: MysqlRow | undefined): string[] {
  const who = account(want.name, host), requires = requiresOf(want.tls_requires)
  const grants = want.priv === undefined || want.priv === null ? [] : [...written(want.priv, want.column_case_sensitive === true)]
  return [
    `CREATE USER ${who}${identified(want, server, other)}${requires === '' ? '' : ` REQUIRE ${requires}`}${want.locked === true ? ' ACCOUNT LOCK' : ''}`,
    ...(want.subtract_privs ? [] : grants.filter(([, privileges]) => privileges.join() !== 'USAGE').flatMap(([where, privileges]) => statementsFor({ kind: 'grant', where, privileges }, who, ''))),
  ]
}

/** Adds what changes an account that exists; whether its password does. */
async function altered(want: UserArgs, server: Server, target: Target, row: MysqlRow, changes: Change[], statements: string[]): Promise<boolean> {
  const host = row['host'] ?? '', who = account(want.name, host), shownName = `${want.name}@${host}`, hash = hashOf(want)
  const add = (name: string, before: string | null, after: string, sql: string): void => { changes.push(attr(shownName, name, before, after)); statements.push(sql) }
  let changesPassword = false
  if (want.update_password === 'always') {
    if (hash !== undefined && hash.toUpperCase() !== (row['hash'] ?? '').toUpperCase()) {
      changesPassword = true
      add('password', '********', '********', server.isMaria ? `SET PASSWORD FOR ${who} = ${text(hash)}` : `ALTER USER ${who} IDENTIFIED WITH mysql_native_password AS ${text(hash)}`)
    }
    if (want.plugin !== undefined && (row['plugin'] !== want.plugin || (want.plugin_hash_string ?? want.plugin_auth_string ?? row['hash'] ?? '') !== (row['hash'] ?? ''))) {
      changesPassword = true
      add('plugin', row['plugin'] ?? null, want.plugin, `ALTER USER ${who}${identified(want, server, undefined)}`)
    }
  }
  const [grants, [made]] = await Promise.all([ask(target, server.login, `SHOW GRANTS FOR ${who}`), ask(target, server.login, `SHOW CREATE USER ${who}`)])
  if (want.priv !== undefined && want.priv !== null) {
    const is = shown(grants), mode = want.append_privs ? 'append' : want.subtract_privs ? 'subtract' : 'replace'
    for (const step of between(is, renamed(written(want.priv, want.column_case_sensitive === true), server), mode, want.name === 'root')) {
      const [one, ...more] = statementsFor(step, who, '')
      if (one === undefined) continue
      add(`privileges on ${step.where}`, step.kind === 'revoke' ? step.privileges.join(',') : null, step.kind === 'grant' ? step.privileges.join(',') : '', one)
      statements.push(...more)
    }
  }
  const definition = Object.values(made ?? {})[0] ?? '', requires = requiresOf(want.tls_requires)
  const [, now = ''] = / REQUIRE (SSL|X509|(?:(?:SUBJECT|ISSUER|CIPHER) '[^']*'(?: AND | )?)+)/.exec(definition) ?? []
  if (now.trim().replaceAll(' AND ', ' ') !== requires.replaceAll(' AND ', ' ')) add('tls_requires', now, requires, `ALTER USER ${who} REQUIRE ${requires === '' ? 'NONE' : requires}`)
  if (want.locked !== undefined && want.locked !== definition.includes(' ACCOUNT LOCK')) add('locked', String(!want.locked), String(want.locked), `ALTER USER ${who} ACCOUNT ${want.locked ? 'LOCK' : 'UNLOCK'}`)
  return changesPassword
}
/** MariaDB has other names for some privileges since 10.5. */
const renamed = (want: ReturnType<typeof written>, { isMaria, version: [major = 0, minor = 0] }: Server): ReturnType<typeof written> =>
  !isMaria || major < 10 || (major === 10 && minor < 5) ? want
    : new Map([...want].map(([where, privileges]) => [where, privileges.map((one) => one === 'REPLICATION CLIENT' ? 'BINLOG MONITOR' : one === 'REPLICATION REPLICA' ? 'REPLICATION SLAVE' : one)]))

/** Modules of PostgreSQL and MariaDB against real servers: made, found to be right, changed where asked, removed. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { validateArgs } from '../../runner/core/args.ts'
import { createMasker } from '../../runner/core/mask.ts'
import type { Data } from '../../runner/core/types.ts'
import type { Module, Predicted, Probe, Target } from '../../runner/core/plan.ts'
import type { Session } from '../../runner/core/session.ts'
import { Exchange, Machine } from '../../runner/execute/exchange.ts'
import mysqlDb from '../../runner/modules/mysql_db.ts'
import mysqlInfo from '../../runner/modules/mysql_info.ts'
import mysqlQuery from '../../runner/modules/mysql_query.ts'
import mysqlUser from '../../runner/modules/mysql_user.ts'
import mysqlVariables from '../../runner/modules/mysql_variables.ts'
import postgresDb from '../../runner/modules/postgresql_db.ts'
import postgresExt from '../../runner/modules/postgresql_ext.ts'
import postgresPrivs from '../../runner/modules/postgresql_privs.ts'
import postgresQuery from '../../runner/modules/postgresql_query.ts'
import postgresUser from '../../runner/modules/postgresql_user.ts'
import { mysql } from '../../runner/probes/mysql.ts'
import { postgres, postgresTrial } from '../../runner/probes/postgres.ts'
import { openPool } from '../../runner/transport/pool.ts'
import { localFile, renderFile } from '../support/local-files.ts'

const run = promisify(execFile)
const image = 'play-databases:12', name = `play-test-databases-${process.pid}`
interface Context { root?: Session; postgres?: Session; close?: () => Promise<void> }
const on = suite<Context>('databases')
on.before(async (context) => {
  await run('docker', ['image', 'inspect', image]).catch(() => run('sh', [join(import.meta.dirname, '../hosts/databases-image.sh')], { timeout: 900_000 }))
  await run('docker', ['run', '-d', '--label', 'play-test', '--name', name, image, 'sh', '-c', 'pg_ctlcluster 15 main start; exec mysqld_safe'])
  const pool = openPool({ masker: createMasker(), warn: () => undefined }), endpoint = { connection: 'docker', host: name } as const
  context.root = await pool.session(endpoint)
  context.postgres = await pool.session(endpoint, { method: 'su', user: 'postgres' })
  await context.root.run([{ sh: 'n=0; until mysqladmin ping && pg_isready || [ $n -gt 600 ]; do n=$((n+1)); sleep 0.1; done', okRc: 'any' }])
  context.close = async () => { await pool.close(); await run('docker', ['rm', '-f', name]) }
})
on.after(async (context) => { await context.close?.() })

function targetOf(session: Session): Target {
  const exchange = new Exchange(session, new Machine(), 'root', {})
  return {
    user: session.user, read: async <K, T>(probe: Probe<K, T>, key: K): Promise<T> => (await exchange.read(probe, key)).value,
    local: async (kind, path) => localFile({}, kind, path), render: renderFile,
  }
}
async function foretold(session: Session, after: readonly Predicted[]): Promise<void> {
  for (const one of after) {
    if (!('probe' in one)) continue
    const probe: Probe<never, unknown> | undefined = [mysql, postgres, postgresTrial].find((known) => known.name === one.probe)
    assert.ok(probe, one.probe)
    const found = await targetOf(session).read(probe, JSON.parse(one.id) as never)
    // a hash has a salt of its own, a role its number
    const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value, (key, inner: unknown) => ['rolpassword', 'oid', 'rolvaliduntil', 'rolconfig'].includes(key) ? undefined : inner))
    assert.equal(plain(found), plain(one.value))
  }
}
/** Applies it, and finds nothing left to do; what the plan said of later reads is true. */
async function apply(session: Session | undefined, module: Module, given: Data, again: readonly string[] = []): Promise<{ readonly changes: readonly string[]; readonly data: Data }> {
  if (session === undefined) return assert.unreachable('no session') as never
  const plan = async () => await module.plan(validateArgs(module.args, module.rules, given, { module: module.name, container: {} }), targetOf(session))
  const made = await plan(), ran = await session.run(made.steps), last = ran.at(-1)
  if (last !== undefined && made.steps[ran.length - 1]?.okRc === undefined) assert.is(last.rc, 0, `${last.stderr}\n${new TextDecoder().decode(made.steps[ran.length - 1]?.stdin)}`)
  const data = { ...made.data, ...made.done?.(ran) }
  assert.is(data['failed'], undefined, String(data['msg']))
  await foretold(session, made.after ?? [])
  const told = (changes: typeof made.changes): string[] => changes.map((one) => one.kind === 'attr' ? `${one.name} ${String(one.before)} -> ${String(one.after)}` : one.kind)
  assert.equal(told((await plan()).changes), again, 'a second run must find nothing to do')
  return { changes: told(made.changes), data }
}
async function fails(session: Session | undefined, module: Module, given: Data): Promise<string> {
  try { await apply(session, module, given) } catch (error) { return error instanceof Error ? error.message : '' }
  return assert.unreachable('it did not fail') as never
}

on('postgresql: roles', async ({ postgres: db }) => {
  assert.equal((await apply(db, postgresUser, { name: 'app', password: "it's \\ secret", role_attr_flags: 'CREATEDB,NOSUPERUSER', conn_limit: 7, comment: 'an account' })).changes, ['state absent -> present'])
  const asApp = { login_user: 'app', login_host: '127.0.0.1', login_db: 'postgres', query: 'SELECT current_user AS me' }
  assert.equal((await apply(db, postgresQuery, { ...asApp, login_password: "it's \\ secret" })).data['query_result'], [{ me: 'app' }])
  assert.match(await fails(db, postgresQuery, { ...asApp, login_password: 'wrong' }), 'authentication failed')
  assert.equal((await apply(db, postgresUser, { name: 'app', password: 'other', role_attr_flags: 'NOCREATEDB' })).changes, ['password ******** -> ********', 'createdb true -> false'])
  assert.equal((await apply(db, postgresUser, { name: 'app', password: 'md5aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', expires: '2040-01-01' })).changes.length, 2)
  assert.equal((await apply(db, postgresUser, { name: 'app', configuration: { work_mem: '8MB' } })).changes, ['configuration.work_mem null -> 8MB'])
  assert.equal((await apply(db, postgresUser, { name: 'gone' })).changes, ['state absent -> present'])
  assert.equal((await apply(db, postgresUser, { name: 'gone', state: 'absent' })).changes, ['state present -> absent'])
  assert.match(await fails(db, postgresUser, { name: 'x', role_attr_flags: 'FLY' }), 'Invalid role_attr_flags specified: FLY')
})
on('postgresql: databases', async ({ postgres: db }) => {
  assert.equal((await apply(db, postgresDb, { name: 'shop', owner: 'app', encoding: 'UTF-8', lc_collate: 'C', lc_ctype: 'C', template: 'template0' })).changes, ['state absent -> present'])
  assert.equal((await apply(db, postgresDb, { name: 'shop', owner: 'postgres', conn_limit: '20' })).changes, ['owner app -> postgres', 'conn_limit -1 -> 20'])
  assert.match(await fails(db, postgresDb, { name: 'shop', encoding: 'LATIN1' }), 'Changing database encoding is not supported')
  await apply(db, postgresDb, { name: 'shop', state: 'dump', target: '/tmp/shop.sql.gz' }, ['run'])
  const dumped = async (): Promise<string | undefined> => (await db?.run([{ sh: 'cd /tmp && sha256sum shop.sql.gz* && stat -c %a shop.sql.gz' }]))?.[0]?.stdout
  await db?.run([{ sh: 'chmod 600 /tmp/shop.sql.gz' }])
  const before = await dumped()
  assert.match(before ?? '', /^\S+ +shop\.sql\.gz\n600\n$/)
  assert.match(await fails(db, postgresDb, { name: 'shop', state: 'dump', target: '/tmp/shop.sql.gz', target_opts: '-t nothing' }), 'no matching tables')
  assert.is(await dumped(), before, 'a dump that fails leaves what was there')
  assert.match(await fails(db, postgresDb, { name: 'shop', state: 'dump', target: '/tmp/shop.sql.gz', target_opts: '-t "no thing" -t x;touch${IFS}/tmp/evil' }), 'no matching tables')
  assert.match((await db?.run([{ sh: 'ls /tmp' }]))?.[0]?.stdout ?? '', /^(?![^]*evil)/, 'further words are no shell text')
  assert.equal((await apply(db, postgresDb, { name: 'shop', state: 'rename', target: 'shop2' })).changes, ['name shop -> shop2'])
  assert.equal((await apply(db, postgresDb, { name: 'shop2', state: 'absent' })).changes, ['state present -> absent'])
  await apply(db, postgresDb, { name: 'shop' })
  await apply(db, postgresDb, { name: 'shop', state: 'restore', target: '/tmp/shop.sql.gz' }, ['run'])
})
on('postgresql: queries', async ({ postgres: db }) => {
  const told = await apply(db, postgresQuery, { login_db: 'shop', query: ['CREATE TABLE t (id int, name text)', "INSERT INTO t VALUES (1, 'a'), (2, 'b')", 'SELECT * FROM t ORDER BY id', 'DELETE FROM t WHERE id = 2 RETURNING name'] }, ['run'])
  assert.is(told.data['changed'], true)
  assert.equal(told.data['query_all_results'], [{}, {}, [{ id: 1, name: 'a' }, { id: 2, name: 'b' }], [{ name: 'b' }]])
  const asked = await apply(db, postgresQuery, { login_db: 'shop', query: 'SELECT name FROM t WHERE id = %s AND name = %s', positional_args: [1, 'a'] })
  assert.equal([asked.changes, asked.data['query_result'], asked.data['rowcount'], asked.data['changed']], [[], [{ name: 'a' }], 1, false])
  assert.equal((await apply(db, postgresQuery, { query: 'SHOW max_connections' })).data['query_result'], [{ max_connections: '100' }])
  assert.is((await apply(db, postgresQuery, { login_db: 'shop', query: "UPDATE t SET name = 'x' WHERE id = 9" }, ['run'])).data['changed'], false)
  assert.match(await fails(db, postgresQuery, { login_db: 'shop', query: 'SELECT * FROM nowhere' }), 'nowhere')
  assert.match(await fails(db, postgresQuery, { login_db: 'shop', query: 'DROP TABLE nowhere' }), "Cannot execute SQL 'DROP TABLE nowhere'")
})
on('postgresql: privileges', async ({ postgres: db }) => {
  const on = { login_db: 'shop', roles: 'app' }
  assert.is((await apply(db, postgresPrivs, { ...on, type: 'database', privs: 'ALL' })).changes.length, 1)
  assert.is((await apply(db, postgresPrivs, { ...on, type: 'schema', objs: 'public', privs: 'CREATE,USAGE' })).changes.length, 1)
  assert.is((await apply(db, postgresPrivs, { ...on, objs: 't', privs: 'SELECT,UPDATE', grant_option: true })).changes.length, 1)
  assert.is((await apply(db, postgresPrivs, { ...on, objs: 'ALL_IN_SCHEMA', privs: 'INSERT' })).changes.length, 1)
  assert.is((await apply(db, postgresPrivs, { ...on, type: 'default_privs', objs: 'TABLES', privs: 'SELECT' })).changes.length, 1)
  assert.is((await apply(db, postgresPrivs, { ...on, type: 'group', objs: 'pg_read_all_data' })).changes.length, 1)
  assert.is((await apply(db, postgresPrivs, { ...on, objs: 't', privs: 'ALL', state: 'absent' })).changes.length, 1)
  assert.match(await fails(db, postgresPrivs, { ...on, roles: 'nobody_here', objs: 't', privs: 'SELECT' }), "Role 'nobody_here' does not exist")
  assert.match(await fails(db, postgresPrivs, { ...on, objs: 'nothing', privs: 'SELECT' }), 'does not exist')
})
on('postgresql: extensions', async ({ postgres: db }) => {
  assert.match((await apply(db, postgresExt, { name: 'hstore', login_db: 'shop' })).changes.join(), /version null -> 1/)
  assert.match((await apply(db, postgresExt, { name: 'hstore', login_db: 'shop', state: 'absent' })).changes.join(), / -> null/)
  assert.match(await fails(db, postgresExt, { name: 'nothing', login_db: 'shop' }), 'Extension nothing is not available')
})
on('mysql: databases', async ({ root: db }) => {
  assert.equal((await apply(db, mysqlDb, { name: ['shop', "o'dd"], encoding: 'utf8mb4', collation: 'utf8mb4_bin' })).changes, ['state absent -> present', 'state absent -> present'])
  await apply(db, mysqlQuery, { login_db: 'shop', query: ['CREATE TABLE t (id int, name text)', "INSERT INTO t VALUES (1, 'a\\tb')"] }, ['run'])
  await apply(db, mysqlDb, { name: 'shop', state: 'dump', target: '/tmp/m.sql.gz' }, ['run'])
  assert.equal((await apply(db, mysqlDb, { name: 'copy', state: 'import', target: '/tmp/m.sql.gz' }, ['run'])).changes, ['state absent -> present', 'run'])
  assert.equal((await apply(db, mysqlQuery, { login_db: 'copy', query: 'SELECT id FROM t' }, ['run'])).data['query_result'], [[{ id: 1 }]])
  assert.match(await fails(db, mysqlDb, { name: 'shop', config_overrides_defaults: true }), 'is not supported')
  assert.match(await fails(db, mysqlDb, { name: 'nowhere', state: 'dump', target: '/tmp/m.sql.gz' }), 'not found')
  assert.equal((await apply(db, mysqlDb, { name: ["o'dd", 'copy'], state: 'absent' })).changes, ['state present -> absent', 'state present -> absent'])
  assert.equal((await apply(db, mysqlQuery, { login_db: 'shop', query: 'SELECT id, name FROM t WHERE name = %(n)s', named_args: { n: 'a\tb' } }, ['run'])).data['query_result'], [[{ id: 1, name: 'a\tb' }]])
})
on('mysql: accounts', async ({ root: db }) => {
  const who = { name: 'app', password: "p'a\\s \"s#" }
  assert.equal((await apply(db, mysqlUser, { ...who, priv: 'shop.*:SELECT,INSERT/*.*:REPLICATION CLIENT' })).changes, ['state absent -> present'])
  assert.equal((await apply(db, mysqlUser, { ...who, priv: 'shop.*:ALL,GRANT' })).changes.length, 2)
  assert.equal((await apply(db, mysqlUser, { ...who, priv: { 'shop.t': 'SELECT (name, id)' }, append_privs: true })).changes.length, 1)
  assert.equal((await apply(db, mysqlUser, { ...who, priv: 'shop.*:GRANT', subtract_privs: true })).changes.length, 1)
  assert.equal((await apply(db, mysqlUser, { ...who, password: 'other' })).changes, ['password ******** -> ********'])
  assert.equal((await apply(db, mysqlUser, { name: 'app', password: 'third', update_password: 'on_create' })).changes, [])
  assert.equal((await apply(db, mysqlUser, { name: 'app', tls_requires: { SSL: null } })).changes, ['tls_requires  -> SSL'])
  assert.equal((await apply(db, mysqlUser, { name: 'remote', host: '%', password: '*2470C0C06DEE42FD1618BB99005ADCA2EC9D1E19', encrypted: true, priv: 'shop.*:SELECT' })).changes, ['state absent -> present'])
  assert.equal((await apply(db, mysqlDb, { name: 'shop', login_user: 'remote', login_password: 'password', login_host: '127.0.0.1' })).changes.length, 0)
  assert.equal((await apply(db, mysqlUser, { name: 'app', host: '10.%', password: 'x' })).changes, ['state absent -> present'])
  assert.match(await fails(db, mysqlDb, { name: 'x', login_user: 'remote', login_password: 'wrong', login_host: '127.0.0.1' }), 'unable to connect to database')
  assert.equal((await apply(db, mysqlUser, { name: 'app', host_all: true, state: 'absent' })).changes.length, 2)
  assert.equal((await apply(db, mysqlVariables, { variable: 'max_connections', value: '77' })).changes, ['value 151 -> 77'])
})
on('mysql: what the server is', async ({ root }) => {
  await apply(root, mysqlDb, { name: 'told' })
  const { data } = await apply(root, mysqlInfo, { return_empty_dbs: true, filter: ['!users_info'] })
  assert.equal(Object.keys(data).sort(), ['databases', 'engines', 'global_status', 'master_status', 'server_engine', 'settings', 'slave_hosts', 'slave_status', 'users', 'version'])
  assert.equal(data['server_engine'], 'MariaDB')
  const { version, databases, settings, users } = JSON.parse(JSON.stringify(data, (_, value: unknown) => typeof value === 'bigint' ? `int ${value}` : value))
  assert.match(String(version?.['full']), `${String(version?.['major'])}.${String(version?.['minor'])}.${String(version?.['release'])}-${String(version?.['suffix'])}`)
  assert.equal([databases?.['told'], settings?.['port'], settings?.['max_join_size']], [{ size: 0, tables: 0 }, 3306, 'int 18446744073709551615'])
  assert.ok(users?.['localhost'])
  assert.equal(Object.keys((await apply(root, mysqlInfo, { filter: ['version'] })).data), ['server_engine', 'version'])
  assert.match(await fails(root, mysqlInfo, { filter: ['users_info'] }), 'users_info is not supported')
})
on.run()

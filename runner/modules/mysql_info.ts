/** Reads what a MySQL or MariaDB server is: version, settings, status, databases, accounts, replication. Changes nothing. */
import { Failure } from '../core/errors.ts'
import { defineModule, nothing } from '../core/module.ts'
import type { Data } from '../core/types.ts'
import type { Plan } from '../core/plan.ts'
import { float } from '../core/value.ts'
import type { MysqlRow } from '../probes/mysql.ts'
import { ask, loginArgs, loginOf } from './mysql/server.ts'

const subsets = ['version', 'databases', 'settings', 'global_status', 'engines', 'users', 'users_info', 'master_status', 'slave_hosts', 'slave_status'] as const
type Subset = typeof subsets[number]
const isSubset = (name: string): name is Subset => subsets.some((one) => one === name)

/** As Ansible tells: numbers as numbers; a fraction only where the server says so by its type. */
const whole = (value: string | null): unknown => value !== null && /^[+-]?\d+$/.test(value) ? Number.isSafeInteger(Number(value)) ? Number(value) : BigInt(value) : value
const number = (value: string | null): unknown => value !== null && /^-?\d+\.\d+$/.test(value) ? float(Number(value)) : whole(value)
const pairs = (rows: readonly MysqlRow[]): Data => Object.fromEntries(rows.map((row) => [row['Variable_name'] ?? '', whole(row['Value'] ?? null)]))
const without = (row: MysqlRow, names: readonly string[], convert: (value: string | null) => unknown): Data => Object.fromEntries(Object.entries(row).filter(([name]) => !names.includes(name)).map(([name, value]) => [name, convert(value)]))
/** Rows below the values of some columns; the rest of a row is the innermost dict. */
function below(rows: readonly MysqlRow[], columns: readonly (readonly string[])[], convert: (value: string | null) => unknown): Data {
  const made: Data = {}
  for (const row of rows) {
    let at = made
    for (const [i, names] of columns.entries()) {
      const key = names.map((name) => row[name]).find((value) => value !== undefined && value !== null) ?? '', is = at[key]
      const inner: Data = i === columns.length - 1 ? without(row, columns.flat(), convert) : isData(is) ? is : {}
      at[key] = inner
      at = inner
    }
  }
  return made
}
const isData = (value: unknown): value is Data => typeof value === 'object' && value !== null

function versionOf(full: string): Data {
  const [major = '0', minor = '0', ...rest] = full.split('.'), last = rest.join('.'), [release = '0'] = last.split('-')
  const suffix = last.includes('-') ? (rest[0] ?? '').split('-').slice(1).join('-') : ''
  return { major: Number(major), minor: Number(minor), release: Number.parseInt(release, 10), suffix, full }
}
/** The words for replication changed: MariaDB 10.5.1, MySQL 8.0.22, and 8.2 for the source. */
function replication(full: string): Readonly<Record<'master_status' | 'slave_status' | 'slave_hosts', string>> {
  const isMaria = full.toLowerCase().includes('mariadb'), [major = 0, minor = 0, release = 0] = full.split(/[.-]/).map(Number)
  const since = (a: number, b: number, c: number): boolean => major > a || (major === a && (minor > b || (minor === b && release >= c)))
  const isNew = isMaria ? since(10, 5, 1) : since(8, 0, 22)
  return {
    master_status: isMaria ? since(10, 5, 2) ? 'SHOW BINLOG STATUS' : 'SHOW MASTER STATUS' : since(8, 2, 0) ? 'SHOW BINARY LOG STATUS' : 'SHOW MASTER STATUS',
    slave_status: isNew ? 'SHOW REPLICA STATUS' : 'SHOW SLAVE STATUS', slave_hosts: isNew ? isMaria ? 'SHOW REPLICA HOSTS' : 'SHOW REPLICAS' : 'SHOW SLAVE HOSTS',
  }
}
function wantedOf(filter: readonly string[]): { readonly wanted: readonly Subset[]; readonly warnings: readonly string[] } {
  const names = filter.map((one) => one.trim()), strange = names.filter((one) => !isSubset(one.replace(/^!/, '')))
  const included = names.filter(isSubset), excluded = new Set(names.filter((one) => one.startsWith('!')).map((one) => one.slice(1)))
  const warnings = strange.map((one) => `filter element: ${one} is not allowable, ignored`)
  if (included.includes('users_info')) throw new Failure('mysql_info: the subset users_info is not supported; users has the accounts, mysql_query can ask for their grants')
  if (included.length > 0) return { wanted: subsets.filter((one) => included.includes(one)), warnings }
  const wanted = subsets.filter((one) => one !== 'users_info' && !excluded.has(one))
  return { wanted, warnings: excluded.has('users_info') ? warnings : [...warnings, 'mysql_info: the subset users_info is not gathered here'] }
}

export default defineModule({
  name: 'mysql_info',
  doc: 'Reads what a MySQL or MariaDB server is.',
  args: {
    ...loginArgs,
    login_db: { type: 'str', doc: 'The database.' },
    filter: { type: 'list', elements: 'str', doc: `What is read: ${subsets.filter((one) => one !== 'users_info').join(', ')}; with ! in front all but that. users_info is refused.` },
    exclude_fields: { type: 'list', elements: 'str', doc: 'Of databases: db_size and db_table_count are left out.' },
    return_empty_dbs: { type: 'bool', default: false, doc: 'Databases without tables too.' },
  },
  async plan(want, target): Promise<Plan> {
    const login = loginOf(want, want.login_db), { wanted, warnings } = wantedOf(want.filter ?? []), left = (want.exclude_fields ?? []).map((one) => one.trim())
    const when = async (subset: Subset, sql: string): Promise<readonly MysqlRow[]> => wanted.includes(subset) ? await ask(target, login, sql) : []
    const size = !left.includes('db_size'), count = !left.includes('db_table_count')
    const tables = `SELECT table_schema AS name${size ? ', SUM(data_length + index_length) AS size' : ''}${count ? ', COUNT(table_name) AS tables' : ''} FROM information_schema.TABLES GROUP BY table_schema`
    const [settings, status, engines, users, databases, empty] = await Promise.all([
      ask(target, login, 'SHOW GLOBAL VARIABLES'), when('global_status', 'SHOW GLOBAL STATUS'), when('engines', 'SHOW ENGINES'), when('users', 'SELECT * FROM mysql.user'),
      when('databases', tables), want.return_empty_dbs ? when('databases', 'SHOW DATABASES') : [],
    ])
    const full = settings.find((row) => row['Variable_name'] === 'version')?.['Value'] ?? '', words = replication(full)
    const [masters, replicas, hosts] = await Promise.all([when('master_status', words.master_status), when('slave_status', words.slave_status), when('slave_hosts', words.slave_hosts)])
    const info = (row: MysqlRow): Data => ({ ...(size ? { size: Number(row['size'] ?? 0) } : {}), ...(count ? { tables: Number(row['tables'] ?? 0) } : {}) })
    const found: Readonly<Record<Subset, () => unknown>> = {
      version: () => versionOf(full), settings: () => pairs(settings), global_status: () => pairs(status), engines: () => below(engines, [['Engine']], (value) => value),
      databases: () => ({ ...Object.fromEntries(empty.map((row) => [row['Database'] ?? '', info({})])), ...Object.fromEntries(databases.map((row) => [row['name'] ?? '', info(row)])) }),
      users: () => below(users, [['Host'], ['User']], number), users_info: () => [], master_status: () => Object.assign({}, ...masters.map((row) => without(row, [], whole))),
      slave_status: () => below(replicas, [['Master_Host', 'Source_Host'], ['Master_Port', 'Source_Port'], ['Master_User', 'Source_User']], whole), slave_hosts: () => below(hosts, [['Server_id', 'Server_Id']], whole),
    }
    const data = { server_engine: full.toLowerCase().includes('mariadb') ? 'MariaDB' : 'MySQL', ...Object.fromEntries(wanted.map((one) => [one, found[one]()])) }
    return warnings.length > 0 ? { ...nothing(data), warnings } : nothing(data)
  },
})

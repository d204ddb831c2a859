/** Keeps databases of a MySQL or MariaDB server; writes them to files and reads them from there. */
import { Failure } from '../core/errors.ts'
import { attr, defineModule, nothing } from '../core/module.ts'
import { shText } from '../core/sh.ts'
import { furtherWords } from '../core/words.ts'
import type { Args, Plan, Predicted } from '../core/plan.ts'
import { atServer, mysqlClient, mysqlNames, optionsOf } from '../probes/mysql.ts'
import type { MysqlLogin } from '../probes/mysql.ts'
import { dumpInto } from './databases/dump.ts'
import { ask, execute, ident, loginArgs, loginOf, predicted, text } from './mysql/server.ts'

const args = {
  ...loginArgs,
  name: { type: 'list', elements: 'str', required: true, aliases: ['db'], doc: 'The databases; all is every one, for dump and import.' },
  state: { type: 'str', default: 'present', choices: ['absent', 'dump', 'import', 'present'], doc: 'Whether they exist; dump writes them to target, import reads that.' },
  encoding: { type: 'str', default: '', doc: 'Character set of a new one.' },
  collation: { type: 'str', default: '', doc: 'Order of text of a new one.' },
  target: { type: 'path', doc: 'File of dump and import.' },
  single_transaction: { type: 'bool', default: false, doc: 'Dumps in one transaction.' },
  quick: { type: 'bool', default: true, doc: 'Dumps row by row.' },
  ignore_tables: { type: 'list', elements: 'str', default: [], doc: 'Tables that a dump leaves out, as database.table.' },
  hex_blob: { type: 'bool', default: false, doc: 'Dumps binary columns as hexadecimal numbers.' },
  force: { type: 'bool', default: false, doc: 'Goes on after errors.' },
  master_data: { type: 'str', default: '0', choices: ['0', '1', '2'], doc: 'Dumps the position of replication.' },
  skip_lock_tables: { type: 'bool', default: false, doc: 'Dumps without locking tables.' },
  dump_extra_args: { type: 'str', doc: 'More options of the dump.' },
  use_shell: { type: 'bool', default: false, doc: 'Accepted: dumps always go through a shell.' },
  pipefail: { type: 'bool', default: false, doc: 'Accepted: a dump that fails always counts, packed or not.' },
  unsafe_login_password: { type: 'bool', default: false, doc: 'Accepted: passwords are never among arguments.' },
  restrict_config_file: { type: 'bool', default: false, doc: 'Accepted: no other option files are read.' },
  check_implicit_admin: { type: 'bool', default: false, doc: 'Tries root without a password first.', unsupported: 'play logs in with what is given' },
  config_overrides_defaults: { type: 'bool', default: false, doc: 'Only false: give login_host and login_port instead.' },
  chdir: { type: 'path', doc: 'Folder for import and dump.' },
  sql_log_bin: { type: 'bool', default: true, doc: 'Whether it goes to the binary log.' },
} as const
type DbArgs = Args<typeof args>

const query = (name: string): string => `SELECT SCHEMA_NAME AS name FROM information_schema.SCHEMATA WHERE SCHEMA_NAME = ${text(name)}`
const packer = (file: string): string | undefined => file.endsWith('.gz') ? 'gzip' : file.endsWith('.bz2') ? 'bzip2' : file.endsWith('.xz') ? 'xz' : file.endsWith('.zst') ? 'zstd' : undefined

/** A command whose client writes to or reads from a file. */
function transfer(want: DbArgs, login: MysqlLogin, names: readonly string[]): Plan {
  const file = want.target ?? '', pack = packer(file), isAll = names[0] === 'all'
  const flags = [
    ...(want.force ? ['--force'] : []),
    ...(want.state === 'import' ? [] : [
      ...(want.quick ? ['--quick'] : []), ...(want.single_transaction ? ['--single-transaction=true'] : []), ...(want.skip_lock_tables ? ['--skip-lock-tables'] : []),
      ...(want.hex_blob ? ['--hex-blob'] : []), ...(want.master_data !== '0' ? [`--master-data=${want.master_data}`] : []), ...want.ignore_tables.map((one) => `--ignore-table=${one}`),
    ]),
  ]
  const folder = want.chdir === undefined ? '' : shText`cd -- ${want.chdir} || exit 1; `
  const read = pack === undefined ? shText`cat -- ${file}` : shText`${pack} -dc -- ${file}`
  const extra = want.dump_extra_args === undefined ? '' : ` ${furtherWords(want.dump_extra_args)}`
  const sh = want.state === 'import'
    ? `${folder}${shText`[ -r ${file} ]`} || { echo ${shText`${`target ${file} does not exist on the host`}`} >&2; exit 1; }; ${read} | { ${mysqlClient({ ...login, database: isAll ? undefined : names[0] }, mysqlNames, shText`${flags}`)}; }`
    : `${folder}${dumpInto(file, `{ ${mysqlClient(login, ['mysqldump', 'mariadb-dump'], `${shText`${flags}`}${extra} ${isAll ? '--all-databases' : names.length === 1 ? shText`${names}` : shText`--databases ${names}`}`)}; } </dev/null`, pack)}`
  return { changes: [{ kind: 'run', cmd: `${want.state} ${file}` }], steps: [{ sh: `${atServer}${sh}`, env: { PLAY_OPTIONS: optionsOf(login) } }], after: [{ unknown: `what ${want.state} of ${names.join(', ')} leaves is not known`, spares: ['/'] }], data: { db: names.join(' '), db_list: names } }
}

export default defineModule({
  name: 'mysql_db',
  doc: 'Keeps databases of a MySQL or MariaDB server.',
  args,
  rules: { requiredIf: [['state', 'dump', ['target']], ['state', 'import', ['target']]] },
  async plan(want, target): Promise<Plan> {
    if (want.config_overrides_defaults) throw new Failure('config_overrides_defaults is not supported: give login_host and login_port instead')
    const names = want.name.map((one) => one.trim()), login = loginOf(want), data = { db: names.join(' '), db_list: names }
    if (names.includes('all') && !['dump', 'import'].includes(want.state)) throw new Failure('name=all is not valid when state is present or absent')
    if (names.length > 1 && want.state === 'import') throw new Failure(`Multiple databases are not supported with state=import`)
    const is = await Promise.all(names.map(async (name) => name === 'all' || (await ask(target, login, query(name))).length > 0))
    const there = names.filter((_, i) => is[i]), missing = names.filter((_, i) => !is[i])
    const made = missing.map((name) => `CREATE DATABASE ${ident(name)}${want.encoding === '' ? '' : ` CHARACTER SET ${text(want.encoding)}`}${want.collation === '' ? '' : ` COLLATE ${text(want.collation)}`}`)
    const log = want.sql_log_bin ? [] : ['SET SQL_LOG_BIN=0']
    if (want.state === 'dump' || want.state === 'import') {
      if (want.state === 'dump' && missing.length > 0) throw new Failure(`Cannot dump database(s) ${missing.map((one) => `'${one}'`).join(', ')}: not found`)
      const plan = transfer(want, login, names)
      if (missing.length === 0) return plan
      const changes = missing.map((name) => attr(name, 'state', 'absent', 'present'))
      return { ...plan, changes: [...changes, ...plan.changes], steps: [execute(login, [...log, ...made]), ...plan.steps], data: { ...plan.data, executed_commands: made } }
    }
    const changed = want.state === 'present' ? missing : there
    if (changed.length === 0) return nothing({ ...data, executed_commands: [] })
    const statements = want.state === 'present' ? made : there.map((name) => `DROP DATABASE ${ident(name)}`)
    const after: Predicted[] = changed.map((name) => predicted(login, query(name), want.state === 'present' ? [{ name }] : []))
    return {
      changes: changed.map((name) => want.state === 'present' ? attr(name, 'state', 'absent', 'present') : attr(name, 'state', 'present', 'absent')), steps: [execute(login, [...log, ...statements])],
      after: [...after, { unknown: `what ${changed.join(', ')} holds is not known`, spares: ['/'] }], data: { ...data, executed_commands: statements },
    }
  },
})

/** What the modules of MySQL and MariaDB have in common: how to log in, names and texts in SQL, steps. */
import { Failure } from '../../core/errors.ts'
import type { Args, Plan, Step, Target } from '../../core/plan.ts'
import { atServer, mysql, mysqlClient, mysqlNames, optionsOf } from '../../probes/mysql.ts'
import type { MysqlLogin, MysqlRow } from '../../probes/mysql.ts'

export const loginArgs = {
  login_user: { type: 'str', doc: 'Account to log in as; default is what config_file says.' },
  login_password: { type: 'str', secret: true, doc: 'Its password.' },
  login_host: { type: 'str', default: 'localhost', doc: 'The server.' },
  login_port: { type: 'int', default: 3306, doc: 'Its port.' },
  login_unix_socket: { type: 'str', doc: 'Path of its socket.' },
  config_file: { type: 'str', default: '~/.my.cnf', doc: 'Option file on the host, for what is not given here.' },
  connect_timeout: { type: 'int', default: 30, doc: 'Seconds to wait for the server.' },
  client_cert: { type: 'path', aliases: ['ssl_cert'], doc: 'Certificate of the client.' },
  client_key: { type: 'path', aliases: ['ssl_key'], doc: 'Key of that.' },
  ca_cert: { type: 'path', aliases: ['ssl_ca'], doc: 'Certificates that sign the server’s.' },
  check_hostname: { type: 'bool', doc: 'Whether the certificate must be for this host.' },
} as const
type LoginArgs = Args<typeof loginArgs>

export function loginOf(args: LoginArgs, database?: string): MysqlLogin {
  const ssl = { 'ssl-cert': args.client_cert, 'ssl-key': args.client_key, 'ssl-ca': args.ca_cert, 'ssl-verify-server-cert': args.check_hostname === undefined ? undefined : args.check_hostname ? '1' : '0' }
  return {
    user: args.login_user, password: args.login_password, host: args.login_host, port: args.login_port, socket: args.login_unix_socket, configFile: args.config_file,
    connectTimeout: args.connect_timeout, database, ssl: Object.fromEntries(Object.entries(ssl).filter((pair): pair is [string, string] => pair[1] !== undefined)),
  }
}

export const ident = (name: string): string => `\`${name.replaceAll('`', '``')}\``
export const text = (value: string): string => `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
export const account = (user: string, host: string): string => `${text(user)}@${text(host)}`

/** The rows of a query; throws what the server says. */
export async function ask(target: Target, login: MysqlLogin, sql: string): Promise<readonly MysqlRow[]> {
  const { rows, problem } = await target.read(mysql, { login, sql })
  if (problem !== '') throw new Failure(connectFailed(problem) ? `unable to connect to database, check login_user and login_password are correct or ${login.configFile} has the credentials. Exception message: ${problem}` : problem)
  return rows
}
const connectFailed = (problem: string): boolean => /ERROR (2\d{3}|1045|1698)/.test(problem)

export const predicted = (login: MysqlLogin, sql: string, rows: readonly MysqlRow[]): NonNullable<Plan['after']>[number] => {
  const key = { login, sql }
  return { probe: mysql.name, id: mysql.id(key), value: { rows, problem: '', isAbsent: false } }
}
/** Statements in one step. */
export function execute(login: MysqlLogin, statements: readonly string[], args = '--batch --silent'): Step {
  return { sh: `${atServer}cd /; ${mysqlClient(login, mysqlNames, args)}`, stdin: new TextEncoder().encode(statements.map((one) => `${one};\n`).join('')), env: { PLAY_OPTIONS: optionsOf(login) } }
}

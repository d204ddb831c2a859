/** What the modules of PostgreSQL have in common: how to log in, names and texts in SQL, steps and predictions. */
import { Failure } from '../../core/errors.ts'
import type { Data } from '../../core/types.ts'
import type { Args, Change, Plan, Step, Target } from '../../core/plan.ts'
import { atServer, postgres, postgresEnv, psql } from '../../probes/postgres.ts'
import type { PostgresAnswer, PostgresLogin } from '../../probes/postgres.ts'

export const loginArgs = {
  login_user: { type: 'str', default: 'postgres', aliases: ['login'], doc: 'Role to log in as.' },
  login_password: { type: 'str', default: '', secret: true, doc: 'Its password.' },
  login_host: { type: 'str', default: '', aliases: ['host'], doc: 'The server; default is the local socket.' },
  login_unix_socket: { type: 'str', default: '', aliases: ['unix_socket'], doc: 'Folder of the socket.' },
  login_port: { type: 'int', default: 5432, aliases: ['port'], doc: 'Port of the server.' },
  ssl_mode: { type: 'str', default: 'prefer', choices: ['allow', 'disable', 'prefer', 'require', 'verify-ca', 'verify-full'], doc: 'Whether the connection is encrypted.' },
  ca_cert: { type: 'str', aliases: ['ssl_rootcert'], doc: 'File of the certificates that sign the server’s.' },
  ssl_cert: { type: 'path', doc: 'Certificate of the client.' },
  ssl_key: { type: 'path', doc: 'Key of that.' },
  connect_params: { type: 'dict', default: {}, doc: 'More settings of the connection: application_name, connect_timeout, options.' },
  trust_input: { type: 'bool', default: true, doc: 'Accepted: names and texts are always quoted.' },
} as const
type LoginArgs = Args<typeof loginArgs>

const parameters = ['application_name', 'connect_timeout', 'options']
export function loginOf(args: LoginArgs, database: string): PostgresLogin {
  const more: Record<string, string> = {}
  for (const [name, value] of Object.entries(args.connect_params)) {
    if (!parameters.includes(name)) throw new Failure(`connect_params: ${name} is not supported: ${parameters.join(', ')} are`)
    more[name] = String(value)
  }
  if (args.ssl_cert !== undefined) more['sslcert'] = args.ssl_cert
  if (args.ssl_key !== undefined) more['sslkey'] = args.ssl_key
  const host = args.login_unix_socket !== '' ? args.login_unix_socket : args.login_host
  return {
    user: args.login_user, password: args.login_password === '' ? undefined : args.login_password, host: host === '' ? undefined : host, port: args.login_port,
    database, sslMode: args.ssl_mode, caCert: args.ca_cert, parameters: more,
  }
}

/** A name in SQL; names with a dot in them are one name. */
export const ident = (name: string): string => `"${name.replaceAll('"', '""')}"`
/** `schema.table` as two names. */
export const identPath = (name: string): string => name.split('.').map(ident).join('.')
/** A text in SQL. */
export const text = (value: string): string => value.includes('\\') ? `E'${value.replaceAll('\\', '\\\\').replaceAll("'", "''")}'` : `'${value.replaceAll("'", "''")}'`

/** A query whose rows come as JSON. */
export const rowsOf = (query: string): string => `SELECT coalesce(json_agg(row_to_json(q)), '[]') FROM (${query}) q;`

/** The rows of a query; throws what the server says. */
export async function ask(target: Target, login: PostgresLogin, query: string): Promise<readonly Data[]> {
  return rows(await target.read(postgres, { login, sql: rowsOf(query) }))
}
export function rows({ rows: found, problem, isAbsent }: PostgresAnswer): readonly Data[] {
  if (problem !== '') throw new Failure(`${isAbsent ? 'unable to connect to database' : 'Database query failed'}: ${problem}`)
  return found
}
/** What a query will answer. */
export const predicted = (login: PostgresLogin, query: string, found: readonly Data[]): NonNullable<Plan['after']>[number] => {
  const key = { login, sql: rowsOf(query) }
  return { probe: postgres.name, id: postgres.id(key), value: { rows: found, problem: '', isAbsent: false } }
}

/** Statements in one step, each by itself: some may not stand in a transaction. */
export function execute(login: PostgresLogin, statements: readonly string[]): Step {
  return { sh: `${atServer}${psql}`, stdin: new TextEncoder().encode(statements.map((one) => `${one};\n`).join('')), env: postgresEnv(login) }
}
/** A plan that carries out statements. `shown`: how they are told, without secrets. */
export const statementPlan = (login: PostgresLogin, changes: readonly Change[], statements: readonly string[], data: Data, after: Plan['after'] = []): Plan => ({
  changes, steps: changes.length === 0 ? [] : [execute(login, statements)], data, after: [...after],
})

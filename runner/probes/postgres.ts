/** What a PostgreSQL server says, asked with its own client: each key is a query, its answer the rows as JSON. */
import { quote, shText } from '../core/sh.ts'
import { defineEach } from './each.ts'

/** How to reach the server. A password travels in a service file that is a pipe: never among the client's arguments, nor in its environment. */
export interface PostgresLogin {
  readonly user: string; readonly password?: string | undefined; readonly host?: string | undefined; readonly port: number; readonly database: string
  readonly sslMode: string; readonly caCert?: string | undefined; readonly parameters: Readonly<Record<string, string>>
}
export interface PostgresKey { readonly login: PostgresLogin; readonly sql: string }
export interface PostgresAnswer { readonly rows: readonly Readonly<Record<string, unknown>>[]; /** What it said instead. */ readonly problem: string; /** That rests on something that is not there: client, server, database, role. */ readonly isAbsent: boolean }

/** What the service file says (libpq: pg_service.conf). */
const serviceOf = (login: PostgresLogin): string => `[play]\n${login.password === undefined ? '' : `password=${login.password}\n`}`
/** The settings of the client, as environment variables. */
export function postgresEnv(login: PostgresLogin): Record<string, string> {
  const fixed: [string, string | undefined][] = [
    ['PLAY_SERVICE', serviceOf(login)], ['PGUSER', login.user], ['PGHOST', login.host], ['PGPORT', String(login.port)], ['PGDATABASE', login.database],
    ['PGSSLMODE', login.sslMode], ['PGSSLROOTCERT', login.caCert], ['PGAPPNAME', login.parameters['application_name']], ['PGOPTIONS', login.parameters['options']],
    ['PGCONNECT_TIMEOUT', login.parameters['connect_timeout']], ['PGSSLCERT', login.parameters['sslcert']], ['PGSSLKEY', login.parameters['sslkey']],
  ]
  return Object.fromEntries(fixed.filter((pair): pair is [string, string] => pair[1] !== undefined && pair[1] !== ''))
}
/** To stand before everything else: no program gets the service file's text in its environment. */
export const atServer = 's=$PLAY_SERVICE; unset PLAY_SERVICE; cd /; '
/** A program of the server's, with the service file at 3. */
export const client = (command: string): string => `{ exec 4<&0; printf '%s' "$s" | PGSERVICEFILE=/dev/fd/3 PGSERVICE=play ${command} 3<&0 0<&4 4<&-; }`
/** psql: plain rows, no prompts, no start-up file, stops at the first error. */
export const psql = client('psql -X -q -A -t -w -v ON_ERROR_STOP=1')

const restsOnAbsence = (rc: number, text: string): boolean => rc === 127 || /could not connect|connection to server .* failed|authentication failed|does not exist/.test(text)
const problemIn = (stdout: string): string => stdout.trim().replace(/^psql: (error: )?/, '').replace(/^psql:<stdin>:\d+: /gm, '').replace(/^ERROR: +/gm, '')
const question = ({ login, sql }: PostgresKey): string => `command -v psql >/dev/null || { echo 'psql is not on this host'; exit 127; }
${Object.entries(postgresEnv(login)).map(([name, value]) => `export ${name}=${quote(value)}`).join('; ')}
${atServer}${shText`printf '%s\\n' ${`SET client_min_messages = error;\n${sql}`}`} | ${psql} 2>&1`

export const postgres = defineEach<PostgresKey, PostgresAnswer>({
  name: 'postgres',
  id: (key) => JSON.stringify(key),
  absent: (value) => value.isAbsent,
  command: question,
  parse({ rc, stdout }) {
    if (rc !== 0) return { rows: [], problem: problemIn(stdout), isAbsent: restsOnAbsence(rc, stdout) }
    const found: unknown = JSON.parse(stdout.trim() === '' ? '[]' : stdout)
    return { rows: Array.isArray(found) ? found.map((row: unknown) => Object.fromEntries(Object.entries(Object(row)))) : [], problem: '', isAbsent: false }
  },
})

/**
 * What statements would change of something that a query shows: they are carried out in a transaction that is rolled back. So the server
 * itself says what a GRANT means.
 */
export interface TrialKey { readonly login: PostgresLogin; readonly status: string; readonly statements: readonly string[] }
export const postgresTrial = defineEach<TrialKey, { readonly differs: boolean; readonly problem: string; readonly isAbsent: boolean }>({
  name: 'postgres-trial',
  id: (key) => JSON.stringify(key),
  absent: (value) => value.isAbsent,
  command: ({ login, status, statements }) => question({ login, sql: ['BEGIN;', `${status};`, '\\echo ---', ...statements.map((one) => `${one};`), `${status};`, 'ROLLBACK;'].join('\n') }),
  parse({ rc, stdout }) {
    if (rc !== 0) return { differs: false, problem: problemIn(stdout.slice(stdout.indexOf('---\n') + 1).replace(/^--\n/, '')), isAbsent: restsOnAbsence(rc, stdout) }
    const [before = '', after = ''] = stdout.trim().split('---\n')
    return { differs: before.trim() !== after.trim(), problem: '', isAbsent: false }
  },
})

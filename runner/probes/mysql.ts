/** What a MySQL or MariaDB server says, asked with its own client: each key is a query, its answer the rows by column. */
import { quote, shText } from '../core/sh.ts'
import { defineEach } from './each.ts'

/** How to reach the server. All of it travels in an option file that is a pipe, never among the client's arguments. */
export interface MysqlLogin {
  readonly user?: string | undefined; readonly password?: string | undefined; readonly host: string; readonly port: number; readonly socket?: string | undefined
  /** An option file on the host, whose settings count where none are given here. */
  readonly configFile: string; readonly connectTimeout: number; readonly database?: string | undefined
  readonly ssl: Readonly<Record<string, string>>
}
export interface MysqlKey { readonly login: MysqlLogin; readonly sql: string }
export type MysqlRow = Readonly<Record<string, string | null>>
export interface MysqlAnswer { readonly rows: readonly MysqlRow[]; readonly problem: string; /** That rests on something that is not there: client, server, user, database. */ readonly isAbsent: boolean }

/** Text of the option file. */
export function optionsOf(login: MysqlLogin): string {
  const isLocal = login.host === 'localhost' || login.socket !== undefined
  const fields: readonly (readonly [string, string | undefined])[] = [
    ['user', login.user], ['password', login.password], ['host', isLocal ? 'localhost' : login.host], ['port', isLocal ? undefined : String(login.port)], ['socket', login.socket],
    ...Object.entries(login.ssl),
  ]
  const given = fields.filter((field): field is readonly [string, string] => field[1] !== undefined)
  // mysqldump refuses the time limit: it is for the client alone
  return `\n[client]\n${given.map(([name, value]) => `${name}="${value.replaceAll('\\', '\\\\')}"\n`).join('')}[mysql]\nconnect-timeout=${login.connectTimeout}\n`
}
/** To stand before everything else: no program gets the options in its environment. */
export const atServer = 'o=$PLAY_OPTIONS; unset PLAY_OPTIONS; '
/** Runs a client of the server: options come from a pipe at 3; what is said to it is on standard input. */
export function mysqlClient(login: MysqlLogin, names: readonly string[], args: string): string {
  const file = login.configFile.startsWith('~/') ? `"$HOME"/${quote(login.configFile.slice(2))}` : quote(login.configFile)
  return `PATH=$PATH:/usr/local/bin; c=; for n in ${names.join(' ')}; do [ -n "$c" ] || c=$(command -v "$n"); done; [ -n "$c" ] || { echo ${quote(`${names[0] ?? ''} is not on this host`)} >&2; exit 127; }
exec 4<&0; { cat ${file} 2>/dev/null; printf '%s' "$o"; } | "$c" --defaults-file=/dev/fd/3 ${args}${login.database === undefined ? '' : ` ${quote(login.database)}`} 3<&0 0<&4 4<&-`
}
export const mysqlNames = ['mysql', 'mariadb']

const restsOnAbsence = (rc: number, text: string): boolean => rc === 127 || /ERROR (2002|2003|2005|1045|1049|1698|1146)\b/.test(text)
const unescape = (field: string): string => field.replace(/\\([0nt\\])/g, (_, letter: string) => letter === 'n' ? '\n' : letter === 't' ? '\t' : letter === '0' ? '\0' : '\\')

export const mysql = defineEach<MysqlKey, MysqlAnswer>({
  name: 'mysql',
  id: (key) => JSON.stringify(key),
  absent: (value) => value.isAbsent,
  command: ({ login, sql }) => `cd /; o=${quote(optionsOf(login))}
${shText`printf '%s\\n' ${sql}`} | { ${mysqlClient(login, mysqlNames, '--batch')}; } 2>&1`,
  parse({ rc, stdout }) {
    if (rc !== 0) return { rows: [], problem: stdout.trim(), isAbsent: restsOnAbsence(rc, stdout) }
    return { rows: tableOf(stdout), problem: '', isAbsent: false }
  },
})

/** What `--batch` prints: a line of names, then a line a row, tabs between. */
export function tableOf(text: string): MysqlRow[] {
  const [head, ...body] = text.replace(/\n$/, '').split('\n')
  const names = (head ?? '').split('\t').map(unescape)
  return body.map((line) => { const fields = line.split('\t'); return Object.fromEntries(names.map((name, i) => [name, fields[i] === undefined || fields[i] === 'NULL' ? null : unescape(fields[i])])) })
}

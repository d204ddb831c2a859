/** Privileges as users write them, as the server shows them, and what lies between. Ansible: community.mysql, module_utils/user.py. */
import { Failure } from '../../core/errors.ts'
import { isDict } from '../../core/value.ts'
import type { MysqlRow } from '../../probes/mysql.ts'

/** Privileges by what they are for: "`db`.*". */
export type Privileges = ReadonlyMap<string, readonly string[]>

/** Commas between privileges, not between the columns of one. */
const split = (text: string): string[] => text.split(/,(?![^(]*\))/).map((one) => one.trim()).filter((one) => one !== '')
/** `SELECT (b, a)` with its columns in order. */
const normal = (privilege: string): string => {
  const [, name, columns] = /^([^(]+?)\s*\(([^)]*)\)$/.exec(privilege) ?? []
  if (name === undefined || columns === undefined) return privilege.toUpperCase() === 'ALL PRIVILEGES' ? 'ALL' : privilege.toUpperCase()
  return `${name.toUpperCase()} (${columns.split(',').map((one) => one.trim().replaceAll('`', '')).sort().join(', ')})`
}
const side = (name: string): string => name === '*' || name === '`*`' ? '*' : `\`${name.replace(/^[`"]|[`"]$/g, '')}\``
function place(written: string): string {
  const [, kind = '', rest = written] = /^((?:FUNCTION|PROCEDURE)\s+)?(.*)$/i.exec(written) ?? []
  const dot = rest.lastIndexOf('.')
  if (dot === -1) throw new Failure(`invalid privileges string: '${written}' is not database.table`)
  return `${kind.trim() === '' ? '' : `${kind.trim().toUpperCase()} `}${side(rest.slice(0, dot))}.${side(rest.slice(dot + 1))}`
}

/** `db.*:SELECT,INSERT/other.*:ALL`, a list of such, or a mapping of places to privileges. */
export function written(value: unknown, keepsCase: boolean): Privileges {
  const entries: readonly (readonly [string, string])[] = isDict(value)
    ? Object.entries(value).map(([where, what]) => [where, String(what)] as const)
    : (Array.isArray(value) ? value.map(String) : String(value).trim().split('/')).map((item) => {
        const colon = item.lastIndexOf(':')
        if (colon === -1) throw new Failure(`invalid privileges string: '${item}' has no colon: database.table:PRIVILEGES`)
        return [item.slice(0, colon).trim(), item.slice(colon + 1)] as const
      })
  const found = new Map(entries.map(([where, what]) => [place(where), split(keepsCase ? what : what.toUpperCase()).map(normal)]))
  return found.has('*.*') ? found : new Map([...found, ['*.*', ['USAGE']]])
}

/** The answer of SHOW GRANTS. Roles are not looked at. */
export function shown(rows: readonly MysqlRow[]): Privileges {
  const found = new Map<string, string[]>()
  for (const row of rows) {
    const line = Object.values(row)[0] ?? ''
    const [, what, where, rest = ''] = /^GRANT (.+?) ON (.+) TO ['`"].*['`"]@['`"][^'`"]*['`"](.*)$/s.exec(line) ?? []
    if (what === undefined || where === undefined) continue
    const key = place(where), own = [...split(what).map(normal), ...(rest.includes('WITH GRANT OPTION') ? ['GRANT'] : [])]
    found.set(key, [...found.get(key) ?? [], ...own])
  }
  return found
}

export interface Step { readonly kind: 'grant' | 'revoke'; readonly where: string; readonly privileges: readonly string[] }
/** What takes the one to the other. `mode`: only adds, only takes away, or both. */
export function between(is: Privileges, want: Privileges, mode: 'replace' | 'append' | 'subtract', isRoot: boolean): Step[] {
  const steps: Step[] = []
  if (mode === 'replace') {
    for (const [where, privileges] of is) if (!want.has(where) && !isRoot && !privileges.includes('PROXY')) steps.push({ kind: 'revoke', where, privileges })
  }
  for (const [where, privileges] of want) {
    const now = is.get(where)
    if (now === undefined) { if (mode !== 'subtract') steps.push({ kind: 'grant', where, privileges }); continue }
    const known = privileges.includes('ALL') && holdsAll(now) ? [...now, 'ALL'] : now
    const missing = mode === 'subtract' ? [] : privileges.filter((one) => !known.includes(one) && one !== 'USAGE')
    const isAll = privileges.includes('ALL')
    const surplus = mode === 'append' ? [] : mode === 'subtract' ? privileges.filter((one) => known.includes(one) && one !== 'USAGE')
      : now.filter((one) => !privileges.includes(one) && one !== 'USAGE' && (!isAll || one === 'GRANT' || one === 'PROXY'))
    if (surplus.length > 0) steps.push({ kind: 'revoke', where, privileges: surplus })
    if (missing.length > 0) steps.push({ kind: 'grant', where, privileges: missing })
  }
  return steps
}
/** MySQL 8 shows ALL on *.* as a list of everything. */
const holdsAll = (now: readonly string[]): boolean => ['SELECT', 'SHUTDOWN', 'CREATE USER', 'RELOAD', 'TRIGGER', 'CREATE TABLESPACE'].every((one) => now.includes(one))

/** The statements of a step. */
export function statementsFor({ kind, where, privileges }: Step, account: string, requires: string): string[] {
  const plain = privileges.filter((one) => one !== 'GRANT'), names = plain.map((one) => one === 'ALL' ? 'ALL PRIVILEGES' : one).join(', ')
  if (kind === 'grant') return [`GRANT ${names === '' ? 'USAGE' : names} ON ${where} TO ${account}${requires}${privileges.includes('GRANT') ? ' WITH GRANT OPTION' : ''}`]
  return [...(privileges.includes('GRANT') ? [`REVOKE GRANT OPTION ON ${where} FROM ${account}`] : []), ...(names === '' || names === 'USAGE' ? [] : [`REVOKE ${names} ON ${where} FROM ${account}`])]
}

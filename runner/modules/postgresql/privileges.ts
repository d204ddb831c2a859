/** Which statements grant or revoke, and the query that shows the privileges which they are about. Ansible: postgresql_privs.py. */
import { Failure } from '../../core/errors.ts'
import { ident, identPath, text } from './server.ts'

export interface Wanted {
  readonly isGrant: boolean; readonly type: string; readonly privileges: readonly string[]; readonly objects: readonly string[]; readonly schema: string
  readonly roles: readonly string[]; readonly targetRoles: readonly string[]; readonly withGrant: boolean | undefined
  /** The schema was named: default privileges without one are those of the whole database. */
  readonly hasSchema: boolean
}

const roleName = (role: string): string => role.toUpperCase() === 'PUBLIC' ? 'PUBLIC' : ident(role)
const list = (names: readonly string[]): string => names.map(text).join(', ')
const words: Readonly<Record<string, string>> = { foreign_data_wrapper: 'FOREIGN DATA WRAPPER', foreign_server: 'FOREIGN SERVER' }
const isInSchema = (type: string): boolean => ['table', 'sequence', 'function', 'procedure', 'type'].includes(type)
const kinds: Readonly<Record<string, string>> = { table: "'r', 'v', 'm', 'p', 'f'", sequence: "'S'" }
/** `name(int, text)`, with or without types. */
const routine = (signature: string, schema: string): string => {
  const [, name = signature, types] = /^([^(]+)(\(.*\))?$/.exec(signature) ?? []
  return `${ident(schema)}.${ident(name)}${types ?? ''}`
}

/** The query whose answer changes with these privileges. */
export function statusOf({ type, objects, schema }: Wanted): string {
  const acl = (column: string, name: string, from: string, where: string): string => `SELECT ${name}, ${column} FROM ${from} WHERE ${where} ORDER BY 1`
  switch (type) {
    case 'table': case 'sequence': {
      const named = objects[0] === 'ALL_IN_SCHEMA' ? '' : ` AND relname IN (${list(objects)})`
      return `SELECT relname, relacl, (SELECT array_agg(attname || attacl::text ORDER BY attname) FROM pg_attribute WHERE attrelid = c.oid AND attacl IS NOT NULL)
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE nspname = ${text(schema)} AND relkind IN (${kinds[type] ?? ''})${named} ORDER BY 1`
    }
    case 'function': case 'procedure': return acl('proacl', 'proname || pg_get_function_identity_arguments(p.oid)', 'pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace', `nspname = ${text(schema)}`)
    case 'type': return acl('typacl', 'typname', 'pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace', `nspname = ${text(schema)} AND typname IN (${list(objects)})`)
    case 'database': return acl('datacl', 'datname', 'pg_database', `datname IN (${list(objects)})`)
    case 'schema': return acl('nspacl', 'nspname', 'pg_namespace', `nspname IN (${list(objects)})`)
    case 'language': return acl('lanacl', 'lanname', 'pg_language', `lanname IN (${list(objects)})`)
    case 'tablespace': return acl('spcacl', 'spcname', 'pg_tablespace', `spcname IN (${list(objects)})`)
    case 'foreign_data_wrapper': return acl('fdwacl', 'fdwname', 'pg_foreign_data_wrapper', `fdwname IN (${list(objects)})`)
    case 'foreign_server': return acl('srvacl', 'srvname', 'pg_foreign_server', `srvname IN (${list(objects)})`)
    case 'parameter': return acl('paracl', 'parname', 'pg_parameter_acl', `parname IN (${list(objects)})`)
    case 'group': return 'SELECT g.rolname, m.rolname, admin_option FROM pg_auth_members a JOIN pg_roles g ON g.oid = a.roleid JOIN pg_roles m ON m.oid = a.member ORDER BY 1, 2'
    default: return 'SELECT defaclrole, defaclnamespace, defaclobjtype, defaclacl FROM pg_default_acl ORDER BY 1, 2, 3'
  }
}

/** GRANT and REVOKE. */
export function statementsOf(want: Wanted): string[] {
  const { type, objects, privileges } = want, roles = want.roles.map(roleName).join(', ')
  if (type === 'group') {
    const groups = objects.map(ident).join(', ')
    if (!want.isGrant) return [`REVOKE ${want.withGrant === true ? 'ADMIN OPTION FOR ' : ''}${groups} FROM ${roles}`]
    return [...(want.withGrant === false ? [`REVOKE ADMIN OPTION FOR ${groups} FROM ${roles}`] : []), `GRANT ${groups} TO ${roles}${want.withGrant === true ? ' WITH ADMIN OPTION' : ''}`]
  }
  const what = privileges.join(', ')
  if (type === 'default_privs') return defaults(want, what, roles)
  const on = `ON ${subject(want)}`
  if (!want.isGrant) return [`REVOKE ${want.withGrant === true ? 'GRANT OPTION FOR ' : ''}${what} ${on} FROM ${roles}`]
  return [`GRANT ${what} ${on} TO ${roles}${want.withGrant === true ? ' WITH GRANT OPTION' : ''}`, ...(want.withGrant === false ? [`REVOKE GRANT OPTION FOR ${what} ${on} FROM ${roles}`] : [])]
}

function subject({ type, objects, schema }: Wanted): string {
  const word = words[type] ?? type.toUpperCase()
  if (objects[0] === 'ALL_IN_SCHEMA') {
    if (!['table', 'sequence', 'function', 'procedure'].includes(type)) throw new Failure('objs: ALL_IN_SCHEMA can only be used for types: table, sequence, function, procedure')
    return `ALL ${word}S IN SCHEMA ${ident(schema)}`
  }
  if (type === 'function' || type === 'procedure') return `${word} ${objects.map((one) => routine(one.replaceAll(':', ','), schema)).join(', ')}`
  return `${word} ${objects.map((one) => isInSchema(type) ? `${ident(schema)}.${ident(one)}` : type === 'parameter' ? identPath(one) : ident(one)).join(', ')}`
}

const allDefaults = ['TABLES', 'SEQUENCES', 'TYPES', 'FUNCTIONS']
/** Ansible takes default privileges of an object away first, and grants what is asked then. */
function defaults(want: Wanted, what: string, roles: string): string[] {
  const alter = `ALTER DEFAULT PRIVILEGES${want.targetRoles.length === 0 ? '' : ` FOR ROLE ${want.targetRoles.map(ident).join(', ')}`}${want.hasSchema ? ` IN SCHEMA ${ident(want.schema)}` : ''}`
  const isAll = want.objects[0] === 'ALL_DEFAULT', objects = isAll ? allDefaults : want.objects
  const revoke = objects.map((one) => `${alter} REVOKE ALL ON ${one} FROM ${roles}`)
  if (!want.isGrant) return revoke
  return [...revoke, ...objects.map((one) => `${alter} GRANT ${isAll ? 'ALL' : what} ON ${one} TO ${roles}${want.withGrant === true ? ' WITH GRANT OPTION' : ''}`)]
}

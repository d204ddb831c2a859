/** Grants and revokes privileges in a PostgreSQL database. The server itself says whether that changes anything: see postgresTrial. */
import { Failure } from '../core/errors.ts'
import { attr, defineModule, nothing } from '../core/module.ts'
import type { Args, Plan } from '../core/plan.ts'
import { postgresTrial } from '../probes/postgres.ts'
import { statementsOf, statusOf } from './postgresql/privileges.ts'
import type { Wanted } from './postgresql/privileges.ts'
import { ask, ident, loginArgs, loginOf, statementPlan, text } from './postgresql/server.ts'

const args = {
  ...loginArgs,
  login_db: { type: 'str', required: true, aliases: ['db', 'database'], doc: 'The database.' },
  state: { type: 'str', default: 'present', choices: ['present', 'absent'], doc: 'Whether they are granted.' },
  privs: { type: 'str', aliases: ['priv'], doc: 'The privileges, as SELECT,INSERT or ALL.' },
  type: {
    type: 'str', default: 'table', doc: 'On what.',
    choices: ['table', 'sequence', 'function', 'procedure', 'database', 'schema', 'language', 'tablespace', 'group', 'default_privs', 'foreign_data_wrapper', 'foreign_server', 'type', 'parameter'],
  },
  objs: { type: 'str', aliases: ['obj'], doc: 'Names, or ALL_IN_SCHEMA, ALL_DEFAULT.' },
  schema: { type: 'str', doc: 'Schema of the objects; default is public.' },
  roles: { type: 'str', required: true, aliases: ['role'], doc: 'Who gets them; PUBLIC is everybody.' },
  target_roles: { type: 'str', doc: 'Whose new objects default privileges are about.' },
  session_role: { type: 'str', doc: 'Role to act as.' },
  grant_option: { type: 'bool', aliases: ['admin_option'], doc: 'Whether they may be granted further.' },
  fail_on_role: { type: 'bool', default: true, doc: 'Fails where a role does not exist.' },
} as const

const split = (value: string | undefined): string[] => value === undefined ? [] : value.split(',').map((one) => one.trim()).filter((one) => one !== '')
function wanted(one: Args<typeof args>): Wanted {
  const objects = one.type === 'database' && one.objs === undefined ? [one.login_db] : split(one.objs)
  if (objects.length === 0) throw new Failure(`Argument 'objs' is required for type ${one.type}`)
  if (one.type === 'group' ? one.privs !== undefined : one.privs === undefined && !(one.type === 'default_privs' && one.state === 'absent')) throw new Failure(one.type === 'group' ? "Argument 'privs' not allowed for type 'group'" : "Argument 'privs' is required for this type")
  return {
    isGrant: one.state === 'present', type: one.type, privileges: split(one.privs).map((name) => name.toUpperCase()), objects, schema: one.schema ?? 'public', hasSchema: one.schema !== undefined && one.schema !== 'not-specified',
    roles: split(one.roles), targetRoles: split(one.target_roles), withGrant: one.grant_option,
  }
}

export default defineModule({
  name: 'postgresql_privs',
  doc: 'Grants and revokes privileges in a PostgreSQL database.',
  args,
  async plan(one, target): Promise<Plan> {
    const login = loginOf(one, one.login_db), want = wanted(one)
    const named = want.roles.filter((role) => role.toUpperCase() !== 'PUBLIC')
    const there = named.length === 0 ? [] : (await ask(target, login, `SELECT rolname FROM pg_roles WHERE rolname IN (${named.map(text).join(', ')})`)).map((row) => row['rolname'])
    const missing = named.filter((role) => !there.includes(role))
    if (missing.length > 0 && one.fail_on_role) throw new Failure(`Role '${missing[0] ?? ''}' does not exist`)
    const roles = want.roles.filter((role) => !missing.includes(role)), warnings = missing.map((role) => `Role '${role}' does not exist, pass it`)
    if (roles.length === 0) return { ...nothing({ queries: [] }), warnings }
    const statements = [...(one.session_role === undefined ? [] : [`SET ROLE ${ident(one.session_role)}`]), ...statementsOf({ ...want, roles })]
    const key = { login, status: statusOf(want), statements }
    const trial = await target.read(postgresTrial, key)
    if (trial.problem !== '') throw new Failure(trial.problem)
    if (!trial.differs) return { ...nothing({ queries: [] }), warnings }
    const changes = [attr(`${want.type} ${want.objects.join(',')}`, `privileges of ${roles.join(',')}`, null, `${want.isGrant ? 'granted' : 'revoked'}: ${want.privileges.join(',')}`)]
    const after: Plan['after'] = [{ probe: postgresTrial.name, id: postgresTrial.id(key), value: { differs: false, problem: '', isAbsent: false } }]
    return { ...statementPlan(login, changes, ['BEGIN', ...statements, 'COMMIT'], { queries: statements }, after), warnings }
  },
})

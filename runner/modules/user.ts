/** Keeps an account: present with all that belongs to it, or absent. */
import { attr, defineModule, nothing } from '../core/module.ts'
import { sh } from '../core/sh.ts'
import type { Plan, Predicted, Target } from '../core/plan.ts'
import { account } from '../probes/account.ts'
import { accounts, shadow } from '../probes/accounts.ts'
import { hasHome, sshKey } from '../probes/homes.ts'
import { platform } from '../probes/platform.ts'
import { absent, plainPath, stat } from '../probes/stat.ts'
import { groups, users, type User } from '../probes/users.ts'
import { addUser } from './accounts/add.ts'
import { changeUser } from './accounts/change.ts'
import { dropName, setMemberships } from './accounts/files.ts'
import { keyPath, withKey } from './accounts/key.ts'
import { accountsAfter, withGroup, withMember, withUser } from './accounts/predict.ts'
import type { State } from './accounts/state.ts'
import { checkUser, isPlainPassword, userArgs, type UserArgs } from './accounts/wanted.ts'
import { expand } from './files/paths.ts'

async function readState(args: UserArgs, target: Target): Promise<State> {
  const { name } = args
  const named = [...new Set([name, ...(args.group === undefined ? [] : [args.group]), ...(args.groups ?? [])])]
  const [found, secret, all, { tools }, given, hasOwn, ...found2] = await Promise.all([
    target.read(users, name), target.read(shadow, name), target.read(accounts, 'files'), target.read(platform, 'platform'),
    args.home === undefined || !args.create_home ? undefined : target.read(stat, args.home), args.create_home ? target.read(hasHome, name) : undefined, ...named.map((one) => target.read(groups, one)),
  ])
  const own = all.passwd[name]
  const user = args.local === true ? (own === undefined ? undefined : { name, ...own }) : found
  return {
    user, shadow: secret, accounts: all, tools, groups: new Map(named.map((one, i) => [one, found2[i]])),
    home: given ?? (hasOwn === undefined ? undefined : hasOwn ? { ...absent, type: 'directory', mode: '0755', uid: 0, gid: 0, owner: undefined, group: undefined, size: 0, readable: true, writable: true, executable: true } : absent),
  }
}

function removeUser(args: UserArgs, is: User, { accounts: all, tools }: State): Plan {
  const { name, force, remove } = args
  const own = all.group[name]
  const isUserGroup = own !== undefined && own.gid === is.gid && (all.defs.USERGROUPS_ENAB ?? 'yes') === 'yes' && tools.has('userdel') &&
    own.members.every((member) => member === name) && !Object.entries(all.passwd).some(([other, { gid }]) => other !== name && gid === own.gid)
  const rest = withMember(withUser(all, name, undefined), name, [])
  const home: Predicted[] = remove ? [{ probe: stat.name, id: plainPath(is.home), value: absent }] : []
  const files = [...['/etc/passwd', '/etc/shadow'].map((file) => dropName(file, name)), setMemberships('/etc/group', name, [])]
  return {
    changes: [attr(name, 'state', 'present', 'absent'), ...(remove ? [attr(is.home, 'state', 'directory', 'absent')] : [])],
    steps: [tools.has('userdel') ? { ...sh`userdel ${[...(force ? ['-f'] : []), ...(remove ? ['-r'] : []), name]}`, okRc: remove ? [0, 12] : [0] }
      : { sh: files.join('\n') + (remove ? `\n${sh`rm -rf -- ${is.home}`.sh}` : '') }],
    after: [
      ...accountsAfter(all, isUserGroup ? withGroup(rest, name, undefined) : rest), { probe: shadow.name, id: name, value: undefined },
      { probe: hasHome.name, id: name, value: false }, ...home,
    ],
    data: { name, state: 'absent', force, remove },
  }
}

export default defineModule({
  name: 'user',
  doc: 'Keeps an account.',
  args: userArgs,
  rules: { requiredIf: [['append', true, ['groups']]] },
  async plan(given, target) {
    checkUser(given)
    const full = async (path: string | undefined): Promise<string | undefined> => path === undefined ? undefined : expand(target, path)
    const [homePath, shell, own] = await Promise.all([full(given.home), full(given.shell), given.seuser === undefined ? undefined : target.read(account, target.user)])
    const warnings = own?.selinux === false
      ? [`'seuser' is set to '${given.seuser ?? ''}' but SELinux is not enabled on this system. The 'seuser' parameter will be ignored.`] : []
    const args: UserArgs = { ...given, ...(own?.selinux === false ? { seuser: undefined } : {}), ...(homePath === undefined ? {} : { home: homePath }), ...(shell === undefined ? {} : { shell }) }
    const { name } = args
    const [state, key] = await Promise.all([
      readState(args, target), args.generate_ssh_key === true ? target.read(sshKey, { user: name, path: keyPath(args) }) : undefined,
    ])
    const is = state.user
    if (args.state === 'absent') return is === undefined ? nothing({ name, state: 'absent' }) : removeUser(args, is, state)
    if (isPlainPassword(args.password)) warnings.unshift("The input password appears not to have been hashed. The 'password' argument must be encrypted for this module to work properly.")
    const plan = is === undefined ? addUser(args, state) : changeUser(args, is, state)
    const home = typeof plan.data?.home === 'string' ? plan.data.home : `/home/${name}`
    const whole: Plan = { ...plan, warnings }
    return key === undefined ? whole : withKey(whole, args, key, home)
  },
})

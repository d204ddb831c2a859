/** Adds an account: the command for shadow-utils or for BusyBox, and what the account files will hold afterwards. */
import { Failure } from '../../core/errors.ts'
import { attr } from '../../core/module.ts'
import { sh, shText } from '../../core/sh.ts'
import type { Change, Plan, Predicted, Step } from '../../core/plan.ts'
import { nextGid, nextUid, shadow, type Accounts, type PasswdEntry, type Shadow } from '../../probes/accounts.ts'
import { hasHome } from '../../probes/homes.ts'
import { plainPath, stat } from '../../probes/stat.ts'
import { append, appendIf, setMemberships } from './files.ts'
import { accountsAfter, withGroup, withMember, withUser } from './predict.ts'
import { describe, groupOf, homeMode, parentFolder, type State } from './state.ts'
import { dayText, expiryDay, writtenHash, type UserArgs } from './wanted.ts'

/** What getent then says, asked by name. */
const getentAfter = (name: string, { uid, gid, comment, home, shell }: PasswdEntry): Predicted[] =>
  [{ probe: 'getent', id: `passwd:${name}:`, value: { rc: 0, rows: [[name, 'x', uid, gid, comment, home, shell].join(':')] } }]
interface Made { readonly entry: PasswdEntry | undefined; readonly after: Accounts; readonly ownGroup: boolean; readonly groupName: string | undefined }

/** Numbers and names as useradd will choose them; no entry where that cannot be foreseen. */
function foresee(args: UserArgs, state: State): Made {
  const { name } = args, all = state.accounts
  const uid = args.uid ?? nextUid(all, args.system, { min: args.uid_min, max: args.uid_max })
  const named = args.group === undefined ? state.groups.get(name) : groupOf(state, args.group)
  const makesGroup = named === undefined && (all.defs.USERGROUPS_ENAB ?? 'yes') === 'yes'
  const gid = named?.gid ?? (makesGroup ? nextGid(all, args.system, uid) : Number(all.defs.GROUP ?? 100))
  const groupName = named?.name ?? (makesGroup ? name : undefined)
  if (uid === undefined || gid === undefined) return { entry: undefined, after: all, ownGroup: makesGroup, groupName }
  const entry: PasswdEntry = {
    uid, gid, comment: args.comment ?? '', home: args.home ?? `${all.defs.HOME ?? '/home'}/${name}`,
    shell: args.shell ?? all.defs.SHELL ?? '/bin/sh',
  }
  const joined = (args.groups ?? []).map((group) => groupOf(state, group).name)
  const grouped = makesGroup ? withGroup(all, name, { gid, members: [] }) : all
  return { entry, ownGroup: makesGroup, groupName, after: withMember(withUser(grouped, name, entry), name, joined) }
}

const days = (text: string | undefined): number | undefined => text === undefined || text === '' || Number(text) < 0 ? undefined : Number(text)
function shadowOf(args: UserArgs, { defs }: Accounts): Shadow {
  const base = args.system ? { min: undefined, max: undefined, warn: undefined }
    : { min: days(defs.PASS_MIN_DAYS), max: days(defs.PASS_MAX_DAYS), warn: days(defs.PASS_WARN_AGE) }
  const expires = args.expires === undefined ? undefined : expiryDay(args.expires)
  return {
    hash: writtenHash(args) ?? '!', inactive: days(String(args.password_expire_account_disable ?? defs.INACTIVE ?? '')),
    min: args.password_expire_min ?? base.min, max: args.password_expire_max ?? base.max, warn: args.password_expire_warn ?? base.warn,
    expires: expires === undefined || expires < 0 ? undefined : expires,
  }
}

function useradd(args: UserArgs, state: State): string {
  const { name, uid, group } = args
  const words = [
    ...(uid === undefined ? [] : ['-u', uid, ...(args.non_unique ? ['-o'] : [])]), ...(args.seuser === undefined ? [] : ['-Z', args.seuser]),
    ...(group !== undefined ? ['-g', group] : state.groups.get(name) !== undefined ? ['-N'] : []),
    ...(args.groups === undefined || args.groups.length === 0 ? [] : ['-G', args.groups.join(',')]),
    ...(args.comment === undefined ? [] : ['-c', args.comment]), ...(args.home === undefined ? [] : ['-d', args.home]),
    ...(args.shell === undefined ? [] : ['-s', args.shell]), ...(args.expires === undefined ? [] : ['-e', dayText(expiryDay(args.expires))]),
    ...(args.password_expire_account_disable === undefined ? [] : ['-f', args.password_expire_account_disable]),
    ...(args.create_home ? ['-m', ...(args.skeleton === undefined ? [] : ['-k', args.skeleton]), ...(args.umask === undefined ? [] : ['-K', `UMASK=${args.umask}`])] : ['-M']),
    ...(args.system ? ['-r'] : []), ...(args.uid_min === undefined ? [] : ['-K', `UID_MIN=${args.uid_min}`]),
    ...(args.uid_max === undefined ? [] : ['-K', `UID_MAX=${args.uid_max}`]),
  ]
  const hash = writtenHash(args)
  const parent = args.create_home && args.home !== undefined ? shText`mkdir -p -- ${parentFolder(args.home)} && ` : ''
  // The hash goes in by stdin: arguments can be seen by every user of the host.
  const locked = hash === undefined ? '' : shText` && { IFS= read -r h; printf '%s:%s\\n' ${name} "$h" | chpasswd -e; }`
  return `${parent}${shText`useradd ${[...words, name]}`}${locked}`
}

function writeFiles(args: UserArgs, made: Made, shadowed: Shadow): string {
  const { entry } = made, { name } = args
  if (entry === undefined) throw new Failure(`no number is free for user ${name}`, { name })
  const line = [name, 'x', entry.uid, entry.gid, entry.comment, entry.home, entry.shell].join(':')
  const fields = [shadowed.min, shadowed.max, shadowed.warn, shadowed.inactive, shadowed.expires].map((one) => one ?? '').join(':')
  const joined = Object.entries(made.after.group).filter(([, { members }]) => members.includes(name)).map(([group]) => group)
  return [
    ...(made.ownGroup ? [append('/etc/group', `${name}:x:${entry.gid}:`)] : []), append('/etc/passwd', line),
    `{ IFS= read -r h || h='!'; if [ -f /etc/shadow ]; then printf '%s:%s:%s:%s:\\n' ${shText`${name}`} "$h" $(($(date +%s) / 86400)) ${shText`${fields}`} >>/etc/shadow; fi; }`,
    ...(joined.length === 0 ? [] : [setMemberships('/etc/group', name, joined)]),
    ...(made.ownGroup ? [appendIf('/etc/gshadow', `${name}:!::`)] : []),
    ...(args.create_home ? [makeHome(entry, homeMode(made.after, args.umask), args.skeleton)] : []),
  ].join(' && ')
}

/** Makes a home folder with the skeleton's files, owned by the account. */
export function makeHome({ home, uid, gid }: PasswdEntry, mode: string, skeleton = '/etc/skel'): string {
  return shText`{ [ -e ${home} ] || { mkdir -p -- ${home} && { [ ! -d ${skeleton} ] || cp -R -P -- ${`${skeleton}/.`} ${home}; } && chown -R -h ${`${uid}:${gid}`} -- ${home} && chmod ${mode} -- ${home}; }; }`
}
/** What will be said of a home folder that is made. */
export function homeAfter(entry: PasswdEntry, mode: string, name: string, group: string | undefined): Predicted[] {
  return [{ probe: hasHome.name, id: name, value: true }, {
    probe: stat.name, id: plainPath(entry.home),
    value: { type: 'directory', mode, uid: entry.uid, gid: entry.gid, owner: name, group, size: 4096, readable: true, writable: true, executable: true },
  }]
}

function agingSteps(args: UserArgs, tools: ReadonlySet<string>): Step[] {
  const words = [
    ...(args.password_expire_min === undefined ? [] : ['-m', args.password_expire_min]), ...(args.password_expire_max === undefined ? [] : ['-M', args.password_expire_max]),
    ...(args.password_expire_warn === undefined ? [] : ['-W', args.password_expire_warn]),
  ]
  return words.length > 0 && tools.has('chage') ? [sh`chage ${[...words, args.name]}`] : []
}

export function addUser(args: UserArgs, state: State): Plan {
  const { name } = args
  const taken = Object.entries(state.accounts.passwd).find(([, { uid }]) => uid === args.uid)
  if (taken !== undefined && !args.non_unique) throw new Failure(`useradd: UID ${args.uid ?? ''} is not unique: user '${taken[0]}' has it`, { name, rc: 4 })
  const made = foresee(args, state), shadowed = shadowOf(args, state.accounts)
  const hash = writtenHash(args)
  const stdin = hash === undefined ? {} : { stdin: new TextEncoder().encode(`${hash}\n`) }
  const changes: Change[] = [attr(name, 'state', 'absent', 'present')]
  for (const key of ['uid', 'group', 'groups', 'comment', 'home', 'shell'] as const) {
    const value = args[key]
    if (value !== undefined) changes.push(attr(name, key, null, value))
  }
  const isNewHome = args.create_home && state.home?.type === 'absent'
  return {
    changes,
    steps: state.tools.has('useradd') ? [{ sh: useradd(args, state), ...stdin }, ...agingSteps(args, state.tools)] : [{ sh: writeFiles(args, made, shadowed), ...stdin }],
    after: made.entry === undefined ? [{ unknown: 'the number of a new account is not known' }] : [
      ...accountsAfter(state.accounts, made.after), { probe: shadow.name, id: name, value: shadowed }, ...getentAfter(name, made.entry),
      ...(isNewHome ? homeAfter(made.entry, homeMode(state.accounts, args.umask), name, made.groupName) : args.create_home && state.home !== undefined ? [{ probe: hasHome.name, id: name, value: true }] : []),
    ],
    data: {
      name, state: 'present', system: args.system, create_home: args.create_home, ...(made.entry === undefined ? {} : describe(name, made.entry, made.after)),
      ...(args.password === undefined ? {} : { password: 'NOT_LOGGING_PASSWORD' }),
    },
  }
}

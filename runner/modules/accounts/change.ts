/** Brings an existing account to what is asked. Rules of what counts as different: Ansible, modules/user.py, modify_user_usermod. */
import { Failure } from '../../core/errors.ts'
import { attr } from '../../core/module.ts'
import { sh, shText } from '../../core/sh.ts'
import type { Change, Plan, Predicted, Step } from '../../core/plan.ts'
import { shadow, type PasswdEntry, type Shadow } from '../../probes/accounts.ts'
import { hasHome } from '../../probes/homes.ts'
import { absent, plainPath, stat } from '../../probes/stat.ts'
import type { User } from '../../probes/users.ts'
import { homeAfter, makeHome } from './add.ts'
import { setFields, setMemberships } from './files.ts'
import { accountsAfter, withMember, withUser } from './predict.ts'
import { describe, groupOf, homeMode, membershipsOf, parentFolder, type State } from './state.ts'
import { dayText, expiryDay, type UserArgs } from './wanted.ts'

interface Difference { readonly changes: Change[]; readonly words: (string | number)[]; readonly entry: PasswdEntry; readonly groups: readonly string[] | undefined }

function differentEntry(args: UserArgs, is: User, state: State): Difference {
  const changes: Change[] = [], words: (string | number)[] = []
  const differ = (name: string, before: string | number, after: string | number, ...option: (string | number)[]): void => {
    changes.push(attr(args.name, name, before, after))
    words.push(...option)
  }
  const { name: _, ...own } = is
  let entry: PasswdEntry = own
  if (args.uid !== undefined && args.uid !== is.uid) {
    differ('uid', is.uid, args.uid, '-u', args.uid, ...(args.non_unique ? ['-o'] : []))
    entry = { ...entry, uid: args.uid }
  }
  if (args.group !== undefined) {
    const { gid } = groupOf(state, args.group)
    if (gid !== is.gid) { differ('group', is.gid, gid, '-g', gid); entry = { ...entry, gid } }
  }
  const groups = differentGroups(args, state)
  if (groups !== undefined) differ('groups', membershipsOf(state, args.name).sort().join(','), [...groups].sort().join(','), '-G', groups.join(','))
  if (args.comment !== undefined && args.comment !== is.comment) { differ('comment', is.comment, args.comment, '-c', args.comment); entry = { ...entry, comment: args.comment } }
  if (args.home !== undefined && args.home !== is.home) {
    differ('home', is.home, args.home, '-d', args.home, ...(args.move_home ? ['-m'] : []))
    entry = { ...entry, home: args.home }
  }
  if (args.shell !== undefined && args.shell !== is.shell) { differ('shell', is.shell, args.shell, '-s', args.shell); entry = { ...entry, shell: args.shell } }
  return { changes, words, entry, groups }
}

/** The groups the account shall be in, where that differs. */
function differentGroups(args: UserArgs, state: State): string[] | undefined {
  if (args.groups === undefined) return undefined
  const is = membershipsOf(state, args.name), want = args.groups.map((group) => groupOf(state, group).name)
  const missing = want.filter((group) => !is.includes(group))
  if (args.append) return missing.length === 0 ? undefined : [...is, ...missing]
  return missing.length === 0 && is.every((group) => want.includes(group)) ? undefined : [...new Set(want)]
}

interface ShadowDifference { readonly changes: Change[]; readonly words: (string | number)[]; readonly aging: (string | number)[]; readonly after: Shadow; readonly hash: string | undefined }
const noShadow: Shadow = { hash: '', min: undefined, max: undefined, warn: undefined, inactive: undefined, expires: undefined }

/** `isBare`: passwd knows the account, shadow does not; to say when it ends makes the entry, even where the answer is never. */
function differentShadow(args: UserArgs, is: Shadow, isBare: boolean): ShadowDifference {
  const changes: Change[] = [], words: (string | number)[] = [], aging: (string | number)[] = []
  const { name, password_lock: lock } = args
  let after = is, hash: string | undefined
  const differ = (what: string, before: string | number | null, next: string | number | null): void => { changes.push(attr(name, what, before, next)) }
  if (args.expires !== undefined) {
    const day = expiryDay(args.expires), now = is.expires ?? (isBare ? 0 : -1)
    if (day !== now) { differ('expires', dayText(now), dayText(day)); words.push('-e', dayText(day)); after = { ...after, expires: day < 0 ? undefined : day } }
  }
  const disable = args.password_expire_account_disable
  if (disable !== undefined && disable !== (is.inactive ?? -1)) {
    differ('password_expire_account_disable', is.inactive ?? null, disable)
    words.push('-f', disable)
    after = { ...after, inactive: disable < 0 ? undefined : disable }
  }
  const isLocked = is.hash.startsWith('!')
  if (args.update_password === 'always' && args.password !== undefined && is.hash.replace(/^!+/, '') !== args.password.replace(/^!+/, '')) {
    hash = lock === true ? `!${args.password}` : args.password
    differ('password', '********', '******** (other)')
    after = { ...after, hash }
  } else if (lock === true && !isLocked) { differ('password_lock', 'unlocked', 'locked'); words.push('-L'); after = { ...after, hash: `!${is.hash}` } }
  else if (lock === false && isLocked && is.hash.replace(/^!/, '') !== '') { differ('password_lock', 'locked', 'unlocked'); words.push('-U'); after = { ...after, hash: is.hash.slice(1) } }
  for (const [key, field, option] of [['password_expire_min', 'min', '-m'], ['password_expire_max', 'max', '-M'], ['password_expire_warn', 'warn', '-W']] as const) {
    const want = args[key]
    if (want === undefined || want === is[field]) continue
    differ(key, is[field] ?? null, want)
    aging.push(option, want)
    after = { ...after, [field]: want }
  }
  return { changes, words, aging, after, hash }
}

function viaTools(args: UserArgs, entry: Difference, secret: ShadowDifference): Step[] {
  const words = [...entry.words, ...secret.words], { name } = args
  const parent = args.home !== undefined && entry.words.includes('-m') ? shText`mkdir -p -- ${parentFolder(args.home)} && ` : ''
  return [
    ...(words.length === 0 ? [] : [{ sh: parent + shText`usermod ${[...words, name]}` }]),
    ...(secret.hash === undefined ? [] : [{ ...sh`IFS= read -r h; printf '%s:%s\\n' ${name} "$h" | chpasswd -e`, stdin: new TextEncoder().encode(`${secret.hash}\n`) }]),
    ...(secret.aging.length === 0 ? [] : [sh`chage ${[...secret.aging, name]}`]),
  ]
}

function viaFiles(args: UserArgs, is: User, entry: Difference, secret: ShadowDifference): Step[] {
  const { uid, gid, comment, home, shell } = entry.entry, { name } = args, { after } = secret
  const isMoved = home !== is.home && args.move_home
  const days = [after.min, after.max, after.warn, after.inactive, after.expires].map((one) => one === undefined ? '' : String(one))
  return [
    ...(entry.changes.some((one) => one.kind === 'attr' && one.name !== 'groups')
      ? [{ sh: setFields('/etc/passwd', name, { 3: String(uid), 4: String(gid), 5: comment, 6: home, 7: shell }) }] : []),
    ...(isMoved ? [sh`mkdir -p -- ${parentFolder(home)} && mv -- ${is.home} ${home}`] : []),
    ...(uid !== is.uid || gid !== is.gid ? [sh`[ ! -d ${home} ] || chown -R -h ${`${uid}:${gid}`} -- ${home}`] : []),
    ...(entry.groups === undefined ? [] : [{ sh: setMemberships('/etc/group', name, entry.groups) }]),
    ...(secret.changes.length === 0 ? [] : [{
      sh: setFields('/etc/shadow', name, { 2: after.hash, 4: days[0] ?? '', 5: days[1] ?? '', 6: days[2] ?? '', 7: days[3] ?? '', 8: days[4] ?? '' }),
    }]),
  ]
}

const noHomes = ['/dev/null', '/nonexistent', '/var/empty', '/sbin/nologin']

export function changeUser(args: UserArgs, is: User, state: State): Plan {
  const { name } = args
  const taken = args.uid === undefined || args.uid === is.uid ? undefined : Object.entries(state.accounts.passwd).find(([other, { uid }]) => uid === args.uid && other !== name)
  if (taken !== undefined && !args.non_unique) throw new Failure(`usermod: UID '${args.uid ?? ''}' already exists: user '${taken[0]}' has it`, { name, rc: 4 })
  const isBare = state.shadow === undefined && state.tools.has('usermod')
  const entry = differentEntry(args, is, state), secret = differentShadow(args, state.shadow ?? noShadow, isBare)
  const all = entry.groups === undefined ? state.accounts : withMember(state.accounts, name, entry.groups)
  const after = state.accounts.passwd[name] === undefined ? all : withUser(all, name, entry.entry)
  const mode = homeMode(state.accounts, args.umask)
  const isMoved = entry.entry.home !== is.home && args.move_home
  const needsHome = args.create_home && state.home?.type === 'absent' && !isMoved && !noHomes.includes(entry.entry.home)
  const primary = Object.entries(after.group).find(([, { gid }]) => gid === entry.entry.gid)?.[0]
  const steps = state.tools.has('usermod') ? viaTools(args, entry, secret) : viaFiles(args, is, entry, secret)
  const predicted: Predicted[] = [
    ...(JSON.stringify(after) === JSON.stringify(state.accounts) ? [] : accountsAfter(state.accounts, after)),
    ...(secret.changes.length === 0 ? [] : isBare ? [{ unknown: `the new entry of ${name} in shadow is not known` }] : [{ probe: shadow.name, id: name, value: secret.after }]),
    ...(needsHome ? homeAfter(entry.entry, mode, name, primary) : []),
    ...(isMoved ? [{ probe: hasHome.name, id: name, value: true }, { probe: stat.name, id: plainPath(is.home), value: absent }, { unknown: `the files in the moved home of ${name} are not known` }] : []),
  ]
  return {
    changes: [...entry.changes, ...secret.changes, ...(needsHome ? [attr(entry.entry.home, 'state', 'absent', 'directory')] : [])],
    steps: [...steps, ...(needsHome ? [{ sh: makeHome(entry.entry, mode, args.skeleton) }] : [])],
    after: predicted,
    data: {
      name, state: 'present', append: args.append, move_home: args.move_home, ...describe(name, entry.entry, after),
      ...(args.password === undefined ? {} : { password: 'NOT_LOGGING_PASSWORD' }),
    },
  }
}

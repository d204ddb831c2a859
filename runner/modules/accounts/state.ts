/** What is known of a host's accounts when the module user decides, and small questions about it. */
import { Failure } from '../../core/errors.ts'
import type { Accounts, Shadow } from '../../probes/accounts.ts'
import type { Answer } from '../../probes/stat.ts'
import type { Group, User } from '../../probes/users.ts'

export interface State {
  readonly user: User | undefined
  readonly shadow: Shadow | undefined
  readonly accounts: Accounts
  readonly tools: ReadonlySet<string>
  /** Groups that the arguments name, as the host knows them. */
  readonly groups: ReadonlyMap<string, Group | undefined>
  /** The home folder asked for, or that the account has. */
  readonly home: Answer | undefined
}

export function groupOf(state: State, name: string): Group {
  const found = state.groups.get(name)
  if (found === undefined) throw new Failure(`Group ${name} does not exist`)
  return found
}
/** Groups beside the primary one, by name. */
export const membershipsOf = ({ accounts }: State, name: string): string[] =>
  Object.entries(accounts.group).filter(([, { members }]) => members.includes(name)).map(([group]) => group)

/** Result keys about the account. */
export function describe(name: string, user: { readonly uid: number; readonly gid: number; readonly comment: string; readonly home: string; readonly shell: string }, accounts: Accounts): Record<string, unknown> {
  const groups = Object.entries(accounts.group).filter(([, { gid, members }]) => members.includes(name) && gid !== user.gid).map(([group]) => group)
  return { uid: user.uid, group: user.gid, comment: user.comment, home: user.home, shell: user.shell, groups: groups.join(',') }
}

/** Mode of a new home: HOME_MODE, else what the umask leaves (Ansible and useradd agree). */
export function homeMode({ defs }: Accounts, umask?: string): string {
  const given = umask ?? undefined
  const bits = given !== undefined ? 0o777 & ~parseInt(given, 8)
    : defs.HOME_MODE !== undefined ? parseInt(defs.HOME_MODE, 8) : 0o777 & ~parseInt(defs.UMASK ?? '022', 8)
  return `0${bits.toString(8)}`
}
export const parentFolder = (path: string): string => path.slice(0, Math.max(1, path.lastIndexOf('/')))

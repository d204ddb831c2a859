/** Rights and owners of a path: the arguments, what they mean on this host, and what has to be done about them. */
import { Failure } from '../../core/errors.ts'
import { attr } from '../../core/module.ts'
import { shText } from '../../core/sh.ts'
import type { Arg, Change, Predicted, Target } from '../../core/plan.ts'
import { account } from '../../probes/account.ts'
import type { Account } from '../../probes/account.ts'
import { flags } from '../../probes/flags.ts'
import type { Flags } from '../../probes/flags.ts'
import type { Stat } from '../../probes/stat.ts'
import { groups, users } from '../../probes/users.ts'
import { modeBits, toMode } from './mode.ts'

const selinux = (part: string) => ({ type: 'str', doc: `The ${part} of the SELinux context; refused where SELinux is on.` } as const satisfies Arg)
/** Ansible's file_common_arguments. */
export const attributeArgs = {
  mode: { type: 'mode', doc: 'Permissions: octal as a string, or symbolic as chmod takes them.' },
  owner: { type: 'str', doc: 'User that owns it: name or number.' },
  group: { type: 'str', doc: 'Group that owns it: name or number.' },
  attributes: { type: 'str', aliases: ['attr'], doc: 'Flags of the file system, as chattr takes them.' },
  seuser: selinux('user'), serole: selinux('role'), setype: selinux('type'), selevel: selinux('level'),
  unsafe_writes: { type: 'bool', default: false, doc: 'Write in place where the file cannot be replaced (a file mounted into a container).' },
} as const satisfies Readonly<Record<string, Arg>>

export interface AttributeArgs {
  readonly mode?: string | undefined; readonly owner?: string | undefined; readonly group?: string | undefined
  readonly attributes?: string | undefined
  readonly seuser?: string | undefined; readonly serole?: string | undefined; readonly setype?: string | undefined; readonly selevel?: string | undefined
}
/** The arguments with names looked up: what a path is to have. */
export interface Wanted {
  readonly account: Account
  readonly mode: string | undefined
  readonly uid: number | undefined
  readonly gid: number | undefined
  readonly owner: string | undefined
  readonly group: string | undefined
  readonly attributes: string | undefined
}

interface Named { readonly id: number; readonly name: string | undefined }
function named(kind: 'user' | 'group', name: string, found: Named | undefined): Named {
  if (found !== undefined) return found
  if (/^\d+$/.test(name)) return { id: Number(name), name: undefined }
  throw new Failure(`${kind === 'user' ? 'chown' : 'chgrp'} failed: failed to look up ${kind} ${name}`)
}
async function lookUpUser(target: Target, name: string | undefined): Promise<Named | undefined> {
  if (name === undefined || name === '') return undefined
  const found = await target.read(users, name)
  return named('user', name, found === undefined ? undefined : { id: found.uid, name: found.name })
}
async function lookUpGroup(target: Target, name: string | undefined): Promise<Named | undefined> {
  if (name === undefined || name === '') return undefined
  const found = await target.read(groups, name)
  return named('group', name, found === undefined ? undefined : { id: found.gid, name: found.name })
}

/** Issue it together with the reads of the paths: its own reads travel with them. */
export async function lookUpWanted(target: Target, args: AttributeArgs): Promise<Wanted> {
  const [who, user, group] = await Promise.all([
    target.read(account, target.user), lookUpUser(target, args.owner), lookUpGroup(target, args.group),
  ])
  if (who.selinux && [args.seuser, args.serole, args.setype, args.selevel].some((one) => one !== undefined)) {
    throw new Failure('SELinux is on here, and play does not set SELinux contexts yet: leave out seuser, serole, setype and selevel')
  }
  return {
    account: who, mode: args.mode, uid: user?.id, owner: user?.name, gid: group?.id, group: group?.name, attributes: args.attributes || undefined,
  }
}

export interface Outcome {
  readonly changes: readonly Change[]
  /** Shell text, one command a line; none where there are no changes. */
  readonly commands: readonly string[]
  readonly after: Stat
}

/** Kernel: chown of a file that is no folder clears set-user-ID, and set-group-ID where the group may execute. */
const cleared = (bits: number): number => bits & ~0o4000 & ~((bits & 0o2010) === 0o2010 ? 0o2000 : 0)

/** What access(2) would say about these rights. */
export function access(is: Pick<Stat, 'type' | 'mode' | 'uid' | 'gid'>, who: Account): Pick<Stat, 'readable' | 'writable' | 'executable'> {
  const bits = modeBits(is.mode)
  if (who.uid === 0) return { readable: true, writable: true, executable: is.type === 'directory' || (bits & 0o111) !== 0 }
  const three = is.uid === who.uid ? bits >> 6 : is.gid === who.gid || who.groups.includes(is.gid) ? bits >> 3 : bits
  return { readable: (three & 4) !== 0, writable: (three & 2) !== 0, executable: (three & 1) !== 0 }
}

/** A stat that is predicted from another: nothing that only a read can tell is kept. */
export function predicted(is: Stat, become: Partial<Stat>, who: Account): Stat {
  const { live: _, fresh: __, ...rest } = { ...is, ...become }
  const end = rest.type === 'link' ? rest.to : rest
  const may = end === undefined ? { readable: false, writable: false, executable: false } : access(end, who)
  return { ...rest, ...(become.fresh === true ? { fresh: true } : {}), ...may }
}

/** What it takes to give a path that is as `is` the wanted rights. A link's own mode is never set (it has none on Linux). */
export function planAttributes(path: string, is: Stat, wanted: Wanted): Outcome {
  const changes: Change[] = [], commands: string[] = []
  const { uid = is.uid, gid = is.gid } = wanted
  const isLink = is.type === 'link'
  const owns = uid !== is.uid || gid !== is.gid
  if (uid !== is.uid) changes.push(attr(path, 'owner', is.owner ?? is.uid, wanted.owner ?? uid))
  if (gid !== is.gid) changes.push(attr(path, 'group', is.group ?? is.gid, wanted.group ?? gid))
  if (owns) {
    const id = gid === is.gid ? String(uid) : `${uid === is.uid ? '' : uid}:${gid}`
    commands.push(isLink ? shText`chown -h ${id} -- ${path}` : shText`chown ${id} -- ${path}`)
  }
  const kept = owns && !isLink && is.type !== 'directory' ? cleared(modeBits(is.mode)) : modeBits(is.mode)
  const keptMode = `0${kept.toString(8).padStart(3, '0')}`
  const mode = wanted.mode === undefined || isLink ? keptMode
    : toMode(wanted.mode, { bits: kept, isDirectory: is.type === 'directory', umask: wanted.account.umask })
  if (mode !== is.mode) changes.push(attr(path, 'mode', is.mode, mode))
  // GNU chmod leaves a folder's set-ID bits alone unless they are named by a digit of their own: hence the fifth.
  if (mode !== keptMode) commands.push(shText`chmod ${is.type === 'directory' && (kept & 0o6000) !== 0 ? `0${mode}` : mode} -- ${path}`)
  const names = {
    owner: uid === is.uid ? is.owner : wanted.owner, group: gid === is.gid ? is.group : wanted.group,
  }
  return { changes, commands, after: changes.length === 0 ? is : predicted(is, { uid, gid, mode, ...names }, wanted.account) }
}

/** What it takes for the flags of the file system; none if the argument was not given. */
export function planFlags(path: string, are: Flags | null, wanted: Wanted): { readonly changes: readonly Change[]; readonly commands: readonly string[]; readonly after: readonly Predicted[] } {
  if (wanted.attributes === undefined) return { changes: [], commands: [], after: [] }
  const operator = /^[+=-]/.exec(wanted.attributes)?.[0] ?? '='
  const letters = new Set(wanted.attributes.replace(/^[+=-]/, ''))
  const have = new Set(are?.letters ?? '')
  const settable = (all: Set<string>): string[] => [...all].filter((one) => !'eEINV'.includes(one) || letters.has(one)).sort()
  const want = operator === '+' ? new Set([...have, ...letters]) : operator === '-' ? new Set([...have].filter((one) => !letters.has(one))) : letters
  const before = settable(have).join(''), after = settable(want).join('')
  if (are !== null && before === after) return { changes: [], commands: [], after: [] }
  const full = [...new Set([...[...have].filter((one) => 'eEINV'.includes(one)), ...want])].join('')
  return {
    changes: [attr(path, 'attributes', before, after)],
    commands: [shText`chattr ${operator + [...letters].join('')} -- ${path}`],
    after: [{ probe: flags.name, id: flags.id(path), value: { letters: full, version: are?.version } }],
  }
}

/** A file or folder just made by this account: rights by umask, group by the parent's set-group-ID. */
export function made(type: 'file' | 'directory' | 'link', parent: Stat | undefined, who: Account, size: number | undefined): Stat {
  const inherits = parent !== undefined && (modeBits(parent.mode) & 0o2000) !== 0
  const bits = type === 'link' ? 0o777 : (type === 'directory' ? 0o777 : 0o666) & ~who.umask | (inherits && type === 'directory' ? 0o2000 : 0)
  const base = {
    type, mode: `0${bits.toString(8).padStart(3, '0')}`, uid: who.uid, owner: who.user, gid: inherits ? parent.gid : who.gid,
    group: inherits ? parent.group : who.group, size,
  }
  return predicted({ ...base, readable: false, writable: false, executable: false }, type === 'directory' ? { fresh: true } : {}, who)
}

/** What unpacking would leave, and how what is there differs from it. */
import { Unknown } from '../../core/value.ts'
import type { Packing } from '../../probes/archive.ts'
import { leadsTo } from '../../probes/stat.ts'
import type { Answer, Stat } from '../../probes/stat.ts'
import { made, planAttributes, predicted } from '../files/attributes.ts'
import type { Outcome, Wanted } from '../files/attributes.ts'
import { join } from '../files/paths.ts'
import type { Placed } from './members.ts'

export interface Owners { user(member: Placed['member']): { readonly id: number; readonly name: string | undefined }; group(member: Placed['member']): { readonly id: number; readonly name: string | undefined } }

export interface Item {
  readonly path: string
  readonly placed: Placed | undefined
  readonly now: Answer
  /** As the tool leaves it, and what owner, group and mode then make of it. */
  readonly born: Stat
  readonly rights: Outcome
  readonly differs: boolean
  /** There is a newer file, and it is to stay. */
  readonly stays: boolean
}

/** Folders that names lie in without being in the archive themselves. */
export function impliedFolders(all: readonly Placed[]): string[] {
  const known = new Set(all.map(({ place }) => place)), found = new Set<string>()
  for (const { place } of all) {
    const parts = place.split('/')
    for (let i = 1; i < parts.length; i++) { const folder = parts.slice(0, i).join('/'); if (!known.has(folder)) found.add(folder) }
  }
  return [...found].sort()
}

function bornOf({ member }: Placed, packing: Packing, wanted: Wanted, owners: Owners, sizes: ReadonlyMap<string, number>): Stat {
  const { account } = wanted, isRoot = account.uid === 0, isZip = packing === 'zip'
  const exact = isZip ? member.isUnix === true : isRoot
  const bits = member.type === 'link' ? 0o777 : exact ? member.mode : member.mode & ~account.umask
  const keeps = isRoot && !isZip && !(wanted.uid !== undefined && wanted.gid !== undefined)
  const user = keeps ? owners.user(member) : { id: account.uid, name: account.user }, group = keeps ? owners.group(member) : { id: account.gid, name: account.group }
  const type = member.type === 'directory' || member.type === 'link' ? member.type : 'file'
  const size = type === 'directory' ? undefined : member.type === 'link' ? Buffer.byteLength(member.target ?? '') : member.type === 'hard' ? sizes.get(member.target ?? '') : member.size
  const is = { ...made(type, undefined, account, size), mode: `0${bits.toString(8).padStart(3, '0')}`, uid: user.id, owner: user.name, gid: group.id, group: group.name }
  return predicted(is, { ...(member.type === 'link' ? { target: member.target ?? '' } : {}), ...(type === 'directory' ? { fresh: true } : {}) }, account)
}

/** Archives that are built to be the same each time have one time for all: then only what is in a file tells. */
function isOther(now: Answer, born: Stat, { member, place }: Placed, hasContent: Comparison['hasContent']): boolean {
  if (now.type !== born.type) return true
  if (now.type === 'link') return now.target !== undefined && member.target !== undefined && now.target !== member.target
  if (now.type !== 'file') return false
  if (born.size !== undefined && now.size !== born.size) return true
  if (member.type === 'hard') return false
  return now.live !== undefined && Math.floor(now.live.mtime) !== member.mtime || !hasContent(member, place)
}

export interface Comparison {
  readonly dest: string; readonly all: readonly Placed[]; readonly packing: Packing; readonly wanted: Wanted; readonly owners: Owners; readonly keepNewer: boolean
  now(place: string): Answer
  /** Whether the file there has just what the member has, as far as that can be told. */
  hasContent(member: Placed['member'], place: string): boolean
}
/** Members and the folders that they imply, each as it is and as it will be. */
export function compare({ dest, all, packing, wanted, owners, keepNewer, now, hasContent }: Comparison): Item[] {
  const sizes = new Map(all.map(({ member }) => [member.name, member.size]))
  const unmoded: Wanted = { ...wanted, mode: undefined }, untouched: Wanted = { ...unmoded, uid: undefined, gid: undefined }
  const folders = impliedFolders(all).map((place): Item => {
    const path = join(dest, place), is = now(place), isTop = !place.includes('/')
    const born = is.type === 'directory' ? is : made('directory', undefined, wanted.account, undefined)
    return { path, placed: undefined, now: is, born, rights: planAttributes(path, born, isTop ? wanted : untouched), differs: false, stays: false }
  })
  const members = all.map((placed): Item => {
    const path = placed.place === '.' ? dest : join(dest, placed.place), is = now(placed.place)
    const born = bornOf(placed, packing, wanted, owners, sizes)
    const isNewer = keepNewer && is.type === 'file' && is.live !== undefined && is.live.mtime > placed.member.mtime
    return { path, placed, now: is, born, rights: planAttributes(path, born, wanted), differs: !isNewer && isOther(is, born, placed, hasContent), stays: isNewer }
  })
  return [...folders, ...members]
}

/** Where a link leads among the things that are unpacked with it; unknown where it leads elsewhere. */
export function withEnds(items: readonly Item[], { account }: Wanted): Map<string, Stat | Unknown> {
  const byPath = new Map(items.map(({ path, now, stays, rights }) => [path, stays && now.type !== 'absent' ? predicted(now, {}, account) : rights.after]))
  return new Map(items.map(({ path, rights: { after } }): [string, Stat | Unknown] => {
    if (after.type !== 'link') return [path, after]
    const real = leadsTo(path, after.target ?? ''), end = byPath.get(real)
    if (end === undefined || end.type === 'link') return [path, new Unknown(`where the unpacked link ${path} leads was not looked at`)]
    const { readable, writable, executable } = end, { fresh: _, ...to } = end
    return [path, { ...after, real, to, readable, writable, executable }]
  }))
}

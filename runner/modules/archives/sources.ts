/** What an archive is to be made of: paths, globs and exclusions as Python's module reads them, and what the members are called. */
import { Failure } from '../../core/errors.ts'
import type { Target } from '../../core/plan.ts'
import { UnknownValue } from '../../core/value.ts'
import type { Member } from '../../probes/archive.ts'
import { glob } from '../../probes/glob.ts'
import { followed, stat } from '../../probes/stat.ts'
import type { Answer, Stat } from '../../probes/stat.ts'
import { tree } from '../../probes/tree.ts'
import type { TreeKey } from '../../probes/tree.ts'
import { fnmatch } from './members.ts'
import { expand } from '../files/paths.ts'
import { modeBits } from '../files/mode.ts'

export interface Part { readonly path: string; readonly name: string; readonly is: Stat; readonly target: string | undefined; readonly sha1: string | undefined }
/** What is asked for: all that wildcards mean, without what is excluded, in order. */
export interface Asked { readonly expanded: readonly string[]; readonly excluded: readonly string[]; readonly paths: readonly string[]; readonly isGlobby: boolean; readonly root: string }
export interface Sources extends Asked { readonly found: readonly { readonly path: string; readonly is: Stat }[]; readonly missing: readonly string[] }

const isPattern = (path: string): boolean => /[*?]/.test(path)
async function expandAll(target: Target, paths: readonly string[]): Promise<readonly string[]> {
  const plain = await Promise.all(paths.map((path) => expand(target, path)))
  return (await Promise.all(plain.map(async (path) => isPattern(path) ? await target.read(glob, path) : [path]))).flat()
}
const folderOf = (path: string): string => path.slice(0, path.lastIndexOf('/') + 1).replace(/(?<=.)\/+$/, '')
const withSlash = (path: string): string => path.endsWith('/') || path === '' ? path : `${path}/`
/** The folder that all paths lie in, with a slash at its end. */
export function rootOf(paths: readonly string[]): string {
  const [first = '', ...rest] = paths.map((path) => withSlash(folderOf(path)))
  let length = first.length
  for (const one of rest) while (!one.startsWith(first.slice(0, length))) length -= 1
  return withSlash(folderOf(first.slice(0, length)))
}

export async function askedFor(target: Target, path: readonly string[], exclude: readonly string[]): Promise<Asked> {
  const [expanded, excluded] = await Promise.all([expandAll(target, path), expandAll(target, exclude)])
  const paths = [...new Set(expanded)].filter((one) => !excluded.includes(one)).sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
  if (paths.length === 0) throw new Failure('Error, no source paths were found', { path: path.join(', '), expanded_paths: expanded.join(', '), expanded_exclude_paths: excluded.join(', ') })
  return { expanded, excluded, paths, isGlobby: path.some(isPattern), root: rootOf(paths) }
}
const treeKey = (path: string, follow: boolean): TreeKey => ({ path, sums: true, ...(follow ? { follow: true } : {}) })
/** What is there of it. What is below folders is read along, since it will be wanted. */
export async function findSources(target: Target, asked: Asked, follow: boolean): Promise<Sources> {
  const [are] = await Promise.all([Promise.all(asked.paths.map((one) => target.read(stat, one))), Promise.all(asked.paths.map((one) => target.read(tree, treeKey(one, follow))))])
  const found = asked.paths.flatMap((path, i) => { const is = are[i]; return is === undefined || is.type === 'absent' ? [] : [{ path, is }] })
  return { ...asked, found, missing: asked.paths.filter((_, i) => are[i]?.type === 'absent') }
}
export const isFolder = (is: Answer): boolean => followed(is).type === 'directory'

/** All that goes into the archive; a folder that is named is not itself a member, as with Ansible. zip follows links. */
export async function partsOf(target: Target, { found, root }: Sources, options: { readonly follow: boolean; readonly patterns: readonly string[]; readonly but: string }): Promise<Part[]> {
  const patterns = options.patterns.map(fnmatch)
  const nameOf = (path: string): string => path.startsWith(root) ? path.slice(root.length) : path.replace(/^\/+/, '')
  const lists = await Promise.all(found.map(async ({ path, is }): Promise<Part[]> => {
    if (!isFolder(is)) return [{ path, name: nameOf(path), is: options.follow ? ended(path, followed(is)) : is, target: is.target, sha1: undefined }]
    const below = await target.read(tree, treeKey(path, options.follow))
    if (below === null) throw new UnknownValue(`what is in ${path} is not known before the run`)
    const ends = new Map(below.led.map((one) => [one.path, one]))
    return below.own.slice(1).sort((a, b) => a.path < b.path ? -1 : 1).map((one) => {
      const end = options.follow && one.stat.type === 'link' ? ends.get(one.path) : one
      return { path: one.path, name: nameOf(one.path), is: end === undefined ? ended(one.path, { type: 'absent' }) : end.stat, target: one.target, sha1: end?.sha1 }
    })
  }))
  const byName = new Map(lists.flat().filter((one) => one.is.type !== 'socket' && one.path !== options.but).map((one) => [one.name, one]))
  const parts = [...byName.values()].filter((one) => !patterns.some((pattern) => pattern.test(options.follow ? one.path : one.name)))
  const strange = parts.find(({ path }) => path.includes('\n'))
  if (strange !== undefined) throw new Failure(`a name with a line break cannot be archived: ${strange.path}`)
  return parts
}
function ended(path: string, is: Answer): Stat {
  if (is.type === 'absent') throw new Failure(`Errors when writing archive: ${path} leads nowhere, and zip stores what links lead to`)
  return is
}

const memberType = ({ is }: Part): Member['type'] => is.type === 'directory' || is.type === 'link' || is.type === 'file' ? is.type : 'other'
/** The members that the tool would write of these parts. */
export const membersOf = (parts: readonly Part[], isZip: boolean): Member[] => parts.map((part) => ({
  name: part.is.type === 'directory' ? `${part.name}/` : part.name, type: memberType(part), mode: modeBits(part.is.mode), size: part.is.type === 'file' ? part.is.size ?? 0 : 0,
  mtime: Math.floor(part.is.live?.mtime ?? 0), user: undefined, group: undefined, uid: isZip ? undefined : part.is.uid, gid: isZip ? undefined : part.is.gid, ...(part.target === undefined || isZip ? {} : { target: part.target }),
}))
/** Whether an archive holds just these; a second name of a file is stored as a link to the first. */
export function isSame(have: readonly Member[], want: readonly Member[], isZip: boolean): boolean {
  const byName = new Map(have.map((one) => [one.name.replace(/\/$/, ''), one]))
  return byName.size === want.length && want.every((one) => {
    const is = byName.get(one.name.replace(/\/$/, ''))
    if (is === undefined || (is.type !== one.type && is.type !== 'hard')) return false
    const isData = is.type === 'file'
    if ((isData && is.size !== one.size) || (is.type === 'link' && is.target !== one.target)) return false
    if (is.type === 'link') return true
    // zip keeps times to two seconds where it has nothing better
    if (Math.abs(is.mtime - one.mtime) > (isZip ? 1 : 0) || (is.isUnix !== false && (is.mode & 0o777) !== (one.mode & 0o777))) return false
    return isZip || (is.uid === one.uid && is.gid === one.gid)
  })
}

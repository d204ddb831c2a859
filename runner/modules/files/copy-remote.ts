/** A file or folder of the host, copied to another place on the host. */
import { Failure } from '../../core/errors.ts'
import { attr } from '../../core/module.ts'
import { shText } from '../../core/sh.ts'
import type { Data } from '../../core/types.ts'
import type { Plan, Target } from '../../core/plan.ts'
import { Unknown, UnknownValue } from '../../core/value.ts'
import { checksum } from '../../probes/checksum.ts'
import { content } from '../../probes/content.ts'
import { followed, pathInfo, plainPath, stat } from '../../probes/stat.ts'
import type { Stat } from '../../probes/stat.ts'
import { tree } from '../../probes/tree.ts'
import type { Entry, Tree, TreeKey } from '../../probes/tree.ts'
import type { CopyArgs } from '../copy.ts'
import { lookUpWanted, made, planAttributes, predicted } from './attributes.ts'
import type { Wanted } from './attributes.ts'
import { isFolder, joinPlans, planContent, readPlace } from './deliver.ts'
import { planFolders, readChain } from './folders.ts'
import type { Link } from './folders.ts'
import { baseName, join, parentOf } from './paths.ts'
import { Draft } from './states.ts'
import { diffLimit, foresee } from './write.ts'

export async function copyRemote(target: Target, args: CopyArgs, src: string, dest: string): Promise<Plan> {
  const name = baseName(plainPath(src)), outer = dest.endsWith('/') ? join(dest, name) : dest
  const into = src.endsWith('/') ? plainPath(dest) : join(plainPath(dest), name)
  const [from, sums, own, inside, wanted, above, trees, links] = await Promise.all([
    target.read(stat, src), Promise.all([target.read(content, { path: src, max: diffLimit }), target.read(checksum, { path: src, algorithm: 'md5' })]),
    readPlace(target, outer, undefined), readPlace(target, join(outer, name), undefined), lookUpWanted(target, args),
    dest.endsWith('/') ? readChain(target, parentOf(plainPath(outer))) : [],
    readTrees(target, args, src, into), readChain(target, into),
  ])
  const source = followed(from)
  if (source.type === 'absent') throw new Failure(`Source ${src} not found`)
  if (source.type === 'directory') {
    if (trees[0] === null && source.live === undefined) throw new UnknownValue(`${src} is only planned: what will be in it is not known yet`)
    return planTree(args, wanted, src, into, trees, links)
  }
  if (source.type !== 'file') throw new Failure(`Cannot copy invalid source '${src}': not a file`)
  const [now, md5] = sums
  if (now.kind !== 'file') throw new Failure(`Source ${src} not readable`)
  if (args.checksum !== undefined && args.checksum !== now.sha1) {
    throw new Failure('Copied file does not match the expected checksum. Transfer failed.', { checksum: now.sha1, expected_checksum: args.checksum })
  }
  const place = isFolder(own.is) ? inside : own
  if (place.is.type !== 'absent' && !args.force) return { changes: [], steps: [], data: { src, dest: place.path, msg: 'file already exists' } }
  const folders = planFolders(place === own ? above : [], { ...wanted, mode: args.directory_mode })
  const goal = { ...wanted, mode: args.mode === 'preserve' ? source.mode : args.mode }
  // Ansible: an existing file gets the rights of the source and the account as owner, a new one those of any new file.
  const same = place.content.kind === 'file' && place.content.sha1 === now.sha1 && !(place.is.type === 'link' && !args.follow)
  const parent = followed(place.parent)
  const replaces = !same && followed(place.is).type === 'file'
  const base = replaces ? predicted(made('file', parent.type === 'absent' ? undefined : parent, wanted.account, source.size), { mode: source.mode }, wanted.account) : undefined
  const plan = planContent(place, {
    source: { file: src, sha1: now.sha1, size: source.size, ...(now.bytes === undefined ? {} : { bytes: now.bytes }) }, wanted: goal, backup: args.backup,
    validate: args.validate, unsafeWrites: args.unsafe_writes, follow: args.follow, ...(base === undefined ? {} : { base }),
    ...(folders.made.length > 0 && folders.end !== undefined ? { parentWillBe: folders.end } : {}),
  })
  const data: Data = { src, ...plan.data, md5sum: md5 }
  return folders.made.length === 0 ? { ...plan, data } : { ...plan, ...joinPlans([folders.plan, plan], data) }
}

/** Nothing is listed where src is no folder; of the destination only what src has too, unless all of it is to be given an owner. */
const destKey = (args: CopyArgs, src: string, path: string): TreeKey => ({ path, sums: true, when: src, shared: args.owner === undefined && args.group === undefined })
const readTrees = (target: Target, args: CopyArgs, src: string, into: string): Promise<[Tree, Tree]> =>
  Promise.all([target.read(tree, { path: src, sums: true, follow: args.local_follow === true }), target.read(tree, destKey(args, src, into))])

/** Existing files are replaced where their bytes differ; everything below then gets owner and group, the top also the mode. */
function planTree(args: CopyArgs, wanted: Wanted, src: string, into: string, [from, there]: readonly [Tree, Tree], links: readonly Link[]): Plan {
  if (from === null) throw new Failure(`Source ${src} not readable`)
  const root = plainPath(src), have = new Map((there?.own ?? []).map((entry) => [entry.path, entry]))
  const owned: Wanted = { ...wanted, mode: undefined }
  const above = planFolders(links.slice(0, -1), owned)
  const copied = args.local_follow === true
    ? [...from.own.filter(({ stat: { type } }) => type !== 'link'), ...from.led].sort((a, b) => a.path < b.path ? -1 : 1) : from.own
  const draft = new Draft(), now = new Map<string, Entry>()
  const give = (path: string, entry: Entry, to: Wanted): void => {
    const rights = planAttributes(path, entry.stat, to)
    draft.add(rights)
    if (rights.changes.length > 0) draft.after.push({ probe: stat.name, id: stat.id(path), value: foreseeable(path, rights.after) })
    now.set(path, { ...entry, path, stat: rights.after })
  }
  for (const entry of copied) {
    const path = into + entry.path.slice(root === '/' ? 0 : root.length)
    const made = copyEntry(draft, entry, path, have.get(path), now.get(parentOf(path))?.stat ?? above.end, wanted)
    const topMode = args.directory_mode ?? (args.mode === 'preserve' ? undefined : args.mode)
    give(path, made, entry === from.own[0] ? { ...wanted, mode: topMode } : owned)
  }
  for (const entry of have.values()) if (!now.has(entry.path)) give(entry.path, entry, owned)
  const end = now.get(into)?.stat
  const data = { src, dest: args.dest.endsWith('/') || !src.endsWith('/') || there === null ? args.dest : `${args.dest}/`, ...(end === undefined ? {} : pathInfo(end)) }
  if (draft.changes.length === 0) return { changes: [], steps: [], data }
  const own = [...now.values()].map((entry) => ({ ...entry, stat: { ...entry.stat, readable: false, writable: false, executable: false } }))
  draft.after.push({ probe: tree.name, id: tree.id(destKey(args, src, into)), value: { own, led: [] } })
  return joinPlans([above.plan, draft.plan(data)], data)
}
const foreseeable = (path: string, is: Stat): Stat | Unknown => is.type === 'link' ? new Unknown(`what the copied link ${path} leads to was not looked at`) : is

/** Makes what is missing or differs; the entry as it then is. */
function copyEntry(draft: Draft, { path: from, stat: is, sha1, target: text }: Entry, path: string, there: Entry | undefined, parent: Stat | undefined, wanted: Wanted): Entry {
  if (is.type === 'directory') {
    if (there !== undefined) return there
    const born = predicted(made('directory', parent, wanted.account, undefined), { mode: is.mode, fresh: true }, wanted.account)
    draft.add({ changes: [attr(path, 'state', 'absent', 'directory')], commands: [shText`mkdir -- ${path}; chmod ${`0${is.mode}`} -- ${path}`] })
    draft.after.push({ probe: stat.name, id: stat.id(path), value: born })
    return { path, stat: born }
  }
  if (is.type === 'link') {
    if (there !== undefined) return there
    const born = made('link', parent, wanted.account, is.size)
    draft.add({ changes: [attr(path, 'state', 'absent', 'link')], commands: [shText`ln -s -- ${text ?? ''} ${path}`] })
    draft.after.push({ probe: stat.name, id: stat.id(path), value: foreseeable(path, born) })
    return { path, stat: born, target: text ?? '' }
  }
  if (is.type !== 'file') throw new Failure(`${from} is no file, folder or link: it cannot be copied`)
  if (there !== undefined && there.sha1 === sha1) return there
  if (there !== undefined && there.stat.type !== 'file') throw new Failure(`${path} is a ${there.stat.type}, ${from} a file`)
  const base = there?.stat ?? made('file', parent, wanted.account, is.size)
  const become = predicted(base, { mode: is.mode, size: is.size }, wanted.account)
  draft.add({ changes: [attr(path, 'checksum', there?.sha1 ?? null, sha1 ?? null)], commands: [shText`cp -- ${from} ${path}; chmod ${is.mode} -- ${path}`] })
  draft.after.push(...foresee(path, become, { sha1: sha1 ?? '' }))
  return { path, stat: become, ...(sha1 === undefined ? {} : { sha1 }) }
}

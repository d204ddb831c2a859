/** A file or folder of the host, copied to another place on the host. */
import { Failure } from '../../core/errors.ts'
import { attr } from '../../core/module.ts'
import { shText } from '../../core/sh.ts'
import type { Change, Data, Plan, Predicted, Target } from '../../core/types.ts'
import { checksum } from '../../probes/checksum.ts'
import { content } from '../../probes/content.ts'
import { followed, plainPath, stat } from '../../probes/stat.ts'
import type { Stat } from '../../probes/stat.ts'
import { tree } from '../../probes/tree.ts'
import type { Entry, Tree } from '../../probes/tree.ts'
import type { CopyArgs } from '../copy.ts'
import { lookUpWanted, made, pathInfo, planAttributes, predicted } from './attributes.ts'
import type { Wanted } from './attributes.ts'
import { isFolder, joinPlans, planContent, readPlace } from './deliver.ts'
import { planFolders, readChain } from './folders.ts'
import { baseName, join, parentOf } from './paths.ts'
import { diffLimit, foresee, shellLines } from './write.ts'

export async function copyRemote(target: Target, args: CopyArgs, src: string, dest: string): Promise<Plan> {
  const name = baseName(plainPath(src)), outer = dest.endsWith('/') ? join(dest, name) : dest
  const [from, sums, own, inside, wanted, above, trees] = await Promise.all([
    target.read(stat, src), Promise.all([target.read(content, { path: src, max: diffLimit }), target.read(checksum, { path: src, algorithm: 'md5' })]),
    readPlace(target, outer, undefined), readPlace(target, join(outer, name), undefined), lookUpWanted(target, args),
    dest.endsWith('/') ? readChain(target, parentOf(plainPath(outer))) : [],
    readTrees(target, args, src, dest, name),
  ])
  const source = followed(from)
  if (source.type === 'absent') throw new Failure(`Source ${src} not found`)
  if (source.type === 'directory') {
    const [fromTree = null, outerTree = null, innerTree = null] = trees
    const into = src.endsWith('/') ? { path: plainPath(dest), tree: outerTree } : { path: join(plainPath(dest), name), tree: innerTree }
    const links = await readChain(target, into.path)
    return planTree(args, wanted, src, fromTree, into, links)
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
function readTrees(target: Target, args: CopyArgs, src: string, dest: string, name: string): Promise<Tree[]> {
  const shared = args.owner === undefined && args.group === undefined
  return Promise.all([
    target.read(tree, { path: src, sums: true, follow: args.local_follow === true }),
    ...src.endsWith('/') ? [plainPath(dest), undefined] : [undefined, join(plainPath(dest), name)],
  ].map((one) => one === undefined ? null : typeof one === 'string' ? target.read(tree, { path: one, sums: true, when: src, shared }) : one))
}

interface Into { readonly path: string; readonly tree: Tree }
/** Existing files are replaced where their bytes differ; everything below then gets owner and group, the top also the mode. */
function planTree(args: CopyArgs, wanted: Wanted, src: string, from: Tree, into: Into, links: Awaited<ReturnType<typeof readChain>>): Plan {
  if (from === null) throw new Failure(`Source ${src} not readable`)
  const root = plainPath(src), have = new Map((into.tree?.own ?? []).map((entry) => [entry.path, entry]))
  const changes: Change[] = [], commands: string[] = [], after: Predicted[] = []
  const owned: Wanted = { ...wanted, mode: undefined }
  const top = planFolders(links.slice(0, -1), owned)
  const follows = args.local_follow === true
  const led = new Map(from.led.map((entry) => [entry.path, entry]))
  let parent = top.end
  const stats = new Map<string, Stat>()
  const copied = follows ? [...from.own.filter(({ stat: { type } }) => type !== 'link'), ...led.values()].sort((a, b) => a.path < b.path ? -1 : 1) : from.own
  for (const entry of copied) {
    const path = into.path + entry.path.slice(root === '/' ? 0 : root.length)
    parent = stats.get(parentOf(path)) ?? parent
    const there = have.get(path)
    const isTop = entry === from.own[0]
    const made = copyEntry(entry, path, there, parent, wanted)
    changes.push(...made.changes); commands.push(...made.commands); after.push(...made.after)
    const rights = planAttributes(path, made.is, isTop ? { ...wanted, mode: args.directory_mode ?? (args.mode === 'preserve' ? undefined : args.mode) } : owned)
    changes.push(...rights.changes); commands.push(...rights.commands)
    if (rights.changes.length > 0) after.push({ probe: stat.name, id: stat.id(path), value: rights.after })
    stats.set(path, rights.after)
  }
  for (const entry of have.values()) {
    if (stats.has(entry.path)) continue
    const rights = planAttributes(entry.path, entry.stat, owned)
    changes.push(...rights.changes); commands.push(...rights.commands)
    if (rights.changes.length > 0) after.push({ probe: stat.name, id: stat.id(entry.path), value: rights.after })
  }
  const end = stats.get(into.path)
  const data = { src, dest: into.path, ...(end === undefined ? {} : pathInfo(end)) }
  const plan: Plan = changes.length === 0 ? { changes: [], steps: [] } : { changes, steps: [shellLines(commands)], after }
  return joinPlans([top.plan, plan], data)
}

interface Made { readonly changes: readonly Change[]; readonly commands: readonly string[]; readonly after: readonly Predicted[]; readonly is: Stat }
function copyEntry({ path: from, stat: is, sha1, target: text }: Entry, path: string, there: Entry | undefined, parent: Stat | undefined, wanted: Wanted): Made {
  if (is.type === 'directory') {
    if (there !== undefined) return { changes: [], commands: [], after: [], is: there.stat }
    const born = predicted(made('directory', parent, wanted.account, undefined), { mode: is.mode, fresh: true }, wanted.account)
    return {
      changes: [attr(path, 'state', 'absent', 'directory')], commands: [shText`mkdir -- ${path}; chmod ${is.mode} -- ${path}`],
      after: [{ probe: stat.name, id: stat.id(path), value: born }], is: born,
    }
  }
  if (is.type === 'link') {
    if (there !== undefined) return { changes: [], commands: [], after: [], is: there.stat }
    const born = { ...made('link', parent, wanted.account, is.size), target: text ?? '' }
    return { changes: [attr(path, 'state', 'absent', 'link')], commands: [shText`ln -s -- ${text ?? ''} ${path}`], after: [], is: born }
  }
  if (is.type !== 'file' || (there !== undefined && there.sha1 === sha1)) return { changes: [], commands: [], after: [], is: there?.stat ?? is }
  const base = there?.stat ?? made('file', parent, wanted.account, is.size)
  const become = predicted(base, { mode: is.mode, size: is.size }, wanted.account)
  return {
    changes: [attr(path, 'checksum', there?.sha1 ?? null, sha1 ?? null)],
    commands: [shText`cp -- ${from} ${path}; chmod ${is.mode} -- ${path}`], after: foresee(path, become, { sha1: sha1 ?? '' }), is: become,
  }
}

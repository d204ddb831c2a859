/** Unpacks an archive of the controller, of the host or of the web into a folder of the host, unless all of it is there. */
import { Failure } from '../core/errors.ts'
import { attr, defineModule } from '../core/module.ts'
import type { Data } from '../core/types.ts'
import type { Args, Change, Plan, Predicted, Step, Target } from '../core/plan.ts'
import { UnknownValue } from '../core/value.ts'
import { archive } from '../probes/archive.ts'
import type { Archive, ArchiveKey, Member, Packing } from '../probes/archive.ts'
import { checksum } from '../probes/checksum.ts'
import { content } from '../probes/content.ts'
import { absent, followed, pathInfo, plainPath, stat } from '../probes/stat.ts'
import type { Answer, Stat } from '../probes/stat.ts'
import { toRequest, maskUrl } from '../probes/url.ts'
import { groups, users } from '../probes/users.ts'
import { compare, impliedFolders, withEnds } from './archives/compare.ts'
import type { Item, Owners } from './archives/compare.ts'
import { readArchive } from './archives/local.ts'
import type { LocalArchive, LocalMember } from './archives/local.ts'
import { choose, plainName, selectionOf } from './archives/members.ts'
import type { Placed, Selection } from './archives/members.ts'
import { rightsSteps, timesStep, unpackStep } from './archives/unpack.ts'
import { attributeArgs, lookUpWanted } from './files/attributes.ts'
import type { Wanted } from './files/attributes.ts'
import { baseName, expand, join } from './files/paths.ts'
import { diffLimit, foreseeUnseen, sha1Of } from './files/write.ts'

const args = {
  src: { type: 'path', required: true, doc: 'The archive: tar, tar.gz, tar.bz2, tar.xz, tar.zst or zip; with remote_src also an address.' },
  dest: { type: 'path', required: true, doc: 'The folder to unpack into; it must exist.' },
  remote_src: { type: 'bool', default: false, doc: 'src is on the host already.' },
  copy: { type: 'bool', doc: 'The contrary of remote_src; old name.' },
  creates: { type: 'path', doc: 'Do nothing where this exists.' },
  list_files: { type: 'bool', default: false, doc: 'Give the names in the archive as files.' },
  keep_newer: { type: 'bool', default: false, doc: 'Leave files that are newer than those in the archive.' },
  exclude: { type: 'list', elements: 'str', default: [], doc: 'Patterns of names that are left out.' },
  include: { type: 'list', elements: 'str', default: [], doc: 'Names or patterns of all that is unpacked.' },
  extra_opts: { type: 'list', elements: 'str', default: [], doc: 'More options for tar or unzip.' },
  validate_certs: { type: 'bool', default: true, doc: 'Refuse certificates that cannot be checked.' },
  io_buffer_size: { type: 'int', default: 65536, doc: 'Has no meaning here: nothing is read in pieces.' },
  decrypt: { type: 'bool', default: true, doc: 'Decrypt a source file that is a vault.' },
  ...attributeArgs,
} as const
type Given = Args<typeof args>

export default defineModule({
  name: 'unarchive',
  doc: 'Unpacks an archive.',
  args,
  rules: { mutuallyExclusive: [['include', 'exclude'], ['copy', 'remote_src']] },
  async plan(given, target) {
    const dest = plainPath(await expand(target, given.dest)), creates = given.creates === undefined ? undefined : await expand(target, given.creates)
    const isRemote = given.remote_src || given.copy === false
    if (!isRemote && given.src.includes('://')) throw new Failure(`Unsupported option, an URI src (${maskUrl(given.src)}) is only supported when remote_src is True`)
    if (isRemote) return planRemote(given, target, await expand(target, given.src), dest, creates)
    const file = await target.local('files', given.src)
    const bytes = await file.read(), local = readArchive(file.path, bytes)
    return local === undefined ? planListed(given, target, { bytes }, file.path, dest, creates) : planLocal(given, target, local, bytes, file.path, dest, creates)
  },
})

const noOwners = { force: false, http_agent: 'ansible-httpget', use_proxy: true, force_basic_auth: false, headers: {}, decompress: false, ciphers: [], use_netrc: true }
async function planRemote(given: Given, target: Target, src: string, dest: string, creates: string | undefined): Promise<Plan> {
  if (src.includes('://')) return planListed(given, target, { request: toRequest(src, { ...noOwners, validate_certs: given.validate_certs }, 30) }, src, dest, creates)
  return planListed(given, target, { path: src }, src, dest, creates)
}
const skipped = (creates: string | undefined): Plan => ({ changes: [], steps: [], data: { skipped: true, msg: `skipped, since ${creates ?? ''} exists` } })

/** The archive is looked at on the host. */
async function planListed(given: Given, target: Target, source: ArchiveKey['source'], src: string, dest: string, creates: string | undefined): Promise<Plan> {
  const { strip } = selectionOf([], [], given.extra_opts, false)
  const key: ArchiveKey = { source, dest, strip, owned: given.owner !== undefined && given.group !== undefined, ...(creates === undefined ? {} : { creates }) }
  const [found, folder, origin, wanted] = await Promise.all([
    target.read(archive, key), target.read(stat, dest), 'path' in source ? target.read(stat, source.path) : absent, lookUpWanted(target, given),
  ])
  if (found.kind === 'created') return skipped(creates)
  checkFolder(folder, dest)
  if (found.kind === 'absent') {
    if (origin.type !== 'absent') throw new UnknownValue(`the archive ${src} is only planned: what is in it is not known yet`)
    throw new Failure(`Source '${src}' does not exist`)
  }
  if (found.kind === 'failed') throw new Failure(found.why, { src: maskUrl(src), dest })
  const selection = selectionOf(given.exclude, given.include, given.extra_opts, found.packing === 'zip')
  const now = (place: string): Answer => place === '.' ? folder : found.there.get(place) ?? absent
  const job = { given, source, src, dest, packing: found.packing, members: found.members, selection, wanted, owners: ownNumbers, now, hasContent: ({ name }: Member) => !found.differing.has(name), folder }
  const first = planUnpacking(job)
  // Names matter to what is foreseen only: where all is there they are not asked for.
  const { left, ...plan } = first.changes.length === 0 ? first : planUnpacking({ ...job, owners: await namedOwners(target, found.members, wanted, found.packing) })
  return { ...plan, after: [...plan.after ?? [], ...foreseeListing(key, found, { ...plan, left })] }
}
function foreseeListing(key: ArchiveKey, found: Archive, { changes, left }: Unpacked): Predicted[] {
  if (changes.length === 0 || found.kind !== 'archive') return []
  return [{ probe: archive.name, id: archive.id(key), value: { ...found, differing: new Set<string>(), there: new Map([...found.there, ...left]) } }]
}

async function planLocal(given: Given, target: Target, local: LocalArchive, bytes: Uint8Array, src: string, dest: string, creates: string | undefined): Promise<Plan> {
  const selection = selectionOf(given.exclude, given.include, given.extra_opts, local.packing === 'zip')
  const all = choose(local.members, selection)
  const places = [...impliedFolders(all), ...all.map(({ place }) => place)]
  const numbers = { uid: given.owner === undefined ? undefined : 0, gid: given.group === undefined ? undefined : 0 }
  const [made, folder, wanted, stats, owners, sums] = await Promise.all([
    creates === undefined ? undefined : target.read(stat, creates), target.read(stat, dest), lookUpWanted(target, given),
    Promise.all(places.map((place) => target.read(stat, place === '.' ? dest : join(dest, place)))), namedOwners(target, local.members, numbers, local.packing),
    Promise.all(all.map(async ({ place, member }) => [place, member.type === 'file' ? await target.read(checksum, { path: join(dest, place), algorithm: 'sha1' }) : null] as const)),
  ])
  if (made !== undefined && made.type !== 'absent') return skipped(creates)
  checkFolder(folder, dest)
  const sumOf = new Map(sums)
  const hasContent = (member: Member, place: string): boolean => {
    const is = sumOf.get(place), wants = sha1In(member)
    return is === null || is === undefined || wants === undefined || is === wants
  }
  const there = new Map(places.map((place, i) => [place, stats[i] ?? absent]))
  const { left: _, ...plan } = planUnpacking({
    given, source: { bytes }, src, dest, packing: local.packing, members: local.members, selection, wanted, owners, now: (place) => there.get(place) ?? absent, hasContent, folder,
  })
  return plan
}
function checkFolder(folder: Answer, dest: string): void {
  if (followed(folder).type !== 'directory') throw new Failure(`dest '${dest}' must be an existing dir`)
}

/** The numbers that the look at the archive gave. */
const ownNumbers: Owners = { user: ({ uid, user }) => ({ id: uid ?? 0, name: user }), group: ({ gid, group }) => ({ id: gid ?? 0, name: group }) }

/** Names of the archive's owners on this host: tar as root gives files to the name it knows, else to the number. */
async function namedOwners(target: Target, members: readonly Member[], wanted: Pick<Wanted, 'uid' | 'gid'>, packing: Packing): Promise<Owners> {
  const isAsked = packing !== 'zip' && !(wanted.uid !== undefined && wanted.gid !== undefined)
  const names = (pick: (member: Member) => readonly (string | undefined)[]): string[] => isAsked ? [...new Set(members.flatMap((one) => pick(one).filter((each) => each !== undefined)))] : []
  const [byUser, byGroup] = await Promise.all([
    Promise.all(names((one) => [one.user, one.uid === undefined ? undefined : String(one.uid)]).map(async (name) => [name, await target.read(users, name)] as const)),
    Promise.all(names((one) => [one.group, one.gid === undefined ? undefined : String(one.gid)]).map(async (name) => [name, await target.read(groups, name)] as const)),
  ])
  const allUsers = new Map(byUser), allGroups = new Map(byGroup)
  return {
    user(member) {
      const found = (member.user === undefined ? undefined : allUsers.get(member.user)) ?? allUsers.get(String(member.uid))
      return { id: found?.uid ?? member.uid ?? 0, name: found?.name }
    },
    group(member) {
      const found = (member.group === undefined ? undefined : allGroups.get(member.group)) ?? allGroups.get(String(member.gid))
      return { id: found?.gid ?? member.gid ?? 0, name: found?.name }
    },
  }
}

interface Job {
  readonly given: Given; readonly source: ArchiveKey['source']; readonly src: string; readonly dest: string; readonly packing: Packing
  readonly members: readonly Member[]; readonly selection: Selection; readonly wanted: Wanted; readonly owners: Owners; readonly folder: Answer
  now(place: string): Answer
  hasContent(member: Member, place: string): boolean
}
const handlers: Readonly<Record<Packing, string>> = { zip: 'ZipArchive', gzip: 'TgzArchive', tar: 'TarArchive', bzip2: 'TarBzipArchive', xz: 'TarXzArchive', zstd: 'TarZstdArchive' }

interface Unpacked extends Plan { readonly left: ReadonlyMap<string, Stat> }
function planUnpacking(job: Job): Unpacked {
  const { given, src, dest, packing, wanted } = job
  const all = choose(job.members, job.selection)
  if (all.length === 0) throw new Failure(`Failed to find handler for "${src}". There is nothing in it that is to be unpacked.`)
  const items = compare({ dest, all, packing, wanted, owners: job.owners, keepNewer: given.keep_newer, now: job.now, hasContent: job.hasContent })
  const other = items.filter((one) => one.differs), unpacks = other.length > 0
  const settled = unpacks ? items : items.map((item) => item.stays || item.now.type === 'absent' ? item : settle(item))
  const wrong = settled.filter((one) => !unpacks && !one.stays && one.rights.changes.length > 0)
  const folder = followed(job.folder), own = items.find(({ path }) => path === dest)
  const data: Data = {
    dest, src: maskUrl(src), handler: handlers[packing], ...(folder.type === 'absent' ? {} : pathInfo(unpacks && own !== undefined ? { ...own.rights.after, size: folder.size } : folder)),
    ...(given.list_files ? { files: all.map(({ member }) => member.name.replace(/^\//, '')) } : {}),
  }
  const left = new Map(settled.flatMap(({ placed, stays, rights }): [string, Stat][] => placed === undefined || stays ? [] : [[placed.place, rights.after]]))
  if (!unpacks && wrong.length === 0) return { changes: [], steps: [], data, left }
  const changes: Change[] = unpacks ? [attr(dest, 'content', `${other.length} of ${all.length} members of ${baseName(src)} are missing or differ`, `unpacked from ${baseName(src)}`)] : []
  const steps = unpacks ? unpackSteps(job, settled) : rightsSteps(wrong, false, new Set(), wanted)
  return {
    changes: [...changes, ...unpacks ? [] : wrong.flatMap((one) => one.rights.changes)], steps, data,
    after: foreseeAll(settled, unpacks ? settled.filter((one) => !one.stays) : wrong, unpacks, wanted), left,
  }
}
/** Nothing is unpacked: rights count from what is there, and must come to what unpacking would have left. */
function settle(item: Item): Item {
  if (item.now.type === 'absent') return item
  const { after } = item.rights, { now } = item
  const changes = [
    ...now.uid === after.uid ? [] : [attr(item.path, 'owner', now.owner ?? now.uid, after.owner ?? after.uid)], ...now.gid === after.gid ? [] : [attr(item.path, 'group', now.group ?? now.gid, after.group ?? after.gid)],
    ...now.mode === after.mode || now.type === 'link' ? [] : [attr(item.path, 'mode', now.mode, after.mode)],
  ]
  const { fresh: _, ...rest } = after
  return { ...item, rights: { ...item.rights, changes, after: { ...rest, size: now.size } } }
}
function unpackSteps({ given, source, packing, dest, wanted, selection, members }: Job, items: readonly Item[]): Step[] {
  const needsList = given.include.length > 0 || given.exclude.length > 0 || items.some((one) => one.stays)
  // A folder's name would bring all below it: it is named only if there is nothing below it.
  const isWhole = ({ name, type }: Member): boolean => type !== 'directory' || !members.some((other) => plainName(name) === '' || other.name.startsWith(name.endsWith('/') ? name : `${name}/`) && other.name !== name)
  const named = items.filter(({ placed, stays }) => placed !== undefined && !stays && isWhole(placed.member))
  const unlisted = new Set(needsList ? items.filter(({ placed, stays }) => placed !== undefined && !stays && !isWhole(placed.member)).map(({ path }) => path) : [])
  const names = needsList ? named.flatMap(({ placed }) => placed === undefined ? [] : [placed.member.name]) : undefined
  return [
    unpackStep({ source, packing, dest, wanted, strip: selection.strip, options: given.extra_opts, names }), ...packing === 'zip' ? [timesStep(items)] : [],
    ...rightsSteps(items, true, unlisted, wanted),
  ]
}

/** Where what the member holds is known here. */
function sha1In(member: Member): string | undefined {
  const bytes = member.sha1 === undefined && hasBytes(member) ? member.bytes() : undefined
  return member.sha1 ?? (bytes === undefined ? undefined : sha1Of(bytes))
}
const hasBytes = (member: Member): member is LocalMember => 'bytes' in member
function foreseeAll(all: readonly Item[], items: readonly Item[], unpacks: boolean, wanted: Wanted): Predicted[] {
  const ends = withEnds(all, wanted)
  return items.flatMap((item): Predicted[] => {
    const { path, placed, rights } = item, end = ends.get(path) ?? rights.after
    const only: Predicted = { probe: stat.name, id: stat.id(path), value: end }
    if (!unpacks || rights.after.type !== 'file' || placed === undefined) return [only]
    return [only, ...foreseeFile(path, rights.after, placed)]
  })
}
function foreseeFile(path: string, is: Stat, { member }: Placed): Predicted[] {
  const bytes = hasBytes(member) ? member.bytes() : undefined
  const sha1 = sha1In(member)
  const known = foreseeUnseen(path, is, `${path} would be unpacked`, sha1 === undefined ? {} : { sha1 })
  if (bytes === undefined || sha1 === undefined || bytes.length > diffLimit) return known
  return [...known, { probe: content.name, id: content.id({ path }), value: { kind: 'file', sha1, bytes } }]
}

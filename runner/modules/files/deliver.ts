/** Bringing bytes to a path: what copy, template, assemble, get_url and the line editors have in common. */
import { Failure } from '../../core/errors.ts'
import { Missing } from '../../core/missing.ts'
import { attr } from '../../core/module.ts'
import type { Data } from '../../core/types.ts'
import type { Change, Plan, Step, Target } from '../../core/plan.ts'
import { content } from '../../probes/content.ts'
import type { Content } from '../../probes/content.ts'
import { flags } from '../../probes/flags.ts'
import type { Flags } from '../../probes/flags.ts'
import { followed, pathInfo, plainPath, stat } from '../../probes/stat.ts'
import type { Answer, Stat } from '../../probes/stat.ts'
import { made, planAttributes, planFlags, predicted } from './attributes.ts'
import type { Wanted } from './attributes.ts'
import { parentOf } from './paths.ts'
import { backupName, diffLimit, foresee, md5Of, sha1Of, shellLines, textChange, writeStep } from './write.ts'

/** A path and all that was read about it. */
export interface Place { readonly path: string; readonly is: Answer; readonly content: Content; readonly parent: Answer; readonly flags: Flags | null }
export interface RemoteSource { readonly file: string; readonly sha1: string; readonly size: number | undefined; readonly bytes?: Uint8Array }
export type Source = Uint8Array | RemoteSource
const isRemote = (source: Source): source is RemoteSource => 'file' in source

/** One round trip's reads for a path; `sha1` is that of the bytes it is to have. */
export async function readPlace(target: Target, path: string, sha1: string | undefined, asksFlags = false): Promise<Place> {
  const plain = plainPath(path)
  const [is, now, parent, own] = await Promise.all([
    target.read(stat, plain), target.read(content, { path: plain, max: diffLimit, ...(sha1 === undefined ? {} : { unless: sha1 }) }),
    target.read(stat, parentOf(plain)), asksFlags ? target.read(flags, plain) : null,
  ])
  return { path: plain, is, content: now, parent, flags: own }
}

export interface Goal {
  readonly source: Source
  readonly wanted: Wanted
  readonly backup?: boolean
  /** The copy stands beside this one, where it is not the file itself: an editor of what a link leads to keeps it by the link. */
  readonly backupAs?: string
  readonly validate?: string | undefined
  readonly unsafeWrites?: boolean
  /** Write through a link. */
  readonly follow?: boolean
  /** The folder will be there: the same plan makes it. */
  readonly parentWillBe?: Stat
  /** What the file is to be before `wanted` is applied; default: what it is, or what a new file is. */
  readonly base?: Stat
}

/** Where writing ends: the path itself, or the end of a link that is followed. */
export function ending(place: Place, follow: boolean): Place {
  const { is } = place
  if (!follow || is.type !== 'link' || is.to === undefined) return place
  return { ...place, path: is.real || place.path, is: is.to }
}
export const isFolder = (is: Answer): boolean => followed(is).type === 'directory'

/** Rights that the account can keep when it writes the file anew: only root may give files away. */
function kept(is: Stat, wanted: Wanted): Stat {
  const { account } = wanted
  const base = predicted(is, {}, account)
  if (account.uid === 0 || is.uid === account.uid) return base
  return predicted(base, { uid: account.uid, owner: account.user, gid: account.groups.includes(is.gid) ? is.gid : account.gid }, account)
}

export function planContent(given: Place, goal: Goal): Plan {
  const place = ending(given, goal.follow ?? false)
  const { path, is } = place, { source, wanted } = goal
  if (is.type === 'directory') throw new Failure(`${path} is a directory`, { dest: path })
  const sha1 = isRemote(source) ? source.sha1 : sha1Of(source)
  const now = place.content
  if (is.type === 'file' && now.kind === 'file' && now.sha1 === sha1 && goal.base === undefined) return planRights(place, goal, sha1, given)
  const parent = followed(place.parent)
  if (is.type === 'absent' && goal.parentWillBe === undefined && parent.type !== 'directory') {
    if (parent.type !== 'absent') throw new Failure(`Destination ${parentOf(path)} is no directory`, { dest: path, checksum: sha1 })
    const folder = made('directory', undefined, wanted.account, undefined)
    throw new Missing(`Destination directory ${parentOf(path)} does not exist`, { dest: path, checksum: sha1 }, () => planContent(given, { ...goal, parentWillBe: folder }))
  }
  const above = goal.parentWillBe ?? (parent.type === 'absent' ? undefined : parent)
  const size = isRemote(source) ? source.size : source.length
  const born = made('file', above, wanted.account, size)
  const rights = planAttributes(path, goal.base ?? (is.type === 'file' ? kept(is, wanted) : born), wanted)
  const become = predicted(rights.after, { size }, wanted.account)
  const own = planFlags(path, place.flags, wanted)
  const changes: Change[] = [
    ...(is.type === 'file' ? [] : [attr(path, 'state', is.type, 'file')]),
    isRemote(source) ? remoteChange(path, now, source) : textChange(path, is.type === 'link' ? { kind: 'absent' } : now, source), ...rights.changes, ...own.changes,
  ]
  const step = writeStep({
    path, was: is, sha1: is.type === 'file' && now.kind === 'file' ? now.sha1 : undefined, source, become, born, validate: goal.validate,
    backup: goal.backup === true ? goal.backupAs ?? path : undefined, unsafeWrites: goal.unsafeWrites ?? false,
  })
  const steps: Step[] = own.commands.length === 0 ? [step] : [step, shellLines(own.commands)]
  const data: Data = { dest: path, checksum: sha1, ...(isRemote(source) ? {} : { md5sum: md5Of(source) }), ...pathInfo(become) }
  const known = isRemote(source) ? source.bytes ?? source : source
  const link = given.is.type === 'link' && place !== given ? foresee(given.path, predicted(given.is, { to: become }, wanted.account), known) : []
  const plan: Plan = { changes, steps, after: [...foresee(path, become, known), ...link, ...own.after], data }
  return goal.backup === true && is.type === 'file' ? { ...plan, later: ['backup_file'], done: ([ran]) => ({ backup_file: backupName(ran) }) } : plan
}

function remoteChange(path: string, now: Content, source: RemoteSource): Change {
  if (source.bytes !== undefined) return textChange(path, now, source.bytes)
  return { kind: 'text', of: path, before: '', after: '', note: `content of ${source.file}` }
}

/** The bytes are right: only rights may be missing. */
function planRights({ path, is, flags: have }: Place, { wanted }: Goal, sha1: string, given: Place): Plan {
  if (is.type === 'absent') throw new Error('rights of nothing')
  const rights = planAttributes(path, is, wanted), own = planFlags(path, have, wanted)
  const changes = [...rights.changes, ...own.changes]
  const data: Data = { dest: path, path, checksum: sha1, ...pathInfo(rights.after) }
  if (changes.length === 0) return { changes: [], steps: [], data }
  const link = given.is.type === 'link' ? [{ probe: stat.name, id: stat.id(given.path), value: predicted(given.is, { to: rights.after }, wanted.account) }] : []
  const after = [...rights.changes.length > 0 ? [{ probe: stat.name, id: stat.id(path), value: rights.after }, ...link] : [], ...own.after]
  return { changes, steps: [shellLines([...rights.commands, ...own.commands])], after, data }
}

/** Several plans as one: their changes and steps in order. */
export function joinPlans(plans: readonly Plan[], data: Data): Plan {
  return {
    changes: plans.flatMap((one) => one.changes), steps: plans.flatMap((one) => one.steps), after: plans.flatMap((one) => one.after ?? []),
    warnings: plans.flatMap((one) => one.warnings ?? []), data,
  }
}

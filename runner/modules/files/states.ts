/** The states of the file module, one function each: from what was read to changes, commands and what reads would find afterwards. */
import { Failure } from '../../core/errors.ts'
import { attr } from '../../core/module.ts'
import { shText } from '../../core/sh.ts'
import type { Data } from '../../core/types.ts'
import type { Change, Plan, Predicted } from '../../core/plan.ts'
import { Unknown, UnknownValue } from '../../core/value.ts'
import type { Flags } from '../../probes/flags.ts'
import { absent, followed, pathInfo, stat } from '../../probes/stat.ts'
import type { Answer, Stat } from '../../probes/stat.ts'
import { tree as treeProbe } from '../../probes/tree.ts'
import type { Entry, Tree } from '../../probes/tree.ts'
import { made, planAttributes, planFlags, predicted } from './attributes.ts'
import type { Wanted } from './attributes.ts'
import { planTimes } from './times.ts'
import type { Times } from './times.ts'
import { foresee, foreseeGone } from './write.ts'

/** What has been decided so far; each state adds to it. */
export class Draft {
  readonly changes: Change[] = []
  readonly commands: string[] = []
  readonly after: Predicted[] = []
  readonly warnings: string[] = []
  add(part: { readonly changes: readonly Change[]; readonly commands: readonly string[] }): void {
    this.changes.push(...part.changes)
    this.commands.push(...part.commands)
  }
  /** Size of a folder that is only just made: asked for when it is there. */
  plan(data: Data, sizeOf?: string): Plan {
    if (this.changes.length === 0) return { changes: [], steps: [], data, warnings: this.warnings }
    const steps = [{ sh: ['set -e', ...this.commands].join('\n') }]
    const base = { changes: this.changes, steps, after: this.after, data, warnings: this.warnings }
    if (sizeOf === undefined) return base
    steps.push({ sh: shText`stat -c %s -- ${sizeOf}` })
    return { ...base, later: ['size'], done: (ran) => ({ size: Number(ran.at(-1)?.stdout) }) }
  }
}

export interface Case {
  readonly path: string; readonly is: Answer; readonly wanted: Wanted; readonly times: Times; readonly follow: boolean; readonly flags: Flags | null
}

export const stateOf = (is: Answer): string =>
  is.type === 'absent' || is.type === 'link' || is.type === 'directory' ? is.type : (is.live?.nlink ?? 1) > 1 ? 'hard' : 'file'

/** Rights, owner, flags and times of something that is there. */
export function planExisting(draft: Draft, path: string, is: Stat, { wanted, times, flags }: Case): Stat {
  const rights = planAttributes(path, is, wanted)
  draft.add(rights)
  if (rights.changes.length > 0) draft.after.push({ probe: stat.name, id: stat.id(path), value: rights.after })
  const own = planFlags(path, flags, wanted)
  draft.add(own)
  draft.after.push(...own.after)
  draft.add(planTimes(path, is, times))
  return rights.after
}

/** The same for the end of a link; the link's own answer speaks of its end too. */
export function planEnding(draft: Draft, path: string, link: Stat, one: Case): Stat {
  if (link.to === undefined) return link
  const count = draft.after.length, end = planExisting(draft, link.real ?? path, link.to, one)
  if (draft.after.length === count) return link
  const now = predicted(link, { to: end }, one.wanted.account)
  draft.after.push({ probe: stat.name, id: stat.id(path), value: now })
  return now
}

/** Where a link is followed, its end is what counts. */
function ended({ path, is, follow }: Case): { readonly path: string; readonly is: Answer; readonly link: Stat | undefined } {
  return follow && is.type === 'link' ? { path: is.real ?? path, is: followed(is), link: is } : { path, is, link: undefined }
}

export function planFile(one: Case): Plan {
  const { path, is, link } = ended(one)
  const state = stateOf(is)
  if (is.type === 'absent' || (state !== 'file' && state !== 'hard')) throw new Failure(`file (${path}) is ${state}, cannot continue`, { path, state })
  const draft = new Draft()
  const after = link === undefined ? planExisting(draft, path, is, one) : planEnding(draft, one.path, link, one).to ?? is
  return draft.plan({ path, ...pathInfo(after) })
}

export function planAbsent({ path, is }: Case): Plan {
  if (is.type === 'absent') return { changes: [], steps: [], data: { path, state: 'absent' } }
  const draft = new Draft()
  draft.changes.push(attr(path, 'state', stateOf(is), 'absent'))
  draft.commands.push(is.type === 'directory'
    ? shText`if [ -d ${path} ] && [ ! -h ${path} ]; then rm -rf -- ${path}; elif [ -e ${path} ] || [ -h ${path} ]; then echo ${path} ${'is no directory any more: run again'} >&2; exit 1; fi`
    : shText`if [ -d ${path} ] && [ ! -h ${path} ]; then echo ${path} ${'is a directory by now: run again'} >&2; exit 1; else rm -f -- ${path}; fi`)
  draft.after.push(...foreseeGone(path))
  return draft.plan({ path, state: 'absent' })
}

export function planTouch(one: Case, parent: Answer): Plan {
  const { path, is } = one
  const draft = new Draft()
  if (is.type === 'absent') {
    draft.changes.push(attr(path, 'state', 'absent', 'file'))
    draft.commands.push(shText`if [ -e ${path} ]; then :; else ( umask ${`0${one.wanted.account.umask.toString(8)}`}; : >${path} ); trap ${shText`rm -f -- ${path}`} EXIT; fi`)
    const above = followed(parent)
    const born = made('file', above.type === 'absent' ? undefined : above, one.wanted.account, 0)
    const after = planExisting(draft, path, born, { ...one, times: { access: 'preserve', modification: 'preserve' } })
    draft.add(planTimes(path, undefined, one.times))
    draft.commands.push('trap - EXIT')
    draft.after.unshift(...foresee(path, after, new Uint8Array()))
    return draft.plan({ dest: path, ...pathInfo(after) })
  }
  const end = ended(one)
  if (end.is.type === 'absent') throw new Failure(`Error while updating modification or access time: ${end.path} does not exist`, { path })
  const after = end.link === undefined ? planExisting(draft, path, is, one) : planEnding(draft, path, end.link, one)
  return draft.plan({ dest: path, ...pathInfo(after) })
}

/** Folders to be made are all of the path's own that do not exist, each with the wanted rights, as Ansible does. */
export function planDirectory(one: Case, above: readonly { readonly path: string; readonly is: Answer }[], tree: Tree | undefined): Plan {
  const { path, is, link } = ended(one)
  const draft = new Draft()
  if (is.type === 'absent') return planNewDirectory(draft, one, path, above)
  if (is.type !== 'directory') throw new Failure(`${path} already exists as a ${stateOf(is)}`, { path })
  const after = link === undefined ? planExisting(draft, path, is, one) : planEnding(draft, one.path, link, one).to ?? is
  if (tree !== undefined) planTree(draft, one, path, after, tree)
  return draft.plan({ path, ...pathInfo(after) })
}

function planNewDirectory(draft: Draft, one: Case, path: string, above: readonly { readonly path: string; readonly is: Answer }[]): Plan {
  let parent: Stat | undefined, last: Stat | undefined
  for (const step of [...above, { path, is: absent }]) {
    const there = followed(step.is)
    if (there.type !== 'absent') {
      if (there.type !== 'directory') throw new Failure(`There was an issue creating ${path} as requested: ${step.path} is a ${stateOf(there)}`, { path })
      parent = there
      continue
    }
    if (step.is.type === 'link') throw new Failure(`There was an issue creating ${step.path} as requested: it is a link into nothing`, { path })
    draft.changes.push(attr(step.path, 'state', 'absent', 'directory'))
    draft.commands.push(shText`mkdir -- ${step.path} || [ -d ${step.path} ]`)
    const born = made('directory', parent, one.wanted.account, undefined)
    draft.after.push({ probe: stat.name, id: stat.id(step.path), value: born })
    const rights = planAttributes(step.path, born, one.wanted)
    draft.add(rights)
    draft.add(planFlags(step.path, null, one.wanted))
    last = rights.changes.length === 0 ? born : { ...rights.after, fresh: true }
    if (rights.changes.length > 0) draft.after.push({ probe: stat.name, id: stat.id(step.path), value: last })
    parent = last
  }
  draft.add(planTimes(path, undefined, one.times))
  return draft.plan({ path, ...(last === undefined ? {} : pathInfo(last)) }, path)
}

/** A tree's entries do not say who may read them. */
const unasked = { readable: false, writable: false, executable: false }

function planTree(draft: Draft, one: Case, path: string, is: Stat, tree: Tree): void {
  const { wanted } = one
  const asks = wanted.mode !== undefined || wanted.uid !== undefined || wanted.gid !== undefined
  if (tree === null) {
    if (asks && is.live === undefined && is.fresh !== true) throw new UnknownValue(`what will be below ${path} is not known yet`)
    return
  }
  const entry = ({ path: at, stat: found }: Entry): Entry => {
    const rights = planAttributes(at, found, wanted)
    draft.add(rights)
    if (found.type !== 'link') draft.add(planTimes(at, found, one.times))
    if (rights.changes.length > 0) draft.after.push({ probe: stat.name, id: stat.id(at), value: found.type === 'link' ? new Unknown(`the link ${at} gets another owner`) : rights.after })
    return { path: at, stat: { ...rights.after, ...unasked } }
  }
  const [top, ...below] = tree.own
  const isLink = new Set(below.filter((each) => each.stat.type === 'link').map((each) => each.path))
  const own = below.map(entry), count = draft.after.length
  const led = one.follow ? tree.led.map(entry) : []
  // The name of a link stands for the link itself there, not for what it leads to.
  draft.after.splice(count, draft.after.length, ...draft.after.slice(count).filter((each) => 'unknown' in each || !isLink.has(each.id)))
  if (draft.after.length > 0 && top !== undefined) draft.after.push({ probe: treeProbe.name, id: treeProbe.id({ path, follow: one.follow }), value: { own: [{ path: top.path, stat: { ...is, ...unasked } }, ...own], led } })
}

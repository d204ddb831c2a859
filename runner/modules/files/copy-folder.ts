/** A folder of the controller, copied with all that is in it. */
import { Failure } from '../../core/errors.ts'
import type { LocalFile, Plan, Target } from '../../core/plan.ts'
import { Unknown } from '../../core/value.ts'
import { absent, followed, leadsTo, modeText, plainPath, stat } from '../../probes/stat.ts'
import type { Answer, Stat } from '../../probes/stat.ts'
import type { CopyArgs } from '../copy.ts'
import { lookUpWanted, planAttributes } from './attributes.ts'
import type { Wanted } from './attributes.ts'
import { joinPlans, planContent, readPlace } from './deliver.ts'
import type { Place } from './deliver.ts'
import { chain, planFolders } from './folders.ts'
import { planLink } from './links.ts'
import { baseName, join, parentOf } from './paths.ts'
import { sha1Of, shellLines } from './write.ts'

interface Item { readonly path: string; readonly file: LocalFile; readonly bytes: Uint8Array | undefined; readonly place: Place }

export async function copyFolder(target: Target, args: CopyArgs, root: LocalFile, contentOnly: boolean, dest: string): Promise<Plan> {
  const top = contentOnly ? plainPath(dest) : join(plainPath(dest), baseName(root.path))
  const listed = await root.list()
  const follows = args.local_follow ?? true
  const linked = follows ? [] : listed.filter(({ file }) => file.link !== undefined).map(({ relative }) => relative)
  const wantedItems = listed.filter(({ relative }) => !linked.some((one) => relative.startsWith(`${one}/`)))
  const folders = [...contentOnly ? [] : [top], ...wantedItems.filter(({ relative, file }) => file.kind === 'directory' && !linked.includes(relative)).map(({ relative }) => join(top, relative))]
  const [items, wanted, stats] = await Promise.all([
    Promise.all(wantedItems.filter(({ relative, file }) => file.kind === 'file' || linked.includes(relative)).map(async ({ relative, file }): Promise<Item> => {
      const path = join(top, relative), bytes = linked.includes(relative) ? undefined : await readOrLink(file)
      return { path, file, bytes, place: await readPlace(target, path, bytes === undefined ? undefined : sha1Of(bytes), args.attributes !== undefined) }
    })),
    lookUpWanted(target, args), readFolders(target, [plainPath(dest), ...folders]),
  ])
  return planAll(args, { items, wanted, stats, folders, dest, root })
}

/** A link into nothing is copied as a link, whatever was asked for. */
const readOrLink = (file: LocalFile): Promise<Uint8Array | undefined> => file.read().catch((error: unknown) => {
  if (file.link === undefined) throw error
  return undefined
})

async function readFolders(target: Target, folders: readonly string[]): Promise<Map<string, Answer>> {
  const all = [...new Set(folders.flatMap(chain))]
  const answers = await Promise.all(all.map((path) => target.read(stat, path)))
  return new Map(all.map((path, i) => [path, answers[i] ?? absent]))
}

interface All {
  readonly items: readonly Item[]; readonly wanted: Wanted; readonly stats: Map<string, Answer>; readonly folders: readonly string[]; readonly dest: string; readonly root: LocalFile
}
function planAll(args: CopyArgs, { items, wanted, stats, folders, dest, root }: All): Plan {
  const plans: Plan[] = [], folderWanted = { ...wanted, mode: args.directory_mode }
  const holders = new Set(items.filter((one) => one.bytes !== undefined).flatMap(({ path }) => chain(parentOf(path))))
  const makeFolder = (path: string): Stat | undefined => {
    const { plan, end, made } = planFolders(chain(path).map((one) => ({ path: one, is: stats.get(one) ?? absent })), folderWanted)
    plans.push(plan)
    for (const one of made) stats.set(one.path, one.is)
    return end
  }
  for (const { path, file, bytes, place } of items) {
    const above = makeFolder(parentOf(path))
    if (bytes === undefined) continue
    if (place.is.type !== 'absent' && !args.force) continue
    if (followed(place.is).type === 'directory') throw new Failure(`cannot copy the file ${file.path} to ${path}: it is a directory there`, { dest: path })
    const mode = args.mode === 'preserve' ? modeText(file.mode) : args.mode
    plans.push(planContent(place, {
      source: bytes, wanted: { ...wanted, mode }, backup: args.backup, validate: args.validate, unsafeWrites: args.unsafe_writes,
      follow: folders.length === 0 && args.follow, ...(above === undefined ? {} : { parentWillBe: above }),
    }))
  }
  for (const path of folders) {
    if (holders.has(path)) continue
    const is = followed(stats.get(path) ?? absent)
    makeFolder(path)
    if (is.type === 'directory' && is.fresh !== true) plans.push(planRightsOf(path, is, folderWanted))
  }
  const foreseen = new Map(plans.flatMap((one) => one.after ?? []).flatMap((one) => 'id' in one && one.probe === stat.name ? [[one.id, one.value] as const] : []))
  for (const { file, bytes, place } of items) if (bytes === undefined) plans.push(planCopiedLink(place, file, wanted, foreseen))
  const data = { dest: dest.endsWith('/') ? dest : `${dest}/`, src: root.path }
  return joinPlans(plans, data)
}

function planRightsOf(path: string, is: Stat, wanted: Wanted): Plan {
  const { changes, commands, after } = planAttributes(path, is, wanted)
  if (changes.length === 0) return { changes: [], steps: [] }
  return { changes, steps: [shellLines(commands)], after: [{ probe: stat.name, id: stat.id(path), value: after }] }
}

function planCopiedLink({ path, is, parent }: Place, file: LocalFile, wanted: Wanted, foreseen: ReadonlyMap<string, unknown>): Plan {
  const src = file.link ?? '', end = foreseen.get(leadsTo(path, src))
  const plan = planLink({
    path, is, wanted: { ...wanted, mode: undefined }, times: { access: 'preserve', modification: 'preserve' }, follow: false, flags: null, src,
    force: true, source: isStat(end) ? end : absent, parent, below: undefined,
  })
  if (isStat(end) || plan.changes.length === 0) return plan
  return { ...plan, after: [{ probe: stat.name, id: stat.id(path), value: new Unknown(`what the copied link ${path} leads to was not looked at`) }] }
}
const isStat = (value: unknown): value is Stat => typeof value === 'object' && value !== null && 'mode' in value && 'uid' in value

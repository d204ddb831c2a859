/** Makes an archive of files and folders of the host, or compresses one file. It is made anew where what it holds differs by names, sizes, times or rights. */
import { Failure } from '../core/errors.ts'
import { attr, defineModule } from '../core/module.ts'
import { quote, sh, shText } from '../core/sh.ts'
import type { Data } from '../core/types.ts'
import type { Args, Plan, Predicted, Step, Target } from '../core/plan.ts'
import { checksum } from '../probes/checksum.ts'
import { packed, packers } from '../probes/packed.ts'
import type { Packed, PackedKey } from '../probes/packed.ts'
import { absent, followed } from '../probes/stat.ts'
import { askedFor, findSources, isFolder, isSame, membersOf, partsOf } from './archives/sources.ts'
import type { Part, Sources } from './archives/sources.ts'
import { attributeArgs, lookUpWanted } from './files/attributes.ts'
import type { Wanted } from './files/attributes.ts'
import type { Place } from './files/deliver.ts'
import { expand } from './files/paths.ts'
import { planKept, planProduced, readUnseen } from './files/produced.ts'
import { foreseeGone } from './files/write.ts'

const args = {
  path: { type: 'list', elements: 'path', required: true, doc: 'Files and folders of the host; with * and ? all that fits.' },
  format: { type: 'str', default: 'gz', choices: ['bz2', 'gz', 'tar', 'xz', 'zip', 'zstd'], doc: 'Kind of archive or compression; the host needs its tool.' },
  dest: { type: 'path', doc: 'The archive; default for one file is its name with the format behind it.' },
  exclude_path: { type: 'list', elements: 'path', default: [], doc: 'Paths of path that are left out.' },
  exclusion_patterns: { type: 'list', elements: 'path', doc: 'Names that are left out, with wildcards.' },
  force_archive: { type: 'bool', default: false, doc: 'Makes an archive of a single file too.' },
  remove: { type: 'bool', default: false, doc: 'Removes what was archived.' },
  ...attributeArgs,
} as const
type Given = Args<typeof args>
interface Job { readonly given: Given; readonly sources: Sources; readonly dest: string; readonly isArchive: boolean; readonly wanted: Wanted; readonly place: Place; readonly key: PackedKey; readonly is: Packed }
const noDest = (given: Given): Failure => new Failure('Error, must specify "dest" when archiving multiple files or trees', { path: given.path.join(', '), dest: null })

export default defineModule({
  name: 'archive',
  doc: 'Makes an archive, or compresses a file.',
  args,
  async plan(given, target): Promise<Plan> {
    const asked = await askedFor(target, given.path, given.exclude_path), [first = ''] = asked.paths, mayBeOne = !given.force_archive && !asked.isGlobby && asked.paths.length === 1
    if (given.dest === undefined && !mayBeOne) throw noDest(given)
    const dest = given.dest === undefined ? `${first}.${given.format}` : await expand(target, given.dest)
    const key: PackedKey = { path: dest, format: given.format, ...(mayBeOne ? { of: first } : {}) }
    const [sources, place, wanted, is, sum] = await Promise.all([
      findSources(target, asked, given.format === 'zip'), readUnseen(target, dest, given.attributes !== undefined), lookUpWanted(target, given),
      target.read(packed, key), mayBeOne ? target.read(checksum, { path: first, algorithm: 'sha1' }) : null,
    ])
    const isArchive = !mayBeOne || sources.found.some((one) => isFolder(one.is))
    if (given.dest === undefined && isArchive) throw noDest(given)
    const within = sources.found.find((one) => isFolder(one.is) && dest.startsWith(one.path.endsWith('/') ? one.path : `${one.path}/`))
    if (given.remove && within !== undefined) throw new Failure('Error, created archive can not be contained in source paths when remove=true', { path: sources.paths.join(', ') })
    if (isFolder(place.is)) throw new Failure(`Error when writing archive at ${dest}: it is a directory`, { dest })
    const job = { given, sources, dest, isArchive, wanted, place, key, is }
    if (sources.found.length === 0) return settled(job, [], place.is.type === 'absent' ? 'absent' : /\.(tar|tar\.(gz|bz2|xz|zst)|tgz|tbz2|tzst|zip)$/i.test(dest) ? 'archive' : 'compress')
    const single = !isArchive && given.format !== 'zip' && given.format !== 'tar'
    return single ? compressed(job, first, sum) : await archived(job, target)
  },
})

/** Ansible does not find folders of a zip file again. */
const resultOf = ({ sources, dest, given }: Job, parts: readonly Part[], state: string): Data => ({
  archived: parts.filter(({ is }) => given.format !== 'zip' || is.type !== 'directory').map(({ path }) => path), dest, dest_state: state, arcroot: sources.root, missing: [...sources.missing], expanded_paths: [...sources.expanded], expanded_exclude_paths: [...sources.excluded],
})
/** Nothing is to be packed: rights only. */
function settled(job: Job, parts: readonly Part[], state: string): Plan {
  const plan = planKept(job.place, job.wanted)
  return { ...plan, data: { ...plan.data, ...resultOf(job, parts, state) } }
}

function checkTool(is: Packed, format: Given['format']): void {
  if (is.kind === 'no-tool') throw new Failure(`format ${format} needs ${is.tool}, which is not on this host`)
}
function compressed(job: Job, path: string, sum: string | null): Plan {
  const { given: { format, remove }, dest, key, is, sources } = job, end = followed(sources.found[0]?.is ?? absent)
  checkTool(is, format)
  if (sum === null || end.type === 'absent') throw new Failure(`Unable to write to compressed file: ${path} is no file that can be read`, { path, dest })
  const part: Part = { path, name: '', is: end, target: undefined, sha1: sum }
  const isFresh = is.kind === 'one' && is.sha1 === sum
  const after: Predicted[] = [{ probe: packed.name, id: packed.id(key), value: { kind: 'one', sha1: sum } }]
  return withRemoval(job, isFresh ? settled(job, [part], 'compress') : written(job, shText`${packers[format]} -c <${path} >"$tmp"`, [part], 'compress', after), remove ? [path] : [])
}

async function archived(job: Job, target: Target): Promise<Plan> {
  const { given: { format, exclusion_patterns: patterns, remove }, sources, dest, isArchive, key, is } = job, isZip = format === 'zip'
  checkTool(is, format)
  const parts = await partsOf(target, sources, { follow: isZip, patterns: patterns ?? [], but: dest })
  const want = membersOf(parts, isZip), state = isArchive && sources.missing.length > 0 ? 'incomplete' : 'archive'
  const isFresh = is.kind === 'members' && isSame(is.members, want, isZip)
  const after: Predicted[] = [{ probe: packed.name, id: packed.id(key), value: { kind: 'members', members: want } }]
  const plan = isFresh ? settled(job, parts, state) : written(job, packing(format, sources.root, parts), parts, state, after)
  return withRemoval(job, plan, remove ? [...parts.filter((one) => one.is.type !== 'directory').map((one) => one.path), ...sources.found.filter((one) => isFolder(one.is)).map((one) => one.path)] : [])
}
/** Shell text that packs these parts; their names come by a document in the text. */
function packing(format: Given['format'], root: string, parts: readonly Part[]): string {
  const names = quote(parts.map(({ name }) => `${name}\n`).join(''))
  const into = root === '' ? '.' : root
  if (format === 'zip') return `rm -f -- "$tmp"; printf %s ${names} | ( cd ${quote(into)} && zip -q -@ - ) >"$tmp" || stop "zip failed"`
  const to = format === 'tar' ? '' : ` | ${packers[format]} -c`
  return `o=; tar --version 2>/dev/null | grep -q GNU && o='--verbatim-files-from --no-unquote --warning=no-file-changed'
said=$(mktemp); { printf %s ${names} | tar -C ${quote(into)} --no-recursion $o -cf - -T - || echo failed >"$said"; }${to} >"$tmp" || stop "cannot write the archive"
if [ -s "$said" ]; then rm -f -- "$said"; stop "tar could not read everything"; fi
rm -f -- "$said"`
}

function written(job: Job, writes: string, parts: readonly Part[], state: string, after: readonly Predicted[]): Plan {
  const { place, wanted, given } = job
  const plan = planProduced({ place, wanted, writes, note: state === 'compress' ? 'compressed anew' : `${parts.length} members`, unsafeWrites: given.unsafe_writes, after })
  return { ...plan, data: { ...plan.data, ...resultOf(job, parts, state) } }
}
function withRemoval({ sources }: Job, plan: Plan, paths: readonly string[]): Plan {
  if (paths.length === 0) return plan
  const roots = sources.found.map(({ path }) => path), step: Step = sh`rm -rf -- ${[...paths]}`
  return {
    ...plan, changes: [...plan.changes, ...roots.map((path) => attr(path, 'state', 'there', 'absent'))], steps: [...plan.steps, step],
    after: [...plan.after ?? [], ...paths.flatMap((path) => foreseeGone(path.replace(/(?<=.)\/+$/, '')))],
  }
}

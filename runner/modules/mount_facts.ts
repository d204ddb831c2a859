/** Puts what is mounted, or listed to be, into facts. */
import { Failure } from '../core/errors.ts'
import { defineModule, nothing } from '../core/module.ts'
import { pyText } from '../core/pytext.ts'
import type { Data } from '../core/types.ts'
import type { Target } from '../core/plan.ts'
import { disks, mountOutput, mountSize, mountTable, type Disks } from '../probes/mounts.ts'
import { fnmatch } from './archives/members.ts'
import { entriesOfFile, entriesOfMount, type Entry } from './mounts/tables.ts'

const dynamicFiles = ['/etc/mtab', '/proc/mounts', '/etc/mnttab'], staticFiles = ['/etc/fstab', '/etc/vfstab', '/etc/filesystems']
type Found = Entry & { readonly source: string }
/** What to do about something that does not answer in time. */
type Late = (message: string) => void

function sourcesOf(asked: readonly string[]): string[] {
  return (asked.length === 0 ? ['all'] : asked).flatMap((source) => {
    if (source === '') throw new Failure('sources contains an empty string')
    if (source === 'all') return [...dynamicFiles, ...staticFiles]
    return source === 'dynamic' ? dynamicFiles : source === 'static' ? staticFiles : [source]
  })
}

/** Everything that the sources list, a file that is a link to an earlier one left out. `mount` is asked where no file says what is mounted. */
async function findAll(sources: readonly string[], binary: string | undefined, seconds: number | undefined, target: Target, late: Late): Promise<Found[]> {
  const found: Found[] = [], seen = new Set<string>()
  let isFallback = binary !== undefined && sources.some((source) => dynamicFiles.includes(source))
  const fromMount = async (): Promise<Found[]> => {
    if (binary === undefined) return []
    const output = await target.read(mountOutput, { binary, ...(seconds === undefined ? {} : { seconds }) })
    if (output.binary === '') throw new Failure(`Failed to find required executable "${binary}" in paths of the host`)
    if (output.rc === 137 && seconds !== undefined) { late(`Command '${output.binary}' timed out after ${seconds} seconds`); return [] }
    if (output.rc !== 0) throw new Failure(`Failed to execute ${output.binary}: it returned non-zero exit status ${output.rc}`)
    return entriesOfMount(output.text).map((entry) => ({ ...entry, source: 'mount' }))
  }
  const tables = await Promise.all(sources.map(async (source) => source === 'mount' ? { real: source, text: '' } : await target.read(mountTable, source)))
  for (const [i, source] of sources.entries()) {
    const { real, text } = tables[i] ?? { real: source, text: '' }
    if (seen.has(real)) continue
    seen.add(real)
    const entries = source === 'mount' ? await fromMount() : entriesOfFile(text).map((entry) => ({ ...entry, source }))
    if (entries.length > 0 && (source === 'mount' || dynamicFiles.includes(source))) isFallback = false
    found.push(...entries)
  }
  return isFallback ? [...found, ...await fromMount()] : found
}

/** A mount point stands once in the result; the warning names those that a source lists again. */
function repeated(found: readonly Found[]): string | undefined {
  const points = new Map<string, string[]>()
  for (const { source, mount } of found) points.set(source, [...points.get(source) ?? [], mount])
  const again = [...points].filter(([, mounts]) => new Set(mounts).size !== mounts.length).map(([source, mounts]) => `${source} (${pyText(mounts)})`)
  return again.length === 0 ? undefined
    : `mount_facts: ignoring repeat mounts in the following sources: ${again.join(', ')}. You can disable this warning by configuring the 'include_aggregate_mounts' option as True or False.`
}

type Patterns = readonly string[] | undefined
/** Those with a wanted device and type, with sizes and UUID. */
async function describe(found: readonly Found[], { byUuid, byDevice }: Disks, devices: Patterns, fstypes: Patterns, seconds: number | undefined, target: Target, late: Late): Promise<(Found & { readonly fact: Data })[]> {
  const fits = (patterns: Patterns, text: string): boolean => (patterns?.length ? patterns : ['*']).some((one) => fnmatch(one).test(text))
  const chosen = found.flatMap((entry) => {
    const listed = String(entry.fields.device), asUuid = listed.startsWith('UUID=') ? listed.slice(5) : undefined
    const device = asUuid === undefined ? listed : byUuid.get(asUuid) ?? listed
    return fits(devices, device) && fits(fstypes, String(entry.fields.fstype)) ? [{ entry, uuid: asUuid ?? byDevice.get(device) ?? null }] : []
  })
  const sizes = await Promise.all(chosen.map(({ entry: { mount } }) => target.read(mountSize, { mount, ...(seconds === undefined ? {} : { seconds }) })))
  return chosen.map(({ entry, uuid }, i) => {
    const size = sizes[i] ?? {}
    if (size === 'late') late(`Timed out getting mount size for mount ${entry.mount} (type ${String(entry.fields.fstype)})`)
    return { ...entry, fact: { ...entry.fields, ...(size === 'late' ? {} : size), ansible_context: { source: entry.source, source_data: entry.line }, uuid } }
  })
}

export default defineModule({
  name: 'mount_facts',
  doc: 'Puts what is mounted, or listed to be, into facts.',
  args: {
    devices: { type: 'list', elements: 'str', doc: 'Shell patterns: only mounts of such devices or servers.' },
    fstypes: { type: 'list', elements: 'str', doc: 'Shell patterns: only mounts of such types.' },
    sources: { type: 'list', elements: 'str', doc: 'Files to read, mount (the command), or dynamic, static, all.' },
    mount_binary: { type: 'raw', default: 'mount', doc: 'The command that is asked where no file says what is mounted; null: none.' },
    timeout: { type: 'float', doc: 'Seconds to wait for each answer.' },
    on_timeout: { type: 'str', choices: ['error', 'warn', 'ignore'], default: 'error', doc: 'What a mount that does not answer in time is.' },
    include_aggregate_mounts: { type: 'bool', doc: 'Whether all mounts are listed too, not only the first of each mount point.' },
  },
  async plan(args, target) {
    const { timeout: seconds, mount_binary: binary } = args, warnings: string[] = []
    if (seconds !== undefined && seconds <= 0) throw new Failure(`argument 'timeout' must be a positive number or null, not ${pyText(seconds)}`)
    if (binary !== undefined && binary !== null && typeof binary !== 'string') throw new Failure(`argument 'mount_binary' must be a string or null, not ${pyText(binary)}`)
    const late = (message: string): void => {
      if (args.on_timeout === 'error') throw new Failure(message)
      if (args.on_timeout === 'warn') warnings.push(message)
    }
    const sources = sourcesOf(args.sources ?? [])
    if (new Set(sources).size < sources.length) warnings.push(`mount_facts option 'sources' contains duplicate entries, repeat sources will be ignored: ${pyText(sources)}`)
    if (binary === null && sources.includes('mount')) throw new Failure("sources names mount, but 'mount_binary' is null")
    const [found, known] = await Promise.all([
      findAll(sources, typeof binary === 'string' && binary !== '' ? binary : undefined, seconds, target, late), target.read(disks, 'all'),
    ])
    const all = await describe(found, known, args.devices, args.fstypes, seconds, target, late)
    const again = args.include_aggregate_mounts === undefined ? repeated(all) : undefined
    if (again !== undefined) warnings.push(again)
    const points: Data = {}
    for (const { mount, fact } of all) points[mount] ??= fact
    return { ...nothing({ ansible_facts: { mount_points: points, aggregate_mounts: args.include_aggregate_mounts === true ? all.map(({ fact }) => fact) : [] } }), warnings }
  },
})

/** The shell text that unpacks, and gives what was unpacked its owner and rights. */
import { quote, shText } from '../../core/sh.ts'
import type { Step } from '../../core/plan.ts'
import { unpackers } from '../../probes/archive.ts'
import type { ArchiveKey, Packing } from '../../probes/archive.ts'
import type { Answer, Stat } from '../../probes/stat.ts'
import { fetchScript } from '../../probes/download.ts'
import { modeBits } from '../files/mode.ts'
import { made } from '../files/attributes.ts'
import type { Wanted } from '../files/attributes.ts'
import { shellLines } from '../files/write.ts'
import type { Item } from './compare.ts'

export interface Unpacking {
  readonly source: ArchiveKey['source']; readonly packing: Packing; readonly dest: string; readonly wanted: Wanted
  readonly strip: number; readonly options: readonly string[]
  /** Names of the only members that are meant; undefined: all. */
  readonly names: readonly string[] | undefined
}

const bring = (source: ArchiveKey['source']): string => 'path' in source ? shText`f=${source.path}`
  : 'bytes' in source ? 'f=$(mktemp); trap \'rm -f -- "$f"\' EXIT; cat >"$f"'
  : `answer=$(mktemp) head=$(mktemp) why=$(mktemp); f=$answer; trap 'rm -f -- "$answer" "$head" "$why"' EXIT
set +e
${fetchScript(source.request)}set -e
[ $rc = 0 ] || { cat "$why" >&2; exit 1; }`

function tarCommand({ packing, dest, wanted, strip, options, names = [] }: Unpacking): string {
  const isRoot = wanted.account.uid === 0
  const words = [
    ...isRoot ? ['-p'] : ['--no-same-permissions'], ...wanted.uid !== undefined && wanted.gid !== undefined ? ['-o'] : [],
    ...strip > 0 && !options.some((one) => one.startsWith('--strip')) ? [`--strip-components=${strip}`] : [], ...options,
  ]
  const into = shText`tar -x -C ${dest} ${words} -f - ${names}`
  return packing === 'tar' ? `${into} <"$f"` : `${unpackers[packing]} -dc <"$f" | ${into}`
}
function zipCommand({ dest, options, names }: Unpacking): string {
  const escaped = names?.map((name) => name.replace(/[[\]*?\\]/g, '\\$&')) ?? []
  const flags = options.filter((one) => one !== '-o' && one !== '-q')
  return shText`unzip -o -q ${flags} "$f" ${escaped} -d ${dest}`
}

export function unpackStep(unpacking: Unpacking): Step {
  const { source, packing } = unpacking
  const text = `set -e
export TZ=UTC0
${bring(source)}
${packing === 'zip' ? zipCommand(unpacking) : tarCommand(unpacking)} || { rc=$?; echo ${quote(`failed to unpack to ${unpacking.dest}`)} >&2; exit $rc; }
`
  return 'bytes' in source ? { sh: text, stdin: source.bytes } : { sh: text }
}

/** BusyBox's unzip leaves the present as time of all files. */
export function timesStep(items: readonly Item[]): Step {
  const byTime = new Map<string, string[]>()
  for (const { placed, path, stays } of items) {
    if (placed === undefined || stays || placed.member.type !== 'file') continue
    const stamp = new Date(placed.member.mtime * 1000).toISOString().replace(/\D/g, '').replace(/^(\d{12})(\d\d).*$/, '$1.$2')
    byTime.set(stamp, [...byTime.get(stamp) ?? [], path])
  }
  const commands = [...byTime].flatMap(([stamp, paths]) => chunks(paths).map((some) => shText`touch -c -t ${stamp} -- ${some}`))
  return { sh: `unzip -v 2>/dev/null | grep -q Info-ZIP && exit\nexport TZ=UTC0\nset -e\n${commands.join('\n')}` }
}
const chunks = (paths: readonly string[]): string[][] => Array.from({ length: Math.ceil(paths.length / 200) }, (_, i) => paths.slice(i * 200, (i + 1) * 200))

/** As the tool leaves it: folders that were not named come as those of any new path do, and BusyBox's tar gives links no owner. */
function unpacked(path: string, born: Stat, now: Answer, unlisted: ReadonlySet<string>, { account }: Wanted): Stat {
  if (born.type === 'link') return { ...born, uid: account.uid, gid: account.gid }
  if (!unlisted.has(path)) return born
  return now.type === 'absent' ? made('directory', undefined, account, undefined) : now
}
/** Owner and mode of many paths, a command for each kind. */
export function rightsSteps(items: readonly Item[], isUnpacked: boolean, unlisted: ReadonlySet<string>, wanted: Wanted): Step[] {
  const owners = new Map<string, string[]>(), modes = new Map<string, string[]>()
  const add = (map: Map<string, string[]>, key: string, path: string): void => { map.set(key, [...map.get(key) ?? [], path]) }
  for (const { path, born, now, rights: { after }, stays } of items) {
    const is = isUnpacked && !stays ? unpacked(path, born, now, unlisted, wanted) : now.type === 'absent' ? born : now
    const owns = is.uid !== after.uid || is.gid !== after.gid
    if (owns) add(owners, `${after.uid}:${after.gid}`, path)
    if (after.type !== 'link' && (is.mode !== after.mode || (owns && (modeBits(after.mode) & 0o6000) !== 0))) add(modes, after.mode, path)
  }
  const commands = [
    ...[...owners].flatMap(([id, paths]) => chunks(paths).map((some) => shText`chown -h ${id} -- ${some}`)),
    ...[...modes].flatMap(([mode, paths]) => chunks(paths).map((some) => shText`chmod ${`0${mode}`} -- ${some}`)),
  ]
  return commands.length === 0 ? [] : [shellLines(commands)]
}

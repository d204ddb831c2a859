/** Which members of an archive are meant, and where each of them goes. */
import { Failure } from '../../core/errors.ts'
import type { Member } from '../../probes/archive.ts'

/** Python: fnmatch; `*` crosses slashes. */
export function fnmatch(pattern: string): RegExp {
  const text = pattern.replace(/\[!?\]?[^\]]*\]|[*?]|[^*?[]+|\[/g, (part) => {
    if (part === '*') return '.*'
    if (part === '?') return '.'
    if (part.startsWith('[') && part.length > 1) return `[${part.slice(1, -1).replace(/^!/, '^').replaceAll('\\', '\\\\')}]`
    return part.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')
  })
  return new RegExp(`^${text}$`, 's')
}

export interface Selection {
  readonly exclude: readonly string[]; readonly include: readonly string[]
  readonly strip: number
  /** unzip -j */
  readonly junk: boolean
}
/** What extra_opts say about names; all else goes to the tool as it is. */
export function selectionOf(exclude: readonly string[], include: readonly string[], options: readonly string[], isZip: boolean): Selection {
  let strip = 0
  for (const [i, option] of options.entries()) {
    const match = /^--strip(?:-components)?(?:=(\d+))?$/.exec(option)
    if (match !== null) strip = Number(match[1] ?? options[i + 1] ?? 0)
    if (/^--(transform|xform)\b/.test(option) && !isZip) throw new Failure(`extra_opts: ${option} changes the names in a way that cannot be foreseen; use --strip-components, or unpack with command and creates`)
  }
  return { exclude, include, strip, junk: isZip && options.some((one) => /^-\w*j/.test(one)) }
}

/** Where a member goes below the folder: `.` for the folder itself, undefined for nowhere. */
export function placeOf(name: string, { strip, junk }: Selection): string | undefined {
  const parts = name.split('/').filter((part) => part !== '' && part !== '.')
  if (parts.includes('..')) return undefined
  if (junk) return name.endsWith('/') ? undefined : parts.at(-1)
  if (strip > 0) return parts.length > strip ? parts.slice(strip).join('/') : undefined
  return parts.length === 0 ? '.' : parts.join('/')
}

export const plainName = (name: string): string => name.replace(/^(\.?\/)+/, '').replace(/\/$/, '')
/** As tar's --exclude: a pattern fits the name, any of its last parts, and all below a folder that it fits. */
function isExcluded(name: string, patterns: readonly RegExp[]): boolean {
  const parts = plainName(name).split('/')
  return patterns.some((pattern) => pattern.test(name) || parts.some((_, from) => parts.some((__, to) => to >= from && pattern.test(parts.slice(from, to + 1).join('/')))))
}

export interface Placed { readonly member: Member; readonly place: string }
/** The last member of a place counts. */
export function choose(members: readonly Member[], selection: Selection): Placed[] {
  const excluded = selection.exclude.map(fnmatch), included = selection.include.map((text) => ({ text: plainName(text), pattern: fnmatch(text) }))
  const placed = new Map<string, Placed>()
  for (const member of members) {
    const name = plainName(member.name)
    if (isExcluded(member.name, excluded)) continue
    if (included.length > 0 && !included.some(({ text, pattern }) => name === text || name.startsWith(`${text}/`) || pattern.test(name) || pattern.test(member.name))) continue
    const place = placeOf(member.name, selection)
    if (place !== undefined) { placed.delete(place); placed.set(place, { member, place }) }
  }
  return [...placed.values()]
}

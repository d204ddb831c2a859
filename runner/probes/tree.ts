/** Reads everything below a folder with its stat: the folder itself first, then all that `find` meets. */
import { shText } from '../core/sh.ts'
import type { Probe } from '../core/plan.ts'
import { tools } from './content.ts'
import { defineEach } from './each.ts'
import { format, isUnder, plainPath, statLines } from './stat.ts'
import type { Stat } from './stat.ts'

export interface TreeKey {
  readonly path: string
  /** Levels below the folder; all where it is not given. */
  readonly depth?: number
  /** Also what links lead to, under the names of the links. */
  readonly follow?: boolean
  /** Also the SHA-1 of every file and the text of every link. */
  readonly sums?: boolean
  /** Also which folders may not be read. */
  readonly unread?: boolean
  /** Only if this other path is a folder. */
  readonly when?: string
  /** Only what the folder `when` has too. */
  readonly shared?: boolean
}
export interface Entry { readonly path: string; readonly stat: Stat; readonly sha1?: string; readonly target?: string }
/** Null: no such folder. `led` is what links lead to that is not in the tree itself. */
export type Tree = { readonly own: readonly Entry[]; readonly led: readonly Entry[]; readonly unread?: readonly string[] } | null

/** Folders on the lowest level are not entered; root may read all. */
const unread = (key: TreeKey): string =>
  shText`[ "$(id -u)" = 0 ] || find ${key.follow === true ? '-L' : '-H'} ${operand(plainPath(key.path))} ${depthOf({ ...key, ...(key.depth === undefined ? {} : { depth: key.depth - 1 }) })} -type d -exec sh -c ${'for d do [ -r "$d" ] || printf "%s\\001" "$d"; done'} sh {} +`
const operand = (path: string): string => path.startsWith('-') ? `./${path}` : path
const mark = "printf '\\002\\n'"
const depthOf = ({ depth }: TreeKey): string[] => depth === undefined ? [] : ['-maxdepth', String(depth)]

export const tree: Probe<TreeKey, Tree> = defineEach<TreeKey, Tree>({
  name: 'tree',
  id: ({ path, depth, follow, sums, unread, when, shared }) => [
    plainPath(path), depth === undefined ? '' : `depth=${depth}`, follow === true ? 'follow' : '', sums === true ? 'sums' : '', unread === true ? 'unread' : '',
    when === undefined ? '' : `when=${plainPath(when)}`, shared === true ? 'shared' : '',
  ].filter((part) => part !== '').join('?'),
  absent: (value) => value === null,
  command(key) {
    const path = operand(plainPath(key.path)), depth = depthOf(key)
    const each = (command: string): string => key.shared === true && key.when !== undefined
      ? shText`( cd ${plainPath(key.when)} && find . -exec sh -c ${`cd "$0" && ${command}`} ${path} {} + )`
      : shText`find -H ${path} ${depth} -exec sh -c ${command} sh {} +`
    const whens = key.when === undefined ? [] : [shText`[ -d ${plainPath(key.when)} ] || exit 3`]
    const led = shText`[ -z "$(find ${path} ${depth} -type l | head -n 1)" ] || find -L ${path} ${depth} -exec stat -L -c ${format} -- {} +`
    return [
      ...whens, shText`[ -d ${path} ] || exit 3`, each(shText`stat -c ${format} -- "$@"`), mark, key.follow === true ? led : ':', mark,
      ...key.sums === true ? [key.follow === true ? shText`find -L ${path} ${depth} -type f -exec sh -c ${`${tools} sha1sum -- "$@"`} sh {} +` : each(`${tools} for p do shift; if [ -f "$p" ] && [ ! -h "$p" ]; then set -- "$@" "$p"; fi; done; [ $# = 0 ] || sha1sum -- "$@"`), mark,
        each('for p do if [ -h "$p" ]; then printf "%s\\001%s\\001" "$p" "$(readlink -- "$p")"; fi; done')] : [],
      ...key.unread === true ? [mark, unread(key)] : [],
    ].join('\n')
  },
  parse({ rc, stdout }, { path, shared = false, sums: isSummed = false, unread: isAsked = false }) {
    if (rc === 3 || stdout === '') return null
    const parts = stdout.split('\u0002\n'), kept = isAsked ? { unread: (parts.pop() ?? '').split('\u0001').slice(0, -1) } : {}
    const [own = '', led = '', sums = '', links = ''] = parts
    const named = (name: string): string => !shared ? name : name === '.' ? plainPath(path) : `${path === '/' ? '' : plainPath(path)}/${name.replace(/^\.\//, '')}`
    const bySum = new Map(sums.split('\n').map((line) => [line.slice(42), line.slice(0, 40)]))
    const texts = links.split('\u0001'), byText = new Map(texts.flatMap((path, i): [string, string][] => i % 2 === 0 ? [[path, texts[i + 1] ?? '']] : []))
    const found = statLines(own).map((entry): Entry => {
      const sha1 = bySum.get(entry.path), target = byText.get(entry.path)
      return { ...entry, path: named(entry.path), ...(sha1 === undefined ? {} : { sha1 }), ...(target === undefined ? {} : { target }) }
    })
    const all = statLines(led)
    if (isSummed) { // to be copied: each name counts, also of what is in the tree already
      const plain = new Set(found.filter((one) => one.stat.type !== 'link').map((one) => one.path))
      return { own: found, led: all.filter((one) => !plain.has(one.path)).map((one) => { const sha1 = bySum.get(one.path); return sha1 === undefined ? one : { ...one, sha1 } }), ...kept }
    }
    const seen = new Set(found.map(inode))
    return { own: found, led: all.filter((entry) => !seen.has(inode(entry))), ...kept }
  },
  imply(id, value, { path }) {
    return value === null && isUnder(plainPath(path), id) ? null : undefined
  },
})
const inode = ({ stat }: Entry): string => `${stat.live?.device}:${stat.live?.inode}`

/** Reads what a path is, as stat(2) says: type, rights, owner, times, where a link leads. One answer for a path and what it leads to. */
import { shText } from '../core/sh.ts'
import type { Data } from '../core/types.ts'
import type { Probe } from '../core/plan.ts'

export type FileType = 'file' | 'directory' | 'link' | 'fifo' | 'socket' | 'char' | 'block'
export interface Stat {
  readonly type: FileType
  /** As Ansible writes it: `0644`, `01777`. */
  readonly mode: string
  readonly uid: number
  readonly gid: number
  /** Undefined where the number has no name. */
  readonly owner: string | undefined
  readonly group: string | undefined
  /** Of a folder that is only predicted: unknown. */
  readonly size: number | undefined
  /** What access(2) says to the account that asks. */
  readonly readable: boolean
  readonly writable: boolean
  readonly executable: boolean
  /** Of a link: its text, and the path it finally leads to. */
  readonly target?: string
  readonly real?: string
  /** Of a link: what it leads to; undefined where that does not exist. */
  readonly to?: Stat
  /** What only a read can give; a prediction leaves it out. */
  readonly live?: Live
  /** Of a prediction: this folder was just made, there is nothing below it that is not predicted itself. */
  readonly fresh?: true
}
export interface Live {
  readonly inode: number; readonly device: number; readonly nlink: number; readonly blocks: number; readonly blockSize: number
  readonly rdev: number
  readonly atime: number; readonly mtime: number; readonly ctime: number; readonly birthtime?: number
}
export interface Absent { readonly type: 'absent' }
export const absent: Absent = { type: 'absent' }
export type Answer = Stat | Absent

/** One spelling for one path: no doubled, trailing or `.` parts. `..` stays, since a link may stand before it. */
export function plainPath(path: string): string {
  const parts = path.split('/').filter((part, i) => part !== '.' && (part !== '' || i === 0))
  const joined = parts.join('/')
  if (joined === '') return path.startsWith('/') ? '/' : '.'
  return joined
}
export const isUnder = (path: string, folder: string): boolean => path.startsWith(folder === '/' ? '/' : `${folder}/`)

// `%.9Y` gives fractions with GNU; BusyBox reads the `.9` as a precision that seconds since 1970 always fill.
export const format = '%f %s %u %g %i %d %h %b %o %t %T %.9X %.9Y %.9Z %.9W %U:%G:%n'
const record = /([0-9a-f]+) (\d+) (\d+) (\d+) (\d+) (\d+) (\d+) (\d+) (\d+) ([0-9a-f]*) ([0-9a-f]*) (-?[\d.]+) (-?[\d.]+) (-?[\d.]+) (\S*) ([^:\n]*):([^:\n]*):/y

export const stat: Probe<string, Answer> = {
  name: 'stat',
  id: plainPath,
  absent: (value) => value.type === 'absent',
  script(keys) {
    return shText`set -- ${keys.map(plainPath)}
stat -c ${format} -- "$@" 2>/dev/null
printf '\\002\\n'
for p do
  if [ -e "$p" ] || [ -h "$p" ]; then
    a=-; [ -r "$p" ] && a=r$a; [ -w "$p" ] && a=w$a; [ -x "$p" ] && a=x$a
    if [ -h "$p" ]; then printf '%s\\001%s\\001%s\\001' $a "$(readlink -- "$p")" "$([ ! -e "$p" ] || readlink -f -- "$p" 2>/dev/null)"
      stat -L -c ${format} -- "$p" 2>/dev/null; printf '\\002\\n'
    else printf '%s\\002\\n' $a; fi
  else printf '\\002\\n'; fi
done`
  },
  parse(stdout, keys) {
    const [own = '', ...rest] = stdout.split('\u0002\n')
    const next = reader(own)
    return keys.map((key, i) => {
      const [access = '', target, real, followed] = (rest[i] ?? '').split('\u0001')
      const found = next(plainPath(key), access)
      if (found === undefined || target === undefined) return found ?? absent
      const to = followed === undefined ? undefined : reader(followed)(plainPath(key), access)
      return { ...found, target, real: to !== undefined && real ? real : leadsTo(plainPath(key), target), ...(to === undefined ? {} : { to }) }
    })
  },
  imply(id, value, key) {
    const path = plainPath(key)
    if (!isUnder(path, id)) return undefined
    const isNothing = value.type === 'absent' || value.type === 'file' || (value.type === 'directory' && value.fresh === true)
    return isNothing ? absent : undefined
  },
}

/** Takes records off a text in the order in which their names were asked for; names may hold anything. */
function reader(text: string): (name: string, access: string) => Stat | undefined {
  let at = 0
  return (name, access) => {
    record.lastIndex = at
    const match = record.exec(text)
    if (match === null || !text.startsWith(`${name}\n`, record.lastIndex)) return undefined
    at = record.lastIndex + name.length + 1
    return toStat(match.slice(1), access)
  }
}

/** All records of a text; a name that holds a line break is cut at it. */
export function statLines(text: string): { readonly path: string; readonly stat: Stat }[] {
  const found: { readonly path: string; readonly stat: Stat }[] = []
  for (const line of text.split('\n')) {
    record.lastIndex = 0
    const match = record.exec(line)
    if (match !== null) found.push({ path: line.slice(record.lastIndex), stat: toStat(match.slice(1), '') })
  }
  return found
}

const types: Readonly<Record<number, FileType>> = {
  0o010000: 'fifo', 0o020000: 'char', 0o040000: 'directory', 0o060000: 'block', 0o100000: 'file', 0o120000: 'link', 0o140000: 'socket',
}
export const modeText = (bits: number): string => `0${(bits & 0o7777).toString(8).padStart(3, '0')}`
const nameOr = (name: string | undefined): string | undefined => name === undefined || name === '' || name === 'UNKNOWN' ? undefined : name

function toStat(fields: readonly string[], access: string): Stat {
  const bits = parseInt(fields[0] ?? '', 16)
  const number = (i: number): number => Number(fields[i])
  const birthtime = number(14)
  const [major, minor] = [parseInt(fields[9] || '0', 16), parseInt(fields[10] || '0', 16)]
  return {
    type: types[bits & 0o170000] ?? 'file', mode: modeText(bits), size: number(1), uid: number(2), gid: number(3),
    owner: nameOr(fields[15]), group: nameOr(fields[16]),
    readable: access.includes('r'), writable: access.includes('w'), executable: access.includes('x'),
    live: {
      inode: number(4), device: number(5), nlink: number(6), blocks: number(7), blockSize: number(8),
      rdev: (major << 8 & 0xfff00) | (minor & 0xff) | ((minor & ~0xff) << 12),
      atime: number(11), mtime: number(12), ctime: number(13), ...(birthtime > 0 ? { birthtime } : {}),
    },
  }
}

/** Where a link's text points, counted from the link; `..` is taken as written. */
export function leadsTo(link: string, text: string): string {
  const parts: string[] = []
  for (const part of (text.startsWith('/') ? text : `${link.slice(0, Math.max(0, link.lastIndexOf('/')))}/${text}`).split('/')) {
    if (part === '..') parts.pop()
    else if (part !== '' && part !== '.') parts.push(part)
  }
  return `/${parts.join('/')}`
}

/** What a path leads to: the answer itself, or for a link its end. A link into nothing is absent. */
export const followed = (answer: Answer): Answer => answer.type === 'link' ? (answer.to ?? absent) : answer

/** Ansible's add_path_info: what the results of file modules say about the path. */
export function pathInfo(is: Stat): Data {
  return {
    uid: is.uid, gid: is.gid, owner: is.owner ?? String(is.uid), group: is.group ?? String(is.gid), mode: is.mode,
    state: is.type === 'link' ? 'link' : is.type === 'directory' ? 'directory' : (is.live?.nlink ?? 1) > 1 ? 'hard' : 'file',
    ...(is.size === undefined ? {} : { size: is.size }),
  }
}

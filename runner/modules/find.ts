/** Lists files of the host by name, age, size, rights and content. */
import { Failure } from '../core/errors.ts'
import { defineModule } from '../core/module.ts'
import { firstMatch, matchStart } from '../core/regex.ts'
import type { Data } from '../core/types.ts'
import type { Args, Target } from '../core/plan.ts'
import { UnknownValue } from '../core/value.ts'
import { checksum } from '../probes/checksum.ts'
import { clock } from '../probes/clock.ts'
import { content } from '../probes/content.ts'
import { followed, stat } from '../probes/stat.ts'
import type { Stat } from '../probes/stat.ts'
import { tree } from '../probes/tree.ts'
import type { Entry } from '../probes/tree.ts'
import { fnmatch } from './archives/members.ts'
import { linesOf, pattern, universal } from './files/edit.ts'
import { decodeText, isEncoding } from './files/encoding.ts'
import { modeBits, toMode } from './files/mode.ts'
import { baseName, expand } from './files/paths.ts'

const args = {
  paths: { type: 'list', elements: 'path', required: true, aliases: ['name', 'path'], doc: 'Folders to look in.' },
  patterns: { type: 'list', elements: 'str', default: [], aliases: ['pattern'], doc: 'Names, with wildcards.' },
  excludes: { type: 'list', elements: 'str', aliases: ['exclude'], doc: 'Names that are left out.' },
  contains: { type: 'str', doc: 'Regular expression that a line of the file begins with.' },
  read_whole_file: { type: 'bool', default: false, doc: 'contains is looked for anywhere in the file.' },
  file_type: { type: 'str', default: 'file', choices: ['any', 'directory', 'file', 'link'], doc: 'What is listed.' },
  age: { type: 'str', doc: 'At least so old, with s, m, h, d, w; below zero: at most.' },
  age_stamp: { type: 'str', default: 'mtime', choices: ['atime', 'ctime', 'mtime'], doc: 'The time that counts.' },
  size: { type: 'str', doc: 'At least so large, with b, k, m, g, t; below zero: at most.' },
  recurse: { type: 'bool', default: false, doc: 'Also in the folders below.' },
  hidden: { type: 'bool', default: false, doc: 'Also names that begin with a dot.' },
  follow: { type: 'bool', default: false, doc: 'Also where links lead.' },
  get_checksum: { type: 'bool', default: false, doc: 'Give the checksum of each file.' },
  checksum_algorithm: { type: 'str', default: 'sha1', choices: ['md5', 'sha1', 'sha224', 'sha256', 'sha384', 'sha512'], aliases: ['checksum', 'checksum_algo'], doc: 'Kind of checksum.' },
  use_regex: { type: 'bool', default: false, doc: 'patterns are regular expressions.' },
  depth: { type: 'int', doc: 'Levels below the folders, with recurse.' },
  mode: { type: 'raw', doc: 'Rights, octal or symbolic.' },
  exact_mode: { type: 'bool', default: true, doc: 'Just these rights; no: any of them.' },
  encoding: { type: 'str', doc: 'Encoding of files that contains looks into.' },
  limit: { type: 'int', doc: 'No more than so many.' },
} as const
type Given = Args<typeof args>
type Test = (entry: Entry) => boolean

export default defineModule({
  name: 'find',
  doc: 'Lists files.',
  args,
  async plan(given, target) {
    if (given.mode !== undefined && given.mode !== null && typeof given.mode !== 'string') throw new Failure("argument 'mode' is not a string and conversion is not allowed")
    if (given.limit !== undefined && given.limit <= 0) throw new Failure(`limit cannot be ${given.limit} (use None for unlimited)`)
    const paths = (await Promise.all(given.paths.map((one) => expand(target, one))))
    const depth = given.recurse ? given.depth === undefined || given.depth <= 0 ? undefined : given.depth : 1
    const [now, ...roots] = await Promise.all([target.read(clock, 'now'), ...paths.map((path) => look(target, path, depth === undefined || !given.recurse ? depth : depth + 1, given.follow))])
    const fits = tests(given, now ?? 0)
    const skipped: Data = {}, files: Data[] = [], warnings: string[] = []
    const tell = (path: string, problem: string): void => { skipped[path] = problem; warnings.push(`Skipped '${path}' path due to this access issue: ${problem}`) }
    let examined = 0
    for (const { path, entries: seen, problem, unread = [] } of roots) {
      for (const one of unread) skipped[one] = `[Errno 13] Permission denied: '${one}'`
      if (problem !== undefined) { tell(path, problem); continue }
      examined += seen.length
      const chosen = seen.filter((entry) => isWithin(path, entry, depth) && fits(entry))
      const { read, problem: why } = given.contains === undefined ? { read: chosen } : await containing(target, given, chosen)
      if (why !== undefined) tell(path, why)
      files.push(...await described(target, given, given.limit === undefined ? read : read.slice(0, given.limit - files.length)))
      if (given.limit !== undefined && files.length >= given.limit) break
    }
    const msg = warnings.length > 0 ? 'Not all paths examined, check warnings for details' : given.limit !== undefined && files.length === given.limit ? 'Limit of matches reached' : 'All paths examined'
    return { changes: [], steps: [], warnings, data: { files, matched: files.length, examined, skipped_paths: skipped, msg } }
  },
})

/** Ansible looks one level further than it lists: that counts as examined. */
const isWithin = (root: string, { path }: Entry, depth: number | undefined): boolean => depth === undefined || path.slice(root.replace(/\/+$/, '').length + 1).split('/').length <= depth

interface Root { readonly path: string; readonly entries: readonly Entry[]; readonly problem: string | undefined; readonly unread?: readonly string[] }
async function look(target: Target, path: string, depth: number | undefined, follow: boolean): Promise<Root> {
  const [is, found] = await Promise.all([target.read(stat, path), target.read(tree, { path, follow, unread: true, ...(depth === undefined ? {} : { depth }) })])
  const end = followed(is)
  if (end.type !== 'directory') return { path, entries: [], problem: `'${path}' is not a directory` }
  if (found === null) {
    if (end.live === undefined) throw new UnknownValue(`what is in ${path} is not known before the run`)
    return { path, entries: [], problem: `'${path}' is not a directory` }
  }
  const seen = new Set(found.own.map((one) => one.path))
  return { path, entries: [...found.own.slice(1), ...found.led.filter((one) => !seen.has(one.path))], problem: undefined, unread: found.unread ?? [] }
}

const amount = (text: string, units: Readonly<Record<string, number>>, what: string): number => {
  const match = /^(-?\d+)([a-z])?$/.exec(text.toLowerCase()), unit = match?.[2] === undefined ? 1 : units[match[2]]
  if (match === null || unit === undefined) throw new Failure(`failed to process ${what}`, { [what]: text })
  return Number(match[1]) * unit
}
const atLeast = (value: number, limit: number): boolean => limit >= 0 ? value >= limit : value <= -limit

function tests(given: Given, now: number): Test {
  const age = given.age === undefined ? undefined : amount(given.age, { s: 1, m: 60, h: 3600, d: 86400, w: 604800 }, 'age')
  const size = given.size === undefined ? undefined : amount(given.size, { b: 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3, t: 1024 ** 4 }, 'size')
  const named = nameTest(given)
  const type = given.file_type
  const mode = typeof given.mode === 'string' && given.mode !== '' ? modeBits(toMode(given.mode, { bits: 0, isDirectory: false, umask: 0o022 })) : undefined
  return ({ path, stat: is }) => {
    const name = baseName(path)
    if (name.startsWith('.') && !given.hidden) return false
    if (type !== 'any' && is.type !== type) return false
    if (!named(name)) return false
    if (age !== undefined && !atLeast(now - (is.live?.[given.age_stamp] ?? now), age)) return false
    if (size !== undefined && (type === 'file' || type === 'any') && is.type === 'file' && !atLeast(is.size ?? 0, size)) return false
    return mode === undefined || (given.exact_mode ? modeBits(is.mode) === mode : (modeBits(is.mode) & mode) !== 0)
  }
}
function nameTest(given: Given): (name: string) => boolean {
  const patterns = given.patterns.length > 0 ? given.patterns : [given.use_regex ? '.*' : '*']
  const fits = (text: string): ((name: string) => boolean) => {
    if (given.use_regex) { pattern('patterns', text); return (name) => matchStart(text, {}, name) }
    const made = fnmatch(text)
    return (name) => made.test(name)
  }
  const wanted = patterns.map(fits), unwanted = (given.excludes ?? []).map(fits)
  return (name) => wanted.some((one) => one(name)) && !unwanted.some((one) => one(name))
}

/** Files whose text fits. One that is no text in the encoding ends the search of its folder, as in Ansible. */
async function containing(target: Target, given: Given, entries: readonly Entry[]): Promise<{ readonly read: Entry[]; readonly problem?: string }> {
  if (given.file_type !== 'file') return { read: [...entries] }
  if (given.encoding !== undefined && entries.length > 0 && !isEncoding(given.encoding)) return { read: [], problem: `unknown encoding: ${given.encoding}` }
  const source = given.contains ?? '', whole = pattern('contains', source)
  const found = await Promise.all(entries.map(async (entry) => {
    const now = await target.read(content, { path: entry.path })
    if (now.kind !== 'file' || now.bytes === undefined) return false
    const decoded = decodeText(now.bytes, given.encoding ?? 'utf-8')
    if (decoded === undefined) return undefined
    const text = universal(decoded)
    return given.read_whole_file ? firstMatch(whole, text) !== undefined : linesOf(text).some((line) => matchStart(source, {}, line))
  }))
  const end = found.indexOf(undefined), undecoded = entries[end]?.path
  return { read: entries.filter((_, i) => found[i] === true && (end < 0 || i < end)), ...(undecoded === undefined ? {} : { problem: `Failed to decode the file '${undecoded}' with encoding: ${given.encoding ?? 'utf-8 (Python default)'}` }) }
}

async function described(target: Target, given: Given, entries: readonly Entry[]): Promise<Data[]> {
  const sums = await Promise.all(entries.map(({ path, stat: is }) => given.get_checksum && is.type === 'file' ? target.read(checksum, { path, algorithm: given.checksum_algorithm }) : undefined))
  return entries.map(({ path, stat: is }, i) => ({ path, ...facts(is), ...(sums[i] === undefined || sums[i] === null ? {} : { checksum: sums[i] }) }))
}
function facts(is: Stat): Data {
  const bits = modeBits(is.mode), has = (bit: number): boolean => (bits & bit) !== 0, live = is.live
  return {
    mode: bits.toString(8).padStart(4, '0'), isdir: is.type === 'directory', ischr: is.type === 'char', isblk: is.type === 'block', isreg: is.type === 'file', isfifo: is.type === 'fifo',
    islnk: is.type === 'link', issock: is.type === 'socket', uid: is.uid, gid: is.gid, size: is.size, gr_name: is.group ?? '', pw_name: is.owner ?? '',
    ...(live === undefined ? {} : { inode: live.inode, dev: live.device, nlink: live.nlink, atime: live.atime, mtime: live.mtime, ctime: live.ctime, blocks: live.blocks, disk_usage_bytes: live.blocks * 512 }),
    wusr: has(0o200), rusr: has(0o400), xusr: has(0o100), wgrp: has(0o020), rgrp: has(0o040), xgrp: has(0o010), woth: has(0o002), roth: has(0o004), xoth: has(0o001), isuid: has(0o4000), isgid: has(0o2000),
  }
}

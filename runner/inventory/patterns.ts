/** Host patterns: `web:&prod:!old`, commas, globs, `~regex`, `web[0:2]`, `web[-1]`, and `@file` in limits. Rules: inventory/manager.py. */
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { fault } from '../core/errors.ts'
import { nearest } from '../core/near.ts'
import type { Loc } from '../core/types.ts'
import { parseAddress } from './address.ts'
import { localNames } from './model.ts'
import type { Host, Tree } from './model.ts'

export interface Selection {
  /** In inventory order of the patterns' parts, each once. */
  readonly hosts: readonly string[]
  /** Parts that name no host and no group. */
  readonly unknown: readonly { readonly pattern: string; readonly near: string | undefined }[]
}

/** The single patterns of a text or list of texts. */
export function splitPattern(pattern: string | readonly string[]): string[] {
  if (typeof pattern !== 'string') return pattern.flatMap((one) => splitPattern(one))
  const parts = pattern.includes(',') ? pattern.split(',')
    : parseAddress(pattern) !== undefined ? [pattern]
    : pattern.match(/(?:[^\s:[\]]|\[[^\]]*\])+/g) ?? []
  return parts.map((part) => part.trim()).filter((part) => part !== '')
}

/** The single patterns, with `@file` (meant for limits) replaced by the lines of the file. */
export function patternsOf(pattern: string | readonly string[], cwd: string): string[] {
  return splitPattern(pattern).flatMap((part) => {
    if (!part.startsWith('@')) return [part]
    const path = resolve(cwd, part.slice(1))
    let text: string
    try {
      text = readFileSync(path, 'utf8')
    } catch (cause) {
      const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
      throw fault('limit-file', undefined, { path, why: code === 'EISDIR' ? 'is a directory: it must be a file' : code === 'ENOENT' ? 'does not exist' : 'cannot be read' }, cause)
    }
    return text.split('\n').map((line) => line.trim()).filter((line) => line !== '')
  })
}

export function selectHosts(tree: Tree, patterns: readonly string[], loc?: Loc): Selection {
  const plain = patterns.filter((one) => !/^[!&]/.test(one))
  const ordered = [...(plain.length > 0 ? plain : ['all']), ...patterns.filter((one) => one.startsWith('&')), ...patterns.filter((one) => one.startsWith('!'))]
  const unknown: { pattern: string; near: string | undefined }[] = []
  let hosts = new Set<Host>()
  for (const pattern of ordered) {
    const listed = tree.hosts.get(pattern)
    const found = listed !== undefined ? [listed] : matchOne(tree, pattern.replace(/^[!&]/, ''), unknown, loc)
    if (pattern.startsWith('!')) for (const host of found) hosts.delete(host)
    else if (pattern.startsWith('&')) {
      const kept = new Set(found)
      hosts = new Set([...hosts].filter((host) => kept.has(host)))
    } else for (const host of found) hosts.add(host)
  }
  return { hosts: [...hosts].map((host) => host.name), unknown }
}

const subscript = /^(.+)\[(?:(-?[0-9]+)|([0-9]+)[:-]([0-9]*))\]$/

function matchOne(tree: Tree, pattern: string, unknown: { pattern: string; near: string | undefined }[], loc: Loc | undefined): Host[] {
  const counted = pattern.startsWith('~') ? null : subscript.exec(pattern)
  const name = counted?.[1] ?? pattern
  const hosts = enumerate(tree, name, loc)
  if (hosts === undefined) {
    if (name !== 'all') unknown.push({ pattern: name, near: nearest(name, [...tree.groups.keys(), ...tree.hosts.keys()]) })
    return []
  }
  if (counted === null || hosts.length === 0) return hosts
  if (counted[2] === undefined) return hosts.slice(Number(counted[3]), counted[4] === '' || counted[4] === undefined ? undefined : Number(counted[4]) + 1)
  const one = hosts.at(Number(counted[2]))
  if (one === undefined) throw fault('pattern-out-of-range', loc, { pattern, count: hosts.length })
  return [one]
}

/** undefined where neither a group nor a host is meant. */
function enumerate(tree: Tree, pattern: string, loc: Loc | undefined): Host[] | undefined {
  const hits = matcher(pattern, loc)
  const groups = hits === undefined ? [tree.groups.get(pattern)].filter((group) => group !== undefined) : [...tree.groups.values()].filter((group) => hits(group.name))
  const found = new Set(groups.flatMap((group) => tree.hostsOf(group)))
  if (groups.length === 0 || /^~|[.?*[]/.test(pattern)) {
    if (hits === undefined) {
      const host = tree.hosts.get(pattern)
      if (host !== undefined) found.add(host)
    } else for (const host of tree.hosts.values()) if (hits(host.name)) found.add(host)
  }
  if (found.size === 0 && localNames.has(pattern)) {
    const local = tree.find(pattern)
    if (local !== undefined) found.add(local)
  }
  return found.size === 0 && groups.length === 0 ? undefined : [...found]
}

/** undefined for a plain name, which a look-up finds. */
function matcher(pattern: string, loc: Loc | undefined): ((name: string) => boolean) | undefined {
  if (pattern.startsWith('~')) {
    try {
      const regex = new RegExp(`^(?:${pattern.slice(1).replaceAll('(?P<', '(?<')})`, 'u')
      return (name) => regex.test(name)
    } catch (cause) {
      throw fault('bad-pattern-regex', loc, { pattern, reason: cause instanceof Error ? cause.message : String(cause) }, cause)
    }
  }
  if (!/[?*[]/.test(pattern)) return undefined
  const regex = globToRegex(pattern)
  return (name) => regex.test(name)
}

/** Shell globs as Python's fnmatch reads them: `*`, `?`, `[abc]`, `[!abc]`. */
export function globToRegex(glob: string): RegExp {
  const body = glob.replace(/\[(!?)(\]?[^\]]*)\]|([*?])|([\\^$.|+(){}[\]/])/g, (_all, not: string | undefined, set: string | undefined, wild: string | undefined, special: string | undefined) => {
    if (wild !== undefined) return wild === '*' ? '[\\s\\S]*' : '[\\s\\S]'
    if (special !== undefined) return `\\${special}`
    return `[${not === '!' ? '^' : ''}${(set ?? '').replace(/[\\\]^[]/g, '\\$&')}]`
  })
  return new RegExp(`^${body}$`)
}

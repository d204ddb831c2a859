/** Python's regular expressions on top of JavaScript's: matching, groups, replacement texts. The syntax is read in regex-syntax.ts. */
import { BadRegex, Translator } from './regex-syntax.ts'
import type { Flags } from './regex-syntax.ts'

export { BadRegex } from './regex-syntax.ts'
export type { Flags } from './regex-syntax.ts'
export interface Pattern { readonly regex: RegExp; readonly groups: number; readonly names: ReadonlyMap<string, number> }

const cache = new Map<string, Pattern>()

/** A Python pattern, ready for `exec` with the flag g. Throws BadRegex where Python would not take it. */
export function compileRegex(source: string, flags: Flags = {}): Pattern {
  const key = `${flags.ignoreCase ? 'i' : ''}${flags.multiline ? 'm' : ''}:${source}`
  const known = cache.get(key)
  if (known !== undefined) return known
  const translator = new Translator(source, flags)
  const text = translator.run()
  try {
    const made = { regex: new RegExp(text, `gu${translator.base.i ? 'i' : ''}`), groups: translator.groups, names: translator.names }
    if (cache.size > 500) cache.clear()
    cache.set(key, made)
    return made
  } catch (error) {
    throw new BadRegex(`invalid regular expression '${source}': ${error instanceof Error ? error.message : String(error)}`)
  }
}

type Match = RegExpMatchArray
/** All matches, left to right. */
export function matchAll(pattern: Pattern, text: string): Match[] {
  pattern.regex.lastIndex = 0
  return [...text.matchAll(pattern.regex)]
}
export function firstMatch(pattern: Pattern, text: string): Match | undefined {
  pattern.regex.lastIndex = 0
  return pattern.regex.exec(text) ?? undefined
}
/** The match that starts at the beginning of the text. Python: re.match. */
export function matchStart(source: string, flags: Flags, text: string): boolean {
  const { regex } = compileRegex(source, flags)
  const sticky = new RegExp(regex.source, `${regex.flags.replace('g', '')}y`)
  return sticky.test(text)
}
export function matchWhole(source: string, flags: Flags, text: string): boolean {
  const { regex } = compileRegex(source, flags)
  return new RegExp(`^(?:${regex.source})$`, regex.flags.replace('g', '')).test(text)
}

/** Text of a group of a match, by number or name; undefined for a group that took no part. */
export function groupOf(pattern: Pattern, match: Match, group: string | number): string | undefined {
  const index = typeof group === 'number' ? group : /^\d+$/.test(group) ? Number(group) : pattern.names.get(group)
  if (index === undefined || index > pattern.groups) throw new BadRegex(`no such group: ${group}`)
  return match[index]
}

type Part = string | { readonly group: string | number }

/** The parts of a replacement text: `\1`, `\g<name>`, `\n`; any other escaped letter is refused, as in Python. */
function replacementParts(pattern: Pattern, text: string): Part[] {
  const parts: Part[] = []
  const steps = /\\(?:g<([^>]*)>|(0[0-7]{0,2}|[1-3][0-7][0-7])|([1-9]\d?)|(.|\n|$))|[^\\]+/gsu
  for (const [whole, named, octal, number, other] of text.matchAll(steps)) {
    if (named !== undefined || number !== undefined) {
      const group = named ?? number ?? ''
      const known = /^\d+$/.test(group) ? Number(group) <= pattern.groups : pattern.names.has(group)
      if (!known) throw new BadRegex(/^\d+$/.test(group) ? `invalid group reference ${group}` : `unknown group name '${group}'`)
      parts.push({ group })
    } else if (octal !== undefined) parts.push(String.fromCharCode(parseInt(octal, 8)))
    else if (other !== undefined) {
      const control = { a: '\x07', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v', '\\': '\\' }[other]
      if (control === undefined && /[A-Za-z]|^$/.test(other)) throw new BadRegex(`bad escape \\${other} in the replacement`)
      parts.push(control ?? whole)
    } else parts.push(whole)
  }
  return parts
}

/** A replacement text for one match. Python: Match.expand. */
export const expandMatch = (pattern: Pattern, match: Match, text: string): string =>
  replacementParts(pattern, text).map((part) => typeof part === 'string' ? part : groupOf(pattern, match, part.group) ?? '').join('')

/** Replaces matches, all of them or the first `count`; says how many. Python: re.subn. */
export function substitute(pattern: Pattern, replacement: string, text: string, count: number): { text: string; count: number } {
  const parts = replacementParts(pattern, replacement)
  let done = 0, from = 0, out = ''
  for (const match of matchAll(pattern, text)) {
    if (count > 0 && done >= count) break
    out += text.slice(from, match.index)
    out += parts.map((part) => typeof part === 'string' ? part : groupOf(pattern, match, part.group) ?? '').join('')
    from = (match.index ?? 0) + match[0].length
    done++
  }
  return { text: out + text.slice(from), count: done }
}

const special = /[\t\n\v\f\r #$&()*+\-.?[\\\]^{|}~]/g
/** Python: re.escape. */
export const escapeRegex = (text: string): string => text.replace(special, '\\$&')

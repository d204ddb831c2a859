/**
 * Arguments written as text: `src=a dest="b c"` and free-form commands. Quotes and Jinja stay whole. Ansible: splitter.py; the pieces
 * keep their places in the file.
 */
import { place } from '../core/loc.ts'
import type { Data, Loc } from '../core/types.ts'
import { Template } from '../core/value.ts'

/** A word of the text, and the blanks behind it. */
interface Word { readonly text: string; readonly start: number; readonly gap: string }

/** Options that the command modules take beside their command. */
const commandOptions = new Set(['creates', 'removes', 'chdir', 'executable', 'warn', 'stdin', 'stdin_add_newline', 'strip_empty_ends'])
const opening: Readonly<Record<string, string>> = { '{{': '}}', '{%': '%}', '{#': '#}' }
const isBlank = (char: string): boolean => char === ' ' || char === '\n'

/** Quotes or Jinja that are not closed: the offset of where they open. */
export class Unbalanced extends Error {
  readonly offset: number
  constructor(offset: number) { super('unbalanced'); this.offset = offset }
}

/** End of the word that starts here: the next blank outside of quotes and Jinja. */
function wordEnd(text: string, start: number): number {
  let mark = '', markAt = start
  const open: { readonly close: string; readonly at: number }[] = []
  for (let i = start; i < text.length; i++) {
    const char = text.charAt(i), pair = text.slice(i, i + 2)
    if (mark === '' && open.length === 0 && isBlank(char)) return i
    if ((char === '"' || char === "'") && text[i - 1] !== '\\') {
      if (mark === '') { mark = char; markAt = i } else if (mark === char) mark = ''
    }
    const close = opening[pair]
    if (close !== undefined) { open.push({ close, at: i }); i++ } else if (open.some((one) => one.close === pair)) {
      open.splice(open.findLastIndex((one) => one.close === pair), 1)
      i++
    }
  }
  if (mark !== '') throw new Unbalanced(markAt)
  if (open.length > 0) throw new Unbalanced(open[0]?.at ?? start)
  return text.length
}

/** The blanks that stay when a backslash between them joins two lines. */
const continued = (before: string, after: string): string =>
  before.includes('\n') ? before + after : after.includes('\n') ? before.slice(1) + after : ' '.repeat(before.length - 1 + Math.max(1, after.length))

/** The words of a text. Throws Unbalanced. */
export function splitWords(text: string): Word[] {
  const words: Word[] = []
  let at = 0
  while (at < text.length && isBlank(text.charAt(at))) at++
  while (at < text.length) {
    const end = wordEnd(text, at)
    let next = end
    while (next < text.length && isBlank(text.charAt(next))) next++
    const word = { text: text.slice(at, end), start: at, gap: text.slice(end, next) }
    if (word.text === '\\') {
      const last = words.pop()
      if (last !== undefined) words.push({ ...last, gap: continued(last.gap, word.gap.replace('\n', '')) })
    } else words.push(word)
    at = next
  }
  return words
}

const escapes: Readonly<Record<string, string>> = { a: '\x07', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' }
const decode = (text: string): string => text.replace(/\\(?:U([\da-fA-F]{8})|u([\da-fA-F]{4})|x([\da-fA-F]{2})|([\\'"abfnrtv]))/g,
  (_, long: string | undefined, short: string | undefined, byte: string | undefined, char: string | undefined) =>
    char === undefined ? String.fromCodePoint(Number.parseInt(long ?? short ?? byte ?? '0', 16)) : escapes[char] ?? char)

export function unquote(text: string): string {
  const mark = text.charAt(0)
  return text.length > 1 && (mark === '"' || mark === "'") && text.endsWith(mark) && text.at(-2) !== '\\' ? text.slice(1, -1) : text
}

/** Offset of the `=` that parts key and value: the first that is neither the first character nor escaped. */
function equals(text: string): number {
  for (let at = text.indexOf('=', 1); at >= 0; at = text.indexOf('=', at + 1)) if (text[at - 1] !== '\\') return at
  return -1
}

const hasJinja = (text: string): boolean => text.includes('{{') || text.includes('{%') || text.includes('{#')
/** Text cut out of a value; still a template where the value was one. */
function piece(from: string | Template, text: string, start: number): string | Template {
  if (typeof from === 'string' || !hasJinja(text)) return text
  return new Template(text, (offset) => from.at(start + offset))
}

/** What is left of the text when the options are taken out, blanks as written. */
function rest(words: readonly Word[], kept: readonly Word[]): { readonly text: string; readonly start: number } {
  const last = kept.at(-1)
  const text = kept.map((word) => word.text + (word === last && word !== words.at(-1) ? '' : word.gap)).join('')
  return { text, start: kept[0]?.start ?? 0 }
}

/**
 * The options of a text, and under `_raw_params` what is no option. `isCommand`: only the options of command modules count,
 * everything else is the command. `start` is where the text begins in its file. Throws Unbalanced.
 */
export function parseText(value: string | Template, isCommand: boolean, start?: Loc): Data {
  const source = typeof value === 'string' ? value : value.source
  const out: Data = {}
  const keys = new Map<unknown, Loc>(), values = new Map<unknown, Loc>()
  const words = splitWords(source)
  const free: Word[] = []
  for (const word of words) {
    const at = equals(word.text)
    const key = at < 0 ? '' : word.text.slice(0, at).trim()
    if (at < 0) free.push(isCommand || !word.text.includes('\\=') ? word : { ...word, text: word.text.replaceAll('\\=', '=') })
    else if (isCommand && !commandOptions.has(key)) free.push(word)
    else {
      const written = word.text.slice(at + 1).trim()
      note(keys, key, placeIn(value, word.start, start))
      note(values, key, placeIn(value, word.start + at + 1, start))
      out[key] = piece(value, unquote(decode(written)), word.start + at + 1 + (unquote(written) === written ? 0 : 1))
    }
  }
  if (free.length > 0) {
    const raw = rest(words, free)
    out['_raw_params'] = raw.text === source ? value : piece(value, raw.text, raw.start)
    note(values, '_raw_params', placeIn(value, raw.start, start))
  }
  place(out, { self: start, keys, values })
  return out
}
const note = (places: Map<unknown, Loc>, key: string, loc: Loc | undefined): void => { if (loc !== undefined) places.set(key, loc) }

/** The first word and the rest: `copy src=a dest=b` of `action:`. */
export function splitModule(value: string | Template): { readonly module: string | Template; readonly rest: string | Template } {
  const source = typeof value === 'string' ? value : value.source
  const [first] = splitWords(source)
  const start = first === undefined ? 0 : first.start + first.text.length + first.gap.length
  return { module: first === undefined ? '' : piece(value, first.text, first.start), rest: piece(value, source.slice(start), start) }
}

/** Place of an offset of text that is, or may be, a template; exact for plain text on one line only. */
export function placeIn(value: string | Template, offset: number, start: Loc | undefined): Loc | undefined {
  if (typeof value !== 'string') return value.at(offset) ?? start
  return start === undefined || value.slice(0, offset).includes('\n') ? start : { ...start, column: start.column + offset }
}

/** Jinja text to tokens, each with its offset: text outside of tags, and names, numbers, strings and operators inside. */
import { fault } from '../core/errors.ts'
import type { Fault } from '../core/errors.ts'
import type { Loc } from '../core/types.ts'
import type { RenderOptions } from '../core/plan.ts'
import { Float } from '../core/value.ts'
import { shrink } from './numbers.ts'

export type TokenType = 'text' | 'variable_begin' | 'variable_end' | 'block_begin' | 'block_end' | 'name' | 'number' | 'string' | 'operator' | 'end'
export interface Token { readonly type: TokenType; readonly text: string; readonly value: unknown; readonly at: number }
export type At = (offset: number) => Loc | undefined

export interface Syntax {
  readonly blockStart: string; readonly blockEnd: string; readonly variableStart: string; readonly variableEnd: string
  readonly commentStart: string; readonly commentEnd: string
  readonly trimBlocks: boolean; readonly lstripBlocks: boolean; readonly newline: string
  /** Ansible takes backslashes in strings of `{{ }}` in YAML as they are; in template files they are escapes. */
  readonly rawStrings: boolean
  /** The whole source is one expression. */
  readonly bare: boolean
  /** A line that starts with this is a block tag, or a comment; off unless a template's header asks for it. */
  readonly lineStatement?: string
  readonly lineComment?: string
}
export const defaultSyntax: Syntax = {
  blockStart: '{%', blockEnd: '%}', variableStart: '{{', variableEnd: '}}', commentStart: '{#', commentEnd: '#}',
  trimBlocks: true, lstripBlocks: false, newline: '\n', rawStrings: false, bare: false,
}
export function makeSyntax(options: RenderOptions, base: Syntax = defaultSyntax): Syntax {
  const { dest: _, ...rest } = options
  return { ...base, ...Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined)) }
}

export const syntaxFault = (message: string, at: At, offset: number, hint?: string): Fault =>
  fault('template-syntax', at(offset), hint === undefined ? { message } : { message, hint })

const operators = new Set(['//', '**', '==', '!=', '>=', '<=', '+', '-', '*', '/', '%', '~', '[', ']', '(', ')', '{', '}', '>', '<', '=', '.', ':', '|', ',', ';'])
const name = /[\p{L}_][\p{L}\p{M}\p{N}_]*/uy
const realNumber = /(?:\d+_)*\d+(?:\.(?:\d+_)*\d+(?:e[+-]?(?:\d+_)*\d+)?|e[+-]?(?:\d+_)*\d+)/iy
const wholeNumber = /0b(?:_?[01])+|0o(?:_?[0-7])+|0x(?:_?[\da-f])+|[1-9](?:_?\d)*|0(?:_?0)*/iy
const quoted = /'((?:[^'\\]|\\[\s\S])*)'|"((?:[^"\\]|\\[\s\S])*)"/y
const spaces = /\s+/y
const pairs: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' }

interface Cursor {
  readonly source: string; readonly syntax: Syntax; readonly at: At; pos: number; readonly tokens: Token[]
  /** Where each kind of tag is found next, so that a kind that is far away or missing is not looked for again at every tag. */
  readonly next: { comment: number; block: number; variable: number }
}

/** Source must have `\n` line ends only. Throws `template-syntax`. */
export function tokenize(source: string, syntax: Syntax, at: At): Token[] {
  const cursor: Cursor = { source, syntax, at, pos: 0, tokens: [], next: { comment: -1, block: -1, variable: -1 } }
  if (syntax.bare) inside(cursor, undefined, 0)
  else outside(cursor)
  push(cursor, 'end', '', undefined, source.length)
  return cursor.tokens
}
function push(cursor: Cursor, type: TokenType, text: string, value: unknown, at: number): void {
  cursor.tokens.push({ type, text, value, at })
}

// ---------------------------------------------------------------- text and where tags start

type Tag = 'block' | 'variable' | 'comment' | 'line' | 'line comment'
interface Found { readonly tag: Tag; readonly start: string; readonly at: number }
function nextTag(cursor: Cursor): Found | undefined {
  const best = nextDelimiter(cursor)
  const line = nextLine(cursor)
  return line !== undefined && (best === undefined || line.at <= best.at) ? line : best
}
/** The next line that starts with the prefix for statements, or the next comment of a line. */
function nextLine({ source, syntax, pos }: Cursor): Found | undefined {
  if (syntax.lineStatement === undefined && syntax.lineComment === undefined) return undefined
  const prefixes = [['line', syntax.lineStatement, '^[ \\t]*'], ['line comment', syntax.lineComment, '(?:^|(?<=\\S))[^\\S\\r\\n]*']] as const
  const found = prefixes.flatMap(([tag, prefix, before]) => {
    if (prefix === undefined || prefix === '') return []
    const pattern = new RegExp(before + escapeRegExp(prefix), 'gm')
    pattern.lastIndex = pos
    const hit = pattern.exec(source)
    return hit === null ? [] : [{ tag, start: hit[0], at: hit.index }]
  })
  return found.sort((a, b) => a.at - b.at || b.start.length - a.start.length)[0]
}
function nextDelimiter({ source, syntax, pos, next }: Cursor): Found | undefined {
  const starts = [['comment', syntax.commentStart], ['block', syntax.blockStart], ['variable', syntax.variableStart]] as const
  let best: { tag: Tag; start: string; at: number } | undefined
  for (const [tag, start] of starts) {
    if (next[tag] < pos) { const found = source.indexOf(start, pos); next[tag] = found < 0 ? Infinity : found }
    const at = next[tag]
    if (at === Infinity) continue
    // Of two that start at the same place the longer one is meant.
    if (best === undefined || at < best.at || (at === best.at && start.length > best.start.length)) best = { tag, start, at }
  }
  return best
}

function outside(cursor: Cursor): void {
  const { source, syntax } = cursor
  for (let next = nextTag(cursor); next !== undefined; next = nextTag(cursor)) {
    const inner = next.at + next.start.length
    const isLine = next.tag === 'line' || next.tag === 'line comment'
    const sign = !isLine && (source[inner] === '-' || source[inner] === '+') ? source[inner] : ''
    let text = source.slice(cursor.pos, next.at)
    if (sign === '-') text = text.trimEnd()
    else if (sign !== '+' && syntax.lstripBlocks && next.tag !== 'variable' && !isLine) text = stripLineStart(text, cursor.pos, source)
    emitText(cursor, text, cursor.pos)
    cursor.pos = inner + sign.length
    if (next.tag === 'line' || next.tag === 'line comment') lineTag(cursor, next)
    else if (next.tag === 'comment') comment(cursor, next.at)
    else if (next.tag === 'block' && rawBlock(cursor)) continue
    else {
      push(cursor, next.tag === 'block' ? 'block_begin' : 'variable_begin', next.start, undefined, next.at)
      inside(cursor, next.tag, next.at)
    }
  }
  emitText(cursor, source.slice(cursor.pos), cursor.pos)
  cursor.pos = source.length
}
function emitText(cursor: Cursor, text: string, at: number): void {
  if (text === '') return
  push(cursor, 'text', cursor.syntax.newline === '\n' ? text : text.replaceAll('\n', cursor.syntax.newline), undefined, at)
}
/** lstrip_blocks: blanks between the start of the line and the tag go, if nothing else stands there. */
function stripLineStart(text: string, from: number, source: string): string {
  const line = text.lastIndexOf('\n') + 1
  if (line === 0 && from > 0 && source[from - 1] !== '\n') return text
  return /^\s*$/.test(text.slice(line)) ? text.slice(0, line) : text
}
/** After a block or comment: `-` takes all blanks, else trim_blocks takes one line end (unless `+`). */
function afterBlock(cursor: Cursor, sign: string): void {
  const { source, syntax } = cursor
  if (sign === '-') { spaces.lastIndex = cursor.pos; if (spaces.test(source)) cursor.pos = spaces.lastIndex }
  else if (sign !== '+' && syntax.trimBlocks && source[cursor.pos] === '\n') cursor.pos++
}
function comment(cursor: Cursor, start: number): void {
  const { source, syntax } = cursor
  const end = source.indexOf(syntax.commentEnd, cursor.pos)
  if (end < 0) throw syntaxFault(`missing end of comment tag: a ${syntax.commentStart} is never closed`, cursor.at, start, `close it with ${syntax.commentEnd}`)
  const sign = source[end - 1] === '-' || source[end - 1] === '+' ? source.charAt(end - 1) : ''
  cursor.pos = end + syntax.commentEnd.length
  afterBlock(cursor, sign)
}

function lineTag(cursor: Cursor, { tag, at }: Found): void {
  const { source } = cursor
  if (tag === 'line comment') {
    const end = source.indexOf('\n', cursor.pos)
    cursor.pos = end < 0 ? source.length : end
    return
  }
  push(cursor, 'block_begin', '', undefined, at)
  inside(cursor, 'line', at)
}

const escapeRegExp = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
/** `raw … endraw`; the cursor stands behind the block start. */
function rawBlock(cursor: Cursor): boolean {
  const { source, syntax } = cursor
  const open = new RegExp(`\\s*raw\\s*([-+]?)${escapeRegExp(syntax.blockEnd)}`, 'y')
  open.lastIndex = cursor.pos
  const found = open.exec(source)
  if (found === null) return false
  const start = cursor.pos
  cursor.pos = open.lastIndex
  // Jinja2 leaves the line end behind `raw` alone, whatever trim_blocks says.
  if (found[1] === '-') afterBlock(cursor, '-')
  const close = new RegExp(`${escapeRegExp(syntax.blockStart)}([-+]?)\\s*endraw\\s*([-+]?)${escapeRegExp(syntax.blockEnd)}`, 'g')
  close.lastIndex = cursor.pos
  const end = close.exec(source)
  if (end === null) throw syntaxFault('missing end of raw directive', cursor.at, start, `close it with ${syntax.blockStart} endraw ${syntax.blockEnd}`)
  let text = source.slice(cursor.pos, end.index)
  if (end[1] === '-') text = text.trimEnd()
  else if (end[1] !== '+' && syntax.lstripBlocks) text = stripLineStart(text, cursor.pos, source)
  emitText(cursor, text, cursor.pos)
  cursor.pos = close.lastIndex
  afterBlock(cursor, end[2] ?? '')
  return true
}

// ---------------------------------------------------------------- inside of tags

/** Reads until the tag's end, or the source's if it is a bare expression. */
function inside(cursor: Cursor, tag: 'block' | 'variable' | 'line' | undefined, start: number): void {
  const { source, syntax, at } = cursor
  const open: string[] = []
  const end = tag === 'block' ? syntax.blockEnd : syntax.variableEnd
  while (cursor.pos < source.length) {
    if (tag === 'line' && open.length === 0 && closeLine(cursor)) return
    if (tag !== undefined && tag !== 'line' && open.length === 0 && closeTag(cursor, tag, end)) return
    if (skipSpaces(cursor)) continue
    if (!word(cursor, tag)) operator(cursor, open)
  }
  if (tag === undefined) {
    if (open.length > 0) throw syntaxFault(`unexpected end of the expression, expected '${open.at(-1)}'`, at, source.length)
    return
  }
  if (tag === 'line') { push(cursor, 'block_end', '', undefined, source.length); return }
  const shown = tag === 'block' ? syntax.blockStart : syntax.variableStart
  throw syntaxFault(`unexpected end of template, expected '${end}': a ${shown} is never closed`, at, start, `close it with ${end}`)
}
/** Whether blanks stood here. */
function skipSpaces(cursor: Cursor): boolean {
  const code = cursor.source.charCodeAt(cursor.pos)
  if (code > 32 && code < 128) return false
  spaces.lastIndex = cursor.pos
  if (!spaces.test(cursor.source)) return false
  cursor.pos = spaces.lastIndex
  return true
}
/** A line statement ends with its line; a colon there is allowed. */
function closeLine(cursor: Cursor): boolean {
  const end = /[^\S\n]*:?[^\S\n]*(?:\n|$)/y
  end.lastIndex = cursor.pos
  if (!end.test(cursor.source)) return false
  push(cursor, 'block_end', '', undefined, cursor.pos)
  cursor.pos = end.lastIndex
  return true
}
function closeTag(cursor: Cursor, tag: 'block' | 'variable', end: string): boolean {
  const { source } = cursor
  const first = source[cursor.pos]
  const sign = (first === '-' || (first === '+' && tag === 'block')) && source.startsWith(end, cursor.pos + 1) ? first : ''
  if (!source.startsWith(end, cursor.pos + sign.length)) return false
  push(cursor, tag === 'block' ? 'block_end' : 'variable_end', end, undefined, cursor.pos)
  cursor.pos += sign.length + end.length
  if (tag === 'block' || sign === '-') afterBlock(cursor, sign)
  return true
}

/** A number, name or string; false if there is none here. */
function word(cursor: Cursor, tag: 'block' | 'variable' | 'line' | undefined): boolean {
  const { source, syntax, pos } = cursor
  const take = (type: TokenType, pattern: RegExp, read: (text: string, groups: RegExpExecArray) => unknown): boolean => {
    pattern.lastIndex = pos
    const found = pattern.exec(source)
    if (found === null) return false
    push(cursor, type, found[0], read(found[0], found), pos)
    cursor.pos = pos + found[0].length
    return true
  }
  const code = source.charCodeAt(pos)
  if (code >= 48 && code <= 57) {
    // Behind a dot there are indexes only: x.1.2 is x[1][2].
    return (source[pos - 1] !== '.' && take('number', realNumber, (text) => { const value = Number(text.replaceAll('_', '')); return Number.isInteger(value) ? new Float(value) : value }))
      || take('number', wholeNumber, (text) => shrink(BigInt(text.replaceAll('_', ''))))
  }
  if (code === 39 || code === 34) {
    if (take('string', quoted, (_, found) => stringValue(found[1] ?? found[2] ?? '', syntax.rawStrings && tag === 'variable'))) return true
    throw syntaxFault(`a quote (${source.charAt(pos)}) is opened and never closed`, cursor.at, pos, `close it with ${source.charAt(pos)}`)
  }
  const end = plainName(source, pos)
  if (end === undefined) return take('name', name, (text) => text)
  if (end === pos) return false
  const text = source.slice(pos, end)
  push(cursor, 'name', text, text, pos)
  cursor.pos = end
  return true
}
/** End of the name that starts here, the start itself where none does; undefined where it takes Unicode's tables to tell. */
function plainName(source: string, start: number): number | undefined {
  for (let end = start; ; end++) {
    const code = source.charCodeAt(end)
    if (code >= 128) return undefined
    const isLetter = (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || code === 95
    if (!isLetter && !(code >= 48 && code <= 57)) return end
  }
}
function operator(cursor: Cursor, open: string[]): void {
  const { source, pos, at } = cursor
  const two = source.slice(pos, pos + 2)
  const found = operators.has(two) ? two : two.charAt(0)
  if (!operators.has(found)) {
    const char = String.fromCodePoint(source.codePointAt(pos) ?? 0)
    const hint = char === '&' ? "write 'and'" : char === '!' ? "write 'not'" : char === '?' ? 'write: a if condition else b'
      : char === '$' ? "variables of the playbook have no $; those of the environment are read by lookup('env', 'NAME')" : undefined
    throw syntaxFault(`unexpected char '${char}'`, at, pos, hint)
  }
  if (pairs[found] !== undefined) open.push(pairs[found])
  else if (found === ')' || found === ']' || found === '}') {
    const expected = open.pop()
    if (expected === undefined) throw syntaxFault(`unexpected '${found}'`, at, pos)
    if (expected !== found) throw syntaxFault(`unexpected '${found}', expected '${expected}'`, at, pos)
  }
  push(cursor, 'operator', found, undefined, pos)
  cursor.pos = pos + found.length
}

const simple: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', a: '\x07', b: '\b', f: '\f', v: '\v', '\\': '\\', "'": "'", '"': '"', '\n': '' }
/** Python's escapes in a string literal; unknown ones stay as they are. */
function stringValue(text: string, isRaw: boolean): string {
  if (isRaw || !text.includes('\\')) return text
  return text.replace(/\\(?:x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|([0-7]{1,3})|([\s\S]))/g,
    (whole, two: string | undefined, four: string | undefined, eight: string | undefined, octal: string | undefined, char: string | undefined) => {
      const hex = two ?? four ?? eight
      if (hex !== undefined) return String.fromCodePoint(parseInt(hex, 16))
      if (octal !== undefined) return String.fromCodePoint(parseInt(octal, 8))
      return simple[char ?? ''] ?? whole
    })
}

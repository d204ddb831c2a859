/**
 * Values to YAML text, character for character as PyYAML with libyaml writes it, which is what to_yaml and to_nice_yaml give.
 * How a scalar is written is in scalar.ts; here is the layout.
 */
import { dictEntries, dictSize, Float, isDict, Template, Unknown, UnknownValue, VaultText } from '../core/value.ts'
import { canonical } from './canonical.ts'
import { analyze, represent, scalarStyle, writeDouble, writePlain, writeSingle } from './scalar.ts'
import { styled } from './styled.ts'
import type { Scalar } from './scalar.ts'

export type Style = 'single' | 'double' | 'literal'
export interface DumpOptions {
  /** Columns a level, 2 to 9 (default 2). */
  readonly indent?: number
  /** Lines are folded behind this column (default 80). */
  readonly width?: number
  readonly sortKeys?: boolean
  /** To be read by people: texts of several lines stand as such, other lines are never folded. */
  readonly isReadable?: boolean
  /** How every scalar is written; default: as plainly as it can be. */
  readonly style?: Style
  /** Every tag, every text in double quotes, a line each. */
  readonly canonical?: boolean
  /** `block` (default): never in brackets; `auto`: containers of scalars in brackets; `flow`: all in brackets. */
  readonly flow?: 'block' | 'auto' | 'flow'
}

/** Where the writer stands (PyYAML: emitter.py). */
export class Writer {
  readonly indentBy: number
  readonly width: number
  text = ''
  column = 0
  /** Column of the innermost block; undefined before the first. */
  indent: number | undefined
  flowLevel = 0
  /** The last character was a blank, or the line starts here. */
  isBlank = true
  /** Only indentation and `- ` stand before this on the line. */
  isIndented = true
  constructor(indentBy: number, width: number) { this.indentBy = indentBy; this.width = width }
  write(text: string): void { this.text += text; this.column += text.length }
  indicator(mark: string, needsBlank: boolean, { isBlank = false, isIndented = false } = {}): void {
    const shown = this.isBlank || !needsBlank ? mark : ` ${mark}`
    this.isBlank = isBlank
    this.isIndented = this.isIndented && isIndented
    this.write(shown)
  }
  lineBreak(mark = '\n'): void {
    this.isBlank = true
    this.isIndented = true
    this.text += mark
    this.column = 0
  }
  toIndent(): void {
    const indent = this.indent ?? 0
    if (!this.isIndented || this.column > indent || (this.column === indent && !this.isBlank)) this.lineBreak()
    if (this.column < indent) { this.isBlank = true; this.write(' '.repeat(indent - this.column)) }
  }
  /** Runs a block one level deeper; `isFlat` keeps the column (a list under a key). */
  deeper(isFlow: boolean, isFlat: boolean, run: () => void): void {
    const before = this.indent
    if (before === undefined) this.indent = isFlow ? this.indentBy : 0
    else if (!isFlat) this.indent = before + this.indentBy
    run()
    this.indent = before
  }
}

interface Context { readonly isMapping?: boolean; readonly isKey?: boolean }
interface Dump { readonly out: Writer; readonly sortKeys: boolean; readonly isReadable: boolean; readonly flow: 'block' | 'auto' | 'flow'; readonly style: DumpOptions['style'] | undefined; readonly open: Set<object> }

/** Throws UnknownValue on what a dry run cannot know. */
export function dumpYaml(value: unknown, options: DumpOptions = {}): string {
  if (options.canonical === true) return canonical(value)
  const { indent = 2, isReadable = false, width = isReadable ? 1e9 : 80, sortKeys = true, flow = 'block' } = options
  const indentBy = indent > 1 && indent < 10 ? indent : 2
  const out = new Writer(indentBy, width > indentBy * 2 ? width : 80)
  const dump: Dump = { out, sortKeys, isReadable, flow, style: options.style, open: new Set() }
  node(dump, value, {})
  if (out.column > 0) out.lineBreak()
  return out.text
}

function node(dump: Dump, value: unknown, context: Context): void {
  if (value instanceof Unknown) throw new UnknownValue(value.reason)
  if (value instanceof VaultText) return vault(dump, value.ciphertext)
  if (value instanceof Template) return node(dump, value.source, context)
  const items = itemsOf(value)
  if (items !== undefined) {
    guard(dump, value, () => { if (inFlow(dump, items)) flowList(dump, items); else blockList(dump, items, context) })
  } else if (isDict(value)) {
    const pairs = sorted(dump, dictEntries(value))
    guard(dump, value, () => { if (inFlow(dump, pairs.flat())) flowDict(dump, pairs); else blockDict(dump, pairs) })
  } else scalar(dump, represent(value), context)
}
const itemsOf = (value: unknown): readonly unknown[] | undefined => Array.isArray(value) ? value : value instanceof Set ? [...value] : undefined
function guard(dump: Dump, value: unknown, run: () => void): void {
  if (typeof value !== 'object' || value === null) return
  if (dump.open.has(value)) throw new Error('a value that contains itself cannot be written as YAML')
  dump.open.add(value)
  run()
  dump.open.delete(value)
}
const isScalar = (value: unknown): boolean => itemsOf(value) === undefined && !isDict(value)
function inFlow({ out, flow }: Dump, children: readonly unknown[]): boolean {
  return out.flowLevel > 0 || children.length === 0 || flow === 'flow' || (flow === 'auto' && children.every(isScalar))
}

function sorted({ sortKeys }: Dump, pairs: [unknown, unknown][]): [unknown, unknown][] {
  if (!sortKeys) return pairs
  if (pairs.every(([key]) => typeof key === 'string')) return pairs.sort(([a], [b]) => byCodePoint(String(a), String(b)))
  const number = (key: unknown): number | undefined => typeof key === 'number' || typeof key === 'bigint' || typeof key === 'boolean' ? Number(key) : key instanceof Float ? key.value : undefined
  return pairs.every(([key]) => number(key) !== undefined) ? pairs.sort(([a], [b]) => (number(a) ?? 0) - (number(b) ?? 0)) : pairs
}
function byCodePoint(a: string, b: string): number {
  const [left, right] = [Array.from(a), Array.from(b)]
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const order = (left[i]?.codePointAt(0) ?? 0) - (right[i]?.codePointAt(0) ?? 0)
    if (order !== 0) return order
  }
  return left.length - right.length
}

// ---------------------------------------------------------------- containers

function blockList(dump: Dump, items: readonly unknown[], context: Context): void {
  const { out } = dump
  out.deeper(false, context.isMapping === true && !out.isIndented, () => {
    for (const item of items) {
      out.toIndent()
      out.indicator('-', true, { isIndented: true })
      node(dump, item, {})
    }
  })
}
function blockDict(dump: Dump, pairs: readonly [unknown, unknown][]): void {
  const { out } = dump
  out.deeper(false, false, () => {
    for (const [key, value] of pairs) {
      out.toIndent()
      if (isSimpleKey(key)) {
        node(dump, key, { isMapping: true, isKey: true })
        out.indicator(':', false)
      } else {
        out.indicator('?', true, { isIndented: true })
        node(dump, key, { isMapping: true })
        out.toIndent()
        out.indicator(':', true, { isIndented: true })
      }
      node(dump, value, { isMapping: true })
    }
  })
}
function flowList(dump: Dump, items: readonly unknown[]): void {
  const { out } = dump
  out.indicator('[', true, { isBlank: true })
  out.flowLevel++
  out.deeper(true, false, () => {
    items.forEach((item, i) => {
      if (i > 0) out.indicator(',', false)
      if (out.column > out.width) out.toIndent()
      node(dump, item, {})
    })
  })
  out.flowLevel--
  out.indicator(']', false)
}
function flowDict(dump: Dump, pairs: readonly [unknown, unknown][]): void {
  const { out } = dump
  out.indicator('{', true, { isBlank: true })
  out.flowLevel++
  out.deeper(true, false, () => {
    pairs.forEach(([key, value], i) => {
      if (i > 0) out.indicator(',', false)
      if (out.column > out.width) out.toIndent()
      if (isSimpleKey(key)) {
        node(dump, key, { isMapping: true, isKey: true })
        out.indicator(':', false)
      } else {
        out.indicator('?', true)
        node(dump, key, { isMapping: true })
        if (out.column > out.width) out.toIndent()
        out.indicator(':', true)
      }
      node(dump, value, { isMapping: true })
    })
  })
  out.flowLevel--
  out.indicator('}', false)
}
/** Longer keys, and keys of several lines, are written behind a question mark. */
function isSimpleKey(key: unknown): boolean {
  if (isDict(key)) return dictSize(key) === 0
  const items = itemsOf(key)
  if (items !== undefined) return items.length === 0
  const { text } = represent(key)
  return Buffer.byteLength(text) <= 128 && !analyze(text).isMultiline
}

/** Vault text behind its tag and `|`, line by line. */
function vault({ out }: Dump, text: string): void {
  out.indicator('!vault', true)
  out.indicator(text.endsWith('\n') ? '|' : '|-', true)
  out.deeper(false, false, () => {
    for (const line of text.replace(/\n$/, '').split('\n')) { out.lineBreak(); out.toIndent(); out.write(line) }
  })
  out.isIndented = false
}

function scalar({ out, isReadable, style: wanted }: Dump, value: Scalar, context: Context): void {
  if (wanted !== undefined) { styled(out, value, wanted, context.isKey === true); return }
  if (isReadable && context.isKey !== true && out.flowLevel === 0 && /[\n\u0085\u2028\u2029]/.test(value.text)) { literal(out, value.text); return }
  const style = scalarStyle(value, { isKey: context.isKey === true, inFlow: out.flowLevel > 0 })
  const mayFold = context.isKey !== true
  if (value.showsTag) out.indicator(value.tag, true)
  out.deeper(true, false, () => {
    if (style === 'plain') writePlain(out, value.text, mayFold)
    else if (style === 'single') writeSingle(out, value.text, mayFold)
    else writeDouble(out, value.text, mayFold)
  })
}
/** `|-`: what YAML has no such form for (blanks at the end of lines, tabs, control characters) is left out, as Ansible's output does. */
function literal(out: Writer, text: string): void {
  const plain = text.trimEnd().replaceAll('\t', '    ').replace(/[^\n\x20-\x7e\x85\xa0-\ufffd\u{10000}-\u{10ffff}]/gu, '').replace(/ +\n/g, '\n')
  out.indicator(/^[ \n]/.test(plain) ? `|${out.indentBy}-` : '|-', true)
  out.deeper(true, false, () => {
    for (const line of plain.split('\n')) {
      out.lineBreak()
      if (line !== '') out.write(' '.repeat(out.indent ?? 0) + line)
    }
  })
}

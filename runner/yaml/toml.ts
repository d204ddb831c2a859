/** TOML 1.0 text to values; text with Jinja in it becomes Templates that know their place. Dates and times stay text, as JSON would show them. */
import { fault } from '../core/errors.ts'
import type { Loc } from '../core/types.ts'
import { Template, float, makeDict } from '../core/value.ts'

type Table = Map<string, unknown>

/** Throws a fault with the place of the first mistake. */
export function parseToml(text: string, file: string): unknown { return new Reader(text.replaceAll('\r\n', '\n'), file).document() }

const numbers = /^[+-]?(?:0|[1-9](?:_?\d)*)$|^0x[\da-fA-F](?:_?[\da-fA-F])*$|^0o[0-7](?:_?[0-7])*$|^0b[01](?:_?[01])*$/
const floats = /^[+-]?(?:0|[1-9](?:_?\d)*)(?:\.\d(?:_?\d)*)?(?:[eE][+-]?\d(?:_?\d)*)?$/
const moments = /^(\d{4}-\d\d-\d\d)(?:[Tt ](\d\d:\d\d:\d\d(?:\.\d+)?)([Zz]|[+-]\d\d:\d\d)?)?$|^\d\d:\d\d:\d\d(?:\.\d+)?$/
const escapes: Readonly<Record<string, string>> = { b: '\b', t: '\t', n: '\n', f: '\f', r: '\r', '"': '"', '\\': '\\' }

class Reader {
  private at = 0
  private readonly root: Table = new Map()
  /** Tables that a heading named, and what may not grow any more: inline tables and lists. */
  private readonly named = new Set<Table>()
  private readonly closed = new Set<unknown>()
  private readonly text: string
  private readonly file: string
  constructor(text: string, file: string) { this.text = text; this.file = file }

  document(): unknown {
    let table = this.root
    for (this.blank(); this.at < this.text.length; this.blank()) {
      if (this.take('[[')) table = this.heading(']]')
      else if (this.take('[')) table = this.heading(']')
      else this.pair(table)
      this.space()
      if (this.at < this.text.length && !/[\n#]/.test(this.peek())) throw this.bad('the line should end here')
    }
    return plain(this.root)
  }

  private loc(at = this.at): Loc {
    const before = this.text.slice(0, at)
    return { file: this.file, line: before.split('\n').length, column: at - before.lastIndexOf('\n') }
  }
  private bad(why: string, at = this.at): Error { return fault('toml-syntax', this.loc(at), { why }) }
  private peek(): string { return this.text[this.at] ?? '' }
  private take(mark: string): boolean {
    const found = this.text.startsWith(mark, this.at)
    if (found) this.at += mark.length
    return found
  }
  private expect(mark: string): void { if (!this.take(mark)) throw this.bad(`'${mark}' is expected here`) }
  private match(form: RegExp): string {
    form.lastIndex = this.at
    const found = form.exec(this.text)?.[0] ?? ''
    this.at += found.length
    return found
  }
  private space(): void { this.match(/[ \t]*/y) }
  /** Blanks, line ends and comments. */
  private blank(): void { this.match(/(?:[ \t\n]|#[^\n]*)*/y) }

  private keys(): string[] {
    const keys: string[] = []
    do {
      this.space()
      const start = this.at
      const key = this.peek() === '"' ? this.string('"') : this.peek() === "'" ? this.string("'") : this.match(/[A-Za-z0-9_-]+/y)
      if (this.at === start) throw this.bad('a key is expected here')
      keys.push(key)
      this.space()
    } while (this.take('.'))
    return keys
  }
  /** The table below these keys; what is missing is made. Of a list of tables the last one is meant. */
  private below(table: Table, keys: readonly string[], start: number): Table {
    let here = table
    for (const key of keys) {
      let next = here.get(key)
      if (next === undefined) { next = new Map<string, unknown>(); here.set(key, next) }
      const found: unknown = Array.isArray(next) && !this.closed.has(next) ? next.at(-1) : next
      if (!(found instanceof Map) || this.closed.has(found)) throw this.bad(`'${key}' has a value already and can have nothing below it`, start)
      here = found
    }
    return here
  }
  private heading(end: ']' | ']]'): Table {
    const start = this.at, keys = this.keys(), last = keys.pop() ?? ''
    this.expect(end)
    const parent = this.below(this.root, keys, start)
    if (end === ']') {
      const table = this.below(parent, [last], start)
      if (this.named.has(table) || Array.isArray(parent.get(last))) throw this.bad(`the table '${last}' is there twice`, start)
      this.named.add(table)
      return table
    }
    const list: unknown = parent.get(last) ?? [], made: Table = new Map()
    if (!Array.isArray(list) || this.closed.has(list)) throw this.bad(`'${last}' is something else already`, start)
    list.push(made)
    parent.set(last, list)
    return made
  }
  private pair(table: Table): void {
    const start = this.at, keys = this.keys(), last = keys.pop() ?? ''
    this.expect('=')
    this.space()
    const owner = this.below(table, keys, start)
    if (owner.has(last)) throw this.bad(`the key '${last}' is there twice`, start)
    const value = this.value()
    owner.set(last, value)
    if (owner !== table) this.named.add(owner)
  }

  private value(): unknown {
    const start = this.at, mark = this.peek()
    if (mark === '"' || mark === "'") return this.marked(this.string(mark), start)
    if (mark === '[') return this.list()
    if (mark === '{') return this.inline()
    const word = this.match(/\d{4}-\d\d-\d\d \d\d:\d\d[^\s,\]}#]*|[^\s,\]}#]+/y)
    const digits = word.replaceAll('_', '')
    if (word === 'true' || word === 'false') return word === 'true'
    if (numbers.test(word)) { const number = Number(digits); return Number.isSafeInteger(number) ? number : BigInt(digits) }
    if (floats.test(word)) return float(Number(digits))
    const special = /^([+-]?)(inf|nan)$/.exec(word)
    if (special !== null) return float(special[2] === 'nan' ? NaN : special[1] === '-' ? -Infinity : Infinity)
    const moment = moments.exec(word)
    if (moment !== null) return moment[2] === undefined ? word : `${moment[1] ?? ''}T${moment[2]}${/^z$/i.test(moment[3] ?? '') ? '+00:00' : moment[3] ?? ''}`
    throw this.bad(word === '' ? 'a value is expected here' : `'${word}' is no value: text stands in quotes`, start)
  }
  private marked(text: string, start: number): unknown {
    return /\{[{%#]/.test(text) ? new Template(text, (offset) => this.loc(start + 1 + offset)) : text
  }
  private list(): unknown[] {
    this.expect('[')
    const items: unknown[] = []
    for (this.blank(); !this.take(']'); this.blank()) {
      items.push(this.value())
      this.blank()
      if (!this.take(',') && this.peek() !== ']') throw this.bad("',' or ']' is expected here")
    }
    this.closed.add(items)
    return items
  }
  private inline(): Table {
    this.expect('{')
    const table: Table = new Map()
    this.space()
    if (!this.take('}')) {
      do { this.space(); this.pair(table); this.space() } while (this.take(','))
      this.expect('}')
    }
    const close = (one: unknown): void => { if (one instanceof Map && !this.closed.has(one)) { this.closed.add(one); for (const item of one.values()) close(item) } }
    close(table)
    return table
  }

  private string(quote: '"' | "'"): string {
    const start = this.at, isLong = this.text.startsWith(quote.repeat(3), this.at), end = isLong ? quote.repeat(3) : quote
    this.at += end.length
    if (isLong && this.peek() === '\n') this.at++
    let out = ''
    while (!this.text.startsWith(end, this.at)) {
      const char = this.peek()
      if (char === '' || (char === '\n' && !isLong)) throw this.bad('this text is not closed', start)
      if (char === '\\' && quote === '"') out += this.escape(isLong)
      else { out += char; this.at++ }
    }
    this.at += end.length
    // Up to two quotes may stand before the closing three.
    for (let more = 0; isLong && more < 2 && this.peek() === quote; more++) { out += quote; this.at++ }
    return out
  }
  private escape(isLong: boolean): string {
    if (isLong && this.match(/\\[ \t]*\n\s*/y) !== '') return ''
    const hex = this.match(/\\u[\da-fA-F]{4}|\\U[\da-fA-F]{8}/y)
    if (hex !== '') return String.fromCodePoint(parseInt(hex.slice(2), 16))
    const found = escapes[this.text[this.at + 1] ?? '']
    if (found === undefined) throw this.bad('there is no such escape')
    this.at += 2
    return found
  }
}

function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain)
  return value instanceof Map ? makeDict([...value].map(([key, item]) => [key, plain(item)])) : value
}

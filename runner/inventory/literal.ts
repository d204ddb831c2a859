/**
 * Values of an INI inventory. Ansible reads each as a Python literal (ast.literal_eval) and keeps it as text where it is none:
 * `8080` is an int, `True` a bool, `'8080'` a string, `0644` text, `[1, 'a']` a list; tuples and sets become lists.
 */
import { Float, float, makeDict } from '../core/value.ts'

/** Thrown where the text is no literal; never leaves this file. One for all: an address is none, and thousands of stacks would be taken down. */
const notLiteral = new Error('not a literal')

/** The value of a Python literal, or the text itself. */
export function literal(text: string): unknown {
  if (text.trim() === 'set()') return []
  if (!/^[ \t]*["'[({0-9.+\-TFNbBrRuU]/.test(text)) return text
  try {
    return new Reader(text).whole()
  } catch (error) {
    if (error === notLiteral) return text
    throw error
  }
}

const names: ReadonlyMap<string, unknown> = new Map<string, unknown>([['True', true], ['False', false], ['None', null]])
const escapes: ReadonlyMap<string, string> = new Map([
  ['n', '\n'], ['t', '\t'], ['r', '\r'], ['a', '\x07'], ['b', '\b'], ['f', '\f'], ['v', '\v'], ['\\', '\\'], ["'", "'"], ['"', '"'], ['\n', ''],
])
const number = /(?:0[xX](?:_?[0-9a-fA-F])+|0[oO](?:_?[0-7])+|0[bB](?:_?[01])+|(?:[0-9](?:_?[0-9])*)?\.?(?:[0-9](?:_?[0-9])*)?(?:[eE][+-]?[0-9](?:_?[0-9])*)?)/y

class Imaginary {
  readonly size: number
  constructor(size: number) { this.size = size }
}
const shown = (value: number): string => Object.is(value, -0) ? '-0' : String(value)
/** Python: str(complex). */
function imaginary(real: number, size: number): string {
  if (Object.is(real, 0)) return `${shown(size)}j`
  return `(${shown(real)}${size < 0 || Object.is(size, -0) ? '' : '+'}${shown(size)}j)`
}
function negated(value: unknown): unknown {
  if (value instanceof Float) return float(-value.value)
  return typeof value === 'number' || typeof value === 'bigint' ? -value : value
}

class Reader {
  private at = 0
  private depth = 0
  private readonly text: string
  constructor(text: string) { this.text = text }

  whole(): unknown {
    this.space()
    const first = this.value()
    this.space()
    const value = this.peek() === ',' ? [first, ...this.rest('')] : first
    this.space()
    if (this.at < this.text.length) throw notLiteral
    return value
  }

  private peek(): string { return this.text[this.at] ?? '' }
  private space(): void {
    const skip = this.depth > 0 ? /(?:[ \t\r\n]|#[^\n]*)*/y : /[ \t]*(?:#.*)?/y
    skip.lastIndex = this.at
    this.at += skip.exec(this.text)?.[0].length ?? 0
  }

  private value(): unknown {
    const c = this.peek()
    if (c === '[') return this.list(']')
    if (c === '(') return this.group()
    if (c === '{') return this.braces()
    if (c === '-' || c === '+') return this.signed(c)
    if (this.text.startsWith('...', this.at)) { this.at += 3; return '...' }
    if (this.text.startsWith('set()', this.at)) { this.at += 5; return [] }
    if (/[0-9.]/.test(c)) return this.complex(this.number())
    const prefix = /[bB]?[rR]?[uUbB]?(?=["'])/y
    prefix.lastIndex = this.at
    if (prefix.test(this.text)) return this.strings()
    const word = /[A-Za-z]+/y
    word.lastIndex = this.at
    const name = word.exec(this.text)?.[0] ?? ''
    if (!names.has(name)) throw notLiteral
    this.at += name.length
    return names.get(name)
  }

  private list(close: string): unknown[] {
    this.at++
    return this.rest(close)
  }
  /** Items up to the closing bracket, commas between them; for `''` up to the end of the text. */
  private rest(close: string): unknown[] {
    this.depth++
    const items: unknown[] = []
    this.space()
    if (close === '') this.at++
    for (this.space(); this.peek() !== close; this.space()) {
      items.push(this.value())
      this.space()
      if (this.peek() === ',') this.at++
      else if (this.peek() !== close) throw notLiteral
    }
    if (close !== '') this.at++
    this.depth--
    return items
  }
  private group(): unknown {
    const start = this.at
    const items = this.list(')')
    const body = this.text.slice(start + 1, this.at - 1)
    return items.length === 1 && !/,\s*$/.test(body) ? items[0] : items
  }
  private braces(): unknown {
    this.depth++
    this.at++
    const pairs: [unknown, unknown][] = []
    const items: unknown[] = []
    for (this.space(); this.peek() !== '}'; this.space()) {
      const key = this.value()
      this.space()
      if (this.peek() === ':') {
        this.at++
        this.space()
        pairs.push([key, this.value()])
        this.space()
      } else items.push(key)
      if (this.peek() === ',') this.at++
      else if (this.peek() !== '}') throw notLiteral
    }
    this.at++
    this.depth--
    // A list or dict in a set, as `{{ 1 }}` would be, is no literal in Python either.
    if (items.length > 0 && (pairs.length > 0 || items.some((item) => typeof item === 'object' && item !== null && !(item instanceof Float)))) throw notLiteral
    return items.length > 0 ? [...new Set(items)] : makeDict(pairs)
  }

  private signed(sign: string): unknown {
    this.at++
    this.space()
    if (!/[0-9.]/.test(this.peek()) || this.text.startsWith('...', this.at)) throw notLiteral
    const value = this.number()
    if (value instanceof Imaginary) return sign === '-' ? imaginary(-0, -value.size) : imaginary(0, value.size)
    return this.complex(sign === '-' ? negated(value) : value)
  }
  /** `1+2j`: Python has such numbers, Ansible keeps them as text. */
  private complex(value: unknown): unknown {
    if (value instanceof Imaginary) return imaginary(0, value.size)
    const before = this.at
    this.space()
    const sign = this.peek()
    if (sign === '+' || sign === '-') {
      this.at++
      this.space()
      const second = /[0-9.]/.test(this.peek()) ? this.number() : undefined
      if (!(second instanceof Imaginary)) throw notLiteral
      return imaginary(Number(value instanceof Float ? value.value : value), sign === '-' ? -second.size : second.size)
    }
    this.at = before
    return value
  }
  private number(): unknown {
    number.lastIndex = this.at
    const found = number.exec(this.text)?.[0] ?? ''
    const plain = found.replaceAll('_', '')
    this.at += found.length
    if (plain === '' || plain === '.') throw notLiteral
    const isImaginary = /[jJ]/.test(this.peek()) && !/^0[xob]/i.test(plain)
    if (isImaginary) this.at++
    if (/[A-Za-z0-9_.]/.test(this.peek())) throw notLiteral
    if (isImaginary) return new Imaginary(Number(plain))
    if (/^0[xob]/i.test(plain) || /^[0-9]+$/.test(plain)) {
      if (/^0[0-9]*[1-9]/.test(plain)) throw notLiteral
      const value = Number(plain)
      return Number.isSafeInteger(value) ? value : BigInt(plain)
    }
    return float(Number(plain))
  }

  private strings(): string {
    let all = '', isBytes: boolean | undefined
    for (;;) {
      const open = /([bBrRuU]{0,2})('''|"""|'|")/y
      open.lastIndex = this.at
      const found = open.exec(this.text)
      if (found === null) return all
      this.at += found[0].length
      if (isBytes !== undefined && isBytes !== /b/i.test(found[1] ?? '')) throw notLiteral
      isBytes = /b/i.test(found[1] ?? '')
      all += this.string(found[2] ?? '', /r/i.test(found[1] ?? ''))
      this.space()
    }
  }
  private string(quote: string, isRaw: boolean): string {
    let out = ''
    while (!this.text.startsWith(quote, this.at)) {
      const c = this.peek()
      if (c === '' || (c === '\n' && quote.length === 1)) throw notLiteral
      if (c !== '\\') { out += c; this.at++ }
      else if (isRaw) { out += this.text.slice(this.at, this.at + 2); this.at += 2 }
      else out += this.escape()
    }
    this.at += quote.length
    return out
  }
  private escape(): string {
    const form = /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{1,3})|([\s\S]))/y
    form.lastIndex = this.at
    const found = form.exec(this.text)
    if (found === null) throw notLiteral
    this.at += found[0].length
    const hex = found[1] ?? found[2] ?? found[3]
    if (hex !== undefined) return String.fromCodePoint(parseInt(hex, 16))
    if (found[4] !== undefined) return String.fromCodePoint(parseInt(found[4], 8))
    const simple = escapes.get(found[5] ?? '')
    if (simple === undefined && /[xuUN]/.test(found[5] ?? '')) throw notLiteral
    return simple ?? found[0]
  }
}

/** JSON as Python writes and reads it: separators, sorted keys, ASCII only, floats that stay floats, NaN. */
import { dictEntries, Float, float, isDict, makeDict, Undefined } from '../core/value.ts'
import { shrink } from './numbers.ts'
import { Refusal } from './params.ts'
import { compare, floatText, given, pyRepr, PyObject, pyStr, typeName, undefinedFault } from './python.ts'

export interface DumpOptions {
  readonly indent?: string | undefined
  readonly sortKeys?: boolean
  readonly ensureAscii?: boolean
  readonly itemSeparator?: string
  readonly keySeparator?: string
  readonly skipKeys?: boolean
  readonly allowNan?: boolean
  /** Keys are text before they are sorted, as with Ansible's encoders; Jinja's tojson sorts them as they are. */
  readonly textKeys?: boolean
}

const short: Readonly<Record<string, string>> = { '"': '\\"', '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t', '\f': '\\f', '\b': '\\b' }
const unicode = (char: string): string => Array.from({ length: char.length }, (_, i) => `\\u${char.charCodeAt(i).toString(16).padStart(4, '0')}`).join('')
function quoteText(text: string, ensureAscii: boolean): string {
  const special = ensureAscii ? /["\\\x00-\x1f]|[^\x00-\x7f]/g : /["\\\x00-\x1f]/g
  return `"${text.replace(special, (char) => short[char] ?? unicode(char))}"`
}
function number(value: number, allowNan: boolean): string {
  if (Number.isFinite(value)) return Number.isInteger(value) && !Object.is(value, -0) ? String(BigInt(value)) : floatText(value)
  if (!allowNan) throw new Refusal('Out of range float values are not JSON compliant')
  return Number.isNaN(value) ? 'NaN' : value > 0 ? 'Infinity' : '-Infinity'
}
function keyText(key: unknown, skip: boolean): string | undefined {
  if (typeof key === 'string') return key
  if (key === null) return 'null'
  if (typeof key === 'boolean') return String(key)
  if (typeof key === 'number' || typeof key === 'bigint' || key instanceof Float) return pyStr(key)
  if (skip) return undefined
  throw new Refusal(`keys must be str, int, float, bool or None, not ${typeName(given(key))}`)
}

/** Python: json.dumps. Dates become text, sets lists, as with Ansible's encoder. */
export function dumpJson(value: unknown, options: DumpOptions = {}): string {
  const { indent, sortKeys = false, ensureAscii = true, skipKeys = false, allowNan = true, textKeys = false } = options
  const comma = options.itemSeparator ?? (indent === undefined ? ', ' : ','), colon = options.keySeparator ?? ': '
  const wrapped = (open: string, parts: readonly string[], close: string, depth: number): string => {
    if (parts.length === 0) return open + close
    if (indent === undefined) return open + parts.join(comma) + close
    const line = `\n${indent.repeat(depth + 1)}`
    return `${open}${line}${parts.join(comma + line)}\n${indent.repeat(depth)}${close}`
  }
  const dump = (one: unknown, depth: number): string => {
    if (one instanceof Undefined) throw undefinedFault(one)
    given(one)
    if (one === null) return 'null'
    if (typeof one === 'string') return quoteText(one, ensureAscii)
    if (typeof one === 'boolean' || typeof one === 'bigint') return String(one)
    if (typeof one === 'number') return number(one, allowNan)
    if (one instanceof Float) return floatText(one.value)
    if (Array.isArray(one) || one instanceof Set) return wrapped('[', Array.from(one as Iterable<unknown>, (item) => dump(item, depth + 1)), ']', depth)
    if (isDict(one)) {
      const entries = textKeys ? dictEntries(one).map(([key, item]) => [keyText(key, skipKeys) ?? key, item] as const) : dictEntries(one)
      if (sortKeys) entries.sort(([a], [b]) => compare(a, b))
      const seen = new Map<string, string>()
      for (const [key, item] of entries) {
        const name = keyText(key, skipKeys)
        if (name !== undefined) seen.set(name, quoteText(name, ensureAscii) + colon + dump(item, depth + 1))
      }
      return wrapped('{', [...seen.values()], '}', depth)
    }
    if (one instanceof PyObject) {
      const iso = one.traits.binary?.('iso', null, false)
      if (typeof iso === 'string') return quoteText(iso, ensureAscii)
      if (one.traits.iterate !== undefined) return dump([...one.traits.iterate()], depth)
    }
    throw new Refusal(`Object of type ${typeName(one)} is not JSON serializable: ${pyRepr(one).slice(0, 80)}`)
  }
  return dump(value, 0)
}

/** Reads JSON text; Refusal with Python's words and the place in the text where it is wrong. */
export function loadJson(text: string): unknown {
  const reader = new Reader(text.startsWith('\ufeff') ? text.slice(1) : text)
  return reader.document()
}

class Reader {
  private readonly text: string
  private at = 0
  constructor(text: string) { this.text = text }

  document(): unknown {
    this.blank()
    const value = this.value()
    this.blank()
    if (this.at < this.text.length) throw this.fail('Extra data')
    return value
  }
  private fail(message: string, at = this.at): Refusal {
    const before = this.text.slice(0, at), line = before.split('\n').length
    return new Refusal(`${message}: line ${line} column ${at - before.lastIndexOf('\n')} (char ${at})`)
  }
  private blank(): void { while (/[ \t\n\r]/.test(this.text.charAt(this.at))) this.at++ }
  private take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at
    const found = pattern.exec(this.text)?.[0]
    if (found !== undefined) this.at += found.length
    return found
  }
  private value(): unknown {
    switch (this.text.charAt(this.at)) {
      case '"': return this.string()
      case '[': return this.list()
      case '{': return this.dict()
      default:
    }
    const word = this.take(/null|true|false|NaN|-?Infinity/y)
    if (word !== undefined) {
      return { null: null, true: true, false: false, NaN: NaN, Infinity: Infinity, '-Infinity': -Infinity }[word]
    }
    const digits = this.take(/-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y)
    if (digits === undefined) throw this.fail('Expecting value')
    return /[.eE]/.test(digits) ? float(Number(digits)) : shrink(BigInt(digits))
  }
  private list(): unknown[] {
    const out: unknown[] = []
    this.at++
    this.blank()
    if (this.take(/\]/y) !== undefined) return out
    for (;;) {
      this.blank()
      out.push(this.value())
      this.blank()
      if (this.take(/\]/y) !== undefined) return out
      if (this.take(/,/y) === undefined) throw this.fail("Expecting ',' delimiter")
    }
  }
  private dict(): unknown {
    const pairs: [string, unknown][] = []
    this.at++
    this.blank()
    if (this.take(/\}/y) !== undefined) return {}
    for (;;) {
      this.blank()
      if (this.text.charAt(this.at) !== '"') throw this.fail('Expecting property name enclosed in double quotes')
      const key = this.string()
      this.blank()
      if (this.take(/:/y) === undefined) throw this.fail("Expecting ':' delimiter")
      this.blank()
      pairs.push([key, this.value()])
      this.blank()
      if (this.take(/\}/y) !== undefined) return makeDict(pairs)
      if (this.take(/,/y) === undefined) throw this.fail("Expecting ',' delimiter")
    }
  }
  private string(): string {
    const start = this.at++
    let out = ''
    for (;;) {
      out += this.take(/[^"\\\x00-\x1f]+/y) ?? ''
      if (this.take(/"/y) !== undefined) return out
      const escape = this.take(/\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y)
      if (escape !== undefined) { out += JSON.parse(`"${escape}"`) as string; continue }
      if (this.at >= this.text.length) throw this.fail('Unterminated string starting at', start)
      throw this.fail(this.text.charAt(this.at) === '\\' ? 'Invalid \\escape' : 'Invalid control character at')
    }
  }
}

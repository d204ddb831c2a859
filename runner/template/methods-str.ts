/** Methods of str. Positions count code points only where text has characters beyond U+FFFF; else they are JavaScript's own. */
import { dictEntries, isDict, makeDict, Tuple } from '../core/value.ts'
import { findCodec } from '../core/encoding.ts'
import type { Call } from './call.ts'
import { asIndex } from './numbers.ts'
import { formatCall, formatValue } from './format.ts'
import type { Methods } from './python-methods.ts'
import { given, isTruthy, iterate, pyError, typeName } from './python.ts'
import { needed, params } from './signature.ts'

/** A text argument; TypeError for anything else. */
function text(value: unknown, what: string): string {
  given(value)
  if (typeof value === 'string') return value
  throw pyError('TypeError', `${what} must be str, not ${typeName(value)}`)
}
const texts = (value: unknown, what: string): string[] =>
  value instanceof Tuple ? Array.from(value, (one) => text(one, what)) : [text(value, what)]

/** The part that find, count, startswith look at, and where it starts. */
function part(self: string, start: unknown, stop: unknown): { part: string; from: number } {
  const clamp = (value: unknown, otherwise: number): number => {
    if (value === undefined || value === null) return otherwise
    const index = asIndex(value)
    return Math.min(index < 0 ? Math.max(0, index + self.length) : index, self.length)
  }
  const from = clamp(start, 0)
  return { part: self.slice(from, Math.max(from, clamp(stop, self.length))), from }
}

const space = /\s/
function strip(self: string, call: Call, name: string, left: boolean, right: boolean): string {
  const [chars] = params(call, name, 'chars')
  const drops = chars === undefined || chars === null ? (char: string) => space.test(char) || (char >= '\x1c' && char <= '\x1f') : (char: string) => text(chars, `${name} arg`).includes(char)
  let from = 0
  let to = self.length
  while (left && from < to && drops(self.charAt(from))) from++
  while (right && to > from && drops(self.charAt(to - 1))) to--
  return self.slice(from, to)
}

function split(self: string, call: Call): string[] {
  const [separator, limit = -1] = params(call, 'split', 'sep', 'maxsplit')
  const most = asIndex(limit)
  if (separator === undefined || separator === null) {
    const out: string[] = []
    let rest = self.trimStart()
    while (rest !== '') {
      const found = most >= 0 && out.length >= most ? null : /\s+/.exec(rest)
      if (found === null) { out.push(most >= 0 && out.length >= most ? rest.trimEnd() : rest); break }
      out.push(rest.slice(0, found.index))
      rest = rest.slice(found.index + found[0].length)
    }
    return out
  }
  const by = text(separator, 'sep')
  if (by === '') throw pyError('ValueError', 'empty separator')
  const pieces = self.split(by)
  return most < 0 || pieces.length <= most + 1 ? pieces : [...pieces.slice(0, most), pieces.slice(most).join(by)]
}
function rsplit(self: string, call: Call): string[] {
  const [separator, limit = -1] = params(call, 'rsplit', 'sep', 'maxsplit')
  const most = asIndex(limit)
  if (most < 0) return split(self, call.args.length + Object.keys(call.kwargs).length === 0 ? call : { ...call, args: [separator ?? null], kwargs: {} })
  if (separator === undefined || separator === null) {
    const out: string[] = []
    let rest = self.trimEnd()
    while (rest !== '') {
      const found = out.length >= most ? null : /\s+(?=\S*$)/.exec(rest)
      if (found === null) { out.unshift(rest.trimStart()); break }
      out.unshift(rest.slice(found.index + found[0].length))
      rest = rest.slice(0, found.index)
    }
    return out
  }
  const by = text(separator, 'sep')
  if (by === '') throw pyError('ValueError', 'empty separator')
  const pieces = self.split(by)
  if (pieces.length <= most + 1) return pieces
  return [pieces.slice(0, pieces.length - most).join(by), ...pieces.slice(pieces.length - most)]
}
export function splitLines(self: string, keepEnds: boolean): string[] {
  const lines = self.match(/[^\n\r\v\f\x1c-\x1e\x85\u2028\u2029]*(?:\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029])|[^\n\r\v\f\x1c-\x1e\x85\u2028\u2029]+$/g) ?? []
  return keepEnds ? [...lines] : lines.map((line) => line.replace(/(?:\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029])$/, ''))
}

function find(self: string, call: Call, name: string, last: boolean): number {
  const [what, start, stop] = needed(call, 1, name, 'sub', 'start', 'end')
  const { part: where, from } = part(self, start, stop)
  const at = last ? where.lastIndexOf(text(what, `${name} arg`)) : where.indexOf(text(what, `${name} arg`))
  return at < 0 ? -1 : at + from
}
function index(self: string, call: Call, name: string, last: boolean): number {
  const at = find(self, call, name, last)
  if (at < 0) throw pyError('ValueError', 'substring not found')
  return at
}
function pad(self: string, call: Call, name: string): { missing: number; fill: string } {
  const [width, fill = ' '] = needed(call, 1, name, 'width', 'fillchar')
  if (Array.from(text(fill, 'fillchar')).length !== 1) throw pyError('TypeError', 'The fill character must be exactly one character long')
  return { missing: Math.max(0, asIndex(width) - Array.from(self).length), fill: text(fill, 'fillchar') }
}
function partition(self: string, call: Call, name: string, last: boolean): Tuple {
  const by = text(needed(call, 1, name, 'sep')[0], 'sep')
  if (by === '') throw pyError('ValueError', 'empty separator')
  const at = last ? self.lastIndexOf(by) : self.indexOf(by)
  if (at < 0) return Tuple.from(last ? ['', '', self] : [self, '', ''])
  return Tuple.from([self.slice(0, at), by, self.slice(at + by.length)])
}
function edge(self: string, call: Call, name: 'startswith' | 'endswith'): boolean {
  const [what, start, stop] = needed(call, 1, name, 'prefix', 'start', 'end')
  const { part: where } = part(self, start, stop)
  return texts(what, `${name} first arg`).some((one) => name === 'startswith' ? where.startsWith(one) : where.endsWith(one))
}
const every = (self: string, pattern: RegExp): boolean => self !== '' && Array.from(self).every((char) => pattern.test(char))
const cased = (self: string): boolean => /[\p{Lu}\p{Ll}\p{Lt}]/u.test(self)

/** First letter as a title has it (`ß` becomes `Ss`), the rest small. */
export function capitalize(self: string): string {
  const [first = '', ...rest] = Array.from(self)
  const [head = '', ...tail] = Array.from(first.toUpperCase())
  return head + tail.join('').toLowerCase() + rest.join('').toLowerCase()
}
/** Python's title(): each run of letters starts with a capital. */
export const titleCase = (self: string): string => self.replace(/\p{L}[\p{L}\p{M}]*/gu, capitalize)

export function encode(self: string, encoding: string, errors: string): Uint8Array {
  const codec = findCodec(encoding)
  if (codec === undefined) throw pyError('ValueError', `unknown encoding: ${encoding}`)
  const whole = codec.encode(self)
  if (whole !== undefined) return whole
  const parts = Array.from(self, (char) => {
    const bytes = codec.encode(char)
    if (bytes === undefined && errors !== 'ignore' && errors !== 'replace') throw pyError('UnicodeError', `'${encoding}' codec can't encode character ${JSON.stringify(char)}`)
    return bytes ?? codec.encode(errors === 'replace' ? '?' : '') ?? Uint8Array.of()
  })
  return Uint8Array.from(Buffer.concat(parts))
}

export const strMethods: Methods<string> = {
  upper: (self) => self.toUpperCase(),
  lower: (self) => self.toLowerCase(),
  casefold: (self) => self.toLowerCase().replaceAll('ß', 'ss'),
  title: (self) => titleCase(self),
  capitalize: (self) => capitalize(self),
  swapcase: (self) => Array.from(self, (char) => char === char.toUpperCase() ? char.toLowerCase() : char.toUpperCase()).join(''),
  strip: (self, call) => strip(self, call, 'strip', true, true),
  lstrip: (self, call) => strip(self, call, 'lstrip', true, false),
  rstrip: (self, call) => strip(self, call, 'rstrip', false, true),
  split,
  rsplit,
  splitlines: (self, call) => splitLines(self, isTruthy(params(call, 'splitlines', 'keepends')[0] ?? false)),
  startswith: (self, call) => edge(self, call, 'startswith'),
  endswith: (self, call) => edge(self, call, 'endswith'),
  find: (self, call) => find(self, call, 'find', false),
  rfind: (self, call) => find(self, call, 'rfind', true),
  index: (self, call) => index(self, call, 'index', false),
  rindex: (self, call) => index(self, call, 'rindex', true),
  count(self, call) {
    const [what, start, stop] = needed(call, 1, 'count', 'sub', 'start', 'end')
    const { part: where } = part(self, start, stop)
    const sub = text(what, 'count arg')
    return sub === '' ? Array.from(where).length + 1 : where.split(sub).length - 1
  },
  replace(self, call) {
    const [from, to, count = -1] = needed(call, 2, 'replace', 'old', 'new', 'count')
    const old = text(from, 'replace() argument 1')
    const fresh = text(to, 'replace() argument 2')
    const most = asIndex(count)
    if (most < 0) return self.replaceAll(old, () => fresh)
    const pieces = self.split(old)
    if (old === '') pieces.unshift('')
    return pieces.slice(0, most + 1).join(fresh) + pieces.slice(most + 1).map((piece) => old + piece).join('')
  },
  join: (self, call) => iterate(needed(call, 1, 'join', 'iterable')[0]).map((item, i) => {
    if (typeof given(item) !== 'string') throw pyError('TypeError', `sequence item ${i}: expected str instance, ${typeName(item)} found`)
    return item
  }).join(self),
  zfill(self, call) {
    const width = asIndex(needed(call, 1, 'zfill', 'width')[0])
    const sign = /^[+-]/.exec(self)?.[0] ?? ''
    return sign + '0'.repeat(Math.max(0, width - Array.from(self).length)) + self.slice(sign.length)
  },
  center(self, call) {
    const { missing, fill } = pad(self, call, 'center')
    const width = missing + Array.from(self).length
    const left = Math.floor(missing / 2) + (missing & width & 1)
    return fill.repeat(left) + self + fill.repeat(missing - left)
  },
  ljust(self, call) { const { missing, fill } = pad(self, call, 'ljust'); return self + fill.repeat(missing) },
  rjust(self, call) { const { missing, fill } = pad(self, call, 'rjust'); return fill.repeat(missing) + self },
  partition: (self, call) => partition(self, call, 'partition', false),
  rpartition: (self, call) => partition(self, call, 'rpartition', true),
  expandtabs(self, call) {
    const [size = 8] = params(call, 'expandtabs', 'tabsize')
    return self.split('\n').map((line) => {
      let out = ''
      for (const char of line) out += char === '\t' ? ' '.repeat(asIndex(size) > 0 ? asIndex(size) - out.length % asIndex(size) : 0) : char
      return out
    }).join('\n')
  },
  removeprefix(self, call) { const [prefix] = needed(call, 1, 'removeprefix', 'prefix'); const cut = text(prefix, 'prefix'); return self.startsWith(cut) ? self.slice(cut.length) : self },
  removesuffix(self, call) { const [suffix] = needed(call, 1, 'removesuffix', 'suffix'); const cut = text(suffix, 'suffix'); return cut !== '' && self.endsWith(cut) ? self.slice(0, -cut.length) : self },
  isdigit: (self) => every(self, /[\p{Nd}²³¹⁰-⁹₀-₉]/u),
  isdecimal: (self) => every(self, /\p{Nd}/u),
  isnumeric: (self) => every(self, /\p{N}/u),
  isalpha: (self) => every(self, /\p{L}/u),
  isalnum: (self) => every(self, /[\p{L}\p{N}]/u),
  isascii: (self) => /^[\x00-\x7f]*$/.test(self),
  isspace: (self) => every(self, /\s/),
  isupper: (self) => cased(self) && self === self.toUpperCase(),
  islower: (self) => cased(self) && self === self.toLowerCase(),
  istitle: (self) => cased(self) && self === titleCase(self),
  isidentifier: (self) => /^[\p{L}_][\p{L}\p{N}_]*$/u.test(self),
  isprintable: (self) => !/[\p{C}]/u.test(self),
  encode(self, call) {
    const [encoding = 'utf-8', errors = 'strict'] = params(call, 'encode', 'encoding', 'errors')
    return encode(self, text(encoding, 'encoding'), text(errors, 'errors'))
  },
  format: (self, call) => formatCall(self, call.args, call.kwargs),
  format_map(self, call) {
    const [mapping] = needed(call, 1, 'format_map', 'mapping')
    if (!isDict(mapping)) throw pyError('TypeError', 'format_map() needs a dict')
    return formatCall(self, [], Object.fromEntries(dictEntries(mapping).map(([key, value]) => [String(key), value])))
  },
  maketrans(_self, call) {
    const [from, to, gone = ''] = call.args
    const code = (char: string): number => char.codePointAt(0) ?? 0
    if (to === undefined) {
      if (!isDict(from)) throw pyError('TypeError', 'if you give only one argument to maketrans it must be a dict')
      return makeDict(dictEntries(from).map(([key, value]) => [typeof key === 'string' ? code(key) : key, value]))
    }
    const [left, right] = [Array.from(text(from, 'from')), Array.from(text(to, 'to'))]
    if (left.length !== right.length) throw pyError('ValueError', 'the first two maketrans arguments must have equal length')
    return makeDict([...left.map((char, i) => [code(char), code(right[i] ?? '')] as const), ...Array.from(text(gone, 'gone'), (char) => [code(char), null] as const)])
  },
  translate(self, call) {
    const [table] = needed(call, 1, 'translate', 'table')
    if (!isDict(table)) throw pyError('TypeError', 'translate() needs a dict')
    const map = new Map(dictEntries(table))
    return Array.from(self, (char) => {
      const to = map.get(char.codePointAt(0))
      return to === undefined ? char : to === null ? '' : typeof to === 'number' ? String.fromCodePoint(to) : formatValue(to, '')
    }).join('')
  },
}

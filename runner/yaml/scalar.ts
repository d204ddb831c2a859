/** How PyYAML with libyaml writes one scalar: plain, in single or in double quotes, and where it folds lines (libyaml: emitter.c). */
import { Float, PlainText } from '../core/value.ts'
import type { Writer } from './dump.ts'
import { resolvePlain } from './pyyaml.ts'

export interface Scalar {
  readonly text: string
  readonly tag: '!!str' | '!!int' | '!!float' | '!!bool' | '!!null' | '!!binary' | '!!timestamp'
  readonly showsTag: boolean
}
const made = (text: string, tag: Scalar['tag'], showsTag = false): Scalar => ({ text, tag, showsTag })

export function represent(value: unknown): Scalar {
  if (value === null || value === undefined) return made('null', '!!null')
  switch (typeof value) {
    case 'boolean': return made(value ? 'true' : 'false', '!!bool')
    case 'bigint': return made(String(value), '!!int')
    case 'number': return Number.isInteger(value) ? made(String(BigInt(value)), '!!int') : made(floatText(value), '!!float')
    case 'string': return made(value, '!!str')
    default:
  }
  if (value instanceof Float) return made(floatText(value.value), '!!float')
  if (value instanceof Uint8Array) return made(Buffer.from(value).toString('base64'), '!!binary', true)
  if (value instanceof PlainText) return made(value.text, '!!timestamp')
  throw new Error('YAML cannot say this value')
}
/** Python's repr, with a point where YAML needs one to see a float. */
function floatText(value: number): string {
  if (Number.isNaN(value)) return '.nan'
  if (!Number.isFinite(value)) return value > 0 ? '.inf' : '-.inf'
  const [mantissa = '0', power = '0'] = value.toExponential().split('e')
  const exponent = Number(power)
  if (value !== 0 && (exponent < -4 || exponent >= 16)) {
    return `${mantissa.includes('.') ? mantissa : `${mantissa}.0`}e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`
  }
  const text = exponent < 0 && exponent >= -6 ? value.toFixed(Math.min(100, mantissa.replace(/[-.]/g, '').length - 1 - exponent)) : String(value)
  return text.includes('.') ? text : `${text}.0`
}

// ---------------------------------------------------------------- which style

export interface Analysis { readonly isEmpty: boolean; readonly isMultiline: boolean; readonly flowPlain: boolean; readonly blockPlain: boolean; readonly single: boolean }
const blank = new Set(['\0', ' ', '\t', '\r', '\n', '\x85', '\u2028', '\u2029'])
const breaks = new Set(['\n', '\x85', '\u2028', '\u2029'])

/** Which styles can carry this text. */
export function analyze(text: string): Analysis {
  if (text === '') return { isEmpty: true, isMultiline: false, flowPlain: false, blockPlain: true, single: true }
  const chars = Array.from(text)
  const marks = indicators(chars, text)
  const hasBreaks = chars.some((char) => breaks.has(char))
  const isSpecial = chars.some((char) => !isPrintable(char))
  const edges = blankOrBreak(chars[0]) || blankOrBreak(chars.at(-1))
  const breakSpace = /[\n\x85\u2028\u2029] /.test(text)
  const spaceBreak = / [\n\x85\u2028\u2029]/.test(text)
  const plain = !edges && !breakSpace && !spaceBreak && !isSpecial && !hasBreaks
  return {
    isEmpty: false, isMultiline: hasBreaks, flowPlain: plain && !marks.flow, blockPlain: plain && !marks.block,
    single: !breakSpace && !spaceBreak && !isSpecial,
  }
}
const blankOrBreak = (char: string | undefined): boolean => char === ' ' || (char !== undefined && breaks.has(char))
/** libyaml writes characters beyond U+FFFF as escapes. */
function isPrintable(char: string): boolean {
  const code = char.codePointAt(0) ?? 0
  return code === 10 || (code >= 0x20 && code <= 0x7e) || (code >= 0xa0 && code <= 0xd7ff) || (code >= 0xe000 && code <= 0xfffd && code !== 0xfeff)
}
function indicators(chars: readonly string[], text: string): { flow: boolean; block: boolean } {
  let flow = /^(?:---|\.\.\.)/.test(text)
  let block = flow
  chars.forEach((char, i) => {
    const before = i === 0 || blank.has(chars[i - 1] ?? '')
    const after = i + 1 >= chars.length || blank.has(chars[i + 1] ?? '')
    if (i === 0) {
      if ('#,[]{}&*!|>\'"%@`'.includes(char)) flow = block = true
      if ('?:'.includes(char)) { flow = true; if (after) block = true }
      if (char === '-' && after) flow = block = true
    } else {
      if (',?[]{}'.includes(char)) flow = true
      if (char === ':') { flow = true; if (after) block = true }
      if (char === '#' && before) flow = block = true
    }
  })
  return { flow, block }
}

/** Text that would be read back as something else: numbers, yes, null, and what PyYAML takes for a date, a merge or a default key. */
const isText = (text: string): boolean => typeof resolvePlain(text) === 'string' && text !== '<<' && text !== '=' && !date.test(text)
const date = /^(?:\d{4}-\d\d-\d\d|\d{4}-\d\d?-\d\d?(?:[Tt]|[ \t]+)\d\d?:\d\d:\d\d(?:\.\d*)?(?:[ \t]*(?:Z|[-+]\d\d?(?::\d\d)?))?)$/

export function scalarStyle({ text, tag }: Scalar, { isKey, inFlow }: { readonly isKey: boolean; readonly inFlow: boolean }): 'plain' | 'single' | 'double' {
  const found = analyze(text)
  const isImplicit = tag === '!!binary' ? false : tag !== '!!str' || isText(text)
  if (isKey && found.isMultiline) return 'double'
  if (isImplicit && !(found.isEmpty && (isKey || inFlow)) && (inFlow ? found.flowPlain : found.blockPlain)) return 'plain'
  return found.single ? 'single' : 'double'
}

// ---------------------------------------------------------------- writing, with folding

/** Runs of spaces, runs of line ends, and text between them. */
const runs = (text: string): string[] => text.match(/ +|[\n\x85\u2028\u2029]+|[^ \n\x85\u2028\u2029]+/g) ?? []

export function writePlain(out: Writer, text: string, mayFold: boolean): void {
  if (text === '') return
  if (!out.isBlank) out.write(' ')
  out.isBlank = false
  out.isIndented = false
  for (const run of runs(text)) {
    if (run === ' ' && out.column > out.width && mayFold) {
      out.toIndent()
      out.isBlank = false
      out.isIndented = false
    } else out.write(run)
  }
}
export function writeSingle(out: Writer, text: string, mayFold: boolean): void {
  out.indicator("'", true)
  const all = runs(text)
  all.forEach((run, i) => {
    if (run === ' ' && out.column > out.width && mayFold && i > 0 && i < all.length - 1) out.toIndent()
    else if (breaks.has(run.charAt(0))) {
      if (run.startsWith('\n')) out.lineBreak()
      for (const mark of run) out.lineBreak(mark)
      out.toIndent()
    } else out.write(run.replaceAll("'", "''"))
  })
  out.indicator("'", false)
}

const escapes: Readonly<Record<string, string>> = {
  '\0': '0', '\x07': 'a', '\b': 'b', '\t': 't', '\n': 'n', '\v': 'v', '\f': 'f', '\r': 'r', '\x1b': 'e', '"': '"', '\\': '\\', '\x85': 'N', '\xa0': '_', '\u2028': 'L', '\u2029': 'P',
}
function escaped(char: string): string | undefined {
  const code = char.codePointAt(0) ?? 0
  const isPlain = isPrintable(char) && !'\n"\\\u2028\u2029'.includes(char)
  if (isPlain) return undefined
  const short = escapes[char]
  if (short !== undefined) return `\\${short}`
  const hex = (width: number): string => code.toString(16).toUpperCase().padStart(width, '0')
  return code <= 0xff ? `\\x${hex(2)}` : code <= 0xffff ? `\\u${hex(4)}` : `\\U${hex(8)}`
}
export function writeDouble(out: Writer, text: string, mayFold: boolean): void {
  out.indicator('"', true)
  const chars = Array.from(text)
  let afterSpace = false
  chars.forEach((char, i) => {
    if (char === ' ' && mayFold && !afterSpace && out.column > out.width && i > 0 && i < chars.length - 1) {
      out.toIndent()
      if (chars[i + 1] === ' ') out.write('\\')
    } else out.write(escaped(char) ?? char)
    afterSpace = char === ' '
  })
  out.indicator('"', false)
}

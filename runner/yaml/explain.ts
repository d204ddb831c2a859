/** What a beginner did wrong, from what the parser says and the line it stopped at. */
import type { YAMLException } from 'js-yaml'
import { fault } from '../core/errors.ts'
import type { Fault } from '../core/errors.ts'
import type { Loc } from '../core/types.ts'
import type { Source } from './source.ts'

interface Stopped { readonly error: YAMLException; readonly source: Source }

/** `first` is the error before any repair: where quotes and brackets are left open, its place is the better one. */
export function explain(error: YAMLException, source: Source, first: Stopped): Fault {
  const position = error.mark?.position ?? 0
  const open = unclosed(error, source, first)
  if (open !== undefined) return open
  // The parser often notices at the start of the next line.
  const before = Math.max(0, source.text.lastIndexOf('\n', position - 1) < 0 ? 0 : source.text.lastIndexOf('\n', position - 1))
  const found = classic(source, position, error) ?? glued(source, before, error)
  if (found !== undefined) return found
  // a document that is one flow mapping or list ends with its bracket
  if (/end of the stream or a document separator/.test(error.reason) && /^\s*(?:---\s*)?[[{]/.test(source.text)) return fault('yaml-after-document', source.at(position), {}, error)
  if (/indentation/.test(error.reason) || /end of the stream or a document separator/.test(error.reason)) {
    const start = lineStartOf(source, position)
    const mixed = /^\s*(?:- +)?\w+: +\w+=/.test(source.line(Math.max(0, start - 1))) || /^\s*\w+=\S/.test(source.line(Math.max(0, start - 1)))
    if (mixed) return fault('yaml-mixed-arguments', source.at(start + source.line(start).search(/\S/)), { line: source.line(start) }, error)
    return fault('yaml-indentation', source.at(start + Math.max(0, source.line(start).search(/\S/))), { reason: error.reason }, error)
  }
  if (/hexadecimal|unknown escape/.test(error.reason)) return fault('yaml-bad-escape', source.at(position), {}, error)
  return fault('yaml-syntax', source.at(position), { reason: error.reason }, error)
}
/** JavaScript looks for a negative start at the first character, too: that may be a line end. */
const lineStartOf = (source: Source, offset: number): number => offset <= 0 ? 0 : source.text.lastIndexOf('\n', offset - 1) + 1

function unclosed(error: YAMLException, source: Source, first: Stopped): Fault | undefined {
  const quote = /within a single/.test(error.reason) ? "'" : /within a double/.test(error.reason) ? '"' : undefined
  const until = (first.error.mark?.position ?? source.text.length)
  if (quote !== undefined) {
    const at = openingQuote(first.source, quote, until)
    return at === undefined ? undefined : fault('yaml-unclosed-quote', at, { quote }, error)
  }
  if (error.reason === 'deficient indentation') {
    const [at, which] = ['"', "'"].map((one) => [openingQuote(first.source, one, until), one] as const).find(([place]) => place !== undefined) ?? []
    if (at !== undefined && which !== undefined) return fault('yaml-unclosed-quote', at, { quote: which }, error)
  }
  if (!/within a flow collection|deficient indentation|missed comma/.test(error.reason)) return undefined
  for (let start = lineStartOf(first.source, until); ; start = lineStartOf(first.source, start - 1)) {
    const line = first.source.line(start)
    const open = /^(\s*(?:- +)*(?:[^\s#:]+:\s+)?)([[{])(?!\{)(?!.*[\]}]\s*$)/.exec(line)
    if (open !== null) return fault('yaml-unclosed-bracket', first.source.at(start + (open[1] ?? '').length), { bracket: open[2] ?? '[' }, error)
    if (start === 0) return undefined
  }
}
/** The nearest line above that opens more quotes of this kind than it closes. */
function openingQuote(source: Source, quote: string, until: number): Loc | undefined {
  for (let start = lineStartOf(source, until); ; start = lineStartOf(source, start - 1)) {
    const line = source.line(start)
    const count = line.split(quote).length - 1
    const opening = new RegExp(`(?:^|[\\s:,[{-])${quote}`).exec(line)
    if (count % 2 === 1 && opening !== null) return source.at(start + line.indexOf(quote, opening.index))
    if (start === 0) return undefined
  }
}

function classic(source: Source, offset: number, error: YAMLException): Fault | undefined {
  const line = source.line(offset)
  const start = lineStartOf(source, offset)
  const at = (column: number): Loc => source.at(start + column)
  const tab = /^ *\t/.exec(line)
  if (tab !== null || /tab characters/.test(error.reason)) return fault('yaml-tab', at(Math.max(0, line.indexOf('\t'))), { line }, error)
  const value = /^(\s*(?:- +)*(?:[^\s:#'"[{][^:#]*:\s+)?)(\S.*)$/.exec(line)
  const column = (value?.[1] ?? '').length
  const text = value?.[2] ?? ''
  if (text.startsWith('{{')) return fault('yaml-unquoted-template', at(column), { line }, error)
  if (/^[@`%]/.test(text)) return fault('yaml-reserved-start', at(column), { char: text.charAt(0) }, error)
  if (/^"(?:[^"\\]|\\.)*"\s*[^\s#,\]}:]|^'(?:[^']|'')*'\s*[^\s#,\]}:]/.test(text)) return fault('yaml-after-quote', at(column), { line }, error)
  if (column > 0 && /:(\s|$)/.test(text.replace(/"[^"]*"|'[^']*'/g, '')) && !/^[[{|>]/.test(text) && /:\s/.test(value?.[1] ?? '')) {
    return fault('yaml-colon-in-value', at(column + text.search(/:(\s|$)/)), { line }, error)
  }
  return glued(source, offset, error)
}
/** `key:value`, which YAML takes as one word. */
function glued(source: Source, offset: number, error: YAMLException): Fault | undefined {
  const found = /^\s*(?:- +)?([A-Za-z_][\w.-]*):(?=[^\s:/])/.exec(source.line(offset))
  return found === null ? undefined
    : fault('yaml-space-after-colon', source.at(lineStartOf(source, offset) + found[0].length - 1), { key: found[1] ?? '' }, error)
}

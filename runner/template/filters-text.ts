/** Filters on text, as Jinja has them: case, padding, wrapping, counting, formatting. */
import type { Filter } from './call.ts'
import { percentFormat } from './format.ts'
import { callMethod, onlyText, text, tuple } from './items.ts'
import { splitLines } from './methods-str.ts'
import { asIndex } from './numbers.ts'
import { filterTable, Refusal } from './params.ts'
import { isTruthy, length, pyStr, typeName } from './python.ts'
import { wrap } from './textwrap.ts'

function indent(value: unknown, width: unknown, first: boolean, blank: boolean): string {
  if (typeof value !== 'string') throw new Refusal(`expected text to indent, got ${typeName(value)}`, 'put the filter string before indent')
  const pad = typeof width === 'string' ? width : ' '.repeat(Math.max(0, asIndex(width)))
  const lines = splitLines(`${value}\n`, false)
  const rest = lines.slice(1).map((line) => blank || line !== '' ? pad + line : line)
  return (first ? pad : '') + [lines[0] ?? '', ...rest].join('\n')
}

function truncate(value: unknown, max: number, killwords: boolean, end: string, leeway: number): string {
  if (max < length(end)) throw new Refusal(`expected length >= ${length(end)}, got ${max}`)
  if (leeway < 0) throw new Refusal(`expected leeway >= 0, got ${leeway}`)
  if (length(value) <= max + leeway) return value as string
  const kept = Array.from(onlyText(value)).slice(0, max - length(end)).join('')
  if (killwords) return kept + end
  const space = kept.lastIndexOf(' ')
  return (space < 0 ? kept : kept.slice(0, space)) + end
}

const capitalizeWord = (word: string): string => {
  const [head = '', ...rest] = Array.from(word)
  return head.toUpperCase() + rest.join('').toLowerCase()
}

export const textFilters: Record<string, Filter> = filterTable({
  'upper()': (value) => text(value).toUpperCase(),
  'lower()': (value, _, call) => callMethod(text(value), 'lower', call),
  'capitalize()': (value, _, call) => callMethod(text(value), 'capitalize', call),
  'title()': (value) => text(value).split(/([-\s({[<]+)/).map(capitalizeWord).join(''),
  'trim(chars=None)': (value, [chars], call) => callMethod(text(value), 'strip', call, chars === null ? [] : [chars]),
  'center(width=80)': (value, [width], call) => callMethod(text(value), 'center', call, [width]),
  'replace(old, new, count=None)': (value, [old, made, count], call) =>
    callMethod(pyStr(value), 'replace', call, [pyStr(old), pyStr(made), ...(count === null ? [] : [count])]),
  'indent(width=4, first=False, blank=False)': (value, [width, first, blank]) => indent(value, width, isTruthy(first), isTruthy(blank)),
  'truncate(length=255, killwords=False, end="...", leeway=None)': (value, [max, killwords, end, leeway]) =>
    truncate(value, asIndex(max), isTruthy(killwords), onlyText(end, 'end'), leeway === null ? 5 : asIndex(leeway)),
  'wordcount()': (value) => text(value).match(/[\p{L}\p{N}_]+/gu)?.length ?? 0,
  'wordwrap(width=79, break_long_words=True, wrapstring=None, break_on_hyphens=True)': (value, [width, long, between, hyphens]) => {
    const glue = between === null ? '\n' : onlyText(between, 'wrapstring')
    const options = { width: asIndex(width), breakLongWords: isTruthy(long), breakOnHyphens: isTruthy(hyphens) }
    return splitLines(onlyText(value), false).map((line) => wrap(line, options).join(glue)).join(glue)
  },
  'format(*args, **kwargs)': (value, [args, kwargs]) => {
    const list = args as unknown[], named = kwargs as Record<string, unknown>
    if (list.length > 0 && Object.keys(named).length > 0) throw new Refusal("can't handle positional and keyword arguments at the same time")
    return percentFormat(text(value), Object.keys(named).length > 0 ? named : tuple(...list))
  },
  'split(sep=None, maxsplit=-1)': (value, args, call) => callMethod(onlyText(value), 'split', call, args),
  'splitlines(keepends=False)': (value, args, call) => callMethod(onlyText(value), 'splitlines', call, args),
})

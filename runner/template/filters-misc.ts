/** Filters that fit nowhere else: shell quoting, comments, dates, Python's pprint, attributes. */
import type { Filter } from './call.ts'
import type { Data } from '../core/types.ts'
import { Undefined } from '../core/value.ts'
import { calendar, makeTime, utcToLocal } from './datetime.ts'
import { onlyText, text } from './items.ts'
import { asIndex, asNumber, parseFloatText } from './numbers.ts'
import { filterTable, Refusal } from './params.ts'
import { pformat } from './pprint.ts'
import { numberField } from './methods-other.ts'
import { namedField } from './named-tuple.ts'
import { findMethod } from './python-methods.ts'
import { isTruthy, PyObject, pyStr, typeName } from './python.ts'
import { formatDate, parseDate } from './strftime.ts'

/** Python: shlex.quote. */
function shellQuote(value: string): string {
  if (value === '') return "''"
  return /[^A-Za-z0-9_@%+=:,./-]/.test(value) ? `'${value.replaceAll("'", `'"'"'`)}'` : value
}

interface Style { readonly decoration: string; readonly beginning?: string; readonly end?: string }
const styles: Readonly<Record<string, Style>> = {
  plain: { decoration: '# ' }, erlang: { decoration: '% ' }, c: { decoration: '// ' },
  cblock: { beginning: '/*', decoration: ' * ', end: ' */' }, xml: { beginning: '<!--', decoration: ' - ', end: '-->' },
}
function comment(value: string, styleName: unknown, options: Data): string {
  const style = typeof styleName === 'string' && Object.hasOwn(styles, styleName) ? styles[styleName] : undefined
  if (style === undefined) throw new Refusal(`Invalid style '${pyStr(styleName)}'.`, `Available styles: ${Object.keys(styles).join(', ')}`)
  const option = (name: string, otherwise: string): string => options[name] === undefined ? otherwise : text(options[name])
  const times = (name: string): number => options[name] === undefined ? 1 : asIndex(options[name])
  const newline = option('newline', '\n'), decoration = option('decoration', style.decoration), bare = decoration.trimEnd()
  const beginning = option('beginning', style.beginning ?? ''), end = option('end', style.end ?? '')
  const prefix = option('prefix', bare), postfix = option('postfix', bare)
  const body = (decoration + value.replaceAll(newline, newline + decoration)).replaceAll(decoration + newline, bare + newline)
  return (beginning === '' ? '' : beginning + newline)
    + (prefix === '' ? '' : (prefix === newline ? newline : prefix + newline).repeat(Math.max(0, times('prefix_count'))))
    + body + (newline + postfix).repeat(Math.max(0, times('postfix_count')))
    + (end === '' ? '' : newline + end)
}

function secondsOf(value: unknown): number {
  if (value === null) return Date.now() / 1000
  const found = typeof value === 'string' ? asNumber(parseFloatText(value) ?? null) : asNumber(value)
  if (found === undefined || !Number.isFinite(found)) throw new Refusal(`Invalid value for epoch value (${pyStr(value)})`)
  return found
}
function strftime(format: string, seconds: unknown, utc: boolean): string {
  const micros = BigInt(Math.round(secondsOf(seconds) * 1e6))
  return utc ? formatDate(format, micros, 0) : formatDate(format, utcToLocal(micros), undefined)
}

function attribute(value: unknown, name: string): unknown {
  const found = value instanceof PyObject ? value.attr(name) : findMethod(value, name) ?? namedField(value, name) ?? numberField(value, name)
  return found ?? new Undefined(`'${typeName(value)} object' has no attribute '${name}'`)
}

export const miscFilters: Record<string, Filter> = filterTable({
  'quote()': (value) => shellQuote(value === null ? '' : text(value)),
  'comment(style="plain", **options)': (value, [style, options]) => comment(onlyText(value), style, options as Data),
  'to_datetime(format="%Y-%m-%d %H:%M:%S")': (value, [format]) => {
    const { parts, offsetMinutes } = parseDate(onlyText(value), onlyText(format, 'format'))
    return makeTime({ micros: calendar(parts), offsetMinutes })
  },
  'strftime(second=None, utc=False)': (value, [seconds, utc]) => strftime(onlyText(value, 'the format'), seconds, isTruthy(utc)),
  'pprint()': (value) => pformat(value),
  'attr(name)': (value, [name]) => attribute(value, onlyText(name, 'name')),
})

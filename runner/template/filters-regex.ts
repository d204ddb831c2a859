/** Filters with regular expressions in Python's syntax. */
import type { Filter } from './call.ts'
import { onlyText, text, tuple } from './items.ts'
import { asIndex } from './numbers.ts'
import { filterTable, Refusal } from './params.ts'
import { isTruthy, pyStr } from './python.ts'
import { compileRegex, escapeRegex, firstMatch, groupOf, matchAll, substitute } from '../core/regex.ts'

const pattern = (source: unknown, ignoreCase: unknown, multiline: unknown): ReturnType<typeof compileRegex> =>
  compileRegex(onlyText(source, 'the regular expression'), { ignoreCase: isTruthy(ignoreCase), multiline: isTruthy(multiline) })

/** `\\1` and `\\g<name>` as arguments of regex_search. */
function groupName(value: unknown): string {
  const found = typeof value === 'string' ? /^\\g<(\S+)>|^\\(\d+)/.exec(value) : null
  const name = found?.[1] ?? found?.[2]
  if (name === undefined) throw new Refusal(`Unknown argument ${pyStr(value)}`, "groups are written '\\\\1' or '\\\\g<name>'")
  return name
}

export const regexFilters: Record<string, Filter> = filterTable({
  'regex_replace(pattern="", replacement="", ignorecase=False, multiline=False, count=0, mandatory_count=0)':
    (value, [source, replacement, ignoreCase, multiline, count, mandatory]) => {
      const made = substitute(pattern(source, ignoreCase, multiline), onlyText(replacement, 'the replacement'), text(value), asIndex(count))
      if (isTruthy(mandatory) && asIndex(mandatory) !== made.count) {
        throw new Refusal(`'${pyStr(source)}' should match ${asIndex(mandatory)} times, but matches ${made.count} times in '${text(value)}'`)
      }
      return made.text
    },
  'regex_search(regex, *groups, ignorecase=False, multiline=False)': (value, [source, groups, ignoreCase, multiline]) => {
    const compiled = pattern(source, ignoreCase, multiline)
    const wanted = (groups as unknown[]).map(groupName)
    const match = firstMatch(compiled, text(value))
    if (match === undefined) return null
    return wanted.length === 0 ? match[0] : wanted.map((name) => groupOf(compiled, match, name) ?? null)
  },
  'regex_findall(regex, multiline=False, ignorecase=False)': (value, [source, multiline, ignoreCase]) => {
    const compiled = pattern(source, ignoreCase, multiline)
    return matchAll(compiled, text(value)).map((match) => {
      const groups = Array.from(match).slice(1).map((one) => one ?? '')
      return compiled.groups === 0 ? match[0] : compiled.groups === 1 ? groups[0] : tuple(...groups)
    })
  },
  'regex_escape(re_type="python")': (value, [type]) => {
    if (type === 'python') return escapeRegex(text(value))
    if (type === 'posix_basic') return text(value).replace(/[\].[^$*\\]/g, '\\$&')
    throw new Refusal(type === 'posix_extended' ? `Regex type (${type}) not yet implemented` : `Invalid regex type (${pyStr(type)})`)
  },
})


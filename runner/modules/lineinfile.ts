/** Keeps one line in a text file, or keeps lines out of it. */
import { Failure } from '../core/errors.ts'
import { defineModule } from '../core/module.ts'
import { expandMatch, firstMatch } from '../core/regex.ts'
import type { Args } from '../core/plan.ts'
import { attributeArgs } from './files/attributes.ts'
import { editArgs, inParts, linesOf, openText, pattern, planEdit, universal } from './files/edit.ts'

const args = {
  ...editArgs,
  state: { type: 'str', default: 'present', choices: ['absent', 'present'], doc: 'Whether the line is to be there.' },
  regexp: { type: 'str', aliases: ['regex'], doc: 'Python regular expression: the last line it finds is replaced; with absent all are removed.' },
  search_string: { type: 'str', doc: 'The same, for a text that stands in the line.' },
  line: { type: 'str', aliases: ['value'], doc: 'The line.' },
  insertafter: { type: 'str', doc: 'EOF (default), or a regular expression: a new line goes behind the last line it finds.' },
  insertbefore: { type: 'str', doc: 'BOF, or a regular expression: a new line goes before the last line it finds.' },
  backrefs: { type: 'bool', default: false, doc: 'line may name groups of regexp; nothing is done where regexp finds nothing.' },
  create: { type: 'bool', default: false, doc: 'Make the file if there is none.' },
  firstmatch: { type: 'bool', default: false, doc: 'The first line found counts, not the last.' },
  ...attributeArgs,
} as const
type Given = Args<typeof args>

export default defineModule({
  name: 'lineinfile',
  doc: 'Keeps a line in a file.',
  args,
  rules: { mutuallyExclusive: [['insertbefore', 'insertafter'], ['regexp', 'search_string'], ['backrefs', 'search_string']] },
  async plan(given, target) {
    checkArgs(given)
    const warnings = given.regexp === '' || given.search_string === ''
      ? [`The ${given.regexp === '' ? 'regular expression' : 'search string'} is an empty string, which will match every line in the file. This may have unintended consequences, such as replacing the last line in the file rather than appending.${given.regexp === '' ? " If this is desired, use '^' to match every line in the file and avoid this warning." : ''}`] : []
    const opened = await openText(target, given)
    if (given.state === 'absent') {
      if (opened.text === undefined) return { changes: [], steps: [], data: { msg: 'file not present' } }
      const lines = linesOf(universal(opened.text)), isFound = finder(given)
      const kept = lines.filter((line) => !isFound(line)), found = lines.length - kept.length
      const edited = found === 0 ? undefined : { text: kept.join(''), message: `${found} line(s) removed` }
      return inParts({ ...planEdit(opened, given, edited, 'backup', { found }), warnings })
    }
    if (opened.text === undefined && !given.create) throw new Failure(`Destination ${opened.path} does not exist !`, { rc: 257 })
    const lines = linesOf(universal(opened.text ?? '')), message = present(given, lines)
    const edited = message === undefined ? undefined : { text: lines.join(''), message, makeParents: true }
    return inParts({ ...planEdit(opened, given, edited, 'backup', {}), warnings })
  },
})

function checkArgs(given: Given): void {
  if (given.state === 'present') {
    if (given.backrefs && given.regexp === undefined) throw new Failure('regexp is required with backrefs=true')
    if (given.line === undefined) throw new Failure('line is required with state=present')
  } else if (given.regexp === undefined && given.search_string === undefined && given.line === undefined) {
    throw new Failure('one of line, search_string, or regexp is required with state=absent')
  }
}

const bare = (line: string): string => line.replace(/[\r\n]+$/, '')
function finder({ regexp, search_string, line }: Given): (text: string) => boolean {
  if (regexp !== undefined) {
    const search = pattern('regexp', regexp)
    return (text) => firstMatch(search, text) !== undefined
  }
  return search_string === undefined ? (text) => bare(text) === line : (text) => text.includes(search_string)
}

interface Spot { line: number; insert: number; exact: boolean; match: RegExpMatchArray | 'text' | undefined }

/** Where the line is, or is to go (Ansible: lineinfile.py, present). */
function locate(given: Given, lines: readonly string[]): Spot {
  const spot: Spot = { line: -1, insert: -1, exact: false, match: undefined }
  const search = given.regexp === undefined ? undefined : pattern('regexp', given.regexp)
  for (const [i, text] of lines.entries()) {
    const match = search !== undefined ? firstMatch(search, text) : given.search_string !== undefined && text.includes(given.search_string) ? 'text' : undefined
    if (match === undefined) continue
    spot.line = i
    spot.match = match
    if (given.firstmatch) break
  }
  if (spot.match !== undefined) return spot
  const after = given.insertafter !== undefined && !['BOF', 'EOF'].includes(given.insertafter) ? pattern('insertafter', given.insertafter) : undefined
  const before = after === undefined && given.insertbefore !== undefined && given.insertbefore !== 'BOF' ? pattern('insertbefore', given.insertbefore) : undefined
  for (const [i, text] of lines.entries()) {
    if (bare(text) === given.line) { spot.line = i; spot.exact = true } else if (firstMatchOf(after ?? before, text)) {
      spot.insert = after === undefined ? i : i + 1
      if (given.firstmatch) break
    }
  }
  return spot
}
const firstMatchOf = (search: Parameters<typeof firstMatch>[0] | undefined, text: string): boolean => search !== undefined && firstMatch(search, text) !== undefined

/** Changes the lines; what was done, undefined for nothing. */
function present(given: Given, lines: string[]): string | undefined {
  const line = given.line ?? '', spot = locate(given, lines)
  if (spot.line !== -1) {
    const text = given.backrefs && typeof spot.match === 'object' && given.regexp !== undefined ? expandMatch(pattern('line', given.regexp), spot.match, line) : line
    const whole = text.endsWith('\n') ? text : `${text}\n`
    if (lines[spot.line] === whole) return undefined
    lines[spot.line] = whole
    return 'line replaced'
  }
  if (given.backrefs) return undefined
  if (given.insertbefore === 'BOF' || given.insertafter === 'BOF') lines.unshift(`${line}\n`)
  else if (spot.insert === -1) {
    if (lines.length > 0 && !/[\r\n]$/.test(lines.at(-1) ?? '')) lines.push('\n')
    lines.push(`${line}\n`)
  } else {
    if (given.insertafter !== undefined && bare(lines[spot.insert === lines.length ? spot.insert - 1 : spot.insert] ?? '') === line) return undefined
    const last = lines.at(-1) ?? ''
    if (spot.insert === lines.length && !last.endsWith('\n')) lines[lines.length - 1] = `${last}\n`
    lines.splice(spot.insert, 0, `${line}\n`)
  }
  return 'line added'
}

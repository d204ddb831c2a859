/** Replaces all that a Python regular expression finds in a text file. */
import { Failure } from '../core/errors.ts'
import { defineModule } from '../core/module.ts'
import { BadRegex, substitute } from '../core/regex.ts'
import { attributeArgs } from './files/attributes.ts'
import { editArgs, openText, pattern, planEdit, universal } from './files/edit.ts'

export default defineModule({
  name: 'replace',
  doc: 'Replaces text in a file.',
  args: {
    ...editArgs,
    regexp: { type: 'str', required: true, doc: 'What to find; ^ and $ stand at every line.' },
    replace: { type: 'str', default: '', doc: 'What to put in its place; \\1 and \\g<name> are groups.' },
    after: { type: 'str', doc: 'Only behind what this regular expression finds.' },
    before: { type: 'str', doc: 'Only before what this regular expression finds.' },
    ...attributeArgs,
  },
  async plan(given, target) {
    const opened = await openText(target, given)
    if (opened.text === undefined) throw new Failure(`Path ${opened.path} does not exist !`, { rc: 257 })
    const text = universal(opened.text)
    const part = section(text, given.after, given.before)
    if (typeof part === 'string') return { changes: [], steps: [], data: { rc: 0, msg: part } }
    const [start, end] = part
    try {
      const found = substitute(pattern('regexp', given.regexp, { multiline: true }), given.replace, text.slice(start, end), 0)
      const result = text.slice(0, start) + found.text + text.slice(end)
      const edited = found.count > 0 && result !== text ? { text: result, message: `${found.count} replacements made` } : undefined
      return { ...planEdit(opened, given, edited, 'backup_file', { rc: 0 }), diff: 'one' }
    } catch (error) {
      if (error instanceof BadRegex) throw new Failure(`Unable to process replace due to error: ${error.message}`)
      throw error
    }
  },
})

/** Start and end of the part that counts, or why there is none. */
function section(text: string, after: string | undefined, before: string | undefined): readonly [number, number] | string {
  const isAfter = after !== undefined && after !== '', isBefore = before !== undefined && before !== ''
  if (!isAfter && !isBefore) return [0, text.length]
  const source = isAfter ? `${after}(?P<subsection>.*${isBefore ? '?' : ''})${isBefore ? before : ''}` : `(?P<subsection>.*)${before ?? ''}`
  const flagged = /^\(\?[aiLmsux]+\)/.test(source) ? source.replace('(?', '(?s') : `(?s)${source}`
  const { regex, names } = pattern(isAfter ? 'after' : 'before', flagged)
  const match = new RegExp(regex.source, `${regex.flags.replace('g', '')}d`).exec(text)
  const range = match?.indices?.[names.get('subsection') ?? 0]
  return range ?? `Pattern for before/after params did not match the given file: ${source}`
}

/** Keeps a block of lines between two marker lines of a text file. */
import { Failure } from '../core/errors.ts'
import { defineModule } from '../core/module.ts'
import { firstMatch } from '../core/regex.ts'
import type { Args } from '../core/plan.ts'
import { attributeArgs } from './files/attributes.ts'
import { editArgs, inParts, openText, pattern, planEdit } from './files/edit.ts'

const args = {
  ...editArgs,
  state: { type: 'str', default: 'present', choices: ['absent', 'present'], doc: 'Whether the block is to be there.' },
  block: { type: 'str', default: '', aliases: ['content'], doc: 'The lines; none removes the block.' },
  marker: { type: 'str', default: '# {mark} ANSIBLE MANAGED BLOCK', doc: 'The lines around the block; {mark} becomes marker_begin or marker_end.' },
  marker_begin: { type: 'str', default: 'BEGIN', doc: 'What {mark} is before the block.' },
  marker_end: { type: 'str', default: 'END', doc: 'What {mark} is behind the block.' },
  insertafter: { type: 'str', doc: 'EOF (default), or a regular expression: a new block goes behind the last line it finds.' },
  insertbefore: { type: 'str', doc: 'BOF, or a regular expression: a new block goes before the last line it finds.' },
  create: { type: 'bool', default: false, doc: 'Make the file if there is none.' },
  append_newline: { type: 'bool', default: false, doc: 'An empty line behind the block.' },
  prepend_newline: { type: 'bool', default: false, doc: 'An empty line before the block.' },
  ...attributeArgs,
} as const
type Given = Args<typeof args>

/** Python: str.splitlines(True). */
const splitLines = (text: string): string[] => text.match(/[^\n\r\v\f\x1c-\x1e\x85\u2028\u2029]*(?:\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029])|[^\n\r\v\f\x1c-\x1e\x85\u2028\u2029]+$/g) ?? []

export default defineModule({
  name: 'blockinfile',
  doc: 'Keeps a block of lines in a file.',
  args,
  rules: { mutuallyExclusive: [['insertbefore', 'insertafter']] },
  async plan(given, target) {
    const opened = await openText(target, given), { path, text } = opened
    if (text === undefined && !given.create) throw new Failure(`Path ${path} does not exist !`, { rc: 257 })
    if (text === undefined && given.state === 'absent') return { changes: [], steps: [], data: { msg: `File ${path} not present` } }
    const block = given.state === 'present' && given.block !== '' ? blockLines(given) : []
    const result = edit(given, text ?? '', block)
    if (result === text) return planEdit(opened, given, undefined, 'backup_file', {})
    const message = text === undefined ? 'File created' : block.length === 0 ? 'Block removed' : 'Block inserted'
    return inParts(planEdit(opened, given, { text: result, message, makeParents: true }, 'backup_file', {}))
  },
})

const marker = ({ marker: text }: Given, mark: string): string => `${text.replaceAll('{mark}', () => mark)}\n`
function blockLines(given: Given): string[] {
  return [marker(given, given.marker_begin), ...splitLines(given.block.endsWith('\n') ? given.block : `${given.block}\n`), marker(given, given.marker_end)]
}

/** Where the block goes when its markers are not both there (Ansible: blockinfile.py). */
function insertAt({ insertafter, insertbefore }: Given, text: string, lines: readonly string[]): number {
  const isAfter = insertbefore === undefined
  const source = isAfter ? insertafter === 'EOF' ? undefined : insertafter : insertbefore === 'BOF' ? undefined : insertbefore
  if (source === undefined) return isAfter ? lines.length : 0
  const search = pattern(isAfter ? 'insertafter' : 'insertbefore', source)
  let found = -1
  if (/^\(\?[a-zA-Z]*m/.test(source)) {
    const match = firstMatch(search, text)
    if (match !== undefined) found = text.slice(0, (match.index ?? 0) + (isAfter ? match[0].length : 0)).split('\n').length - 1
  } else lines.forEach((line, i) => { if (firstMatch(search, line) !== undefined) found = i })
  if (found === -1) return lines.length
  return isAfter ? found + 1 : found
}

function edit(given: Given, text: string, block: readonly string[]): string {
  const lines = splitLines(text)
  const begin = lines.lastIndexOf(marker(given, given.marker_begin)), end = lines.lastIndexOf(marker(given, given.marker_end))
  let at: number
  if (begin === -1 || end === -1) at = insertAt(given, text, lines)
  else {
    at = Math.min(begin, end)
    lines.splice(at, Math.abs(end - begin) + 1)
  }
  if (at > 0 && !(lines[at - 1] ?? '').endsWith('\n')) lines[at - 1] = `${lines[at - 1] ?? ''}\n`
  if (given.prepend_newline && given.state === 'present' && at !== 0 && lines[at - 1] !== '\n') { lines.splice(at, 0, '\n'); at += 1 }
  lines.splice(at, 0, ...block)
  const behind = at + block.length
  if (given.append_newline && given.state === 'present' && behind < lines.length && lines[behind] !== '\n') lines.splice(behind, 0, '\n')
  return lines.join('')
}

/** The `#jinja2: key:value, …` line at the top of a template, which changes how the rest is read. */
import { nearest } from '../core/near.ts'
import { syntaxFault } from './lexer.ts'
import type { At, Syntax } from './lexer.ts'

const texts: Readonly<Record<string, keyof Syntax>> = {
  block_start_string: 'blockStart', block_end_string: 'blockEnd', variable_start_string: 'variableStart', variable_end_string: 'variableEnd',
  comment_start_string: 'commentStart', comment_end_string: 'commentEnd', newline_sequence: 'newline', line_statement_prefix: 'lineStatement', line_comment_prefix: 'lineComment',
}
const flags: Readonly<Record<string, keyof Syntax>> = { trim_blocks: 'trimBlocks', lstrip_blocks: 'lstripBlocks' }
const start = '#jinja2:'

/** `length` counts the header's characters, 0 if there is none. */
export function readHeader(source: string, syntax: Syntax, at: At): { readonly syntax: Syntax; readonly length: number } {
  if (!source.startsWith(start)) return { syntax, length: 0 }
  const end = source.indexOf('\n') < 0 ? source.length : source.indexOf('\n') + 1
  const line = source.slice(start.length, end).trimEnd()
  const changes: Record<string, unknown> = {}
  for (const found of line.matchAll(/\s*([^:,\s]+)\s*(?:(:)\s*('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|[^,]*))?(?:,|$)/g)) {
    const [, key = '', colon, value = ''] = found
    const offset = start.length + found.index
    if (colon === undefined) throw syntaxFault(`#jinja2: Missing key-value separator ':' in '${found[0].trim()}'`, at, offset, 'write it as #jinja2: trim_blocks: False')
    const text = texts[key]
    const flag = flags[key]
    if (text !== undefined) changes[text] = unquoted(value.trim())
    else if (flag !== undefined) {
      // ansible-core 2.14 took "true" in quotes as well, and roles in use have it (dev-sec); there "false" in quotes was true too, which nobody can mean
      const isOn = /^(["']?)true\1$/i.test(value.trim())
      if (!isOn && !/^false$/i.test(value.trim())) throw syntaxFault(`#jinja2: ${key} takes True or False, not ${value.trim()}`, at, offset)
      changes[flag] = isOn
    } else if (key !== 'keep_trailing_newline') {
      const near = nearest(key, [...Object.keys(texts), ...Object.keys(flags)])
      throw syntaxFault(`#jinja2: unknown option '${key}'`, at, offset, near === undefined ? undefined : `did you mean '${near}'?`)
    }
  }
  return { syntax: { ...syntax, ...changes }, length: end }
}
const unquoted = (value: string): string =>
  (/^'.*'$|^".*"$/s.test(value) ? value.slice(1, -1) : value).replaceAll('\\n', '\n').replaceAll('\\r', '\r').replaceAll('\\t', '\t')

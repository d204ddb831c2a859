/** Scalars in a style that was asked for (PyYAML: default_style). */
import type { Style, Writer } from './dump.ts'
import { analyze, writeDouble, writeSingle } from './scalar.ts'
import type { Scalar } from './scalar.ts'

/** In the style that was asked for, where the text can be: else in double quotes. What is no text has the tag `!`. */
export function styled(out: Writer, { text, tag }: Scalar, style: Style, isKey: boolean): void {
  const found = analyze(text)
  if (tag !== '!!str') out.indicator('!', true)
  if (style === 'literal' && !isKey && out.flowLevel === 0 && text !== '' && (found.single || /^[ \n]/.test(text)) && !/ (?:\n|$)/.test(text)) { block(out, text); return }
  out.deeper(true, false, () => {
    if (style === 'single' && found.single && !(isKey && found.isMultiline)) writeSingle(out, text, !isKey)
    else writeDouble(out, text, !isKey)
  })
}
/** Text behind `|`, with the marks for how it begins and ends. */
function block(out: Writer, text: string): void {
  const end = !text.endsWith('\n') ? '-' : text === '\n' || text.endsWith('\n\n') ? '+' : ''
  out.indicator(`|${/^[ \n]/.test(text) ? out.indentBy : ''}${end}`, true)
  const before = out.indent
  out.indent = (before ?? 0) + out.indentBy
  for (const line of text.replace(/\n$/, '').split('\n')) { out.lineBreak(); if (line !== '') out.write(' '.repeat(out.indent) + line) }
  out.indent = before
  out.isIndented = false
}

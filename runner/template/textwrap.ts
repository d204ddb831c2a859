/** Breaks a line of text into lines of a given width. Python: textwrap.wrap with expand_tabs and replace_whitespace off. */
import { Refusal } from './params.ts'

export interface WrapOptions { readonly width: number; readonly breakLongWords: boolean; readonly breakOnHyphens: boolean }

const blank = '\\t\\n\\x0b\\x0c\\r '
const word = '[\\p{L}\\p{N}_!"\'&.,?]'
const letter = '[\\p{L}_]'
/** Whitespace, dashes between words, words up to and with a hyphen: the places where a line may end. */
const pieces = new RegExp(
  `([${blank}]+|(?<=${word})-{2,}(?=[\\p{L}\\p{N}_])|[^${blank}]+?(?:-(?:(?<=${letter}{2}-)|(?<=${letter}-${letter}-))(?=${letter}-?${letter})`
  + `|(?=[${blank}]|$)|(?<=${word})(?=-{2,}[\\p{L}\\p{N}_])))`, 'u')
const words = new RegExp(`([${blank}]+)`)
const isBlank = (chunk: string | undefined): boolean => chunk !== undefined && chunk.trim() === ''

export function wrap(text: string, { width, breakLongWords, breakOnHyphens }: WrapOptions): string[] {
  if (width <= 0) throw new Refusal(`invalid width ${width} (must be > 0)`)
  const chunks = text.split(breakOnHyphens ? pieces : words).filter((chunk) => chunk !== '' && chunk !== undefined).reverse()
  const lines: string[] = []
  while (chunks.length > 0) {
    const line: string[] = []
    let used = 0
    if (isBlank(chunks.at(-1)) && lines.length > 0) chunks.pop()
    for (let next = chunks.at(-1); next !== undefined && used + next.length <= width; next = chunks.at(-1)) {
      line.push(next)
      used += next.length
      chunks.pop()
    }
    const long = chunks.at(-1)
    if (long !== undefined && long.length > width) {
      if (breakLongWords) {
        const room = width - used
        const hyphen = breakOnHyphens && long.length > room ? long.lastIndexOf('-', room - 1) : -1
        const cut = hyphen > 0 && /[^-]/.test(long.slice(0, hyphen)) ? hyphen + 1 : room
        line.push(long.slice(0, cut))
        chunks[chunks.length - 1] = long.slice(cut)
      } else if (line.length === 0) { line.push(long); chunks.pop() }
    }
    if (isBlank(line.at(-1))) line.pop()
    if (line.length > 0) lines.push(line.join(''))
  }
  return lines
}

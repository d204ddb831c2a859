/** Splits a host line into words as Python's shlex does: quotes group and vanish, a backslash escapes, `#` starts a comment. */

export interface Word {
  readonly text: string
  /** Offset in the line where the word starts. */
  readonly start: number
}

/** The words, or the reason why there are none: a quote that is not closed and where it opened. */
export function splitWords(line: string): readonly Word[] | { readonly why: string; readonly offset: number } {
  if (!/["'\\#]/.test(line)) return [...line.matchAll(/\S+/g)].map((found) => ({ text: found[0], start: found.index }))
  const words: Word[] = []
  let text = ''
  let start = -1
  const end = (): void => {
    if (start >= 0) words.push({ text, start })
    text = ''
    start = -1
  }
  for (let i = 0; i < line.length; i++) {
    const c = line[i] ?? ''
    if (/\s/.test(c)) { end(); continue }
    if (c === '#') break
    if (start < 0) start = i
    if (c === '\\') {
      if (i + 1 === line.length) return { why: 'nothing follows the backslash', offset: i }
      text += line[++i] ?? ''
    } else if (c === '"' || c === "'") {
      const close = closing(line, i)
      if (close < 0) return { why: `the quote ${c} is not closed`, offset: i }
      const inside = line.slice(i + 1, close)
      text += c === '"' ? inside.replace(/\\(["\\])/g, '$1') : inside
      i = close
    } else text += c
  }
  end()
  return words
}

function closing(line: string, open: number): number {
  const quote = line[open]
  for (let i = open + 1; i < line.length; i++) {
    if (quote === '"' && line[i] === '\\') i++
    else if (line[i] === quote) return i
  }
  return -1
}

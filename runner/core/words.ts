/** Command lines as Python's shlex reads them, and words in which the target expands `~` and `$NAME` but nothing else. */
import { Failure } from './errors.ts'
import { quote } from './sh.ts'

/** shlex.split(text), POSIX mode, no comments. */
export function splitWords(text: string): string[] {
  const words: string[] = []
  let word: string | undefined
  for (let i = 0; i < text.length; i++) {
    const char = text[i] ?? ''
    if (/[ \t\r\n]/.test(char)) { if (word !== undefined) { words.push(word); word = undefined } continue }
    word ??= ''
    if (char === "'") {
      const end = text.indexOf("'", i + 1)
      if (end < 0) throw new Failure('No closing quotation', { cmd: text })
      word += text.slice(i + 1, end)
      i = end
    } else if (char === '"') {
      const [inner, end] = doubleQuoted(text, i + 1)
      word += inner
      i = end
    } else if (char === '\\') {
      i += 1
      if (i >= text.length) throw new Failure('No escaped character', { cmd: text })
      word += text[i] ?? ''
    } else word += char
  }
  return word === undefined ? words : [...words, word]
}

/** Inside double quotes a backslash escapes only a quote and itself. */
function doubleQuoted(text: string, start: number): readonly [string, number] {
  let inner = ''
  for (let i = start; i < text.length; i++) {
    const char = text[i] ?? ''
    if (char === '"') return [inner, i]
    const next = text[i + 1] ?? ''
    if (char === '\\' && (next === '"' || next === '\\')) { inner += next; i += 1 } else inner += char
  }
  throw new Failure('No closing quotation', { cmd: text })
}

/** A word for sh in which `~`, `$NAME` and `${NAME}` are expanded as os.path.expandvars does: an unset name stays as written. */
export function expandable(word: string): string {
  if (!word.includes('$') && !word.startsWith('~')) return quote(word)
  const home = /^~[A-Za-z0-9_.-]*(?=\/|$)/.exec(word)?.[0] ?? ''
  const rest = word.slice(home.length).split(/(\$\w+|\$\{\w+\})/)
  return home + rest.map((part, i) => i % 2 === 1 ? variable(part) : part === '' ? '' : quote(part)).join('')
}
/** Further words that a user wrote as one text, for sh: split as shlex does, `~` and `$NAME` expanded, nothing else read as shell. */
export const furtherWords = (text: string): string => splitWords(text).map(expandable).join(' ')
function variable(text: string): string {
  const name = text.replace(/[${}]/g, '')
  return /^\d/.test(name) ? quote(text) : `"\${${name}-\\${text.startsWith('${') ? `\$\{${name}\\}` : text}}"`
}

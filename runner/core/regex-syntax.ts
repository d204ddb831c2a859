/**
 * Reads a Python regular expression and writes it in JavaScript's syntax. Not supported, and said so: atomic groups, possessive
 * quantifiers, conditional groups, switching ignorecase off for a part.
 */

/** Text that Python would not take as a regular expression or replacement. */
export class BadRegex extends Error {}
export interface Flags { readonly ignoreCase?: boolean; readonly multiline?: boolean }

interface Scope { i: boolean; m: boolean; s: boolean; x: boolean; a: boolean }

const wordUnicode = '\\p{L}\\p{N}_'
const spaces = '\\s\\x1c-\\x1f\\x85'
const start = '(?<![\\s\\S])'
const end = '(?![\\s\\S])'
const controls: Readonly<Record<string, string>> = { a: '\\x07', f: '\\f', n: '\\n', r: '\\r', t: '\\t', v: '\\v' }

const bad = (message: string, at: number): BadRegex => new BadRegex(`invalid regular expression: ${message} at position ${at}`)

export class Translator {
  private readonly source: string
  private at = 0
  private out = ''
  groups = 0
  readonly names = new Map<string, number>()
  readonly base: Scope
  private readonly scopes: Scope[] = []
  private quantifiable = false

  constructor(source: string, flags: Flags) {
    this.source = source
    this.base = { i: flags.ignoreCase ?? false, m: flags.multiline ?? false, s: false, x: false, a: false }
  }
  private get scope(): Scope { return this.scopes.at(-1) ?? this.base }
  private fail(message: string): BadRegex { return bad(message, this.at) }

  run(): string {
    const leading = /^\(\?([aiLmsux]+)\)/.exec(this.source)
    if (leading) {
      this.at = leading[0].length
      for (const flag of leading[1] ?? '') if (flag in this.base) this.base[flag as keyof Scope] = true
    }
    while (this.at < this.source.length) this.piece()
    if (this.scopes.length > 0) throw this.fail('missing ), unterminated subpattern')
    return this.out
  }
  private emit(text: string): void { this.out += text; this.quantifiable = true }

  private piece(): void {
    const char = String.fromCodePoint(this.source.codePointAt(this.at) ?? 0)
    const { m, s, x } = this.scope
    if (x && /\s/.test(char)) { this.at++; return }
    if (x && char === '#') { const eol = this.source.indexOf('\n', this.at); this.at = eol < 0 ? this.source.length : eol + 1; return }
    this.at += char.length
    switch (char) {
      case '.': return this.emit(s ? '[\\s\\S]' : '[^\\n]')
      case '^': return this.assertion(m ? '(?<![^\\n])' : start)
      case '$': return this.assertion(m ? '(?![^\\n])' : `(?=\\n?${end})`)
      case '(': return this.open()
      case ')':
        if (this.scopes.pop() === undefined) throw this.fail('unbalanced parenthesis')
        return this.emit(')')
      case '|': this.out += '|'; this.quantifiable = false; return
      case '[': return this.set()
      case '\\': return this.escape()
      case '*': case '+': case '?': return this.repeat(char)
      case '{': {
        const counted = /^(\d*)(,?)(\d*)\}/.exec(this.source.slice(this.at))
        if (!counted || counted[0] === ',}' || counted[0] === '}') return this.emit('\\{')
        this.at += counted[0].length
        return this.repeat(`{${counted[1] || '0'}${counted[2]}${counted[3]}}`)
      }
      default: return this.literal(char)
    }
  }
  private assertion(text: string): void { this.out += `(?:${text})`; this.quantifiable = true }

  private repeat(text: string): void {
    if (!this.quantifiable) throw this.fail(`nothing to repeat`)
    if (this.source[this.at] === '+') throw this.fail('possessive quantifiers are not supported')
    this.out += text
    if (this.source[this.at] === '?') { this.out += '?'; this.at++ }
    if (/^[*+?]/.test(this.source.slice(this.at)) && !this.scope.x) throw this.fail('multiple repeat')
    this.quantifiable = false
  }
  private literal(char: string): void {
    const escaped = /[\^$\\.*+?()[\]{}|/]/.test(char) ? `\\${char}` : char
    const lower = char.toLowerCase(), upper = char.toUpperCase()
    const needsBoth = this.scope.i && !this.base.i && lower !== upper && upper.length === char.length
    this.emit(needsBoth ? `[${lower}${upper}]` : escaped)
  }

  private open(): void {
    this.quantifiable = false
    const rest = this.source.slice(this.at)
    const push = (text: string, skip: number, scope: Scope = this.scope): void => {
      this.out += text
      this.at += skip
      this.scopes.push({ ...scope })
    }
    if (!rest.startsWith('?')) { this.groups++; return push('(', 0) }
    const comment = /^\?#[^)]*\)/.exec(rest)
    if (comment) { this.at += comment[0].length; return }
    const named = /^\?P<([^>]*)>/.exec(rest)
    if (named) {
      const name = named[1] ?? ''
      if (!/^[\p{L}_][\p{L}\p{N}_]*$/u.test(name)) throw this.fail(`bad character in group name '${name}'`)
      if (this.names.has(name)) throw this.fail(`redefinition of group name '${name}'`)
      this.names.set(name, ++this.groups)
      return push(`(?<${name}>`, named[0].length)
    }
    const backward = /^\?P=([^)]*)\)/.exec(rest)
    if (backward) {
      if (!this.names.has(backward[1] ?? '')) throw this.fail(`unknown group name '${backward[1]}'`)
      this.at += backward[0].length
      return this.emit(`\\k<${backward[1]}>`)
    }
    const look = /^\?(?::|=|!|<=|<!)/.exec(rest)
    if (look) return push(`(${look[0]}`, look[0].length)
    const flagged = /^\?([aiLmsux]*)(?:-([imsx]+))?(:|\))/.exec(rest)
    if (flagged) {
      if (flagged[3] === ')') throw this.fail('global flags not at the start of the expression')
      return push('(?:', flagged[0].length, this.changed(flagged[1] ?? '', flagged[2] ?? ''))
    }
    if (rest.startsWith('?>')) throw this.fail('atomic groups are not supported')
    if (rest.startsWith('?(')) throw this.fail('conditional groups are not supported')
    throw this.fail(`unknown extension ${rest.slice(0, 2)}`)
  }
  private changed(on: string, off: string): Scope {
    const scope = { ...this.scope }
    for (const flag of on) if (flag in scope) scope[flag as keyof Scope] = true
    for (const flag of off) if (flag in scope) scope[flag as keyof Scope] = false
    if (this.base.i && !scope.i) throw this.fail('switching ignorecase off for a part is not supported')
    return scope
  }

  private escape(): void {
    const char = this.source[this.at]
    if (char === undefined) throw this.fail('bad escape (end of pattern)')
    const { a } = this.scope
    const word = a ? 'A-Za-z0-9_' : wordUnicode
    const backward = /^[1-9]\d?/.exec(this.source.slice(this.at))
    if (backward && !/^[0-3][0-7][0-7]/.test(this.source.slice(this.at))) {
      this.at += backward[0].length
      if (Number(backward[0]) > this.groups) throw this.fail(`invalid group reference ${backward[0]}`)
      return this.emit(`(?:\\${backward[0]})`)
    }
    this.at++
    switch (char) {
      case 'A': return this.assertion(start)
      case 'Z': return this.assertion(end)
      case 'b': return this.assertion(`(?<=[${word}])(?![${word}])|(?<![${word}])(?=[${word}])`)
      case 'B': return this.assertion(`(?<=[${word}])(?=[${word}])|(?<![${word}])(?![${word}])`)
      case 'd': return this.emit(a ? '\\d' : '\\p{Nd}')
      case 'D': return this.emit(a ? '\\D' : '\\P{Nd}')
      case 'w': return this.emit(`[${word}]`)
      case 'W': return this.emit(`[^${word}]`)
      case 's': return this.emit(`[${spaces}]`)
      case 'S': return this.emit(`[^${spaces}]`)
      default: this.at--; return this.literal(this.character())
    }
  }
  /** One escaped character, after its backslash. */
  private character(): string {
    const rest = this.source.slice(this.at)
    const code = /^x([0-9a-fA-F]{2})|^u([0-9a-fA-F]{4})|^U([0-9a-fA-F]{8})/.exec(rest)
    if (code) { this.at += code[0].length; return String.fromCodePoint(parseInt(code[1] ?? code[2] ?? code[3] ?? '0', 16)) }
    const octal = /^0[0-7]{0,2}|^[0-3][0-7]{2}/.exec(rest)
    if (octal) { this.at += octal[0].length; return String.fromCodePoint(parseInt(octal[0], 8)) }
    const char = String.fromCodePoint(rest.codePointAt(0) ?? 0)
    this.at += char.length
    const control = controls[char]
    if (control !== undefined) return JSON.parse(`"${char === 'a' ? '\\u0007' : char === 'v' ? '\\u000b' : control}"`) as string
    if (/[A-Za-z0-9]/.test(char)) throw this.fail(`bad escape \\${char}`)
    return char
  }

  private set(): void {
    const { a } = this.scope
    const word = a ? 'A-Za-z0-9_' : wordUnicode
    let text = '['
    const begin = this.at
    if (this.source[this.at] === '^') { text += '^'; this.at++ }
    const classes: Readonly<Record<string, string>> = {
      d: a ? '\\d' : '\\p{Nd}', D: a ? '\\D' : '\\P{Nd}', w: word, s: spaces, S: '\\S', W: '\\W',
    }
    for (let first = true; ; first = false) {
      const char = this.source[this.at]
      if (char === undefined) throw bad('unterminated character set', begin - 1)
      if (char === ']' && !first) { this.at++; break }
      if (char === '\\') {
        const known = classes[this.source[this.at + 1] ?? '']
        if (known !== undefined) { text += known; this.at += 2; continue }
      }
      text += this.range(begin)
    }
    this.emit(`${text}]`)
  }
  /** A character of a set, or a range of them. */
  private range(begin: number): string {
    const low = this.member()
    if (this.source[this.at] !== '-' || this.source[this.at + 1] === ']' || this.source[this.at + 1] === undefined) return this.both(low, low)
    this.at++
    if (/^\\[dDwWsS]/.test(this.source.slice(this.at))) throw bad(`bad character range ${low}-${this.source.slice(this.at, this.at + 2)}`, begin)
    const high = this.member()
    if ((high.codePointAt(0) ?? 0) < (low.codePointAt(0) ?? 0)) throw bad(`bad character range ${low}-${high}`, begin)
    return this.both(low, high)
  }
  private both(low: string, high: string): string {
    const shown = (char: string): string => `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`
    const text = (from: string, to: string): string => from === to ? shown(from) : `${shown(from)}-${shown(to)}`
    const isLetters = /^[a-z]$/i.test(low) && /^[a-z]$/i.test(high)
    if (!this.scope.i || this.base.i || !isLetters) return text(low, high)
    return text(low.toLowerCase(), high.toLowerCase()) + text(low.toUpperCase(), high.toUpperCase())
  }
  private member(): string {
    if (this.source[this.at] === '\\') {
      this.at++
      if (this.source[this.at] === 'b') { this.at++; return '\b' }
      return this.character()
    }
    const char = String.fromCodePoint(this.source.codePointAt(this.at) ?? 0)
    this.at += char.length
    return char
  }
}

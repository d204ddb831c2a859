/** Shell text. The `sh` template quotes every value, so that user text can never be read as shell. */
import type { Step } from './plan.ts'

const plain = /^[A-Za-z0-9_/:.,@%+=-]+$/

/** One word for POSIX sh, quoted where it needs to be. */
export function quote(word: string): string {
  if (word.includes('\0')) throw new Error('a NUL byte cannot stand in a shell word')
  if (word !== '' && plain.test(word) && !word.startsWith('=') && !/^[A-Za-z_][A-Za-z0-9_]*=/.test(word)) return word
  return `'${word.replaceAll("'", `'\\''`)}'`
}

/** Shell text that is already right: rare, and easy to find by this name. */
export class Raw {
  readonly text: string
  constructor(text: string) { this.text = text }
}
export const raw = (text: string): Raw => new Raw(text)

export type Word = string | number | Raw | readonly (string | number)[]
const word = (value: Word): string => {
  if (value instanceof Raw) return value.text
  if (typeof value === 'number') return String(value)
  if (typeof value === 'string') return quote(value)
  return value.map((one) => quote(String(one))).join(' ')
}

/** Text of a shell command, every value quoted; a list becomes one word an element. */
export function shText(parts: TemplateStringsArray, ...values: Word[]): string {
  return parts.reduce((text, part, i) => text + word(values[i - 1] ?? '') + part)
}
/** The same as a step. */
export function sh(parts: TemplateStringsArray, ...values: Word[]): Step {
  return { sh: shText(parts, ...values) }
}

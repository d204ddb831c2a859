/** What PyYAML (YAML 1.1) makes of a plain scalar, as Ansible users rely on: yes/no, octal, sexagesimal; y, n and dates stay text. */
import { float } from '../core/value.ts'
import type { Float } from '../core/value.ts'

const words = new Map<string, null | boolean>([
  ...['', '~', 'null', 'Null', 'NULL'].map((word) => [word, null] as const),
  ...['yes', 'true', 'on'].flatMap((word) => spellings(word).map((one) => [one, true] as const)),
  ...['no', 'false', 'off'].flatMap((word) => spellings(word).map((one) => [one, false] as const)),
])
function spellings(word: string): string[] { return [word, word.charAt(0).toUpperCase() + word.slice(1), word.toUpperCase()] }

const int = /^[-+]?(?:0b[0-1_]+|0[0-7_]+|(?:0|[1-9][0-9_]*)|0x[0-9a-fA-F_]+|[1-9][0-9_]*(?::[0-5]?[0-9])+)$/
const real = /^(?:[-+]?[0-9][0-9_]*\.[0-9_]*(?:[eE][-+][0-9]+)?|\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/

/** The number that JSON has here: 1e3 is one, too. Undefined for other words. */
export function jsonNumber(text: string): number | Float | undefined {
  if (text === 'NaN') return NaN
  if (/^-?Infinity$/.test(text)) return text.startsWith('-') ? -Infinity : Infinity
  return /^-?\d+(?:\.\d+)?[eE][+-]?\d+$/.test(text) ? float(Number(text)) : undefined
}

/** The typed value of a plain scalar. */
export function resolvePlain(text: string): string | number | bigint | boolean | null | Float {
  const word = words.get(text)
  if (word !== undefined) return word
  const first = text.charCodeAt(0)
  // Digits, sign and dot only can start a number.
  if (!((first >= 48 && first <= 57) || first === 43 || first === 45 || first === 46)) return text
  return toInt(text) ?? toFloat(text) ?? text
}
export const toBool = (text: string): boolean | undefined => words.get(text) ?? undefined

export function toInt(text: string): number | bigint | undefined {
  if (!int.test(text)) return undefined
  const clean = text.replaceAll('_', '')
  const sign = clean.startsWith('-') ? -1n : 1n
  const digits = clean.replace(/^[-+]/, '')
  if (digits === '') return undefined
  const value = digits.includes(':') ? digits.split(':').reduce((total, part) => total * 60n + BigInt(part), 0n)
    : /^0[bx]/.test(digits) ? BigInt(digits) : digits !== '0' && digits.startsWith('0') ? BigInt(`0o${digits.slice(1)}`) : BigInt(digits)
  const signed = sign * value
  return signed >= BigInt(Number.MIN_SAFE_INTEGER) && signed <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(signed) : signed
}
export function toFloat(text: string): number | Float | undefined {
  if (!real.test(text)) return undefined
  const clean = text.replaceAll('_', '').toLowerCase()
  if (clean.endsWith('.inf')) return clean.startsWith('-') ? -Infinity : Infinity
  if (clean === '.nan') return NaN
  if (!clean.includes(':')) return float(Number(clean))
  const size = clean.replace(/^[-+]/, '').split(':').reduce((total, part) => total * 60 + Number(part), 0)
  return float(clean.startsWith('-') ? -size : size)
}

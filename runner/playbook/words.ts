/** What a value is, in words for error messages. */
import { Float, isDict, Template, VaultText } from '../core/value.ts'

export function kindOf(value: unknown): string {
  if (value === null || value === undefined) return 'nothing'
  if (value instanceof Template) return 'a template'
  if (value instanceof VaultText) return 'a vault value'
  if (typeof value === 'string') return value === '' ? 'empty text' : 'text'
  if (typeof value === 'boolean') return `the boolean ${String(value)}`
  if (typeof value === 'number' || typeof value === 'bigint') return `the number ${String(value)}`
  if (value instanceof Float) return `the number ${value.value.toFixed(1)}`
  if (Array.isArray(value)) return 'a list'
  return isDict(value) ? 'a mapping' : 'a value of another kind'
}

/** JSON as Python's json.dumps writes it: a space behind commas and colons, other letters than ASCII escaped. */
import { toData } from './value.ts'

function write(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(write).join(', ')}]`
  if (value instanceof Uint8Array) return write(Buffer.from(value).toString())
  if (typeof value === 'bigint') return String(value)
  if (typeof value === 'object' && value !== null) return `{${Object.entries(value).map(([key, item]) => `${write(key)}: ${write(item)}`).join(', ')}}`
  return (JSON.stringify(value) ?? 'null').replace(/[\u007f-\uffff]/g, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
export const pythonJson = (value: unknown): string => write(toData(value))

/** Text of a value as Python's `str()` spells it: what a string argument gets when YAML gave a number, boolean, list or dict. */
import { dictEntries, Float, isDict, Tuple, Unknown, UnknownValue } from './value.ts'

function floatText(value: number): string {
  if (Number.isNaN(value)) return 'nan'
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf'
  const size = Math.abs(value)
  if (size !== 0 && (size < 1e-4 || size >= 1e16)) {
    return value.toExponential().replace(/e([+-])(\d)$/, 'e$10$2')
  }
  if (Object.is(value, -0)) return '-0.0'
  return Number.isInteger(value) ? value.toFixed(1) : String(value)
}

function quoted(text: string): string {
  const mark = text.includes("'") && !text.includes('"') ? '"' : "'"
  const inner = text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('\r', '\\r').replaceAll('\t', '\\t')
  return mark + (mark === "'" ? inner.replaceAll("'", "\\'") : inner) + mark
}

/** `repr()` of a value. */
export function pyRepr(value: unknown): string {
  if (typeof value === 'string') return quoted(value)
  if (value instanceof Tuple) return `(${Array.from(value, pyRepr).join(', ')}${value.length === 1 ? ',' : ''})`
  if (Array.isArray(value)) return `[${value.map(pyRepr).join(', ')}]`
  if (isDict(value)) return `{${dictEntries(value).map(([key, item]) => `${pyRepr(key)}: ${pyRepr(item)}`).join(', ')}}`
  return pyText(value)
}

/** `str()` of a value; None gives `None`. Throws UnknownValue on what a dry run cannot know. */
export function pyText(value: unknown): string {
  if (value instanceof Unknown) throw new UnknownValue(value.reason)
  if (typeof value === 'string') return value
  if (value === null || value === undefined) return 'None'
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  if (value instanceof Float) return floatText(value.value)
  if (typeof value === 'number') return Number.isInteger(value) ? String(value) : floatText(value)
  if (typeof value === 'bigint') return String(value)
  if (value instanceof Uint8Array) return new TextDecoder().decode(value)
  if (value instanceof Set) return value.size === 0 ? 'set()' : `{${Array.from(value, pyRepr).join(', ')}}`
  return pyRepr(value)
}

/** Python's name of a value's type. */
export function pyType(value: unknown): string {
  if (value === null || value === undefined) return 'NoneType'
  if (typeof value === 'string') return 'str'
  if (typeof value === 'boolean') return 'bool'
  if (typeof value === 'bigint') return 'int'
  if (value instanceof Float) return 'float'
  if (typeof value === 'number') return Number.isInteger(value) ? 'int' : 'float'
  if (value instanceof Tuple) return 'tuple'
  if (Array.isArray(value)) return 'list'
  if (value instanceof Set) return 'set'
  if (value instanceof Uint8Array) return 'bytes'
  return isDict(value) ? 'dict' : typeof value
}

const pad = (value: number, digits: number): string => String(value).padStart(digits, '0')
/** A time as Python prints a datetime. */
export function dateText(ms: number): string {
  const at = new Date(ms)
  return `${pad(at.getFullYear(), 4)}-${pad(at.getMonth() + 1, 2)}-${pad(at.getDate(), 2)} ${pad(at.getHours(), 2)}:${pad(at.getMinutes(), 2)}:${pad(at.getSeconds(), 2)}.${pad(at.getMilliseconds(), 3)}000`
}
/** A duration as Python prints a timedelta. */
export function deltaText(ms: number): string {
  const seconds = Math.floor(ms / 1000)
  return `${Math.floor(seconds / 3600)}:${pad(Math.floor(seconds / 60) % 60, 2)}:${pad(seconds % 60, 2)}.${pad(Math.round(ms % 1000), 3)}000`
}
/** Python's splitlines, as far as `stdout_lines` needs it. */
export function splitLines(text: string): string[] {
  const parts = text.split(/\r\n|[\n\r\v\f\u001c\u001d\u001e\u0085\u2028\u2029]/)
  return parts.at(-1) === '' ? parts.slice(0, -1) : parts
}


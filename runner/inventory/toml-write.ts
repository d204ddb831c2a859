/** Values as TOML text, as the Python library tomli-w writes them (which ansible-inventory --toml uses). */
import { fault } from '../core/errors.ts'
import { pyText } from '../core/pytext.ts'
import { Float, dictEntries, isDict } from '../core/value.ts'

type Pairs = readonly (readonly [unknown, unknown])[]
const indent = '    ', widest = 100

export const dumpToml = (value: unknown): string => isDict(value) ? table(dictEntries(value), '', false) : ''

function table(pairs: Pairs, name: string, isItem: boolean): string {
  const tables = pairs.flatMap(([key, value]) => isDict(value) ? [{ key, value, isItem: false }] : isTables(value) ? value.map((one) => ({ key, value: one, isItem: true })) : [])
  const plain = pairs.filter(([, value]) => !isDict(value) && !isTables(value))
  const heading = isItem || (name !== '' && (plain.length > 0 || tables.length === 0)) ? (isItem ? `[[${name}]]\n` : `[${name}]\n`) : ''
  const own = heading + plain.map(([key, value]) => `${keyText(key)} = ${literal(value, 0)}\n`).join('')
  const below = tables.map((one) => table(isDict(one.value) ? dictEntries(one.value) : [], name === '' ? keyText(one.key) : `${name}.${keyText(one.key)}`, one.isItem))
  return [...(own === '' ? [] : [own]), ...below].join('\n')
}
/** A list of mappings is written as tables of their own where one of them does not fit a line. */
function isTables(value: unknown): value is readonly unknown[] {
  return Array.isArray(value) && value.length > 0 && value.every((one) => isDict(one)) && !value.every((one) => { const line = `${indent}${literal(one, 0)},`; return line.length <= widest && !line.includes('\n') })
}

function literal(value: unknown, level: number): string {
  if (typeof value === 'boolean' || typeof value === 'bigint') return String(value)
  if (typeof value === 'number' || value instanceof Float) return pyText(value)
  if (typeof value === 'string') return quoted(value)
  if (Array.isArray(value)) {
    const deeper = indent.repeat(level + 1)
    return value.length === 0 ? '[]' : `[\n${value.map((item) => deeper + literal(item, level + 1)).join(',\n')},\n${indent.repeat(level)}]`
  }
  if (!isDict(value)) throw fault('toml-unwritable', undefined, { found: value === null ? 'null' : String(value) })
  const pairs = dictEntries(value)
  return pairs.length === 0 ? '{}' : `{ ${pairs.map(([key, item]) => `${keyText(key)} = ${literal(item, 0)}`).join(', ')} }`
}
const keyText = (key: unknown): string => /^[A-Za-z0-9_-]+$/.test(String(key)) ? String(key) : quoted(String(key))

const escapes: Readonly<Record<string, string>> = { '\b': '\\b', '\n': '\\n', '\f': '\\f', '\r': '\\r', '"': '\\"', '\\': '\\\\' }
const quoted = (text: string): string => `"${text.replace(/["\\\u0000-\u0008\u000a-\u001f\u007f]/g, (char) => escapes[char] ?? `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)}"`

/** YAML in its canonical form, as PyYAML writes it: every node with its tag, every text in double quotes, an item a line. */
import { dictEntries, isDict } from '../core/value.ts'
import { Writer } from './dump.ts'
import { represent, writeDouble } from './scalar.ts'

export const canonical = (value: unknown): string => `---\n${node(value, '')}\n`

function node(value: unknown, indent: string): string {
  const deeper = `${indent}  `
  if (Array.isArray(value)) return value.length === 0 ? '!!seq []' : `!!seq [\n${value.map((item) => `${deeper}${node(item, deeper)},\n`).join('')}${indent}]`
  if (isDict(value)) {
    const lines = dictEntries(value).map(([key, item]) => `${deeper}? ${node(key, deeper)}\n${deeper}: ${node(item, deeper)},\n`)
    return lines.length === 0 ? '!!map {}' : `!!map {\n${lines.join('')}${indent}}`
  }
  const { text, tag } = represent(value), out = new Writer(2, 1e9)
  writeDouble(out, text, false)
  return `${tag} ${out.text}`
}

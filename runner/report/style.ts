/** Colours, banners and one-line JSON, as Ansible's default output has them. */
import { Float, dictEntries, isDict } from '../core/value.ts'

/** Ansible: the colour settings of config/base.yml. */
const codes = {
  ok: '0;32', changed: '0;33', failed: '0;31', unreachable: '1;31', skipped: '0;36', unknown: '0;35', warning: '1;35', debug: '1;30', verbose: '0;34',
  added: '0;32', removed: '0;31', hunk: '0;36', plain: '0',
} as const
export type Colour = keyof typeof codes
export type Paint = (text: string, colour: Colour) => string

/** Colours each line by itself, so that a pager or a cut line stays sane. */
export const createPaint = (isOn: boolean): Paint => isOn
  ? (text, colour) => colour === 'plain' ? text : text.split('\n').map((line) => line === '' ? line : `\x1b[${codes[colour]}m${line}\x1b[0m`).join('\n')
  : (text) => text

/** Columns that text takes on a terminal: wide characters two, combining ones none. */
export function widthOf(text: string): number {
  let width = 0
  for (const c of text) {
    const code = c.codePointAt(0) ?? 0
    if (code < 32 || (code >= 0x7f && code < 0xa0) || /\p{Mn}|\p{Me}|\p{Cf}/u.test(c)) continue
    width += code >= 0x1100 && /[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|[\u{1f300}-\u{1faff}]|[\u{20000}-\u{3fffd}]/u.test(c) ? 2 : 1
  }
  return width
}

/** An empty line, then the message and stars up to the width. */
export function banner(message: string, columns: number): string {
  const text = message.trim()
  return `\n${text} ${'*'.repeat(Math.max(3, columns - widthOf(text)))}`
}

/** As Python's json.dumps(sort_keys=True, ensure_ascii=False): `{"a": 1, "b": [2]}`, or indented. */
export function dumps(value: unknown, indent = 0): string { return dump(value, indent, '') }

function dump(value: unknown, indent: number, margin: string): string {
  if (Array.isArray(value)) return joined(value.map((item) => (inner: string) => dump(item, indent, inner)), '[', ']', indent, margin)
  if (isDict(value)) {
    const pairs = dictEntries(value).map(([key, item]) => [String(key), item] as const).sort(([a], [b]) => a < b ? -1 : a > b ? 1 : 0)
    return joined(pairs.map(([key, item]) => (inner: string) => `${JSON.stringify(key)}: ${dump(item, indent, inner)}`), '{', '}', indent, margin)
  }
  if (value instanceof Float) return Number.isInteger(value.value) ? value.value.toFixed(1) : String(value.value)
  if (typeof value === 'number' && !Number.isFinite(value)) return Number.isNaN(value) ? 'NaN' : value > 0 ? 'Infinity' : '-Infinity'
  if (typeof value === 'bigint') return String(value)
  if (value instanceof Set) return dump([...value], indent, margin)
  return JSON.stringify(value) ?? 'null'
}
function joined(parts: readonly ((inner: string) => string)[], open: string, close: string, indent: number, margin: string): string {
  if (parts.length === 0) return open + close
  if (indent === 0) return `${open}${parts.map((part) => part(margin)).join(', ')}${close}`
  const inner = margin + ' '.repeat(indent)
  return `${open}\n${parts.map((part) => inner + part(inner)).join(',\n')}\n${margin}${close}`
}

/** Where lookups find files of the controller, and the `key=value` text that some of them take. */
import { existsSync, readFileSync } from 'node:fs'
import { findCodec } from '../core/encoding.ts'
import type { Call } from './call.ts'
import { Refusal } from './params.ts'
import { abspath, dirname, expanduser, join } from './posixpath.ts'

/** Places of a relative file, nearest first: in each folder first `files/` (or `templates/`, `vars/`), then the folder itself. */
export function candidates(call: Call, kinds: readonly string[], name: string): string[] {
  if (name.startsWith('~') || name.startsWith('/')) return [abspath(expanduser(name))]
  const below = kinds.filter((kind) => name.split('/')[0] !== kind)
  const folders = call.env.vars.search.length === 0 ? [process.cwd()] : call.env.vars.search
  const all = folders.flatMap((folder) => [
    ...(folder.endsWith('/tasks') ? below.map((kind) => join(dirname(folder), kind, name)) : []),
    ...below.map((kind) => join(folder, kind, name)), join(folder, name),
  ])
  return [...new Set(all.map(abspath))]
}
export const findFile = (call: Call, kind: string, name: string): string | undefined => candidates(call, [kind], name).find((path) => existsSync(path))

export function findOrFail(call: Call, kind: string, name: string): string {
  const found = findFile(call, kind, name)
  if (found === undefined) throw new Refusal(`Unable to access the file '${name}': file not found (No such file or directory)`, `looked for: ${candidates(call, [kind], name).join(', ')}`)
  return found
}

/** Text of a file; vault text is opened. */
export function readText(call: Call, path: string, encoding = 'utf-8'): string {
  let bytes: Buffer
  try { bytes = readFileSync(path) } catch (error) { throw new Refusal(`Unable to read ${path}: ${error instanceof Error ? error.message : ''}`) }
  const codec = findCodec(encoding)
  if (codec === undefined) throw new Refusal(`unknown encoding: ${encoding}`)
  const text = codec.decode(bytes) ?? (encoding === 'utf-8' ? bytes.toString('utf8') : undefined)
  if (text === undefined) throw new Refusal(`${path} is no text in ${encoding}`)
  return text.startsWith('$ANSIBLE_VAULT;') ? call.env.services.decrypt(text, { file: path, line: 1, column: 1 }) : text
}

/** Python's escapes in the value of an option: `delimiter=\\t`. */
const decode = (text: string): string => text.replace(/\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|([abfnrtv\\'"]))/g, (_, byte?: string, unit?: string, letter?: string) =>
  letter === undefined ? String.fromCharCode(parseInt(byte ?? unit ?? '0', 16)) : ({ a: '\x07', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' }[letter] ?? letter))

/** `some words key=value other='with spaces'`: the words, and the options. */
export function parseKeyValues(text: string): { words: string; options: Record<string, string> } {
  const words: string[] = [], options: Record<string, string> = {}
  for (const [part] of text.matchAll(/(?:"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|\\.|[^\s"'])+|["']/gs)) {
    if (part === '"' || part === "'") throw new Refusal(`unbalanced quotes in '${text}'`)
    const found = /^([A-Za-z_]\w*)=(.*)$/s.exec(part)
    if (found === null) { words.push(part); continue }
    options[found[1] ?? ''] = decode((found[2] ?? '').replace(/^(["'])(.*)\1$/s, '$2'))
  }
  return { words: words.join(' '), options }
}

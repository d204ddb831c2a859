/** Variables of the command line (`-e`): `k=v`, YAML or JSON text, `@file`. */
import type { Data, Frame } from '../core/types.ts'
import { fault } from '../core/errors.ts'
import { isDict, Template } from '../core/value.ts'
import { parseText } from '../playbook/args-text.ts'
import { loadYaml } from '../yaml/load.ts'
import { loadVarsFile, type FileContext } from '../vars/files.ts'

export function extraFrames(given: readonly string[], context: FileContext): readonly Frame[] {
  return given.map((text): Frame => {
    if (text.startsWith('@')) return { ...loadVarsFile(text.slice(1), context), name: `-e ${text}` }
    const trimmed = text.trim()
    if (trimmed.startsWith('{') || trimmed.startsWith('[')) {
      const { value } = loadYaml(trimmed, 'command line (-e)')
      if (!isDict(value)) throw fault('extra-vars', undefined, { text })
      return { name: '-e', vars: value instanceof Map ? Object.fromEntries(value) : value }
    }
    return { name: '-e', vars: keyValues(trimmed) }
  })
}

function keyValues(text: string): Data {
  if (text === '') return {}
  const parsed = parseText(/\{[{%#]/.test(text) ? new Template(text) : text, false, undefined)
  if ('_raw_params' in parsed) throw fault('extra-vars', undefined, { text })
  return parsed
}

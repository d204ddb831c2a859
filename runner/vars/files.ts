/** Files of variables: YAML or JSON, plain or encrypted as a whole. */
import { readFileSync } from 'node:fs'
import { mergeVars } from '../core/merge.ts'
import type { ValueRules } from '../core/options.ts'
import { fault } from '../core/errors.ts'
import { locOf } from '../core/loc.ts'
import type { Data, Frame, Loc } from '../core/types.ts'
import { dictEntries, isDict } from '../core/value.ts'
import type { Dict } from '../core/value.ts'
import { loadYaml } from '../yaml/load.ts'
import { isVault } from './vault.ts'

export interface FileContext {
  decrypt(ciphertext: string, loc?: Loc): string
  warn(message: string, loc?: Loc): void
  readonly values?: ValueRules | undefined
}

/** Text of a file, decrypted where it is vault text. Throws where it cannot be read. */
export function readMaybeVault(path: string, context: Pick<FileContext, 'decrypt'>): string {
  const start: Loc = { file: path, line: 1, column: 1 }
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
    if (code === 'ENOENT') throw fault('vars-file-not-found', undefined, { path }, cause)
    const why = code === 'EISDIR' ? 'it is a directory' : code === 'EACCES' ? 'permission denied' : String(cause)
    throw fault('vars-file-unreadable', undefined, { path, why }, cause)
  }
  return isVault(text) ? context.decrypt(text, start) : text
}

function valueOf(path: string, context: FileContext): unknown {
  const { value, warnings } = loadYaml(readMaybeVault(path, context), path, { repeatedKeys: context.values?.repeatedKeys })
  for (const { message, loc } of warnings) context.warn(message, loc)
  return value
}
function mapping(path: string, value: unknown): Frame {
  if (value === null || value === undefined) return { name: path, vars: {} }
  if (isDict(value)) return { name: path, vars: asData(value) }
  throw notMapping(path, value)
}
/** The variables of a file of group_vars, host_vars or include_vars, which must be one mapping. */
export const loadMappingFile = (path: string, context: FileContext): Frame => mapping(path, valueOf(path, context))

/** The variables of a file; a list of mappings is merged in order, an empty file has none. Ansible: vars/manager.py, preprocess_vars. */
export function loadVarsFile(path: string, context: FileContext): Frame {
  const value = valueOf(path, context)
  if (!Array.isArray(value)) return mapping(path, value)
  const items = value.map((item: unknown) => {
    if (!isDict(item)) throw notMapping(path, item)
    return { vars: asData(item) }
  })
  return { name: path, vars: mergeVars(items, context.values?.mergesHashes) }
}
function notMapping(path: string, value: unknown): Error {
  const found = Array.isArray(value) ? 'a list' : typeof value === 'string' ? `the text '${value.slice(0, 60)}'` : value === null ? 'nothing' : typeof value === 'object' ? 'a template' : `the ${typeof value} ${String(value)}`
  return fault('vars-file-not-mapping', locOf(value) ?? { file: path, line: 1, column: 1 }, { path, found })
}
/** Names that are not text can be no variables. */
const asData = (dict: Dict): Data => dict instanceof Map ? Object.fromEntries(dictEntries(dict).filter(([key]) => typeof key === 'string').map(([key, item]) => [String(key), item])) : dict

/** `group_vars/` and `host_vars/` beside an inventory or playbook, each file read when it is first needed and only once. Rules: plugins/vars/host_group_vars.py. */
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fault } from '../core/errors.ts'
import type { Frame } from '../core/types.ts'
import { loadMappingFile } from '../vars/files.ts'
import type { FileContext } from '../vars/files.ts'

export interface VarFiles {
  /** Frames of a group or host from `dir/group_vars` or `dir/host_vars`, low to high. */
  frames(dir: string, kind: 'group_vars' | 'host_vars', name: string): readonly Frame[]
}

const extensions = ['', '.yml', '.yaml', '.json']

export function createVarFiles(context: FileContext): VarFiles {
  const folders = new Map<string, ReadonlySet<string>>()
  const read = new Map<string, readonly Frame[]>()
  const entries = (folder: string): ReadonlySet<string> => {
    const known = folders.get(folder)
    if (known !== undefined) return known
    const found = new Set(list(folder, context.warn))
    folders.set(folder, found)
    return found
  }
  return {
    frames(dir, kind, name) {
      if (name.startsWith('/')) return []
      const folder = join(dir, kind)
      const names = entries(folder)
      if (names.size === 0) return []
      const path = join(folder, name)
      const known = read.get(path)
      if (known !== undefined) return known
      const frames = filesOf(folder, name, names).map((file) => loadMappingFile(file, context))
      read.set(path, frames)
      return frames
    },
  }
}

function list(folder: string, warn: (message: string) => void): string[] {
  try {
    return readdirSync(folder)
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
    if (code === 'ENOENT') return []
    if (code === 'ENOTDIR') {
      warn(`${folder} is no directory and is not read`)
      return []
    }
    throw fault('group-vars-unreadable', undefined, { path: folder, reason: cause instanceof Error ? cause.message : String(cause) }, cause)
  }
}

/** The first of NAME, NAME.yml, NAME.yaml, NAME.json; of a folder all that is below it. */
function filesOf(folder: string, name: string, names: ReadonlySet<string>): string[] {
  // A host name may hold a slash; then the look-up by name cannot know.
  const found = extensions.map((extension) => name + extension).find((one) => names.has(one) || (name.includes('/') && isThere(join(folder, one))))
  if (found === undefined) return []
  const path = join(folder, found)
  return statSync(path).isDirectory() ? below(path) : [path]
}
const isThere = (path: string): boolean => statSync(path, { throwIfNoEntry: false }) !== undefined

function below(folder: string): string[] {
  return readdirSync(folder).sort().filter((name) => !name.startsWith('.') && !name.endsWith('~')).flatMap((name) => {
    const path = join(folder, name)
    const dot = name.lastIndexOf('.')
    const extension = dot > 0 ? name.slice(dot) : ''
    const found = statSync(path, { throwIfNoEntry: false })
    if (found === undefined) return []
    if (found.isDirectory()) return extension === '' ? below(path) : []
    return extensions.includes(extension) ? [path] : []
  })
}

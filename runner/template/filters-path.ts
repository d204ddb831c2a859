/** Filters on paths of the controller: their parts, their places, files by pattern. */
import type { Filter } from './call.ts'
import { Tuple } from '../core/value.ts'
import { glob, isFile } from './glob.ts'
import { items, onlyText, tuple } from './items.ts'
import { filterTable, Refusal } from './params.ts'
import * as path from './posixpath.ts'
import { typeName } from './python.ts'

const texts = (value: unknown): string[] => items(value).map((one) => onlyText(one, 'a part of the path'))

export const pathFilters: Record<string, Filter> = filterTable({
  'basename()': (value) => path.basename(onlyText(value)),
  'dirname()': (value) => path.dirname(onlyText(value)),
  'expanduser()': (value) => path.expanduser(onlyText(value)),
  'expandvars()': (value) => path.expandvars(onlyText(value)),
  'realpath()': (value) => path.realpath(onlyText(value)),
  'relpath(start=".")': (value, [start]) => path.relpath(onlyText(value), start === null ? '.' : onlyText(start, 'start')),
  'normpath()': (value) => path.normpath(onlyText(value)),
  'splitext()': (value) => tuple(...path.splitext(onlyText(value))),
  'path_join()': (value) => {
    if (typeof value === 'string') return value
    if (!Array.isArray(value)) throw new Refusal(`|path_join expects string or sequence, got ${typeName(value)} instead.`)
    const [first, ...rest] = texts(value)
    if (first === undefined) throw new Refusal('path_join needs at least one part')
    return path.join(first, ...rest)
  },
  'commonpath()': (value) => {
    if (!Array.isArray(value) && !(value instanceof Tuple)) throw new Refusal(`|commonpath expects sequence, got ${typeName(value)} instead.`)
    return path.commonpath(texts(value))
  },
  'win_basename()': (value) => path.windowsBasename(onlyText(value)),
  'win_dirname()': (value) => path.windowsDirname(onlyText(value)),
  'win_splitdrive()': (value) => tuple(...path.splitDrive(onlyText(value))),
  'fileglob()': (value) => glob(onlyText(value)).filter(isFile),
})

/** Finding roles and reading what is in them: variables, tasks, meta data. Ansible: role/definition.py, role/__init__.py. */
import { existsSync, readdirSync, statSync } from 'node:fs'
import { homedir } from 'node:os'
import { basename, extname, join, relative, resolve } from 'node:path'
import { fault } from '../core/errors.ts'
import { nearest } from '../core/near.ts'
import { pyText } from '../core/pytext.ts'
import type { Data, Loc } from '../core/types.ts'
import { dictEntries, isDict } from '../core/value.ts'
import type { Loading } from './loading.ts'
import { nearbyFile } from './include.ts'
import { unique } from './scope.ts'
import { kindOf } from './words.ts'

/** `name` is that of its collection in front for a role of one. */
type Place = { readonly name: string; readonly path: string; readonly collection?: string }

const extensions = ['.yml', '.yaml', '.json']
const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false
const expand = (path: string): string => path === '~' || path.startsWith('~/') ? homedir() + path.slice(1) : path

/** Where a role of an installed collection is: `namespace.collection.role`, or a short name and the collections to look in. */
function collectionRoles(name: string, searched: readonly string[], playDir: string, installed: readonly string[]): Place[] {
  if (/[/\\]/.test(name)) return []
  return [name, ...searched.map((collection) => `${collection}.${name}`)].flatMap((full) => {
    const [namespace, collection, ...role] = full.split('.')
    if (namespace === undefined || collection === undefined || role.length === 0) return []
    return collectionFolders(playDir, installed)
      .map((folder): Place => ({ name: [namespace, collection, role.at(-1)].join('.'), path: join(folder, namespace, collection, 'roles', ...role), collection: `${namespace}.${collection}` }))
  })
}
/** The folders that hold a folder for each namespace. */
export const collectionFolders = (playDir: string, installed: readonly string[]): string[] => [join(playDir, 'collections'), ...installed]
  .map((folder) => resolve(expand(folder))).map((folder) => basename(folder) === 'ansible_collections' ? folder : join(folder, 'ansible_collections'))

/** Name and folder of a role. `beside`: the folder of the role that depends on it; `collections`: where to look for short names first. */
export function findRole(loading: Loading, written: string, playDir: string, beside: string | undefined, collections: readonly string[], loc: Loc | undefined): Place {
  const name = expand(written)
  const ofCollection = collectionRoles(name, collections, playDir, loading.context.collectionsPath ?? []).find(({ path }) => existsSync(path))
  if (ofCollection !== undefined) return ofCollection
  const folders = unique([join(playDir, 'roles'), ...loading.context.rolesPath.map((path) => resolve(expand(path))), ...(beside === undefined ? [] : [beside]), playDir])
  const found = folders.map((folder) => resolve(folder, name)).find((path) => existsSync(path))
  if (found !== undefined) return { name: resolve(name) === name ? basename(name) : name, path: found }
  if (existsSync(resolve(name))) return { name: basename(name), path: resolve(name) }
  const known = folders.slice(0, -1).filter(isFolder).flatMap((folder) => readdirSync(folder))
  throw fault('role-not-found', loc, { name, searched: folders, isCollection: name.split('.').length > 2, near: nearest(name, known) })
}

/** The files of a kind: `main`, or the one that `x_from` named; several only where a folder stands for it. */
function filesOf(role: { readonly name: string; readonly path: string }, kind: string, from: string | undefined, allowFolder: boolean, loc: Loc | undefined): string[] {
  const folder = join(role.path, kind), name = from ?? 'main'
  const order = from === undefined ? [...extensions, ''] : ['', ...extensions]
  for (const extension of isFolder(folder) ? order : []) {
    const path = resolve(folder, name + extension)
    if (!existsSync(path)) continue
    if (isFolder(path)) {
      if (allowFolder) return filesBelow(path)
      continue
    }
    if (relative(folder, path).startsWith('..')) throw fault('role-file-outside', loc, { role: role.name, file: `${kind}/${name}` })
    return [path]
  }
  if (from === undefined) return []
  throw fault('role-file-missing', loc, { role: role.name, file: `${kind}/${from}`, near: nearbyFile(`${from}.yml`, [join(folder, `${from}.yml`)]) })
}
/** Ansible reads these in name order, hidden files and backups left out. */
function filesBelow(folder: string): string[] {
  return readdirSync(folder).sort().filter((name) => !name.startsWith('.') && !name.endsWith('~')).flatMap((name) => {
    const path = join(folder, name)
    if (isFolder(path)) return filesBelow(path)
    return extensions.includes(extname(name)) || extname(name) === '' ? [path] : []
  })
}

/** defaults or vars: main, or what `x_from` named; later files win. */
export function roleVars(loading: Loading, role: Place, kind: 'defaults' | 'vars', from: string | undefined, loc: Loc | undefined): Data {
  const all: Data = {}
  for (const path of filesOf(role, kind, from, true, loc)) {
    const value = loading.yaml(`${kind} of role ${role.name}`, path, loc)
    if (value === null) continue
    if (!isDict(value)) throw shape(role, `${kind}/${basename(path)}`, 'dictionary of variables', value, path)
    for (const [key, item] of dictEntries(value)) all[pyText(key)] = item
  }
  return all
}
function shape(role: Place, file: string, wanted: string, value: unknown, path: string): Error {
  const found = kindOf(value)
  return fault('role-file-shape', { file: path, line: 1, column: 1 }, { role: role.name, file, wanted, found })
}

/** A list of tasks or handlers and its file; undefined where the role has none. */
export function roleTasks(loading: Loading, role: Place, kind: 'tasks' | 'handlers', from: string | undefined, loc: Loc | undefined): { readonly file: string; readonly list: readonly unknown[] } | undefined {
  const [file] = filesOf(role, kind, from, false, loc)
  if (file === undefined) return undefined
  const list = loading.yaml(`${kind} of role ${role.name}`, file, loc)
  if (list === null) return { file, list: [] }
  if (!Array.isArray(list)) throw shape(role, `${kind}/${basename(file)}`, `list of ${kind === 'tasks' ? 'tasks' : 'handlers'}`, list, file)
  return { file, list }
}

/** meta/main, or another file of meta; an empty mapping where there is none. */
export function roleMeta(loading: Loading, role: Place, name: 'main' | 'argument_specs', loc: Loc | undefined): { readonly file: string; readonly data: unknown } | undefined {
  const folder = join(role.path, 'meta')
  const file = (name === 'main' ? [...extensions, ''] : extensions).map((extension) => join(folder, name + extension)).find((path) => existsSync(path))
  if (file === undefined) return undefined
  const data = loading.yaml(`meta data of role ${role.name}`, file, loc)
  if (data !== null && !isDict(data)) throw shape(role, `meta/${basename(file)}`, 'dictionary', data, file)
  return { file, data }
}

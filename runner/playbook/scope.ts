/** Where a list of tasks stands: what it inherits, where files are looked for, and how it came to be read. */
import { dirname, join } from 'node:path'
import { fault } from '../core/errors.ts'
import { inheritLoc } from '../core/loc.ts'
import type { Data, Frame, Keywords, Loc, Node, Role } from '../core/types.ts'
import { Template } from '../core/value.ts'
import { keywords } from './keywords.ts'
import type { Place } from './keywords.ts'

/** A file or role that was being read when this one was asked for. */
export interface Link { readonly key: string; readonly shown: string; readonly loc: Loc | undefined }
/** What static imports inside tasks add to the play. */
export interface Gathered { readonly roles: Role[]; readonly handlers: Node[] }

export interface Scope {
  readonly playDir: string
  /** Variables of the play, for names of imports; later ones win. Read when first asked for. */
  frames(): readonly Frame[]
  readonly kw: Keywords
  /** Variables of the enclosing roles' entries, blocks and imports, outermost first. */
  readonly vars: readonly Frame[]
  readonly role: Role | undefined
  /** The file that the nodes stand in. */
  readonly file: string
  /** Folders of this file and of those that include it, nearest first. */
  readonly folders: readonly string[]
  readonly search: readonly string[]
  readonly isHandler: boolean
  /** A rescue is around it: a task that cannot work is left to the run. */
  readonly isForeseen?: boolean
  /** It is being read for a dynamic include. */
  readonly isDynamic?: boolean
  readonly chain: readonly Link[]
  readonly gathered: Gathered
}

export const unique = <T>(items: Iterable<T>): T[] => [...new Set(items)]

/** Inherited keywords and a node's own, as keywords.ts says. The places are those of the node. */
export function inherit(outer: Keywords, own: Keywords, from: unknown): Keywords {
  const merged: Data = {}, hidden = new Map<string, unknown>()
  for (const [name, value] of Object.entries(outer)) {
    if (keywords[name]?.inherit === 'no' || keywords[name] === undefined) continue
    merged[name] = value
    if (inherited.get(outer)?.has(name) === true) hidden.set(name, inherited.get(outer)?.get(name))
  }
  for (const [name, value] of Object.entries(own)) {
    const before = merged[name], rule = keywords[name]?.inherit
    if (Array.isArray(before) && Array.isArray(value) && (rule === 'append' || rule === 'union')) {
      const items: unknown[] = [...before, ...value]
      merged[name] = rule === 'union' ? unique(items) : items
    } else {
      if (before !== undefined && value instanceof Template && value.source.includes('omit')) hidden.set(name, before)
      merged[name] = value
    }
  }
  const made = inheritLoc(merged, from)
  if (hidden.size > 0) inherited.set(made, hidden)
  return made
}
/** What is inherited where a keyword of its own turns out to be omitted. */
const inherited = new WeakMap<Keywords, ReadonlyMap<string, unknown>>()
export const inheritedValue = (kw: Keywords, name: string): unknown => inherited.get(kw)?.get(name)

/** Collections in which short names are looked for. */
export const collectionsIn = (kw: Keywords): readonly string[] => {
  const value = kw['collections'], list: readonly unknown[] = Array.isArray(value) ? value : [value]
  return list.filter((one): one is string => typeof one === 'string' && one.includes('.') && !one.startsWith('ansible.'))
}

/** The scope of what a node encloses. */
export function inside(scope: Scope, kw: Keywords, vars: readonly Frame[]): Scope {
  return { ...scope, kw, vars: vars.length === 0 ? scope.vars : [...scope.vars, ...vars] }
}

/** The scope of a file that is read from here. Throws where it is being read already. */
export function enter(scope: Scope, what: string, file: string, loc: Loc | undefined): Scope {
  const link: Link = { key: file, shown: file, loc }
  if (scope.chain.some((one) => one.key === file)) throw cycle(scope, what, link)
  const folders = unique([dirname(file), ...scope.folders])
  return { ...scope, file, folders, search: searchPath(scope.role, file, scope.playDir), chain: [...scope.chain, link] }
}
const cycle = (scope: Scope, what: string, link: Link): Error => {
  const chain = [...scope.chain, link].map((one) => one.shown)
  return fault('import-cycle', link.loc, { what, chain: chain.slice(chain.indexOf(link.shown)) })
}

/** Ansible: Task.get_search_path: the role and those that brought it in, the file's folder, the playbook's. */
export function searchPath(role: Role | undefined, file: string, playDir: string): string[] {
  const roles = role === undefined ? [] : [role.path, ...[...role.parents].reverse().map((one) => one.path)]
  return unique([...roles, dirname(file), playDir])
}

/** Folders in which a relative file of tasks is looked for. Ansible: helpers.py. */
export function taskFolders(scope: Scope): string[] {
  const role = scope.role
  const kind = scope.isHandler ? 'handlers' : 'tasks'
  const ofRole = role === undefined ? [] : [join(role.path, kind), join(role.path, 'tasks'), role.path]
  return unique([...scope.folders, ...ofRole, join(scope.playDir, kind), scope.playDir])
}

/** Variables that are known before anything runs; later frames win. */
export function staticFrames(scope: Scope, own: readonly Frame[]): Frame[] {
  const roles = scope.role === undefined ? [] : [...scope.role.parents, scope.role]
  return [
    ...roles.map((role) => role.defaults), ...scope.frames(), ...roles.map((role) => role.vars), ...scope.vars, ...own, ...roles.map((role) => role.params),
    { name: 'magic variables', vars: magic(scope) },
  ]
}
/** Without the collection. */
export const shortName = ({ name, collection }: Role): string => collection === undefined ? name : name.slice(collection.length + 1)

/** What Ansible sets itself and knows before anything runs. */
function magic({ playDir, role }: Scope): Data {
  if (role === undefined) return { playbook_dir: playDir }
  return {
    playbook_dir: playDir, role_name: shortName(role), role_path: role.path, ansible_role_name: role.name,
    ...(role.includedBy.length === 0 ? {} : { ansible_parent_role_names: role.includedBy.map((one) => one.name).reverse(), ansible_parent_role_paths: role.includedBy.map((one) => one.path).reverse() }),
  }
}

export const whatOf: Readonly<Record<Place, string>> = { play: 'Play', role: 'Role', block: 'Block', task: 'Task', handler: 'Handler' }

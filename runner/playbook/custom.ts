/**
 * Finds modules of the user's own: in `library/` beside the playbook and in roles, in the folders of the settings, in installed collections.
 * Ansible asks for a plugin of the same name in `action_plugins/` first; that is Python for the controller, which play does not run, so its
 * task fails when it is reached. Ansible: plugins/loader.py.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Custom, modulesAmong, styleOf } from '../core/custom.ts'
import type { Loc } from '../core/types.ts'
import { Template } from '../core/value.ts'
import { isElsewhere } from './elsewhere.ts'
import type { Loading } from './loading.ts'
import { collectionFolders } from './role-files.ts'
import { collectionsIn } from './scope.ts'
import type { Scope } from './scope.ts'

export interface FoundModule {
  /** Short name of one of play's own; of the user's the name with what it comes from in front; empty where only the run can say. */
  readonly module: string
  readonly custom?: Custom
  readonly template?: Template
}

/** Names that the engine itself carries out: nothing of the user's comes before them. */
export const structural: ReadonlySet<string> = new Set(['include', 'include_tasks', 'import_tasks', 'include_role', 'import_role', 'meta'])
const bare = (name: string): string => name.replace(/^ansible\.(builtin|legacy)\./, '')

/** What a name means to a task; undefined where it is nobody's. */
export function findModule(loading: Loading, name: string, scope: Pick<Scope, 'playDir' | 'kw'>, loc: Loc | undefined): FoundModule | undefined {
  if (structural.has(bare(name))) return { module: bare(name) }
  const { known } = loading.context
  const built = known.resolve(name), short = /^(?:ansible\.legacy\.)?([\w-]+)$/.exec(name)?.[1]
  const own = short === undefined || known.dynamic !== true ? undefined : besideName(loading, short, scope.playDir)
  if (short !== undefined && own !== undefined && (built === undefined || comesBefore(loading, own, built, loc))) return { module: `ansible.legacy.${short}`, custom: own }
  if (built !== undefined) return { module: built }
  if (known.dynamic !== true) return undefined
  const ofCollection = inCollections(loading, name, scope)
  if (ofCollection !== undefined) return ofCollection
  return isElsewhere(name) ? { module: '', template: new Template(name) } : undefined
}

function besideName(loading: Loading, name: string, playDir: string): Custom | undefined {
  for (const { kind, folder } of loading.ownFolders(playDir)) {
    const found = first(loading, kind, [folder], name)
    if (found !== undefined) return found
  }
  return undefined
}
/** A folder that holds modules or action plugins of the user's own. */
export interface OwnFolder { readonly kind: Custom['kind']; readonly folder: string }
/** Those beside the playbook and in the roles so far that hold any, in the order in which they are looked through. */
export function ownFolders(loading: Pick<Loading, 'context' | 'rolePaths' | 'modulesIn'>, playDir: string): OwnFolder[] {
  const places = [playDir, ...loading.rolePaths]
  const all: OwnFolder[] = [
    ...places.map((place) => ({ kind: 'action' as const, folder: join(place, 'action_plugins') })),
    ...[...places.map((place) => join(place, 'library')), ...loading.context.modulePath ?? []].map((folder) => ({ kind: 'module' as const, folder })),
  ]
  return all.filter(({ folder }) => loading.modulesIn(folder).size > 0)
}
function first(loading: Loading, kind: Custom['kind'], folders: readonly string[], name: string): Custom | undefined {
  for (const folder of folders) {
    const file = loading.modulesIn(folder).get(name)
    if (file !== undefined && (kind === 'module' || file.endsWith('.py'))) return { kind, path: join(folder, file) }
  }
  return undefined
}

/** Of two of one name the user's own, as in Ansible; but a copy of a collection's module, made since ansible-core has it not, would want Python where play needs none. */
function comesBefore(loading: Loading, own: Custom, built: string, loc: Loc | undefined): boolean {
  if (own.kind === 'action') return true
  if (!loading.context.known.isAction(built) && (!isElsewhere(built) || styleOf(readFileSync(own.path)) !== 'python')) return true
  loading.once(`own ${own.path}`, `${own.path} is not used: play has a module ${built} of its own; give the file another name to have it run`, loc)
  return false
}

/** By its full name, or by its short one and the collections to look in. */
function inCollections(loading: Loading, name: string, scope: Pick<Scope, 'playDir' | 'kw'>): FoundModule | undefined {
  const [namespace = '', collection, ...rest] = name.split('.'), isFull = collection !== undefined
  if (!/^[\w.-]+$/.test(name) || (isFull && rest.length === 0)) return undefined
  for (const one of isFull ? [`${namespace}.${collection}`] : collectionsIn(scope.kw)) {
    const short = isFull ? rest : [name]
    for (const folder of collectionFolders(scope.playDir, loading.context.collectionsPath ?? [])) {
      // modules of collections may lie in folders: namespace.collection.folder.module
      const plugins = join(folder, ...one.split('.'), 'plugins'), inner = short.slice(0, -1), last = short.at(-1) ?? ''
      const custom = first(loading, 'action', [join(plugins, 'action', ...inner)], last) ?? first(loading, 'module', [join(plugins, 'modules', ...inner)], last)
      if (custom !== undefined) return { module: `${one}.${short.join('.')}`, custom }
    }
  }
  return undefined
}

/** The modules in a folder, by their names; none where it is no folder. */
export function modulesIn(folder: string): ReadonlyMap<string, string> {
  try {
    return modulesAmong(readdirSync(folder, { withFileTypes: true }).filter((entry) => !entry.isDirectory()).map((entry) => entry.name))
  } catch { return new Map() }
}

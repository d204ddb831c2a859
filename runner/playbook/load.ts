/** Reads playbooks and everything they import; at run time, what they include. */
import { existsSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fault } from '../core/errors.ts'
import { keyLoc, locOf, valueLoc } from '../core/loc.ts'
import { nearest } from '../core/near.ts'
import { pyText } from '../core/pytext.ts'
import type { Data, Frame, Keywords, Loc, Node, Play, Playbook, Role, Task } from '../core/types.ts'
import type { Adhoc } from '../core/options.ts'
import { dictGet, dictHas, dictKeys, isDict, Template } from '../core/value.ts'
import type { Dict } from '../core/value.ts'
import { adhocPlay } from './adhoc.ts'
import { findModule, type FoundModule } from './custom.ts'
import { applied, fileNodes, findTasks, nearbyFile } from './include.ts'
import { keywords } from './keywords.ts'
import { createLoading } from './loading.ts'
import type { Loading, LoaderContext } from './loading.ts'
import { loadNodes } from './nodes.ts'
import { loadPlay } from './play.ts'
import type { Wrap } from './play.ts'
import { pluginFile, type PluginKind } from './plugins.ts'
import { loadRole, roleUse } from './roles.ts'
import { inherit } from './scope.ts'
import type { Link, Scope } from './scope.ts'
import { conditions, tagsIn, varsFrame } from './values.ts'
import { kindOf } from './words.ts'

export type { LoaderContext } from './loading.ts'

export interface IncludedRole {
  readonly role: Role
  /** Dependencies and the role itself, as brackets. */
  readonly nodes: readonly Node[]
  readonly handlers: readonly Node[]
  /** Its defaults and vars are visible to the rest of the play. */
  readonly isPublic: boolean
}
export interface Loader {
  /** All plays of a playbook file, those of imported playbooks in their place. */
  playbook(file: string): Promise<Playbook>
  /** The playbook that one task on the command line is. `dir`: where a playbook would be. */
  adhoc(asked: Adhoc, dir: string): Playbook
  /**
   * The nodes of a file that an include_tasks names. `apply` is used instead of that of the task, whose templates are as written;
   * `frames`: variables of the loop that included it. Handlers of roles that the file imports are in its RoleNodes.
   */
  tasksFile(path: string, parent: Task, options?: { readonly apply?: Data; readonly frames?: readonly Frame[] }): Promise<readonly Node[]>
  /** The file that an include_tasks means, absolute. */
  findTasks(path: string, parent: Task): string
  /** What a name that only the run could tell means to a task of the playbook in this folder. */
  findModule(name: string, task: Task, playDir: string): FoundModule | undefined
  /** A Python file of the playbooks and roles so far that would bring a filter, test or lookup. */
  pluginFile(kind: PluginKind, name: string): string | undefined
  /** The role that an include_role names. `args`: its arguments, templated. `frames`: variables of the loop that included it. */
  includeRole(args: Data, parent: Task, frames?: readonly Frame[]): Promise<IncludedRole>
}

export function createLoader(context: LoaderContext): Loader {
  const loading = createLoading(context, loadNodes)
  return {
    playbook: async (file) => ({ file, plays: playsOf(loading, resolve(file), [], { kw: {}, vars: [] }, undefined) }),
    adhoc: (asked, dir) => { const file = join(dir, '__adhoc_playbook__'); return { file, plays: [loadPlay(loading, adhocPlay(asked), file, [], { kw: {}, vars: [] })] } },
    tasksFile: async (path, parent, options = {}) => {
      const scope = applied(loading, parent, options.apply, withFrames(scopeOf(loading, parent), options.frames))
      return fileNodes(loading, findTasks(path, scope, 'include_tasks', placeOf(parent)), scope, 'include_tasks', placeOf(parent))
    },
    findTasks: (path, parent) => findTasks(path, scopeOf(loading, parent), 'include_tasks', placeOf(parent)),
    pluginFile: (kind, name) => pluginFile([...loading.playDirs, ...loading.rolePaths], kind, name),
    findModule: (name, task, playDir) => findModule(loading, name, { playDir, kw: task.kw }, task.loc),
    includeRole: async (args, parent, frames) => {
      const scope = applied(loading, parent, args['apply'], withFrames(scopeOf(loading, parent), frames))
      const use = roleUse(loading, args, parent.loc, false)
      const { role, nodes, handlers } = loadRole(loading, use, scope)
      return { role, nodes, handlers: [...handlers, ...scope.gathered.handlers], isPublic: use.isPublic }
    },
  }
}

const placeOf = (task: Task): Loc => valueLoc(task.args, '_raw_params') ?? task.loc

/** What an include's nodes inherit: its surroundings and its variables, not its own keywords. */
function scopeOf(loading: Loading, task: Task): Scope {
  const scope = typeof task.args === 'object' && task.args !== null ? loading.includes.get(task.args) : undefined
  if (scope === undefined) throw new Error(`task ${task.id} (${task.module}) is no include that this loader has read`)
  return { ...scope, isDynamic: true, vars: task.vars, chain: [], gathered: { roles: [], handlers: [] } }
}

const withFrames = (scope: Scope, frames: readonly Frame[] = []): Scope => frames.length === 0 ? scope : { ...scope, vars: [...scope.vars, ...frames.map((frame): Frame => ({ ...frame, isInclude: true }))] }

function playsOf(loading: Loading, file: string, chain: readonly Link[], wrap: Wrap, loc: Loc | undefined): Play[] {
  const link: Link = { key: `playbook ${file}`, shown: file, loc }
  if (chain.some((one) => one.key === link.key)) throw fault('import-cycle', loc, { what: 'import_playbook', chain: [...chain, link].map((one) => one.shown) })
  const data = loading.yaml('playbook', file, loc)
  const start = { file, line: 1, column: 1 }
  if (data === null || (Array.isArray(data) && data.length === 0)) throw fault('playbook-empty', start, { file, isList: data !== null })
  if (!Array.isArray(data)) throw fault('playbook-not-list', locOf(data) ?? start, { found: kindOf(data) })
  return data.flatMap((raw: unknown, i) => {
    if (!isDict(raw)) throw fault('play-not-dict', valueLoc(data, i) ?? start, { found: kindOf(raw) })
    const key = importKey(loading, raw)
    if (key === undefined) return [loadPlay(loading, raw, file, [...chain, link], wrap)]
    return imported(loading, raw, key, file, [...chain, link], wrap)
  })
}

function importKey(loading: Loading, raw: Dict): string | undefined {
  const keys = dictKeys(raw).map(pyText).filter((key) => /^(ansible\.(builtin|legacy)\.)?import_playbook$/.test(key))
  const [one, other] = keys
  if (one !== undefined && other !== undefined) throw fault('keyword-twice', keyLoc(raw, other), { one, other })
  if (one !== undefined || !dictHas(raw, 'include') || dictHas(raw, 'hosts')) return one
  loading.once('include playbook', "'include' for playbooks is old: use import_playbook", keyLoc(raw, 'include'))
  return 'include'
}

const importing = new Set(['name', 'vars', 'tags', 'when'])

/** The plays of an imported playbook, with the import's conditions, tags and variables around them. */
function imported(loading: Loading, raw: Dict, key: string, from: string, chain: readonly Link[], outer: Wrap): Play[] {
  for (const rawKey of dictKeys(raw)) {
    const name = pyText(rawKey)
    if (name === key || importing.has(name)) continue
    if (keywords[name]?.on.includes('play') !== true) throw fault('import-playbook-with', keyLoc(raw, rawKey), { keyword: name, near: nearest(name, importing) })
    loading.once(`import_playbook ${name}`, `'${name}' has no effect on import_playbook`, keyLoc(raw, rawKey))
  }
  const vars = varsFrame(loading, raw, 'PlaybookInclude')
  const path = importPath(loading, raw, key, from, [...vars, ...outer.vars])
  const tags = tagsIn(loading, raw, undefined)
  const when: Keywords = dictGet(raw, 'when') === undefined || dictGet(raw, 'when') === null ? {} : { when: conditions(raw, 'when', dictGet(raw, 'when')) }
  const wrap = { kw: inherit(outer.kw, { ...tags, ...when }, raw), vars: [...vars, ...outer.vars] }
  return playsOf(loading, path, chain, wrap, valueLoc(raw, key))
}
function importPath(loading: Loading, raw: Dict, key: string, from: string, vars: Wrap['vars']): string {
  const value = dictGet(raw, key), loc = valueLoc(raw, key)
  let name = value
  if (value instanceof Template) {
    try { name = loading.context.render(value, vars) } catch (error) {
      throw fault('import-variable', loc, { what: `import path '${value.source}'`, why: error instanceof Error ? error.message : String(error) }, error)
    }
  }
  if (typeof name !== 'string' || name === '') throw fault('not-text', loc, { what: 'the file of import_playbook', found: kindOf(name) })
  const path = resolve(dirname(from), name)
  if (existsSync(path)) return path
  throw fault('source-missing', loc, { what: 'the file of import_playbook', name, searched: [path], near: nearbyFile(name, [path]) })
}

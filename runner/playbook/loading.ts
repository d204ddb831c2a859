/** What one loader carries through all its files: the context it was given, what it has read, and what it has said. */
import { readFileSync, statSync } from 'node:fs'
import { fault } from '../core/errors.ts'
import type { ValueRules } from '../core/options.ts'
import type { Data, Frame, Loc, Node } from '../core/types.ts'
import { Template, VaultText } from '../core/value.ts'
import { loadYaml } from '../yaml/load.ts'
import { Fault } from '../core/errors.ts'
import { modulesIn, ownFolders } from './custom.ts'
import type { OwnFolder } from './custom.ts'
import { staticFrames } from './scope.ts'
import type { Scope } from './scope.ts'

export interface LoaderContext {
  readonly known: {
    /** Short name of the module or action that any spelling means; undefined where there is none. */
    resolve(name: string): string | undefined
    names(): Iterable<string>
    /** Takes free text (`command: ls`). */
    freeForm(name: string): boolean
    isAction(name: string): boolean
    /** The run can find out the module of a task (`action: "{{ pkg_mgr }}"`): such tasks have `moduleTemplate`, else they are faults. */
    readonly dynamic?: boolean
    /** There is a lookup of this name, for `with_*`; without it any is taken. */
    isLookup?(name: string): boolean
    lookups?(): Iterable<string>
    /** Faults in arguments that can be seen before anything runs. */
    check?(module: string, args: unknown, loc: Loc): void
  }
  /** A value with its templates evaluated, from extra variables and these frames; later frames win. */
  render(value: unknown, frames: readonly Frame[]): unknown
  readonly rolesPath: readonly string[]
  /** Whether roles that do not say `public` are; undefined: those that are imported. */
  readonly publicRoles?: boolean | undefined
  readonly collectionsPath?: readonly string[]
  /** Folders of modules that the settings or the command line name. */
  readonly modulePath?: readonly string[]
  decrypt(ciphertext: string, loc: Loc | undefined): string
  warn(message: string, loc: Loc | undefined): void
  readonly values?: ValueRules | undefined
}

export interface Loading {
  readonly context: LoaderContext
  /** The values of a YAML file. `what` names it in errors. */
  yaml(what: string, path: string, loc: Loc | undefined): unknown
  nextId(): number
  /** Folders of the roles so far: modules of the user's own may lie in them. */
  readonly rolePaths: Set<string>
  /** Folders of the playbooks so far. */
  readonly playDirs: Set<string>
  /** The modules in a folder, by their names; it is looked at once. */
  modulesIn(folder: string): ReadonlyMap<string, string>
  /** Where modules of the user's own are: most projects have none, and each task asks. */
  ownFolders(playDir: string): readonly OwnFolder[]
  /** A warning that is given once a run. */
  once(key: string, message: string, loc: Loc | undefined): void
  /** Scopes of the dynamic includes, by the arguments of their tasks: they go when the tasks go. */
  readonly includes: WeakMap<object, Scope>
  /** Reads a list of tasks; handed in so that roles and tasks can need each other. */
  nodes(loading: Loading, list: unknown, scope: Scope, where: string, loc: Loc | undefined): Node[]
}

export function createLoading(context: LoaderContext, nodes: Loading['nodes']): Loading {
  const said = new Set<string>(), folders = new Map<string, ReadonlyMap<string, string>>()
  const read = new Map<string, { readonly stamp: string; readonly value: unknown }>()
  const owns = new Map<string, { readonly roles: number; readonly folders: readonly OwnFolder[] }>()
  let id = 0
  return {
    context, nodes, includes: new WeakMap(), rolePaths: new Set(), playDirs: new Set(),
    ownFolders(playDir) {
      const known = owns.get(playDir)
      if (known?.roles === this.rolePaths.size) return known.folders
      const folders = ownFolders(this, playDir)
      owns.set(playDir, { roles: this.rolePaths.size, folders })
      return folders
    },
    modulesIn(folder) {
      const found = folders.get(folder) ?? modulesIn(folder)
      folders.set(folder, found)
      return found
    },
    nextId: () => ++id,
    once(key, message, loc) {
      if (said.has(key)) return
      said.add(key)
      context.warn(message, loc)
    },
    yaml(what, path, loc) {
      const stamp = stampOf(what, path, loc)
      const before = read.get(path)
      if (before?.stamp === stamp) return before.value
      const text = readFileSync(path, 'utf8')
      const plain = text.startsWith('$ANSIBLE_VAULT;') ? context.decrypt(text, { file: path, line: 1, column: 1 }) : text
      const { value, warnings } = loadYaml(plain, path, { repeatedKeys: context.values?.repeatedKeys })
      for (const warning of warnings) context.warn(warning.message, warning.loc)
      read.set(path, { stamp, value })
      return value
    },
  }
}

/** Changes when the file does: a task may write a file that a later one includes. */
function stampOf(what: string, path: string, loc: Loc | undefined): string {
  try {
    const { mtimeMs, size, ino } = statSync(path)
    return `${ino} ${size} ${mtimeMs}`
  } catch (cause) {
    throw fault('cannot-read', loc, { what, path, why: cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause) }, cause)
  }
}

/** A name or path that must be known before anything runs. */
export function renderStatic(loading: Loading, value: unknown, scope: Scope, own: readonly Frame[], what: string, loc: Loc | undefined): unknown {
  if (!(value instanceof Template) && !(value instanceof VaultText)) return value
  try {
    return loading.context.render(value, staticFrames(scope, own))
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    throw fault('import-variable', error.loc ?? loc, { what, why: error.message }, error)
  }
}

export const emptyData: Readonly<Data> = {}

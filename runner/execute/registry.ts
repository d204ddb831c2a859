/** The modules and actions there are: a name is a file in modules/ or actions/, imported when it is first used. */
import { readdirSync } from 'node:fs'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { join } from 'node:path'
import { fault, type Fault } from '../core/errors.ts'
import { nearest } from '../core/near.ts'
import type { Action, Module } from '../core/plan.ts'
import type { Loc } from '../core/types.ts'

export type Entry = { readonly kind: 'module'; readonly module: Module } | { readonly kind: 'action'; readonly action: Action }
export interface Registry {
  /** Short name for any spelling of an existing module: `copy`, `ansible.builtin.copy`, `community.docker.docker_container`. */
  resolve(name: string): string | undefined
  names(): readonly string[]
  isAction(name: string): boolean
  load(name: string): Promise<Entry>
}

/** Collections whose modules are found here by their last name. */
const collections = new Set([
  'ansible.builtin', 'ansible.legacy', 'ansible.posix', 'ansible.utils', 'community.general', 'community.docker', 'community.crypto',
  'community.postgresql', 'community.mysql', 'ansible.mysql',
])
/** Names that the engine itself carries out, since they change what runs next. */
export const engineNames: readonly string[] = ['include_tasks', 'include_role', 'import_tasks', 'import_role', 'include', 'meta', 'async_status']

/** `.ts`, or `.js` where this is compiled. */
const extension = import.meta.url.slice(-3)

const namesIn = (folder: string): readonly string[] =>
  readdirSync(fileURLToPath(new URL(`../${folder}/`, import.meta.url)), { withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(extension)).map((entry) => entry.name.slice(0, -3))

const hasDefault = (loaded: unknown): loaded is { readonly default: unknown } =>
  typeof loaded === 'object' && loaded !== null && 'default' in loaded
const isModule = (value: unknown): value is Module => typeof value === 'object' && value !== null && 'plan' in value && 'args' in value
const isAction = (value: unknown): value is Action => typeof value === 'object' && value !== null && 'run' in value && 'args' in value

export function createRegistry(): Registry {
  const modules = new Set(namesIn('modules'))
  const actions = new Set(namesIn('actions'))
  const loaded = new Map<string, Promise<Entry>>()
  const known = (name: string): boolean => modules.has(name) || actions.has(name) || engineNames.includes(name)
  const importEntry = async (name: string): Promise<Entry> => {
    const folder = fileURLToPath(new URL(actions.has(name) ? '../actions/' : '../modules/', import.meta.url))
    const found: unknown = await import(pathToFileURL(join(folder, `${name}${extension}`)).href)
    const value = hasDefault(found) ? found.default : undefined
    if (isModule(value)) return { kind: 'module', module: value }
    if (isAction(value)) return { kind: 'action', action: value }
    throw new Error(`${folder}${name}${extension} exports no module`)
  }
  return {
    resolve(name) {
      const dot = name.lastIndexOf('.')
      const short = dot === -1 ? name : collections.has(name.slice(0, dot)) ? name.slice(dot + 1) : undefined
      return short !== undefined && known(short) ? short : undefined
    },
    names: () => [...modules, ...actions, ...engineNames].sort(),
    isAction: (name) => actions.has(name) || engineNames.includes(name),
    load(name) {
      const before = loaded.get(name)
      if (before !== undefined) return before
      const entry = importEntry(name)
      loaded.set(name, entry)
      return entry
    },
  }
}

/** That there is no such module. */
export const moduleFault = ({ names }: Pick<Registry, 'names'>, name: string, loc: Loc): Fault =>
  fault('unknown-module', loc, { name, isCollection: name.includes('.'), near: nearest(name, names()) })

/**
 * Variables that the run itself provides, worked out when they are asked for: tables for all scopes, since a scope is made for every
 * task on every host and most ask for none of them. Views of other variables (`vars`, `hostvars`) are here too.
 */
import { existsSync } from 'node:fs'
import { isAbsolute, join } from 'node:path'
import type { Computed, Data, Frame, Play, Role, Task } from '../core/types.ts'
import { omit, settle } from '../core/value.ts'
import { shortName } from '../playbook/scope.ts'
import type { Scope } from '../vars/scope.ts'
import { hostState, type HostState, type PlayState, type Run } from './context.ts'

export const version = '2.21.0'
/** The Python of the controller, where there is one: a virtual environment's before the system's. */
const python = (process.env['PATH'] ?? '').split(':').map((folder) => join(folder, 'python3')).find((path) => isAbsolute(path) && existsSync(path)) ?? '/usr/bin/python3'

type Table<A extends readonly unknown[]> = Readonly<Record<string, (...about: A) => unknown>>
/** Scope of a host as other hosts see it. */
type Outside = (name: string) => Scope

const runTable: Table<[Run, Outside]> = {
  ansible_inventory_sources: (run) => settle([...run.options.inventory]),
  groups: (run) => groupsOf(run),
  hostvars: (run, outside) => hostvars(run, outside),
  omit: () => omit,
  ansible_version: () => settle({ full: version, string: version, major: 2, minor: 21, revision: 0 }),
  ansible_playbook_python: () => python,
  ansible_config_file: () => null,
}
const hostTable: Table<[Run, HostState]> = {
  inventory_hostname: (_, host) => host.name,
  inventory_hostname_short: (_, host) => host.name.split('.')[0],
  // the localhost that is only implied comes from no inventory
  inventory_file: (run, host) => run.inventory.host(host.name)?.implicit === true ? undefined : run.inventory.source(host.name),
  inventory_dir: (run, host) => run.inventory.host(host.name)?.implicit === true ? undefined : run.inventory.sourceDir(host.name),
  group_names: (run, host) => settle([...run.inventory.groupNames(host.name)]),
}
const optionTable: Table<[Run]> = {
  ansible_check_mode: ({ options }) => options.check,
  ansible_diff_mode: ({ options }) => options.diff,
  ansible_verbosity: ({ options }) => options.verbosity,
  ansible_forks: ({ options }) => options.forks,
  ansible_limit: ({ options }) => options.limit,
  ansible_run_tags: ({ options }) => settle(options.tags.length === 0 ? ['all'] : [...options.tags]),
  ansible_skip_tags: ({ options }) => settle([...options.skipTags]),
}

/** Hosts that have not left the play: one whose failure will be rescued has not. */
const alive = (run: Run, names: readonly string[]): string[] => settle(names.map((name) => hostState(run, name))
  .filter((one) => (one.failed?.rescuable ?? true) && !one.unreachable && !one.ended).map((one) => one.name))
const namesOf = (roles: readonly Role[], dependencies: boolean): string[] => roles.filter((one) => one.isDependency === dependencies).map((one) => one.name)
const playTable: Table<[Run, PlayState]> = {
  playbook_dir: (_, play) => play.play.dir,
  ansible_play_name: (_, play) => typeof play.play.name === 'string' ? play.play.name : '',
  ansible_play_hosts_all: (_, play) => settle([...play.all]),
  ansible_play_hosts: (run, play) => alive(run, play.all),
  ansible_play_batch: (run, play) => alive(run, play.batch),
  play_hosts: (run, play) => alive(run, play.batch),
  ansible_play_role_names: (_, play) => settle(namesOf(play.named, false)),
  role_names: (_, play) => settle(namesOf(play.named, false)),
  ansible_role_names: (_, play) => settle([...new Set([...namesOf(play.named, true), ...namesOf(play.named, false)])]),
  ansible_dependent_role_names: (_, play) => settle([...new Set(namesOf(play.named, true))]),
}
const roleTable: Table<[Role]> = {
  role_name: (role) => shortName(role),
  role_path: (role) => role.path,
  ansible_role_name: (role) => role.name,
  ansible_collection_name: (role) => role.collection,
  ansible_parent_role_names: ({ includedBy }) => includedBy.length === 0 ? undefined : settle(includedBy.map((one) => one.name).reverse()),
  ansible_parent_role_paths: ({ includedBy }) => includedBy.length === 0 ? undefined : settle(includedBy.map((one) => one.path).reverse()),
}

const about = <A extends readonly unknown[]>(table: Table<A>, ...given: A): Computed => ({
  get: (name) => Object.hasOwn(table, name) ? table[name]?.(...given) : undefined,
  names: () => Object.keys(table),
})
const noVars: Data = Object.freeze({})
/** A frame of variables that are worked out when they are asked for. */
export const computedFrame = (name: string, computed: Computed): Frame => ({ name, vars: noVars, computed })
function magicFrame(parts: readonly Computed[]): Frame {
  const get = (name: string): unknown => {
    for (const part of parts) {
      const value = part.get(name)
      if (value !== undefined) return value
    }
    return undefined
  }
  return computedFrame('magic variables', { get, names: () => parts.flatMap((part) => [...part.names()]).filter((name) => get(name) !== undefined) })
}
const playDir = (dir: () => string): Computed => ({ get: (name) => name === 'playbook_dir' ? dir() : undefined, names: () => ['playbook_dir'] })

/** What a task of a host sees. */
export function taskMagic(run: Run, play: PlayState, host: HostState, task: Task | undefined, search: readonly string[], scope: () => Scope | undefined, outside: Outside): Frame {
  const own: Table<[]> = {
    ansible_search_path: () => settle([...search]),
    environment: () => task?.kw['environment'] ?? [],
    vars: () => { const current = scope(); return current === undefined ? {} : view(run, current) },
  }
  return magicFrame([
    about(hostTable, run, host), about(runTable, run, outside), about(playTable, run, play), about(optionTable, run), about(own),
    ...task?.role === undefined ? [] : [about(roleTable, task.role)],
  ])
}
/** What a play's own keywords (`hosts`, `serial`, `name`) see beside its variables: what is of no host in particular. */
export const playMagic = (run: Run, play: Play, outside: Outside): Frame => magicFrame([about(runTable, run, outside), playDir(() => play.dir), about(optionTable, run)])
/** What other hosts see of a host. */
export const outsideMagic = (run: Run, host: HostState, outside: Outside): Frame => magicFrame([about(hostTable, run, host), about(runTable, run, outside), playDir(() => run.playDir())])

/** Built once for each state of the inventory: with thousands of hosts it is large. */
const groupsKnown = new WeakMap<Run, { readonly version: number; readonly value: object }>()
function groupsOf(run: Run): object {
  const known = groupsKnown.get(run)
  if (known?.version === run.inventory.version) return known.value
  const value = settle(Object.fromEntries([...run.inventory.groups()].map(([name, names]) => [name, settle([...names])])))
  groupsKnown.set(run, { version: run.inventory.version, value })
  return value
}

/** All variables of a scope as one dict, each evaluated when it is read. Marked settled: nobody walks it unasked. */
export function view(run: Run, scope: Scope): object {
  const value = (key: string | symbol): unknown => typeof key === 'string' ? run.jinja.view(scope.get(key), scope, key) : undefined
  const has = (key: string | symbol): boolean => typeof key === 'string' && scope.frameOf(key) !== undefined
  return settle(new Proxy({}, {
    get: (_, key) => value(key), has: (_, key) => has(key), ownKeys: () => [...scope.names()].filter((name) => name !== 'hostvars' && name !== 'vars'), // they would hold themselves
    getOwnPropertyDescriptor: (_, key) => has(key) ? { configurable: true, enumerable: true, get: () => value(key) } : undefined,
  }))
}

function hostvars(run: Run, outside: Outside): object {
  const views = new Map<string, object>()
  const one = (name: string): object => {
    const found = views.get(name) ?? view(run, outside(name))
    views.set(name, found)
    return found
  }
  const has = (key: string | symbol): key is string => typeof key === 'string' && run.inventory.host(key) !== undefined
  return settle(new Proxy({}, {
    get: (_, key) => has(key) ? one(key) : undefined, has: (_, key) => has(key), ownKeys: () => [...run.inventory.hosts()],
    getOwnPropertyDescriptor: (_, key) => has(key) ? { configurable: true, enumerable: true, get: () => one(key) } : undefined,
  }))
}

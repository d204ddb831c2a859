/** Which variables a task of a host sees: the frames of all levels of precedence, magic variables, hostvars. */
import { basename } from 'node:path'
import type { Data, Frame, Options, Play, Role, Task } from '../core/types.ts'
import { isDict, omit, settle } from '../core/value.ts'
import { shortName } from '../playbook/scope.ts'
import { assemble } from '../vars/precedence.ts'
import { Scope, type ScopeOptions } from '../vars/scope.ts'
import { connectionFrame, delegatedFrame } from './connection-vars.ts'
import { hostState, type HostState, type PlayState, type Run } from './context.ts'

export const version = '2.21.0'

const roleFrames = (roles: readonly Role[], pick: (role: Role) => Frame): Frame[] => roles.map(pick)

/** `pending` names throw when asked for; `frames` (a loop's item) stand above all else, as in Ansible. */
export interface ScopeWish extends Partial<ScopeOptions> {
  readonly frames?: readonly Frame[]
  /** As if the task were not delegated. */
  readonly ownHost?: boolean
}

/** Frames of a host outside of any play: what `hostvars` shows. */
function hostFrames(run: Run, host: HostState, playDir: string | undefined): Parameters<typeof assemble>[0] {
  return {
    roleDefaults: [], inventory: [...run.inventory.frames(host.name, playDir)], facts: host.factFrame, playVars: [], playVarsFiles: [],
    roleVars: [], blockVars: [], taskVars: [], includeVars: host.includeFrames, setFacts: [host.setFrame], roleParams: [], includeParams: [],
    extra: [...run.extra], magic: [],
  }
}

export function taskScope(run: Run, play: PlayState, host: HostState, task: Task | undefined, varsFiles: readonly Frame[], wish: ScopeWish = {}): Scope {
  const role = task?.role
  const chain = role === undefined ? [] : [...role.parents, role]
  const search = wish.search ?? task?.search ?? [play.play.dir]
  const scope: { current?: Scope } = {}
  const magic: Frame = { name: 'magic variables', vars: magicVars(run, play, host, task, search, () => scope.current) }
  const isDelegated = task?.kw['delegate_to'] !== undefined && wish.ownHost !== true
  const connection = [connectionFrame(run, task, () => scope.current)]
  if (isDelegated) connection.push(delegatedFrame(() => otherOf(run, play, task, varsFiles, scope.current, host), (value, other) => run.jinja.resolve(value, other)))
  const frames = assemble({
    ...hostFrames(run, host, play.play.dir),
    roleDefaults: [...connection, ...roleFrames(play.roles, (one) => one.defaults), ...roleFrames(chain, (one) => one.defaults)],
    playVars: [...play.play.vars], playVarsFiles: [...varsFiles],
    roleVars: [...roleFrames(play.roles, (one) => one.vars), ...roleFrames(chain, (one) => one.vars)],
    roleParams: roleFrames(chain, (one) => one.params),
    taskVars: (task?.vars ?? []).filter((frame) => frame.isInclude !== true),
    includeParams: (task?.vars ?? []).filter((frame) => frame.isInclude === true),
    magic: [magic, ...(wish.frames ?? [])],
  })
  scope.current = new Scope(frames, {
    search, filesIn: filesIn(task), ...(wish.pending === undefined ? {} : { pending: wish.pending }), ...(wish.asked === undefined ? {} : { asked: wish.asked }),
  })
  return scope.current
}

/** As Ansible tells by the name of the task's module. */
const filesIn = (task: Task | undefined): string => {
  const name = task?.action ?? task?.module ?? ''
  return name.includes('template') ? 'templates' : name.includes('var') ? 'vars' : 'files'
}

/** The host that a delegated task acts on, and what is to be seen of it. */
function otherOf(run: Run, play: PlayState, task: Task, varsFiles: readonly Frame[], scope: Scope | undefined, host: HostState): { name: string; scope: Scope; view: () => object } | undefined {
  const name = scope === undefined ? undefined : run.jinja.resolve(task.kw['delegate_to'], scope)
  if (typeof name !== 'string' || name === '') return undefined
  const other = taskScope(run, play, hostState(run, name), task, varsFiles, { ownHost: true })
  return { name, scope: other, view: () => view(run, other.child({ inventory_hostname: host.name })) }
}

/** Variables that the run itself provides; computed only when asked for. */
function magicVars(run: Run, play: PlayState, host: HostState, task: Task | undefined, search: readonly string[], scope: () => Scope | undefined): Data {
  const role = task?.role
  const alive = (names: readonly string[]): string[] => names.filter((name) => hostState(run, name).failed === undefined && !hostState(run, name).unreachable)
  return lazy({
    ...hostMagic(run, host),
    playbook_dir: () => play.play.dir,
    ansible_play_name: () => typeof play.play.name === 'string' ? play.play.name : '',
    ansible_play_hosts_all: () => settle([...play.all]),
    ansible_play_hosts: () => settle(alive(play.all)),
    ansible_play_batch: () => settle(alive(play.batch)),
    play_hosts: () => settle(alive(play.batch)),
    ansible_play_role_names: () => settle(namesOf(play.named, false)),
    role_names: () => settle(namesOf(play.named, false)),
    ansible_role_names: () => settle([...new Set([...namesOf(play.named, true), ...namesOf(play.named, false)])]),
    ansible_dependent_role_names: () => settle([...new Set(namesOf(play.named, true))]),
    ...optionMagic(run.options),
    ansible_search_path: () => settle([...search]),
    environment: () => task?.kw['environment'] ?? [],
    vars: () => { const current = scope(); return current === undefined ? {} : view(run, current) },
    ...(role === undefined ? {} : {
      role_name: () => shortName(role), role_path: () => role.path, ansible_role_name: () => role.name,
      ...(role.collection === undefined ? {} : { ansible_collection_name: () => role.collection }),
      ...(role.includedBy.length === 0 ? {} : {
        ansible_parent_role_names: () => settle(role.includedBy.map((one) => one.name).reverse()),
        ansible_parent_role_paths: () => settle(role.includedBy.map((one) => one.path).reverse()),
      }),
    }),
  })
}

const namesOf = (roles: readonly Role[], dependencies: boolean): string[] => roles.filter((one) => one.isDependency === dependencies).map((one) => one.name)

const optionMagic = (options: Options): Record<string, () => unknown> => ({
  ansible_check_mode: () => options.check,
  ansible_diff_mode: () => options.diff,
  ansible_verbosity: () => options.verbosity,
  ansible_forks: () => options.forks,
  ...(options.limit === undefined ? {} : { ansible_limit: () => options.limit }),
  ansible_run_tags: () => settle(options.tags.length === 0 ? ['all'] : [...options.tags]),
  ansible_skip_tags: () => settle([...options.skipTags]),
})

/** What a play's own keywords (`hosts`, `serial`, `name`) see beside its variables: what is of no host in particular. */
export const playMagic = (run: Run, play: Play): Frame => ({ name: 'magic variables', vars: lazy({ ...runMagic(run), playbook_dir: () => play.dir, ...optionMagic(run.options) }) })

function hostMagic(run: Run, host: HostState): Record<string, () => unknown> {
  return {
    inventory_hostname: () => host.name,
    inventory_hostname_short: () => host.name.split('.')[0],
    inventory_file: () => run.inventory.source(host.name),
    inventory_dir: () => run.inventory.sourceDir(host.name),
    group_names: () => settle([...run.inventory.groupNames(host.name)]),
    ...runMagic(run),
  }
}
function runMagic(run: Run): Record<string, () => unknown> {
  return {
    ansible_inventory_sources: () => settle([...run.options.inventory]),
    groups: () => settle(Object.fromEntries([...run.inventory.groups()].map(([name, names]) => [name, settle([...names])]))),
    hostvars: () => hostvars(run),
    omit: () => omit,
    ansible_version: () => settle({ full: version, string: version, major: 2, minor: 21, revision: 0 }),
    ansible_playbook_python: () => '/usr/bin/python3',
    ansible_config_file: () => null,
  }
}

/** An object whose properties are computed when they are read. */
function lazy(makers: Record<string, () => unknown>): Data {
  const made: Data = {}
  for (const [name, make] of Object.entries(makers)) {
    Object.defineProperty(made, name, { enumerable: true, configurable: true, get: () => {
      const value = make()
      Object.defineProperty(made, name, { value, enumerable: true })
      return value
    } })
  }
  return made
}

/** All variables of a scope as one dict, each evaluated when it is read. Marked settled: nobody walks it unasked. */
function view(run: Run, scope: Scope): object {
  const value = (key: string | symbol): unknown => typeof key === 'string' ? run.jinja.resolve(scope.get(key), scope) : undefined
  const has = (key: string | symbol): boolean => typeof key === 'string' && scope.frameOf(key) !== undefined
  return settle(new Proxy({}, {
    get: (_, key) => value(key), has: (_, key) => has(key), ownKeys: () => [...scope.names()].filter((name) => name !== 'hostvars' && name !== 'vars'), // they would hold themselves
    getOwnPropertyDescriptor: (_, key) => has(key) ? { configurable: true, enumerable: true, get: () => value(key) } : undefined,
  }))
}

/** Scope of a host as other hosts see it: inventory, facts, what it set; no variables of plays, roles or tasks. */
export function outsideScope(run: Run, name: string): Scope {
  const host = hostState(run, name)
  return new Scope(assemble({ ...hostFrames(run, host, run.playDir()), magic: [{ name: 'magic variables', vars: lazy({ ...hostMagic(run, host), playbook_dir: () => run.playDir() }) }] }), { search: [] })
}

function hostvars(run: Run): object {
  const views = new Map<string, object>()
  const one = (name: string): object => {
    const found = views.get(name) ?? view(run, outsideScope(run, name))
    views.set(name, found)
    return found
  }
  const has = (key: string | symbol): key is string => typeof key === 'string' && run.inventory.host(key) !== undefined
  return settle(new Proxy({}, {
    get: (_, key) => has(key) ? one(key) : undefined, has: (_, key) => has(key), ownKeys: () => [...run.inventory.hosts()],
    getOwnPropertyDescriptor: (_, key) => has(key) ? { configurable: true, enumerable: true, get: () => one(key) } : undefined,
  }))
}

/** A registered result or set fact: plain data from here on, never evaluated again. */
export function settleDeep<T>(value: T): T {
  if (Array.isArray(value)) for (const item of value) settleDeep(item)
  else if (isDict(value)) for (const item of value instanceof Map ? value.values() : Object.values(value)) settleDeep(item)
  return settle(value)
}

export const roleKey = (role: Role): string => `${role.path}\0${basename(role.path)}\0${JSON.stringify(Object.keys(role.params.vars))}`

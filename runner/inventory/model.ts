/** Hosts and groups as they are being collected from sources: who is in what, with which variables. No files, no patterns. */
import { mergeValues, mergeVars } from '../core/merge.ts'
import { fault } from '../core/errors.ts'
import type { Data, Loc } from '../core/types.ts'
import type { InventoryRules } from '../core/options.ts'
import { Template } from '../core/value.ts'
import { isDeepStrictEqual } from 'node:util'

export class Group {
  readonly name: string
  readonly hosts = new Set<Host>()
  readonly children = new Set<Group>()
  readonly parents = new Set<Group>()
  vars: Data = {}
  priority = 1
  /** Where it was first named, for messages. */
  readonly loc: Loc | undefined
  constructor(name: string, loc: Loc | undefined) { this.name = name; this.loc = loc }
}

export class Host {
  readonly name: string
  /** Groups that list it themselves. */
  readonly groups = new Set<Group>()
  vars: Data = {}
  /** `localhost` that no source lists: in no group, not in `all`. */
  readonly implicit: boolean
  /** The source that named it first. */
  readonly origin: Origin
  constructor(name: string, implicit: boolean, origin: Origin) {
    this.name = name
    this.implicit = implicit
    this.origin = origin
  }
}

/** Names that mean this machine where no source lists them. */
export const localNames: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '::1'])

export interface Origin { readonly file: string | null; readonly dir: string | null }
const nowhere: Origin = { file: null, dir: null }

export class Tree {
  readonly groups = new Map<string, Group>()
  readonly hosts = new Map<string, Host>()
  /** Grows with every change, so that whoever remembers answers knows when they are stale. */
  version = 0
  private local: Host | undefined
  private depths = new Map<Group, number>()
  private depthsOf = -1
  private readonly warn: (message: string, loc?: Loc) => void
  private readonly warned = new Set<string>()
  private readonly groupNames: NonNullable<InventoryRules['groupNames']>
  private readonly mergesHashes: boolean

  constructor(warn: (message: string, loc?: Loc) => void, rules: Pick<InventoryRules, 'groupNames' | 'values'> = {}) {
    this.warn = warn
    this.groupNames = rules.groupNames ?? 'never'
    this.mergesHashes = rules.values?.mergesHashes === true
    this.addChild(this.addGroup('all', undefined), this.addGroup('ungrouped', undefined), undefined)
  }

  addGroup(written: string, loc: Loc | undefined): Group {
    const name = this.groupName(written, loc), known = this.groups.get(name)
    if (known !== undefined) return known
    if (name === '') throw fault('empty-name', loc, { what: 'group' })
    const made = new Group(name, loc)
    this.groups.set(name, made)
    this.version++
    return made
  }

  /** The name of a group as the settings want it. Ansible: inventory/group.py (to_safe_group_name). */
  private groupName(name: string, loc: Loc | undefined): string {
    if (this.groups.has(name) || !/^\d|\W/u.test(name) || this.groupNames === 'ignore') return name
    const safe = name.replace(/^\d|\W/gu, '_')
    if (this.groupNames === 'never') this.once(`Invalid characters were found in group names but not replaced: templates reach '${name}' as groups['${name}'] only`, loc)
    if (this.groupNames === 'always') this.once(`Invalid characters were found in group names and automatically replaced: '${name}' is '${safe}'`, loc)
    return this.groupNames === 'never' ? name : safe
  }

  addHost(name: string, group: Group | undefined, origin: Origin, loc: Loc | undefined, port?: number): Host {
    if (name === '') throw fault('empty-name', loc, { what: 'host' })
    let host = this.hosts.get(name)
    if (host === undefined) {
      host = new Host(name, false, origin)
      if (port !== undefined) host.vars['ansible_port'] = port
      this.hosts.set(name, host)
      if (localNames.has(name)) this.noteLocal(host, loc)
      this.version++
    }
    if (group !== undefined) this.join(host, group)
    return host
  }
  private noteLocal(host: Host, loc: Loc | undefined): void {
    if (this.local === undefined || this.local.implicit) this.local = host
    else this.warn(`a second name for this machine, '${host.name}': '${this.local.name}' is listed already`, loc)
  }

  /** True if the host was not in the group. */
  join(host: Host, group: Group): boolean {
    if (group.hosts.has(host)) return false
    group.hosts.add(host)
    host.groups.add(group)
    this.version++
    return true
  }
  private leave(host: Host, group: Group): void {
    group.hosts.delete(host)
    host.groups.delete(group)
    this.version++
  }

  /** True if the group was not yet a child. Throws where that would close a circle. */
  addChild(parent: Group, child: Group, loc: Loc | undefined): boolean {
    if (parent.children.has(child)) return false
    const path = this.pathDown(child, parent)
    if (path !== undefined) throw fault('group-circle', loc, { path: [parent.name, ...path.map((group) => group.name)] })
    parent.children.add(child)
    child.parents.add(parent)
    this.version++
    return true
  }
  private pathDown(from: Group, to: Group, seen = new Set<Group>()): Group[] | undefined {
    if (from === to) return [from]
    seen.add(from)
    for (const child of from.children) {
      const path = seen.has(child) ? undefined : this.pathDown(child, to, seen)
      if (path !== undefined) return [from, ...path]
    }
    return undefined
  }

  setGroupVar(group: Group, name: string, value: unknown, loc: Loc | undefined): void {
    if (name === 'ansible_group_priority') {
      const priority = typeof value === 'string' ? Number(value) : value
      if (typeof priority !== 'number' || !Number.isInteger(priority)) throw fault('bad-group-priority', loc, { group: group.name, value: String(value) })
      group.priority = priority
    } else this.setVar(group.vars, this.checked(name, loc), value)
    this.version++
  }
  setHostVar(host: Host, name: string, value: unknown, loc: Loc | undefined): void {
    this.setVar(host.vars, this.checked(name, loc), value)
    this.version++
  }
  private setVar(vars: Data, name: string, value: unknown): void { vars[name] = this.mergesHashes ? mergeValues(vars[name], value) : value }
  private checked(name: string, loc: Loc | undefined): string {
    if (!/^[\p{L}_][\p{L}\p{N}_]*$/u.test(name)) this.once(`'${name}' is no variable name (letters, digits and _), so no template can use it`, loc)
    return name
  }
  private once(message: string, loc: Loc | undefined): void {
    if (this.warned.has(message)) return
    this.warned.add(message)
    this.warn(message, loc)
  }

  /** The rules that hold once all sources are read: every group is below `all`, every host in some group. */
  settle(): void {
    const all = this.addGroup('all', undefined)
    const ungrouped = this.addGroup('ungrouped', undefined)
    for (const group of this.groups.values()) {
      if (group !== all && group.parents.size === 0) this.addChild(all, group, group.loc)
    }
    for (const host of this.hosts.values()) {
      const others = [...host.groups].filter((group) => group !== all && group !== ungrouped)
      if (others.length > 0 && host.groups.has(ungrouped)) this.leave(host, ungrouped)
      else if (others.length === 0 && !host.groups.has(ungrouped)) this.join(host, ungrouped)
      if (this.groups.has(host.name)) this.once(`'${host.name}' is the name of both a group and a host`, this.groups.get(host.name)?.loc)
    }
  }

  /** A listed host, or this machine where it is asked for without being listed. */
  find(name: string): Host | undefined {
    const listed = this.hosts.get(name)
    if (listed !== undefined || !localNames.has(name)) return listed
    if (this.local === undefined) {
      this.local = new Host(name, true, nowhere)
      this.local.vars['ansible_connection'] = 'local'
      this.local.vars['ansible_python_interpreter'] = new Template('{{ ansible_playbook_python }}')
    }
    return this.local
  }

  /** The group and all below it, level by level. */
  below(group: Group): Group[] {
    const order = new Set([group])
    for (const one of order) for (const child of one.children) order.add(child)
    return [...order]
  }
  hostsOf(group: Group): Host[] {
    return [...new Set(this.below(group).flatMap((one) => [...one.hosts]))]
  }
  /** All groups of a host, those that list it and those above, `all` left out. */
  groupsOf(host: Host): Group[] {
    const order = new Set(host.groups)
    for (const one of order) for (const parent of one.parents) order.add(parent)
    return [...order].filter((group) => group.name !== 'all')
  }
  /** Groups from low to high precedence. Ansible: inventory/helpers.py sorts by depth, priority, name. */
  byPrecedence(groups: readonly Group[]): Group[] {
    return [...groups].sort((a, b) => this.depth(a) - this.depth(b) || a.priority - b.priority || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
  }
  private depth(group: Group): number {
    if (this.depthsOf !== this.version) { this.depths = new Map(); this.depthsOf = this.version }
    const known = this.depths.get(group)
    if (known !== undefined) return known
    let depth = 0
    for (const parent of group.parents) depth = Math.max(depth, this.depth(parent) + 1)
    this.depths.set(group, depth)
    return depth
  }

  /** `add_host`: true if anything about the host is new. */
  mergeHost(name: string, groups: readonly string[], vars: Readonly<Data>): boolean {
    const before = this.version
    // a new host is one of `all` itself, and so stands before those of its groups
    const host = this.addHost(name, this.hosts.has(name) ? undefined : this.addGroup('all', undefined), nowhere, undefined)
    const merged = mergeVars([host, { vars }], this.mergesHashes)
    if (!isDeepStrictEqual(merged, host.vars)) { host.vars = merged; this.version++ }
    for (const group of groups) this.join(host, this.addGroup(group, undefined))
    if (this.version === before) return false
    this.settle()
    return true
  }
  /** `group_by`: true if the group, one of its parents or a membership is new. */
  mergeGroup(name: string, parents: readonly string[], hosts: readonly string[]): boolean {
    const before = this.version
    const group = this.addGroup(name, undefined)
    for (const parent of parents) this.addChild(this.addGroup(parent, undefined), group, undefined)
    for (const one of hosts) {
      const host = this.find(one)
      if (host !== undefined) this.join(host, group)
    }
    if (this.version === before) return false
    this.settle()
    return true
  }
}

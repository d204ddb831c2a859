/** The inventory of a run: hosts, groups, their variables by precedence, and which hosts a pattern means. */
import { realpathSync } from 'node:fs'
import type { Data, Frame, Loc } from '../core/types.ts'
import type { InventoryRules } from '../core/options.ts'
import { mergeVars } from '../core/merge.ts'
import type { ErrorData } from '../core/events.ts'
import { fault } from '../core/errors.ts'
import { loadYaml } from '../yaml/load.ts'
import { Tree } from './model.ts'
import type { Group, Host as TreeHost } from './model.ts'
import { patternsOf, selectHosts } from './patterns.ts'
import type { Selection } from './patterns.ts'
import { folderOf, readSource } from './sources.ts'
import { createVarFiles } from './varfiles.ts'
import type { VarFiles } from './varfiles.ts'

export interface InventoryContext {
  readonly cwd: string
  decrypt(ciphertext: string, loc?: Loc): string
  warn(message: string, loc?: Loc, mistake?: ErrorData): void
  /** Value of an expression without braces; needed by the constructed plugin only. */
  evaluate?(source: string, vars: Data): unknown
  readonly extraVars?: Readonly<Data>
  readonly rules?: InventoryRules | undefined
}
export interface Host {
  readonly name: string
  /** This machine, named without being listed: in no group, not in `all`. */
  readonly implicit: boolean
}
/** A group as sources wrote it, for showing. */
export interface GroupView { readonly name: string; readonly hosts: readonly string[]; readonly children: readonly string[]; readonly priority: number; readonly vars: Readonly<Data> }

export interface Inventory {
  /** Hosts of `all`, in inventory order. */
  hosts(): readonly string[]
  /** A listed host, or this machine under its usual names. */
  host(name: string): Host | undefined
  /** The magic variable `groups`, with all and ungrouped. */
  groups(): ReadonlyMap<string, readonly string[]>
  /** The magic variable `group_names`: sorted, without all. */
  groupNames(host: string): readonly string[]
  group(name: string): GroupView | undefined
  /** Magic variables `inventory_file` and `inventory_dir`: the source that named the host first. */
  source(host: string): string | null
  sourceDir(host: string): string | null
  /** The levels of precedence that the inventory gives, low to high: groups (inventory, group_vars/all, group_vars of groups), then the host. */
  frames(host: string, playbookDir: string | undefined): readonly Frame[]
  /** Variables of a group alone, low to high. */
  groupFrames(group: string, playbookDir: string | undefined): readonly Frame[]
  /** Hosts that a pattern means; parts that mean nothing are warned about, or whatever the setting host_pattern_mismatch says. */
  match(pattern: string | readonly string[], loc?: Loc): readonly string[]
  /** The same, cut to a `--limit`, and with what meant nothing left to the caller. */
  select(pattern: string | readonly string[], limit?: string, loc?: Loc): Selection
  /** True if anything changed. */
  addHost(name: string, groups: readonly string[], vars: Readonly<Data>): boolean
  addGroup(name: string, parents: readonly string[], hosts?: readonly string[]): boolean
  /** Reads the sources anew; what the run has added stays. */
  refresh(): Promise<void>
  /** Grows with every change. */
  readonly version: number
  /** The sources as given. */
  readonly sources: readonly string[]
}

/** Reads the sources in order. None at all: this machine only. A mistake in a source is a warning, unless the settings say otherwise. */
export async function loadInventory(sources: readonly string[], context: InventoryContext): Promise<Inventory> {
  const inventory = new Loaded(sources, context)
  await inventory.refresh()
  return inventory
}

/** Reads the sources into a tree. `varsOf`: what is known so far of a host. */
async function readInto(tree: Tree, sources: readonly string[], context: InventoryContext, varsOf: (host: TreeHost, withFiles: boolean) => Data): Promise<void> {
  const parse = (text: string, file: string): unknown => {
    const { value, warnings } = loadYaml(text, file, { repeatedKeys: context.rules?.values?.repeatedKeys })
    for (const { message, loc } of warnings) context.warn(message, loc)
    return value
  }
  let any = false
  for (const source of sources) {
    const read = await readSource(source, {
      cwd: context.cwd, tree, parse, decrypt: context.decrypt, warn: context.warn, extraVars: context.extraVars ?? {}, varsOf,
      ...(context.rules === undefined ? {} : { rules: context.rules }),
      evaluate: (text, vars) => {
        if (context.evaluate === undefined) throw new Error('no evaluate was given to the inventory')
        return context.evaluate(text, vars)
      },
    })
    if (read) any = true
    else if (context.rules?.anyUnparsedFails === true) throw fault('inventory-unparsed', undefined, { source })
  }
  tree.settle()
  if (!any && context.rules?.unparsed === 'fail') throw fault('inventory-unparsed', undefined, { source: sources.join(', ') })
  if (!any && sources.length > 0 && tree.hosts.size === 0 && context.rules?.unparsed !== 'ignore') context.warn('No inventory was parsed, only implicit localhost is available')
}
const lastOfEach = (folders: readonly string[]): string[] => folders.filter((folder, i) => folders.lastIndexOf(folder) === i)
function real(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    return path
  }
}

class Loaded implements Inventory {
  readonly sources: readonly string[]
  private tree: Tree
  private files: VarFiles
  private folders: readonly string[] = []
  private readonly context: InventoryContext
  /** Versions of the trees before this one. */
  private before = 0
  /** What the run added: a refresh adds it again. */
  private readonly added: ((tree: Tree) => void)[] = []
  private cachedAt = -1
  private frameCache = new Map<string, readonly Frame[]>()
  private groupCache: ReadonlyMap<string, readonly string[]> | undefined
  private readonly warned = new Set<string>()
  constructor(sources: readonly string[], context: InventoryContext) {
    this.sources = sources
    this.context = context
    this.tree = new Tree(context.warn, context.rules)
    this.files = createVarFiles({ decrypt: context.decrypt, warn: context.warn, values: context.rules?.values })
  }
  async refresh(): Promise<void> {
    const { tree: old, context, sources } = this
    const tree = new Tree(context.warn, context.rules), files = createVarFiles({ decrypt: context.decrypt, warn: context.warn, values: context.rules?.values })
    this.folders = lastOfEach(sources.map((source) => folderOf(source, context.cwd)).filter((folder) => folder !== undefined).map(real))
    await readInto(tree, sources, context, (host, withFiles) => this.plainVars(host, withFiles, tree))
    for (const add of this.added) add(tree)
    this.before += old.version + 1
    this.tree = tree
    this.files = files
  }
  get version(): number { return this.before + this.tree.version }
  private fresh(): void {
    if (this.cachedAt === this.version) return
    this.cachedAt = this.version
    this.frameCache = new Map()
    this.groupCache = undefined
  }

  hosts(): readonly string[] { return this.groups().get('all') ?? [] }
  host(name: string): Host | undefined { return this.tree.find(name) }
  groups(): ReadonlyMap<string, readonly string[]> {
    this.fresh()
    this.groupCache ??= new Map([...this.tree.groups.values()].map((group) => [group.name, this.tree.hostsOf(group).map((host) => host.name)]))
    return this.groupCache
  }
  groupNames(host: string): readonly string[] {
    const found = this.tree.find(host)
    return found === undefined ? [] : this.tree.groupsOf(found).map((group) => group.name).sort()
  }
  group(name: string): GroupView | undefined {
    const group = this.tree.groups.get(name)
    if (group === undefined) return undefined
    return { name, priority: group.priority, vars: group.vars, hosts: [...group.hosts].map((host) => host.name), children: [...group.children].map((child) => child.name) }
  }

  source(host: string): string | null { return this.tree.find(host)?.origin.file ?? null }
  sourceDir(host: string): string | null { return this.tree.find(host)?.origin.dir ?? null }

  frames(name: string, playbookDir: string | undefined): readonly Frame[] {
    this.fresh()
    const key = `${name} ${playbookDir ?? ''}`
    const known = this.frameCache.get(key)
    if (known !== undefined) return known
    const host = this.tree.find(name)
    const made = host === undefined ? [] : this.build(host, playbookDir)
    this.frameCache.set(key, made)
    return made
  }
  private build(host: TreeHost, playbookDir: string | undefined): Frame[] {
    const all = this.tree.groups.get('all')
    const groups = this.tree.byPrecedence(this.tree.groupsOf(host))
    // Ansible's default VARIABLE_PRECEDENCE: what the inventory itself says of any group is below every group_vars file, even that of `all`.
    return [
      ...(all === undefined ? [] : own(all)),
      ...groups.flatMap(own),
      ...this.beside('group_vars', ['all']),
      ...this.near(playbookDir, 'group_vars', ['all']),
      ...this.beside('group_vars', groups.map((group) => group.name)),
      ...this.near(playbookDir, 'group_vars', groups.map((group) => group.name)),
      { name: `inventory, host ${host.name}`, vars: host.vars },
      ...this.beside('host_vars', [host.name]),
      ...this.near(playbookDir, 'host_vars', [host.name]),
    ]
  }
  private beside(kind: 'group_vars' | 'host_vars', names: readonly string[]): Frame[] {
    return this.folders.flatMap((folder) => names.flatMap((name) => this.files.frames(folder, kind, name)))
  }
  private near(dir: string | undefined, kind: 'group_vars' | 'host_vars', names: readonly string[]): Frame[] {
    return dir === undefined ? [] : names.flatMap((name) => this.files.frames(dir, kind, name))
  }
  groupFrames(name: string, playbookDir: string | undefined): readonly Frame[] {
    const group = this.tree.groups.get(name)
    return group === undefined ? [] : [...own(group), ...this.beside('group_vars', [name]), ...this.near(playbookDir, 'group_vars', [name])]
  }
  /** What the constructed plugin sees of a host: without files beside the inventory unless it asks for them. */
  private plainVars(host: TreeHost, withFiles: boolean, tree: Tree): Data {
    const groups = tree.byPrecedence(tree.groupsOf(host))
    const all = tree.groups.get('all')
    const frames = [
      ...(all === undefined ? [] : own(all)), ...groups.flatMap(own),
      ...(withFiles ? this.beside('group_vars', ['all', ...groups.map((group) => group.name)]) : []),
      { name: '', vars: host.vars },
      ...(withFiles ? this.beside('host_vars', [host.name]) : []),
    ]
    const names = {
      inventory_file: host.origin.file, inventory_dir: host.origin.dir, inventory_hostname: host.name, inventory_hostname_short: shortName(host.name), group_names: groups.map((group) => group.name).sort(),
    }
    return { ...mergeVars(frames, this.context.rules?.values?.mergesHashes), ...names }
  }

  match(pattern: string | readonly string[], loc?: Loc): readonly string[] {
    const { hosts, unknown } = this.select(pattern)
    const { patternMismatch } = this.context.rules ?? {}
    if (patternMismatch === 'ignore') return hosts
    for (const part of unknown) if (patternMismatch === 'error') throw fault('pattern-mismatch', loc, part)
    for (const part of unknown) this.warnOnce(`Could not match supplied host pattern, ignoring: ${part.pattern}${part.near === undefined ? '' : `; did you mean '${part.near}'?`}`)
    return hosts
  }
  private warnOnce(message: string): void {
    if (!this.warned.has(message)) this.context.warn(message)
    this.warned.add(message)
  }
  select(pattern: string | readonly string[], limit?: string, loc?: Loc): Selection {
    const whole = selectHosts(this.tree, patternsOf(pattern, this.context.cwd), loc)
    if (limit === undefined) return whole
    const cut = selectHosts(this.tree, patternsOf(limit, this.context.cwd))
    const kept = new Set(cut.hosts)
    return { hosts: whole.hosts.filter((host) => kept.has(host)), unknown: [...whole.unknown, ...cut.unknown] }
  }

  addHost(name: string, groups: readonly string[], vars: Readonly<Data>): boolean { return this.add((tree) => tree.mergeHost(name, groups, vars)) }
  addGroup(name: string, parents: readonly string[], hosts: readonly string[] = []): boolean { return this.add((tree) => tree.mergeGroup(name, parents, hosts)) }
  private add(work: (tree: Tree) => boolean): boolean {
    const isNew = work(this.tree)
    if (isNew) this.added.push(work)
    return isNew
  }
}

const own = (group: Group): Frame[] => Object.keys(group.vars).length === 0 ? [] : [{ name: `inventory, group ${group.name}`, vars: group.vars }]

/** `inventory_hostname_short`: up to the first dot, addresses whole. */
export const shortName = (name: string): string => /^[0-9.]+$|:/.test(name) ? name : name.split('.')[0] ?? name

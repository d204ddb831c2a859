/** What `play inventory --list | --graph | --host` prints, in JSON, YAML or TOML, as ansible-inventory prints it. Templates are shown as written, vault values encrypted. */
import { fault } from '../core/errors.ts'
import { mergeVars } from '../core/merge.ts'
import { nearest } from '../core/near.ts'
import { pyText } from '../core/pytext.ts'
import type { Data } from '../core/types.ts'
import { Float, Template, VaultText, dictEntries, isDict } from '../core/value.ts'
import { dumpYaml } from '../yaml/dump.ts'
import type { Inventory } from './load.ts'
import { dumpToml } from './toml-write.ts'

export type Format = 'json' | 'yaml' | 'toml'

export interface ShowOptions {
  /** `--playbook-dir`: its group_vars and host_vars count too. */
  readonly playbookDir?: string
  readonly limit?: string
  /** `--export`: variables where they were set, not merged for each host. */
  readonly export?: boolean
  /** `-e`: over all others, for each host. */
  readonly extraVars?: Data
  readonly format?: Format
  readonly mergesHashes?: boolean
}


function hostVars(inventory: Inventory, host: string, options: ShowOptions): Data {
  const frames = inventory.frames(host, options.playbookDir)
  if (options.export !== true) return mergeVars([...frames, { vars: options.extraVars ?? {} }], options.mergesHashes)
  const own = frames.findIndex((frame) => frame.name === `inventory, host ${host}`)
  return mergeVars(frames.slice(Math.max(own, 0)), options.mergesHashes)
}
function groupVars(inventory: Inventory, group: string, options: ShowOptions): Data {
  const vars = mergeVars(inventory.groupFrames(group, options.playbookDir), options.mergesHashes)
  const priority = inventory.group(group)?.priority ?? 1
  return priority === 1 ? vars : { ...vars, ansible_group_priority: priority }
}

/** `--list`. As JSON what an inventory script prints: groups, and `_meta.hostvars`; as YAML and TOML an inventory file. */
export function showList(inventory: Inventory, options: ShowOptions = {}): string {
  const hosts = inventory.select('all', options.limit).hosts
  if (options.format === 'yaml') return yaml(asTree(inventory, 'all', options, new Set(hosts), new Set(), new Set()))
  if (options.format === 'toml') return dumpToml(plain(asTables(inventory, options, new Set(hosts))))
  const available = new Set(hosts)
  const out: Record<string, unknown> = {}
  const seen = new Set<string>()
  const visit = (name: string): void => {
    const group = inventory.group(name)
    if (group === undefined || seen.has(name)) return
    seen.add(name)
    const body: Data = {}
    if (name !== 'all') body['hosts'] = group.hosts.filter((host) => available.has(host))
    body['children'] = group.children
    if (options.export === true) body['vars'] = groupVars(inventory, name, options)
    Object.assign(out, named(name, body))
    for (const child of group.children) visit(child)
  }
  visit('all')
  const hostvars = hosts.map((host) => [host, hostVars(inventory, host, options)] as const).filter(([, vars]) => Object.keys(vars).length > 0)
  return toJson({ ...out, _meta: { hostvars: Object.fromEntries(hostvars), profile: 'inventory_legacy' } })
}
/** The group under its name, without what is empty in it; nothing where all is. */
function named(name: string, body: Data): Data {
  const kept = Object.entries(body).filter(([, value]) => Array.isArray(value) ? value.length > 0 : isDict(value) && dictEntries(value).length > 0)
  return kept.length === 0 ? {} : { [name]: Object.fromEntries(kept) }
}
/** Variables of a host stand where it is met first. */
function hostsOf(inventory: Inventory, group: string, options: ShowOptions, available: ReadonlySet<string>, seen: Set<string>): Data {
  const names = group === 'all' ? [] : (inventory.group(group)?.hosts ?? []).filter((host) => available.has(host))
  return Object.fromEntries(names.map((host) => {
    const vars = seen.has(host) ? {} : hostVars(inventory, host, options)
    seen.add(host)
    return [host, vars]
  }))
}
function asTree(inventory: Inventory, name: string, options: ShowOptions, available: ReadonlySet<string>, seenHosts: Set<string>, seenGroups: Set<string>): Data {
  const children: Data = {}
  for (const child of inventory.group(name)?.children ?? []) {
    Object.assign(children, seenGroups.has(child) ? { [child]: {} } : asTree(inventory, child, options, available, seenHosts, seenGroups))
    seenGroups.add(child)
  }
  const hosts = hostsOf(inventory, name, options, available, seenHosts)
  return named(name, { children, hosts, ...(options.export === true ? { vars: groupVars(inventory, name, options) } : {}) })
}
function asTables(inventory: Inventory, options: ShowOptions, available: ReadonlySet<string>): Data {
  const out = new Map<string, Data>(), seen = new Set<string>()
  const hasUngrouped = (inventory.group('ungrouped')?.hosts.length ?? 0) > 0
  const visit = (name: string): void => {
    const below = (inventory.group(name)?.children ?? []).filter((child) => child !== 'ungrouped' || hasUngrouped)
    out.set(name, {})
    for (const child of below) visit(child)
    const hosts = hostsOf(inventory, name, options, available, seen)
    const body = { children: name === 'all' ? [] : below, hosts, ...(options.export === true ? { vars: groupVars(inventory, name, options) } : {}) }
    out.set(name, named(name, body))
  }
  visit('all')
  return Object.assign({}, ...out.values())
}

/** `--host`: the variables of one host. */
export function showHost(inventory: Inventory, host: string, options: ShowOptions = {}): string {
  const [found, ...more] = inventory.match(host)
  if (found === undefined || more.length > 0) throw fault('show-one-host', undefined, { host, count: found === undefined ? 0 : more.length + 1, near: nearest(host, inventory.hosts()) })
  const vars = hostVars(inventory, found, options)
  return options.format === 'yaml' ? yaml(vars) : options.format === 'toml' ? dumpToml(plain(vars)) : toJson(vars)
}

/** The tree of `--graph`, from a group on; with `vars` the variables of each host and group. */
export function showGraph(inventory: Inventory, top = 'all', options: ShowOptions & { readonly vars?: boolean } = {}): string {
  if (inventory.group(top) === undefined) throw fault('show-no-group', undefined, { group: top, near: nearest(top, inventory.groups().keys()) })
  const line = (text: string, depth: number): string => depth === 0 ? text : `${'  |'.repeat(depth)}--${text}`
  const vars = (data: Data, depth: number): string[] => options.vars !== true ? []
    : Object.entries(data).sort(([a], [b]) => a < b ? -1 : 1).map(([name, value]) => line(`{${name} = ${pyText(plain(value))}}`, depth))
  const visit = (name: string, depth: number): string[] => {
    const group = inventory.group(name)
    if (group === undefined) return []
    return [
      line(`@${name}:`, depth),
      ...group.children.flatMap((child) => visit(child, depth + 1)),
      ...(name === 'all' ? [] : group.hosts.flatMap((host) => [line(host, depth + 1), ...vars(hostVars(inventory, host, options), depth + 2)])),
      ...vars(groupVars(inventory, name, options), depth + 1),
    ]
  }
  return visit(top, 0).join('\n')
}

/** Values as text, Jinja as it was written. */
function plain(value: unknown): unknown {
  if (value instanceof Template) return value.source
  if (value instanceof VaultText) return value.ciphertext
  if (Array.isArray(value)) return value.map(plain)
  return isDict(value) ? Object.fromEntries(dictEntries(value).map(([key, item]) => [String(key), plain(item)])) : value
}

/** Values as an inventory script prints them, so that they can be read again: what is encrypted, what is no template though it looks like one. */
function shown(value: unknown): unknown {
  if (value instanceof Template) return value.source
  if (value instanceof VaultText) return { __ansible_vault: value.ciphertext }
  if (typeof value === 'string' && /\{[{%#]/.test(value)) return { __ansible_unsafe: value }
  if (Array.isArray(value)) return value.map(shown)
  if (isDict(value)) return Object.fromEntries(dictEntries(value).map(([key, item]) => [String(key), shown(item)]))
  return value
}

const yaml = (value: unknown): string => dumpYaml(value)

/** As Python's json.dumps(sort_keys=True, indent=4): sorted keys, floats with a point. */
function toJson(value: unknown): string { return json(shown(value), '') }

function json(value: unknown, indent: string): string {
  const deeper = `${indent}    `
  if (value instanceof Float) return pyText(value)
  if (typeof value === 'bigint') return String(value)
  if (Array.isArray(value)) return value.length === 0 ? '[]' : `[\n${value.map((item) => deeper + json(item, deeper)).join(',\n')}\n${indent}]`
  if (isDict(value)) {
    const pairs = dictEntries(value).map(([key, item]) => [String(key), item] as const).sort(([a], [b]) => a < b ? -1 : 1)
    return pairs.length === 0 ? '{}' : `{\n${pairs.map(([key, item]) => `${deeper}${JSON.stringify(key)}: ${json(item, deeper)}`).join(',\n')}\n${indent}}`
  }
  if (typeof value === 'number' && !Number.isInteger(value)) return Number.isFinite(value) ? pyText(value) : String(value)
  return JSON.stringify(value) ?? 'null'
}

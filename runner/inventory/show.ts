/** What `play inventory --list | --graph | --host` prints, as ansible-inventory prints it. Templates are shown as written, vault values encrypted. */
import { fault } from '../core/errors.ts'
import { nearest } from '../core/near.ts'
import { pyText } from '../core/pytext.ts'
import type { Data, Frame } from '../core/types.ts'
import { Float, Template, VaultText, dictEntries, isDict } from '../core/value.ts'
import type { Inventory } from './load.ts'

export interface ShowOptions {
  /** `--playbook-dir`: its group_vars and host_vars count too. */
  readonly playbookDir?: string
  readonly limit?: string
  /** `--export`: variables where they were set, not merged for each host. */
  readonly export?: boolean
}

const merged = (frames: readonly Frame[]): Data => Object.assign({}, ...frames.map((frame) => frame.vars))

function hostVars(inventory: Inventory, host: string, options: ShowOptions): Data {
  const frames = inventory.frames(host, options.playbookDir)
  if (options.export !== true) return merged(frames)
  const own = frames.findIndex((frame) => frame.name === `inventory, host ${host}`)
  return merged(frames.slice(Math.max(own, 0)))
}
function groupVars(inventory: Inventory, group: string, options: ShowOptions): Data {
  const vars = merged(inventory.groupFrames(group, options.playbookDir))
  const priority = inventory.group(group)?.priority ?? 1
  return priority === 1 ? vars : { ...vars, ansible_group_priority: priority }
}

/** JSON of `--list`: groups, and `_meta.hostvars`. */
export function showList(inventory: Inventory, options: ShowOptions = {}): string {
  const hosts = inventory.select('all', options.limit).hosts
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
    const kept = Object.entries(body).filter(([, value]) => Array.isArray(value) ? value.length > 0 : isDict(value) && dictEntries(value).length > 0)
    if (kept.length > 0) out[name] = Object.fromEntries(kept)
    for (const child of group.children) visit(child)
  }
  visit('all')
  const hostvars = hosts.map((host) => [host, hostVars(inventory, host, options)] as const).filter(([, vars]) => Object.keys(vars).length > 0)
  return toJson({ ...out, _meta: { hostvars: Object.fromEntries(hostvars), profile: 'inventory_legacy' } })
}

/** JSON of `--host`: the variables of one host. */
export function showHost(inventory: Inventory, host: string, options: ShowOptions = {}): string {
  const [found, ...more] = inventory.match(host)
  if (found === undefined || more.length > 0) throw fault('show-one-host', undefined, { host, count: found === undefined ? 0 : more.length + 1, near: nearest(host, inventory.hosts()) })
  return toJson(hostVars(inventory, found, options))
}

/** The tree of `--graph`, from a group on; with `vars` the variables of each host and group. */
export function showGraph(inventory: Inventory, top = 'all', options: ShowOptions & { readonly vars?: boolean } = {}): string {
  if (inventory.group(top) === undefined) throw fault('show-no-group', undefined, { group: top, near: nearest(top, inventory.groups().keys()) })
  const line = (text: string, depth: number): string => depth === 0 ? text : `${'  |'.repeat(depth)}--${text}`
  const vars = (data: Data, depth: number): string[] => options.vars !== true ? []
    : Object.entries(data).sort(([a], [b]) => a < b ? -1 : 1).map(([name, value]) => line(`{${name} = ${pyText(shown(value))}}`, depth))
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

/** Values as text that could be written again. */
function shown(value: unknown): unknown {
  if (value instanceof Template) return value.source
  if (value instanceof VaultText) return { __ansible_vault: value.ciphertext }
  if (Array.isArray(value)) return value.map(shown)
  if (isDict(value)) return Object.fromEntries(dictEntries(value).map(([key, item]) => [String(key), shown(item)]))
  return value
}

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
  if (typeof value === 'number' && !Number.isInteger(value)) return pyText(value)
  return JSON.stringify(value) ?? 'null'
}

/** Ansible's YAML (and JSON) inventory: groups with hosts, vars and children, as a value that yaml/ has read. Rules: plugins/inventory/yaml.py. */
import { fault } from '../core/errors.ts'
import { keyLoc, locOf, valueLoc } from '../core/loc.ts'
import { nearest } from '../core/near.ts'
import type { Loc } from '../core/types.ts'
import { dictEntries, dictGet, dictHas, isDict } from '../core/value.ts'
import type { Dict } from '../core/value.ts'
import { expandHosts } from './address.ts'
import type { Group, Origin, Tree } from './model.ts'

export interface YamlContext { readonly origin: Origin; readonly tree: Tree; warn(message: string, loc?: Loc): void }

export function readYaml(document: unknown, file: string, context: YamlContext): void {
  if (document === null || document === undefined) {
    context.warn('this inventory file is empty', { file, line: 1, column: 1 })
    return
  }
  if (!isDict(document)) throw fault('inventory-not-mapping', locOf(document) ?? { file, line: 1, column: 1 }, { found: kindOf(document) })
  for (const [name, value] of dictEntries(document)) readGroup(name, value, document, context)
}

/** What a value is, in words. */
export function kindOf(value: unknown): string {
  if (value === null || value === undefined) return 'nothing'
  if (Array.isArray(value)) return 'a list'
  if (isDict(value)) return 'a mapping'
  if (typeof value === 'string') return `the text '${value.length > 60 ? `${value.slice(0, 60)}…` : value}'`
  if (typeof value === 'object') return 'a template'
  return `the ${typeof value} ${String(value)}`
}

const sections = ['vars', 'children', 'hosts']

function readGroup(name: unknown, body: unknown, parent: Dict, context: YamlContext): Group | undefined {
  const loc = keyLoc(parent, name)
  if (typeof name !== 'string') throw fault('inventory-name-not-text', loc, { what: 'group', name: String(name) })
  if (body !== null && !isDict(body)) {
    context.warn(`skipping '${name}': a group is a mapping with hosts, vars and children, found ${kindOf(body)}`, loc)
    return undefined
  }
  const group = context.tree.addGroup(name, loc)
  if (body === null) return group
  for (const [key, section] of dictEntries(body)) {
    if (typeof key !== 'string' || !sections.includes(key)) {
      const near = nearest(String(key), sections)
      context.warn(`skipping unexpected key '${String(key)}' in group '${name}', only vars, children and hosts are valid${near === undefined ? '' : `; did you mean '${near}'?`}`, keyLoc(body, key))
    } else if (section !== null) readSection(key, section, body, group, context)
  }
  return group
}

function readSection(key: string, written: unknown, body: Dict, group: Group, context: YamlContext): void {
  const section: unknown = typeof written === 'string' ? { [written]: null } : written
  if (!isDict(section)) throw fault('inventory-bad-section', valueLoc(body, key), { key, group: group.name, found: kindOf(section) })
  for (const [name, value] of dictEntries(section)) {
    const loc = keyLoc(section, name) ?? valueLoc(body, key)
    if (key === 'vars') context.tree.setGroupVar(group, String(name), value, loc)
    else if (key === 'hosts') readHost(name, value, loc, group, context)
    else {
      const child = readGroup(name, value, section, context)
      if (child !== undefined) context.tree.addChild(group, child, loc)
    }
  }
}

function readHost(name: unknown, vars: unknown, loc: Loc | undefined, group: Group, context: YamlContext): void {
  if (typeof name !== 'string') throw fault('inventory-name-not-text', loc, { what: 'host', name: String(name) })
  const { names, port } = expandHosts(name, loc)
  const given = vars === null || vars === false || vars === '' ? {} : vars
  if (!isDict(given)) throw fault('inventory-bad-host', loc, { host: name, found: kindOf(vars) })
  for (const one of names) {
    const host = context.tree.addHost(one, group, context.origin, loc, port)
    for (const [key, value] of dictEntries(given)) context.tree.setHostVar(host, String(key), value, keyLoc(given, key) ?? loc)
  }
}

/** The name of the plugin that a document configures, where it is such a document. */
export function pluginOf(document: unknown): string | undefined {
  if (!isDict(document) || !dictHas(document, 'plugin')) return undefined
  const name = dictGet(document, 'plugin')
  return typeof name === 'string' ? name : undefined
}

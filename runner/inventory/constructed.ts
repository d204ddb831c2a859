/** The constructed inventory plugin: variables and groups worked out by expressions over what the sources before it gave. Rules: plugins/inventory/constructed.py. */
import { Fault, fault } from '../core/errors.ts'
import { keyLoc, locOf, valueLoc } from '../core/loc.ts'
import { nearest } from '../core/near.ts'
import type { Data, Loc } from '../core/types.ts'
import { Template, dictEntries, dictGet, isDict } from '../core/value.ts'
import type { Dict } from '../core/value.ts'
import type { Host, Tree } from './model.ts'
import { kindOf } from './yaml.ts'

export interface ConstructedContext {
  readonly tree: Tree
  /** Value of an expression (without braces) over these variables. */
  evaluate(source: string, vars: Data): unknown
  /** What the inventory so far says of a host; with `files`, group_vars and host_vars too. */
  varsOf(host: Host, files: boolean): Data
  readonly extraVars: Readonly<Data>
}

const options = ['plugin', 'strict', 'compose', 'groups', 'keyed_groups', 'leading_separator', 'use_extra_vars', 'use_vars_plugins', 'cache']
const keyedOptions = ['key', 'prefix', 'separator', 'parent_group', 'default_value', 'trailing_separator']

/** A value that gives no group name. */
class Unusable extends Error {}

export function readConstructed(config: Dict, context: ConstructedContext): void { new Constructed(config, context).run() }

class Constructed {
  private readonly config: Dict
  private readonly context: ConstructedContext
  private readonly strict: boolean
  constructor(config: Dict, context: ConstructedContext) {
    this.config = config
    this.context = context
    for (const [key] of dictEntries(config)) {
      if (!options.includes(String(key))) throw this.bad(String(key), 'there is no such option', keyLoc(config, key), nearest(String(key), options))
    }
    this.strict = this.flag('strict', false)
  }
  private bad(option: string, why: string, loc: Loc | undefined, near?: string): Error { return fault('constructed-option', loc, { option, why, near }) }
  private flag(name: string, otherwise: boolean): boolean {
    const value = dictGet(this.config, name)
    if (value === undefined || value === null) return otherwise
    if (typeof value !== 'boolean') throw this.bad(name, `it must be true or false, not ${kindOf(value)}`, valueLoc(this.config, name))
    return value
  }
  private mapping(name: string): readonly (readonly [string, unknown, Loc | undefined])[] {
    const value = dictGet(this.config, name)
    if (value === undefined || value === null) return []
    if (!isDict(value)) throw this.bad(name, `it must be a mapping, not ${kindOf(value)}`, valueLoc(this.config, name))
    return dictEntries(value).map(([key, item]) => [String(key), item, valueLoc(value, key)])
  }

  run(): void {
    const compose = this.mapping('compose')
    const groups = this.mapping('groups')
    const keyed = dictGet(this.config, 'keyed_groups') ?? []
    if (!Array.isArray(keyed)) throw this.bad('keyed_groups', `it must be a list, not ${kindOf(keyed)}`, valueLoc(this.config, 'keyed_groups'))
    for (const host of [...this.context.tree.hosts.values()]) {
      const first = this.vars(host)
      for (const [name, source, loc] of compose) {
        this.attempt(`the variable '${name}'`, host, loc, () => this.context.tree.setHostVar(host, name, this.value(source, first), loc))
      }
      const vars = compose.length > 0 ? this.vars(host) : first
      for (const [name, source, loc] of groups) {
        this.attempt(`whether it belongs to group '${name}'`, host, loc, () => { if (truthy(this.value(source, vars))) this.join(host, safe(name), loc) })
      }
      for (const entry of keyed) this.keyed(entry, host, vars)
    }
  }
  private vars(host: Host): Data {
    const vars = this.context.varsOf(host, this.flag('use_vars_plugins', false))
    return this.flag('use_extra_vars', false) ? { ...vars, ...this.context.extraVars } : vars
  }
  private value(source: unknown, vars: Data): unknown {
    if (source instanceof Template) return this.context.evaluate(expressionOf(source.source), vars)
    return typeof source === 'string' ? this.context.evaluate(source, vars) : source
  }
  /** In strict mode a failure is an error, else the host is left out. */
  private attempt(what: string, host: Host, loc: Loc | undefined, act: () => void): void {
    try {
      act()
    } catch (cause) {
      if (!(cause instanceof Fault) && !(cause instanceof Unusable)) throw cause
      if (this.strict) throw fault('constructed-failed', loc, { what, host: host.name, reason: cause.message }, cause)
    }
  }
  private join(host: Host, group: string, loc: Loc | undefined): void {
    this.context.tree.join(host, this.context.tree.addGroup(group, loc))
  }

  private keyed(entry: unknown, host: Host, vars: Data): void {
    const loc = locOf(entry) ?? valueLoc(this.config, 'keyed_groups')
    if (!isDict(entry)) throw this.bad('keyed_groups', `each entry must be a mapping with a key, not ${kindOf(entry)}`, loc)
    for (const [key] of dictEntries(entry)) {
      if (!keyedOptions.includes(String(key))) throw this.bad(`keyed_groups.${String(key)}`, 'there is no such option', keyLoc(entry, key), nearest(String(key), keyedOptions))
    }
    if (dictGet(entry, 'key') === undefined) throw this.bad('keyed_groups', 'an entry has no key', loc)
    const byDefault = text(dictGet(entry, 'default_value'))
    const trailing = dictGet(entry, 'trailing_separator')
    if (byDefault !== undefined && trailing !== undefined && trailing !== null) throw this.bad('keyed_groups', 'default_value and trailing_separator exclude each other', loc)
    this.attempt(`the group for key '${sourceText(dictGet(entry, 'key'))}'`, host, loc, () => {
      const key = this.value(dictGet(entry, 'key'), vars)
      const names = this.names(key, entry, byDefault, trailing !== false)
      if (names.length === 0 && this.strict && !isEmptyContainer(key)) throw new Unusable('it is empty')
      const parent = this.parent(entry, vars)
      for (const name of names) this.place(host, name, parent, loc)
    })
  }
  private parent(entry: Dict, vars: Data): string | undefined {
    const written = dictGet(entry, 'parent_group')
    const value = written instanceof Template ? this.context.evaluate(expressionOf(written.source), vars) : written
    return typeof value === 'string' && value !== '' ? safe(value) : undefined
  }
  private place(host: Host, name: string, parent: string | undefined, loc: Loc | undefined): void {
    const { tree } = this.context
    const group = tree.addGroup(name, loc)
    tree.join(host, group)
    if (parent !== undefined) tree.addChild(tree.addGroup(parent, loc), group, loc)
  }

  private names(key: unknown, entry: Dict, byDefault: string | undefined, trailing: boolean): string[] {
    const prefix = text(dictGet(entry, 'prefix')) ?? ''
    const between = text(dictGet(entry, 'separator')) ?? '_'
    const leading = prefix === '' && !this.flag('leading_separator', true) ? '' : between
    return bareNames(key, between, byDefault, trailing).map((name) => safe(`${prefix}${leading}${name}`))
  }
}

function bareNames(key: unknown, between: string, byDefault: string | undefined, trailing: boolean): string[] {
  const isEmpty = (value: unknown): boolean => value === null || value === ''
  if (isEmpty(key)) return byDefault === undefined ? [] : [byDefault]
  if (typeof key === 'string') return [key]
  if (Array.isArray(key)) return key.map((name) => isEmpty(name) && byDefault !== undefined ? byDefault : String(name))
  if (isDict(key)) {
    return dictEntries(key).map(([name, value]) => {
      if (!isEmpty(value)) return `${String(name)}${between}${String(value)}`
      if (byDefault !== undefined) return `${String(name)}${between}${byDefault}`
      return trailing ? `${String(name)}${between}` : String(name)
    })
  }
  if (key === false || key === 0 || key === undefined) return []
  throw new Unusable(`a group name must come from text, a list or a mapping, not ${kindOf(key)}`)
}

const safe = (name: string): string => name.replace(/^\d|[^\p{L}\p{N}_]/gu, '_')
const text = (value: unknown): string | undefined => value === undefined || value === null ? undefined : String(value)
const sourceText = (value: unknown): string => value instanceof Template ? value.source : String(value)
const isEmptyContainer = (value: unknown): boolean => (Array.isArray(value) && value.length === 0) || (isDict(value) && dictEntries(value).length === 0)
const truthy = (value: unknown): boolean => !(value === false || value === null || value === undefined || value === 0 || value === '' || isEmptyContainer(value))

/** Text with `{{ }}` as one expression: a lone one is itself, others are joined as text. */
export function expressionOf(source: string): string {
  const parts = source.split(/(\{\{[\s\S]*?\}\})/).filter((part) => part !== '')
  const inner = (part: string): string => part.slice(2, -2).replace(/^[-+]|[-+]$/g, '').trim()
  const [only, ...more] = parts
  if (only !== undefined && more.length === 0 && only.startsWith('{{')) return inner(only)
  return parts.map((part) => part.startsWith('{{') ? `(${inner(part)})` : `'${part.replace(/[\\']/g, '\\$&').replaceAll('\n', '\\n')}'`).join(' ~ ')
}

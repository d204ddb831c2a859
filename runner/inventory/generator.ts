/** The generator inventory plugin: a host for each combination of the layers' values, in groups named by templates. Rules: plugins/inventory/generator.py. */
import { fault } from '../core/errors.ts'
import { keyLoc, locOf, valueLoc } from '../core/loc.ts'
import { nearest } from '../core/near.ts'
import type { Data, Loc } from '../core/types.ts'
import { Template, dictEntries, dictGet, isDict } from '../core/value.ts'
import type { Dict } from '../core/value.ts'
import { expressionOf } from './constructed.ts'
import type { Group, Host, Origin, Tree } from './model.ts'
import { kindOf } from './yaml.ts'

export interface GeneratorContext {
  readonly tree: Tree
  readonly extraVars: Readonly<Data>
  /** Value of an expression (without braces) over these variables. */
  evaluate(source: string, vars: Data): unknown
}

const options = ['plugin', 'hosts', 'layers', 'use_extra_vars']

export function readGenerator(config: Dict, origin: Origin, context: GeneratorContext): void {
  for (const [key] of dictEntries(config)) {
    if (!options.includes(String(key))) throw bad(String(key), 'there is no such option', keyLoc(config, key), nearest(String(key), options))
  }
  const hosts = mapping(config, 'hosts'), extra = dictGet(config, 'use_extra_vars') === true ? context.extraVars : {}
  for (const vars of combinations(mapping(config, 'layers'), config)) {
    const all = { ...extra, ...vars }, name = named(dictGet(hosts, 'name'), all, context)
    if (name === undefined) throw bad('hosts.name', 'it gives no name', valueLoc(hosts, 'name') ?? locOf(hosts))
    addParents(context.tree.addHost(name, undefined, origin, valueLoc(hosts, 'name')), name, hosts, all, context)
  }
}
const bad = (option: string, why: string, loc: Loc | undefined, near?: string): Error => fault('generator-option', loc, { option, why, near })
function mapping(config: Dict, name: string): Dict {
  const value = dictGet(config, name)
  if (!isDict(value)) throw bad(name, `it must be a mapping, not ${kindOf(value)}`, valueLoc(config, name) ?? locOf(config))
  return value
}

/** Every choice of one value a layer, the last layer fastest. */
function combinations(layers: Dict, config: Dict): Data[] {
  return dictEntries(layers).reduce<Data[]>((made, [layer, values]) => {
    if (!Array.isArray(values)) throw bad(`layers.${String(layer)}`, `it must be a list, not ${kindOf(values)}`, valueLoc(layers, layer) ?? locOf(config))
    return made.flatMap((one) => values.map((value: unknown) => ({ ...one, [String(layer)]: value })))
  }, [{}])
}
const evaluated = (written: unknown, vars: Data, context: GeneratorContext): unknown =>
  written instanceof Template ? context.evaluate(expressionOf(written.source), vars) : written
function named(written: unknown, vars: Data, context: GeneratorContext): string | undefined {
  const value = evaluated(written, vars, context)
  return value === undefined || value === null || value === '' ? undefined : String(value)
}

function addParents(child: Host | Group, childName: string, element: Dict, vars: Data, context: GeneratorContext): void {
  const parents = dictGet(element, 'parents') ?? []
  if (!Array.isArray(parents)) throw bad('parents', `it must be a list, not ${kindOf(parents)}`, valueLoc(element, 'parents'))
  for (const parent of parents) {
    if (!isDict(parent)) throw bad('parents', `each must be a mapping with a name, not ${kindOf(parent)}`, valueLoc(element, 'parents'))
    const name = named(dictGet(parent, 'name'), vars, context), loc = locOf(parent)
    if (name === undefined) throw bad('parents', `Element ${childName} has a parent with no name.`, loc)
    const group = context.tree.addGroup(name, loc), own = dictGet(parent, 'vars')
    if (isDict(own)) for (const [key, value] of dictEntries(own)) context.tree.setGroupVar(group, String(key), evaluated(value, vars, context), valueLoc(own, key))
    if ('children' in child) context.tree.addChild(group, child, loc)
    else context.tree.join(child, group)
    addParents(group, name, parent, vars, context)
  }
}

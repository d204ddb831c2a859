/** Keywords of one node as written, checked against the table: names, types of literal values, shapes that are always the same. */
import { BadValue, coerce } from '../core/coerce.ts'
import { Fault, fault } from '../core/errors.ts'
import { keyLoc, locOf, valueLoc } from '../core/loc.ts'
import { nearest } from '../core/near.ts'
import { pyRepr, pyText } from '../core/pytext.ts'
import type { Data, Frame, Keywords, Loc } from '../core/types.ts'
import type { ArgType } from '../core/plan.ts'
import { dictEntries, dictGet, dictHas, Float, isDict, Template, VaultText } from '../core/value.ts'
import type { Dict } from '../core/value.ts'
import { formerKeywords, keywords, loopControls, namesOn, promptKeys } from './keywords.ts'
import type { Keyword, KeywordType, Place } from './keywords.ts'
import { renderStatic } from './loading.ts'
import { isReserved, reservedWarning } from './reserved.ts'
import type { Loading } from './loading.ts'
import { whatOf } from './scope.ts'
import type { Scope } from './scope.ts'
import { kindOf } from './words.ts'

/** What a node says of itself: keywords in one shape each, its variables, its name. */
export interface Own {
  readonly kw: Keywords; readonly vars: readonly Frame[]; readonly name: unknown
  /** A value that is wrong, where that was to be left to the run. */
  readonly wrong?: Fault
}
export const isOpenText = (value: unknown): value is Template | VaultText => value instanceof Template || value instanceof VaultText

const words: Readonly<Record<KeywordType, readonly [wanted: string, example: string]>> = {
  bool: ['true or false', 'true'], int: ['a whole number', '5'], float: ['a number', '2.5'], str: ['text', 'some text'], percent: ['a share', '30%'],
  strings: ['text or a list of texts', '[one, two]'], dict: ['a mapping', '{name: value}'], dicts: ['a mapping or a list of mappings', '{NAME: value}'],
  list: ['a list', '[one, two]'], conditions: ['a condition or a list of them', "ansible_facts.os_family == 'Debian'"], tags: ['specified as a list', '[one, two]'],
  nodes: ['a list of tasks', '- debug:'], roles: ['a list of roles', '[common, web]'], serial: ['a number, a share or a list of them', "[1, '50%']"],
  prompts: ['a list of mappings with a name', '- name: release'], any: ['a value', 'x'],
}
export function wrongType(name: string, type: KeywordType, value: unknown, loc: Loc | undefined): Error {
  const [wanted, example] = words[type]
  const found = typeof value === 'string' ? pyRepr(value) : kindOf(value)
  return fault('keyword-type', loc, { name, wanted, found, example: `${name}: ${example}` })
}

type ScalarType = 'bool' | 'int' | 'float' | 'str'
/** A keyword's value in its type; what a template gave is none any more. */
export function scalar(name: string, type: ScalarType, value: unknown, loc: Loc | undefined): unknown {
  if (isOpenText(value)) return value
  if (isDict(value) || Array.isArray(value)) throw type === 'str' ? wrongType(name, type, value, loc) : wrongValue(name, type, kindOf(value), loc)
  const wanted: ArgType = type
  try {
    return coerce(wanted, value)
  } catch (error) {
    if (error instanceof BadValue) throw type === 'str' ? wrongType(name, type, value, loc) : wrongValue(name, type, pyRepr(pyText(value)), loc)
    throw error
  }
}
function wrongValue(name: string, type: ScalarType, found: string, loc: Loc | undefined): Error {
  const [wanted, example] = words[type]
  return fault('keyword-value', loc, { name, type, found, wanted, example: `${name}: ${example}` })
}

/** Conditions as a flat list; text becomes a Template so that it keeps its place. */
export function conditions(container: unknown, key: unknown, value: unknown): unknown[] {
  const one = (item: unknown, loc: Loc | undefined): unknown =>
    typeof item === 'string' && item !== '' ? new Template(item, (offset) => loc && { ...loc, column: loc.column + offset }) : item
  if (Array.isArray(value)) return value.map((item: unknown, i) => one(item, valueLoc(value, i)))
  return [one(value, valueLoc(container, key))]
}

function percent(name: string, value: unknown, loc: Loc | undefined): unknown {
  if (isOpenText(value)) return value
  const text = value instanceof Float || typeof value === 'number' || typeof value === 'string' ? pyText(value).replace('%', '').trim() : ''
  if (text === '' || Number.isNaN(Number(text))) throw wrongType(name, 'percent', value, loc)
  return Number(text)
}
function serial(name: string, value: unknown, loc: Loc | undefined): unknown {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value]
  for (const [i, item] of list.entries()) {
    const fits = isOpenText(item) || (typeof item === 'number' && Number.isInteger(item)) || (typeof item === 'string' && /^\s*\d+(\.\d+)?\s*%?\s*$/.test(item))
    if (!fits) throw wrongType(name, 'serial', item, valueLoc(value, i) ?? loc)
  }
  return list
}
const listOf = (value: unknown): readonly unknown[] => Array.isArray(value) ? value : [value]

function strings(name: string, value: unknown, loc: Loc | undefined): unknown {
  for (const [i, item] of listOf(value).entries()) {
    if (isDict(item) || (Array.isArray(item) && !Array.isArray(value))) throw wrongType(name, 'strings', item, valueLoc(value, i) ?? loc)
  }
  return listOf(value).map((item) => item === null || isOpenText(item) || Array.isArray(item) ? item : pyText(item))
}
function dicts(name: string, value: unknown, loc: Loc | undefined): unknown {
  for (const [i, item] of listOf(value).entries()) {
    if (!isDict(item) && !isOpenText(item)) throw wrongType(name, 'dicts', item, valueLoc(value, i) ?? loc)
  }
  return listOf(value)
}

/** Tags as texts. Templates in them must be known before anything runs. */
function tags(loading: Loading, value: unknown, scope: Scope | undefined, loc: Loc | undefined): string[] {
  if (isDict(value) || typeof value === 'boolean') throw wrongType('tags', 'tags', value, loc)
  const known = (item: unknown, at: Loc | undefined): unknown => scope === undefined ? item : renderStatic(loading, item, scope, [], 'tags', at)
  const found = Array.isArray(value)
    ? value.flatMap((item: unknown, i) => listOf(known(item, valueLoc(value, i) ?? loc)))
    : listOf(known(value, loc)).flatMap((item) => typeof item === 'string' ? item.split(',').map((tag) => tag.trim()) : [item])
  const texts = found.map((item) => item instanceof Template ? item.source : pyText(item))
  const reserved = texts.filter((tag) => ['tagged', 'all', 'untagged'].includes(tag))
  if (reserved.length > 0) loading.context.warn(`Found reserved tagnames in tags: ${reserved.join(', ')}; they may not select what you expect`, loc)
  return texts
}

function prompts(name: string, value: unknown, loc: Loc | undefined): unknown {
  for (const [i, item] of listOf(value).entries()) {
    const at = valueLoc(value, i) ?? loc
    if (!isDict(item)) throw wrongType(name, 'prompts', item, at)
    if (!dictHas(item, 'name')) throw fault('bad-prompt', at, { known: promptKeys })
    for (const [key] of dictEntries(item)) {
      if (promptKeys.includes(pyText(key))) continue
      throw fault('bad-prompt', keyLoc(item, key), { key: pyText(key), known: promptKeys, near: nearest(pyText(key), promptKeys) })
    }
  }
  return listOf(value)
}

function loopControl(value: unknown, loc: Loc | undefined): Data {
  if (!isDict(value)) throw wrongType('loop_control', 'dict', value, loc)
  const out: Data = {}
  for (const [rawKey, item] of dictEntries(value)) {
    const key = pyText(rawKey), type = loopControls[key], at = valueLoc(value, rawKey)
    if (type === undefined) {
      const known = Object.keys(loopControls)
      throw fault('unknown-keyword', keyLoc(value, rawKey), { name: key, what: 'LoopControl', known, near: nearest(key, known) })
    }
    if (item === null) continue
    if (key.endsWith('_var') && !isOpenText(item) && !isVariableName(pyText(item))) throw fault('loop-variable', at, { name: key, found: pyText(item) })
    out[key] = type === 'conditions' ? conditions(value, rawKey, item) : key === 'label' ? item : scalar(key, type, item, at)
  }
  return out
}

const identifier = /^[\p{L}_][\p{L}\p{N}_]*$/u
export const isVariableName = (name: string): boolean => identifier.test(name)

/** The variables of a `vars:` as one frame. A list of mappings is accepted as older Ansible did. */
export function varsFrame(loading: Loading, container: Dict, what: string): Frame[] {
  const value = dictGet(container, 'vars'), loc = valueLoc(container, 'vars')
  if (value === null || value === undefined) return []
  for (const [name] of [value].flat().filter(isDict).flatMap(dictEntries)) {
    if (isReserved(pyText(name))) loading.context.warn(reservedWarning(pyText(name)), keyLoc(value, name))
  }
  if (Array.isArray(value) && value.every(isDict)) {
    loading.context.warn(`vars in a ${what} should be one mapping, not a list of them`, loc)
    return value.flatMap((one) => frameOf(one, what, locOf(one)))
  }
  if (!isDict(value)) throw fault('vars-not-dict', loc, { what, found: kindOf(value) })
  return frameOf(value, what, loc)
}
function frameOf(value: Dict, what: string, loc: Loc | undefined): Frame[] {
  for (const [key] of dictEntries(value)) {
    if (typeof key !== 'string' || !isVariableName(key)) throw fault('bad-variable-name', keyLoc(value, key), { name: pyText(key), where: `vars of a ${what}` })
  }
  const place = loc === undefined ? '' : ` at ${loc.file}:${loc.line}`
  return value instanceof Map ? [] : [{ name: `vars of a ${what}${place}`, vars: value }]
}

function typed(loading: Loading, container: Dict, key: string, rule: Keyword, scope: Scope | undefined): unknown {
  const value = dictGet(container, key), loc = valueLoc(container, key)
  switch (rule.type) {
    case 'bool': case 'int': case 'float': case 'str': return scalar(key, rule.type, value, loc)
    case 'percent': return percent(key, value, loc)
    case 'serial': return serial(key, value, loc)
    case 'strings': return key === 'hosts' ? value : strings(key, value, loc)
    case 'dicts': return dicts(key, value, loc)
    case 'conditions': return conditions(container, key, value)
    case 'tags': return tags(loading, value, scope, loc)
    case 'prompts': return prompts(key, value, loc)
    case 'list': return listOf(value)
    case 'dict': return key === 'loop_control' ? loopControl(value, loc) : value
    case 'nodes': case 'roles': case 'any': return value
    default: { const none: never = rule.type; return none }
  }
}

function checkChoice(key: string, rule: Keyword, value: unknown, loc: Loc | undefined): void {
  if (rule.choices === undefined || typeof value !== 'string' || rule.choices.includes(value)) return
  const choices = rule.choices.filter((choice) => !choice.includes('.'))
  throw fault('keyword-choice', loc, { name: key, found: value, choices, near: nearest(value, choices) })
}

/** `otherwise`: what to say where no keyword is near. */
export function unknownKeyword(name: string, place: Place, loc: Loc | undefined, otherwise?: string): Error {
  const known = namesOn(place)
  const elsewhere = keywords[name]?.on ?? []
  const near = nearest(name, known)
  const moved = name === 'role' && place === 'task' ? 'among tasks a role is brought in by a module: "- import_role:" and below it "name:"; or list it under roles: of the play'
    : elsewhere.length === 0 ? (near === undefined ? otherwise : undefined) : `'${name}' belongs to a ${elsewhere.filter((one) => one !== 'handler' || elsewhere.length === 1).join(' or a ')}; check the indentation`
  return fault('unknown-keyword', loc, { name, what: whatOf[place], known, near, moved, instead: formerKeywords[name] })
}

/**
 * The keywords of a node. `except`: keys that the caller sees to (the module, `action`, `with_*`, `vars` are always left out).
 * Keys that are none: a fault, or what `unknown` makes of them (parameters of a role). `isForeseen`: values that are wrong are left to the run.
 */
export function ownKeywords(loading: Loading, raw: Dict, place: Place, scope: Scope | undefined, except: (key: string) => boolean, unknown?: (key: string, value: unknown) => void, isForeseen = false): Own {
  const kw: Data = {}
  let wrong: Fault | undefined
  for (const [rawKey, value] of dictEntries(raw)) {
    const key = pyText(rawKey)
    if (key === 'name' || key === 'vars' || except(key)) continue
    const rule = keywords[key]
    if (rule === undefined || !rule.on.includes(place)) {
      if (unknown === undefined) throw unknownKeyword(key, place, keyLoc(raw, rawKey))
      unknown(key, value)
      continue
    }
    if (rule.ignored !== undefined) { loading.once(`keyword ${key}`, `'${key}' has no effect here: ${rule.ignored}`, keyLoc(raw, rawKey)); continue }
    if (value === null) continue
    let made: unknown
    try {
      made = typed(loading, raw, key, rule, scope)
    } catch (error) {
      if (!isForeseen || !(error instanceof Fault)) throw error
      wrong ??= error
      continue
    }
    checkChoice(key, rule, made, valueLoc(raw, rawKey))
    kw[key] = made
  }
  return { kw, vars: varsFrame(loading, raw, whatOf[place]), name: nameOf(raw), ...(wrong === undefined ? {} : { wrong }) }
}
/** Only the tags of a node, for where they must wait until its variables are known. */
export function tagsIn(loading: Loading, raw: Dict, scope: Scope | undefined): Keywords {
  const value = dictGet(raw, 'tags')
  return value === undefined || value === null ? {} : { tags: tags(loading, value, scope, valueLoc(raw, 'tags')) }
}
function nameOf(raw: Dict): unknown {
  const name = dictGet(raw, 'name')
  if (isDict(name) || Array.isArray(name)) throw wrongType('name', 'str', name, valueLoc(raw, 'name'))
  return name === null || name === '' ? undefined : name
}

/**
 * Arguments of modules against their declaration: names and aliases, types, choices, defaults, relations. All of Ansible's
 * conversions are in coerce.ts. Values are already templated; paths are not expanded (`~` is the target's business).
 */
import { coerce, BadValue, DecimalMode, falseWords, trueWords } from './coerce.ts'
import { fault, Fault } from './errors.ts'
import { keyLoc, locOf, valueLoc } from './loc.ts'
import { nearest } from './near.ts'
import { pyText, pyType } from './pytext.ts'
import type { Data, Json, Loc } from './types.ts'
import type { Arg, ArgRules, Args, ArgSpec, ArgType } from './plan.ts'
import { dictEntries, isDict, Template, VaultText } from './value.ts'

/** Where arguments were written: `container` is the mapping that keyLoc and valueLoc know. */
export interface ArgPlace {
  readonly module: string
  readonly container: unknown
  readonly loc?: Loc | undefined
  /** Whether a task has such a keyword: what is no argument may have slipped below the module. */
  readonly isTaskKeyword?: (name: string) => boolean
}
interface Place extends ArgPlace {
  readonly within: readonly string[]
  /** Gathers faults, where all of them are wanted; else the first one is thrown. */
  readonly gathered?: Fault[]
}
interface Given { readonly value: unknown; readonly key: string }

const locAt = (place: Place, key: string): Loc | undefined => valueLoc(place.container, key) ?? place.loc
const names = (spec: ArgSpec): string[] => Object.keys(spec).filter((name) => spec[name]?.unsupported === undefined)

/** Spelling used in the file to the declared name. */
function spellings(spec: ArgSpec): Map<string, string> {
  const known = new Map(Object.keys(spec).map((name) => [name, name]))
  for (const [name, arg] of Object.entries(spec)) for (const alias of arg.aliases ?? []) if (!known.has(alias)) known.set(alias, name)
  return known
}

/** The given arguments by declared name; an alias wins over the declared name, as in Ansible. */
function collect(spec: ArgSpec, raw: Readonly<Data>, place: Place): Map<string, Given> {
  const known = spellings(spec), given = new Map<string, Given>()
  for (const [key, value] of Object.entries(raw)) {
    const name = known.get(key)
    if (name === undefined) {
      // Ansible meets an unknown name only where its value is not omitted
      if (value instanceof Template && /\bomit\b/.test(value.source)) continue
      const near = nearest(key, known.keys())
      attempted(place, () => { throw fault('arg-unknown', keyLoc(place.container, key) ?? place.loc, { ...place, name: key, supported: names(spec), isRole: place.gathered !== undefined, isKeyword: place.within.length === 0 && place.isTaskKeyword?.(key) === true, ...(near === undefined ? {} : { near }) }) })
      continue
    }
    const why = spec[name]?.unsupported
    // a template may turn out to be omitted, and nothing is what it is without
    if (why !== undefined && (isOpen(value) || value === null)) continue
    if (why !== undefined) throw fault('arg-refused', keyLoc(place.container, key) ?? place.loc, { ...place, name: key, why })
    if (!given.has(name) || key !== name) given.set(name, { value, key })
  }
  return given
}

function convert(type: ArgType, name: string, value: unknown, loc: Loc | undefined, place: Place, isElement: boolean): unknown {
  try {
    return coerce(type, value)
  } catch (error) {
    if (error instanceof DecimalMode) throw fault('arg-mode-decimal', loc, { ...place, name, digits: error.digits, octal: error.octal })
    if (!(error instanceof BadValue)) throw error
    if (type === 'mode') throw fault('arg-mode', loc, { ...place, name, found: error.message })
    throw fault(isElement ? 'arg-element-type' : 'arg-type', loc, { ...place, name, found: pyType(value), wanted: type, why: error.message })
  }
}

/** The choice that a value means. YAML turns `yes` and `no` into booleans; where exactly one choice fits, that one was meant. */
function choose(name: string, choices: readonly (string | number | boolean)[], value: unknown, loc: Loc | undefined, place: Place): unknown {
  if (choices.some((choice) => choice === value)) return value
  const text = pyText(value)
  const words = text === 'False' ? falseWords : text === 'True' ? trueWords : []
  const meant = choices.filter((choice) => typeof choice === 'string' && words.includes(choice))
  if (meant.length === 1) return meant[0]
  const near = nearest(text, choices.map(String))
  throw fault('arg-choice', loc, { ...place, name, choices: choices.map(pyText), found: text, ...(near === undefined ? {} : { near }) })
}

function nested(name: string, options: ArgSpec, value: unknown, container: unknown, place: Place): Data {
  const within = [...place.within, name]
  if (!isDict(value)) throw fault('arg-type', valueLoc(container, name) ?? place.loc, { ...place, name, found: pyType(value), wanted: 'dict', why: 'it must be a mapping' })
  return validate(options, undefined, Object.fromEntries(dictEntries(value).map(([key, item]) => [pyText(key), item])), {
    ...place, container: value, within, loc: locOf(value) ?? locAt(place, name),
  })
}

function valueOf(name: string, arg: Arg, given: Given, place: Place): unknown {
  const loc = locAt(place, given.key)
  const value = convert(arg.type, given.key, given.value, loc, place, false)
  if (Array.isArray(value)) {
    return value.map((item: unknown, index) => {
      const at = valueLoc(given.value, index) ?? loc
      const element = arg.elements === undefined ? item : convert(arg.elements, name, item, at, place, true)
      if (arg.choices !== undefined) return choose(name, arg.choices, element, at, place)
      return arg.options === undefined ? element : nested(name, arg.options, element, given.value, place)
    })
  }
  if (arg.choices !== undefined) return choose(given.key, arg.choices, value, loc, place)
  return arg.options === undefined ? value : nested(name, arg.options, value, place.container, place)
}

function checkPresence(rules: ArgRules, has: (name: string) => boolean, place: Place): void {
  const loc = locOf(place.container) ?? place.loc
  for (const group of rules.requiredTogether ?? []) {
    const missing = group.filter((name) => !has(name))
    if (missing.length > 0 && missing.length < group.length) throw fault('arg-together', loc, { ...place, names: group, missing })
  }
  for (const group of rules.requiredOneOf ?? []) if (!group.some(has)) throw fault('arg-one-of', loc, { ...place, names: group })
  for (const [name, needed] of Object.entries(rules.requiredBy ?? {})) {
    const missing = has(name) ? needed.filter((one) => !has(one)) : []
    if (missing.length > 0) throw fault('arg-required-by', loc, { ...place, name, missing })
  }
}
function checkRequiredIf(rules: ArgRules, out: Readonly<Data>, has: (name: string) => boolean, place: Place): void {
  for (const [name, value, needed, any = false] of rules.requiredIf ?? []) {
    if (out[name] !== value) continue
    const missing = needed.filter((one) => !has(one))
    if (missing.length === 0 || (any && missing.length < needed.length)) continue
    throw fault('arg-required-if', valueLoc(place.container, name) ?? place.loc, { ...place, name, value: pyText(value), needs: any ? 'any' : 'all', missing })
  }
}
function checkExclusive(rules: ArgRules | undefined, given: ReadonlyMap<string, Given>, place: Place): void {
  for (const group of rules?.mutuallyExclusive ?? []) {
    const found = group.filter((name) => given.has(name))
    const last = given.get(found.at(-1) ?? '')
    if (found.length > 1) throw fault('arg-exclusive', keyLoc(place.container, last?.key) ?? place.loc, { ...place, names: group })
  }
}

/** Whether to go on: a fault is thrown, or gathered. */
function attempted(place: Place, work: () => void): void {
  try { work() } catch (error) {
    if (place.gathered === undefined || !(error instanceof Fault)) throw error
    place.gathered.push(error)
  }
}

function validate(spec: ArgSpec, rules: ArgRules | undefined, raw: Readonly<Data>, place: Place): Data {
  const given = collect(spec, raw, place)
  checkExclusive(rules, given, place)
  const missing = Object.keys(spec).filter((name) => spec[name]?.required === true && !given.has(name)).sort()
  if (missing.length > 0) attempted(place, () => { throw fault('arg-missing', locOf(place.container) ?? place.loc, { ...place, missing }) })
  const out: Data = {}
  for (const [name, arg] of Object.entries(spec)) {
    const one = given.get(name)
    if (one === undefined || one.value === undefined || (one.value === null && arg.required !== true && arg.default === undefined)) {
      if (arg.default !== undefined && (one === undefined || one.value === undefined)) out[name] = arg.default
    } else attempted(place, () => { out[name] = valueOf(name, arg, one, place) })
  }
  const has = (name: string): boolean => given.has(name) || (out[name] !== undefined && out[name] !== null)
  if (rules !== undefined) { checkPresence(rules, has, place); checkRequiredIf(rules, out, has, place) }
  return out
}

/**
 * The typed arguments. `raw` is templated, `omit` dropped. A `mode` comes back as at least four octal digits, as symbols or `preserve`;
 * a list or dict default is the spec's own object: not to be changed. Throws a Fault with the place of the argument.
 */
export function validateArgs<const S extends ArgSpec>(spec: S, rules: ArgRules | undefined, raw: Readonly<Data>, where: ArgPlace): Args<S>
export function validateArgs(spec: ArgSpec, rules: ArgRules | undefined, raw: Readonly<Data>, where: ArgPlace): Data {
  return validate(spec, rules, raw, { ...where, within: [] })
}

/** All that is wrong with the arguments, not only the first fault. */
export function argFaults(spec: ArgSpec, raw: Readonly<Data>, where: ArgPlace): readonly Fault[] {
  const gathered: Fault[] = []
  const place: Place = { ...where, within: [], gathered }
  attempted(place, () => validate(spec, undefined, raw, place))
  return gathered
}

/** True where a value holds, at any depth, text that only the run can evaluate. */
export function isOpen(value: unknown): boolean {
  if (value instanceof Template || value instanceof VaultText) return true
  if (Array.isArray(value)) return value.some(isOpen)
  return isDict(value) && dictEntries(value).some(([, item]) => isOpen(item))
}

/** What can be known at load time: names, refused arguments, types and choices of literal values. `_raw_params` is the engine's. */
export function checkArgNames(spec: ArgSpec, rules: ArgRules | undefined, rawContainer: unknown, where: Omit<ArgPlace, 'container'>): void {
  if (!isDict(rawContainer)) return
  const place: Place = { ...where, container: rawContainer, within: [] }
  const raw = Object.fromEntries(dictEntries(rawContainer).filter(([key]) => key !== '_raw_params').map(([key, value]) => [pyText(key), value]))
  const given = collect(spec, raw, place)
  checkExclusive(rules, new Map([...given].filter(([, one]) => !isOpen(one.value))), place)
  for (const [name, one] of given) {
    const arg = spec[name]
    if (arg === undefined || isOpen(one.value) || one.value === null) continue
    // Ansible makes text of a list here, brackets and all; nobody means that
    if (arg.type === 'path' && typeof one.value === 'object') throw fault('arg-type', locAt(place, one.key), { ...place, name: one.key, found: pyType(one.value), wanted: 'path', why: 'it takes one path' })
    valueOf(name, arg, one, place)
  }
}

/** Arguments that must be there, where every name is known and nothing else can add to them. */
export function checkArgPresence(spec: ArgSpec, rules: ArgRules | undefined, rawContainer: unknown, module: string, loc?: Loc): void {
  if (!isDict(rawContainer)) return
  const place: Place = { module, container: rawContainer, within: [], loc }
  const given = collect(spec, Object.fromEntries(dictEntries(rawContainer).filter(([key]) => key !== '_raw_params').map(([key, value]) => [pyText(key), value])), place)
  const missing = Object.keys(spec).filter((name) => spec[name]?.required === true && !given.has(name)).sort()
  if (missing.length > 0) throw fault('arg-missing', loc ?? locOf(rawContainer), { ...place, missing })
  for (const group of rules?.requiredOneOf ?? []) if (!group.some((name) => given.has(name))) throw fault('arg-one-of', loc ?? locOf(rawContainer), { ...place, names: group })
}

const jsonTypes: Readonly<Record<ArgType, Json>> = {
  str: { type: ['string', 'number', 'boolean'] }, path: { type: 'string' }, bool: { anyOf: [{ type: 'boolean' }, { enum: ['yes', 'no', 'on', 'off', 'true', 'false', 0, 1] }] },
  int: { anyOf: [{ type: 'integer' }, { type: 'string', pattern: '^[+-]?\\d+$' }] }, float: { type: ['number', 'string'] },
  mode: { anyOf: [{ type: 'string' }, { type: 'integer', maximum: 4095 }] }, list: { type: ['array', 'string', 'number'] },
  dict: { type: ['object', 'string'] }, raw: {}, bytes: { type: ['string', 'number'] },
}
const template: Json = { type: 'string', pattern: '\\{\\{|\\{%' }

/** The choices, and the booleans that YAML makes of `yes`, `no` and their like. */
function choicesSchema(choices: readonly (string | number | boolean)[]): Json {
  const words = choices.filter((choice) => typeof choice === 'string')
  const has = (these: readonly string[]): boolean => words.filter((word) => these.includes(word)).length === 1
  return { enum: [...choices, ...(has(trueWords) ? [true] : []), ...(has(falseWords) ? [false] : [])] }
}
function argSchema(arg: Arg): Json {
  const inner: Json = arg.options === undefined ? (arg.elements === undefined ? {} : jsonTypes[arg.elements]) : toJsonSchema(arg.options)
  const element: Json = arg.choices === undefined ? inner : choicesSchema(arg.choices)
  if (arg.type === 'list') return { anyOf: [{ type: 'array', items: { anyOf: [element, template] } }, { type: ['string', 'number'] }] }
  if (arg.type === 'dict' && arg.options !== undefined) return { anyOf: [inner, template] }
  return { anyOf: [arg.choices === undefined ? jsonTypes[arg.type] : choicesSchema(arg.choices), template] }
}

/** JSON Schema of a module's arguments: each is its type or text with a template. */
export function toJsonSchema(spec: ArgSpec): { readonly [key: string]: Json } {
  const properties: { [key: string]: Json } = {}
  for (const [name, arg] of Object.entries(spec)) {
    if (arg.unsupported !== undefined) continue
    const own = { description: arg.doc, ...(arg.default === undefined ? {} : { default: arg.default }) }
    for (const spelling of [name, ...(arg.aliases ?? [])]) properties[spelling] = { ...own, ...Object(argSchema(arg)) }
  }
  const required = Object.keys(spec).filter((name) => spec[name]?.required === true && (spec[name]?.aliases ?? []).length === 0)
  return { type: 'object', properties, additionalProperties: false, ...(required.length === 0 ? {} : { required }) }
}

/**
 * JSON Schema (draft 7, what editors read) of playbooks and of files of tasks, from the keyword table and the modules' own
 * declarations. The set of modules is closed, so arguments are checked too.
 */
import { toJsonSchema } from '../core/args.ts'
import type { Json } from '../core/types.ts'
import type { ArgRules, ArgSpec } from '../core/plan.ts'
import { includeKeywords, keywords, loopControls, namesOn, promptKeys } from '../playbook/keywords.ts'
import type { Keyword, KeywordType, Place } from '../playbook/keywords.ts'

/** What is needed of a module or action. */
export interface Described {
  readonly name: string
  readonly doc: string
  readonly args: ArgSpec
  readonly rules?: ArgRules
  readonly freeForm?: string
  readonly aliases?: readonly string[]
  /** Takes any names beside its own (set_fact). */
  readonly open?: boolean
}
type Schema = { readonly [key: string]: Json }

const template: Schema = { type: 'string', pattern: '\\{\\{|\\{%' }
const ref = (name: string): Schema => ({ $ref: `#/definitions/${name}` })
const either = (...options: Json[]): Schema => ({ anyOf: options })
const listOrOne = (one: Json): Schema => either(one, { type: 'array', items: one })
const yesNo: Schema = either({ type: 'boolean' }, { enum: ['yes', 'no', 'on', 'off', 'true', 'false'] })
const text: Schema = { type: ['string', 'number', 'boolean'] }

const types: Readonly<Record<KeywordType, Schema>> = {
  bool: either(yesNo, template), int: either({ type: 'integer' }, { type: 'string', pattern: '^\\s*\\d+\\s*$' }, template), float: either({ type: 'number' }, { type: 'string' }),
  str: text, percent: { type: ['number', 'string'] }, strings: listOrOne(text), dict: { type: ['object', 'null'] }, dicts: listOrOne(either({ type: 'object' }, template)),
  list: either({ type: 'array' }, { type: 'string' }), conditions: listOrOne({ type: ['string', 'boolean'] }), tags: listOrOne({ type: ['string', 'number'] }),
  nodes: either(ref('tasks'), { type: 'null' }), roles: either({ type: 'array', items: ref('role') }, { type: 'null' }), serial: listOrOne({ type: ['integer', 'string'] }),
  prompts: listOrOne(prompt()), any: {},
}
function prompt(): Schema {
  return { type: 'object', required: ['name'], additionalProperties: false, properties: Object.fromEntries(promptKeys.map((key) => [key, {}])) }
}

function ofKeyword(name: string, keyword: Keyword): Schema {
  const own: Schema = name === 'loop_control' ? loopControl()
    : name === 'name' ? { type: ['string', 'number', 'boolean', 'null'] }
    : name === 'handlers' ? either(ref('handlers'), { type: 'null' })
    : name === 'register' ? either({ type: 'string', pattern: '^[A-Za-z_][A-Za-z0-9_]*$' }, { type: 'object' })
    : name === 'vars' ? { type: ['object', 'null'], propertyNames: { pattern: '^[^\\W\\d]\\w*$' } }
    : name === 'loop' ? either({ type: 'array' }, template)
    : keyword.choices !== undefined ? either({ enum: keyword.choices }, template) : types[keyword.type]
  const description = keyword.ignored === undefined ? keyword.doc : `${keyword.doc} Has no effect: ${keyword.ignored}.`
  return { description, ...(keyword.default === undefined ? {} : { default: keyword.default }), ...own }
}
function loopControl(): Schema {
  const properties = Object.fromEntries(Object.entries(loopControls).map(([name, type]) => [name, name === 'label' ? {} : types[type]]))
  return { type: 'object', additionalProperties: false, properties }
}
const keywordsOf = (place: Place): { [key: string]: Json } =>
  Object.fromEntries(namesOn(place).flatMap((name) => { const row = keywords[name]; return row === undefined ? [] : [[name, ofKeyword(name, row)] as const] }))

/** A module's arguments: a mapping, text where it takes any or as `k=v`, nothing where none is required. */
function ofModule(module: Described): Schema {
  const isBare = !Object.values(module.args).some((arg) => arg.required === true)
  const own = toJsonSchema(module.args)
  const spec: Schema = module.open === true ? { ...own, additionalProperties: true } : own
  const forms: Json[] = [spec, { type: 'string', ...(module.freeForm === undefined ? { pattern: '=|\\{\\{' } : {}) }]
  return { description: module.doc, anyOf: isBare ? [...forms, { type: 'null' }] : forms }
}

const structural: Readonly<Record<string, Schema>> = {
  include_tasks: either({ type: 'string' }, { type: 'object', required: ['file'], additionalProperties: false, properties: { file: { type: 'string' }, apply: { type: 'object' } } }),
  import_tasks: either({ type: 'string' }, { type: 'object', required: ['file'], additionalProperties: false, properties: { file: { type: 'string' } } }),
  include_role: roleArgs({ apply: { type: 'object' }, rescuable: yesNo }), import_role: roleArgs({}),
  async_status: either({ type: 'object', required: ['jid'], additionalProperties: false, properties: { jid: text, mode: { enum: ['status', 'cleanup'] } } }, { type: 'string', pattern: '=' }),
  meta: { enum: ['flush_handlers', 'refresh_inventory', 'noop', 'clear_facts', 'clear_host_errors', 'end_host', 'end_batch', 'end_play', 'end_role', 'reset_connection'] },
}
function roleArgs(more: { readonly [key: string]: Json }): Schema {
  const properties = {
    name: { type: 'string' }, role: { type: 'string' }, tasks_from: { type: 'string' }, vars_from: { type: 'string' }, defaults_from: { type: 'string' },
    handlers_from: { type: 'string' }, public: yesNo, allow_duplicates: yesNo, rolespec_validate: yesNo, ...more,
  }
  return either({ type: 'string', pattern: '=' }, { type: 'object', additionalProperties: false, properties, anyOf: [{ required: ['name'] }, { required: ['role'] }] })
}
const full = (name: string): readonly string[] => [name, `ansible.builtin.${name}`, `ansible.legacy.${name}`]
const spellings = (name: string, more: readonly string[] = []): readonly string[] => [...full(name), ...more.flatMap(full)]

/** `with_*` may stand in tasks only. */
function task(place: 'task' | 'handler', modules: readonly Described[]): Schema {
  const properties = keywordsOf(place)
  for (const module of modules) for (const name of spellings(module.name, module.aliases)) properties[name] = ref(`module ${module.name}`)
  for (const name of Object.keys(structural)) for (const one of spellings(name)) properties[one] = ref(`module ${name}`)
  return { type: 'object', properties, patternProperties: { '^with_': {} }, additionalProperties: false, minProperties: 1 }
}

function definitions(modules: readonly Described[]): { readonly [key: string]: Json } {
  const named = Object.fromEntries(modules.map((module) => [`module ${module.name}`, ofModule(module)] as const))
  const own = Object.fromEntries(Object.entries(structural).map(([name, schema]) => [`module ${name}`, schema] as const))
  return {
    ...named, ...own, task: task('task', modules), handler: task('handler', modules),
    block: { type: 'object', required: ['block'], properties: keywordsOf('block'), additionalProperties: false },
    tasks: { type: 'array', items: { if: { required: ['block'] }, then: ref('block'), else: ref('task') } },
    handlers: { type: 'array', items: ref('handler') },
    role: either({ type: 'string' }, { type: 'object', properties: keywordsOf('role'), anyOf: [{ required: ['role'] }, { required: ['name'] }] }),
    play: { type: 'object', required: ['hosts'], properties: keywordsOf('play'), additionalProperties: false },
    import: {
      type: 'object', additionalProperties: false, minProperties: 1,
      properties: { ...Object.fromEntries(full('import_playbook').map((name) => [name, { type: 'string' }])), name: text, vars: { type: 'object' }, tags: types.tags, when: types.conditions },
    },
  }
}
const head = (title: string): Schema => ({ $schema: 'http://json-schema.org/draft-07/schema#', title })

/** Schema of a playbook file. */
export function playbookSchema(modules: readonly Described[]): Schema {
  const items: Schema = { if: { required: ['hosts'] }, then: ref('play'), else: ref('import') }
  return { ...head('Playbook of play'), type: 'array', minItems: 1, items, definitions: definitions(modules) }
}
/** Schema of a file of tasks or handlers. */
export function tasksSchema(modules: readonly Described[]): Schema {
  return { ...head('Tasks of play'), ...ref('tasks'), definitions: definitions(modules) }
}
/** Keywords that an include may carry, for the docs. */
export const onIncludes = (): string[] => [...includeKeywords].filter((name) => keywords[name] !== undefined).sort()

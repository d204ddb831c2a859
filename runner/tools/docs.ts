/** Reference pages in Markdown, made from declarations only: modules, keywords, and the variables of roles. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Arg, ArgRules, ArgSpec } from '../core/plan.ts'
import { pyText } from '../core/pytext.ts'
import { dictEntries, dictGet, isDict, Template } from '../core/value.ts'
import { keywords, namesOn } from '../playbook/keywords.ts'
import { dumpYaml } from '../yaml/dump.ts'
import { loadYaml } from '../yaml/load.ts'
import type { Described } from './schema.ts'

type Row = readonly string[]
const cell = (text: string): string => text.trim().replaceAll('|', '\\|').replaceAll(/\s*\n\s*/g, '<br>')
const table = (head: Row, rows: readonly Row[]): string =>
  [head, head.map(() => '---'), ...rows].map((row) => `| ${row.map(cell).join(' | ')} |`).join('\n')
const code = (text: string): string => text.includes('`') ? `\`\` ${text} \`\`` : `\`${text}\``

/** A value as one would write it on one line of YAML. */
function shown(value: unknown): string {
  if (value instanceof Template) return code(value.source)
  if (value === '') return code('""')
  if (typeof value === 'string') return code(value.trimEnd().replaceAll('\n', '\\n'))
  return code(dumpYaml(plain(value), { flow: 'flow', width: 10_000, sortKeys: false }).replace(/\n(\.\.\.\n)?$/, ''))
}
function plain(value: unknown): unknown {
  if (value instanceof Template) return value.source
  if (Array.isArray(value)) return value.map(plain)
  return isDict(value) ? Object.fromEntries(dictEntries(value).map(([key, item]) => [pyText(key), plain(item)])) : value
}

// ---------------------------------------------------------------- modules

const typeOf = (arg: Arg): string => arg.type === 'list' && arg.elements !== undefined ? `list of ${arg.elements}` : arg.type
function argRows(spec: ArgSpec, before: string): Row[] {
  return Object.entries(spec).flatMap(([name, arg]) => {
    const path = `${before}${name}`
    const notes = [
      arg.unsupported === undefined ? arg.doc : `Not supported: ${arg.unsupported}.`,
      arg.choices === undefined ? '' : `One of ${arg.choices.map((choice) => code(String(choice))).join(', ')}.`,
      arg.aliases === undefined || arg.aliases.length === 0 ? '' : `Also written ${arg.aliases.map(code).join(', ')}.`, arg.secret === true ? 'Never shown.' : '',
    ]
    const value = arg.required === true ? '**required**' : arg.default === undefined ? '' : shown(arg.default)
    const own = [code(path), typeOf(arg), value, notes.filter((note) => note !== '').join(' ')]
    return [own, ...(arg.options === undefined ? [] : argRows(arg.options, `${path}${arg.type === 'list' ? '[]' : ''}.`))]
  })
}
const joined = (names: readonly string[]): string => names.map(code).join(', ')
function ruleLines(rules: ArgRules): string[] {
  return [
    ...(rules.mutuallyExclusive ?? []).map((names) => `- only one of ${joined(names)}`), ...(rules.requiredOneOf ?? []).map((names) => `- at least one of ${joined(names)}`),
    ...(rules.requiredTogether ?? []).map((names) => `- ${joined(names)} together`),
    ...(rules.requiredIf ?? []).map(([name, value, needed, any = false]) => `- with ${code(`${name}: ${String(value)}`)} also ${any ? 'one of ' : ''}${joined(needed)}`),
    ...Object.entries(rules.requiredBy ?? {}).map(([name, needed]) => `- ${code(name)} needs ${joined(needed)}`),
  ]
}

/** The page of one module. */
export function moduleDoc(module: Described): string {
  const rules = module.rules === undefined ? [] : ruleLines(module.rules)
  const parts = [
    `# ${module.name}`, module.doc,
    module.aliases === undefined || module.aliases.length === 0 ? '' : `Also called ${joined(module.aliases)}.`,
    module.freeForm === undefined ? '' : `Free text is ${code(module.freeForm)}: ${code(`${module.name}: …`)}.`,
    Object.keys(module.args).length === 0 ? 'It takes no arguments.' : table(['argument', 'type', 'default', ''], argRows(module.args, '')),
    rules.length === 0 ? '' : `## Together\n\n${rules.join('\n')}`,
  ]
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`
}
/** The list of all modules, with links to their pages. */
export function moduleIndex(modules: readonly Described[]): string {
  const rows = [...modules].sort((a, b) => a.name < b.name ? -1 : 1).map((module) => [`[${module.name}](${module.name}.md)`, module.doc])
  return `# Modules\n\n${table(['module', ''], rows)}\n`
}

// ---------------------------------------------------------------- keywords

const inheritance = { no: '', nearest: 'the innermost counts', append: 'added, outer first', union: 'added' } as const
/** All keywords of plays, roles, blocks and tasks. */
export function keywordDoc(): string {
  const places = ['play', 'role', 'block', 'task', 'handler'] as const
  const rows = Object.entries(keywords).map(([name, row]) => [
    code(name), places.filter((place) => namesOn(place).includes(name)).join(', '), row.type, row.default === undefined ? '' : shown(row.default), inheritance[row.inherit],
    [row.doc, row.choices === undefined ? '' : `One of ${joined(row.choices.filter((choice) => !choice.includes('.')))}.`, row.ignored === undefined ? '' : `Has no effect: ${row.ignored}.`].filter((part) => part !== '').join(' '),
  ])
  return `# Keywords\n\n${table(['keyword', 'on', 'type', 'default', 'inside', ''], rows)}\n`
}

// ---------------------------------------------------------------- roles

const lines = (value: unknown): string => Array.isArray(value) ? value.map(pyText).join('\n') : value === undefined || value === null ? '' : pyText(value)

/** Rows of the options of an argument specification. `defaults`: what the role sets itself. */
function optionRows(options: unknown, before: string, defaults: unknown): Row[] {
  if (!isDict(options)) return []
  return dictEntries(options).flatMap(([key, option]) => {
    const name = pyText(key), path = `${before}${name}`
    const field = (word: string): unknown => isDict(option) ? dictGet(option, word) : undefined
    const value = field('default') ?? (isDict(defaults) ? dictGet(defaults, name) : undefined)
    const type = pyText(field('type') ?? 'str'), elements = field('elements'), choices = field('choices')
    const notes = [lines(field('description')), Array.isArray(choices) ? `One of ${choices.map((choice) => code(pyText(choice))).join(', ')}.` : '']
    const own = [code(path), elements === undefined ? type : `${type} of ${pyText(elements)}`, field('required') === true ? '**required**' : value === undefined || value === null ? '' : shown(value), notes.filter((note) => note !== '').join(' ')]
    return [own, ...optionRows(field('options'), `${path}${type === 'list' ? '[]' : ''}.`, undefined)]
  })
}

/** The section of one role: each entry point of its argument specification with its variables. */
export function rolePage(name: string, specs: unknown, defaults: unknown): string {
  const entries = isDict(specs) ? dictEntries(specs) : []
  const parts = entries.map(([key, spec]) => {
    const entry = pyText(key), field = (word: string): unknown => isDict(spec) ? dictGet(spec, word) : undefined
    const rows = optionRows(field('options'), '', entry === 'main' ? defaults : undefined)
    return [
      entry === 'main' ? '' : `### ${code(`tasks_from: ${entry}`)}`, lines(field('short_description')), lines(field('description')),
      rows.length === 0 ? '' : table(['variable', 'type', 'default', ''], rows),
    ].filter((part) => part !== '').join('\n\n')
  })
  return `## ${name}\n\n${parts.length === 0 ? 'This role has no argument specification.' : parts.join('\n\n')}\n`
}

const read = (path: string): unknown => existsSync(path) ? loadYaml(readFileSync(path, 'utf8'), path).value : undefined
const firstOf = (...paths: readonly string[]): unknown => paths.map(read).find((value) => value !== undefined)

/** The variables of all roles of a folder, in name order. */
export function roleDocs(rolesDir: string): string {
  const names = readdirSync(rolesDir).filter((name) => statSync(join(rolesDir, name)).isDirectory()).sort()
  return names.map((name) => {
    const at = (...parts: string[]): string => join(rolesDir, name, ...parts)
    const apart = firstOf(at('meta', 'argument_specs.yml'), at('meta', 'argument_specs.yaml'))
    const meta = apart ?? firstOf(at('meta', 'main.yml'), at('meta', 'main.yaml'))
    return rolePage(name, isDict(meta) ? dictGet(meta, 'argument_specs') : undefined, firstOf(at('defaults', 'main.yml'), at('defaults', 'main.yaml')))
  }).join('\n')
}

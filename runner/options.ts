/** The command line: its words against the table of options, the help text, and which command is meant. */
import { readFileSync } from 'node:fs'
import { isOn, type Settings } from './config.ts'
import { fault } from './core/errors.ts'
import { nearest } from './core/near.ts'
import { adhocOf } from './adhoc-options.ts'
import { tableOf, type Flag, type FlagName, type Table } from './flags.ts'
import { about, exitCodes, type Kind } from './help.ts'
import { toOptions, type PlayOptions } from './run-options.ts'

export type ListKind = 'hosts' | 'tasks' | 'tags' | 'syntax'
export type CommandLine =
  | { readonly command: 'help' | 'version'; readonly text: string }
  | { readonly command: 'inventory' | 'vault'; readonly args: readonly string[] }
  | {
    readonly command: 'play'; readonly options: PlayOptions
    readonly list: readonly ListKind[] | undefined; readonly askConnection: boolean; readonly askBecome: boolean
    /** What was given and has no effect. */
    readonly warnings: readonly string[]
  }

type Given = { readonly values: Map<FlagName, string[]>; readonly rest: string[] }

const usage = (message: string, near?: string): Error => fault('usage', undefined, { message, near })

function lookUp(table: Table, name: string): readonly [FlagName, Flag] {
  const exact = table.find(([, flag]) => flag.names.includes(name))
  if (exact !== undefined) return supported(exact)
  const prefixed = name.startsWith('--') && name.length > 2 ? table.filter(([, flag]) => flag.names.some((one) => one.startsWith(name))) : []
  const [only] = prefixed
  if (only !== undefined && prefixed.length === 1) return supported(only)
  throw usage(`there is no option ${name}`, nearest(name, table.flatMap(([, flag]) => [...flag.names])))
}

function supported(found: readonly [FlagName, Flag]): readonly [FlagName, Flag] {
  const [, { names, unsupported }] = found
  if (unsupported !== undefined) throw usage(`${names.join(', ')} is not supported: ${unsupported}`)
  return found
}

function parse(table: Table, argv: readonly string[]): Given {
  const values = new Map<FlagName, string[]>(), rest: string[] = []
  const add = (name: FlagName, value: string): void => { values.set(name, [...values.get(name) ?? [], value]) }
  for (let i = 0; i < argv.length; i++) {
    const word = argv[i] ?? ''
    if (word === '--') { rest.push(...argv.slice(i + 1)); break }
    if (!word.startsWith('-') || word === '-') { rest.push(word); continue }
    const equals = word.startsWith('--') ? word.indexOf('=') : -1
    if (equals > 0 || word.startsWith('--')) {
      const [name, flag] = lookUp(table, equals > 0 ? word.slice(0, equals) : word)
      if (flag.value === undefined && equals > 0) throw usage(`${word.slice(0, equals)} takes no value`)
      add(name, flag.value === undefined ? '' : equals > 0 ? word.slice(equals + 1) : valueAfter(argv, ++i, word))
      continue
    }
    for (let at = 1; at < word.length; at++) {
      const [name, flag] = lookUp(table, `-${word[at] ?? ''}`)
      if (flag.value === undefined) { add(name, ''); continue }
      const attached = word.slice(at + 1)
      add(name, attached === '' ? valueAfter(argv, ++i, `-${word[at] ?? ''}`) : attached.replace(/^=/, ''))
      break
    }
  }
  return { values, rest }
}
function valueAfter(argv: readonly string[], at: number, name: string): string {
  const value = argv[at]
  if (value === undefined) throw usage(`${name} needs a value`)
  return value
}

export function helpText(kind: Kind = 'playbooks'): string {
  const table = tableOf(kind)
  const groups = [...new Set(table.map(([, flag]) => flag.group))]
  const lines = groups.flatMap((group) => ['', `${group}:`, ...table.filter(([, flag]) => flag.group === group && flag.unsupported === undefined).map(([, flag]) => {
    const left = `  ${flag.names.slice(0, 2).join(', ')}${flag.value === undefined ? '' : ` ${flag.value}`}`
    return left.length > 30 ? `${left}\n${' '.repeat(32)}${flag.help}` : `${left.padEnd(32)}${flag.help}`
  })])
  return `${[...about[kind].head, ...lines, '', ...exitCodes, '', 'Examples:', ...about[kind].examples].join('\n')}\n`
}

export function versionText(): string {
  const found: unknown = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
  const version = typeof found === 'object' && found !== null && 'version' in found ? String(found.version) : '?'
  return `play ${version} (language of ansible-core 2.21, node ${process.versions.node})\n`
}

/** Throws a `usage` fault for anything that is not understood. */
export function parseCommandLine(argv: readonly string[], settings: Settings): CommandLine {
  const [first] = argv
  if (first === 'inventory' || first === 'vault') return { command: first, args: argv.slice(1) }
  const kind: Kind = first === 'adhoc' ? 'adhoc' : 'playbooks'
  const { values, rest } = parse(tableOf(kind), kind === 'adhoc' ? argv.slice(1) : argv)
  if (values.has('help')) return { command: 'help', text: helpText(kind) }
  if (values.has('version')) return { command: 'version', text: versionText() }
  const playbooks = kind === 'adhoc' ? [] : rest
  if (kind === 'playbooks' && rest.length === 0) throw usage('no playbook was given: play PLAYBOOK... -i INVENTORY')
  for (const [one, other] of exclusive) if (values.has(one) && values.has(other)) throw usage(`${longest(one)} and ${longest(other)} exclude each other`)
  const kinds: readonly (readonly [FlagName, ListKind])[] = [['syntaxCheck', 'syntax'], ['listHosts', 'hosts'], ['listTasks', 'tasks'], ['listTags', 'tags']]
  const list = kinds.filter(([name]) => values.has(name)).map(([, one]) => one)
  const warnings: string[] = []
  const options = toOptions(values, playbooks, settings, (message) => { warnings.push(message) })
  return {
    command: 'play', options: kind === 'adhoc' ? { ...options, ...adhocOf(values, rest, settings) } : options, list: list.length === 0 ? undefined : list, warnings,
    askConnection: values.has('askPass') || (isOn(settings['ANSIBLE_ASK_PASS']) && options.connectionPassword === undefined),
    askBecome: values.has('askBecome') || (isOn(settings['ANSIBLE_BECOME_ASK_PASS']) && options.becomePassword === undefined),
  }
}
const exclusive: readonly (readonly [FlagName, FlagName])[] = [['askPass', 'connectionPasswordFile'], ['askBecome', 'becomePasswordFile'], ['askVault', 'vaultFile']]
const longest = (name: FlagName): string => tableOf('playbooks').find(([one]) => one === name)?.[1].names.find((one) => one.startsWith('--')) ?? name

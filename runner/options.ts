/** The command line's options: one table gives parsing, errors and the help text. Names are those of ansible-playbook. */
import { readFileSync } from 'node:fs'
import { isOn, collectionsPath, rolesPath, type Settings } from './config.ts'
import { fault } from './core/errors.ts'
import { nearest } from './core/near.ts'
import { about, exitCodes } from './help.ts'
import type { Kind } from './help.ts'
import type { Options } from './core/types.ts'

interface Flag {
  readonly names: readonly string[]
  /** Name of its value in the help; none: a switch. */
  readonly value?: string
  readonly help: string
  /** Of playbooks only, or of `play adhoc` only; else of both. */
  readonly only?: Kind
  readonly group: 'What to run' | 'How to run it' | 'Connecting' | 'Becoming another user' | 'Looking without running' | 'Vault' | 'Other'
}

const flags = {
  module: { names: ['-m', '--module-name'], value: 'NAME', help: 'the module (default command)', only: 'adhoc', group: 'What to run' },
  moduleArgs: { names: ['-a', '--args'], value: 'ARGS', help: 'its arguments: k=v, a command, or a JSON mapping', only: 'adhoc', group: 'What to run' },
  inventory: { names: ['-i', '--inventory', '--inventory-file'], value: 'PATH', help: 'inventory file, folder, script, or "host1,host2,"; may be given again', group: 'What to run' },
  limit: { names: ['-l', '--limit', '--subset'], value: 'PATTERN', help: 'only these hosts: web:&prod:!old, globs, ~regex, @file', group: 'What to run' },
  tags: { names: ['-t', '--tags'], value: 'TAGS', help: 'only plays and tasks with these tags', only: 'playbooks', group: 'What to run' },
  skipTags: { names: ['--skip-tags'], value: 'TAGS', help: 'not those with these tags', only: 'playbooks', group: 'What to run' },
  role: { names: ['--role'], value: 'NAME', help: 'only this role of the playbook, with all that its play gives it', only: 'playbooks', group: 'What to run' },
  startAt: { names: ['--start-at-task'], value: 'NAME', help: 'begin at the task of this name', only: 'playbooks', group: 'What to run' },
  extraVars: { names: ['-e', '--extra-vars'], value: 'VARS', help: 'variables over all others: k=v, YAML, JSON, @file', group: 'What to run' },
  check: { names: ['-C', '--check'], help: 'change nothing, say what would change', group: 'How to run it' },
  diff: { names: ['-D', '--diff'], help: 'show differences of what changes', group: 'How to run it' },
  dryRun: { names: ['--dry-run'], help: 'the same as --check --diff', group: 'How to run it' },
  forks: { names: ['-f', '--forks'], value: 'N', help: 'hosts at once (default 50)', group: 'How to run it' },
  forceHandlers: { names: ['--force-handlers'], help: 'run handlers even where a task failed', only: 'playbooks', group: 'How to run it' },
  verbose: { names: ['-v', '--verbose'], help: 'say more; -vv, -vvv still more', group: 'How to run it' },
  taskTimeout: { names: ['--task-timeout'], value: 'SECONDS', help: 'the task fails after this time', only: 'adhoc', group: 'How to run it' },
  background: { names: ['-B', '--background'], value: 'SECONDS', help: 'run in the background, at most this long', only: 'adhoc', group: 'How to run it' },
  poll: { names: ['-P', '--poll'], value: 'SECONDS', help: 'look after it this often (default 15); 0: leave it', only: 'adhoc', group: 'How to run it' },
  oneLine: { names: ['-o', '--one-line'], help: 'one line a host', only: 'adhoc', group: 'How to run it' },
  tree: { names: ['-t', '--tree'], value: 'FOLDER', help: 'also write the result of each host into a file there', only: 'adhoc', group: 'How to run it' },
  playbookDir: { names: ['--playbook-dir'], value: 'FOLDER', help: 'look for roles, group_vars and files as a playbook there would', only: 'adhoc', group: 'How to run it' },
  output: { names: ['--output'], value: 'FORM', help: 'human (default), json (one event a line)', group: 'How to run it' },
  user: { names: ['-u', '--user'], value: 'NAME', help: 'log in as this user', group: 'Connecting' },
  connection: { names: ['-c', '--connection'], value: 'KIND', help: 'ssh (default), openssh, docker, podman, local', group: 'Connecting' },
  privateKey: { names: ['--private-key', '--key-file'], value: 'FILE', help: 'log in with this key', group: 'Connecting' },
  timeout: { names: ['-T', '--timeout'], value: 'SECONDS', help: 'give up connecting after this time', group: 'Connecting' },
  sshCommonArgs: { names: ['--ssh-common-args'], value: 'ARGS', help: 'options as ssh has them (-o ProxyJump=…)', group: 'Connecting' },
  sshExtraArgs: { names: ['--ssh-extra-args'], value: 'ARGS', help: 'the same', group: 'Connecting' },
  askPass: { names: ['-k', '--ask-pass'], help: 'ask for the connection password', group: 'Connecting' },
  connectionPasswordFile: { names: ['--connection-password-file', '--conn-pass-file'], value: 'FILE', help: 'read it from this file', group: 'Connecting' },
  become: { names: ['-b', '--become'], help: 'become another user', group: 'Becoming another user' },
  becomeMethod: { names: ['--become-method'], value: 'HOW', help: 'sudo (default), su, doas', group: 'Becoming another user' },
  becomeUser: { names: ['--become-user'], value: 'NAME', help: 'this user (default root)', group: 'Becoming another user' },
  askBecome: { names: ['-K', '--ask-become-pass'], help: 'ask for the become password', group: 'Becoming another user' },
  becomePasswordFile: { names: ['--become-password-file', '--become-pass-file'], value: 'FILE', help: 'read it from this file', group: 'Becoming another user' },
  listHosts: { names: ['--list-hosts'], help: 'show the hosts that would be touched', group: 'Looking without running' },
  listTasks: { names: ['--list-tasks'], help: 'show the tasks that would run', only: 'playbooks', group: 'Looking without running' },
  listTags: { names: ['--list-tags'], help: 'show the tags there are', only: 'playbooks', group: 'Looking without running' },
  syntaxCheck: { names: ['--syntax-check'], help: 'load and check everything, run nothing', only: 'playbooks', group: 'Looking without running' },
  vaultId: { names: ['--vault-id'], value: 'ID@FILE', help: 'vault password: file, script, or ID@prompt; may be given again', group: 'Vault' },
  vaultFile: { names: ['--vault-password-file', '--vault-pass-file'], value: 'FILE', help: 'vault password file or script', group: 'Vault' },
  askVault: { names: ['-J', '--ask-vault-pass', '--ask-vault-password'], help: 'ask for the vault password', group: 'Vault' },
  version: { names: ['--version'], help: 'show the version', group: 'Other' },
  help: { names: ['-h', '--help'], help: 'show this', group: 'Other' },
} satisfies Record<string, Flag>
type FlagName = keyof typeof flags

type Table = readonly (readonly [FlagName, Flag])[]
const tableOf = (kind: Kind): Table => (Object.entries(flags) as [FlagName, Flag][]).filter(([, flag]) => (flag.only ?? kind) === kind)

export type ListKind = 'hosts' | 'tasks' | 'tags' | 'syntax'
export type CommandLine =
  | { readonly command: 'help' | 'version'; readonly text: string }
  | { readonly command: 'inventory' | 'vault'; readonly args: readonly string[] }
  | {
    readonly command: 'play'; readonly options: Options & { readonly output: 'human' | 'json' }
    readonly list: readonly ListKind[] | undefined; readonly askConnection: boolean; readonly askBecome: boolean
  }

type Given = { readonly values: Map<FlagName, string[]>; readonly rest: string[] }

const usage = (message: string, near?: string): Error => fault('usage', undefined, { message, near })

function lookUp(table: Table, name: string): readonly [FlagName, Flag] {
  const exact = table.find(([, flag]) => flag.names.includes(name))
  if (exact !== undefined) return exact
  const prefixed = name.startsWith('--') && name.length > 2 ? table.filter(([, flag]) => flag.names.some((one) => one.startsWith(name))) : []
  const [only] = prefixed
  if (only !== undefined && prefixed.length === 1) return only
  throw usage(`there is no option ${name}`, nearest(name, table.flatMap(([, flag]) => [...flag.names])))
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
  const lines = groups.flatMap((group) => ['', `${group}:`, ...table.filter(([, flag]) => flag.group === group).map(([, flag]) => {
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
  const asking = { askConnection: values.has('askPass'), askBecome: values.has('askBecome') || isOn(settings['ANSIBLE_BECOME_ASK_PASS']) }
  if (kind === 'adhoc') return { command: 'play', options: { ...toOptions(values, [], settings), ...adhocOf(values, rest, settings) }, list: values.has('listHosts') ? ['hosts'] : undefined, ...asking }
  if (rest.length === 0) throw usage('no playbook was given: play PLAYBOOK... -i INVENTORY')
  const kinds: readonly (readonly [FlagName, ListKind])[] = [['syntaxCheck', 'syntax'], ['listHosts', 'hosts'], ['listTasks', 'tasks'], ['listTags', 'tags']]
  const list = kinds.filter(([name]) => values.has(name)).map(([, kind]) => kind)
  return {
    command: 'play', options: toOptions(values, rest, settings), list: list.length === 0 ? undefined : list, ...asking,
  }
}

/** Modules that do nothing without arguments. Ansible: constants.py, MODULE_REQUIRE_ARGS. */
const needArgs = /^(ansible\.(builtin|legacy)\.)?(command|shell|raw|script)$/

/** The one task of `play adhoc`. */
function adhocOf(values: Given['values'], rest: readonly string[], settings: Settings): Pick<Options, 'adhoc' | 'playbookDir'> {
  const last = (name: FlagName): string | undefined => values.get(name)?.at(-1)
  const [pattern, ...more] = rest
  if (pattern === undefined) throw usage('no hosts were given: play adhoc PATTERN -m MODULE -a ARGS -i INVENTORY')
  if (more.length > 0) throw usage(`one pattern was expected, found also: ${more.join(' ')} (more patterns are joined by colons or commas)`)
  const module = last('module') ?? 'command', args = last('moduleArgs') ?? '', dir = last('playbookDir') ?? settings['ANSIBLE_PLAYBOOK_DIR'], tree = last('tree')
  if (needArgs.test(module) && args === '' && !values.has('listHosts')) throw usage(`No argument passed to ${module} module: give it with -a${/\.ya?ml$/.test(pattern) ? '. Did you mean to run the playbook: play ' + pattern : ''}`)
  if (/^(ansible\.(builtin|legacy)\.)?import_playbook$/.test(module)) throw usage(`'${module}' is not a valid action for one task: run the playbook itself`)
  const seconds = <K extends string>(key: K, name: FlagName, least: number): { readonly [P in K]?: number } => {
    const given = last(name)
    return (given === undefined ? {} : { [key]: wholeNumber(given, `--${name === 'taskTimeout' ? 'task-timeout' : name}`, 0, least) }) as { readonly [P in K]?: number }
  }
  return {
    adhoc: { pattern, module, args, oneLine: values.has('oneLine'), ...seconds('async', 'background', 1), ...seconds('poll', 'poll', 0), ...seconds('timeout', 'taskTimeout', 0), ...(tree === undefined ? {} : { tree }) },
    ...(dir === undefined || dir === '' ? {} : { playbookDir: dir }),
  }
}

const commas = (values: readonly string[] | undefined): string[] => (values ?? []).flatMap((value) => value.split(',')).map((tag) => tag.trim()).filter((tag) => tag !== '')
function wholeNumber(text: string | undefined, name: string, otherwise: number, least = 1): number {
  if (text === undefined) return otherwise
  if (!/^\d+$/.test(text) || Number(text) < least) throw usage(`${name} needs a whole number from ${least} on, found '${text}'`)
  return Number(text)
}
function passwordIn(path: string | undefined): string | undefined {
  if (path === undefined) return undefined
  try { return readFileSync(path === '-' ? 0 : path, 'utf8').replace(/\r?\n$/, '') } catch (error) {
    throw usage(`the password file ${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`)
  }
}

const listed = (text: string | undefined): string[] | undefined => text === undefined || text === '' ? undefined : [text]
function toOptions(values: Given['values'], playbooks: readonly string[], settings: Settings): Options & { readonly output: 'human' | 'json' } {
  const last = (name: FlagName): string | undefined => values.get(name)?.at(-1)
  const output = last('output') ?? 'human'
  if (output !== 'human' && output !== 'json') throw usage(`--output can be human or json, not '${output}'`)
  const text = <K extends string>(key: K, name: FlagName, setting = ''): { readonly [P in K]?: string } => {
    const value = last(name) ?? (settings[setting] === '' ? undefined : settings[setting])
    return (value === undefined ? {} : { [key]: value }) as { readonly [P in K]?: string }
  }
  const timeout = last('timeout') ?? settings['ANSIBLE_TIMEOUT'], gathering = settings['ANSIBLE_GATHERING'], checking = settings['ANSIBLE_HOST_KEY_CHECKING']
  const ssh = [last('sshCommonArgs'), last('sshExtraArgs')].filter((one) => one !== undefined).join(' ')
  const connectionPassword = passwordIn(last('connectionPasswordFile')), becomePassword = passwordIn(last('becomePasswordFile'))
  const tags = commas(values.get('tags') ?? listed(settings['ANSIBLE_RUN_TAGS']))
  return {
    playbooks, inventory: values.get('inventory') ?? (listed(settings['ANSIBLE_INVENTORY'])?.flatMap((one) => one.split(',')) ?? []),
    tags: tags.length === 0 ? [] : tags, skipTags: commas(values.get('skipTags') ?? listed(settings['ANSIBLE_SKIP_TAGS'])),
    check: values.has('check') || values.has('dryRun'), diff: values.has('diff') || values.has('dryRun') || isOn(settings['ANSIBLE_DIFF_ALWAYS']),
    forks: wholeNumber(last('forks') ?? settings['ANSIBLE_FORKS'], '--forks', 50), extraVars: values.get('extraVars') ?? [], verbosity: values.get('verbose')?.length ?? 0,
    become: values.has('become') || isOn(settings['ANSIBLE_BECOME']), forceHandlers: values.has('forceHandlers') || isOn(settings['ANSIBLE_FORCE_HANDLERS']),
    vaultIds: [...commas(listed(settings['ANSIBLE_VAULT_IDENTITY_LIST'])), ...values.get('vaultId') ?? []],
    vaultPasswordFiles: values.get('vaultFile') ?? listed(settings['ANSIBLE_VAULT_PASSWORD_FILE']) ?? [],
    askVault: values.has('askVault'), output,
    ...text('limit', 'limit'), ...text('role', 'role'), ...text('startAtTask', 'startAt'), ...text('user', 'user', 'ANSIBLE_REMOTE_USER'), ...text('connection', 'connection', 'ANSIBLE_TRANSPORT'),
    ...text('privateKeyFile', 'privateKey', 'ANSIBLE_PRIVATE_KEY_FILE'), ...text('becomeMethod', 'becomeMethod', 'ANSIBLE_BECOME_METHOD'),
    ...text('becomeUser', 'becomeUser', 'ANSIBLE_BECOME_USER'), rolesPath: rolesPath(settings, process.cwd()), collectionsPath: collectionsPath(settings, process.cwd()),
    ...(gathering === undefined ? {} : { gathering }), ...(checking === undefined ? {} : { hostKeyChecking: isOn(checking) }),
    ...(settings['ANSIBLE_ERROR_ON_MISSING_HANDLER'] === undefined ? {} : { errorOnMissingHandler: isOn(settings['ANSIBLE_ERROR_ON_MISSING_HANDLER']) }),
    ...(settings['ANSIBLE_STRATEGY'] === undefined ? {} : { strategy: settings['ANSIBLE_STRATEGY'] }),
    ...(ssh === '' ? {} : { sshCommonArgs: ssh }), ...(timeout === undefined ? {} : { timeoutSeconds: wholeNumber(timeout, '--timeout', 10) }),
    ...(connectionPassword === undefined ? {} : { connectionPassword }), ...(becomePassword === undefined ? {} : { becomePassword }),
  }
}

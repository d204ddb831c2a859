/** The command line's options: one table gives parsing, errors and the help text. Names are those of ansible-playbook. */
import { readFileSync } from 'node:fs'
import { isOn, collectionsPath, rolesPath, type Settings } from './config.ts'
import { fault } from './core/errors.ts'
import { nearest } from './core/near.ts'
import type { Options } from './core/types.ts'

interface Flag {
  readonly names: readonly string[]
  /** Name of its value in the help; none: a switch. */
  readonly value?: string
  readonly help: string
  readonly group: 'What to run' | 'How to run it' | 'Connecting' | 'Becoming another user' | 'Looking without running' | 'Vault' | 'Other'
}

const flags = {
  inventory: { names: ['-i', '--inventory', '--inventory-file'], value: 'PATH', help: 'inventory file, folder, script, or "host1,host2,"; may be given again', group: 'What to run' },
  limit: { names: ['-l', '--limit', '--subset'], value: 'PATTERN', help: 'only these hosts: web:&prod:!old, globs, ~regex, @file', group: 'What to run' },
  tags: { names: ['-t', '--tags'], value: 'TAGS', help: 'only plays and tasks with these tags', group: 'What to run' },
  skipTags: { names: ['--skip-tags'], value: 'TAGS', help: 'not those with these tags', group: 'What to run' },
  role: { names: ['--role'], value: 'NAME', help: 'only this role of the playbook, with all that its play gives it', group: 'What to run' },
  startAt: { names: ['--start-at-task'], value: 'NAME', help: 'begin at the task of this name', group: 'What to run' },
  extraVars: { names: ['-e', '--extra-vars'], value: 'VARS', help: 'variables over all others: k=v, YAML, JSON, @file', group: 'What to run' },
  check: { names: ['-C', '--check'], help: 'change nothing, say what would change', group: 'How to run it' },
  diff: { names: ['-D', '--diff'], help: 'show differences of what changes', group: 'How to run it' },
  dryRun: { names: ['--dry-run'], help: 'the same as --check --diff', group: 'How to run it' },
  forks: { names: ['-f', '--forks'], value: 'N', help: 'hosts at once (default 50)', group: 'How to run it' },
  forceHandlers: { names: ['--force-handlers'], help: 'run handlers even where a task failed', group: 'How to run it' },
  verbose: { names: ['-v', '--verbose'], help: 'say more; -vv, -vvv still more', group: 'How to run it' },
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
  listTasks: { names: ['--list-tasks'], help: 'show the tasks that would run', group: 'Looking without running' },
  listTags: { names: ['--list-tags'], help: 'show the tags there are', group: 'Looking without running' },
  syntaxCheck: { names: ['--syntax-check'], help: 'load and check everything, run nothing', group: 'Looking without running' },
  vaultId: { names: ['--vault-id'], value: 'ID@FILE', help: 'vault password: file, script, or ID@prompt; may be given again', group: 'Vault' },
  vaultFile: { names: ['--vault-password-file', '--vault-pass-file'], value: 'FILE', help: 'vault password file or script', group: 'Vault' },
  askVault: { names: ['-J', '--ask-vault-pass', '--ask-vault-password'], help: 'ask for the vault password', group: 'Vault' },
  version: { names: ['--version'], help: 'show the version', group: 'Other' },
  help: { names: ['-h', '--help'], help: 'show this', group: 'Other' },
} satisfies Record<string, Flag>
type FlagName = keyof typeof flags

const table: readonly (readonly [FlagName, Flag])[] = Object.entries(flags) as [FlagName, Flag][]

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

function lookUp(name: string): readonly [FlagName, Flag] {
  const exact = table.find(([, flag]) => flag.names.includes(name))
  if (exact !== undefined) return exact
  const prefixed = name.startsWith('--') && name.length > 2 ? table.filter(([, flag]) => flag.names.some((one) => one.startsWith(name))) : []
  const [only] = prefixed
  if (only !== undefined && prefixed.length === 1) return only
  throw usage(`there is no option ${name}`, nearest(name, table.flatMap(([, flag]) => [...flag.names])))
}

function parse(argv: readonly string[]): Given {
  const values = new Map<FlagName, string[]>(), rest: string[] = []
  const add = (name: FlagName, value: string): void => { values.set(name, [...values.get(name) ?? [], value]) }
  for (let i = 0; i < argv.length; i++) {
    const word = argv[i] ?? ''
    if (word === '--') { rest.push(...argv.slice(i + 1)); break }
    if (!word.startsWith('-') || word === '-') { rest.push(word); continue }
    const equals = word.startsWith('--') ? word.indexOf('=') : -1
    if (equals > 0 || word.startsWith('--')) {
      const [name, flag] = lookUp(equals > 0 ? word.slice(0, equals) : word)
      if (flag.value === undefined && equals > 0) throw usage(`${word.slice(0, equals)} takes no value`)
      add(name, flag.value === undefined ? '' : equals > 0 ? word.slice(equals + 1) : valueAfter(argv, ++i, word))
      continue
    }
    for (let at = 1; at < word.length; at++) {
      const [name, flag] = lookUp(`-${word[at] ?? ''}`)
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

export function helpText(): string {
  const groups = [...new Set(table.map(([, flag]) => flag.group))]
  const lines = groups.flatMap((group) => ['', `${group}:`, ...table.filter(([, flag]) => flag.group === group).map(([, flag]) => {
    const left = `  ${flag.names.slice(0, 2).join(', ')}${flag.value === undefined ? '' : ` ${flag.value}`}`
    return left.length > 30 ? `${left}\n${' '.repeat(32)}${flag.help}` : `${left.padEnd(32)}${flag.help}`
  })])
  return `${[
    'usage: play PLAYBOOK... [-i INVENTORY] [options]',
    '       play inventory --list | --graph | --host NAME [-i INVENTORY]',
    '       play vault encrypt | decrypt | view | edit | rekey | encrypt-string [FILE...]',
    '',
    'Runs Ansible playbooks over ssh, docker exec or on this machine. Targets need nothing but /bin/sh.',
    'A playbook is looked for as given, then in playbooks/. Without -i, the folder inventory/ is used if there is one.',
    ...lines, '',
    'Exit codes: 0 ok, 1 error before or outside of tasks, 2 a host failed, 4 a host was unreachable or a file cannot be understood,',
    '5 wrong options, 99 interrupted.',
    '', 'Examples:',
    '  play site.yml -i inventory                    make it so',
    '  play site.yml -i inventory --dry-run          show what that would change',
    '  play site.yml -i inventory --role haproxy     one role, as the playbook uses it',
    '  play site.yml -i inventory -l web1 -t deploy  one host, some tasks',
  ].join('\n')}\n`
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
  const { values, rest } = parse(argv)
  if (values.has('help')) return { command: 'help', text: helpText() }
  if (values.has('version')) return { command: 'version', text: versionText() }
  if (rest.length === 0) throw usage('no playbook was given: play PLAYBOOK... -i INVENTORY')
  const kinds: readonly (readonly [FlagName, ListKind])[] = [['syntaxCheck', 'syntax'], ['listHosts', 'hosts'], ['listTasks', 'tasks'], ['listTags', 'tags']]
  const list = kinds.filter(([name]) => values.has(name)).map(([, kind]) => kind)
  return {
    command: 'play', options: toOptions(values, rest, settings), list: list.length === 0 ? undefined : list,
    askConnection: values.has('askPass'), askBecome: values.has('askBecome') || isOn(settings['ANSIBLE_BECOME_ASK_PASS']),
  }
}

const commas = (values: readonly string[] | undefined): string[] => (values ?? []).flatMap((value) => value.split(',')).map((tag) => tag.trim()).filter((tag) => tag !== '')
function wholeNumber(text: string | undefined, name: string, otherwise: number): number {
  if (text === undefined) return otherwise
  if (!/^\d+$/.test(text) || Number(text) < 1) throw usage(`${name} needs a whole number above 0, found '${text}'`)
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

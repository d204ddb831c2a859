/**
 * Where an SSH endpoint really is: ssh_config, `-o` options and inventory together. The `ssh` program is asked (`ssh -G`), so that
 * Include, Match and tokens mean what they mean there; where there is none, the options given are read here and files are not.
 */
import { execFile } from 'node:child_process'
import { homedir, userInfo } from 'node:os'
import { fault } from '../core/errors.ts'
import type { Endpoint } from '../core/session.ts'

export interface SshPlace {
  /** As the inventory calls it. */
  readonly name: string
  readonly hostname: string
  readonly port: number
  readonly user: string
  /** Keys to try; `explicit` ones were asked for and must be readable. */
  readonly identityFiles: readonly string[]
  readonly explicitKey: string | undefined
  readonly identitiesOnly: boolean
  readonly agent: string | undefined
  readonly knownHostsFiles: readonly string[]
  /** The name to look up instead of the address (HostKeyAlias). */
  readonly hostKeyAlias: string | undefined
  readonly strict: 'ask' | 'yes' | 'accept-new' | 'no'
  readonly hashKnownHosts: boolean
  readonly proxyJump: string | undefined
  readonly proxyCommand: string | undefined
  readonly compress: boolean
  readonly family: 4 | 6 | undefined
  readonly forwardAgent: boolean
}

type Answers = ReadonlyMap<string, readonly string[]>

/** Ansible's own defaults for ssh, meaningless here or done here anyway: they must not need the ssh program. */
const ownWays = /^(ControlMaster|ControlPersist|ControlPath|KbdInteractiveAuthentication|PreferredAuthentications|PasswordAuthentication|ConnectTimeout|ServerAlive\w+|TCPKeepAlive|LogLevel|BatchMode|GSSAPI\w+|NumberOfPasswordPrompts)$/i

export async function findPlace(endpoint: Endpoint): Promise<SshPlace> {
  const home = homedir()
  const args = [
    ...endpoint.sshArgs ?? [],
    ...endpoint.port === undefined ? [] : ['-p', String(endpoint.port)],
    ...endpoint.user === undefined ? [] : ['-l', endpoint.user],
  ]
  const forwarding = (endpoint.sshArgs ?? []).find((arg) => /^-[LRDWw]/.test(arg))
  if (forwarding !== undefined) throw fault('unreachable-ssh-option', undefined, { host: endpoint.host, option: forwarding, why: 'it forwards no ports' })
  const answers = await askSsh(endpoint.host, args) ?? readOptions(endpoint.host, args)
  const one = (key: string): string | undefined => answers.get(key)?.[0]
  const unlessNone = (value: string | undefined): string | undefined => value === undefined || value.toLowerCase() === 'none' ? undefined : value
  const files = (key: string): string[] => (one(key) ?? '').split(/\s+/).filter((file) => file !== '' && file !== 'none').map((file) => expandHome(file, home))
  const agent = one('identityagent')
  const family = one('addressfamily')
  return {
    name: endpoint.host,
    hostname: one('hostname') ?? endpoint.host,
    port: Number(one('port') ?? 22),
    user: one('user') ?? userInfo().username,
    identityFiles: (answers.get('identityfile') ?? ['~/.ssh/id_ed25519', '~/.ssh/id_ecdsa', '~/.ssh/id_rsa']).map((file) => expandHome(file, home)),
    explicitKey: endpoint.privateKeyFile === undefined ? undefined : expandHome(endpoint.privateKeyFile, home),
    identitiesOnly: one('identitiesonly') === 'yes',
    agent: agent === undefined || agent === 'SSH_AUTH_SOCK' ? process.env['SSH_AUTH_SOCK'] || undefined : unlessNone(expandHome(agent, home)),
    knownHostsFiles: endpoint.knownHostsFiles ?? (answers.has('userknownhostsfile') ? [...files('userknownhostsfile'), ...files('globalknownhostsfile')]
      : [`${home}/.ssh/known_hosts`, `${home}/.ssh/known_hosts2`, '/etc/ssh/ssh_known_hosts', '/etc/ssh/ssh_known_hosts2']),
    hostKeyAlias: one('hostkeyalias'),
    strict: endpoint.hostKeyChecking === false ? 'no' : strictness(one('stricthostkeychecking')),
    hashKnownHosts: one('hashknownhosts') === 'yes',
    proxyJump: unlessNone(one('proxyjump')),
    proxyCommand: unlessNone(one('proxycommand')),
    compress: one('compression') === 'yes',
    family: family === 'inet' ? 4 : family === 'inet6' ? 6 : undefined,
    forwardAgent: one('forwardagent') === 'yes',
  }
}

const expandHome = (file: string, home: string): string => file.replace(/^"(.*)"$/, '$1').replace(/^(~|%d|\$HOME)(?=\/|$)/, home)

function strictness(value: string | undefined): SshPlace['strict'] {
  switch (value?.toLowerCase()) {
    case 'no': case 'off': case 'false': return 'no'
    case 'accept-new': return 'accept-new'
    case 'yes': case 'true': return 'yes'
    default: return 'ask'
  }
}

/** Undefined where there is no ssh program. */
async function askSsh(host: string, args: readonly string[]): Promise<Answers | undefined> {
  return new Promise((resolve, reject) => {
    const child = execFile('ssh', ['-G', ...args, host], (error, stdout, stderr) => {
      if (error === null) return resolve(parseAnswers(stdout))
      if (error.code === 'ENOENT') return resolve(undefined)
      reject(fault('unreachable-ssh-option', undefined, { host, option: args.join(' '), why: stderr.trim() }, error))
    })
    child.stdin?.end()
  })
}

function parseAnswers(text: string): Answers {
  const answers = new Map<string, string[]>()
  for (const line of text.split('\n')) {
    const space = line.indexOf(' ')
    if (space < 0) continue
    const key = line.slice(0, space).toLowerCase()
    answers.set(key, [...answers.get(key) ?? [], line.slice(space + 1)])
  }
  return answers
}

const flagOptions: Readonly<Record<string, string>> = { p: 'port', l: 'user', i: 'identityfile', J: 'proxyjump' }
const bareFlags: Readonly<Record<string, readonly [string, string]>> = {
  C: ['compression', 'yes'], '4': ['addressfamily', 'inet'], '6': ['addressfamily', 'inet6'], A: ['forwardagent', 'yes'],
  T: ['requesttty', 'no'], q: ['loglevel', 'quiet'], x: ['forwardx11', 'no'], a: ['forwardagent', 'no'],
}
const knownOptions = /^(hostname|port|user|identityfile|identitiesonly|identityagent|userknownhostsfile|globalknownhostsfile|hostkeyalias|stricthostkeychecking|hashknownhosts|proxyjump|proxycommand|compression|addressfamily|forwardagent)$/

function readOptions(host: string, args: readonly string[]): Answers {
  const answers = new Map<string, string[]>()
  const refuse = (option: string): never => { throw fault('unreachable-ssh-option', undefined, { host, option, why: 'there is no ssh program here that could read it' }) }
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] ?? '', letter = arg[1] ?? ''
    const bare = bareFlags[letter]
    if (/^-v+$/.test(arg)) continue
    if (arg.length === 2 && bare !== undefined) answers.set(bare[0], [bare[1]])
    else if (/^-[plioJ]/.test(arg)) {
      const value = arg.length > 2 ? arg.slice(2) : args[++i] ?? refuse(arg)
      const flag = flagOptions[letter]
      const [, option = '', rest = ''] = flag === undefined ? /^\s*(\w+)(?:\s*=\s*|\s+)(.*)$/.exec(value) ?? refuse(arg) : ['', flag, value]
      const key = option.toLowerCase()
      if (knownOptions.test(key)) { if (!answers.has(key)) answers.set(key, [rest]) }
      else if (!ownWays.test(option)) refuse(option)
    } else refuse(arg)
  }
  return answers
}

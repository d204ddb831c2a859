/**
 * SSH by the ssh2 library: one connection a host, a channel a shell. Host keys are always checked against known_hosts, before any
 * secret is sent. The library is loaded on first use.
 */
import { once } from 'node:events'
import type { Duplex } from 'node:stream'
import type { AnyAuthMethod, Client, ClientChannel, ConnectConfig } from 'ssh2'
import { Fault, fault } from '../core/errors.ts'
import { quote } from '../core/sh.ts'
import type { Endpoint } from '../core/session.ts'
import type { Connection, Ending, Pipe } from './connection.ts'
import { HostKeys } from './host-keys.ts'
import type { KeyQuestions } from './host-keys.ts'
import { openProxy } from './proxy.ts'
import { authSteps } from './ssh-auth.ts'
import { findPlace } from './ssh-config.ts'
import type { SshPlace } from './ssh-config.ts'
import { Gate } from './gate.ts'

export type { AnyAuthMethod, AuthenticationType, KeyboardInteractiveAuthMethod, ParsedKey } from 'ssh2'
export type Ssh2 = typeof import('ssh2')

const keepaliveMs = 15_000, defaultTimeoutSeconds = 10

export interface SshNetworkOptions extends KeyQuestions { readonly maxConnecting: number }

/** The SSH connections of a run; what hosts share (bastions, known_hosts, the limit on logins) is kept here. */
export class SshNetwork {
  private readonly options: SshNetworkOptions
  private readonly keys: HostKeys
  private readonly gates = new Map<string, Gate>()
  private readonly bastions = new Map<string, Promise<SshLink>>()
  private library: Promise<Ssh2> | undefined

  constructor(options: SshNetworkOptions) {
    this.options = options
    this.keys = new HostKeys(options)
  }

  async connect(endpoint: Endpoint): Promise<Connection> {
    return this.link(endpoint, await findPlace(endpoint), [])
  }

  async close(): Promise<void> {
    const bastions = [...this.bastions.values()]
    this.bastions.clear()
    await Promise.all(bastions.map((link) => link.then((one) => one.close(), () => undefined)))
  }

  private async link(endpoint: Endpoint, place: SshPlace, behind: readonly string[]): Promise<SshLink> {
    const library = await (this.library ??= import('ssh2').then((module) => module.default))
    const jump = place.proxyJump?.split(',').filter((one) => one !== '') ?? []
    const first = jump[0] ?? place.hostname
    const gate = this.gates.get(first) ?? new Gate(this.options.maxConnecting)
    this.gates.set(first, gate)
    const last = jump.at(-1)
    const bastion = last === undefined ? undefined : await this.bastion(endpoint, last, jump.slice(0, -1), [...behind, place.hostname])
    return gate.pass(async () => {
      const sock = bastion !== undefined ? await bastion.forward(place) : place.proxyCommand !== undefined ? openProxy(place, place.proxyCommand) : undefined
      return login(library, this.keys, endpoint, place, sock)
    })
  }

  /** A host on the way is connected to once for all hosts behind it; its account and keys come from ssh_config or its own `user@`. */
  private bastion(endpoint: Endpoint, spec: string, before: readonly string[], behind: readonly string[]): Promise<SshLink> {
    const key = JSON.stringify([before, spec])
    const known = this.bastions.get(key)
    if (known !== undefined) return known
    const { user, host, port } = parseJump(spec)
    if (behind.includes(host)) throw fault('unreachable-ssh', undefined, { host: endpoint.host, said: `${host} is to be reached through itself (ProxyJump)` })
    const via: Endpoint = {
      connection: 'ssh', host, sshArgs: before.length > 0 ? ['-J', before.join(',')] : ['-o', 'ProxyJump=none'],
      ...(user === undefined ? {} : { user }), ...(port === undefined ? {} : { port }),
      ...(endpoint.privateKeyFile === undefined ? {} : { privateKeyFile: endpoint.privateKeyFile }),
      ...(endpoint.passphrase === undefined ? {} : { passphrase: endpoint.passphrase }),
      ...(endpoint.hostKeyChecking === undefined ? {} : { hostKeyChecking: endpoint.hostKeyChecking }),
      ...(endpoint.knownHostsFiles === undefined ? {} : { knownHostsFiles: endpoint.knownHostsFiles }),
      ...(endpoint.timeoutSeconds === undefined ? {} : { timeoutSeconds: endpoint.timeoutSeconds }),
    }
    const opened = findPlace(via).then((place) => this.link(via, place, behind))
    this.bastions.set(key, opened)
    const forget = (): void => { if (this.bastions.get(key) === opened) this.bastions.delete(key) }
    opened.then((link) => link.onLost(forget), forget)
    return opened
  }
}

function parseJump(spec: string): { user?: string; host: string; port?: number } {
  const [, user, bracketed, plain, port] = /^(?:ssh:\/\/)?(?:(.+)@)?(?:\[([^\]]+)\]|([^:]+))(?::(\d+))?\/?$/.exec(spec) ?? []
  return { host: bracketed ?? plain ?? spec, ...(user === undefined ? {} : { user }), ...(port === undefined ? {} : { port: Number(port) }) }
}

/** Key exchange: what is checked on the main thread at great cost (group exchange verifies primes) comes last. */
const kex = [
  'curve25519-sha256', 'curve25519-sha256@libssh.org', 'ecdh-sha2-nistp256', 'ecdh-sha2-nistp384', 'ecdh-sha2-nistp521',
  'diffie-hellman-group14-sha256', 'diffie-hellman-group16-sha512', 'diffie-hellman-group18-sha512', 'diffie-hellman-group-exchange-sha256',
] as const

async function login({ Client, utils }: Ssh2, keys: HostKeys, endpoint: Endpoint, place: SshPlace, sock: Duplex | undefined): Promise<SshLink> {
  const check = await keys.checkFor(place)
  const auth = await authSteps(utils, endpoint, place)
  const seconds = endpoint.timeoutSeconds ?? defaultTimeoutSeconds
  const client = new Client()
  const config: ConnectConfig = {
    username: place.user, readyTimeout: seconds * 1000, keepaliveInterval: keepaliveMs, keepaliveCountMax: 3,
    ...(sock === undefined ? { host: place.hostname, port: place.port } : { sock }),
    ...(place.family === undefined ? {} : place.family === 4 ? { forceIPv4: true } : { forceIPv6: true }),
    algorithms: { kex: [...kex], serverHostKey: check.algorithms, ...(place.compress ? { compress: ['zlib@openssh.com', 'zlib', 'none'] } : {}) },
    hostVerifier: (key: Buffer, verify: (isGood: boolean) => void) => { check.verify(key).then(verify, () => verify(false)) },
    authHandler: (left, _partial, next) => {
      const step: AnyAuthMethod | undefined = auth.next(left ?? undefined, check.isDoubtful())
      // ssh2 takes `false` for "nothing left", which its types do not say
      if (step === undefined) Reflect.apply(next, undefined, [false])
      else next(step)
    },
    ...(place.forwardAgent && place.agent !== undefined ? { agent: place.agent, agentForward: true } : {}),
  }
  return new Promise((resolve, reject) => {
    let banner = ''
    const fail = (error: unknown): void => {
      client.end()
      sock?.destroy()
      reject(check.refusal ?? loginFault(error, endpoint, place, seconds, auth.tried, banner))
    }
    client.on('banner', (text) => { banner = text })
    client.on('error', fail) // stays: a refused connection may report more than one
    client.once('close', () => fail(new Error('the connection was closed')))
    client.once('ready', () => {
      client.removeListener('error', fail)
      client.removeAllListeners('close')
      client.setNoDelay(true)
      resolve(new SshLink(client, place))
    })
    try { client.connect(config) } catch (error) { fail(error) }
  })
}

function loginFault(error: unknown, endpoint: Endpoint, place: SshPlace, seconds: number, tried: readonly string[], banner: string): Fault {
  if (error instanceof Fault) return error
  const host = place.name
  const said = error instanceof Error ? error.message : String(error)
  const level = error instanceof Error && 'level' in error ? error.level : undefined
  if (level === 'client-timeout' || (error instanceof Error && 'code' in error && error.code === 'ETIMEDOUT')) {
    return fault('unreachable-timeout', undefined, { host, seconds, what: `logging in on port ${place.port}` }, error)
  }
  if (level === 'client-authentication') {
    const list = tried.length > 0 ? tried.join(', ') : endpoint.password === undefined ? 'nothing: there is no key, no agent and no password' : 'nothing the server offers'
    return fault('unreachable-authentication', undefined, { host, user: place.user, tried: list, said: banner }, error)
  }
  if (level === 'client-socket' || (error instanceof Error && 'code' in error)) return fault('unreachable-refused', undefined, { host, port: place.port, said }, error)
  return fault('unreachable-ssh', undefined, { host, said }, error)
}

/** A connection that is logged in. */
class SshLink implements Connection {
  readonly host: string
  private readonly client: Client
  private lost: Fault | undefined
  private readonly listeners: (() => void)[] = []

  constructor(client: Client, place: SshPlace) {
    this.client = client
    this.host = place.name
    const lose = (said: string): void => {
      if (this.lost !== undefined) return
      this.lost = fault('unreachable-lost', undefined, { host: this.host, said })
      for (const listener of this.listeners) listener()
    }
    client.on('error', (error) => lose(error.message))
    client.on('close', () => lose('closed by the other side'))
  }

  get isLost(): boolean { return this.lost !== undefined }
  onLost(listener: () => void): void { this.listeners.push(listener) }

  spawn(argv: readonly string[]): Promise<Pipe> {
    return new Promise((resolve, reject) => {
      if (this.lost !== undefined) return reject(this.lost)
      this.client.exec(argv.map(quote).join(' '), (error, channel) => {
        if (error !== undefined) reject(this.lost ?? fault('unreachable-ssh', undefined, { host: this.host, said: `${error.message} (sshd allows MaxSessions channels on a connection, 10 by default)` }, error))
        else resolve(this.pipe(channel))
      })
    })
  }

  private pipe(channel: ClientChannel): Pipe {
    let ending: Ending = { code: undefined, signal: undefined }
    channel.on('exit', (code: number | null, signal?: string) => { ending = { code: code ?? undefined, signal: signal === undefined ? undefined : `SIG${signal.replace(/^SIG/, '')}` } })
    channel.on('error', () => undefined)
    const ended = once(channel, 'close').then(() => ending)
    ended.catch(() => undefined)
    return { stdin: channel, stdout: channel, stderr: channel.stderr, ended, drop: () => channel.destroy() }
  }

  /** A stream to a host behind this one. */
  forward(to: SshPlace): Promise<Duplex> {
    return new Promise((resolve, reject) => {
      if (this.lost !== undefined) return reject(this.lost)
      this.client.forwardOut('127.0.0.1', 0, to.hostname, to.port, (error, stream) => {
        if (error === undefined) resolve(stream)
        else reject(fault('unreachable-refused', undefined, { host: to.name, port: to.port, said: `through ${this.host}: ${error.message}` }, error))
      })
    })
  }

  explain(): Fault | undefined { return this.lost }

  async close(): Promise<void> {
    if (this.lost !== undefined) return
    const closed = once(this.client, 'close')
    this.client.end()
    const timer = setTimeout(() => this.client.destroy(), 1000)
    await closed.catch(() => undefined)
    clearTimeout(timer)
  }
}

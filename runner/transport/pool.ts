/** All connections and sessions of a run: one connection an endpoint, one session an endpoint and account, opened once even when asked for at once. */
import type { Masker } from '../core/mask.ts'
import type { Become, Endpoint, Pool, Session } from '../core/session.ts'
import type { Connection } from './connection.ts'
import { connectContainer } from './container.ts'
import { Gate } from './gate.ts'
import { connectLocal } from './local.ts'
import { ShellSession } from './session.ts'
import type { SshNetwork } from './ssh.ts'

export interface PoolOptions {
  readonly masker: Masker
  warn(message: string): void
  /** Asked about host keys that are not known; without it they are refused. */
  promptHostKey?(question: string): Promise<boolean>
  /** SSH connections to one host or bastion that may be logging in at once; sshd drops some beyond 10. */
  readonly maxConnecting?: number
}

/** sshd drops logins at random from the 11th that is under way (MaxStartups 10:30:100). */
const connectingAtOnce = 8
/** Shells of one endpoint that stay open while they rest. */
const shellsAtOnce = 6

export function openPool(options: PoolOptions): Pool { return new SessionPool(options) }

interface Entry { readonly endpoint: string; readonly opening: Promise<ShellSession>; opened: ShellSession | undefined }

class SessionPool implements Pool {
  private readonly options: PoolOptions
  private readonly connections = new Map<string, Promise<Connection>>()
  private readonly sessions = new Map<string, Entry>()
  private readonly gates = new Map<string, Gate>()
  private network: Promise<SshNetwork> | undefined
  private isClosed = false

  constructor(options: PoolOptions) { this.options = options }

  session(endpoint: Endpoint, become?: Become): Promise<Session> {
    if (this.isClosed) return Promise.reject(new Error('the pool is closed'))
    const key = JSON.stringify([endpointKey(endpoint), becomeKey(become)])
    const known = this.sessions.get(key)
    if (known !== undefined) return known.opening
    const forget = (): void => { if (this.sessions.get(key) === entry) this.sessions.delete(key) }
    const opening = this.open(endpoint, become, forget)
    const entry: Entry = { endpoint: endpointKey(endpoint), opening, opened: undefined }
    this.sessions.set(key, entry)
    opening.then((session) => { entry.opened = session }, forget)
    return opening
  }

  /** Sessions that rest give way: sshd allows 10 channels a connection, and a long step or a large input needs one more at times. */
  private async makeRoom(endpoint: string): Promise<void> {
    const own = [...this.sessions].filter(([, one]) => one.endpoint === endpoint).flatMap(([, one]) => one.opened?.isOpen === true ? [one.opened] : [])
    const resting = own.filter((session) => !session.isBusy).sort((a, b) => a.lastUsed - b.lastUsed)
    await Promise.all(resting.slice(0, Math.max(0, own.length + 1 - shellsAtOnce)).map((session) => session.suspend()))
  }

  private async open(endpoint: Endpoint, become: Become | undefined, forget: () => void): Promise<ShellSession> {
    const { masker, warn } = this.options
    for (const secret of [endpoint.password, endpoint.passphrase, become?.password]) if (secret !== undefined) masker.add(secret)
    const connection = await this.connection(endpoint)
    const makeRoom = (): Promise<void> => this.makeRoom(endpointKey(endpoint))
    await makeRoom()
    return ShellSession.open({
      connection, endpoint, become, warn, makeRoom,
      reconnect: async () => {
        await this.dropIfLost(endpoint)
        return this.connection(endpoint)
      },
      onLost: () => {
        forget()
        void this.dropIfLost(endpoint)
      },
    })
  }

  private connection(endpoint: Endpoint): Promise<Connection> {
    const key = endpointKey(endpoint)
    const known = this.connections.get(key)
    if (known !== undefined) return known
    const opened = this.connect(endpoint)
    this.connections.set(key, opened)
    opened.catch(() => { if (this.connections.get(key) === opened) this.connections.delete(key) })
    return opened
  }

  private async connect(endpoint: Endpoint): Promise<Connection> {
    switch (endpoint.connection) {
      case 'local': return connectLocal(endpoint)
      case 'docker': case 'podman': return connectContainer(endpoint, endpoint.connection)
      case 'ssh': return (await this.openNetwork()).connect(endpoint)
      case 'openssh': return (await import('./openssh.ts')).connectOpenssh(endpoint, this.gateFor(endpoint.host))
      default: return endpoint.connection satisfies never
    }
  }

  /** ssh2 is loaded when the first host needs it. */
  private openNetwork(): Promise<SshNetwork> {
    const { warn, promptHostKey, maxConnecting = connectingAtOnce } = this.options
    this.network ??= import('./ssh.ts').then(({ SshNetwork }) => new SshNetwork({ warn, promptHostKey, maxConnecting }))
    return this.network
  }
  private gateFor(host: string): Gate {
    const gate = this.gates.get(host) ?? new Gate(this.options.maxConnecting ?? connectingAtOnce)
    this.gates.set(host, gate)
    return gate
  }

  /** Other sessions of the endpoint may have replaced the connection already. */
  private async dropIfLost(endpoint: Endpoint): Promise<void> {
    const key = endpointKey(endpoint)
    const opened = this.connections.get(key)
    const connection = await opened?.catch(() => undefined)
    if (connection?.isLost !== true || this.connections.get(key) !== opened) return
    this.connections.delete(key)
    await connection.close()
  }

  async reset(endpoint: Endpoint): Promise<void> {
    const wanted = endpointKey(endpoint)
    const closing: Promise<unknown>[] = []
    for (const [key, { endpoint: of, opening }] of this.sessions) {
      if (of !== wanted) continue
      this.sessions.delete(key)
      closing.push(opening.then((one) => one.close(), () => undefined))
    }
    await Promise.all(closing)
    const connection = this.connections.get(wanted)
    this.connections.delete(wanted)
    await connection?.then((one) => one.close(), () => undefined)
  }

  async close(): Promise<void> {
    this.isClosed = true
    await Promise.all([...this.sessions.values()].map(({ opening }) => opening.then((one) => one.close(), () => undefined)))
    await Promise.all([...this.connections.values()].map((connection) => connection.then((one) => one.close(), () => undefined)))
    await this.network?.then((network) => network.close())
    this.sessions.clear()
    this.connections.clear()
  }
}

const sorted = (value: object): [string, unknown][] => Object.entries(value).filter(([, one]) => one !== undefined).sort(([a], [b]) => a < b ? -1 : 1)
const endpointKey = (endpoint: Endpoint): string => JSON.stringify(sorted(endpoint))
const becomeKey = (become: Become | undefined): string => become === undefined ? '' : JSON.stringify(sorted(become))

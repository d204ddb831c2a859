/**
 * SSH by the `ssh` program of this machine, for what the library cannot do: certificates, hardware tokens, Kerberos, newer key exchange.
 * One master connection a host, held in a private folder; shells are channels of it.
 */
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fault } from '../core/errors.ts'
import type { Fault } from '../core/errors.ts'
import { quote } from '../core/sh.ts'
import type { Endpoint } from '../core/session.ts'
import { startProgram } from './connection.ts'
import type { Connection, Ending, Pipe } from './connection.ts'
import type { Gate } from './gate.ts'

export async function connectOpenssh(endpoint: Endpoint, gate: Gate): Promise<Connection> {
  const folder = await mkdtemp(join(tmpdir(), 'play-ssh-'))
  const link = new OpensshLink(endpoint, folder)
  try {
    await gate.pass(() => link.login())
  } catch (error) {
    await link.close()
    throw error
  }
  return link
}

/** A master whose `play` was killed goes by itself when no shell has used it for so long. */
const masterRestSeconds = 300

class OpensshLink implements Connection {
  readonly host: string
  isLost = false
  private readonly endpoint: Endpoint
  private readonly folder: string

  constructor(endpoint: Endpoint, folder: string) {
    this.endpoint = endpoint
    this.folder = folder
    this.host = endpoint.host
  }

  /** Opens the master. A password is handed over in a file that only this account can read, by the program that ssh asks; never in argv or environment. */
  async login(): Promise<void> {
    const { password, passphrase } = this.endpoint
    const hasSecret = password !== undefined || passphrase !== undefined
    const asking = hasSecret ? ['-o', 'NumberOfPasswordPrompts=1'] : ['-o', 'BatchMode=yes']
    const env = hasSecret ? await this.writeAnswers(password, passphrase) : []
    try {
      const pipe = this.start([...env, 'ssh', ...asking, ...this.options(), '-o', 'ControlMaster=yes', '-o', `ControlPersist=${masterRestSeconds}`, '-o', 'LogLevel=DEBUG1', '-N', '-f', this.endpoint.host])
      const said = collect(pipe)
      pipe.stdin.end()
      const ending = await pipe.ended
      if (ending.code !== 0) throw this.explain(said(), ending) ?? fault('unreachable-ssh', undefined, { host: this.host, said: withoutDebug(said()) })
    } finally {
      await Promise.all(['password', 'passphrase'].map((name) => rm(join(this.folder, name), { force: true })))
    }
  }

  /** The program that ssh asks gets its question as argument: a passphrase is asked for by the word "passphrase". */
  private async writeAnswers(password: string | undefined, passphrase: string | undefined): Promise<string[]> {
    const program = join(this.folder, 'ask')
    const file = (name: string): string => quote(join(this.folder, name))
    if (password !== undefined) await writeFile(join(this.folder, 'password'), `${password}\n`, { mode: 0o600 })
    if (passphrase !== undefined) await writeFile(join(this.folder, 'passphrase'), `${passphrase}\n`, { mode: 0o600 })
    await writeFile(program, `#!/bin/sh\ncase $1 in *passphrase*) exec cat ${file('passphrase')};; *) exec cat ${file('password')};; esac\n`, { mode: 0o700 })
    await chmod(program, 0o700)
    return ['/usr/bin/env', `SSH_ASKPASS=${program}`, 'SSH_ASKPASS_REQUIRE=force', 'DISPLAY=:0']
  }

  private options(): string[] {
    const { sshArgs, port, user, privateKeyFile, hostKeyChecking, knownHostsFiles, timeoutSeconds } = this.endpoint
    return [
      ...withoutMasterOptions(sshArgs ?? []),
      '-o', `ControlPath=${join(this.folder, 'c')}`,
      ...port === undefined ? [] : ['-p', String(port)],
      ...user === undefined ? [] : ['-l', user],
      ...privateKeyFile === undefined ? [] : ['-i', privateKeyFile],
      // `ask` cannot be answered here: it would refuse without saying which key
      ...hostKeyChecking === false ? ['-o', 'StrictHostKeyChecking=no'] : (sshArgs ?? []).some((arg) => /StrictHostKeyChecking/i.test(arg)) ? [] : ['-o', 'StrictHostKeyChecking=yes'],
      ...knownHostsFiles === undefined ? [] : ['-o', `UserKnownHostsFile=${knownHostsFiles.join(' ')}`],
      '-o', `ConnectTimeout=${timeoutSeconds ?? 10}`, '-o', 'ServerAliveInterval=15', '-o', 'ServerAliveCountMax=3', '-T',
    ]
  }

  private start(argv: readonly string[]): Pipe {
    return startProgram({ argv, missing: () => fault('unreachable-no-program', undefined, { host: this.host, program: 'ssh' }) })
  }

  async spawn(argv: readonly string[]): Promise<Pipe> {
    const pipe = this.start(['ssh', ...this.options(), '-o', 'ControlMaster=no', '-o', 'BatchMode=yes', this.endpoint.host, argv.map(quote).join(' ')])
    void pipe.ended.then(({ code }) => { if (code === 255) this.isLost = true }, () => undefined)
    return pipe
  }

  explain(all: string, { code }: Ending): Fault | undefined {
    const said = withoutDebug(all)
    const { host } = this
    const port = this.endpoint.port ?? 22
    const kind = /(?:No|The|for the) (\w+) (?:host )?key/i.exec(said)?.[1] ?? 'SSH'
    // only the debugging lines name the key of a host that is not known
    const fingerprint = /Server host key: \S+ (SHA256:[A-Za-z0-9+/]+)/.exec(all)?.[1] ?? 'ssh does not show its fingerprint'
    const offending = /Offending (?:\S+ )?key in (.+):(\d+)/i.exec(said)
    if (offending !== null) return fault('unreachable-host-key-changed', undefined, { host, kind, fingerprint, file: offending[1] ?? '', line: Number(offending[2]) })
    if (/host key is known for|Host key verification failed/i.test(said)) return fault('unreachable-host-key-unknown', undefined, { host, port, kind, fingerprint })
    if (/Permission denied \(|Too many authentication failures|Load key .*(denied|invalid|incorrect)/i.test(said)) {
      return fault('unreachable-authentication', undefined, { host, user: this.endpoint.user ?? 'the default account', tried: 'what ssh was set up with', said })
    }
    if (/Bad configuration option|Bad number|unknown option|illegal option/i.test(said)) return fault('unreachable-ssh-option', undefined, { host, option: (this.endpoint.sshArgs ?? []).join(' '), why: said.trim() })
    if (/timed out/i.test(said)) return fault('unreachable-timeout', undefined, { host, seconds: this.endpoint.timeoutSeconds ?? 10, what: said.trim() })
    if (/Could not resolve|Connection refused|No route|unreachable|Connection (closed|reset)|kex_exchange/i.test(said)) return fault('unreachable-refused', undefined, { host, port, said })
    return code === 255 ? fault('unreachable-ssh', undefined, { host, said }) : undefined
  }

  async close(): Promise<void> {
    const pipe = this.start(['ssh', '-o', `ControlPath=${join(this.folder, 'c')}`, '-O', 'exit', this.endpoint.host])
    collect(pipe)
    pipe.stdin.end()
    await pipe.ended.catch(() => undefined)
    await rm(this.folder, { recursive: true, force: true })
  }
}

const withoutDebug = (said: string): string => said.split('\n').filter((line) => !/^(debug\d|OpenSSH_)/.test(line)).join('\n')

/** Reads away both outputs; the answer is the standard error so far. */
function collect(pipe: Pipe): () => string {
  let said = ''
  pipe.stdout.resume()
  pipe.stderr.on('data', (chunk: Buffer) => { said = (said + chunk.toString('utf8')).slice(-64 * 1024) })
  return () => said
}

/** Ansible's default arguments set up a master of their own; ours has its place already. */
function withoutMasterOptions(args: readonly string[]): string[] {
  const kept: string[] = []
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] ?? '', value = arg === '-o' ? args[i + 1] ?? '' : arg.startsWith('-o') ? arg.slice(2) : ''
    if (/^\s*Control(Master|Path|Persist)/i.test(value)) { if (arg === '-o') i++ }
    else kept.push(arg)
  }
  return kept
}

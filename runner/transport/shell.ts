/** Opens a long-lived shell of one account: starts it over a connection, talks to sudo or su on the way, and greets it. */
import { randomBytes } from 'node:crypto'
import { Fault, fault } from '../core/errors.ts'
import { quote } from '../core/sh.ts'
import type { Become, Endpoint } from '../core/session.ts'
import { Asker } from './asker.ts'
import { exitCode } from './connection.ts'
import type { Connection, Ending, Pipe } from './connection.ts'
import { greeting, parseGreeting } from './framing.ts'
import type { Greeting } from './framing.ts'
import { accountHop } from './hops.ts'
import type { AccountHop } from './hops.ts'

export interface Shell { readonly pipe: Pipe; readonly facts: Greeting }

export const makeNonce = (): string => randomBytes(12).toString('hex')

/** Long enough for a slow PAM stack, short enough that nobody thinks that a hang is work. */
const greetingSeconds = 30

interface Opening {
  readonly connection: Connection; readonly endpoint: Endpoint; readonly become: Become | undefined
  readonly nonce: string; readonly hop: AccountHop | undefined
}

/** A shell that has answered. */
export async function openShell(connection: Connection, endpoint: Endpoint, become: Become | undefined): Promise<Shell> {
  const nonce = makeNonce()
  const hop = become === undefined ? undefined : accountHop(become, `[play-${makeNonce()}] `)
  const opening: Opening = { connection, endpoint, become, nonce, hop }
  const pipe = await connection.spawn(shellCommand(opening))
  const talk = new Talk(opening, pipe)
  try {
    const facts = await talk.greeted
    if (facts.folder === '') throw fault('unreachable-no-scratch', undefined, { host: connection.host, user: facts.user })
    if (become !== undefined && facts.user !== become.user && !await isSameAccount({ pipe, facts }, become.user)) {
      throw fault('become-other-user', undefined, { host: connection.host, method: become.method, user: become.user, said: facts.user })
    }
    return { pipe, facts }
  } catch (error) {
    pipe.stdin.end()
    pipe.drop()
    throw error
  }
}

/** Lets a shell end by the end of its input; what is not over after a while is given up. */
export async function endShell({ pipe }: Shell, patienceMs: number): Promise<void> {
  pipe.stdin.end()
  const timer = setTimeout(() => pipe.drop(), patienceMs)
  // a channel that was given up may never say that it has ended
  const enough = new Promise((resolve) => setTimeout(resolve, patienceMs + 1500).unref())
  await Promise.race([pipe.ended.catch(() => undefined), enough])
  clearTimeout(timer)
}

/** Two names may stand for one account (`toor`), and `#1000` names one by its number. */
async function isSameAccount(shell: Shell, name: string): Promise<boolean> {
  const { rc } = await new Asker(shell).ask(`[ "$(id -u)" = ${name.startsWith('#') ? quote(name.slice(1)) : `"$(id -u ${quote(name)})"`} ]`)
  return rc === 0
}

/**
 * An account that is already the wanted one needs no hop: it is asked on the way, so that it costs no round trip. Where a password may be
 * asked for, the shell says hello, because a question that does not come must be told from one that is late.
 */
function shellCommand({ endpoint, become, nonce, hop }: Opening): string[] {
  const shell = endpoint.shell ?? '/bin/sh'
  if (become === undefined || hop === undefined) return [shell]
  const inner = become.password === undefined ? [shell] : [shell, '-c', `echo ${nonce}:H; exec ${quote(shell)}`]
  const there = become.password === undefined ? `exec ${quote(shell)}` : `echo ${nonce}:H; exec ${quote(shell)}`
  return [shell, '-c', `if [ "$(id -un)" = ${quote(become.user)} ]; then ${there}; fi; exec ${hop.wrap(inner).map(quote).join(' ')}`]
}

/** The conversation until the greeting is answered. */
class Talk {
  readonly greeted: Promise<Greeting>
  private readonly opening: Opening
  private readonly pipe: Pipe
  private stdout = ''
  private stderr = ''
  private passwords = 0
  private isGreeted = false

  constructor(opening: Opening, pipe: Pipe) {
    this.opening = opening
    this.pipe = pipe
    this.greeted = new Promise((resolve, reject) => this.listen(resolve, reject))
  }

  private listen(resolve: (facts: Greeting) => void, reject: (error: unknown) => void): void {
    const { connection, become, nonce } = this.opening
    const seconds = become?.timeoutSeconds ?? greetingSeconds
    const timer = setTimeout(() => done(() => reject(this.timeout(seconds))), seconds * 1000)
    const onOut = (chunk: Buffer): void => {
      this.stdout = (this.stdout + chunk.toString('latin1')).slice(-64 * 1024)
      if (!this.isGreeted && this.stdout.includes(`${nonce}:H\n`)) this.greet()
      const facts = parseGreeting(nonce, this.stdout)
      if (facts !== undefined) done(() => resolve(facts))
    }
    const onErr = (chunk: Buffer): void => {
      this.stderr = (this.stderr + chunk.toString('utf8')).slice(-16 * 1024)
      const problem = this.answerPrompt()
      if (problem !== undefined) done(() => reject(problem))
    }
    const done = (settle: () => void): void => {
      clearTimeout(timer)
      this.pipe.stdout.off('data', onOut)
      this.pipe.stderr.off('data', onErr)
      settle()
    }
    this.pipe.stdout.on('data', onOut)
    this.pipe.stderr.on('data', onErr)
    this.pipe.ended.then(
      (ending) => done(() => reject(this.explain(ending))),
      (error: unknown) => done(() => reject(error instanceof Fault ? error : fault('unreachable-lost', undefined, { host: connection.host, said: String(error) }, error))),
    )
    if (become?.password === undefined) this.greet()
  }

  private greet(): void {
    this.isGreeted = true
    this.pipe.stdin.write(greeting(this.opening.nonce))
  }

  /** Writes the password when it is asked for; a second question means that it was wrong. */
  private answerPrompt(): Fault | undefined {
    const { become, hop, connection } = this.opening
    if (become === undefined || hop === undefined || this.isGreeted) return undefined
    if (become.password === undefined) return undefined
    if (this.passwords === 0 && hop.prompt.asked(this.stderr, 1)) {
      this.passwords = 1
      this.pipe.stdin.write(`${become.password}\n`)
    } else if (this.passwords === 1 && hop.prompt.asked(this.stderr, 2)) {
      return fault('become-wrong-password', undefined, { host: connection.host, method: become.method, user: become.user, said: '' })
    }
    return undefined
  }

  private timeout(seconds: number): Fault {
    const { become, connection: { host } } = this.opening
    if (become?.password !== undefined && this.passwords === 0 && !this.isGreeted) return fault('unreachable-no-prompt', undefined, { host, method: become.method, user: become.user, seconds, said: this.stderr })
    const what = this.passwords === 1 ? 'after the password was given' : become === undefined ? 'opening a shell' : `becoming ${become.user}`
    return fault('unreachable-timeout', undefined, { host, seconds, what })
  }

  private explain(ending: Ending): Fault {
    const { connection, become, endpoint } = this.opening
    const said = this.stderr.replaceAll(/\[play-[0-9a-f]+\] /g, '')
    // old container engines report their errors on standard output, and so does nologin
    const any = said.trim() === '' ? this.stdout : said
    const own = connection.explain(any, ending)
    if (own !== undefined) return own
    if (become !== undefined) return explainBecome(connection.host, become, said, this.passwords > 0, ending)
    if (exitCode(ending) === 127) return fault('unreachable-no-shell', undefined, { host: connection.host, shell: endpoint.shell ?? '/bin/sh', said })
    return fault('unreachable-no-greeting', undefined, { host: connection.host, said: any })
  }
}

/** What a failed hop said. The words are those of sudo, util-linux, shadow, BusyBox and OpenDoas in English; else the text is shown. */
function explainBecome(host: string, become: Become, said: string, gavePassword: boolean, ending: Ending): Fault {
  const about = { host, method: become.method, user: become.user, said }
  const tool = become.exe ?? become.method
  if (exitCode(ending) === 127 && /not found|no such file/i.test(said) && said.includes(tool)) return fault('become-not-installed', undefined, about)
  if (/a password is required|no password was provided|Authentication required/i.test(said)) return fault('become-password-missing', undefined, about)
  if (become.method === 'doas' && become.password !== undefined && /Authentication failed/i.test(said)) return fault('become-requires-tty', undefined, about)
  if (/must have a tty|a tty is required|a terminal is required|must be run from a terminal/i.test(said)) return fault('become-requires-tty', undefined, about)
  if (/unknown user|does not exist|no passwd entry|unknown id/i.test(said)) return fault('become-no-user', undefined, about)
  if (/not in the sudoers|not allowed|may not run|Operation not permitted|^doas: .*not permitted/im.test(said)) return fault('become-not-allowed', undefined, about)
  if (/incorrect password|Authentication failure|Authentication token|Sorry, try again|incorrect|Authorization failed/i.test(said)) {
    return fault(gavePassword ? 'become-wrong-password' : 'become-password-missing', undefined, about)
  }
  return fault('become-failed', undefined, about)
}

/**
 * A shell of one account that stays open: joins the calls of one turn of the event loop into one write, matches answers in order, and
 * opens the shell again where a step has killed it. What needs a second channel (streaming, timeouts, large input) is in watch.ts and feed.ts.
 */
import { Fault, fault } from '../core/errors.ts'
import type { Ran, Step } from '../core/plan.ts'
import type { Become, Endpoint, RunOptions, Session } from '../core/session.ts'
import { Answers } from './answers.ts'
import { Asker } from './asker.ts'
import { exitCode } from './connection.ts'
import type { Connection, Ending } from './connection.ts'
import { feedStep } from './feed.ts'
import { Inbox, cleaning, inlineBytes, isAllowed, stepsScript } from './framing.ts'
import type { Frame, Numbered } from './framing.ts'
import { quote } from '../core/sh.ts'
import { endShell, makeNonce, openShell } from './shell.ts'
import type { Shell } from './shell.ts'
import { Watch } from './watch.ts'

/** One `run`: which of its steps have answered, and what becomes of the others. */
interface Call {
  readonly steps: readonly Step[]
  readonly options: RunOptions
  readonly ran: Ran[]
  resolve(ran: readonly Ran[]): void
  reject(error: unknown): void
  /** Set when its time is up: how the call will end once its step is dead. */
  verdict?: Fault
  watch?: Watch
}
/** Steps of a call that were written and not all answered. */
interface Sent { readonly call: Call; readonly nonce: string; readonly steps: readonly Numbered[]; answered: number }

interface Lost { readonly shell: Shell; readonly ending: Ending; readonly stderr: string }

export interface SessionParts {
  readonly connection: Connection
  readonly endpoint: Endpoint
  readonly become: Become | undefined
  warn(message: string): void
  /** A new connection, after the one before was lost. */
  reconnect(): Promise<Connection>
  /** Before a shell is opened: sshd allows few at a time. */
  makeRoom(): Promise<void>
  /** The session is of no more use: its connection is gone. */
  onLost(): void
}

/** Files of answered steps are removed when so many have gathered, or the session rests, or an answer was large. */
const filesKept = 64, restMs = 300, largeAnswer = 64 * 1024

export class ShellSession implements Session {
  readonly user: string
  trips = 0
  lastUsed = Date.now()
  private readonly parts: SessionParts
  private readonly answers: Answers
  private connection: Connection
  private shell: Shell | undefined
  private inbox = new Inbox()
  private readonly waiting: Call[] = []
  private sent: Sent[] = []
  private flushing = false
  /** A step has a channel of its own, or the shell is being opened again: what waits, waits. */
  private held = false
  private closed = false
  private serial = 0
  private files = 0
  private since = 0
  private resting: NodeJS.Timeout | undefined

  static async open(parts: SessionParts): Promise<ShellSession> {
    return new ShellSession(parts, await openShell(parts.connection, parts.endpoint, parts.become))
  }
  private constructor(parts: SessionParts, shell: Shell) {
    this.parts = parts
    this.connection = parts.connection
    this.answers = new Answers(parts.connection.host, (message) => parts.warn(message))
    this.user = shell.facts.user
    this.attach(shell)
  }

  private openShell(): Promise<Shell> { return openShell(this.connection, this.parts.endpoint, this.parts.become) }

  get isBusy(): boolean { return this.sent.length > 0 || this.waiting.length > 0 || this.held }

  run(steps: readonly Step[], options: RunOptions = {}): Promise<readonly Ran[]> {
    if (this.closed) return Promise.reject(fault('unreachable-lost', undefined, { host: this.connection.host, said: 'the session was closed' }))
    if (steps.length === 0) return Promise.resolve([])
    for (const step of steps) {
      const bad = Object.keys(step.env ?? {}).find((name) => !/^[A-Za-z_][A-Za-z0-9_]*$/.test(name))
      if (bad !== undefined) return Promise.reject(fault('step-variable', undefined, { host: this.connection.host, name: bad }))
    }
    return new Promise((resolve, reject) => {
      this.waiting.push({ steps, options, ran: [], resolve, reject })
      this.scheduleFlush()
    })
  }

  async close(): Promise<void> {
    if (this.closed) return
    this.closed = true
    clearTimeout(this.resting)
    const shell = this.shell, patienceMs = this.isBusy ? 100 : 2000
    this.failAll(fault('unreachable-lost', undefined, { host: this.connection.host, said: 'the session was closed' }))
    if (shell === undefined) return
    await endShell(shell, patienceMs)
  }

  /** Closes the shell of a session that rests; the next call opens it again. */
  async suspend(): Promise<void> {
    const shell = this.shell
    if (shell === undefined || this.isBusy || this.closed) return
    this.shell = undefined
    clearTimeout(this.resting)
    await endShell(shell, 2000)
  }
  get isOpen(): boolean { return this.shell !== undefined }

  // ------------------------------------------------------------ writing

  private scheduleFlush(): void {
    if (this.flushing || this.held) return
    this.flushing = true
    setImmediate(() => {
      this.flushing = false
      this.flush()
    })
  }

  private flush(): void {
    if (this.held || this.closed) return
    if (this.shell === undefined) return this.reopen()
    let text = ''
    while (this.waiting.length > 0) {
      const call = this.waiting[0]!
      const rest = call.steps.slice(call.ran.length)
      const large = rest.findIndex((step) => (step.stdin?.length ?? 0) > inlineBytes)
      if (large === 0) {
        if (this.sent.length === 0) this.feed(this.waiting.shift()!)
        break
      }
      this.waiting.shift()
      const steps = (large < 0 ? rest : rest.slice(0, large)).map((step) => ({ step, serial: ++this.serial }))
      const nonce = makeNonce()
      if (this.sent.length === 0) this.since = Date.now()
      this.sent.push({ call, nonce, steps, answered: 0 })
      text += stepsScript(nonce, steps, this.shell.facts.decoder)
      this.files += steps.length
      if (large > 0) break
    }
    if (text !== '') this.write(text)
  }

  private write(text: string): void {
    this.trips++
    this.lastUsed = Date.now()
    clearTimeout(this.resting)
    const clean = this.files >= filesKept
    if (clean) this.files = 0
    this.shell?.pipe.stdin.write(clean ? text + cleaning : text)
    this.watchHead()
  }

  // ------------------------------------------------------------ answers

  private attach(shell: Shell): void {
    this.shell = shell
    this.inbox = new Inbox()
    this.files = 0
    let stderr = ''
    shell.pipe.stdout.on('data', (chunk: Buffer) => {
      this.inbox.push(chunk)
      this.takeAnswers()
    })
    shell.pipe.stderr.on('data', (chunk: Buffer) => { stderr = (stderr + chunk.toString('utf8')).slice(-4096) })
    shell.pipe.ended.then((ending) => this.lose(shell, ending, stderr), (error: unknown) => this.lose(shell, { code: undefined, signal: undefined }, String(error)))
  }

  private takeAnswers(): void {
    for (let head = this.sent[0]; head !== undefined; head = this.sent[0]) {
      const frame = this.inbox.takeFrame(head.nonce)
      if (frame === undefined) return
      this.take(head, frame)
    }
    this.scheduleRest()
  }

  private take(head: Sent, frame: Frame): void {
    const { step } = head.steps[head.answered]!
    head.answered++
    if (frame.stdout.length + frame.stderr.length > largeAnswer) this.files = filesKept
    const ran = this.answers.ran(step, frame, this.since)
    const goesOn = isAllowed(step, ran.rc) && head.call.verdict === undefined
    head.call.ran.push(ran)
    this.since = Date.now()
    if (!goesOn || head.answered === head.steps.length) this.sent.shift()
    if (!goesOn || head.call.ran.length === head.call.steps.length) this.finish(head.call)
    else if (head.answered === head.steps.length) this.waiting.unshift(head.call) // its next step has a channel of its own
    this.watchHead()
    if (this.waiting.length > 0) this.scheduleFlush()
  }

  private finish(call: Call): void {
    call.watch?.stop()
    if (call.verdict !== undefined) call.reject(call.verdict)
    else call.resolve(call.ran)
  }

  private scheduleRest(): void {
    if (this.files === 0 || this.isBusy || this.closed) return
    clearTimeout(this.resting)
    this.resting = setTimeout(() => {
      this.files = 0
      if (!this.isBusy && !this.closed) this.shell?.pipe.stdin.write(cleaning)
    }, this.files >= filesKept ? 0 : restMs)
    this.resting.unref()
  }

  // ------------------------------------------------------------ long steps

  /** The call that is running now gets its watch, if somebody wants to see its output or to limit its time. */
  private watchHead(): void {
    const head = this.sent[0]
    if (head === undefined || this.shell === undefined) return
    const { call } = head
    if (call.options.onOutput === undefined && call.options.timeoutSeconds === undefined) return
    const { facts } = this.shell
    call.watch ??= new Watch({
      open: () => this.openShell(),
      options: call.options,
      pid: facts.pid,
      folder: facts.folder,
      onTimeout: (seconds) => {
        call.verdict = fault('step-timeout', undefined, { host: this.connection.host, seconds })
        return () => { this.shell?.pipe.drop() }
      },
    })
    call.watch.look(head.steps[head.answered]?.serial ?? 0)
  }

  /** A step with a large input runs on a channel of its own; what follows waits for it. */
  private feed(call: Call): void {
    const step = call.steps[call.ran.length]!
    this.held = true
    this.since = Date.now()
    this.trips++
    feedStep(() => this.openShell(), step, call.options, this.connection.host)
      .then((frame) => {
        const ran = this.answers.ran(step, frame, this.since)
        call.ran.push(ran)
        if (!isAllowed(step, ran.rc) || call.ran.length === call.steps.length) this.finish(call)
        else this.waiting.unshift(call)
      }, (error: unknown) => call.reject(error))
      .finally(() => {
        this.held = false
        this.scheduleFlush()
      })
  }

  // ------------------------------------------------------------ losing the shell

  private lose(shell: Shell, ending: Ending, stderr: string): void {
    if (this.shell !== shell || this.closed) return
    this.shell = undefined
    if (this.sent.length > 0) this.reopen({ shell, ending, stderr })
  }

  /** Opens the shell again. Steps that were not begun are sent again; the one that was running has ended with its shell. */
  private reopen(lost?: Lost): void {
    this.held = true
    this.openAgain(lost).then(() => this.flush(), (error: unknown) => {
      this.held = false
      this.failAll(lost === undefined ? error : this.lossOf(lost.stderr, error))
      this.closed = true
      this.parts.onLost()
    })
  }
  private async openAgain(lost: Lost | undefined): Promise<void> {
    // nothing was under way: a lost connection is simply made again
    await this.parts.makeRoom()
    if (lost === undefined && this.connection.isLost) this.connection = await this.parts.reconnect()
    const shell = await this.openShell()
    if (this.closed) return shell.pipe.drop()
    if (lost !== undefined) this.requeue(lost, await this.salvage(shell, lost))
    this.attach(shell)
    this.held = false
  }

  /** What the step had printed when its shell was killed; the folder goes with it. */
  private salvage(shell: Shell, lost: Lost): Promise<Frame> {
    const serial = this.sent[0]?.steps[this.sent[0].answered]?.serial ?? 0
    const folder = quote(lost.shell.facts.folder)
    return new Asker(shell).ask(`if [ -d ${folder} ]; then cat ${folder}/o${serial} 2>/dev/null; { cat ${folder}/e${serial} 2>/dev/null; } >&2; rm -rf -- ${folder}; fi`)
  }

  private lossOf(stderr: string, error: unknown): Fault {
    if (error instanceof Fault && error.code !== 'unreachable-no-greeting') return error
    return fault('unreachable-lost', undefined, { host: this.connection.host, said: stderr }, error)
  }

  private requeue({ ending }: Lost, printed: Frame): void {
    const calls = this.sent.map((one) => one.call)
    for (const call of calls) {
      call.watch?.stop()
      delete call.watch // it looks at the shell that is gone
    }
    const head = this.sent[0]
    this.sent = []
    if (head === undefined) return
    const rc = exitCode(ending)
    const note = Buffer.from(`play: the command ended the shell of its session (${ending.signal ?? `exit code ${rc}`}); a new one was opened\n`)
    const { step } = head.steps[head.answered]!
    const ran = this.answers.ran(step, { stdout: printed.stdout, stderr: Buffer.concat([printed.stderr, note]), rc: rc === 0 ? 255 : rc, signal: undefined }, this.since)
    head.call.ran.push(ran)
    const goesOn = isAllowed(step, ran.rc) && head.call.verdict === undefined && head.call.ran.length < head.call.steps.length
    this.waiting.unshift(...(goesOn ? calls : calls.slice(1)))
    if (!goesOn) this.finish(head.call)
  }

  private failAll(error: unknown): void {
    const calls = [...this.sent.map((one) => one.call), ...this.waiting]
    this.sent = []
    this.waiting.length = 0
    for (const call of calls) {
      call.watch?.stop()
      call.reject(call.verdict ?? error)
    }
  }
}

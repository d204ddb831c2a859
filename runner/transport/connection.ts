/** What every way to a host offers: it starts programs there, with three pipes each. Nothing here knows shells or accounts. */
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import type { Readable, Writable } from 'node:stream'
import type { Fault } from '../core/errors.ts'

export interface Ending {
  readonly code: number | undefined
  /** `SIGKILL`; where the way to the host tells. */
  readonly signal: string | undefined
}
export interface Pipe {
  readonly stdin: Writable
  readonly stdout: Readable
  readonly stderr: Readable
  /** Resolves when the program has ended and all its output was read; rejects where it could not be started. */
  readonly ended: Promise<Ending>
  /** Gives the program up; what it does then is its own affair. */
  drop(): void
}
export interface Connection {
  /** For messages: address or container. */
  readonly host: string
  spawn(argv: readonly string[]): Promise<Pipe>
  /** It is gone for good: what wants to go on needs a new one. */
  readonly isLost: boolean
  /** The fault that ended programs before they could answer mean here; undefined: nothing particular to this kind of connection. */
  explain(stderr: string, ending: Ending): Fault | undefined
  close(): Promise<void>
}

export interface Program {
  readonly argv: readonly string[]
  /** Its own session, so that a Ctrl-C at the terminal does not reach it behind our back. */
  readonly detached?: boolean
  missing(): Fault
}

/** A program of this machine. */
export function startProgram({ argv, detached = true, missing }: Program): Pipe {
  const [file = '', ...rest] = argv
  const child = spawn(file, rest, { stdio: ['pipe', 'pipe', 'pipe'], detached })
  const ended = new Promise<Ending>((resolve, reject) => {
    child.on('error', (error) => reject('code' in error && error.code === 'ENOENT' ? missing() : error))
    child.on('close', (code, signal) => resolve({ code: code ?? undefined, signal: signal ?? undefined }))
  })
  ended.catch(() => undefined)
  child.stdin.on('error', () => undefined) // EPIPE: `ended` says more
  return { stdin: child.stdin, stdout: child.stdout, stderr: child.stderr, ended, drop: () => stopGroup(child, detached) }
}

/** First gently: a shell of ours notes the signal, loses its step, finds its input at an end and tidies up. */
function stopGroup(child: ChildProcess, isLeader: boolean): void {
  const send = (signal: NodeJS.Signals): void => {
    if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return
    try { process.kill(isLeader ? -child.pid : child.pid, signal) } catch { return } // it has just ended
  }
  send('SIGTERM')
  setTimeout(() => send('SIGKILL'), 1000).unref()
}

/** The exit code a shell would show for this end. */
export function exitCode({ code, signal }: Ending): number {
  if (signal === undefined) return code ?? 255
  return 128 + (signals[signal.replace(/^SIG/, '')] ?? 127)
}
const signals: Readonly<Record<string, number>> = { HUP: 1, INT: 2, QUIT: 3, ILL: 4, ABRT: 6, FPE: 8, KILL: 9, SEGV: 11, PIPE: 13, ALRM: 14, TERM: 15 }

/** How a host is reached: endpoints, accounts, and sessions that run steps. */
import type { Ran, Step } from './plan.ts'

/** Where a host is and how to get there; from inventory variables. */
export interface Endpoint {
  readonly connection: 'local' | 'ssh' | 'openssh' | 'docker' | 'podman'
  /** Address, container name. */
  readonly host: string
  readonly port?: number
  readonly user?: string
  readonly password?: string
  readonly privateKeyFile?: string
  readonly passphrase?: string
  readonly hostKeyChecking?: boolean
  readonly knownHostsFiles?: readonly string[]
  readonly sshArgs?: readonly string[]
  readonly timeoutSeconds?: number
  /** The shell on the target; default /bin/sh. */
  readonly shell?: string
  /** docker: arguments before `exec`, as ansible_docker_extra_args. */
  readonly extraArgs?: readonly string[]
}
export interface Become {
  readonly method: 'sudo' | 'su' | 'doas'
  readonly user: string
  readonly password?: string
  readonly exe?: string
  readonly flags?: string
  /** sudo: the folder that it is started in. */
  readonly chdir?: string
  /** su: what it asks with, without the colon; undefined: whatever ends with one. */
  readonly prompts?: readonly string[]
  /** How long it may take; undefined: as long as any shell. */
  readonly timeoutSeconds?: number
}
export interface RunOptions {
  /** Called with output of a step that has run for longer than about 2 s. */
  onOutput?(chunk: string): void
  readonly timeoutSeconds?: number
}
/**
 * A shell of one account on one host that stays open. Calls of `run` in one turn of the event loop travel in one write (one trip);
 * calls made while an answer is outstanding are written at once behind it. One call's steps stop at its first bad exit code: the answer
 * then is shorter than the steps. A lost connection or shell rejects with a Fault of an `unreachable` code.
 */
export interface Session {
  readonly user: string
  /** Writes so far that had to wait for an answer. */
  readonly trips: number
  run(steps: readonly Step[], options?: RunOptions): Promise<readonly Ran[]>
  close(): Promise<void>
}
export interface Pool {
  session(endpoint: Endpoint, become?: Become): Promise<Session>
  /** `meta: reset_connection`. */
  reset(endpoint: Endpoint): Promise<void>
  close(): Promise<void>
}

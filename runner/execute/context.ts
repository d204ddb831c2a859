/** What one run carries: the pieces it is wired from, and what it remembers of each host. */
import type { Data, Frame, Loc, Node, Play, Role, Task } from '../core/types.ts'
import type { LocalFile, Question, RenderOptions, Reply } from '../core/plan.ts'
import type { Pool, Session } from '../core/session.ts'
import type { Event, HostStats } from '../core/events.ts'
import type { Options } from '../core/options.ts'
import type { Masker } from '../core/mask.ts'
import type { Jinja, Vars } from '../template/call.ts'
import type { Inventory } from '../inventory/load.ts'
import type { Loader } from '../playbook/load.ts'
import type { Registry } from './registry.ts'
import type { Exchange, Machine } from './exchange.ts'
import type { FactCache } from './fact-cache.ts'
import type { Gate } from './gate.ts'
import type { Job } from './async.ts'

export interface Run {
  readonly options: Options
  readonly inventory: Inventory
  readonly loader: Loader
  readonly jinja: Jinja
  readonly pool: Pool
  readonly registry: Registry
  readonly masker: Masker
  /** Extra variables of the command line: above all else. */
  readonly extra: readonly Frame[]
  emit(event: Event): void
  warn(message: string, loc?: Loc): void
  readonly hosts: Map<string, HostState>
  readonly machines: Map<string, Machine>
  /** By account. */
  readonly exchanges: Map<string, Exchange>
  /** At most `forks` tasks at once. */
  readonly gate: Gate
  /** Jobs of async tasks whose result has not been fetched, by their id. */
  readonly jobs: Map<string, Job>
  /** Variables whose names have been looked at (warnReserved). */
  readonly namesChecked: WeakSet<object>
  /** `set_stats`. */
  readonly custom: Data
  renderFile(file: LocalFile, vars: Vars, options: RenderOptions): Promise<string>
  /** Variables of a file; a list of mappings is merged. */
  loadFile(path: string): Promise<unknown>
  /** The same of a file that must be one mapping. */
  loadMapping(path: string): Promise<unknown>
  /** Facts of earlier runs. */
  readonly factCache?: FactCache
  /** Asks the person at the terminal; undefined where there is none. */
  ask?(prompt: string, isPrivate: boolean): Promise<string>
  /** One conversation with the person at a time. */
  readonly talk: Gate
  /** Whether the person is asked before each task. */
  steps: boolean
  /** The same, key by key. */
  askKeys?(question: Question): Promise<Reply>
  /** Hosts of `--limit`; undefined: all. */
  readonly limit: ReadonlySet<string> | undefined
  /** `--start-at-task`: false for tasks before it. */
  startAt?: (title: string) => boolean
  /** An id for a task that the engine makes itself. */
  nextId(): number
  /** Folder of the playbook that runs now. */
  playDir(): string
}

/** `because`: another host's failure ended this one too (any_errors_fatal, run_once, max_fail_percentage); it does not count as failed.
 * `rescuable`: a block with `rescue` is around the task, so that the host is still one of the play. */
export interface Failed { readonly task: Task; readonly data: Data; readonly rescuable: boolean; readonly because?: 'another host' }

/** `unknown`: in a dry run, why it cannot be known whether there is a notification. */
export interface Notified { readonly unknown?: string }

/** Facts that would change how a host is reached are no variables. Ansible: vars/clean.py. */
const isRestricted = (name: string): boolean => /^ansible_(?:facts|playbook_python|connection|module_compression|shell_type|shell_executable|host|user|password|port|pipelining|timeout|private_key_file|network_os|connection_user|become_.*|(?:ssh(?!_host_key_)|local|paramiko_ssh|psrp|winrm|docker|podman)_(?!.*(?:_bridge|_gwbridge)$).*|.*_interpreter|rsync_path)$/.test(name)

/** What the run remembers of one inventory host. */
export class HostState {
  readonly name: string
  /** As `ansible_facts`; also visible as `ansible_x`. */
  readonly facts: Data = {}
  readonly factFrame: Frame
  /** Under the names that they were gathered or set by: what a cache keeps. */
  readonly gathered: Data = {}
  /** set_fact and register. */
  readonly setFrame: { readonly name: string; readonly vars: Data } = { name: 'set_fact or register', vars: {} }
  readonly includeFrames: Frame[] = []
  readonly stats: HostStats = { ok: 0, changed: 0, unreachable: 0, failed: 0, skipped: 0, rescued: 0, ignored: 0, unknown: 0 }
  failed: Failed | undefined
  unreachable = false
  /** Failures that wait for the end of an `always` section. */
  readonly waiting: (Failed | undefined)[] = []
  /** meta: end_host, end_play. */
  ended = false
  /** Names notified since the last flush. Which handlers they mean is found out then: includes may have brought more. */
  readonly notifications = new Map<string, Notified>()
  /** Handlers to run. */
  readonly notified = new Map<Task, Notified>()
  /** Roles that ran, by name and parameters, for the once-only rule of a play. */
  rolesRun = new Set<string>()
  /** Roles of which a task has run (not only been skipped). */
  readonly rolesBegun = new Set<Role>()
  /** Sessions that its tasks have used, to count their round trips. */
  readonly sessions = new Set<Session>()
  /** Machines that its tasks have acted on; what was read ahead counts until one of them changes. */
  readonly machines = new Set<Machine>()
  /** Roles that end_role left. */
  readonly roleEnded = new Set<Role>()

  /** Variables that a person changed in the debugger, above all others. */
  edited: Frame | undefined
  private readonly injects: boolean

  constructor(name: string, injects = true) {
    this.name = name
    this.injects = injects
    this.factFrame = { name: 'facts', vars: { ansible_facts: this.facts } }
  }
  clearFacts(): void {
    for (const found of [this.facts, this.gathered]) for (const key of Object.keys(found)) Reflect.deleteProperty(found, key)
    for (const key of Object.keys(this.factFrame.vars)) if (key !== 'ansible_facts') Reflect.deleteProperty(this.factFrame.vars, key)
  }
  get alive(): boolean { return this.failed === undefined && !this.unreachable && !this.ended }

  addFacts(facts: Readonly<Data>, alsoAsFacts = true): void {
    const { vars } = this.factFrame
    if (!this.injects && !('ansible_local' in vars)) Object.assign(vars, { ansible_local: {} })
    for (const [key, value] of Object.entries(facts)) {
      this.gathered[key] = value
      const plain = key.replace(/^ansible_(?!local$)/, '')
      if (alsoAsFacts) this.facts[plain] = value
      if ((this.injects || !key.startsWith('ansible_') || key === 'ansible_local') && !isRestricted(key)) Object.assign(vars, { [key]: value })
    }
  }
}

/** What a play remembers while it runs. */
export interface PlayState {
  readonly play: Play
  /** All hosts of the play, and of the current batch, by name; failed ones included. */
  readonly all: readonly string[]
  batch: readonly string[]
  /** Strategy debug. */
  isDebugged?: boolean
  /** Roles whose defaults and vars every task sees: the play's, and included ones with `public`. */
  readonly roles: Role[]
  /** All roles that the play has come to, each as often as it is used. */
  readonly named: Role[]
  /** The play's handlers and those of included roles. */
  readonly handlers: Node[]
  readonly varsFiles: Map<string, Promise<readonly Frame[]>>
  /** max_fail_percentage of the current batch is exceeded. */
  tooManyFailed(): boolean
}

export function hostState(run: Run, name: string): HostState {
  const before = run.hosts.get(name)
  if (before !== undefined) return before
  const state = new HostState(name, run.options.injectFacts !== false)
  run.hosts.set(name, state)
  const cached = run.factCache?.load(name)
  if (cached !== undefined) state.addFacts(cached)
  return state
}

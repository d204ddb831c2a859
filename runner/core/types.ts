/** The shapes that the folders of the runner hand to each other. Nothing here has behaviour; values of the language are in value.ts. */

import type { Template } from './value.ts'

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

/** Named values: results, facts, variables. Values may be anything that value.ts lists. */
export type Data = { [key: string]: unknown }

/** A place in a file; line and column count from 1. */
export interface Loc { readonly file: string; readonly line: number; readonly column: number }

// ---------------------------------------------------------------- playbook model (built by playbook/, read by execute/)

/** Keywords by canonical name, as written (templates not yet rendered), own and inherited ones already merged by the loader. */
export type Keywords = Readonly<Record<string, unknown>>

/** A named set of variables. `name` says where they come from, for error messages and `explain`. */
export interface Computed { get(name: string): unknown; names(): Iterable<string> }
export interface Frame {
  readonly name: string
  readonly vars: Readonly<Data>
  /** Variables worked out when they are asked for, beside `vars`; undefined where there is none of that name. */
  readonly computed?: Computed
  /** Variables that a dynamic include gives to what it includes: above set facts and registered results. */
  readonly isInclude?: true
}

export interface Role {
  /** With its collection in front, if it is of one. */
  readonly name: string
  /** `namespace.name` of the collection that it is of. */
  readonly collection?: string
  /** Absolute path of the role's folder. */
  readonly path: string
  /** defaults/main and whatever `defaults_from` named. */
  readonly defaults: Frame
  /** vars/main. */
  readonly vars: Frame
  /** Parameters given where the role is used (`vars:` and unknown keys of the `roles:` entry). */
  readonly params: Frame
  /** Roles that brought this one in by `dependencies`, nearest last; their defaults and vars are visible too. */
  readonly parents: readonly Role[]
  /** Roles whose tasks included or imported this one, nearest last; a dependency has those of the role that depends on it. */
  readonly includedBy: readonly Role[]
  readonly isDependency: boolean
  /** Its variables are seen by its own tasks only. */
  readonly isPrivate?: true
  readonly allowDuplicates: boolean
  /** Equal for uses of a role that count as the same for the once-only rule: path, parameters, conditions, tags, files. */
  readonly key?: string
  readonly loc: Loc
}

export interface Task {
  readonly kind: 'task'
  /** Unique within the run; also in events. */
  readonly id: number
  readonly name?: unknown
  /** Short name of a module or action that exists: `copy`, `include_tasks`, `meta`. */
  readonly module: string
  /** The module's name where only the run can know it (`action: "{{ pkg_mgr }} name=x"`); `module` is empty then. */
  readonly moduleTemplate?: Template
  /** The module's name as written, for the banner of tasks without a name. */
  readonly action?: string
  /** What is wrong with it, where its failure is foreseen (ignore_errors, a rescue): it fails with that. */
  readonly wrong?: Error
  /** Why it can have no such arguments: told where they are needed, not where a condition or tags leave it out. */
  readonly wrongArgs?: Error
  /** Made by the engine: `--start-at-task` does not leave it out. */
  readonly implicit?: true
  /**
   * The mapping as written; free-form text is under `_raw_params`. A Template that gives the mapping where all arguments come from one;
   * `_variable_params` is such a Template beside other arguments, which win over it.
   */
  readonly args: unknown
  readonly kw: Keywords
  /** `vars:` of the enclosing blocks, outermost first, then the task's own. */
  readonly vars: readonly Frame[]
  readonly role?: Role
  /** Folders where relative `src`, `file` are looked for, nearest first (Ansible: role, dir of the task file, playbook dir). */
  readonly search: readonly string[]
  readonly isHandler: boolean
  readonly loc: Loc
}
export interface Block {
  readonly kind: 'block'
  readonly body: readonly Node[]; readonly rescue: readonly Node[]; readonly always: readonly Node[]
  readonly kw: Keywords; readonly role?: Role; readonly name?: unknown; readonly loc: Loc
}
/** A role's tasks: a bracket so that `role_complete`, once-only rules and `end_role` have a place. */
export interface RoleNode {
  readonly kind: 'role'; readonly role: Role; readonly body: readonly Node[]; readonly kw: Keywords; readonly loc: Loc
  /** The role's own handlers (without those of its dependencies). Those of roles known at load time are in the play's too. */
  readonly handlers?: readonly Node[]
}
export type Node = Task | Block | RoleNode

export interface Play {
  /** Its name, or else its hosts. */
  readonly name: unknown; readonly hosts: unknown
  readonly isNamed?: true
  /** pre_tasks, roles, tasks, post_tasks in the order in which they run; handlers are flushed after each. */
  readonly sections: readonly { readonly kind: 'pre_tasks' | 'roles' | 'tasks' | 'post_tasks'; readonly nodes: readonly Node[] }[]
  readonly handlers: readonly Node[]
  readonly kw: Keywords
  /** `vars:`, then each of `vars_prompt`'s answers; vars_files stay in kw, they are templated per host. */
  readonly vars: readonly Frame[]
  readonly roles: readonly Role[]
  /** Folder of the playbook file (`playbook_dir`). */
  readonly dir: string
  readonly loc: Loc
}
export interface Playbook { readonly file: string; readonly plays: readonly Play[] }

// ---------------------------------------------------------------- arguments

export type ArgType = 'str' | 'path' | 'bool' | 'int' | 'float' | 'mode' | 'list' | 'dict' | 'raw' | 'bytes'
/** One argument of a module, declared once: coercion, errors, docs and editor schema read this. */
export interface Arg {
  readonly type: ArgType
  readonly doc: string
  readonly required?: boolean
  readonly default?: Json
  readonly choices?: readonly (string | number | boolean)[]
  readonly aliases?: readonly string[]
  /** Type of the elements of a list. */
  readonly elements?: ArgType
  /** Arguments of a dict, or of each dict of a list. */
  readonly options?: ArgSpec
  /** Values are masked wherever they would be shown. */
  readonly secret?: boolean
  /** Known to Ansible, refused here with this reason. */
  readonly unsupported?: string
}
export type ArgSpec = Readonly<Record<string, Arg>>

/** Relations between arguments, as in Ansible's argument_spec. */
export interface ArgRules {
  readonly mutuallyExclusive?: readonly (readonly string[])[]
  readonly requiredOneOf?: readonly (readonly string[])[]
  readonly requiredTogether?: readonly (readonly string[])[]
  /** [argument, value, needed arguments, needs any (default all)] */
  readonly requiredIf?: readonly (readonly [string, unknown, readonly string[], boolean?])[]
  readonly requiredBy?: Readonly<Record<string, readonly string[]>>
}

type Base<A extends Arg> =
  A['choices'] extends readonly (infer C)[] ? C
  : A['type'] extends 'bool' ? boolean
  : A['type'] extends 'int' | 'float' | 'bytes' ? number
  : A['type'] extends 'str' | 'path' | 'mode' ? string
  : A['type'] extends 'dict' ? Data
  : unknown
type Elements<A extends Arg> =
  A['choices'] extends readonly (infer C)[] ? C
  : A['elements'] extends 'str' | 'path' | 'mode' ? string
  : A['elements'] extends 'int' | 'float' ? number
  : A['elements'] extends 'bool' ? boolean
  : A['elements'] extends 'dict' ? Data
  : unknown
type Value<A extends Arg> = A['type'] extends 'list' ? Elements<A>[] : Base<A>
/** The typed arguments that a spec gives; optional ones without default may be undefined. */
export type Args<S extends ArgSpec> = {
  readonly [K in keyof S]: S[K] extends { readonly required: true } ? Value<S[K]>
    : 'default' extends keyof S[K] ? Value<S[K]>
    : Value<S[K]> | undefined
}

// ---------------------------------------------------------------- reading, planning, changing

/**
 * One kind of read. The engine joins all reads of one kind that are waiting into one script.
 * `script` prints the answers for its keys, in POSIX sh; its stdout is handed to `parse`, which gives one answer a key.
 */
export interface Probe<K, T> {
  readonly name: string
  id(key: K): string
  script(keys: readonly K[]): string
  parse(stdout: string, keys: readonly K[]): T[]
  /** The answer cannot change during a run (kernel, distribution): kept when other answers are dropped. */
  readonly lasting?: boolean
  /** True where the answer says that the thing is not there. Only such answers become uncertain after an unpredictable change. */
  absent?(value: T): boolean
  /** What a predicted answer for another id says about this key (a removed folder: everything below is gone); undefined: nothing. */
  imply?(id: string, value: T, key: K): T | undefined
}

export type Change =
  | { readonly kind: 'attr'; readonly of: string; readonly name: string; readonly before: Json; readonly after: Json }
  | { readonly kind: 'text'; readonly of: string; readonly before: string; readonly after: string; readonly note?: string; /** Which part of the file this is, where others are told beside it. */ readonly part?: string }
  /** `guarded`: it runs because of something read (creates, removes), so a dry run announces it as changed, not as skipped. */
  | { readonly kind: 'run'; readonly cmd: string; readonly guarded?: boolean }

/** A piece of POSIX sh. Made by the `sh` template only, so that every value is quoted. */
export interface Step {
  readonly sh: string
  readonly stdin?: Uint8Array
  /** Exit codes that are no failure; default 0 only. */
  readonly okRc?: readonly number[] | 'any'
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
}
export interface Ran {
  readonly rc: number; readonly stdout: string; readonly stderr: string
  /** Epoch milliseconds on the controller's clock, and duration. */
  readonly startedAt: number; readonly ms: number
}

/** What a later read would find once the steps have run. `unknown`: the steps may create things that cannot be foreseen. */
export type Predicted =
  | { readonly probe: string; readonly id: string; readonly value: unknown }
  /** `spares`: folders in which nothing changes all the same. */
  | { readonly unknown: string; readonly spares?: readonly string[] }

export interface Plan {
  readonly changes: readonly Change[]
  readonly steps: readonly Step[]
  readonly after?: readonly Predicted[]
  /** Result keys known before the steps run. */
  readonly data?: Data
  /** Result keys that only the run gives; their names are `unknown` in a dry run. */
  readonly later?: readonly string[]
  done?(ran: readonly Ran[]): Data
  /** Shape of `diff` in the result: one mapping, one that is there also where nothing changes (path), content and rights as two parts, or (default) a list. */
  readonly diff?: 'one' | 'path' | 'parts' | 'list'
  /** More of what was there, read in diff mode only; goes into the one mapping's `before`. */
  details?(): Promise<Data>
  /** What it gave. */
  readonly detailed?: Data
  readonly warnings?: readonly string[]
}

/** A file on the controller. */
export interface LocalFile {
  readonly path: string; readonly kind: 'file' | 'directory'; readonly mode: number; readonly size: number
  /** Of a symbolic link: its text. Kind, mode and size are those of what it leads to. */
  readonly link?: string
  read(): Promise<Uint8Array>
  /** Everything below a folder, in name order; paths relative to it. */
  list(): Promise<readonly { readonly relative: string; readonly file: LocalFile }[]>
}
export interface RenderOptions {
  readonly blockStart?: string; readonly blockEnd?: string; readonly variableStart?: string; readonly variableEnd?: string
  readonly commentStart?: string; readonly commentEnd?: string
  readonly trimBlocks?: boolean; readonly lstripBlocks?: boolean; readonly newline?: string
  /** Where it will be written, for `template_destpath`. */
  readonly dest?: string
}

/** What a module sees of its host. It can read; it cannot act, and it cannot see whether this is a dry run. */
export interface Target {
  read<K, T>(probe: Probe<K, T>, key: K): Promise<T>
  /** A file of the controller, found as Ansible does: role's files/ or templates/, the task's folder, the playbook's. */
  local(kind: 'files' | 'templates' | 'vars', path: string): Promise<LocalFile>
  /** The text of a rendered template: EJS for *.ejs, Jinja for all else. */
  render(file: LocalFile, options?: RenderOptions): Promise<string>
  /** Account that reads and steps run as. */
  readonly user: string
}

export interface Module<S extends ArgSpec = ArgSpec> {
  readonly name: string
  readonly doc: string
  readonly args: S
  readonly rules?: ArgRules
  /** The argument that free-form text goes to (`command: ls`). */
  readonly freeForm?: string
  /** Other names it is called by (`systemd_service` for `systemd`). */
  readonly aliases?: readonly string[]
  plan(args: Args<S>, target: Target): Promise<Plan>
}

/** What a person at the terminal is asked. `ends` and `interrupts` are keys (default: enter, ctrl+C). */
export interface Question {
  readonly prompt: string; readonly echo: boolean; readonly seconds?: number; readonly ends?: readonly string[]; readonly interrupts?: readonly string[]
}
export type Reply = { readonly kind: 'text'; readonly text: string } | { readonly kind: 'interrupted' } | { readonly kind: 'time' }

/** What an action may do. Actions run on the controller; those with `needsHost` get a session. */
export interface Control extends Target {
  readonly host: string
  /** How the host that is acted on is reached. */
  readonly connection: Endpoint['connection']
  readonly checkMode: boolean
  readonly diffMode: boolean
  readonly verbosity: number
  /** Value of a variable, templated; undefined where there is none. */
  variable(name: string): unknown
  /** Value of a variable, or of an entry in it (`a.b[0]`), to be shown: words in the place of what is undefined in it; undefined where there is none. */
  shown(name: string): unknown
  /** Where the value of a variable was written, for error messages. */
  origin(name: string): Loc | undefined
  /** Truth of a condition as in `when`. */
  condition(text: unknown): boolean
  /** Templates a value as written (debug var=). */
  evaluate(expression: unknown): unknown
  run(steps: readonly Step[]): Promise<readonly Ran[]>
  sleep(seconds: number): Promise<void>
  /** A line that a terminal shows while the task runs. */
  progress(text: string): void
  /** A line that is printed while the task runs. */
  say(text: string): void
  /** Asks the person at the terminal; undefined where there is none. */
  readonly ask: ((question: Question) => Promise<Reply>) | undefined
  /** The task's name as its banner has it. */
  readonly title: string
  warn(message: string): void
  /** From now on this text is masked wherever it would be shown. */
  keepSecret(text: string): void
  addHost(host: { readonly name: string; readonly groups: readonly string[]; readonly vars: Data }): boolean
  addGroup(group: string, parents: readonly string[]): boolean
  /** A value file (YAML or JSON), found like `local`, templates inside kept. */
  load(path: string): Promise<unknown>
}
export interface Action<S extends ArgSpec = ArgSpec> {
  readonly name: string
  readonly doc: string
  readonly args: S
  readonly rules?: ArgRules
  readonly freeForm?: string
  readonly aliases?: readonly string[]
  /** Opens a session before it runs. */
  readonly needsHost?: boolean
  /** Arguments reach it as written, it templates them itself (debug var, assert that). */
  readonly rawArgs?: readonly string[]
  /** Takes any argument names (set_fact): they reach it templated, not checked. */
  readonly open?: boolean
  /** Runs on the first host of a play only, and counts for all of them. */
  readonly once?: boolean
  /** `skip`: a dry run skips it, as Ansible does for modules without check mode. */
  readonly inCheckMode: 'run' | 'skip'
  /** Result data: `changed`, `failed`, `msg`, `ansible_facts`, … as Ansible's result keys. Nothing said: ok. */
  run(args: Args<S>, control: Control): Promise<Data>
}

// ---------------------------------------------------------------- transport

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

// ---------------------------------------------------------------- results and events

export type Outcome = 'ok' | 'changed' | 'skipped' | 'failed' | 'unreachable' | 'unknown'
/** An error as plain data: what reporters and JSON output get. */
export interface ErrorData {
  readonly code: string; readonly message: string; readonly hint?: string; readonly loc?: Loc
  /** From the inside out: what was being done, and where. */
  readonly trail: readonly { readonly what: string; readonly loc?: Loc }[]
}
export interface TaskResult {
  readonly outcome: Outcome
  readonly changes: readonly Change[]
  /** The registered result, masked. */
  readonly data: Data
  readonly error?: ErrorData
  /** In diff mode: the changes are to be shown. */
  readonly showsDiff?: true
  /** `ignore_errors`, `ignore_unreachable` or a rescue took it. */
  readonly ignored?: boolean
  readonly ms: number
  /** Round trips that this task waited for. */
  readonly trips: number
}
export interface HostStats {
  ok: number; changed: number; unreachable: number; failed: number; skipped: number; rescued: number; ignored: number; unknown: number
}
export type Event =
  | { readonly type: 'start'; readonly playbooks: readonly string[]; /** Of each playbook. */ readonly plays?: readonly number[]; readonly checkMode: boolean; readonly diffMode: boolean; readonly verbosity: number }
  | { readonly type: 'play'; readonly name: string; readonly hosts: readonly string[]; readonly loc?: Loc }
  | { readonly type: 'no-hosts' }
  | { readonly type: 'task'; readonly id: number; readonly name: string; readonly module: string; readonly isHandler: boolean; readonly loc?: Loc; readonly args?: string }
  | { readonly type: 'host-start'; readonly host: string; readonly task: number }
  | { readonly type: 'output'; readonly host: string; readonly task: number; readonly chunk: string }
  /** A person is asked now: nothing else may write on the terminal until the host's result. */
  /** What the debugger says. */
  | { readonly type: 'answer'; readonly text: string }
  | { readonly type: 'asking'; readonly host: string; readonly task: number }
  | { readonly type: 'retry'; readonly host: string; readonly task: number; readonly left: number; readonly result: TaskResult }
  | { readonly type: 'item'; readonly host: string; readonly task: number; readonly label: string; readonly result: TaskResult; readonly delegated?: string }
  | { readonly type: 'result'; readonly host: string; readonly task: number; readonly result: TaskResult; readonly looped: boolean; readonly delegated?: string; readonly rescued?: boolean }
  /** What an action says while it runs. */
  | { readonly type: 'said'; readonly text: string }
  | { readonly type: 'included'; readonly file: string; readonly hosts: readonly string[]; readonly label?: string }
  /** What a meta action did, or why it did not. */
  | { readonly type: 'meta'; readonly task: number; readonly text: string }
  | { readonly type: 'no-hosts-left' }
  | { readonly type: 'handlers-pending'; readonly host: string; readonly handlers: readonly string[] }
  | { readonly type: 'warning'; readonly message: string; readonly loc?: Loc }
  | { readonly type: 'error'; readonly error: ErrorData }
  /** Between two playbooks of the command line. */
  | { readonly type: 'recap'; readonly stats: Readonly<Record<string, HostStats>> }
  | { readonly type: 'end'; readonly stats: Readonly<Record<string, HostStats>>; readonly custom?: Data }
export interface Reporter { on(event: Event): void; close(): Promise<void> }

/** The one task of `play adhoc`. `args`: as given, k=v or JSON. */
export interface Adhoc {
  readonly pattern: string; readonly module: string; readonly args: string; readonly oneLine: boolean
  /** Seconds. */
  readonly async?: number; readonly poll?: number; readonly timeout?: number
  readonly tree?: string
}

/** `fact_caching = jsonfile`. */
export interface FactCacheOptions { readonly folder: string; readonly prefix: string; /** 0: facts never grow too old. */ readonly timeoutSeconds: number }
/** What becomes of sources of the inventory that cannot be read, and which names in folders are none. */
export interface InventoryRules {
  readonly unparsed: 'ignore' | 'warn' | 'fail'
  readonly anyUnparsedFails: boolean
  /** Instead of the usual ones. */
  readonly ignoreExtensions?: readonly string[]
  readonly ignorePatterns: readonly string[]
  /** Kinds of sources that are read; undefined: those that Ansible reads by itself. */
  readonly enabled?: readonly string[]
  /** What happens to group names that are no variable names. */
  readonly groupNames?: 'always' | 'silently' | 'never' | 'ignore'
  /** What happens where a part of a host pattern means no host and no group; undefined: a warning. */
  readonly patternMismatch?: 'error' | 'warning' | 'ignore'
}
/** Options of one run, from the command line. */
export interface Options {
  readonly playbooks: readonly string[]
  /** Instead of playbooks. */
  readonly adhoc?: Adhoc
  /** Where such a task has its roles, files and group_vars; default: here. */
  readonly playbookDir?: string
  readonly inventory: readonly string[]
  readonly limit?: string
  readonly tags: readonly string[]
  readonly skipTags: readonly string[]
  readonly check: boolean
  /** Results tell the arguments of their task. */
  readonly injectInvocation?: boolean
  readonly diff: boolean
  readonly forks: number
  readonly extraVars: readonly string[]
  readonly verbosity: number
  readonly role?: string
  readonly become: boolean
  readonly becomeMethod?: string
  readonly becomeUser?: string
  readonly becomePassword?: string
  readonly user?: string
  readonly connection?: string
  readonly timeoutSeconds?: number
  readonly privateKeyFile?: string
  readonly connectionPassword?: string
  /** Options as ssh has them; each can be set for a host by the variable of its name. */
  readonly sshArgs?: string
  readonly sshCommonArgs?: string
  readonly sshExtraArgs?: string
  readonly forceHandlers: boolean
  readonly startAtTask?: string
  readonly vaultIds: readonly string[]
  readonly vaultPasswordFiles: readonly string[]
  readonly askVault: boolean
  /** Settings of ansible.cfg and the environment, under the names of Ansible's environment variables. */
  readonly settings?: Readonly<Record<string, string | undefined>>
  /** Settings of ansible.cfg or the environment; undefined where nothing is set. */
  readonly rolesPath?: readonly string[]
  readonly collectionsPath?: readonly string[]
  readonly hostKeyChecking?: boolean
  readonly gathering?: string
  readonly strategy?: string
  readonly port?: number
  readonly becomeExe?: string
  readonly becomeFlags?: string
  /** The shell on the targets. */
  readonly shell?: string
  /** Of keywords, for tasks that do not say. */
  readonly keywordDefaults?: Readonly<Record<string, unknown>>
  readonly inventoryRules?: InventoryRules
  /** Asks before each task. */
  readonly step?: boolean
  /** `always`: where a task fails, also without the keyword. `minds`: also where errors are ignored. */
  readonly debugger?: { readonly always?: true; readonly minds?: true }
  readonly factCache?: FactCacheOptions
  /** Forgets the cached facts of all hosts first. */
  readonly flushCache?: boolean
  /** False: facts are in `ansible_facts` only. */
  readonly injectFacts?: boolean
  /** Writes the hosts that failed to a file, beside the playbook or in this folder. */
  readonly retryFiles?: { readonly folder?: string }
  /** False: a handler that does not exist is a warning. */
  readonly errorOnMissingHandler?: boolean
  /** Whether roles that do not say `public` show their variables to the rest of the play; undefined: those that are imported do. */
  readonly publicRoles?: boolean
  /** The text of `ansible_managed` where no variable gives it, its fields filled. */
  readonly managed?: string
}

/** What modules and actions are: arguments declared once, reads, changes, steps and predictions; and what they see of their host. */
import type { Become, Endpoint } from './session.ts'
import type { Data, Json, Loc } from './types.ts'

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
  /** Why the output is not whole; a command that would have succeeded has failed where there was no room for it. */
  readonly lost?: string
  /** Epoch milliseconds on the controller's clock, and duration. */
  readonly startedAt: number; readonly ms: number
}

/** What a later read would find once the steps have run. `unknown`: the steps may create things that cannot be foreseen. */
export type Predicted =
  | { readonly probe: string; readonly id: string; readonly value: unknown }
  /** `spares`: folders in which nothing changes all the same; `within`: the only folders in which something may; `keeps`: probes whose answers it leaves as they are. */
  | { readonly unknown: string; readonly spares?: readonly string[]; readonly within?: readonly string[]; readonly keeps?: readonly string[] }

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
  /** `along`: asked in the same trip, in case it is needed. That it is absent puts nothing in doubt; a plan that rests on it reads it again. */
  read<K, T>(probe: Probe<K, T>, key: K, use?: 'along'): Promise<T>
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
  /** How the task's own host is reached, whatever the task is delegated to; the account it becomes; the host it is delegated to. */
  way(): { readonly name: string; readonly endpoint: Endpoint; readonly become: Become | undefined; readonly delegated: string | undefined }
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
  /** Runs steps that may change the own host, without become: on the controller, in the playbook's folder, or where the task acts. */
  plainly(at: 'controller' | 'host', steps: readonly Step[]): Promise<readonly Ran[]>
  /** A dry run: why nothing on the own host is certain from here on. */
  unforeseen(why: string): void
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

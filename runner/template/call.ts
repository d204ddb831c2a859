/** What filters, tests, lookups and global functions are: plain functions, kept in tables by name. All are synchronous. */
import type { Data, Loc } from '../core/types.ts'
import type { RenderOptions } from '../core/plan.ts'
import type { Template } from '../core/value.ts'

/** Where names get their values: one scope of one host. */
export interface Vars {
  /** The value as written (it may be, or hold, Templates); JavaScript's undefined where there is no such name. */
  get(name: string): unknown
  names(): Iterable<string>
  /** Values of Templates already evaluated in this scope, by Template. */
  readonly memo: Map<object, unknown>
  /** Folders for relative files of lookups and includes, nearest first. */
  readonly search: readonly string[]
  /** Folder below those in which the files of this kind of task are. */
  readonly filesIn?: string | undefined
  /** To be called before a lookup runs or writes something: throws where that is too early, since the task's turn has not come. */
  acting?(): void
  /** A scope with these names in front. */
  child(names: Readonly<Data>): Vars
}

/** What the language needs from the rest of the runner; handed in, so that template/ imports core only. */
export interface Services {
  /** What the variable ansible_managed of template files is made from, where no variable gives it. */
  readonly managed?: string
  /** Ansible's settings by the names of their variables in the environment; without it, what the environment has. */
  readonly settings?: Readonly<Record<string, string | undefined>>
  /** YAML or JSON text to plain values, nothing in it a Template. */
  parseYaml(text: string, file: string): unknown
  dumpYaml(value: unknown, options: { readonly indent?: number; readonly width?: number; readonly sortKeys?: boolean; readonly flow?: 'block' | 'auto' | 'flow'; readonly style?: 'single' | 'double' | 'literal'; readonly canonical?: boolean }): string
  /** Plain text of a VaultText or of `$ANSIBLE_VAULT;…`. */
  decrypt(ciphertext: string, loc: Loc | undefined): string
  encrypt(text: string, secret: string, vaultId: string | undefined, salt: string | undefined): string
  /** Hosts that match a pattern (lookup inventory_hostnames). */
  matchHosts(pattern: string): readonly string[]
  /** A Python file that would bring the filter, test or lookup. */
  pluginFile?(kind: 'filter' | 'test' | 'lookup', name: string): string | undefined
  /** From now on masked in all output. */
  secret(text: string): void
  warn(message: string, loc?: Loc): void
}

export interface Jinja {
  /** Native value of a template: `{{ x }}` alone keeps its type, anything else is text. Deep: no Template is left in it. */
  value(template: Template, vars: Vars): unknown
  /** A template file or text rendered to text. */
  text(template: Template, vars: Vars, options?: RenderOptions): string
  /** The same, but a file that is nothing but one value keeps its type, and one that prints nothing is None. */
  file(template: Template, vars: Vars, options?: RenderOptions): unknown
  /** A bare expression, as in `when`, `until`, `debug: var=`. May give Undefined. */
  expression(source: string, vars: Vars, at?: (offset: number) => Loc | undefined): unknown
  /** Throws where a template, or a bare expression, cannot be compiled: its syntax, filters and tests. */
  check(template: Template): void
  checkExpression(source: string, at?: (offset: number) => Loc | undefined): void
  /** A value as written, with all Templates in it evaluated and all VaultTexts decrypted; deep. */
  resolve(value: unknown, vars: Vars): unknown
  /** The same for use in an expression of another scope: what is undefined in it stays so until it is asked for. `label`: its name in errors. */
  view(value: unknown, vars: Vars, label: string): unknown
}

export interface Env { readonly vars: Vars; readonly jinja: Jinja; readonly services: Services; readonly loc: Loc | undefined }
export interface Call { readonly args: readonly unknown[]; readonly kwargs: Readonly<Data>; readonly env: Env }
/** Values handed in are resolved; the first may be Undefined (most functions reject it: see `given` in python.ts). */
export type Filter = (value: unknown, call: Call) => unknown
export type Test = (value: unknown, call: Call) => boolean
/** Gives a list; `lookup()` joins it with commas, `query()` and `with_*` take it as it is. */
export type Lookup = (terms: readonly unknown[], call: Call) => readonly unknown[]
export type GlobalFunction = (call: Call) => unknown

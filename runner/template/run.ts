/** What a template has at hand while it runs: variables, local names, where it stands for errors, and the engine. */
import { fault, Fault } from '../core/errors.ts'
import { nearest } from '../core/near.ts'
import type { Data, Loc } from '../core/types.ts'
import { dictEntries, isDict, isSettled, makeDict, omit, settle, Template, Tuple, Undefined, Unknown, VaultText } from '../core/value.ts'
import { inheritLoc } from '../core/loc.ts'
import type { Call, Env, Filter, GlobalFunction, Jinja, Services, Test, Vars } from './call.ts'
import { Failed, ofCall, waiting } from './deferred.ts'
import type { At } from './lexer.ts'
import { given, Missing, relocate, undefinedFault } from './python.ts'
import type { Module } from './compile.ts'

/** The engine behind all templates of a run. */
export interface Engine {
  readonly services: Services
  readonly jinja: Jinja
  filter(name: string): Filter | undefined
  test(name: string): Test | undefined
  global(name: string): GlobalFunction | undefined
  filterNames(): Iterable<string>
  testNames(): Iterable<string>
  globalNames(): Iterable<string>
  /** Value of a Template found as a variable or in one; `label` names it for cycles and errors. */
  evaluate(template: Template, vars: Vars, label: string): unknown
  decrypt(value: VaultText): string
  /** A template file, relative to the one that asks or in the search path. */
  load(name: string, run: Run, loc: Loc | undefined): { readonly module: Module; readonly run: Run }
}

export interface Run {
  readonly engine: Engine
  readonly vars: Vars
  readonly at: At
  /** The template's own file, for relative includes. */
  readonly file: string | undefined
}

/** Names set inside of a template; the outermost frame of a template has no parent. */
export class Frame {
  readonly run: Run
  readonly parent: Frame | undefined
  private names: Map<string, unknown> | undefined
  private table: BlockTable | undefined
  constructor(run: Run, parent?: Frame, blocks?: BlockTable) { this.run = run; this.parent = parent; this.table = blocks }
  get blocks(): BlockTable { return this.table ?? this.parent?.blocks ?? (this.table = new Map()) }
  /** JavaScript's undefined where no frame has the name. */
  local(name: string): unknown {
    for (let frame: Frame | undefined = this; frame !== undefined; frame = frame.parent) {
      const value = frame.names?.get(name)
      if (value !== undefined) return value
    }
    return undefined
  }
  set(name: string, value: unknown): void { (this.names ??= new Map()).set(name, value) }
  own(): ReadonlyMap<string, unknown> { return this.names ?? new Map() }
  /** All local names, inner ones over outer ones. */
  all(): Map<string, unknown> {
    const all = this.parent?.all() ?? new Map<string, unknown>()
    for (const [name, value] of this.own()) all.set(name, value)
    return all
  }
}
/** Bodies of a block, the most derived first. */
export type BlockTable = Map<string, readonly { readonly run: Run; readonly body: (frame: Frame, out: unknown[]) => unknown }[]>

/** One call and its environment, whose place is worked out only if asked for. */
class MadeCall implements Call, Env {
  readonly args: readonly unknown[]
  readonly kwargs: Readonly<Data>
  readonly env: Env
  private readonly run: Run
  private readonly offset: number
  constructor(run: Run, offset: number, args: readonly unknown[], kwargs: Readonly<Data>) {
    this.run = run
    this.offset = offset
    this.args = args
    this.kwargs = kwargs
    this.env = this
  }
  get vars(): Vars { return this.run.vars }
  get jinja(): Jinja { return this.run.engine.jinja }
  get services(): Services { return this.run.engine.services }
  get loc(): Loc | undefined { return this.run.at(this.offset) }
}
export const makeCall = (run: Run, offset: number, args: readonly unknown[], kwargs: Readonly<Data>): Call => new MadeCall(run, offset, args, kwargs)

/** An error with this place if it has none of its own. */
export function located(error: unknown, run: Run, offset: number): unknown {
  return error instanceof Fault && error.loc === undefined ? relocate(error, run.at(offset)) : error
}

// ---------------------------------------------------------------- values as written

/** A child as an expression sees it: Templates evaluated, secrets decrypted, containers left as they are. */
export function live(value: unknown, run: Run, label: string): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (value instanceof Template) {
    try {
      return run.engine.evaluate(value, run.vars, label)
    } catch (error) {
      // Like Ansible, a variable made from an undefined one is itself undefined: `default` helps it. Other failures wait for its use.
      return waiting(ofCall(error))
    }
  }
  return value instanceof VaultText ? run.engine.decrypt(value) : value
}

/** All the way down. What is undefined or unknown inside of a container stays so until it is used. */
export function deep(value: unknown, run: Run, label: string): unknown {
  const found = live(value, run, label)
  if (typeof found !== 'object' || found === null || isSettled(found)) return found
  if (!Array.isArray(found) && !isDict(found)) return found
  const { memo } = run.vars
  const known = memo.get(found)
  // it holds itself, which matters only to who asks that deep
  if (known === rebuilding) return new Failed(fault('template-cycle', undefined, { path: [label, '…', label] }))
  if (known !== undefined) return known
  memo.set(found, rebuilding)
  try {
    const made = rebuild(found, run, label)
    memo.set(found, made)
    return made
  } catch (error) {
    memo.delete(found)
    throw error
  }
}
/** Stands in a scope's memo for a container while what it holds is evaluated. */
const rebuilding = Symbol('rebuilding')
/** The container itself if nothing in it had to be evaluated. */
function rebuild(container: object, run: Run, label: string): unknown {
  let isSame = true
  let isPlain = true
  const child = (item: unknown, key: unknown): unknown => {
    if (typeof item !== 'object' || item === null) return item
    const made = deep(item, run, typeof key === 'number' ? `${label}[${key}]` : `${label}.${String(key)}`)
    if (made !== item) isSame = false
    if (made instanceof Undefined || made instanceof Unknown || (typeof made === 'object' && made !== null && !isSettled(made) && (Array.isArray(made) || isDict(made)))) isPlain = false
    return made
  }
  if (Array.isArray(container)) {
    const items = Array.from(container, child)
    const made = isSame ? container : inheritLoc(container instanceof Tuple ? Tuple.from(items) : items, container)
    return isPlain ? settle(made) : made
  }
  if (!isDict(container)) return container
  const pairs = dictEntries(container).map(([key, item]) => [key, child(item, key)] as const)
  const made = isSame ? container : inheritLoc(makeDict(pairs), container)
  return isPlain ? settle(made) : made
}

/** A result as it leaves the engine: no Undefined, Unknown or `omit` is in it, tuples and sets are lists (Ansible: _finalize_template_result). */
export function finalize(value: unknown): unknown {
  defined(value)
  if (typeof value !== 'object' || value === null) return value
  if (value instanceof Set || value instanceof Tuple) return Array.from(value, finalize)
  if (finals.has(value)) return value
  if (isFinal(value)) {
    if (isSettled(value)) finals.add(value)
    return value
  }
  if (Array.isArray(value)) return value.filter((item) => item !== omit).map(finalize)
  return isDict(value) ? inheritLoc(makeDict(dictEntries(value).filter(([, item]) => item !== omit).map(([key, item]) => [key, finalize(item)] as const)), value) : value
}
/** Containers that were found to be as they leave the engine: variables are asked for often. */
const finals = new WeakSet<object>()
/** Not even what an `if` without `else` gives can be part of a result. */
function defined(value: unknown): void {
  if (value instanceof Undefined) throw undefinedFault(value)
  given(value)
}
/** Whether finalize would leave it as it is: nearly everything, so nothing is copied to find out. */
function isFinal(item: unknown): boolean {
  if (typeof item !== 'object' || item === null) return true
  if (item === omit || item instanceof Set || item instanceof Tuple) return false
  defined(item)
  if (Array.isArray(item)) return item.every(isFinal)
  if (!isDict(item)) return true
  if (item instanceof Map) return [...item.values()].every(isFinal)
  for (const key of Object.keys(item)) if (!isFinal(item[key])) return false
  return true
}

export function missingName(name: string, run: Run, offset: number): Missing {
  return new Missing(`'${name}' is undefined`, run.at(offset), () => nearest(name, function* () {
    yield* run.vars.names()
    yield* run.engine.globalNames()
  }()))
}

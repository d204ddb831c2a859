/** Expressions to closures over a Frame. Unknown filters and tests are found here, before anything runs (but for those behind an if). */
import type { Data } from '../core/types.ts'
import { dictEntries, isDict, makeDict, Tuple, Undefined, VaultText } from '../core/value.ts'
import type { Dict } from '../core/value.ts'
import { absentPlugin } from './absent.ts'
import { getAttr, getItem, sliceOf } from './access.ts'
import type { Args, Expr } from './ast.ts'
import type { Call, GlobalFunction } from './call.ts'
import type { At } from './lexer.ts'
import { asMissing, atOnce, deferred, Failed, ofCall } from './deferred.ts'
import { compileOperator, operator } from './operators.ts'
import { equals, given, isHashable, iterate, Missing, NoElse, PyObject, pyError, pyStr, typeName } from './python.ts'
import { deep, live, located, makeCall, missingName } from './run.ts'
import type { Engine, Frame } from './run.ts'

export type Eval = (frame: Frame) => unknown
/** What compiling needs: names to check against, and where the source stands. */
export interface Compiler {
  readonly engine: Engine
  readonly at: At
  /** Inside of an if: a filter or test that does not exist is an error only when it is reached (Jinja2: compiler.py). */
  readonly isConditional?: boolean
}
export const conditional = (c: Compiler): Compiler => ({ ...c, isConditional: true })
/** Throws now, or, where the code may never be reached, when it is. */
function refuse(c: Compiler, error: () => Error): Eval {
  if (c.isConditional !== true) throw error()
  return () => { throw atOnce(error()) }
}
export interface Module {
  /** Runs the template's body, the results of its prints into `out`. */
  readonly render: (frame: Frame, out: unknown[]) => void
  readonly blocks: ReadonlyMap<string, (frame: Frame, out: unknown[]) => unknown>
  /** The value of a template that is nothing but one `{{ }}`, most of those in YAML; and where it stands. */
  readonly only: { readonly run: Eval; readonly at: number } | undefined
  readonly isLinked: boolean
  /** Places of its offsets, which a header line or Windows line ends shift. */
  readonly at: At
}

/** How an error names what an expression looks at: `a.b[0]`. */
export function pathOf(expr: Expr): string {
  switch (expr.kind) {
    case 'name': return expr.name
    case 'attr': return `${pathOf(expr.of)}.${expr.name}`
    case 'item': return `${pathOf(expr.of)}[${expr.key.kind === 'const' ? pyStr(expr.key.value) : '…'}]`
    default: return '…'
  }
}

export function compileExpr(expr: Expr, c: Compiler): Eval {
  switch (expr.kind) {
    case 'const': { const { value } = expr; return () => value }
    case 'name': return compileName(expr.name, expr.at)
    case 'list': { const items = expr.items.map((item) => deferred(compileExpr(item, c))); return (f) => items.map((item) => item(f)) }
    case 'tuple': { const items = expr.items.map((item) => deferred(compileExpr(item, c))); return (f) => Tuple.from(items.map((item) => item(f))) }
    case 'dict': return compileDict(expr.pairs.map(({ key, value }) => [compileExpr(key, c), deferred(compileExpr(value, c))] as const), expr.at)
    case 'attr': return compileAttr(expr, c)
    case 'item': return compileItem(expr, c)
    case 'slice': return compileSlice(expr, c)
    case 'call': return compileCall(expr, c)
    case 'filter': return compileFilter(expr, c)
    case 'test': return compileTest(expr, c)
    case 'not': case 'neg': case 'pos': case 'and': case 'or': case 'concat': case 'binary': case 'compare': case 'if': return compileOperator(expr, c)
    default: return expr satisfies never
  }
}

/** Errors without a place get this one. */
export const guarded = (at: number, run: Eval): Eval => (f) => {
  try { return run(f) } catch (error) { throw located(error, f.run, at) }
}
/** A value with no Templates left in it, for whatever looks at all of it. */
export const whole = (value: unknown, f: Frame): unknown => typeof value === 'object' && value !== null ? deep(value, f.run, '…') : value

function compileName(name: string, at: number): Eval {
  return (f) => {
    const local = f.local(name)
    if (local !== undefined) return local
    const { run } = f
    const value = run.vars.get(name)
    if (value !== undefined) return typeof value === 'object' && value !== null ? live(value, run, name) : value
    return run.engine.global(name) ?? missingName(name, run, at)
  }
}
function compileDict(pairs: readonly (readonly [Eval, Eval])[], at: number): Eval {
  // Templates fill it: a Map takes any key in place.
  if (pairs.length === 0) return () => new Map()
  return guarded(at, (f) => uniqueKeys(pairs.map(([key, value]) => {
    const made = keyOf(key, f)
    if (!isHashable(made)) throw pyError('TypeError', `unhashable type: '${typeName(made)}'`)
    return [made, value(f)] as const
  })))
}
/** A dict where 1, 1.0 and True are one key, the first of them. */
function uniqueKeys(pairs: readonly (readonly [unknown, unknown])[]): Dict {
  if (pairs.every(([key]) => typeof key === 'string')) return makeDict(pairs)
  const keys: unknown[] = []
  return makeDict(pairs.map(([key, value]) => {
    const known = keys.findIndex((one) => equals(one, key))
    if (known >= 0) return [keys[known], value] as const
    keys.push(key)
    return [key, value] as const
  }))
}
function compileAttr(expr: Expr & { readonly kind: 'attr' }, c: Compiler): Eval {
  const of = compileExpr(expr.of, c)
  const { name, at } = expr
  const label = pathOf(expr)
  return (f) => {
    try {
      const base = of(f)
      if (base instanceof Undefined) return base
      const found = lazily(getAttr, base, name)
      if (typeof found !== 'object' || found === null) return found
      return found instanceof Missing && found.loc === undefined && found.met === undefined ? getAttr(base, name, f.run.at(at)) : live(found, f.run, label)
    } catch (error) { throw located(error, f.run, at) }
  }
}
/** Views such as hostvars evaluate what is read from them: if that is undefined, so is the item, and `default` helps it. */
function lazily<K>(read: (base: unknown, key: K) => unknown, base: unknown, key: K): unknown {
  try { return read(base, key) } catch (error) {
    const missing = asMissing(error)
    if (missing === undefined) throw error
    return missing
  }
}
function compileItem(expr: Expr & { readonly kind: 'item' }, c: Compiler): Eval {
  const [of, key] = [compileExpr(expr.of, c), compileExpr(expr.key, c)]
  const { at } = expr
  const label = pathOf(expr)
  return (f) => {
    try {
      const base = of(f)
      if (base instanceof Undefined) return base
      const wanted = keyOf(key, f)
      const found = lazily(getItem, base, wanted)
      if (typeof found !== 'object' || found === null) return found
      return found instanceof Missing && found.loc === undefined && found.met === undefined ? getItem(base, wanted, f.run.at(at)) : live(found, f.run, label)
    } catch (error) { throw located(error, f.run, at) }
  }
}
/** A key is needed at once. */
function keyOf(key: Eval, f: Frame): unknown {
  try { return given(key(f)) } catch (error) { throw atOnce(error) }
}
function compileSlice(expr: Expr & { readonly kind: 'slice' }, c: Compiler): Eval {
  const of = compileExpr(expr.of, c)
  const [start, stop, step] = [expr.start, expr.stop, expr.step].map((part) => part === undefined ? () => null : compileExpr(part, c))
  return operator(expr.at, (f) => sliceOf(of(f), start?.(f), stop?.(f), step?.(f)))
}

// ---------------------------------------------------------------- calls

export interface Bound { readonly args: readonly unknown[]; readonly kwargs: Data }
const none: Bound = { args: [], kwargs: {} }
const isConstant = (expr: Expr): expr is Expr & { readonly kind: 'const' } => expr.kind === 'const'
/** The arguments of a call, evaluated; `isWhole`: no Templates are left in them. */
export function compileArgs(args: Args, c: Compiler, { areOptional = false } = {}): (f: Frame) => Bound {
  if (args.args.length === 0 && args.kwargs.length === 0 && args.rest === undefined && args.options === undefined) return () => none
  const argument = (arg: Expr): Eval => {
    const run = compileExpr(arg, c), made: Eval = (f) => whole(run(f), f)
    return areOptional ? deferred(made) : made
  }
  const plain = args.args.map(argument)
  const named = args.kwargs.map(({ name, value }) => ({ name, value: argument(value) }))
  const rest = args.rest === undefined ? undefined : compileExpr(args.rest, c)
  const options = args.options === undefined ? undefined : compileExpr(args.options, c)
  if (rest === undefined && options === undefined && named.length === 0) {
    if (args.args.every(isConstant)) {
      const bound: Bound = { args: args.args.map((arg) => arg.value), kwargs: {} }
      return () => bound
    }
    return (f) => ({ args: plain.map((arg) => arg(f)), kwargs: none.kwargs })
  }
  return (f) => {
    const found = plain.map((arg) => arg(f))
    const kwargs: Data = {}
    for (const { name, value } of named) kwargs[name] = value(f)
    if (rest !== undefined) found.push(...iterate(whole(rest(f), f)))
    if (options !== undefined) {
      const more = given(whole(options(f), f))
      if (!isDict(more)) throw pyError('TypeError', `argument after ** must be a mapping, not ${typeName(more)}`)
      for (const [key, value] of dictEntries(more)) kwargs[String(key)] = value
    }
    return { args: found, kwargs }
  }
}

export function callValue(callee: unknown, call: Call): unknown {
  if (isFunction(callee)) return callee(call)
  const found = callee instanceof PyObject ? callee.traits.call : undefined
  if (found === undefined) throw pyError('TypeError', `'${typeName(given(callee))}' object is not callable`)
  return found(call)
}
const isFunction = (value: unknown): value is GlobalFunction => typeof value === 'function'

const isMissing = (value: unknown): boolean => value instanceof Undefined && !(value instanceof NoElse)

/** Methods that leave the items of a container alone need not evaluate all of it. */
const lazyMethods = new Set(['get', 'keys', 'items', 'values'])

function compileCall(expr: Expr & { readonly kind: 'call' }, c: Compiler): Eval {
  const { of, at } = expr
  const isLazy = of.kind === 'attr' && lazyMethods.has(of.name)
  const target = of.kind === 'attr' && !isLazy ? compileMethod(of, c) : compileExpr(of, c)
  const args = compileArgs(expr.args, c)
  const label = pathOf(of)
  return (f) => {
    try {
      const callee = target(f)
      if (callee instanceof Undefined) return callee
      const bound = args(f)
      // A method does nothing with what is undefined: the call is that itself.
      const missing = of.kind === 'attr' && !(callee instanceof PyObject) ? bound.args.find(isMissing) : undefined
      if (missing !== undefined) return missing
      try { return live(callValue(callee, makeCall(f.run, at, bound.args, bound.kwargs)), f.run, label) } catch (error) { throw ofCall(error) }
    } catch (error) { throw located(error, f.run, at) }
  }
}
/** `value.method` with a value that has no Templates left, since the method may look at all of it. */
function compileMethod(expr: Expr & { readonly kind: 'attr' }, c: Compiler): Eval {
  const of = compileExpr(expr.of, c)
  return (f) => {
    const base = whole(of(f), f)
    return base instanceof Undefined ? base : live(getAttr(base, expr.name, f.run.at(expr.at)), f.run, pathOf(expr))
  }
}
function compileFilter(expr: Expr & { readonly kind: 'filter' }, c: Compiler): Eval {
  const filter = c.engine.filter(expr.name)
  if (filter === undefined) return refuse(c, () => absentPlugin('filter', expr.name, c.engine.filterNames(), c.at(expr.at), c.engine.services.pluginFile?.('filter', expr.name)))
  const of = expr.of === undefined ? (f: Frame) => f.local(blockText) : opensVault(expr.name) ? undecrypted(expr.of, c) : compileExpr(expr.of, c)
  const args = compileArgs(expr.args, c, { areOptional: optionalArguments.test(expr.name) })
  const { at } = expr
  return (f) => {
    try {
      const found = of(f), value = found instanceof VaultText ? found.ciphertext : whole(found, f)
      if (value instanceof Failed) given(value)
      const bound = args(f)
      try { return filter(value, makeCall(f.run, at, bound.args, bound.kwargs)) } catch (error) { throw ofCall(error) }
    } catch (error) {
      // What a filter finds undefined is undefined, so that a `default` behind it helps.
      const missing = asMissing(located(error, f.run, at))
      if (missing !== undefined) return missing
      throw located(error, f.run, at)
    }
  }
}
/** Filters that may leave an argument unused: one that fails is an error only if it is used. */
const optionalArguments = /^(?:ansible\.(?:builtin|legacy)\.)?(?:d|default|ternary)$/
/** Local name under which a filter block's text is handed to its filter; no template can write it. */
export const blockText = ' text'

/** Tests that never look into the value. */
const shallowTests = new Set(['defined', 'undefined', 'none', 'mapping', 'sequence', 'iterable', 'string', 'number', 'boolean', 'vault_encrypted'])
/** The filter that brings its own secret. */
const opensVault = (filter: string): boolean => /^(?:ansible\.builtin\.)?unvault$/.test(filter)
/** A variable that is a vault text stays one: what asks for it needs none of the run's secrets. */
function undecrypted(expr: Expr, c: Compiler): Eval {
  const run = compileExpr(expr, c)
  if (expr.kind !== 'name') return run
  return (f) => { const written = f.local(expr.name) ?? f.run.vars.get(expr.name); return written instanceof VaultText ? written : run(f) }
}
function compileTest(expr: Expr & { readonly kind: 'test' }, c: Compiler): Eval {
  const test = c.engine.test(expr.name)
  if (test === undefined) return refuse(c, () => absentPlugin('test', expr.name, c.engine.testNames(), c.at(expr.at), c.engine.services.pluginFile?.('test', expr.name)))
  const name = expr.name.replace(/^ansible\.builtin\./, ''), isShallow = shallowTests.has(name)
  const of = /^(?:vault_encrypted|(?:un)?defined)$/.test(name) ? undecrypted(expr.of, c) : compileExpr(expr.of, c)
  const args = compileArgs(expr.args, c)
  const { at } = expr
  return (f) => {
    let value: unknown
    try {
      value = isShallow ? of(f) : whole(of(f), f)
      if (value instanceof Failed) given(value)
      const bound = args(f)
      try { return test(value, makeCall(f.run, at, bound.args, bound.kwargs)) } catch (error) { throw ofCall(error) }
    } catch (error) {
      // A test of something undefined is undefined: `x is changed | default(false)`.
      const missing = value instanceof Undefined ? asMissing(error) : undefined
      if (missing !== undefined) return missing
      throw located(error, f.run, at)
    }
  }
}

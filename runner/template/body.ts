/** Statements to closures that run over a Frame and put what they print into a list. Loops, assignments, macros are here; other templates in modules.ts. */
import { Tuple } from '../core/value.ts'
import type { Macro, Node, Stmt, Target } from './ast.ts'
import type { Call } from './call.ts'
import { blockText, callValue, compileArgs, compileExpr, conditional } from './compile.ts'
import type { Compiler, Eval } from './compile.ts'
import { assigned } from './deferred.ts'
import { makeLoop } from './loop.ts'
import { compileReference } from './modules.ts'
import { given, isTruthy, iterate, Missing, PyObject, pyError, typeName } from './python.ts'
import { captured, compilePrinted, joined, joinedText } from './printed.ts'
import { Frame, live, located, makeCall } from './run.ts'

/** What a body ended with: ran through, or a loop statement. */
export type Signal = 'break' | 'continue' | undefined
export type Body = (frame: Frame, out: unknown[]) => Signal

export function compileBody(body: Stmt, c: Compiler): Body {
  const nodes = body.map((node) => compileNode(node, c))
  const [only] = nodes
  if (nodes.length === 1 && only !== undefined) return only
  return (f, out) => {
    for (const node of nodes) { const signal = node(f, out); if (signal !== undefined) return signal }
    return undefined
  }
}

function compileNode(node: Node, c: Compiler): Body {
  switch (node.kind) {
    case 'text': { const { text } = node; return (_, out) => { out.push(text); return undefined } }
    case 'print': return compilePrint(compileExpr(node.expr, c), node.expr.at)
    case 'do': { const run = compileExpr(node.expr, c); return (f) => { given(run(f)); return undefined } }
    case 'if': return compileIf(node, c)
    case 'for': return compileFor(node, c)
    case 'set': {
      const [assign, value] = [compileTarget(node.target), assigned(compileExpr(node.value, c))]
      return (f) => { assign(f, value(f)); return undefined }
    }
    case 'setblock': {
      const [assign, text] = [compileTarget(node.target), compileText(node.body, node.filter === undefined ? undefined : compileExpr(node.filter, c), c)]
      return (f) => { assign(f, text(f)); return undefined }
    }
    case 'filterblock': {
      const [text, { at }] = [compileText(node.body, compileExpr(node.filter, c), c), node]
      return compilePrint(text, at)
    }
    case 'with': {
      const pairs = node.pairs.map(({ target, value }) => [compileTarget(target), assigned(compileExpr(value, c))] as const)
      const body = compileBody(node.body, c)
      return (f, out) => {
        const inner = new Frame(f.run, f)
        for (const [assign, value] of pairs) assign(inner, value(f))
        return body(inner, out)
      }
    }
    case 'scope': { const body = compileBody(node.body, c); return (f, out) => body(new Frame(f.run, f), out) }
    case 'macro': {
      const make = compileMacro(node.macro, c)
      return (f) => { f.set(node.macro.name, make(f)); return undefined }
    }
    case 'callblock': return compileCallBlock(node, c)
    case 'break': return () => 'break'
    case 'continue': return () => 'continue'
    default: return compileReference(node, c)
  }
}

// ---------------------------------------------------------------- printing

function compilePrint(run: Eval, at: number): Body {
  const print = compilePrinted(run, at)
  return (f, out) => {
    const value = print(f)
    if (value !== null) out.push(value)
    return undefined
  }
}
/** What a body prints, through a filter if there is one. */
function compileText(stmt: Stmt, filter: Eval | undefined, c: Compiler): Eval {
  const body = compileBody(stmt, c)
  return (f) => {
    if (filter === undefined) return captured((made) => { body(new Frame(f.run, f), made) })
    const out: unknown[] = []
    body(new Frame(f.run, f), out)
    const inner = new Frame(f.run, f)
    inner.set(blockText, joinedText(out))
    return filter(inner)
  }
}

// ---------------------------------------------------------------- conditions and loops

function compileIf(node: Node & { readonly kind: 'if' }, outer: Compiler): Body {
  const c = conditional(outer)
  const branches = node.branches.map(({ test, body }) => ({ test: compileExpr(test, c), at: test.at, body: compileBody(body, c) }))
  const otherwise = compileBody(node.otherwise, c)
  return (f, out) => {
    for (const { test, body, at } of branches) {
      let holds: boolean
      try { holds = isTruthy(test(f)) } catch (error) { throw located(error, f.run, at) }
      if (holds) return body(f, out)
    }
    return otherwise(f, out)
  }
}
function compileFor(node: Node & { readonly kind: 'for' }, c: Compiler): Body {
  const [assign, over, body, otherwise] = [compileTarget(node.target), compileExpr(node.over, c), compileBody(node.body, c), compileBody(node.otherwise, c)]
  const filter = node.filter === undefined ? undefined : compileExpr(node.filter, c)
  const { at } = node.over
  const run = (f: Frame, value: unknown, depth: number, out: unknown[]): void => {
    let items: readonly unknown[]
    try {
      items = iterate(value)
      if (filter !== undefined) {
        items = items.filter((item) => {
          const inner = new Frame(f.run, f)
          assign(inner, live(item, f.run, 'item'))
          return isTruthy(filter(inner))
        })
      }
    } catch (error) { throw located(error, f.run, at) }
    if (items.length === 0) { otherwise(f, out); return }
    const again = !node.isRecursive ? undefined : (call: Call): unknown => {
      const inner: unknown[] = []
      run(f, call.args[0], depth + 1, inner)
      return joined(inner) ?? ''
    }
    const loop = makeLoop(items, (item) => live(item, f.run, 'item'), depth, again)
    for (const item of items) {
      const inner = new Frame(f.run, f)
      loop.next()
      inner.set('loop', loop.object)
      try { assign(inner, live(item, f.run, 'item')) } catch (error) { throw located(error, f.run, node.target.at) }
      if (body(inner, out) === 'break') return
    }
  }
  return (f, out) => { run(f, over(f), 0, out); return undefined }
}

export type Assign = (frame: Frame, value: unknown) => void
export function compileTarget(target: Target): Assign {
  switch (target.kind) {
    case 'name': { const { name } = target; return (f, value) => { f.set(name, value) } }
    case 'attr': {
      const { name, attr, at } = target
      return (f, value) => {
        const object = f.local(name)
        const assign = object instanceof PyObject ? object.traits.assign : undefined
        if (assign === undefined) throw located(pyError('TypeError', 'cannot assign attribute on non-namespace object'), f.run, at)
        assign(attr, value)
      }
    }
    case 'names': {
      const targets = target.targets.map(compileTarget)
      return (f, value) => {
        const items = unpack(value, targets.length)
        targets.forEach((assign, i) => { assign(f, live(items[i], f.run, 'item')) })
      }
    }
    default: return target satisfies never
  }
}
function unpack(value: unknown, count: number): readonly unknown[] {
  given(value)
  if (typeof value === 'number' || typeof value === 'boolean' || value === null) throw pyError('TypeError', `cannot unpack non-iterable ${typeName(value)} object`)
  const items = iterate(value)
  if (items.length < count) throw pyError('ValueError', `not enough values to unpack (expected ${count}, got ${items.length})`)
  if (items.length > count) throw pyError('ValueError', `too many values to unpack (expected ${count})`)
  return items
}

// ---------------------------------------------------------------- macros

function compileMacro(macro: Macro, c: Compiler): (f: Frame) => PyObject {
  const params = macro.params.map(({ name, fallback }) => ({ name, fallback: fallback === undefined ? undefined : compileExpr(fallback, c) }))
  const body = compileBody(macro.body, c)
  return (home) => {
    const call = (given: Call): unknown => {
      const frame = new Frame(home.run, home)
      bindMacro(macro, params, frame, given)
      return captured((out) => { body(frame, out) })
    }
    const attrs: Readonly<Record<string, unknown>> = {
      name: macro.name, arguments: Tuple.from(macro.params.map(({ name }) => name)),
      catch_varargs: macro.usesVarargs, catch_kwargs: macro.usesKwargs, caller: macro.usesCaller,
    }
    return new PyObject('Macro', (name) => Object.hasOwn(attrs, name) ? attrs[name] : undefined, { call })
  }
}
function bindMacro(macro: Macro, params: readonly { readonly name: string; readonly fallback: Eval | undefined }[], frame: Frame, { args, kwargs }: Call): void {
  const extra = { ...kwargs }
  params.forEach(({ name, fallback }, i) => {
    if (i < args.length) {
      if (Object.hasOwn(extra, name)) throw pyError('TypeError', `macro '${macro.name}' got multiple values for argument '${name}'`)
      frame.set(name, args[i])
    } else if (Object.hasOwn(extra, name)) {
      frame.set(name, extra[name])
      Reflect.deleteProperty(extra, name)
    } else frame.set(name, fallback === undefined ? new Missing(`parameter '${name}' was not provided`) : fallback(frame))
  })
  if (Object.hasOwn(extra, 'caller') && macro.usesCaller) { frame.set('caller', extra['caller']); Reflect.deleteProperty(extra, 'caller') }
  else if (macro.usesCaller) frame.set('caller', new Missing('No caller defined'))
  const rest = args.slice(params.length)
  if (macro.usesVarargs) frame.set('varargs', Tuple.from(rest))
  else if (rest.length > 0) throw pyError('TypeError', `macro '${macro.name}' takes not more than ${params.length} argument(s)`)
  const [first] = Object.keys(extra)
  if (macro.usesKwargs) frame.set('kwargs', extra)
  else if (first === 'caller') throw pyError('TypeError', `macro '${macro.name}' was invoked with two values for the special caller argument, or does not use caller()`)
  else if (first !== undefined) throw pyError('TypeError', `macro '${macro.name}' takes no keyword argument '${first}'`)
}
function compileCallBlock(node: Node & { readonly kind: 'callblock' }, c: Compiler): Body {
  if (node.call.kind !== 'call') throw new Error('a call block without a call')
  const [callee, args, make] = [compileExpr(node.call.of, c), compileArgs(node.call.args, c), compileMacro(node.macro, c)]
  return compilePrint((f) => {
    const { args: plain, kwargs } = args(f)
    return callValue(callee(f), makeCall(f.run, node.at, plain, { ...kwargs, caller: make(f) }))
  }, node.at)
}

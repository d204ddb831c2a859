/** Blocks, and statements that bring in other templates: extends, include, import, from. */
import { fault, Fault } from '../core/errors.ts'
import type { Node } from './ast.ts'
import { compileBody } from './body.ts'
import { joined, joinedText } from './printed.ts'
import type { Body } from './body.ts'
import type { Vars } from './call.ts'
import { compileExpr, guarded } from './compile.ts'
import type { Compiler, Eval, Module } from './compile.ts'
import { given, Missing, PyObject, pyError, pyStr, typeName } from './python.ts'
import { Frame, located } from './run.ts'
import type { BlockTable, Run } from './run.ts'
import type { Tree } from './statements.ts'

const parents = new WeakMap<Frame, { readonly module: Module; readonly run: Run }>()

/** A whole template; its blocks can be replaced by templates that extend it. */
export function compileModule(tree: Tree, c: Compiler): Module {
  const nodes = tree.body.map((node) => compileBody([node], c))
  const blocks = new Map([...tree.blocks].map(([name, block]) => [name, compileBody(block.body, c)] as const))
  const extend = (frame: Frame): void => {
    for (const [name, body] of blocks) frame.blocks.set(name, [...frame.blocks.get(name) ?? [], { run: frame.run, body }])
  }
  const [first] = tree.body
  return {
    blocks, at: c.at, isLinked: tree.isLinked,
    only: tree.body.length === 1 && first?.kind === 'print' ? { run: guarded(first.expr.at, compileExpr(first.expr, c)), at: first.expr.at } : undefined,
    render: !tree.isLinked ? (frame, out) => { for (const node of nodes) node(frame, out) } : (frame, out) => {
      extend(frame)
      frame.set('self', new PyObject('TemplateReference', (name) => frame.blocks.has(name) ? () => runBlock(frame, name, 0) : undefined))
      let sink = out
      for (const node of nodes) {
        node(frame, sink)
        // What follows `extends` may only define things.
        if (sink === out && parents.has(frame)) sink = []
      }
      const parent = parents.get(frame)
      if (parent === undefined) return
      const next = new Frame(parent.run, undefined, frame.blocks)
      for (const [name, value] of frame.own()) next.set(name, value)
      parent.module.render(next, out)
    },
  }
}

function rootOf(frame: Frame): Frame {
  let root = frame
  while (root.parent !== undefined) root = root.parent
  return root
}
function runBlock(home: Frame, name: string, depth: number): unknown {
  const entry = (home.blocks.get(name) ?? [])[depth]
  if (entry === undefined) throw pyError('TypeError', `there is no parent block called '${name}'`)
  const frame = new Frame(entry.run, home, home.blocks)
  frame.set('super', new PyObject('BlockReference', () => undefined, { call: () => runBlock(home, name, depth + 1) }))
  const out: unknown[] = []
  entry.body(frame, out)
  return joined(out) ?? ''
}

export function compileReference(node: Node, c: Compiler): Body {
  switch (node.kind) {
    case 'block': return compileBlock(node)
    case 'extends': {
      const name = compileExpr(node.name, c)
      return (f) => {
        if (parents.has(f)) throw located(pyError('TypeError', 'extended multiple times'), f.run, node.at)
        parents.set(f, find(name(f), f, node.at))
        return undefined
      }
    }
    case 'include': return compileInclude(node, compileExpr(node.name, c))
    case 'import': {
      const name = compileExpr(node.name, c)
      return (f) => { f.set(node.target, loadModule(name(f), f, node.at, node.withContext)); return undefined }
    }
    case 'from': {
      const name = compileExpr(node.name, c)
      return (f) => {
        const module = loadModule(name(f), f, node.at, node.withContext)
        for (const { name: wanted, as } of node.names) {
          f.set(as, module.attr(wanted) ?? new Missing(`the template '${pyStr(name(f))}' does not export the requested name '${wanted}'`, f.run.at(node.at)))
        }
        return undefined
      }
    }
    default: throw new Error(`no such statement: ${node.kind}`)
  }
}

function compileBlock(node: Node & { readonly kind: 'block' }): Body {
  return (f, out) => {
    // A template that extends another leaves its blocks to it.
    if (parents.has(f)) return undefined
    if (node.isRequired && (f.blocks.get(node.name)?.length ?? 0) < 2) throw located(pyError('TypeError', `required block '${node.name}' not found`), f.run, node.at)
    const value = runBlock(node.isScoped ? f : rootOf(f), node.name, 0)
    if (value !== null && value !== '') out.push(value)
    return undefined
  }
}

function find(name: unknown, f: Frame, at: number): { module: Module; run: Run } {
  const names: readonly unknown[] = Array.isArray(given(name)) ? name as readonly unknown[] : [name]
  let missing: unknown
  for (const one of names) {
    if (typeof given(one) !== 'string') throw located(pyError('TypeError', `the name of a template must be text, not ${typeName(one)}`), f.run, at)
    try { return f.run.engine.load(String(one), f.run, f.run.at(at)) } catch (error) {
      if (!(error instanceof Fault && error.code === 'template-not-found')) throw error
      missing ??= error
    }
  }
  throw missing ?? fault('template-not-found', f.run.at(at), { name: '', searched: [] })
}
function compileInclude(node: Node & { readonly kind: 'include' }, name: Eval): Body {
  return (f, out) => {
    let found: { module: Module; run: Run }
    try { found = find(name(f), f, node.at) } catch (error) {
      if (node.ignoreMissing && error instanceof Fault && error.code === 'template-not-found') return undefined
      throw error
    }
    const frame = frameFor(found.run, f, node.withContext)
    const inner: unknown[] = []
    try { found.module.render(frame, inner) } catch (error) { throw within(error, `while including '${found.run.file ?? ''}'`, f, node.at) }
    if (inner.length > 0) out.push(...inner)
    return undefined
  }
}
const within = (error: unknown, what: string, f: Frame, at: number): unknown => error instanceof Fault ? error.within(what, f.run.at(at)) : error

const noNames: Vars = { get: () => undefined, names: () => [], memo: new Map(), search: [], child: () => noNames }
function frameFor(run: Run, from: Frame, withContext: boolean): Frame {
  const blocks: BlockTable = new Map()
  if (!withContext) return new Frame({ ...run, vars: { ...noNames, memo: new Map(), search: run.vars.search } }, undefined, blocks)
  const frame = new Frame(run, undefined, blocks)
  for (const [name, value] of from.all()) if (name !== 'self' && name !== 'super') frame.set(name, value)
  return frame
}
function loadModule(name: unknown, f: Frame, at: number, withContext: boolean): PyObject {
  const { module, run } = find(name, f, at)
  const frame = frameFor(run, f, withContext)
  const given = new Set(frame.own().keys())
  const out: unknown[] = []
  try { module.render(frame, out) } catch (error) { throw within(error, `while importing '${run.file ?? ''}'`, f, at) }
  const exported = (key: string): unknown => key.startsWith('_') || key === 'self' || (given.has(key) && withContext) ? undefined : frame.own().get(key)
  return new PyObject('TemplateModule', exported, { str: () => joinedText(out) })
}

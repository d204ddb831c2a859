/** The engine: Templates to values and texts. Compiles each source once, remembers values per scope, detects cycles. */
import { readFileSync } from 'node:fs'
import { dirname, isAbsolute, join } from 'node:path'
import { fault, Fault } from '../core/errors.ts'
import type { Loc } from '../core/types.ts'
import { isSettled, Template, Undefined } from '../core/value.ts'
import type { VaultText } from '../core/value.ts'
import { joined, joinedText } from './printed.ts'
import type { GlobalFunction, Jinja, Services, Vars } from './call.ts'
import { compileExpr } from './compile.ts'
import type { Eval, Module } from './compile.ts'
import { filters } from './filters.ts'
import { globals } from './globals.ts'
import { readHeader } from './header.ts'
import { defaultSyntax, makeSyntax } from './lexer.ts'
import type { At, Syntax } from './lexer.ts'
import { findNamed, lookupFunction } from './lookup-call.ts'
import { lookups } from './lookups.ts'
import { makeNamespace } from './loop.ts'
import { compileModule } from './modules.ts'
import { given, PyObject, pyError, typeName, undefinedFault } from './python.ts'
import { deep, finalize, Frame, located } from './run.ts'
import type { Engine, Run } from './run.ts'
import { parseBare, parseTemplate } from './statements.ts'
import { tests } from './tests.ts'

/** Stands in a scope's memo while a Template is being evaluated. */
const running = Symbol('running')
const nowhere: At = () => undefined

export function createJinja(services: Services): Jinja {
  const builtins: Readonly<Record<string, GlobalFunction>> = {
    lookup: lookupFunction(lookups, false), query: lookupFunction(lookups, true), q: lookupFunction(lookups, true), namespace: makeNamespace,
  }
  const texts = new WeakMap<Template, Map<string, Module>>()
  const expressions = new Map<string, Eval>()
  /** Names of the variables being evaluated, outermost first; evaluation is synchronous. */
  const path: string[] = []

  /** Compiled as a value of YAML. */
  function valueModule(template: Template): Module {
    return (template.compiled ??= compileSource(template, yamlSyntax)) as Module
  }
  function bareExpression(source: string, at: At): Eval {
    let run = expressions.get(source)
    if (run === undefined) expressions.set(source, run = compileExpr(parseBare(source.replace(/\r\n?/g, '\n'), bareSyntax, at), { engine, at }))
    return run
  }
  function textModule(template: Template, syntax: Syntax): Module {
    const key = JSON.stringify(syntax)
    let known = texts.get(template)
    if (known === undefined) texts.set(template, known = new Map())
    let module = known.get(key)
    if (module === undefined) known.set(key, module = compileSource(template, syntax))
    return module
  }
  function compileSource(template: Template, syntax: Syntax): Module {
    const { source, at } = withoutReturns(template)
    const body = source.endsWith('\n') ? source.slice(0, -1) : source
    const header = readHeader(body, syntax, at)
    const place: At = header.length === 0 ? at : (offset) => at(offset + header.length)
    return compileModule(parseTemplate(body.slice(header.length), header.syntax, place), { engine, at: place })
  }
  function render(template: Template, vars: Vars, module: Module): unknown[] {
    const out: unknown[] = []
    module.render(new Frame({ engine, vars, at: module.at, file: module.isLinked ? template.at(0)?.file : undefined }), out)
    return out
  }
  /** As another expression sees it: what a container holds is evaluated where it is used. */
  function native(template: Template, vars: Vars): unknown {
    const module = valueModule(template)
    const value = module.only === undefined ? joined(render(template, vars, module)) : module.only.run(new Frame({ engine, vars, at: module.at, file: undefined }))
    if (value instanceof Undefined) throw undefinedFault(value)
    return typeof value === 'string' ? padded(template.source, value, '\n') : given(value)
  }
  /** As it leaves the engine. */
  function finished(template: Template, vars: Vars): unknown {
    const value = engine.evaluate(template, vars, '')
    if (typeof value !== 'object' && typeof value !== 'function') return value
    const run: Run = { engine, vars, at: valueModule(template).at, file: undefined }
    try { return storable(finalize(deep(value, run, '…'))) } catch (error) { throw overflow(located(error, run, valueModule(template).only?.at ?? 0), template.at(0)) }
  }

  const engine: Engine = {
    services,
    get jinja() { return jinja },
    filter: (name) => findNamed(filters, name),
    test: (name) => findNamed(tests, name),
    global: (name) => Object.hasOwn(builtins, name) ? builtins[name] : Object.hasOwn(globals, name) ? globals[name] : undefined,
    filterNames: () => Object.keys(filters),
    testNames: () => Object.keys(tests),
    globalNames: () => [...Object.keys(builtins), ...Object.keys(globals)],
    evaluate(template, vars, label) {
      const { memo } = vars
      const known = memo.get(template)
      if (known === running) throw fault('template-cycle', template.at(0), { path: [...path.slice(Math.max(0, path.indexOf(label))), label] })
      if (known !== undefined) return known
      memo.set(template, running)
      path.push(label)
      try {
        const value = native(template, vars)
        memo.set(template, value)
        return value
      } catch (error) {
        memo.delete(template)
        if (error instanceof Fault && label !== '') error.within(`while evaluating variable '${label}'`, template.at(0))
        throw overflow(error, template.at(0))
      } finally { path.pop() }
    },
    decrypt(value: VaultText) {
      const text = services.decrypt(value.ciphertext, value.loc)
      services.secret(text)
      return text
    },
    load: (name, run, loc) => loadFile(name, run, loc, textModule),
  }
  const jinja: Jinja = {
    value: finished,
    text(template, vars, options = {}) {
      try {
        const text = joinedText(render(template, vars, textModule(template, makeSyntax(options))))
        return padded(template.source, text, options.newline ?? '\n')
      } catch (error) { throw overflow(error, template.at(0)) }
    },
    file(template, vars, options = {}) {
      const { source } = template
      if (![options.variableStart ?? '{{', options.commentStart ?? '{#', '{%'].some((mark) => source.includes(mark))) return source
      try {
        const value = joined(render(template, vars, textModule(template, makeSyntax(options))))
        return typeof value === 'string' ? padded(source, value, '\n') : storable(value)
      } catch (error) { throw overflow(error, template.at(0)) }
    },
    check(template) { valueModule(template) },
    checkExpression(source, at = nowhere) { bareExpression(source, at) },
    expression(source, vars, at = nowhere) {
      const run = bareExpression(source, at)
      const frame = new Frame({ engine, vars, at, file: undefined })
      try {
        const value = deep(run(frame), frame.run, '…')
        return value instanceof Undefined ? value : storable(finalize(value))
      } catch (error) { throw overflow(located(error, frame.run, 0), at(0)) }
    },
    resolve(value, vars) {
      if (typeof value !== 'object' || value === null || isSettled(value)) return value
      if (value instanceof Template) return finished(value, vars)
      return finalize(jinja.view(value, vars, ''))
    },
    view: (value, vars, label) => deep(value, { engine, vars, at: nowhere, file: undefined }, label),
  }
  return jinja
}

const yamlSyntax: Syntax = { ...defaultSyntax, rawStrings: true }
const bareSyntax: Syntax = { ...defaultSyntax, bare: true }

/** Line ends are `\n` inside of the engine; places still count the file's. */
function withoutReturns(template: Template): { source: string; at: At } {
  if (!template.source.includes('\r')) return template
  const removed: number[] = []
  const source = template.source.replace(/\r\n|\r/g, (found, offset: number) => { if (found.length === 2) removed.push(offset - removed.length); return '\n' })
  return { source, at: (offset) => template.at(offset + removed.filter((one) => one < offset).length) }
}

/** A variable can hold what YAML can, and times; not methods or loops. */
function storable(value: unknown): unknown {
  if (value instanceof Undefined) throw undefinedFault(value)
  if (typeof value === 'function' || (value instanceof PyObject && value.traits.str === undefined)) {
    throw pyError('TypeError', `Type '${typeName(value)}' is unsupported for variable storage${typeof value === 'function' ? ': call it with ()' : ''}`)
  }
  return value
}
/** Line ends that the source has at its end and the result has lost are put back. */
function padded(source: string, text: string, newline: string): string {
  const count = (one: string): number => one.length - one.replace(/(?:\r?\n)+$/, '').length
  if (!source.endsWith('\n')) return text
  const missing = count(source.replaceAll('\r', '')) - count(text.replaceAll('\r', ''))
  return missing > 0 ? text + newline.repeat(missing) : text
}
const overflow = (error: unknown, loc: Loc | undefined): unknown =>
  error instanceof RangeError && /call stack/i.test(error.message) ? fault('template-operation', loc, { kind: 'RecursionError', message: 'maximum recursion depth exceeded' }, error) : error

/** A template that another one names: beside it, then in the search path and its templates/ folders. */
function loadFile(name: string, run: Run, loc: Loc | undefined, moduleOf: (template: Template, syntax: Syntax) => Module): { module: Module; run: Run } {
  const folders = [...run.file === undefined ? [] : [dirname(run.file)], ...run.vars.search.flatMap((folder) => [join(folder, 'templates'), folder])]
  const candidates = isAbsolute(name) ? [name] : folders.map((folder) => join(folder, name))
  for (const file of candidates) {
    let text: string
    try { text = readFileSync(file, 'utf8') } catch { continue }
    const template = fileTemplate(text, file)
    const module = moduleOf(template, defaultSyntax)
    return { module, run: { ...run, at: module.at, file } }
  }
  throw fault('template-not-found', loc, { name, searched: isAbsolute(name) ? [dirname(name)] : folders })
}

/** The text of a template file as a Template with places. */
export function fileTemplate(text: string, file: string): Template {
  return new Template(text, (offset) => {
    const before = text.slice(0, offset)
    const line = before.lastIndexOf('\n') + 1
    return { file, line: before.split('\n').length, column: offset - line + 1 }
  })
}

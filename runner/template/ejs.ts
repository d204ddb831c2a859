/**
 * EJS templates (`*.ejs`). Variables are locals; Jinja's filters are `filters.name(value, …)`, with keyword arguments as
 * `named({ indent: 2 })` last; `lookup(name, …)`, `query(name, …)` and `include(path, locals)` are there too.
 *
 * Since these are configuration files, `<%= %>` writes the text as it is: it does NOT escape for HTML or XML (write
 * `<%= filters.escape(value) %>` for an XML attribute). It writes values as JavaScript does, null as nothing; a mapping or an
 * undefined value in it is an error. `<%- %>` is EJS's own: it does not check, and undefined writes nothing. `locals.name` asks for
 * a variable that may be missing.
 */
import { readFileSync } from 'node:fs'
import { dirname, extname, isAbsolute, join } from 'node:path'
import { Script } from 'node:vm'
import ejs from 'ejs'
import { Fault, fault } from '../core/errors.ts'
import { nearest } from '../core/near.ts'
import type { Data, Loc } from '../core/types.ts'
import { isDict, Pending, Undefined, UnknownValue } from '../core/value.ts'
import type { Call, Env, Jinja, Services, Vars } from './call.ts'
import { createViews, rawOf } from './ejs-view.ts'
import type { Views } from './ejs-view.ts'
import { filters } from './filters.ts'
import { findNamed, lookupFunction } from './lookup-call.ts'
import { lookups } from './lookups.ts'
import { pyError, pyStr, relocate } from './python.ts'

export interface EjsEnv { readonly jinja: Jinja; readonly services: Services }
type Compiled = (locals: object) => string
/** Compiled templates, kept as long as the services of the run that rendered them. */
const compiled = new WeakMap<Services, Map<string, Compiled>>()

/** Keyword arguments of a filter or lookup. */
class Named { readonly values: Data; constructor(values: Data) { this.values = values } }

/** The rendered text. Throws faults with the template's line; UnknownValue where it would need what a dry run cannot know. */
export function renderEjs(source: string, file: string, vars: Vars, env: EjsEnv): string {
  const render = compileEjs(source, file, env.services)
  try {
    return render(makeLocals(file, vars, env))
  } catch (error) {
    throw explained(error, source, file, vars)
  }
}

// ---------------------------------------------------------------- locals

/** Names that EJS's own code around the template uses: they must not be found among the variables. */
const reserved = new Set(['locals', 'escapeFn', 'rethrow', '__output', '__append', '__line', '__lines', '__filename'])

function makeLocals(file: string, vars: Vars, env: EjsEnv): object {
  const views = createViews(env.jinja, vars)
  const functions = makeFunctions(file, vars, env, views)
  const known = new Map<string, unknown>()
  return new Proxy({}, {
    has: (_, key) => typeof key === 'string' && !reserved.has(key) && (Object.hasOwn(functions, key) || known.has(key) || vars.get(key) !== undefined),
    get(_, key) {
      if (typeof key !== 'string') return undefined
      if (known.has(key)) return known.get(key)
      const value = vars.get(key)
      if (value === undefined) return Object.hasOwn(functions, key) ? functions[key] : undefined
      const view = views.of(value)
      known.set(key, view)
      return view
    },
    set(_, key, value) { if (typeof key === 'string') known.set(key, value); return true },
  })
}
function makeFunctions(file: string, vars: Vars, env: EjsEnv, views: Views): Data {
  const callEnv: Env = { vars, jinja: env.jinja, services: env.services, loc: undefined }
  /** A value for a filter: what it was made from, nothing in it left to evaluate. */
  const whole = (value: unknown): unknown => { const raw = rawOf(value); return raw instanceof Undefined ? raw : env.jinja.resolve(raw, vars) }
  const call = (args: readonly unknown[]): Call => {
    const last = args.at(-1)
    const kwargs = last instanceof Named ? last.values : {}
    return { args: (last instanceof Named ? args.slice(0, -1) : args).map(whole), kwargs, env: callEnv }
  }
  const lookup = (wantsList: boolean) => (...args: unknown[]): unknown => views.of(lookupFunction(lookups, wantsList)(call(args)))
  return {
    filters: new Proxy({}, {
      get(_, name) {
        if (typeof name !== 'string') return undefined
        const filter = findNamed(filters, name)
        if (filter === undefined) throw fault('unknown-filter', undefined, { name, near: nearest(name, Object.keys(filters)) })
        return (value: unknown, ...args: unknown[]): unknown => views.of(filter(whole(value), call(args)))
      },
    }),
    lookup: lookup(false), query: lookup(true), q: lookup(true),
    named(values: unknown) {
      const raw = whole(values)
      if (!isDict(raw) || raw instanceof Map) throw pyError('TypeError', 'named() takes an object: named({ indent: 2 })')
      return new Named(raw)
    },
    include(path: unknown, locals: unknown = {}) {
      const found = findTemplate(pyStr(rawOf(path)), file, vars)
      const more = rawOf(locals)
      return renderEjs(found.text, found.file, isDict(more) && !(more instanceof Map) ? vars.child(more) : vars, env)
    },
  }
}
/** Beside the including file, then in the search path and its templates/ folders; `.ejs` may be left out. */
function findTemplate(name: string, from: string, vars: Vars): { text: string; file: string } {
  const folders = isAbsolute(name) ? [''] : [dirname(from), ...vars.search.flatMap((folder) => [join(folder, 'templates'), folder])]
  for (const folder of folders) {
    for (const file of [join(folder, name), ...extname(name) === '' ? [join(folder, `${name}.ejs`)] : []]) {
      try { return { text: readFileSync(file, 'utf8'), file } } catch { continue }
    }
  }
  throw fault('template-not-found', undefined, { name, searched: folders })
}

// ---------------------------------------------------------------- compiling

function compileEjs(source: string, file: string, services: Services): Compiled {
  let known = compiled.get(services)
  if (known === undefined) compiled.set(services, known = new Map())
  const key = `${file}\0${source}`
  const ready = known.get(key)
  if (ready !== undefined) return ready
  const template = new ejs.Template(source, { filename: file, unsafePrototypeLocals: true, escape: written })
  let made: Compiled
  try { made = template.compile() } catch (error) { throw syntaxError(error, template.source, source, file) }
  known.set(key, made)
  return made
}
function written(value: unknown): string {
  if (value === undefined) throw fault('undefined', undefined, { message: 'the value of this tag is undefined' })
  if (value === null) return ''
  if (isDict(value)) throw fault('ejs-failed', undefined, { message: 'the value of this tag is a mapping: name one of its keys, or write filters.to_json(…)' })
  return String(value)
}
function syntaxError(error: unknown, generated: string, source: string, file: string): Fault {
  const message = error instanceof Error ? (error.message.split(/ in | while compiling/)[0] ?? '') : String(error)
  const tag = /^Could not find matching close tag/.test(message) ? unclosedTag(source) : undefined
  if (tag !== undefined) return fault('ejs-syntax', placeOf(source, file, tag), { message: "a '<%' is never closed by '%>'" }, error)
  // EJS wraps the code in try … catch: meeting that end too early means that something is still open.
  const isOpen = /token 'catch'|end of input/.test(message)
  return fault('ejs-syntax', { file, line: syntaxLine(generated), column: 1 }, { message: isOpen ? "a '{' or '(' is opened and never closed" : message }, error)
}
function unclosedTag(source: string): number {
  let at = source.indexOf('<%')
  for (;;) {
    const close = source.indexOf('%>', at + 2)
    const next = source.indexOf('<%', at + 2)
    if (close < 0 || (next >= 0 && next < close)) return at
    if (next < 0) return at
    at = next
  }
}
/** V8 names the line of the generated code; EJS wrote the template's lines into it as it went. */
function syntaxLine(generated: string): number {
  try {
    new Script(`(function () {${generated}\n})`, { filename: 'ejs' })
    return 1
  } catch (error) {
    const line = Number(/^ejs:(\d+)/.exec(error instanceof Error ? error.stack ?? '' : '')?.[1] ?? 1)
    const before = generated.split('\n').slice(0, line - 1).join('\n')
    return Number([...before.matchAll(/; __line = (\d+)/g)].at(-1)?.[1] ?? 1)
  }
}
function placeOf(source: string, file: string, offset: number): Loc {
  const before = source.slice(0, offset)
  return { file, line: before.split('\n').length, column: offset - before.lastIndexOf('\n') }
}

// ---------------------------------------------------------------- errors while rendering

/** EJS puts `file:line`, an excerpt and an empty line before an error's own message. */
function explained(error: unknown, source: string, file: string, vars: Vars): unknown {
  if (!(error instanceof Error)) return fault('ejs-failed', { file, line: 1, column: 1 }, { message: String(error) }, error)
  const prefix = error.message.startsWith(`${file}:`) ? error.message.slice(file.length + 1) : undefined
  const line = Number(/^\d+/.exec(prefix ?? '')?.[0] ?? 1)
  if (prefix !== undefined) error.message = error.message.slice(error.message.indexOf('\n\n') + 2)
  if (error instanceof UnknownValue || error instanceof Pending) return error
  const text = source.split('\n')[line - 1] ?? ''
  const at = (word: string | undefined): Loc => ({ file, line, column: Math.max(0, word === undefined ? text.search(/<%|\S/) : text.indexOf(word)) + 1 })
  if (error instanceof Fault) return error.loc === undefined ? relocate(error, at(undefined)) : error.loc.file === file ? error : error.within(`while rendering '${file}'`, at(undefined))
  const name = error instanceof ReferenceError ? /^(\S+) is not defined/.exec(error.message)?.[1] : undefined
  if (name === undefined) return fault('ejs-failed', at(/reading '([^']+)'/.exec(error.message)?.[1]), { message: error.message }, error)
  return fault('undefined', at(name), { message: `'${name}' is undefined`, near: nearest(name, vars.names()) }, error)
}

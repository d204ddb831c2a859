/**
 * Tables of callable things, written as Python signatures: `'replace(old, new, count=None)': (value, [old, new, count]) => …`.
 * Binding arguments, refusing wrong ones and giving every error its place happen here, once, for filters, tests, lookups and globals.
 */
import type { Data } from '../core/types.ts'
import { Fault, fault } from '../core/errors.ts'
import { BadIni } from '../core/configparser.ts'
import { nearest } from '../core/near.ts'
import { BadRegex } from '../core/regex.ts'
import { float, Undefined, Unknown, UnknownValue } from '../core/value.ts'
import type { Call, Filter, GlobalFunction, Lookup, Test } from './call.ts'
import { NoElse, undefinedFault } from './python.ts'

type Kind = 'filter' | 'test' | 'lookup' | 'function'
interface Param { readonly name: string; readonly kind: 'plain' | 'named' | 'rest' | 'options'; readonly fallback: unknown; readonly required: boolean }
/** What one signature takes, worked out once. */
interface Params { readonly list: readonly Param[]; readonly known: ReadonlySet<string>; readonly plain: number; readonly takesRest: boolean; readonly takesOptions: boolean }

/** What a filter, test or lookup throws when it cannot do what it was asked; the table adds name and place. */
export class Refusal extends Error {
  readonly hint: string | undefined
  constructor(message: string, hint?: string) { super(message); this.name = 'Refusal'; this.hint = hint }
}

const words: Readonly<Record<string, unknown>> = { None: null, True: true, False: false, '?': undefined }
const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t' }

function literal(text: string): unknown {
  if (Object.hasOwn(words, text)) return words[text]
  const quoted = /^(['"])(.*)\1$/s.exec(text)
  if (quoted) return (quoted[2] ?? '').replace(/\\(.)/g, (_, char: string) => escapes[char] ?? char)
  return text.includes('.') ? float(Number(text)) : Number(text)
}

/** The parts of a signature: commas inside quotes do not separate. */
function parse(signature: string): { names: readonly string[]; params: Params } {
  const open = signature.indexOf('(')
  const names = signature.slice(0, open).split('|')
  const parts = signature.slice(open + 1, signature.lastIndexOf(')')).match(/(?:'[^']*'|"[^"]*"|[^,'"])+/g) ?? []
  const params: Param[] = []
  let kind: 'plain' | 'named' = 'plain'
  for (const part of parts.map((one) => one.trim()).filter((one) => one !== '')) {
    if (part.startsWith('**')) { params.push({ name: part.slice(2), kind: 'options', fallback: undefined, required: false }); continue }
    if (part.startsWith('*')) {
      if (part.length > 1) params.push({ name: part.slice(1), kind: 'rest', fallback: undefined, required: false })
      kind = 'named'
      continue
    }
    const equal = part.indexOf('=')
    params.push(equal < 0 ? { name: part, kind, fallback: undefined, required: true }
      : { name: part.slice(0, equal).trim(), kind, fallback: literal(part.slice(equal + 1).trim()), required: false })
  }
  const has = (kind: Param['kind']): boolean => params.some((one) => one.kind === kind)
  return { names, params: {
    list: params, plain: params.filter((one) => one.kind === 'plain').length, takesRest: has('rest'), takesOptions: has('options'),
    known: new Set(params.filter((one) => one.kind === 'plain' || one.kind === 'named').map((one) => one.name)),
  } }
}

/** Values in the order of the parameters; `*rest` gives an array, `**options` a record. Throws what Python would say. */
function bind({ list, known, plain, takesRest, takesOptions }: Params, args: readonly unknown[], kwargs: Readonly<Data>): unknown[] {
  const extra: string[] = []
  for (const name in kwargs) if (!known.has(name)) extra.push(name)
  if (extra.length > 0 && !takesOptions) throw new Refusal(`got an unexpected keyword argument '${extra[0]}'`)
  if (args.length > plain && !takesRest) throw new Refusal(`takes ${plain} argument${plain === 1 ? '' : 's'} at most, but ${args.length} were given`)
  let at = 0
  const bound: unknown[] = []
  for (const param of list) {
    const isNamed = Object.hasOwn(kwargs, param.name)
    if (param.kind === 'rest') bound.push(args.slice(plain))
    else if (param.kind === 'options') bound.push(Object.fromEntries(extra.map((name) => [name, kwargs[name]])))
    else if (param.kind === 'plain' && at < args.length) {
      if (isNamed) throw new Refusal(`got multiple values for argument '${param.name}'`)
      bound.push(args[at++])
    } else if (isNamed) bound.push(kwargs[param.name])
    else if (param.required) throw new Refusal(`missing 1 required argument: '${param.name}'`)
    else bound.push(param.fallback)
  }
  return bound
}

/** `body` with the arguments of the call bound; its errors get their place. `value` is what stands in front of a filter or test. */
function located<V, T>(kind: Kind, name: string, signature: string, call: Call, params: Params, body: (value: V, args: readonly unknown[], call: Call) => T, value: V, inner = call): T {
  let args: unknown[] | undefined
  try {
    args = bind(params, call.args, call.kwargs)
    return body(value, args, inner)
  } catch (error) {
    if (error instanceof BadRegex) throw fault('call-failed', call.env.loc, { kind, name, problem: error.message, hint: undefined }, error)
    const isOurs = error instanceof Refusal || error instanceof BadIni || (error instanceof Fault && error.code === 'template-operation' && error.loc === undefined)
    if (!isOurs) throw error
    const hint = error.hint ?? (args === undefined ? `it is called as ${signature}` : undefined)
    throw fault('call-failed', call.env.loc, { kind, name, problem: error.message, hint }, error)
  }
}

/** The first argument that is not there; throws for one that a dry run cannot know. */
function gap(value: unknown, { args, kwargs }: Call): Undefined | undefined {
  let missing: Undefined | undefined
  const look = (one: unknown): void => {
    if (typeof one !== 'object' || one === null) return
    if (one instanceof Unknown) throw new UnknownValue(one.reason)
    if (one instanceof Undefined && !(one instanceof NoElse)) missing ??= one
  }
  look(value)
  for (const one of args) look(one)
  for (const name in kwargs) look(kwargs[name])
  return missing
}

function expand<B, T>(bodies: Readonly<Record<string, B>>, make: (name: string, signature: string, params: Params, body: B) => T): Record<string, T> {
  const table: Record<string, T> = {}
  for (const [key, body] of Object.entries(bodies)) {
    const { names, params } = parse(key)
    const shown = key.slice(key.indexOf('('))
    for (const name of names) table[name] = make(name, `${name}${shown}`, params, body)
  }
  return table
}

export type FilterBody = (value: unknown, args: readonly unknown[], call: Call) => unknown

/** Filters that an undefined value passes through untouched, so that a `default` behind them still sees it (Ansible: _jinja_plugins.py). */
export function filterTable(bodies: Readonly<Record<string, FilterBody>>): Record<string, Filter> {
  return expand(bodies, (name, signature, params, body) => (value, call) =>
    gap(value, call) ?? located('filter', name, signature, call, params, body, value))
}
/** Filters that look at undefined values themselves. */
export function openFilterTable(bodies: Readonly<Record<string, FilterBody>>): Record<string, Filter> {
  return expand(bodies, (name, signature, params, body) => (value, call) =>
    located('filter', name, signature, call, params, body, value))
}

export type TestBody = (value: unknown, args: readonly unknown[], call: Call) => boolean

/** Tests; an undefined value is an error. */
export function testTable(bodies: Readonly<Record<string, TestBody>>): Record<string, Test> {
  return expand(bodies, (name, signature, params, body) => (value, call) => {
    const missing = gap(value, call)
    if (missing !== undefined) throw undefinedFault(missing)
    return located('test', name, signature, call, params, body, value)
  })
}
/** Tests that take undefined values too. */
export function openTestTable(bodies: Readonly<Record<string, TestBody>>): Record<string, Test> {
  return expand(bodies, (name, signature, params, body) => (value, call) =>
    located('test', name, signature, call, params, body, value))
}

export type LookupBody = (terms: readonly unknown[], options: readonly unknown[], call: Call) => readonly unknown[]

/** Options that a lookup does not have are passed over, as in Ansible, but not in silence. */
function optionsOf({ kwargs, env }: Call, name: string, params: Params): Call {
  const unknown = params.takesOptions ? undefined : Object.keys(kwargs).find((key) => !params.known.has(key))
  if (unknown === undefined) return { args: [], kwargs, env }
  const known = [...params.known], near = nearest(unknown, known)
  env.services.warn(`the lookup ${name} has no option '${unknown}'${near === undefined ? known.length === 0 ? '' : ` (it has ${known.join(', ')})` : `; did you mean '${near}'?`}`, env.loc)
  return { args: [], kwargs: Object.fromEntries(Object.entries(kwargs).filter(([key]) => known.includes(key))), env }
}

/** Lookups: terms come as they are, only options are bound by the signature. An undefined term or option is an error. */
export function lookupTable(bodies: Readonly<Record<string, LookupBody>>): Record<string, Lookup> {
  return expand(bodies, (name, signature, params, body) => (terms, call) => {
    const missing = gap(terms.find((one) => one instanceof Undefined || one instanceof Unknown), { args: [], kwargs: call.kwargs, env: call.env })
    if (missing !== undefined) throw undefinedFault(missing)
    return located('lookup', name, signature, optionsOf(call, name, params), params, body, terms, call)
  })
}
/** Lookups that look at undefined terms and options themselves. */
export function openLookupTable(bodies: Readonly<Record<string, LookupBody>>): Record<string, Lookup> {
  return expand(bodies, (name, signature, params, body) => (terms, call) =>
    located('lookup', name, signature, optionsOf(call, name, params), params, body, terms, call))
}

export type GlobalBody = (args: readonly unknown[], call: Call) => unknown

export function globalTable(bodies: Readonly<Record<string, GlobalBody>>): Record<string, GlobalFunction> {
  return expand(bodies, (name, signature, params, body) => {
    const run = (_: undefined, args: readonly unknown[], call: Call): unknown => body(args, call)
    return (call) => gap(undefined, call) ?? located('function', name, signature, call, params, run, undefined)
  })
}

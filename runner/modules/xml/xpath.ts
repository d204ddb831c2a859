/** XPath 1.0 over the tree of dom.ts: grammar, axes, predicates and the core function library. */
import { attributeOf, localName, namespaceOf, prefixOf } from './dom.ts'
import type { Attribute, Document, Element, Node, TextNode } from './dom.ts'

export interface AttributeNode { readonly kind: 'attribute'; readonly owner: Element; readonly attribute: Attribute }
export interface RootNode { readonly kind: 'root'; readonly document: Document }
export type Found = Node | AttributeNode | RootNode
export type Value = Found[] | string | number | boolean
export class BadXPath extends Error {}

export interface Scope { readonly document: Document; readonly namespaces: Readonly<Record<string, string>> }
interface Context { readonly node: Found; readonly position: number; readonly size: number; readonly scope: Scope }
type Expression = (context: Context) => Value

// ---------------------------------------------------------------- words

type Token = { readonly type: 'name' | 'number' | 'string' | 'symbol' | 'operator' | 'end'; readonly text: string }
const tokenPattern = /\s+|(\d+(?:\.\d*)?|\.\d+)|("[^"]*"|'[^']*')|(\.\.|\/\/|!=|<=|>=|::|[()[\].@,/|+\-=<>*$])|((?:[\p{L}_][\p{L}\p{N}._-]*:)?(?:[\p{L}_][\p{L}\p{N}._-]*|\*))/yu
const nameOperators = new Set(['and', 'or', 'mod', 'div'])

function tokens(source: string): Token[] {
  const found: Token[] = []
  for (let at = 0; at < source.length;) {
    tokenPattern.lastIndex = at
    const match = tokenPattern.exec(source)
    if (match === null) throw new BadXPath(`Invalid expression at ${JSON.stringify(source.slice(at, at + 20))}`)
    at = tokenPattern.lastIndex
    const [, number, string, symbol, name] = match
    const last = found.at(-1)
    // XPath 1.0, 3.7: behind an operand `*` and these names are operators.
    const isBehindOperand = last !== undefined && last.type !== 'operator' && !['@', '::', '(', '[', ',', '/', '//', '|', '+', '-', '=', '!=', '<', '<=', '>', '>='].includes(last.text)
    if (number !== undefined) found.push({ type: 'number', text: number })
    else if (string !== undefined) found.push({ type: 'string', text: string.slice(1, -1) })
    else if (symbol !== undefined) found.push({ type: symbol === '*' ? isBehindOperand ? 'operator' : 'name' : 'symbol', text: symbol })
    else if (name !== undefined) found.push(isBehindOperand && nameOperators.has(name) ? { type: 'operator', text: name } : { type: 'name', text: name })
  }
  return [...found, { type: 'end', text: '' }]
}

// ---------------------------------------------------------------- values

export function stringValue(node: Found): string {
  if (node.kind === 'attribute') return node.attribute.value
  if (node.kind === 'root') return stringValue(node.document.root)
  if (node.kind === 'element') return node.children.map((one) => one.kind === 'comment' || one.kind === 'pi' ? '' : stringValue(one)).join('')
  return node.value
}
const toText = (value: Value): string => Array.isArray(value) ? value[0] === undefined ? '' : stringValue(value[0]) : String(value)
function toNumber(value: Value): number {
  if (typeof value === 'number') return value
  if (typeof value === 'boolean') return value ? 1 : 0
  const text = toText(value).trim()
  return /^-?(\d+\.?\d*|\.\d+)$/.test(text) ? Number(text) : NaN
}
const toTruth = (value: Value): boolean => Array.isArray(value) ? value.length > 0 : typeof value === 'number' ? value !== 0 && !Number.isNaN(value) : Boolean(value)

function compare(operator: string, left: Value, right: Value): boolean {
  const test = (a: string | number | boolean, b: string | number | boolean): boolean => {
    if (operator === '=' || operator === '!=') {
      const equal = typeof a === 'boolean' || typeof b === 'boolean' ? toTruth(a) === toTruth(b) : typeof a === 'number' || typeof b === 'number' ? toNumber(a) === toNumber(b) : a === b
      return equal === (operator === '=')
    }
    const x = toNumber(a), y = toNumber(b)
    return operator === '<' ? x < y : operator === '<=' ? x <= y : operator === '>' ? x > y : x >= y
  }
  if (Array.isArray(left) && typeof right === 'boolean') return test(toTruth(left), right)
  if (Array.isArray(right) && typeof left === 'boolean') return test(left, toTruth(right))
  const sides = (value: Value): (string | number | boolean)[] => Array.isArray(value) ? value.map(stringValue) : [value]
  return sides(left).some((a) => sides(right).some((b) => test(a, b)))
}

// ---------------------------------------------------------------- axes

const parentOf = (node: Found, scope: Scope): Found | undefined =>
  node.kind === 'root' ? undefined : node.kind === 'attribute' ? node.owner : node.parent ?? { kind: 'root', document: scope.document }
function childrenOf(node: Found): Node[] {
  if (node.kind === 'root') return node.document.children.filter((one) => one.kind === 'element' || one.kind === 'comment' || (one.kind === 'pi' && !one.value.startsWith('xml ')))
  return node.kind === 'element' ? node.children : []
}
const descendants = (node: Found): Node[] => childrenOf(node).flatMap((one) => [one, ...descendants(one)])
function ancestors(node: Found, scope: Scope): Found[] {
  const up = parentOf(node, scope)
  return up === undefined ? [] : [up, ...ancestors(up, scope)]
}
function siblings(node: Found, scope: Scope, isAfter: boolean): Node[] {
  if (node.kind === 'attribute' || node.kind === 'root') return []
  const up = parentOf(node, scope), all = up === undefined ? [] : childrenOf(up), at = all.indexOf(node)
  return isAfter ? all.slice(at + 1) : all.slice(0, at).reverse()
}
const axes: Readonly<Record<string, (node: Found, scope: Scope) => Found[]>> = {
  child: childrenOf, descendant: descendants, parent: (node, scope) => { const up = parentOf(node, scope); return up === undefined ? [] : [up] },
  self: (node) => [node], 'descendant-or-self': (node) => [node, ...descendants(node)], ancestor: ancestors, 'ancestor-or-self': (node, scope) => [node, ...ancestors(node, scope)],
  'following-sibling': (node, scope) => siblings(node, scope, true), 'preceding-sibling': (node, scope) => siblings(node, scope, false),
  following: (node, scope) => [node, ...ancestors(node, scope)].flatMap((one) => siblings(one, scope, true)).flatMap((one) => [one, ...descendants(one)]),
  preceding: (node, scope) => [node, ...ancestors(node, scope)].flatMap((one) => siblings(one, scope, false)).flatMap((one) => [one, ...descendants(one)].reverse()),
  attribute: (node) => node.kind !== 'element' ? [] : node.attributes.filter(({ name }) => name !== 'xmlns' && !name.startsWith('xmlns:')).map((attribute) => ({ kind: 'attribute', owner: node, attribute })),
}

/** Namespace address of an element or attribute. */
function addressOf(node: Element | AttributeNode): string | undefined {
  if (node.kind === 'element') return namespaceOf(node, prefixOf(node.name))
  const prefix = prefixOf(node.attribute.name)
  return prefix === '' ? undefined : namespaceOf(node.owner, prefix)
}
const nameOf = (node: Found): string => node.kind === 'element' ? node.name : node.kind === 'attribute' ? node.attribute.name : ''

function nameTest(text: string, isAttribute: boolean): (node: Found, scope: Scope) => boolean {
  const kind = isAttribute ? 'attribute' : 'element'
  if (text === '*') return (node) => node.kind === kind
  const prefix = prefixOf(text), local = localName(text)
  return (node, scope) => {
    if (node.kind !== kind || (node.kind !== 'element' && node.kind !== 'attribute')) return false
    if (local !== '*' && localName(nameOf(node)) !== local) return false
    if (prefix === '') return addressOf(node) === undefined
    const wanted = scope.namespaces[prefix]
    if (wanted === undefined) throw new BadXPath(`Undefined namespace prefix '${prefix}'`)
    return addressOf(node) === wanted
  }
}
const typeTests: Readonly<Record<string, (node: Found) => boolean>> = {
  node: () => true, text: ({ kind }) => kind === 'text' || kind === 'cdata', comment: ({ kind }) => kind === 'comment', 'processing-instruction': ({ kind }) => kind === 'pi',
}

function inDocumentOrder(nodes: readonly Found[], scope: Scope): Found[] {
  if (nodes.length < 2) return [...nodes]
  const order = new Map<unknown, number>()
  const root: RootNode = { kind: 'root', document: scope.document }
  for (const node of descendants(root)) {
    order.set(node, order.size + 1)
    if (node.kind === 'element') for (const attribute of node.attributes) order.set(attribute, order.size + 1)
  }
  const key = (node: Found): unknown => node.kind === 'attribute' ? node.attribute : node.kind === 'root' ? 'root' : node
  const unique = new Map(nodes.map((node) => [key(node), node]))
  return [...unique.values()].sort((a, b) => (order.get(key(a)) ?? 0) - (order.get(key(b)) ?? 0))
}

// ---------------------------------------------------------------- functions

type Call = (args: readonly Value[], context: Context) => Value
const nodesOf = (value: Value | undefined, context: Context): Found[] => value === undefined ? [context.node] : Array.isArray(value) ? value : []
const textOf = (args: readonly Value[], i: number, context: Context): string => toText(args[i] ?? [context.node])
const round = (value: number): number => Math.floor(value + 0.5)
const functions: Readonly<Record<string, Call>> = {
  last: (_, { size }) => size, position: (_, { position }) => position, count: ([nodes], context) => nodesOf(nodes, context).length,
  name: ([nodes], context) => { const one = nodesOf(nodes, context)[0]; return one === undefined ? '' : nameOf(one) },
  'local-name': ([nodes], context) => { const one = nodesOf(nodes, context)[0]; return one === undefined ? '' : localName(nameOf(one)) },
  'namespace-uri': ([nodes], context) => { const one = nodesOf(nodes, context)[0]; return one?.kind === 'element' || one?.kind === 'attribute' ? addressOf(one) ?? '' : '' },
  id: ([ids], { scope }) => {
    const wanted = new Set(toText(ids ?? '').split(/\s+/))
    return descendants({ kind: 'root', document: scope.document }).filter((one) => one.kind === 'element' && wanted.has(attributeOf(one, 'id') ?? attributeOf(one, 'xml:id') ?? ''))
  },
  string: (args, context) => textOf(args, 0, context), concat: (args) => args.map(toText).join(''),
  'starts-with': ([a = '', b = '']) => toText(a).startsWith(toText(b)), contains: ([a = '', b = '']) => toText(a).includes(toText(b)),
  'substring-before': ([a = '', b = '']) => { const at = toText(a).indexOf(toText(b)); return at < 0 ? '' : toText(a).slice(0, at) },
  'substring-after': ([a = '', b = '']) => { const at = toText(a).indexOf(toText(b)); return at < 0 ? '' : toText(a).slice(at + toText(b).length) },
  substring: ([text = '', start = 0, length]) => {
    const from = round(toNumber(start)), to = length === undefined ? Infinity : from + round(toNumber(length))
    return [...toText(text)].filter((_, i) => i + 1 >= from && i + 1 < to).join('')
  },
  'string-length': (args, context) => [...textOf(args, 0, context)].length, 'normalize-space': (args, context) => textOf(args, 0, context).trim().replace(/\s+/g, ' '),
  translate: ([text = '', from = '', to = '']) => {
    const [letters, others] = [[...toText(from)], [...toText(to)]]
    return [...toText(text)].map((one) => { const at = letters.indexOf(one); return at < 0 ? one : others[at] ?? '' }).join('')
  },
  boolean: ([value = false]) => toTruth(value), not: ([value = false]) => !toTruth(value), true: () => true, false: () => false,
  lang: ([wanted = ''], context) => {
    const at = [context.node, ...ancestors(context.node, context.scope)].find((one) => one.kind === 'element' && attributeOf(one, 'xml:lang') !== undefined)
    return at?.kind === 'element' && (attributeOf(at, 'xml:lang') ?? '').toLowerCase().split('-')[0] === toText(wanted).toLowerCase().split('-')[0]
  },
  number: (args, context) => toNumber(args[0] ?? [context.node]), sum: ([nodes = []]) => Array.isArray(nodes) ? nodes.reduce((total, one) => total + toNumber(stringValue(one)), 0) : NaN,
  floor: ([value = 0]) => Math.floor(toNumber(value)), ceiling: ([value = 0]) => Math.ceil(toNumber(value)), round: ([value = 0]) => round(toNumber(value)),
}

// ---------------------------------------------------------------- grammar

interface Step { select(node: Found, scope: Scope): Found[]; readonly predicates: readonly Expression[] }
const levels: readonly (readonly string[])[] = [['or'], ['and'], ['=', '!='], ['<', '<=', '>', '>='], ['+', '-'], ['*', 'div', 'mod']]

class Reader {
  readonly #all: Token[]
  #at = 0
  constructor(source: string) { this.#all = tokens(source) }
  #peek(ahead = 0): Token { return this.#all[this.#at + ahead] ?? { type: 'end', text: '' } }
  #take(text: string): boolean {
    const next = this.#peek()
    if (next.text !== text || next.type === 'string' || next.type === 'end') return false
    this.#at += 1
    return true
  }
  #need(text: string): void { if (!this.#take(text)) throw new BadXPath(`'${text}' is missing before ${JSON.stringify(this.#peek().text || 'the end')}`) }

  whole(): Expression {
    const found = this.#binary(0)
    if (this.#peek().type !== 'end') throw new BadXPath(`Invalid expression at ${JSON.stringify(this.#peek().text)}`)
    return found
  }
  #binary(level: number): Expression {
    const operators = levels[level]
    if (operators === undefined) return this.#unary()
    let left = this.#binary(level + 1)
    for (;;) {
      const operator = operators.find((one) => this.#peek().type !== 'name' && this.#take(one))
      if (operator === undefined) return left
      left = combine(operator, left, this.#binary(level + 1))
    }
  }
  #unary(): Expression {
    if (this.#take('-')) { const inner = this.#unary(); return (context) => -toNumber(inner(context)) }
    let left = this.#path()
    while (this.#take('|')) {
      const first = left, second = this.#path()
      left = (context) => inDocumentOrder([...nodesOf(first(context), context), ...nodesOf(second(context), context)], context.scope)
    }
    return left
  }
  #path(): Expression {
    const { type, text } = this.#peek()
    const isCall = type === 'name' && this.#peek(1).text === '(' && this.#peek(1).type === 'symbol' && typeTests[text] === undefined
    if (type === 'string' || type === 'number' || text === '(' || isCall) return this.#filter()
    if (text === '/') {
      this.#at += 1
      const steps = this.#startsStep() ? this.#steps() : []
      return (context) => walk([{ kind: 'root', document: context.scope.document }], steps, context.scope)
    }
    if (text === '//') {
      this.#at += 1
      const steps = [anywhere, ...this.#steps()]
      return (context) => walk([{ kind: 'root', document: context.scope.document }], steps, context.scope)
    }
    const steps = this.#steps()
    return (context) => walk([context.node], steps, context.scope)
  }
  #startsStep(): boolean { const { type, text } = this.#peek(); return type === 'name' || ['.', '..', '@'].includes(text) && type === 'symbol' }

  /** A primary expression, its predicates, and the path behind it. */
  #filter(): Expression {
    const primary = this.#primary(), predicates = this.#predicates(), steps: Step[] = []
    while (this.#peek().type === 'symbol' && ['/', '//'].includes(this.#peek().text)) {
      if (this.#take('//')) steps.push(anywhere)
      else this.#at += 1
      steps.push(this.#step())
    }
    if (predicates.length === 0 && steps.length === 0) return primary
    return (context) => walk(keep(nodesOf(primary(context), context), predicates, context.scope), steps, context.scope)
  }
  #primary(): Expression {
    const { type, text } = this.#peek()
    this.#at += 1
    if (type === 'string') return () => text
    if (type === 'number') return () => Number(text)
    if (text === '(') { const inner = this.#binary(0); this.#need(')'); return inner }
    const call = functions[text]
    if (call === undefined) throw new BadXPath(`Unregistered function ${text}`)
    this.#need('(')
    const args: Expression[] = []
    if (!this.#take(')')) {
      do args.push(this.#binary(0)); while (this.#take(','))
      this.#need(')')
    }
    return (context) => call(args.map((one) => one(context)), context)
  }
  #steps(): Step[] {
    const steps = [this.#step()]
    for (;;) {
      if (this.#take('//')) steps.push(anywhere, this.#step())
      else if (this.#take('/')) steps.push(this.#step())
      else return steps
    }
  }
  #step(): Step {
    if (this.#take('.')) return { select: (node) => [node], predicates: this.#predicates() }
    if (this.#take('..')) return { select: (node, scope) => axes.parent?.(node, scope) ?? [], predicates: this.#predicates() }
    let axis = 'child'
    if (this.#take('@')) axis = 'attribute'
    else if (this.#peek(1).text === '::') { axis = this.#peek().text; this.#at += 2 }
    const along = axes[axis]
    if (along === undefined) throw new BadXPath(`Invalid axis ${axis}`)
    const test = this.#nodeTest(axis === 'attribute'), predicates = this.#predicates()
    return { select: (node, scope) => along(node, scope).filter((one) => test(one, scope)), predicates }
  }
  #nodeTest(isAttribute: boolean): (node: Found, scope: Scope) => boolean {
    const { type, text } = this.#peek()
    if (type !== 'name') throw new BadXPath(`Invalid expression at ${JSON.stringify(text || 'the end')}`)
    this.#at += 1
    const byType = this.#peek().text === '(' && this.#peek().type === 'symbol' ? typeTests[text] : undefined
    if (byType === undefined) return nameTest(text, isAttribute)
    this.#need('(')
    const target = this.#peek().type === 'string' ? this.#peek().text : undefined
    if (target !== undefined) this.#at += 1
    this.#need(')')
    return (node) => byType(node) && (target === undefined || (node.kind === 'pi' && node.value.split(/\s/)[0] === target))
  }
  #predicates(): Expression[] {
    const found: Expression[] = []
    while (this.#take('[')) { found.push(this.#binary(0)); this.#need(']') }
    return found
  }
}
const anywhere: Step = { select: (node) => [node, ...descendants(node)], predicates: [] }

function combine(operator: string, left: Expression, right: Expression): Expression {
  switch (operator) {
    case 'or': return (context) => toTruth(left(context)) || toTruth(right(context))
    case 'and': return (context) => toTruth(left(context)) && toTruth(right(context))
    case '+': return (context) => toNumber(left(context)) + toNumber(right(context))
    case '-': return (context) => toNumber(left(context)) - toNumber(right(context))
    case '*': return (context) => toNumber(left(context)) * toNumber(right(context))
    case 'div': return (context) => toNumber(left(context)) / toNumber(right(context))
    case 'mod': return (context) => toNumber(left(context)) % toNumber(right(context))
    default: return (context) => compare(operator, left(context), right(context))
  }
}
function keep(nodes: readonly Found[], predicates: readonly Expression[], scope: Scope): Found[] {
  let left = [...nodes]
  for (const predicate of predicates) {
    const size = left.length
    left = left.filter((node, i) => {
      const value = predicate({ node, position: i + 1, size, scope })
      return typeof value === 'number' ? value === i + 1 : toTruth(value)
    })
  }
  return left
}
function walk(start: readonly Found[], steps: readonly Step[], scope: Scope): Found[] {
  let at = [...start]
  for (const { select, predicates } of steps) at = inDocumentOrder(at.flatMap((node) => keep(select(node, scope), predicates, scope)), scope)
  return at
}

/** The value of an expression from a node on; default: the document. Throws BadXPath. */
export function evaluate(source: string, scope: Scope, from?: Element | TextNode): Value {
  const node: Found = from ?? { kind: 'root', document: scope.document }
  return new Reader(source).whole()({ node, position: 1, size: 1, scope })
}
/** Throws BadXPath for what is no expression. */
export function checkXPath(source: string): void { new Reader(source).whole() }

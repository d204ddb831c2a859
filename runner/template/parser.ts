/** Tokens to expressions, with Jinja's own precedence (Jinja2: parser.py). Statements are in statements.ts. */
import type { Args, CompareOp, Expr } from './ast.ts'
import { syntaxFault } from './lexer.ts'
import type { At, Token, TokenType } from './lexer.ts'

const names: Readonly<Record<TokenType, string>> = {
  text: 'text', variable_begin: "'{{'", variable_end: "the end of the print statement ('}}')", block_begin: "'{%'", block_end: "the end of the statement block ('%}')",
  name: 'a name', number: 'a number', string: 'a string', operator: 'an operator', end: 'the end of the template',
}
const constants = new Map<string, unknown>([['true', true], ['True', true], ['false', false], ['False', false], ['none', null], ['None', null]])
const compareOps = new Set(['==', '!=', '<', '<=', '>', '>='])
const isCompare = (text: string): text is CompareOp => compareOps.has(text)
const noArgs: Args = { args: [], kwargs: [] }

export class Reader {
  readonly tokens: readonly Token[]
  readonly at: At
  private next = 0
  constructor(tokens: readonly Token[], at: At) { this.tokens = tokens; this.at = at }
  get now(): Token {
    const token = this.tokens[this.next]
    if (token === undefined) throw new Error('read past the end of a template')
    return token
  }
  peek(): Token { return this.tokens[this.next + 1] ?? this.now }
  take(): Token { const token = this.now; if (token.type !== 'end') this.next++; return token }
  is(type: TokenType, text?: string): boolean { return this.now.type === type && (text === undefined || this.now.text === text) }
  skip(type: TokenType, text?: string): boolean { if (!this.is(type, text)) return false; this.next++; return true }
  expect(type: TokenType, text?: string): Token {
    if (this.is(type, text)) return this.take()
    throw this.fail(`expected ${text === undefined ? names[type] : `'${text}'`}, got ${show(this.now)}`, this.now.at, hintFor(this.now, text))
  }
  fail(message: string, at: number = this.now.at, hint?: string): Error { return syntaxFault(message, this.at, at, hint) }
}
export const show = (token: Token): string => token.type === 'name' || token.type === 'number' || token.type === 'operator' ? `'${token.text}'`
  : token.type === 'string' ? `the string ${token.text}` : names[token.type]
function hintFor(token: Token, wanted: string | undefined): string | undefined {
  if (token.type === 'operator' && token.text === '=') return 'to compare, write =='
  if (wanted === undefined && token.type === 'name') return `join values with ~ or and/or; put text in quotes`
  return undefined
}

// ---------------------------------------------------------------- operators, loosest first

export const parseExpression = (reader: Reader, withCondition = true): Expr => withCondition ? parseCondition(reader) : parseOr(reader)

function parseCondition(reader: Reader): Expr {
  let then = parseOr(reader)
  while (reader.is('name', 'if')) {
    const { at } = reader.take()
    const test = parseOr(reader)
    const otherwise = reader.skip('name', 'else') ? parseCondition(reader) : undefined
    then = { kind: 'if', test, then, otherwise, at }
  }
  return then
}
function parseOr(reader: Reader): Expr {
  let left = parseAnd(reader)
  while (reader.is('name', 'or')) { const { at } = reader.take(); left = { kind: 'or', left, right: parseAnd(reader), at } }
  return left
}
function parseAnd(reader: Reader): Expr {
  let left = parseNot(reader)
  while (reader.is('name', 'and')) { const { at } = reader.take(); left = { kind: 'and', left, right: parseNot(reader), at } }
  return left
}
function parseNot(reader: Reader): Expr {
  if (!reader.is('name', 'not')) return parseCompare(reader)
  const { at } = reader.take()
  return { kind: 'not', of: parseNot(reader), at }
}
function parseCompare(reader: Reader): Expr {
  const first = parseSum(reader)
  const rest: { op: CompareOp; right: Expr; at: number }[] = []
  for (;;) {
    const { now } = reader
    if (now.type === 'operator' && isCompare(now.text)) { reader.take(); rest.push({ op: now.text, right: parseSum(reader), at: now.at }) }
    else if (reader.skip('name', 'in')) rest.push({ op: 'in', right: parseSum(reader), at: now.at })
    else if (reader.is('name', 'not') && reader.peek().text === 'in' && reader.peek().type === 'name') {
      reader.take()
      reader.take()
      rest.push({ op: 'not in', right: parseSum(reader), at: now.at })
    } else return rest.length === 0 ? first : { kind: 'compare', first, rest, at: first.at }
  }
}
function parseSum(reader: Reader): Expr {
  let left = parseConcat(reader)
  for (;;) {
    const { now } = reader
    if (now.type !== 'operator' || (now.text !== '+' && now.text !== '-')) return left
    reader.take()
    left = { kind: 'binary', op: now.text, left, right: parseConcat(reader), at: now.at }
  }
}
function parseConcat(reader: Reader): Expr {
  const items = [parseProduct(reader)]
  const { at } = reader.now
  while (reader.skip('operator', '~')) items.push(parseProduct(reader))
  const [first] = items
  return items.length === 1 && first !== undefined ? first : { kind: 'concat', items, at }
}
function parseProduct(reader: Reader): Expr {
  let left = parsePower(reader)
  for (;;) {
    const { now } = reader
    if (now.type !== 'operator' || (now.text !== '*' && now.text !== '/' && now.text !== '//' && now.text !== '%')) return left
    reader.take()
    left = { kind: 'binary', op: now.text, left, right: parsePower(reader), at: now.at }
  }
}
function parsePower(reader: Reader): Expr {
  let left = parseUnary(reader, true)
  while (reader.is('operator', '**')) { const { at } = reader.take(); left = { kind: 'binary', op: '**', left, right: parseUnary(reader, true), at } }
  return left
}
export function parseUnary(reader: Reader, withFilter: boolean): Expr {
  const { now } = reader
  let node: Expr
  if (reader.skip('operator', '-')) node = { kind: 'neg', of: parseUnary(reader, false), at: now.at }
  else if (reader.skip('operator', '+')) node = { kind: 'pos', of: parseUnary(reader, false), at: now.at }
  else node = parsePrimary(reader)
  node = parsePostfix(reader, node)
  return withFilter ? parseFilters(reader, node) : node
}

// ---------------------------------------------------------------- values

function parsePrimary(reader: Reader): Expr {
  const token = reader.now
  const { at } = token
  switch (token.type) {
    case 'name':
      reader.take()
      return constants.has(token.text) ? { kind: 'const', value: constants.get(token.text), at } : { kind: 'name', name: token.text, at }
    case 'string': {
      let value = ''
      while (reader.is('string')) value += String(reader.take().value)
      return { kind: 'const', value, at }
    }
    case 'number':
      reader.take()
      return { kind: 'const', value: token.value, at }
    default:
  }
  if (reader.skip('operator', '(')) {
    const node = parseTuple(reader, { isParenthesized: true })
    reader.expect('operator', ')')
    return node
  }
  if (reader.is('operator', '[')) return parseList(reader)
  if (reader.is('operator', '{')) return parseDict(reader)
  if (token.type === 'variable_end' || token.type === 'block_end' || token.type === 'end') throw reader.fail(`expected an expression, got ${show(token)}`)
  throw reader.fail(`unexpected ${show(token)}`, at, token.text === '=' ? 'to compare, write ==' : undefined)
}

export interface TupleOptions { readonly isParenthesized?: boolean; readonly withCondition?: boolean; readonly endsAt?: string }
/** One expression, or several with commas: a tuple. */
export function parseTuple(reader: Reader, { isParenthesized = false, withCondition = true, endsAt }: TupleOptions = {}): Expr {
  const { at } = reader.now
  const items: Expr[] = []
  let isTuple = false
  const atEnd = (): boolean => reader.is('variable_end') || reader.is('block_end') || reader.is('end') || reader.is('operator', ')') || (endsAt !== undefined && reader.is('name', endsAt))
  while (!atEnd()) {
    items.push(parseExpression(reader, withCondition))
    if (!reader.skip('operator', ',')) break
    isTuple = true
  }
  const [first] = items
  if (!isTuple && first !== undefined) return first
  if (!isTuple && !isParenthesized) throw reader.fail(`expected an expression, got ${show(reader.now)}`)
  return { kind: 'tuple', items, at }
}
function parseList(reader: Reader): Expr {
  const { at } = reader.take()
  const items: Expr[] = []
  while (!reader.is('operator', ']')) {
    if (items.length > 0) reader.expect('operator', ',')
    if (reader.is('operator', ']')) break
    items.push(parseExpression(reader))
  }
  reader.take()
  return { kind: 'list', items, at }
}
function parseDict(reader: Reader): Expr {
  const { at } = reader.take()
  const pairs: { key: Expr; value: Expr }[] = []
  while (!reader.is('operator', '}')) {
    if (pairs.length > 0) reader.expect('operator', ',')
    if (reader.is('operator', '}')) break
    const key = parseExpression(reader)
    reader.expect('operator', ':')
    pairs.push({ key, value: parseExpression(reader) })
  }
  reader.take()
  return { kind: 'dict', pairs, at }
}

// ---------------------------------------------------------------- what follows a value

function parsePostfix(reader: Reader, start: Expr): Expr {
  let node = start
  for (;;) {
    const { now } = reader
    if (now.type !== 'operator') return node
    if (now.text === '.') node = parseDot(reader, node)
    else if (now.text === '[') node = parseSubscript(reader, node)
    else if (now.text === '(') node = { kind: 'call', of: node, args: parseArgs(reader), at: now.at }
    else return node
  }
}
export function parseFilters(reader: Reader, start: Expr): Expr {
  let node = start
  for (;;) {
    const { now } = reader
    if (reader.skip('operator', '|')) node = parseFilter(reader, node)
    else if (reader.is('name', 'is')) node = parseTest(reader, node)
    else if (now.type === 'operator' && now.text === '(') node = { kind: 'call', of: node, args: parseArgs(reader), at: now.at }
    else return node
  }
}
function parseDot(reader: Reader, of: Expr): Expr {
  reader.take()
  const token = reader.take()
  if (token.type === 'name') return { kind: 'attr', of, name: token.text, at: token.at }
  if (token.type !== 'number') throw reader.fail(`expected a name or number after '.', got ${show(token)}`, token.at)
  if (typeof token.value === 'number' && Number.isInteger(token.value)) return { kind: 'item', of, key: { kind: 'const', value: token.value, at: token.at }, at: token.at }
  throw reader.fail(`expected a name or number after '.', got ${show(token)}`, token.at, 'write the indexes in brackets: a[0][1]')
}
function parseSubscript(reader: Reader, of: Expr): Expr {
  const { at } = reader.take()
  const parts: Expr[] = []
  while (!reader.is('operator', ']')) {
    if (parts.length > 0) reader.expect('operator', ',')
    const found = parseSubscribed(reader, of, at)
    if (found.isSlice) { reader.expect('operator', ']'); return found.node }
    parts.push(found.node)
  }
  const [first] = parts
  if (first === undefined) throw reader.fail('expected an expression inside of the brackets')
  reader.take()
  return { kind: 'item', of, key: parts.length === 1 ? first : { kind: 'tuple', items: parts, at }, at }
}
function parseSubscribed(reader: Reader, of: Expr, at: number): { node: Expr; isSlice: boolean } {
  const part = (): Expr | undefined => reader.is('operator', ':') || reader.is('operator', ']') || reader.is('operator', ',') ? undefined : parseExpression(reader)
  const start = part()
  if (!reader.skip('operator', ':')) {
    if (start === undefined) throw reader.fail('expected an expression inside of the brackets')
    return { node: start, isSlice: false }
  }
  const stop = part()
  const step = reader.skip('operator', ':') ? part() : undefined
  return { node: { kind: 'slice', of, start, stop, step, at }, isSlice: true }
}
function dottedName(reader: Reader): { name: string; at: number } {
  const { text, at } = reader.expect('name')
  let name = text
  while (reader.skip('operator', '.')) name += `.${reader.expect('name').text}`
  return { name, at }
}
export function parseFilter(reader: Reader, of: Expr | undefined): Expr {
  const { name, at } = dottedName(reader)
  return { kind: 'filter', of, name, args: reader.is('operator', '(') ? parseArgs(reader) : noArgs, at }
}
function parseTest(reader: Reader, of: Expr): Expr {
  reader.take()
  const isNegated = reader.skip('name', 'not')
  if (reader.is('string', undefined)) throw reader.fail(`expected the name of a test after 'is', got ${show(reader.now)}`, reader.now.at, "to compare write ==; 'is' asks a test such as: x is defined")
  const { name, at } = dottedName(reader)
  const test: Expr = { kind: 'test', of, name, args: testArgs(reader), at }
  return isNegated ? { kind: 'not', of: test, at } : test
}
function testArgs(reader: Reader): Args {
  if (reader.is('operator', '(')) return parseArgs(reader)
  const { now } = reader
  const startsValue = now.type === 'string' || now.type === 'number' || (now.type === 'operator' && (now.text === '[' || now.text === '{'))
    || (now.type === 'name' && !['else', 'or', 'and'].includes(now.text))
  if (!startsValue || ['if', 'not', 'in'].includes(now.text) && now.type === 'name' && isOperatorHere(reader)) return noArgs
  if (reader.is('name', 'is')) throw reader.fail('you cannot chain multiple tests with is')
  return { args: [parsePostfix(reader, parsePrimary(reader))], kwargs: [] }
}
/** Jinja would read `x is string if y` as a test with the argument `if`; nobody means that. */
const isOperatorHere = (reader: Reader): boolean => reader.now.text !== 'not' || reader.peek().text === 'in'

function parseArgs(reader: Reader): Args {
  const { at } = reader.expect('operator', '(')
  const args: Expr[] = []
  const kwargs: { name: string; value: Expr }[] = []
  let rest: Expr | undefined
  let options: Expr | undefined
  let isFirst = true
  while (!reader.is('operator', ')')) {
    if (!isFirst) { reader.expect('operator', ','); if (reader.is('operator', ')')) break }
    isFirst = false
    if (reader.skip('operator', '*')) rest = parseExpression(reader)
    else if (reader.skip('operator', '**')) options = parseExpression(reader)
    else if (reader.is('name') && reader.peek().text === '=' && reader.peek().type === 'operator') {
      const { text, at: nameAt } = reader.take()
      if (kwargs.some((known) => known.name === text)) throw reader.fail(`keyword argument repeated: ${text}`, nameAt)
      reader.take()
      kwargs.push({ name: text, value: parseExpression(reader) })
    } else {
      if (kwargs.length > 0 || options !== undefined) throw reader.fail('a positional argument cannot follow a named one', at)
      args.push(parseExpression(reader))
    }
  }
  reader.take()
  return { args, kwargs, ...(rest === undefined ? {} : { rest }), ...(options === undefined ? {} : { options }) }
}
export { parseArgs }

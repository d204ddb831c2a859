/** Jinja's statements: tokens to a tree. Which tags exist, what they take, and what ends them. */
import { nearest } from '../core/near.ts'
import type { Expr, Macro, Node, Stmt, Target } from './ast.ts'
import { parseExpression, parseFilter, parseFilters, parseTuple, Reader, show } from './parser.ts'
import { tokenize } from './lexer.ts'
import type { At, Syntax } from './lexer.ts'

export interface Tree {
  readonly body: Stmt
  readonly blocks: ReadonlyMap<string, Node & { readonly kind: 'block' }>
  /** It names other templates, or itself: most do not, and are spared what that takes. */
  readonly isLinked: boolean
}
const links = new Set(['extends', 'include', 'import', 'from', 'self', 'block'])
interface Parser { readonly reader: Reader; readonly open: { readonly tag: string; readonly at: number; readonly ends: readonly string[] }[]; readonly blocks: Map<string, Node & { readonly kind: 'block' }>; loops: number }

/** Throws `template-syntax` faults. */
export function parseTemplate(source: string, syntax: Syntax, at: At): Tree {
  const tokens = tokenize(source, syntax, at)
  const parser: Parser = { reader: new Reader(tokens, at), open: [], blocks: new Map(), loops: 0 }
  const body = parseBody(parser)
  return { body, blocks: parser.blocks, isLinked: tokens.some((token) => token.type === 'name' && links.has(token.text)) }
}
export function parseBare(source: string, syntax: Syntax, at: At): Expr {
  const reader = new Reader(tokenize(source, syntax, at), at)
  const expr = parseExpression(reader)
  if (!reader.is('end')) throw reader.fail(`expected the end of the expression, got ${show(reader.now)}`, reader.now.at, reader.now.text === '=' ? 'to compare, write ==' : 'join conditions with and/or; put text in quotes')
  return expr
}

/** Until one of the ends of the innermost open tag (left unread), or the end of the source. */
function parseBody(parser: Parser): Stmt {
  const { reader } = parser
  const body: Node[] = []
  for (;;) {
    const { now } = reader
    switch (now.type) {
      case 'text': reader.take(); body.push({ kind: 'text', text: now.text, at: now.at }); break
      case 'variable_begin': {
        reader.take()
        body.push({ kind: 'print', expr: parseTuple(reader), at: now.at })
        reader.expect('variable_end')
        break
      }
      case 'block_begin': {
        const tag = reader.peek()
        if (tag.type === 'name' && parser.open.at(-1)?.ends.includes(tag.text)) { reader.take(); return body }
        reader.take()
        if (tag.type !== 'name') throw reader.fail(`expected a tag name, got ${show(tag)}`, tag.at)
        const node = parseStatement(parser, tag.text, tag.at)
        if (node !== undefined) body.push(node)
        break
      }
      default: {
        const left = parser.open.at(-1)
        if (left === undefined) return body
        throw reader.fail(`unexpected end of template: '${left.tag}' is never closed, expected '${left.ends.at(-1)}'`, left.at)
      }
    }
  }
}
/** Body of a tag up to one of its ends, which is taken; gives the end's name. */
function parseUntil(parser: Parser, tag: string, at: number, ...ends: readonly string[]): { body: Stmt; end: string } {
  parser.reader.expect('block_end')
  parser.open.push({ tag, at, ends })
  const body = parseBody(parser)
  parser.open.pop()
  return { body, end: parser.reader.take().text }
}
/** The same where only one end is possible. */
function bodyOf(parser: Parser, tag: string, at: number): Stmt {
  const { body } = parseUntil(parser, tag, at, `end${tag}`)
  parser.reader.expect('block_end')
  return body
}

type Statement = (parser: Parser, at: number) => Node | undefined
const statements: Readonly<Record<string, Statement>> = {
  if: parseIf, for: parseFor, set: parseSet, with: parseWith, macro: parseMacroNode, call: parseCall, filter: parseFilterBlock, block: parseBlock,
  extends: parseExtends, include: parseInclude, import: parseImport, from: parseFrom, print: parsePrint,
  do({ reader }, at) { const expr = parseTuple(reader); reader.expect('block_end'); return { kind: 'do', expr, at } },
  break: loopControl('break'),
  continue: loopControl('continue'),
  autoescape(parser, at) {
    parseExpression(parser.reader)
    return { kind: 'scope', body: bodyOf(parser, 'autoescape', at), at }
  },
}
function parseStatement(parser: Parser, tag: string, at: number): Node | undefined {
  parser.reader.take()
  const statement = Object.hasOwn(statements, tag) ? statements[tag] : undefined
  if (statement !== undefined) return statement(parser, at)
  const open = parser.open.at(-1)
  if (/^(end|el)/.test(tag)) {
    throw parser.reader.fail(open === undefined ? `unexpected '${tag}': no tag is open here` : `unexpected '${tag}': '${open.tag}' is open here, expected ${open.ends.map((one) => `'${one}'`).join(' or ')}`, at)
  }
  const near = nearest(tag, Object.keys(statements))
  throw parser.reader.fail(`encountered unknown tag '${tag}'`, at, near === undefined ? undefined : `did you mean '${near}'?`)
}
function loopControl(kind: 'break' | 'continue'): Statement {
  return ({ reader, loops }, at) => {
    if (loops === 0) throw reader.fail(`'${kind}' stands outside of a for loop`, at)
    reader.expect('block_end')
    return { kind, at }
  }
}

function parseIf(parser: Parser, at: number): Node {
  const { reader } = parser
  const branches: { test: Expr; body: Stmt }[] = []
  for (;;) {
    const test = parseTuple(reader, { withCondition: false })
    const { body, end } = parseUntil(parser, 'if', at, 'elif', 'else', 'endif')
    branches.push({ test, body })
    if (end === 'elif') continue
    const otherwise = end === 'else' ? parseUntil(parser, 'if', at, 'endif').body : []
    reader.expect('block_end')
    return { kind: 'if', branches, otherwise, at }
  }
}
function parseFor(parser: Parser, at: number): Node {
  const { reader } = parser
  const target = parseTarget(reader, 'in')
  reader.expect('name', 'in')
  const over = parseTuple(reader, { withCondition: false, endsAt: 'recursive' })
  const filter = reader.skip('name', 'if') ? parseExpression(reader) : undefined
  const isRecursive = reader.skip('name', 'recursive')
  parser.loops++
  const { body, end } = parseUntil(parser, 'for', at, 'else', 'endfor')
  parser.loops--
  const otherwise = end === 'else' ? parseUntil(parser, 'for', at, 'endfor').body : []
  reader.expect('block_end')
  return { kind: 'for', target, over, filter, isRecursive, body, otherwise, at }
}
/** `a`, `a, b`, `(a, b)` or `ns.a`. */
function parseTarget(reader: Reader, endsAt?: string): Target {
  const { at } = reader.now
  const targets: Target[] = []
  let isTuple = false
  for (;;) {
    if (reader.is('block_end') || reader.is('operator', '=') || reader.is('operator', ')') || (endsAt !== undefined && reader.is('name', endsAt))) break
    targets.push(parseOneTarget(reader, endsAt))
    if (!reader.skip('operator', ',')) break
    isTuple = true
  }
  const [first] = targets
  if (first === undefined) throw reader.fail(`expected a name to assign to, got ${show(reader.now)}`)
  return isTuple ? { kind: 'names', targets, at } : first
}
function parseOneTarget(reader: Reader, endsAt: string | undefined): Target {
  if (reader.skip('operator', '(')) {
    const inner = parseTarget(reader, endsAt)
    reader.expect('operator', ')')
    return inner
  }
  const { text, at } = reader.expect('name')
  if (text === 'loop' && endsAt === 'in') throw reader.fail("cannot assign to 'loop': inside of a for it is the loop itself", at)
  if (['true', 'false', 'none', 'True', 'False', 'None'].includes(text)) throw reader.fail(`cannot assign to '${text}'`, at)
  if (!reader.skip('operator', '.')) return { kind: 'name', name: text, at }
  return { kind: 'attr', name: text, attr: reader.expect('name').text, at }
}
function parseSet(parser: Parser, at: number): Node {
  const { reader } = parser
  const target = parseTarget(reader)
  if (reader.skip('operator', '=')) {
    const value = parseTuple(reader)
    reader.expect('block_end')
    return { kind: 'set', target, value, at }
  }
  const filter = reader.skip('operator', '|') ? parseFilters(reader, parseFilter(reader, undefined)) : undefined
  return { kind: 'setblock', target, filter, body: bodyOf(parser, 'set', at), at }
}
function parseWith(parser: Parser, at: number): Node {
  const { reader } = parser
  const pairs: { target: Target; value: Expr }[] = []
  while (!reader.is('block_end')) {
    if (pairs.length > 0) reader.expect('operator', ',')
    const target = parseOneTarget(reader, undefined)
    reader.expect('operator', '=')
    pairs.push({ target, value: parseExpression(reader) })
  }
  return { kind: 'with', pairs, body: bodyOf(parser, 'with', at), at }
}
function parsePrint({ reader }: Parser, at: number): Node {
  const expr = parseTuple(reader)
  reader.expect('block_end')
  return { kind: 'print', expr, at }
}

// ---------------------------------------------------------------- macros

function parseSignature(reader: Reader): Macro['params'] {
  const params: { name: string; fallback: Expr | undefined }[] = []
  reader.expect('operator', '(')
  while (!reader.is('operator', ')')) {
    if (params.length > 0) reader.expect('operator', ',')
    const { text, at } = reader.expect('name')
    const fallback = reader.skip('operator', '=') ? parseExpression(reader) : undefined
    if (fallback === undefined && params.at(-1)?.fallback !== undefined) throw reader.fail('a parameter without default follows one with default', at)
    params.push({ name: text, fallback })
  }
  reader.take()
  return params
}
function makeMacro(parser: Parser, name: string, params: Macro['params'], tag: string, at: number): Macro {
  const from = parser.reader.now.at
  const body = bodyOf(parser, tag, at)
  const used = new Set(parser.reader.tokens.filter((token) => token.type === 'name' && token.at >= from && token.at < parser.reader.now.at + 1).map((token) => token.text))
  return { name, params, body, at, usesCaller: used.has('caller'), usesVarargs: used.has('varargs'), usesKwargs: used.has('kwargs') }
}
function parseMacroNode(parser: Parser, at: number): Node {
  const { text } = parser.reader.expect('name')
  const loops = parser.loops
  parser.loops = 0
  const macro = makeMacro(parser, text, parseSignature(parser.reader), 'macro', at)
  parser.loops = loops
  return { kind: 'macro', macro, at }
}
function parseCall(parser: Parser, at: number): Node {
  const { reader } = parser
  const params = reader.is('operator', '(') ? parseSignature(reader) : []
  const call = parseExpression(reader)
  if (call.kind !== 'call') throw reader.fail("expected a call after 'call'", call.at)
  return { kind: 'callblock', call, macro: makeMacro(parser, 'caller', params, 'call', at), at }
}
function parseFilterBlock(parser: Parser, at: number): Node {
  const filter = parseFilters(parser.reader, parseFilter(parser.reader, undefined))
  return { kind: 'filterblock', filter, body: bodyOf(parser, 'filter', at), at }
}

// ---------------------------------------------------------------- other templates

function parseBlock(parser: Parser, at: number): Node {
  const { reader } = parser
  const { text: name } = reader.expect('name')
  if (parser.blocks.has(name)) throw reader.fail(`block '${name}' defined twice`, at)
  const isScoped = reader.skip('name', 'scoped')
  const isRequired = reader.skip('name', 'required')
  const loops = parser.loops
  parser.loops = 0
  const { body } = parseUntil(parser, 'block', at, 'endblock')
  parser.loops = loops
  if (reader.is('name') && reader.take().text !== name) throw reader.fail(`'endblock' names another block than '${name}'`)
  reader.expect('block_end')
  const node = { kind: 'block', name, body, isScoped, isRequired, at } as const
  parser.blocks.set(name, node)
  return node
}
function parseExtends({ reader }: Parser, at: number): Node {
  const name = parseExpression(reader)
  reader.expect('block_end')
  return { kind: 'extends', name, at }
}
/** `with context` or `without context`; must be followed by the end of the tag or a comma list. */
function parseContext(reader: Reader, otherwise: boolean): boolean {
  if (!(reader.is('name', 'with') || reader.is('name', 'without')) || reader.peek().text !== 'context') return otherwise
  const withContext = reader.take().text === 'with'
  reader.take()
  return withContext
}
function parseInclude({ reader }: Parser, at: number): Node {
  const name = parseExpression(reader)
  let ignoreMissing = false
  if (reader.is('name', 'ignore') && reader.peek().text === 'missing') { reader.take(); reader.take(); ignoreMissing = true }
  const withContext = parseContext(reader, true)
  reader.expect('block_end')
  return { kind: 'include', name, ignoreMissing, withContext, at }
}
function parseImport({ reader }: Parser, at: number): Node {
  const name = parseExpression(reader)
  reader.expect('name', 'as')
  const target = reader.expect('name').text
  const withContext = parseContext(reader, false)
  reader.expect('block_end')
  return { kind: 'import', name, target, withContext, at }
}
function parseFrom({ reader }: Parser, at: number): Node {
  const name = parseExpression(reader)
  reader.expect('name', 'import')
  const names: { name: string; as: string }[] = []
  let withContext = false
  for (;;) {
    if (names.length > 0 && (reader.is('name', 'with') || reader.is('name', 'without')) && reader.peek().text === 'context') { withContext = parseContext(reader, false); break }
    const { text } = reader.expect('name')
    names.push({ name: text, as: reader.skip('name', 'as') ? reader.expect('name').text : text })
    if ((reader.is('name', 'with') || reader.is('name', 'without')) && reader.peek().text === 'context') { withContext = parseContext(reader, false); break }
    if (!reader.skip('operator', ',')) break
    if (reader.is('block_end')) break
  }
  reader.expect('block_end')
  return { kind: 'from', name, names, withContext, at }
}

/** JMESPath text to a tree, by the grammar and binding powers of jmespath.py 1.1, which is what Ansible's json_query asks. */
import { loadJson } from './json.ts'
import { Refusal } from './params.ts'

export type Node =
  | { readonly type: 'identity' | 'current' } | { readonly type: 'field'; readonly name: string } | { readonly type: 'literal'; readonly value: unknown }
  | { readonly type: 'chain' | 'pipe'; readonly parts: readonly Node[] } | { readonly type: 'index'; readonly at: number }
  | { readonly type: 'slice'; readonly from: number | null; readonly to: number | null; readonly step: number | null }
  | { readonly type: 'flatten' | 'not' | 'expref'; readonly of: Node }
  | { readonly type: 'projection' | 'values' | 'or' | 'and'; readonly left: Node; readonly right: Node }
  | { readonly type: 'filter'; readonly left: Node; readonly right: Node; readonly condition: Node }
  | { readonly type: 'compare'; readonly op: string; readonly left: Node; readonly right: Node }
  | { readonly type: 'list'; readonly items: readonly Node[] } | { readonly type: 'dict'; readonly pairs: readonly (readonly [string, Node])[] }
  | { readonly type: 'call'; readonly name: string; readonly args: readonly Node[] }

interface Token { readonly type: string; readonly value: unknown; readonly text: string; readonly at: number }
const identity: Node = { type: 'identity' }
const powers: Readonly<Record<string, number>> = {
  '|': 1, '||': 2, '&&': 3, '==': 5, '>': 5, '<': 5, '>=': 5, '<=': 5, '!=': 5, '[]': 9, '*': 20, '[?': 21, '.': 40, '!': 45, '{': 50, '[': 55, '(': 60,
}
const projectionStop = 10
const token = /\s*(?:(?<name>[A-Za-z_]\w*)|(?<number>-?\d+)|(?<quoted>"(?:\\[\s\S]|[^"\\])*")|(?<raw>'(?:\\[\s\S]|[^'\\])*')|(?<literal>`(?:\\[\s\S]|[^`\\])*`)|(?<op>\[\?|\[\]|\|\||&&|==|!=|<=|>=|[.*[\]{}():,|&@<>!]))/y

function readLiteral(text: string): unknown {
  const body = text.slice(1, -1).replaceAll('\\`', '`').trimStart()
  try { return loadJson(body) } catch {
    // old expressions have words without quotes
    try { return loadJson(`"${body}"`) } catch { throw new Refusal(`JMESPathError: bad literal ${text}`) }
  }
}
function tokensOf(text: string): Token[] {
  const found: Token[] = []
  token.lastIndex = 0
  while (token.lastIndex < text.trimEnd().length) {
    const at = token.lastIndex, match = token.exec(text)
    if (match === null) throw new Refusal(`JMESPathError: Invalid JMESPath expression: unexpected '${text.slice(at).trimStart().charAt(0)}' at column ${at}: ${text}`)
    const { name, number, quoted, raw, literal, op } = match.groups ?? {}
    const of = (type: string, value: unknown): Token => ({ type, value, text: match[0].trim(), at })
    if (name !== undefined) found.push(of('name', name))
    else if (number !== undefined) found.push(of('number', Number(number)))
    else if (quoted !== undefined) found.push(of('quoted', loadJson(quoted)))
    else if (raw !== undefined) found.push(of('literal', raw.slice(1, -1).replaceAll("\\'", "'")))
    else if (literal !== undefined) found.push(of('literal', readLiteral(literal)))
    else found.push(of(op ?? '', undefined))
  }
  return [...found, { type: 'eof', value: undefined, text: 'the end', at: text.length }]
}

class Parser {
  private readonly tokens: readonly Token[]
  private readonly text: string
  private at = 0
  constructor(text: string) { this.text = text; this.tokens = tokensOf(text) }

  parse(): Node {
    const tree = this.expression(0)
    if (this.next(0).type !== 'eof') throw this.unexpected()
    return tree
  }
  private next(ahead: number): Token { return this.tokens[Math.min(this.at + ahead, this.tokens.length - 1)] ?? { type: 'eof', value: undefined, text: '', at: 0 } }
  private unexpected(): Refusal {
    const { text, at } = this.next(0)
    return new Refusal(`JMESPathError: Invalid JMESPath expression: unexpected ${text} at column ${at}: ${this.text}`)
  }
  private take(type: string): Token {
    const one = this.next(0)
    if (one.type !== type) throw this.unexpected()
    this.at += 1
    return one
  }
  private isNext(...types: readonly string[]): boolean { return types.includes(this.next(0).type) }

  private expression(power: number): Node {
    let left = this.first()
    while (power < (powers[this.next(0).type] ?? 0)) left = this.following(left)
    return left
  }
  private first(): Node {
    const one = this.next(0)
    this.at += 1
    switch (one.type) {
      case 'literal': return { type: 'literal', value: one.value }
      case 'name': return { type: 'field', name: String(one.value) }
      case 'quoted': if (this.isNext('(')) throw this.unexpected(); return { type: 'field', name: String(one.value) }
      case '*': return { type: 'values', left: identity, right: this.isNext(']') ? identity : this.projected(20) }
      case '[?': return this.filter(identity)
      case '{': return this.dict()
      case '(': { const inner = this.expression(0); this.take(')'); return inner }
      case '[]': return { type: 'projection', left: { type: 'flatten', of: identity }, right: this.projected(9) }
      case '!': return { type: 'not', of: this.expression(45) }
      case '[': return this.bracket(identity) ?? this.list()
      case '@': return { type: 'current' }
      case '&': return { type: 'expref', of: this.expression(0) }
      default: this.at -= 1; throw this.unexpected()
    }
  }
  private following(left: Node): Node {
    const { type } = this.next(0)
    this.at += 1
    switch (type) {
      case '.': if (!this.isNext('*')) return chained(left, this.dotted(40)); this.at += 1; return { type: 'values', left, right: this.projected(40) }
      case '|': return { type: 'pipe', parts: [left, this.expression(1)] }
      case '||': return { type: 'or', left, right: this.expression(2) }
      case '&&': return { type: 'and', left, right: this.expression(3) }
      case '(': if (left.type !== 'field') { this.at -= 1; throw this.unexpected() } return this.call(left.name)
      case '[?': return this.filter(left)
      case '[]': return { type: 'projection', left: { type: 'flatten', of: left }, right: this.projected(9) }
      case '[': { const found = this.bracket(left); if (found === undefined) throw this.unexpected(); return found }
      case '==': case '!=': case '<': case '>': case '<=': case '>=': return { type: 'compare', op: type, left, right: this.expression(5) }
      default: this.at -= 1; throw this.unexpected()
    }
  }
  /** An index, a slice or `[*]`; undefined where it is something else. */
  private bracket(left: Node): Node | undefined {
    if (this.isNext('number', ':')) {
      const right = this.index(), both = chained(left, right)
      return right.type === 'slice' ? { type: 'projection', left: both, right: this.projected(20) } : both
    }
    if (!this.isNext('*') || this.next(1).type !== ']') return undefined
    this.at += 2
    return { type: 'projection', left, right: this.projected(20) }
  }
  private index(): Node {
    if (this.isNext('number') && this.next(1).type === ']') { const at = Number(this.take('number').value); this.take(']'); return { type: 'index', at } }
    const parts: (number | null)[] = [null, null, null]
    let part = 0
    while (!this.isNext(']')) {
      if (this.isNext(':')) { part += 1; if (part > 2) throw this.unexpected(); this.at += 1 } else parts[part] = Number(this.take('number').value)
    }
    this.take(']')
    return { type: 'slice', from: parts[0] ?? null, to: parts[1] ?? null, step: parts[2] ?? null }
  }
  private filter(left: Node): Node {
    const condition = this.expression(0)
    this.take(']')
    return { type: 'filter', left, condition, right: this.isNext('[]') ? identity : this.projected(21) }
  }
  private projected(power: number): Node {
    if ((powers[this.next(0).type] ?? 0) < projectionStop) return identity
    if (this.isNext('[', '[?')) return this.expression(power)
    this.take('.')
    return this.dotted(power)
  }
  private dotted(power: number): Node {
    if (this.isNext('name', 'quoted', '*')) return this.expression(power)
    if (this.isNext('[')) { this.at += 1; return this.list() }
    this.take('{')
    return this.dict()
  }
  private list(): Node {
    const items: Node[] = []
    for (;;) {
      items.push(this.expression(0))
      if (this.isNext(']')) break
      this.take(',')
    }
    this.take(']')
    return { type: 'list', items }
  }
  private dict(): Node {
    const pairs: [string, Node][] = []
    for (;;) {
      if (!this.isNext('name', 'quoted')) throw this.unexpected()
      const key = String(this.next(0).value)
      this.at += 1
      this.take(':')
      pairs.push([key, this.expression(0)])
      if (this.isNext('}')) break
      this.take(',')
    }
    this.take('}')
    return { type: 'dict', pairs }
  }
  private call(name: string): Node {
    const args: Node[] = []
    while (!this.isNext(')')) {
      args.push(this.expression(0))
      if (this.isNext(',')) this.at += 1
    }
    this.take(')')
    return { type: 'call', name, args }
  }
}
const chained = (left: Node, right: Node): Node => ({ type: 'chain', parts: left.type === 'chain' ? [...left.parts, right] : [left, right] })

export const parseJmespath = (text: string): Node => new Parser(text).parse()

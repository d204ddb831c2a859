/** XML documents that keep every byte of what is not changed: parsed to a tree whose untouched parts are written as they were read. */

export interface Attribute { name: string; value: string }
export interface TextNode { readonly kind: 'text' | 'cdata' | 'comment' | 'pi' | 'doctype'; value: string; raw: string | undefined; parent: Element | undefined }
export interface Element {
  readonly kind: 'element'
  readonly name: string
  attributes: Attribute[]
  children: Node[]
  parent: Element | undefined
  /** The start tag as written, without its end; undefined once an attribute has changed. */
  raw: string | undefined
  /** Written as `<a/>`. */
  closed: boolean
}
export type Node = Element | TextNode
/** `children` are those of the document: prolog, root, epilog. */
export interface Document { readonly children: Node[]; readonly root: Element }

export class BadXml extends Error {}

const named: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" }
const decode = (text: string): string => text.replace(/&(?:#(\d+)|#x([0-9a-f]+)|(\w+));/gi, (whole, decimal: string | undefined, hex: string | undefined, name: string | undefined) =>
  decimal !== undefined ? String.fromCodePoint(Number(decimal)) : hex !== undefined ? String.fromCodePoint(parseInt(hex, 16)) : named[name ?? ''] ?? whole)
export const escapeText = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
const escapeAttribute = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
  .replaceAll('\n', '&#10;').replaceAll('\t', '&#9;').replaceAll('\r', '&#13;')

const name = '[A-Za-z_:\\u0080-\\uffff][-A-Za-z0-9._:\\u0080-\\uffff]*'
const startTag = new RegExp(`<(${name})((?:\\s+${name}\\s*=\\s*(?:"[^"<]*"|'[^'<]*'))*)(\\s*)(/?)>`, 'y')
const attributePattern = new RegExp(`(${name})\\s*=\\s*(?:"([^"<]*)"|'([^'<]*)')`, 'g')
const endTag = new RegExp(`</(${name})\\s*>`, 'y')
const others: readonly (readonly [TextNode['kind'], string, string])[] = [['comment', '<!--', '-->'], ['cdata', '<![CDATA[', ']]>'], ['pi', '<?', '?>']]

class Parser {
  readonly #text: string
  #at = 0
  constructor(text: string) { this.#text = text }

  #fail(message: string, at = this.#at): BadXml {
    const before = this.#text.slice(0, at).split('\n')
    return new BadXml(`${message}, line ${before.length}, column ${(before.at(-1) ?? '').length + 1}`)
  }
  #match(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#at
    const found = pattern.exec(this.#text) ?? undefined
    if (found !== undefined) this.#at = pattern.lastIndex
    return found
  }

  parse(): Document {
    const children: Node[] = []
    let open: Element | undefined
    const starts = new Map<Element, number>()
    const add = (node: Node): void => { node.parent = open; (open?.children ?? children).push(node) }
    while (this.#at < this.#text.length) {
      const at = this.#at, end = this.#match(endTag)
      if (end !== undefined) {
        if (open === undefined || open.name !== end[1]) throw this.#fail(`Opening and ending tag mismatch: ${open?.name ?? 'none'} and ${end[1] ?? ''}`, at)
        open = open.parent
        continue
      }
      const start = this.#match(startTag)
      if (start !== undefined) {
        if (open === undefined && children.some(({ kind }) => kind === 'element')) throw this.#fail('Extra content at the end of the document', at)
        const element = this.#element(start, at)
        add(element)
        starts.set(element, at)
        if (!element.closed) open = element
        continue
      }
      add(this.#other(open !== undefined))
    }
    if (open !== undefined) throw this.#fail(`Premature end of data in tag ${open.name}`)
    const root = children.find((one): one is Element => one.kind === 'element')
    if (root === undefined) throw this.#fail('Document is empty')
    return { children, root }
  }

  #element(start: RegExpExecArray, at: number): Element {
    const attributes = [...(start[2] ?? '').matchAll(attributePattern)].map((one) => ({ name: one[1] ?? '', value: decode((one[2] ?? one[3] ?? '').replace(/[\t\r\n]/g, ' ')) }))
    const double = attributes.find((one, i) => attributes.findIndex((other) => other.name === one.name) < i)
    if (double !== undefined) throw this.#fail(`Attribute ${double.name} redefined`, at)
    const closed = start[4] === '/'
    return { kind: 'element', name: start[1] ?? '', attributes, children: [], parent: undefined, raw: start[0].slice(0, closed ? -2 : -1), closed }
  }

  /** Text, comment, CDATA, processing instruction or document type. */
  #other(isInside: boolean): TextNode {
    const text = this.#text, at = this.#at
    const until = (end: number): string => { this.#at = end; return text.slice(at, end) }
    for (const [kind, head, tail] of others) {
      if (!text.startsWith(head, at)) continue
      const end = text.indexOf(tail, at + head.length)
      if (end < 0) throw this.#fail(`${kind} is not terminated`)
      return { kind, value: text.slice(at + head.length, end), raw: until(end + tail.length), parent: undefined }
    }
    if (text.startsWith('<!DOCTYPE', at)) return this.#doctype()
    if (text[at] === '<') throw this.#fail('StartTag: invalid element name')
    const next = text.indexOf('<', at), raw = until(next < 0 ? text.length : next)
    if (!isInside && /[^\s\ufeff]/.test(raw)) throw this.#fail(text.slice(0, at).includes('<') ? 'Extra content at the end of the document' : "Start tag expected, '<' not found", at)
    if (/&(?!(?:#\d+|#x[0-9a-f]+|[\w.:-]+);)/i.test(raw)) throw this.#fail('xmlParseEntityRef: no name', at)
    return { kind: 'text', value: decode(raw.replace(/\r\n?/g, '\n')), raw, parent: undefined }
  }
  #doctype(): TextNode {
    const text = this.#text, at = this.#at
    let depth = 0
    for (let i = at; i < text.length; i++) {
      if (text[i] === '[') depth += 1
      else if (text[i] === ']') depth -= 1
      else if (text[i] === '>' && depth === 0) {
        this.#at = i + 1
        return { kind: 'doctype', value: '', raw: text.slice(at, i + 1), parent: undefined }
      }
    }
    throw this.#fail('DOCTYPE improperly terminated')
  }
}
/** Throws BadXml with line and column. Comments are for the reader, entities of a DTD stay as written. */
export const parseXml = (text: string): Document => new Parser(text).parse()

const startOf = ({ name: tag, attributes, raw }: Element): string => raw ?? `<${tag}${attributes.map((one) => ` ${one.name}="${escapeAttribute(one.value)}"`).join('')}`
function leaf(node: TextNode): string {
  if (node.raw !== undefined) return node.raw
  if (node.kind === 'cdata') return `<![CDATA[${node.value}]]>`
  return node.kind === 'comment' ? `<!--${node.value}-->` : node.kind === 'pi' ? `<?${node.value}?>` : escapeText(node.value)
}
export function writeNode(node: Node): string {
  if (node.kind !== 'element') return leaf(node)
  if (node.children.length === 0) return `${startOf(node)}${node.closed ? '/>' : `></${node.name}>`}`
  return `${startOf(node)}>${node.children.map(writeNode).join('')}</${node.name}>`
}
export const writeXml = ({ children }: Document): string => children.map(writeNode).join('')

const isBlank = (node: Node): boolean => node.kind === 'text' && /^\s*$/.test(node.value)
/** What counts in a comparison: no blanks between elements, attributes and text as values. */
export function canonical(node: Node): string {
  if (node.kind !== 'element') return node.kind === 'text' || node.kind === 'cdata' ? escapeText(node.value) : leaf(node)
  const isMixed = node.children.some((one) => (one.kind === 'text' && !isBlank(one)) || one.kind === 'cdata')
  const elements = node.children.some(({ kind }) => kind === 'element')
  const children = node.children.filter((one) => isMixed || !elements || !isBlank(one))
  return `<${node.name}${node.attributes.map((one) => ` ${one.name}="${escapeAttribute(one.value)}"`).join('')}>${children.map(canonical).join('')}</${node.name}>`
}

/** As lxml's pretty_print: two spaces a level, mixed content untouched. */
export function prettyXml({ children }: Document): string {
  const shown = children.filter((one) => !isBlank(one))
  const hasDeclaration = shown[0]?.kind === 'pi' && shown[0].value.startsWith('xml ')
  return [...hasDeclaration ? [] : ["<?xml version='1.0' encoding='UTF-8'?>"], ...shown.map((one) => prettyNode(one, ''))].join('\n') + '\n'
}
function prettyNode(node: Node, indent: string): string {
  if (node.kind !== 'element') return leaf(node)
  const start = `<${node.name}${node.attributes.map((one) => ` ${one.name}="${escapeAttribute(one.value)}"`).join('')}`
  const isMixed = node.children.some((one) => (one.kind === 'text' && !isBlank(one)) || one.kind === 'cdata')
  if (isMixed) return `${start}>${node.children.map(writeNode).join('')}</${node.name}>`
  const inner = node.children.filter((one) => !isBlank(one))
  if (inner.length === 0) return `${start}/>`
  return `${start}>\n${inner.map((one) => `${indent}  ${prettyNode(one, `${indent}  `)}\n`).join('')}${indent}</${node.name}>`
}

export const makeElement = (tag: string, attributes: Attribute[] = []): Element => ({ kind: 'element', name: tag, attributes, children: [], parent: undefined, raw: undefined, closed: true })
export const makeText = (value: string): TextNode => ({ kind: 'text', value, raw: undefined, parent: undefined })
export function copyNode<N extends Node>(node: N): N {
  const copy: N = { ...node, parent: undefined }
  if (copy.kind === 'element' && node.kind === 'element') {
    copy.attributes = node.attributes.map((one) => ({ ...one }))
    copy.children = node.children.map((child) => { const made = copyNode(child); made.parent = copy; return made })
  }
  return copy
}

/** Text before the first child that is no text; undefined for none (Python's element.text). */
export function leadingText(element: Element): string | undefined {
  const end = element.children.findIndex(({ kind }) => kind !== 'text' && kind !== 'cdata')
  const parts = end < 0 ? element.children : element.children.slice(0, end)
  return parts.length === 0 ? undefined : parts.map((one) => one.kind === 'element' ? '' : one.value).join('')
}
export function setLeadingText(element: Element, value: string): void {
  const end = element.children.findIndex(({ kind }) => kind !== 'text' && kind !== 'cdata')
  const rest = end < 0 ? [] : element.children.slice(end), text = makeText(value)
  text.parent = element
  element.children = value === '' ? rest : [text, ...rest]
}
export const attributeOf = (element: Element, tag: string): string | undefined => element.attributes.find((one) => one.name === tag)?.value
export function setAttribute(element: Element, tag: string, value: string): void {
  const found = element.attributes.find((one) => one.name === tag)
  if (found === undefined) element.attributes.push({ name: tag, value })
  else found.value = value
  element.raw = undefined
}
export function removeAttribute(element: Element, tag: string): void {
  element.attributes = element.attributes.filter((one) => one.name !== tag)
  element.raw = undefined
}

/** Puts a node at a place among the children, indented as its neighbours are. */
export function insertNode(parent: Element, at: number, node: Node): void {
  node.parent = parent
  const before = parent.children[at - 1], after = parent.children[at]
  const sample = parent.children.find((one) => isBlank(one) && one.kind === 'text' && one.value.includes('\n'))
  const blank = sample !== undefined && sample.kind === 'text' ? makeText(sample.value) : undefined
  if (blank !== undefined) blank.parent = parent
  if (at === parent.children.length && before !== undefined && isBlank(before) && blank !== undefined && parent.children.length > 1) parent.children.splice(at - 1, 0, blank, node)
  else if (blank !== undefined && after !== undefined && !isBlank(after)) parent.children.splice(at, 0, node, blank)
  else if (blank !== undefined && before !== undefined && !isBlank(before)) parent.children.splice(at, 0, blank, node)
  else parent.children.splice(at, 0, node)
}
export const appendNode = (parent: Element, node: Node): void => insertNode(parent, parent.children.length, node)
/** Takes a node out, and the blank line that it would leave. */
export function removeNode(node: Node): void {
  const parent = node.parent
  if (parent === undefined) return
  const at = parent.children.indexOf(node), before = parent.children[at - 1], after = parent.children[at + 1]
  const takesBlank = before !== undefined && isBlank(before) && (after === undefined || isBlank(after))
  parent.children.splice(takesBlank ? at - 1 : at, takesBlank ? 2 : 1)
  if (parent.children.every(isBlank) && node.kind === 'element') parent.children = []
}

/** The address that a prefix stands for here; of no prefix the default namespace, for elements. */
export function namespaceOf(element: Element, prefix: string): string | undefined {
  if (prefix === 'xml') return 'http://www.w3.org/XML/1998/namespace'
  const tag = prefix === '' ? 'xmlns' : `xmlns:${prefix}`
  for (let at: Element | undefined = element; at !== undefined; at = at.parent) {
    const found = attributeOf(at, tag)
    if (found !== undefined) return found === '' ? undefined : found
  }
  return undefined
}
export const localName = (tag: string): string => tag.slice(tag.indexOf(':') + 1)
export const prefixOf = (tag: string): string => tag.includes(':') ? tag.slice(0, tag.indexOf(':')) : ''

/** New elements: from YAML or XML text, and those that an XPath asks to exist. */
import { Failure } from '../../core/errors.ts'
import { pyText, pyType } from '../../core/pytext.ts'
import { dictEntries, isDict } from '../../core/value.ts'
import { appendNode, attributeOf, BadXml, copyNode, leadingText, makeElement, makeText, namespaceOf, parseXml, setAttribute, setLeadingText } from './dom.ts'
import type { Element } from './dom.ts'
import { evaluate } from './xpath.ts'
import type { Scope } from './xpath.ts'

export function childElement(child: unknown, type: 'xml' | 'yaml'): Element {
  if (type === 'xml') {
    try { return copyNode(parseXml(pyText(child)).root) } catch (error) {
      if (error instanceof BadXml) throw new Failure(`Error while parsing child element: ${error.message}`)
      throw error
    }
  }
  if (typeof child === 'string') return makeElement(child)
  if (!isDict(child)) throw new Failure(`Invalid child type: ${pyType(child)}. Children must be either strings or hashes.`)
  const entries = dictEntries(child)
  if (entries.length !== 1) throw new Failure('Can only create children from hashes with one key')
  const [key, value] = entries[0] ?? ['', null]
  const element = makeElement(pyText(key))
  if (!isDict(value)) {
    if (value !== null && typeof value !== 'string') throw new Failure(`A non-string value ${pyText(value)} was parsed for the text of element ${element.name}: quote it`)
    if (value !== null) fill(element, value)
    return element
  }
  for (const [tag, item] of dictEntries(value)) if (tag !== '_' && tag !== '+value') element.attributes.push({ name: pyText(tag), value: pyText(item) })
  const text = dictEntries(value).find(([tag]) => tag === '+value')?.[1], children = dictEntries(value).find(([tag]) => tag === '_')?.[1]
  if (text !== undefined && text !== null) fill(element, pyText(text))
  if (children === undefined || children === null) return element
  if (!Array.isArray(children)) throw new Failure(`Invalid children type: ${pyType(children)}, must be list.`)
  for (const one of children) { const made = childElement(one, 'yaml'); made.parent = element; element.children.push(made) }
  return element
}
function fill(element: Element, value: string): void {
  const text = makeText(value)
  text.parent = element
  if (value !== '') element.children.push(text)
}

/** An element or attribute of a prefix of the task's `namespaces` goes by the document's own prefix for that address. */
function ownName(name: string, at: Element, { namespaces }: Scope): { readonly name: string; readonly declare: { readonly name: string; readonly value: string } | undefined } {
  const colon = name.indexOf(':')
  if (colon < 0) return { name, declare: undefined }
  const prefix = name.slice(0, colon), local = name.slice(colon + 1), address = namespaces[prefix]
  if (address === undefined) throw new Failure(`Undefined namespace prefix '${prefix}'`)
  if (namespaceOf(at, prefix) === address) return { name, declare: undefined }
  for (let up: Element | undefined = at; up !== undefined; up = up.parent) {
    for (const one of up.attributes) {
      const known = one.name === 'xmlns' ? '' : one.name.startsWith('xmlns:') ? one.name.slice(6) : undefined
      if (known !== undefined && one.value === address && namespaceOf(at, known) === address) return { name: known === '' ? local : `${known}:${local}`, declare: undefined }
    }
  }
  return { name, declare: { name: `xmlns:${prefix}`, value: address } }
}
export function namedElement(name: string, at: Element, scope: Scope): Element {
  const own = ownName(name, at, scope)
  return makeElement(own.name, own.declare === undefined ? [] : [own.declare])
}
/** Sets an attribute by the task's name for it. */
export function putAttribute(element: Element, name: string, value: string, scope: Scope): void {
  const own = ownName(name, element, scope)
  // An attribute without prefix is in no namespace: the default one of the document does not serve it.
  const tag = name.includes(':') && !own.name.includes(':') ? name : own.name
  if (attributeOf(element, tag) === value) return
  if (own.declare !== undefined) setAttribute(element, own.declare.name, own.declare.value)
  setAttribute(element, tag, value)
}

const ident = String.raw`[a-zA-Z_-][a-zA-Z0-9_.-]*`
const tag = `${ident}(?::${ident})?`, quoted = `('.*'|".*")`
const forms: readonly (readonly [RegExp, (match: RegExpExecArray) => Wanted])[] = [
  [new RegExp(`^(.*)/(${tag})$`), (match) => ({ kind: 'element', name: match[2] ?? '' })],
  [new RegExp(`^(.*)/(${tag})/text\\(\\)=${quoted}$`), (match) => ({ kind: 'element', name: match[2] ?? '', text: (match[3] ?? '').slice(1, -1) })],
  [new RegExp(`^(.*)/@(${tag})$`), (match) => ({ kind: 'attribute', name: match[2] ?? '', value: undefined })],
  [new RegExp(`^(.*)/@(${tag})=${quoted}$`), (match) => ({ kind: 'attribute', name: match[2] ?? '', value: (match[3] ?? '').slice(1, -1) })],
  [new RegExp(`^(.*)/(${tag})\\[(.*)\\]$`), (match) => ({ kind: 'element', name: match[2] ?? '', conditions: (match[3] ?? '').split(' and ').map((one) => one.trim()) })],
  [new RegExp(`^(.*)/text\\(\\)=${quoted}$`), (match) => ({ kind: 'text', value: (match[2] ?? '').slice(1, -1) })],
]
type Wanted = { readonly kind: 'element'; readonly name: string; readonly text?: string; readonly conditions?: readonly string[] }
  | { readonly kind: 'attribute'; readonly name: string; readonly value: string | undefined } | { readonly kind: 'text'; readonly value: string }

function splitLast(xpath: string): { readonly inner: string; readonly wanted: Wanted } | undefined {
  for (const [pattern, make] of forms) {
    const match = pattern.exec(xpath.trim())
    if (match !== null) return { inner: match[1] ?? '', wanted: make(match) }
  }
  return undefined
}

export const elementsOf = (xpath: string, scope: Scope, from?: Element): Element[] => {
  const found = evaluate(xpath, scope, from)
  return Array.isArray(found) ? found.filter((one): one is Element => one.kind === 'element') : []
}
/** Whether the first thing that is found is an element or a comment (Ansible: is_node). */
export function findsNode(xpath: string, scope: Scope, from?: Element): boolean {
  const found = evaluate(xpath, scope, from)
  const first = Array.isArray(found) ? found[0] : undefined
  return first !== undefined && ['element', 'comment', 'pi', 'root'].includes(first.kind)
}

/** Makes what a simple XPath names, from the nearest part that exists (Ansible: check_or_make_target). */
export function makeTarget(xpath: string, scope: Scope, from?: Element): void {
  const split = splitLast(xpath)
  if (split === undefined || split.inner === xpath) throw new Failure(`Can't process Xpath ${xpath} in order to spawn nodes!`)
  const inner = split.inner === '' ? '/' : split.inner
  if (inner === '/' || inner === '.') { if (from === undefined) throw new Failure(`Can't process Xpath ${xpath} in order to spawn nodes! The document has another root.`) } else if (!findsNode(inner, scope, from)) makeTarget(inner, scope, from)
  const parents = inner === '.' && from !== undefined ? [from] : elementsOf(inner, scope, from)
  for (const parent of parents) apply(split.wanted, parent, scope)
}
function apply(wanted: Wanted, parent: Element, scope: Scope): void {
  if (wanted.kind === 'text') { if (leadingText(parent) !== wanted.value) setLeadingText(parent, wanted.value); return }
  if (wanted.kind === 'attribute') { putAttribute(parent, wanted.name, wanted.value ?? '', scope); return }
  const made = namedElement(wanted.name, parent, scope)
  if (wanted.text !== undefined && wanted.text !== '') fill(made, wanted.text)
  appendNode(parent, made)
  for (const condition of wanted.conditions ?? []) makeTarget(`./${condition}`, scope, made)
}

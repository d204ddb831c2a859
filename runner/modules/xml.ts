/** Keeps parts of an XML file as they are to be: elements, attributes and text that an XPath finds. Needs nothing on the host. */
import { Failure } from '../core/errors.ts'
import { defineModule } from '../core/module.ts'
import { pyRepr } from '../core/pytext.ts'
import type { Data } from '../core/types.ts'
import type { Args, Plan, Target } from '../core/plan.ts'
import { attributeArgs } from './files/attributes.ts'
import { openText, planEdit } from './files/edit.ts'
import type { Opened } from './files/edit.ts'
import { BadXml, canonical, copyNode, insertNode, leadingText, localName, makeText, namespaceOf, parseXml, prefixOf, prettyXml, removeAttribute, removeNode, setLeadingText, writeXml } from './xml/dom.ts'
import type { Document, Element, Node } from './xml/dom.ts'
import { childElement, elementsOf, findsNode, makeTarget, putAttribute } from './xml/make.ts'
import { BadXPath, checkXPath, evaluate } from './xml/xpath.ts'
import type { Found, Scope } from './xml/xpath.ts'

const args = {
  path: { type: 'path', aliases: ['dest', 'file'], doc: 'The file.' },
  xmlstring: { type: 'str', doc: 'XML text in place of a file; the result comes as xmlstring.' },
  xpath: { type: 'str', doc: 'XPath 1.0 of what is meant.' },
  namespaces: { type: 'dict', default: {}, doc: 'Addresses of the prefixes in xpath.' },
  state: { type: 'str', default: 'present', choices: ['absent', 'present'], aliases: ['ensure'], doc: 'Whether it is to be there.' },
  value: { type: 'raw', doc: 'Text of the element, or value of the attribute.' },
  attribute: { type: 'raw', doc: 'Name of the attribute.' },
  add_children: { type: 'list', elements: 'raw', doc: 'Elements to add, each time.' },
  set_children: { type: 'list', elements: 'raw', doc: 'Elements in place of all children.' },
  count: { type: 'bool', default: false, doc: 'Count what is found.' },
  print_match: { type: 'bool', default: false, doc: 'Say what is found.' },
  pretty_print: { type: 'bool', default: false, doc: 'Indent the whole document anew.' },
  content: { type: 'str', choices: ['attribute', 'text'], doc: 'Give attributes or text of what is found.' },
  input_type: { type: 'str', default: 'yaml', choices: ['xml', 'yaml'], doc: 'How children are written.' },
  backup: { type: 'bool', default: false, doc: 'Keep a dated copy of what was there.' },
  strip_cdata_tags: { type: 'bool', default: false, doc: 'Write CDATA sections as text.' },
  insertbefore: { type: 'bool', default: false, doc: 'add_children go before the first that is found.' },
  insertafter: { type: 'bool', default: false, doc: 'add_children go behind the last that is found.' },
  unsafe_writes: attributeArgs.unsafe_writes,
} as const
type Given = Args<typeof args>

export default defineModule({
  name: 'xml',
  doc: 'Keeps parts of an XML file.',
  args,
  rules: {
    requiredBy: { add_children: ['xpath'], attribute: ['value'], content: ['xpath'], set_children: ['xpath'], value: ['xpath'] },
    requiredIf: [['count', true, ['xpath']], ['print_match', true, ['xpath']], ['insertbefore', true, ['xpath']], ['insertafter', true, ['xpath']]],
    requiredOneOf: [['path', 'xmlstring'], ['add_children', 'content', 'count', 'pretty_print', 'print_match', 'set_children', 'value']],
    mutuallyExclusive: [['add_children', 'content', 'count', 'print_match', 'set_children', 'value'], ['path', 'xmlstring'], ['insertbefore', 'insertafter']],
  },
  async plan(given, target) {
    if (given.path === undefined) return planString(given, given.xmlstring ?? '')
    const opened = await open(given, given.path, target), text = opened.text
    if (text === undefined) throw new Failure(`The target XML source '${opened.path}' does not exist.`)
    const { after, data } = edit(given, text, opened.path)
    return planEdit(opened, { path: given.path, encoding: encodingOf(text), backup: given.backup, unsafe_writes: given.unsafe_writes }, after === undefined ? undefined : { text: after, message: '' }, 'backup_file', data)
  },
})

/** The encoding that the document says it is in is only known when it is read: Latin letters are read again. */
async function open(given: Given, path: string, target: Target): Promise<Opened> {
  const edit = { path, backup: given.backup, unsafe_writes: given.unsafe_writes }
  const raw = await openText(target, { ...edit, encoding: 'latin-1' })
  return raw.text === undefined ? raw : openText(target, { ...edit, encoding: encodingOf(raw.text) })
}
const encodingOf = (text: string): string => /^\ufeff?(?:ï»¿)?<\?xml[^>]*encoding\s*=\s*["']([^"']+)/.exec(text)?.[1] ?? 'utf-8'

function planString(given: Given, text: string): Plan {
  const { after, data } = edit(given, text, 'xml_string')
  const changed = after !== undefined && after !== text
  const whole = { ...data, xmlstring: after ?? text }
  // Nothing on the host changes, but the task has: its result is the text.
  return changed ? { changes: [{ kind: 'text', of: 'xmlstring', before: text, after }], steps: [{ sh: ':' }], data: whole } : { changes: [], steps: [], data: whole }
}

function parse(text: string, name: string, stripCdata: boolean): Document {
  try {
    const document = parseXml(text)
    if (stripCdata) stripCdataOf(document.root)
    return document
  } catch (error) {
    if (error instanceof BadXml) throw new Failure(`Error while parsing document: ${name} (${error.message})`)
    throw error
  }
}
function stripCdataOf(element: Element): void {
  element.children = element.children.map((one): Node => one.kind === 'cdata' ? { ...makeText(one.value), parent: element } : one)
  for (const one of element.children) if (one.kind === 'element') stripCdataOf(one)
}

/** `after`: the new text; undefined where all is as it should be. */
function edit(given: Given, text: string, name: string): { readonly after: string | undefined; readonly data: Data } {
  const document = parse(text, name, given.strip_cdata_tags)
  const { xpath } = given
  if (xpath === undefined) return { after: prettyXml(document) === text ? undefined : prettyXml(document), data: {} }
  const namespaces = Object.fromEntries(Object.entries(given.namespaces).map(([prefix, address]) => [prefix, String(address)]))
  const scope: Scope = { document, namespaces }
  const before = document.children.map(canonical).join('')
  try {
    checkXPath(xpath)
    const data = { actions: { xpath, namespaces, state: given.state }, ...act(given, xpath, scope) }
    const isChanged = document.children.map(canonical).join('') !== before
    return { after: isChanged ? given.pretty_print ? prettyXml(document) : writeXml(document) : undefined, data }
  } catch (error) {
    if (error instanceof BadXPath) throw new Failure(`Syntax error in xpath expression: ${xpath} (${error.message})`)
    throw error
  }
}

function act(given: Given, xpath: string, scope: Scope): Data {
  if (given.print_match) return printMatch(xpath, scope)
  if (given.count) {
    const found = evaluate(`count(/${xpath})`, scope)
    return { count: Number(found), msg: `found ${String(found)} nodes` }
  }
  if (given.content !== undefined) return contents(given.content, xpath, scope)
  if (given.state === 'absent') remove(xpath, scope)
  else if (given.set_children !== undefined) setChildren(given, given.set_children, xpath, scope)
  else if (given.add_children !== undefined && given.add_children.length > 0) addChildren(given, given.add_children, xpath, scope)
  else if (given.value !== undefined && given.value !== null) setValue(given, xpath, scope)
  else if (!findsNode(xpath, scope)) makeTarget(xpath, scope)
  return {}
}

/** lxml: getpath. */
function pathOf(node: Found): string {
  if (node.kind === 'attribute') return `${pathOf(node.owner)}/@${node.attribute.name}`
  if (node.kind === 'root') return '/'
  const name = node.kind === 'element' ? namespaceOf(node, '') !== undefined && prefixOf(node.name) === '' ? '*' : node.name : node.kind === 'comment' ? 'comment()' : 'text()'
  const same = node.parent?.children.filter((one) => one.kind === node.kind && (name === '*' || one.kind !== 'element' || node.kind !== 'element' || one.name === node.name)) ?? []
  return `${node.parent === undefined ? '' : pathOf(node.parent)}/${name}${same.length > 1 ? `[${same.indexOf(node) + 1}]` : ''}`
}
function printMatch(xpath: string, scope: Scope): Data {
  const found = evaluate(xpath, scope)
  const paths = Array.isArray(found) ? found.map(pathOf) : []
  return { msg: `selector '${xpath}' match: [${paths.map((one) => JSON.stringify(one)).join(', ')}]`, matches: [] }
}
/** lxml's name of an element: `{address}name`. */
function clark(element: Element): string {
  const address = namespaceOf(element, prefixOf(element.name))
  return address === undefined ? element.name : `{${address}}${localName(element.name)}`
}
function contents(kind: 'attribute' | 'text', xpath: string, scope: Scope): Data {
  if (!findsNode(xpath, scope)) throw new Failure(`Xpath ${xpath} does not reference a node!`)
  const matches = elementsOf(xpath, scope).map((one) => ({
    [clark(one)]: kind === 'text' ? leadingText(one) ?? null : Object.fromEntries(one.attributes.filter(({ name }) => !/^xmlns(:|$)/.test(name)).map(({ name, value }) => [name, value])),
  }))
  return { msg: matches.length, count: matches.length, matches }
}

function remove(xpath: string, scope: Scope): void {
  const found = evaluate(xpath, scope)
  for (const one of Array.isArray(found) ? found : []) {
    if (one.kind === 'attribute') removeAttribute(one.owner, one.attribute.name)
    else if (one.kind === 'root' || (one.kind === 'element' && one.parent === undefined)) throw new Failure(`Couldn't delete xpath target: ${xpath} (the document would have no root)`)
    else removeNode(one)
  }
}

const isChild = (node: Node): boolean => node.kind === 'element' || node.kind === 'comment' || node.kind === 'pi'
function setChildren(given: Given, children: readonly unknown[], xpath: string, scope: Scope): void {
  const made = children.map((one) => childElement(one, given.input_type))
  for (const match of elementsOf(xpath, scope)) {
    const now = match.children.filter(isChild)
    if (now.length === made.length && now.every((one, i) => canonical(one) === canonical(made[i] ?? one))) continue
    replaceChildren(match, made)
  }
}
/** The text before the first child stays, as lxml has it; new children stand where the old ones stood. */
function replaceChildren(match: Element, made: readonly Element[]): void {
  const first = match.children.findIndex(isChild)
  const lead = first < 0 ? match.children : match.children.slice(0, first)
  const blank = lead.at(-1), tail = match.children.at(-1)
  const indent = blank?.kind === 'text' && /^\s*\n\s*$/.test(blank.value) ? blank.value : undefined
  const children: Node[] = [...lead]
  made.forEach((one, i) => {
    if (i > 0 && indent !== undefined) children.push(makeText(indent))
    children.push(copyNode(one))
  })
  if (indent !== undefined && made.length > 0 && tail?.kind === 'text' && tail !== blank) children.push(tail)
  match.children = made.length === 0 && indent !== undefined ? [] : children
  for (const one of match.children) one.parent = match
}

function addChildren(given: Given, children: readonly unknown[], xpath: string, scope: Scope): void {
  if (!findsNode(xpath, scope)) return
  const made = children.map((one) => childElement(one, given.input_type)), found = elementsOf(xpath, scope)
  if (!given.insertbefore && !given.insertafter) {
    for (const match of found) for (const one of made) insertNode(match, match.children.length, copyNode(one))
    return
  }
  const mark = given.insertbefore ? found[0] : found.at(-1), parent = mark?.parent
  if (mark === undefined || parent === undefined) throw new Failure(`Xpath ${xpath} is the root of the document: nothing can stand beside it`)
  for (const one of given.insertbefore ? made : [...made].reverse()) insertNode(parent, parent.children.indexOf(mark) + (given.insertbefore ? 0 : 1), copyNode(one))
}

function setValue(given: Given, xpath: string, scope: Scope): void {
  if (!findsNode(xpath, scope)) spawn(xpath, scope)
  if (!findsNode(xpath, scope)) throw new Failure(`Xpath ${xpath} does not reference a node!`)
  const attribute = given.attribute === undefined || given.attribute === null ? undefined : String(given.attribute)
  if (typeof given.value !== 'string') {
    const what = attribute === undefined ? `element text at xpath '${xpath}'` : `attribute '${attribute}' at xpath '${xpath}'`
    throw new Failure(`A non-string value ${pyRepr(given.value)} was parsed for ${what}. YAML values for booleans, octals, floats may not yield the string you intended. Quote the value to be explicit, like \`value: "yes"\`.`)
  }
  for (const element of elementsOf(xpath, scope)) {
    if (attribute !== undefined) putAttribute(element, attribute, given.value, scope)
    else if (leadingText(element) !== given.value) setLeadingText(element, given.value)
  }
}
function spawn(xpath: string, scope: Scope): void {
  try { makeTarget(xpath, scope) } catch (error) {
    if (!(error instanceof Failure)) throw error
    const hint = scope.document.root.attributes.some(({ name }) => /^xmlns(:|$)/.test(name)) && !xpath.includes(':') ? 'XML document has namespace(s) defined, but no namespace prefix(es) used in xpath!\n' : ''
    throw new Failure(`${hint}Xpath ${xpath} causes a failure: ${error.message}`)
  }
}

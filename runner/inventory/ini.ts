/** Ansible's INI inventory: host lines, `[group]`, `[group:vars]` and `[group:children]` sections. Rules: plugins/inventory/ini.py. */
import { fault } from '../core/errors.ts'
import { nearest } from '../core/near.ts'
import type { Loc } from '../core/types.ts'
import { Template } from '../core/value.ts'
import { expandHosts } from './address.ts'
import { literal } from './literal.ts'
import type { Group, Origin, Tree } from './model.ts'
import { splitWords } from './words.ts'

type Section = 'hosts' | 'vars' | 'children'
interface Child { readonly parent: Group; readonly name: string; readonly loc: Loc }

const header = /^\[([^:\]\s]+)(?::(\w+))?\]\s*(?:#.*)?$/
const groupName = /^([^:\]\s]+)\s*(?:#.*)?$/

export function readIni(text: string, file: string, origin: Origin, tree: Tree): void { new Ini(file, origin, tree).read(text) }

/** A value in which strings with Jinja are Templates that know their place. */
function marked(value: unknown, loc: Loc): unknown {
  if (typeof value === 'string') {
    return /\{[{%#]/.test(value) ? new Template(value, (offset) => ({ ...loc, column: loc.column + offset })) : value
  }
  if (Array.isArray(value)) return value.map((item) => marked(item, loc))
  if (value instanceof Map) return new Map([...value].map(([key, item]) => [key, marked(item, loc)]))
  if (typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, marked(item, loc)]))
  }
  return value
}

class Ini {
  private section: Section = 'hosts'
  private group: Group
  private line = 0
  private indent = 0
  /** Groups that a section of their own declares, or that were there before. */
  private readonly declared: Set<string>
  private readonly children: Child[] = []
  private readonly varsOnly = new Map<string, Loc>()
  private readonly file: string
  private readonly origin: Origin
  private readonly tree: Tree
  constructor(file: string, origin: Origin, tree: Tree) {
    this.file = file
    this.origin = origin
    this.tree = tree
    this.group = tree.addGroup('ungrouped', undefined)
    this.declared = new Set(tree.groups.keys())
  }

  read(text: string): void {
    for (const whole of text.split(/\r\n|[\n\r]/)) {
      this.line++
      const line = whole.trim()
      if (line === '' || line.startsWith('#') || line.startsWith(';')) continue
      this.indent = whole.length - whole.trimStart().length
      const found = header.exec(line)
      if (found !== null) this.open(found[1] ?? '', found[2])
      else if (line.startsWith('[') && (!line.includes(']') || line.endsWith(']'))) throw fault('bad-section', this.at(0), { line })
      else this.entry(line)
    }
    this.finish()
  }
  private at(offset: number): Loc { return { file: this.file, line: this.line, column: this.indent + offset + 1 } }

  private open(name: string, kind: string | undefined): void {
    if (kind !== undefined && kind !== 'hosts' && kind !== 'vars' && kind !== 'children') {
      throw fault('unknown-section', this.at(name.length + 2), { group: name, kind, near: nearest(kind, ['vars', 'children', 'hosts']) })
    }
    this.section = kind ?? 'hosts'
    if (this.section !== 'vars') this.declared.add(name)
    else if (!this.declared.has(name) && !this.varsOnly.has(name)) this.varsOnly.set(name, this.at(1))
    this.group = this.tree.addGroup(name, this.at(1))
  }
  private entry(line: string): void {
    if (this.section === 'hosts') this.hosts(line)
    else if (this.section === 'vars') this.variable(line)
    else this.child(line)
  }

  private hosts(line: string): void {
    const words = splitWords(line)
    if (!('length' in words)) throw fault('bad-host-line', this.at(words.offset), { line, why: words.why })
    const [first, ...rest] = words
    if (first === undefined) return
    if (first.text === '---') throw fault('ini-is-yaml', this.at(0), { file: this.file })
    const { names, port } = expandHosts(first.text, this.at(first.start))
    if (first.text.endsWith(':') && port === undefined) throw fault('host-ends-in-colon', this.at(first.start), { name: first.text })
    const values = rest.map((word): readonly [string, unknown, Loc] => {
      const equals = word.text.indexOf('=')
      const loc = this.at(word.start)
      if (equals < 1) throw fault('bad-host-variable', loc, { found: word.text, host: first.text })
      const quoted = /["']/.test(line[word.start + equals + 1] ?? '') ? 1 : 0
      const value = marked(literal(word.text.slice(equals + 1)), { ...loc, column: loc.column + equals + 1 + quoted })
      return [word.text.slice(0, equals), value, loc]
    })
    for (const name of names) {
      const host = this.tree.addHost(name, this.group, this.origin, this.at(first.start), port)
      for (const [key, value, loc] of values) this.tree.setHostVar(host, key, value, loc)
    }
  }

  private variable(line: string): void {
    const equals = line.indexOf('=')
    if (equals < 1) throw fault('bad-group-variable', this.at(0), { line, group: this.group.name })
    const text = line.slice(equals + 1)
    const start = equals + 1 + text.length - text.trimStart().length
    this.tree.setGroupVar(this.group, line.slice(0, equals).trim(), marked(literal(text.trim()), this.at(start)), this.at(0))
  }

  private child(line: string): void {
    const name = groupName.exec(line)?.[1]
    if (name === undefined) throw fault('bad-child-line', this.at(0), { line, group: this.group.name, hasVars: line.includes('=') })
    this.children.push({ parent: this.group, name, loc: this.at(0) })
    // A group's place in the tree is where it is first named as a child, if its section came before.
    if (this.declared.has(name)) this.adopt(this.children.pop())
  }
  private adopt(child: Child | undefined): void {
    if (child !== undefined) this.tree.addChild(child.parent, this.tree.addGroup(child.name, child.loc), child.loc)
  }

  private finish(): void {
    for (const [name, loc] of this.varsOnly) {
      if (this.declared.has(name) || this.children.some((child) => child.name === name)) continue
      throw fault('vars-of-unknown-group', loc, { group: name, near: nearest(name, this.declared) })
    }
    for (const child of this.children) {
      if (!this.declared.has(child.name)) throw fault('unknown-child-group', child.loc, { child: child.name, group: child.parent.name, near: nearest(child.name, this.declared) })
      this.adopt(child)
    }
  }
}

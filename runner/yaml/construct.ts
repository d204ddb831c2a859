/** Parser events to values of the language, with the place of every container, key and item put aside (core/loc.ts). */
import { EVENT_ID, getScalarValue, SCALAR_STYLE } from 'js-yaml'
import type { AliasEvent, Event, MappingEvent, ScalarEvent, SequenceEvent } from 'js-yaml'
import { fault } from '../core/errors.ts'
import { place } from '../core/loc.ts'
import { nearest } from '../core/near.ts'
import type { Loc } from '../core/types.ts'
import { dictEntries, isDict, makeDict, settle, Template, Tuple, VaultText } from '../core/value.ts'
import type { Dict } from '../core/value.ts'
import { jsonNumber, resolvePlain, toBool, toFloat, toInt } from './pyyaml.ts'
import { scalarPlaces } from './source.ts'
import type { Source } from './source.ts'
import type { LoadOptions } from './load.ts'

export interface Warning { readonly message: string; readonly loc?: Loc }
interface Item { readonly value: unknown; readonly at: number }
interface Frame {
  readonly kind: 'document' | 'list' | 'dict'
  readonly start: number
  readonly tag: string
  readonly anchor: string | undefined
  /** Text in here is never a template. */
  readonly isUnsafe: boolean
  /** Keys and values in turn. */
  readonly items: Item[]
  readonly merges: Set<number>
  /** A Template or VaultText is in here. */
  isLive: boolean
}
interface State {
  readonly source: Source
  readonly withTemplates: boolean
  readonly repeatedKeys: LoadOptions['repeatedKeys']
  readonly warnings: Warning[]
  anchors: Map<string, { readonly value: unknown; readonly isLive: boolean }>
  readonly frames: Frame[]
  readonly documents: unknown[]
  readonly isJson: boolean
}

/** Ansible reads as JSON what is JSON: there 1e3 is a number, in YAML 1.1 it is text. */
function isJson(text: string): boolean {
  if (!/^\s*[[{]/.test(text) || !/\d[eE]|NaN|Infinity/.test(text)) return false
  try {
    JSON.parse(text.replace(/"(?:[^"\\]|\\.)*"|-?Infinity|NaN/g, (token) => token.startsWith('"') ? token : '0'))
    return true
  } catch {
    return false
  }
}

export function construct(events: readonly Event[], source: Source, { templates = true, repeatedKeys }: LoadOptions): { documents: unknown[]; warnings: Warning[] } {
  const state: State = { source, withTemplates: templates, repeatedKeys, warnings: [], anchors: new Map(), frames: [], documents: [], isJson: isJson(source.text) }
  for (const event of events) {
    switch (event.type) {
      case EVENT_ID.DOCUMENT:
        state.anchors = new Map()
        open(state, 'document', 0, '', undefined)
        break
      case EVENT_ID.SEQUENCE: openNode(state, 'list', event); break
      case EVENT_ID.MAPPING: openNode(state, 'dict', event); break
      case EVENT_ID.SCALAR: scalar(state, event); break
      case EVENT_ID.ALIAS: alias(state, event); break
      case EVENT_ID.POP: close(state)
    }
  }
  return { documents: state.documents, warnings: state.warnings }
}

function open(state: State, kind: Frame['kind'], start: number, tag: string, anchor: string | undefined): void {
  const isUnsafe = tag === '!unsafe' || (state.frames.at(-1)?.isUnsafe ?? false)
  state.frames.push({ kind, start, tag, anchor, isUnsafe, items: [], merges: new Set(), isLive: false })
}
type Node = SequenceEvent | MappingEvent | ScalarEvent
const tagOf = (state: State, event: Node): string => event.tagStart < 0 ? '' : state.source.text.slice(event.tagStart, event.tagEnd).replace(/^!<tag:yaml\.org,2002:(.*)>$/, '!!$1')
const anchorOf = (state: State, event: Node | AliasEvent): string | undefined =>
  event.anchorStart < 0 ? undefined : state.source.text.slice(event.anchorStart, event.anchorEnd)

function openNode(state: State, kind: 'list' | 'dict', event: SequenceEvent | MappingEvent): void {
  const tag = tagOf(state, event)
  const known = ['', '!', '!unsafe', ...(kind === 'list' ? ['!!seq', '!!omap', '!!pairs', '!!python/tuple'] : ['!!map', '!!set'])]
  if (!known.includes(tag)) throw unknownTag(state, tag, event)
  open(state, kind, event.start, tag, anchorOf(state, event))
}
const unknownTag = (state: State, tag: string, event: Node): Error => {
  const near = nearest(tag, ['!vault', '!unsafe', '!!str', '!!int', '!!float', '!!bool', '!!null', '!!binary', '!!set', '!!map', '!!seq'])
  return fault('yaml-unknown-tag', state.source.at(event.tagStart), { tag, near: near === tag ? undefined : near })
}

function add(state: State, value: unknown, at: number, isLive: boolean, anchor: string | undefined): void {
  if (anchor !== undefined) state.anchors.set(anchor, { value, isLive })
  const frame = state.frames.at(-1)
  if (frame === undefined) throw new Error('YAML node outside a document')
  frame.items.push({ value, at })
  if (isLive) frame.isLive = true
}

function alias(state: State, event: AliasEvent): void {
  const name = anchorOf(state, event) ?? ''
  const found = state.anchors.get(name)
  if (found === undefined) throw fault('yaml-unknown-alias', state.source.at(event.anchorStart), { name, near: nearest(name, state.anchors.keys()) })
  add(state, found.value, Math.max(0, event.anchorStart - 1), found.isLive, undefined)
}

function scalar(state: State, event: ScalarEvent): void {
  const frame = state.frames.at(-1)
  const text = atEnd(state, event, getScalarValue(state.source.text, event))
  const tag = tagOf(state, event)
  const at = startOf(state, event)
  const isKey = frame?.kind === 'dict' && frame.items.length % 2 === 0
  if (isKey && text === '<<' && tag === '' && event.style === SCALAR_STYLE.PLAIN) frame.merges.add(frame.items.length)
  const value = scalarValue(state, event, text, tag, isKey || (frame?.isUnsafe ?? false))
  add(state, value, at, value instanceof Template || value instanceof VaultText, anchorOf(state, event))
}
/** A block that the text ends in the middle of has no line end behind its last line. */
function atEnd(state: State, event: ScalarEvent, value: string): string {
  const isBlock = event.style === SCALAR_STYLE.LITERAL_BLOCK || event.style === SCALAR_STYLE.FOLDED_BLOCK
  return isBlock && value.endsWith('\n') && /\S[^\n]*$/.test(state.source.text) && event.valueEnd >= state.source.text.length ? value.slice(0, -1) : value
}
function startOf(state: State, event: ScalarEvent): number {
  if (event.valueStart < 0) {
    if (event.tagStart >= 0) return event.tagStart
    return state.frames.at(-1)?.items.at(-1)?.at ?? state.frames.at(-1)?.start ?? 0
  }
  switch (event.style) {
    case SCALAR_STYLE.SINGLE_QUOTED: case SCALAR_STYLE.DOUBLE_QUOTED: return event.valueStart - 1
    case SCALAR_STYLE.LITERAL_BLOCK: case SCALAR_STYLE.FOLDED_BLOCK: return Math.max(state.source.text.lastIndexOf(event.style === SCALAR_STYLE.LITERAL_BLOCK ? '|' : '>', event.valueStart - 1), 0)
    default: return event.valueStart
  }
}
function scalarValue(state: State, event: ScalarEvent, text: string, tag: string, isPlainText: boolean): unknown {
  switch (tag) {
    case '':
      if (event.style === SCALAR_STYLE.PLAIN) { const value = (state.isJson ? jsonNumber(text) : undefined) ?? resolvePlain(text); return typeof value === 'string' ? asText(state, event, value, isPlainText) : value }
      return asText(state, event, text, isPlainText)
    case '!': case '!!str': case '!!timestamp': return asText(state, event, text, isPlainText)
    case '!unsafe': return event.style === SCALAR_STYLE.PLAIN ? resolvePlain(text) : text
    case '!vault': case '!vault-encrypted': return new VaultText(text, state.source.at(Math.max(0, event.valueStart)))
    case '!!binary': return Uint8Array.from(Buffer.from(text, 'base64'))
    default: return typed(state, event, text, tag)
  }
}
function typed(state: State, event: ScalarEvent, text: string, tag: string): unknown {
  const value = tag === '!!int' ? toInt(text) : tag === '!!float' ? toFloat(text) ?? toFloat(`${text}.`) : tag === '!!bool' ? toBool(text)
    : tag === '!!null' ? null : unknownTag(state, tag, event)
  if (value instanceof Error) throw value
  if (value === undefined) throw fault('yaml-bad-value', state.source.at(Math.max(0, event.valueStart)), { tag, text })
  return value
}
function asText(state: State, event: ScalarEvent, text: string, isPlainText: boolean): string | Template {
  if (isPlainText || !state.withTemplates || !/\{[{%#]/.test(text)) return text
  return new Template(text, scalarPlaces(state.source, event))
}

// ---------------------------------------------------------------- containers

function close(state: State): void {
  const frame = state.frames.pop()
  if (frame === undefined) return
  if (frame.kind === 'document') { state.documents.push(frame.items.length === 0 ? null : frame.items[0]?.value); return }
  const value = frame.kind === 'list' ? closeList(state, frame) : closeDict(state, frame)
  if (!frame.isLive) settle(value)
  add(state, value, frame.start, frame.isLive, frame.anchor)
}
function closeList(state: State, frame: Frame): unknown {
  const list = frame.tag === '!!python/tuple' ? new Tuple() : []
  const places = new Map<unknown, Loc>()
  frame.items.forEach(({ value, at }, i) => {
    list.push(frame.tag === '!!pairs' && isDict(value) ? Tuple.from(dictEntries(value)[0] ?? []) : value)
    places.set(i, state.source.at(at))
  })
  place(list, { self: state.source.at(frame.start), keys: places, values: places })
  return list
}
function closeDict(state: State, frame: Frame): unknown {
  const pairs: (readonly [unknown, unknown])[] = []
  const merged: (readonly [unknown, unknown])[] = []
  const keys = new Map<unknown, Loc>()
  const values = new Map<unknown, Loc>()
  for (let i = 0; i + 1 < frame.items.length; i += 2) {
    const key = frame.items[i]
    const value = frame.items[i + 1]
    if (key === undefined || value === undefined) continue
    if (frame.merges.has(i)) { merged.unshift(...mergePairs(state, value)); continue }
    if (isDict(key.value) || (Array.isArray(key.value) && !(key.value instanceof Tuple))) throw badKey(state, frame, key)
    const loc = state.source.at(key.at)
    if (keys.has(key.value)) tellRepeated(state, key, keys.get(key.value))
    keys.set(key.value, loc)
    values.set(key.value, state.source.at(value.at))
    pairs.push([key.value, value.value])
  }
  if (frame.tag === '!!set') return new Set(pairs.map(([key]) => key))
  const dict: Dict = makeDict([...merged, ...pairs])
  place(dict, { self: state.source.at(frame.start), keys, values })
  return dict
}
function badKey(state: State, frame: Frame, key: Item): Error {
  const { source } = state
  const isTemplate = source.text.startsWith('{{', frame.start) || (source.text[frame.start] === '{' && source.text[key.at] === '{')
  if (isTemplate) return fault('yaml-unquoted-template', source.at(frame.start), { line: source.line(frame.start) })
  return fault('yaml-bad-key', source.at(key.at), { kind: isDict(key.value) ? 'mapping' : 'list' })
}
function tellRepeated(state: State, key: Item, first: Loc | undefined): void {
  if (state.repeatedKeys === 'ignore') return
  if (state.repeatedKeys === 'error') throw fault('yaml-repeated-key', state.source.at(key.at), { key: String(key.value), line: first?.line })
  const where = first === undefined ? '' : ` (first on line ${first.line})`
  state.warnings.push({ message: `Found duplicate mapping key '${String(key.value)}'${where}: the last value counts`, loc: state.source.at(key.at) })
}
/** PyYAML: of a list of mappings the first one wins, so the last comes first. */
function mergePairs(state: State, { value, at }: Item): (readonly [unknown, unknown])[] {
  if (isDict(value)) return dictEntries(value)
  if (!Array.isArray(value) || !value.every(isDict)) throw fault('yaml-bad-merge', state.source.at(at), { found: typeof value })
  return [...value].reverse().flatMap((one) => dictEntries(one))
}

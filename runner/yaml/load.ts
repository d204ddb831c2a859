/** YAML text to values of the language, as PyYAML and Ansible's loader would give them, with places for errors. */
import { EVENT_ID, parseEvents, YAMLException } from 'js-yaml'
import type { Event } from 'js-yaml'
import { fault } from '../core/errors.ts'
import type { ValueRules } from '../core/options.ts'
import type { Loc } from '../core/types.ts'
import { construct } from './construct.ts'
import type { Warning } from './construct.ts'
import { explain } from './explain.ts'
import { createSource } from './source.ts'
import type { Source } from './source.ts'

export interface LoadOptions {
  /** Text with Jinja in it becomes a Template (default true). False for text that nobody in the project wrote. */
  readonly templates?: boolean
  /** A key that stands twice; undefined: it is among the warnings. */
  readonly repeatedKeys?: ValueRules['repeatedKeys'] | undefined
}
export interface Loaded { readonly value: unknown; readonly warnings: readonly Warning[] }

/** The only document; an empty file is null. Throws `yaml-…` faults. */
export function loadYaml(text: string, file: string, options: LoadOptions = {}): Loaded {
  const { events, source } = parse(text.replace(/^\ufeff/, ''), file)
  const second = events.findIndex((event, i) => i > 0 && event.type === EVENT_ID.DOCUMENT)
  if (second > 0) throw fault('yaml-many-documents', startOf(events[second + 1], source), {})
  const { documents, warnings } = construct(events, source, options)
  return { value: documents[0] ?? null, warnings }
}
/** The line with --- above what a document holds. */
function startOf(event: Event | undefined, source: Source): Loc {
  const at = event === undefined ? -1 : 'start' in event ? event.start : 'valueStart' in event ? event.valueStart : -1
  return source.at(Math.max(0, source.text.lastIndexOf('\n---', at < 0 ? source.text.length : at) + 1))
}

/** All documents of a stream. */
export function loadYamlAll(text: string, file: string, options: LoadOptions = {}): { readonly values: readonly unknown[]; readonly warnings: readonly Warning[] } {
  const { events, source } = parse(text.replace(/^\ufeff/, ''), file)
  const { documents, warnings } = construct(events, source, options)
  return { values: documents, warnings }
}

/**
 * PyYAML takes a `]`, `}` or the next line of quoted text at the indentation of its parent; js-yaml 5 calls that deficient
 * indentation. The line it names is indented and all is parsed again; places are counted as before.
 */
function parse(text: string, file: string): { events: Event[]; source: Source } {
  const lines: string[] = []
  const shifts = new Map<number, number>()
  let first: { error: YAMLException; source: Source } | undefined
  for (;;) {
    const source = createSource(lines.length > 0 ? lines.join('\n') : text, file, shifts)
    try {
      return { events: parseEvents(source.text, {}), source }
    } catch (error) {
      if (!(error instanceof YAMLException)) throw error
      first ??= { error, source }
      const line = error.mark?.line
      const isRepairable = error.reason === 'deficient indentation' && line !== undefined && !shifts.has(line) && shifts.size < 100
      if (!isRepairable) throw explain(error, source, first)
      if (lines.length === 0) lines.push(...text.split('\n'))
      const more = indentNeeded(lines, line)
      if (lines[line] === undefined || lines[line].trim() === '') throw explain(error, source, first)
      lines[line] = ' '.repeat(more) + lines[line]
      shifts.set(line, more)
    }
  }
}
/** One more than any key above could ask for: as deep as the line before. */
function indentNeeded(lines: readonly string[], at: number): number {
  // A key behind dashes asks for more than its line does.
  const depth = (line: string): number => /^\s*(?:- +)*/.exec(line)?.[0].length ?? 0
  let above = at - 1
  while (above > 0 && (lines[above] ?? '').trim() === '') above--
  return Math.max(1, depth(lines[above] ?? '') - depth(lines[at] ?? '')) + 1
}

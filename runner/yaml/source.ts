/** The text of a YAML file with the places in it: offsets to lines and columns, also after a repair moved text. */
import { getScalarValue, SCALAR_STYLE } from 'js-yaml'
import type { ScalarEvent } from 'js-yaml'
import type { Loc } from '../core/types.ts'

export interface Source {
  readonly text: string
  readonly file: string
  at(offset: number): Loc
  /** The line (without its end) that an offset lies in. */
  line(offset: number): string
}

/** `shifts`: spaces that a repair put in front of lines, by line number from 0. */
export function createSource(text: string, file: string, shifts: ReadonlyMap<number, number> = new Map()): Source {
  let starts: number[] | undefined
  const lineStarts = (): number[] => {
    if (starts !== undefined) return starts
    starts = [0]
    for (let i = text.indexOf('\n'); i >= 0; i = text.indexOf('\n', i + 1)) starts.push(i + 1)
    return starts
  }
  const lineOf = (offset: number): number => {
    const all = lineStarts()
    let low = 0
    let high = all.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if ((all[middle] ?? 0) <= offset) low = middle
      else high = middle - 1
    }
    return low
  }
  return {
    text, file,
    at(offset) {
      const line = lineOf(offset)
      return { file, line: line + 1, column: Math.max(1, offset - (lineStarts()[line] ?? 0) - (shifts.get(line) ?? 0) + 1) }
    },
    line(offset) {
      const from = lineStarts()[lineOf(offset)] ?? 0
      const to = text.indexOf('\n', from)
      return text.slice(from, to < 0 ? undefined : to).replace(/\r$/, '')
    },
  }
}

/** Where each character of a scalar's value stands in the source; worked out when first asked, since only errors ask. */
export function scalarPlaces(source: Source, event: ScalarEvent): (offset: number) => Loc {
  if (event.fast) return (offset) => source.at(event.valueStart + offset)
  let map: number[] | undefined
  return (offset) => {
    map ??= align(source.text, event)
    return source.at(map[Math.min(offset, map.length - 1)] ?? event.valueStart)
  }
}

const blank = (char: string | undefined): boolean => char === ' ' || char === '\n' || char === '\t' || char === '\r'

/** Walks value and source side by side: folding only changes blanks, quoting only escapes. */
function align(text: string, event: ScalarEvent): number[] {
  const value = getScalarValue(text, event)
  const map: number[] = []
  let at = event.valueStart
  for (let i = 0; i < value.length; i++) {
    const char = value[i]
    // A backslash at the end of a line joins it to the next.
    while (event.style === SCALAR_STYLE.DOUBLE_QUOTED && text[at] === '\\' && /[\r\n]/.test(text[at + 1] ?? '')) {
      at++
      while (at < event.valueEnd && blank(text[at])) at++
    }
    if (blank(char) && text[at] !== '\\') { map.push(at); if (blank(text[at])) at++; continue }
    while (at < event.valueEnd && text[at] !== char && blank(text[at])) at++
    map.push(at)
    if (event.style === SCALAR_STYLE.DOUBLE_QUOTED && text[at] === '\\') at += escapeLength(text, at)
    else at += event.style === SCALAR_STYLE.SINGLE_QUOTED && char === "'" ? 2 : 1
  }
  map.push(at)
  return map
}
function escapeLength(text: string, at: number): number {
  switch (text[at + 1]) {
    case 'x': return 4
    case 'u': return 6
    case 'U': return 10
    default: return 2
  }
}

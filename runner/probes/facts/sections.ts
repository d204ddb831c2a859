/** Facts are read in named sections of one script; a section is some commands, and its text is turned into facts on the controller. */
import type { Data } from '../../core/types.ts'

/** Texts by section name; a section that printed nothing is an empty text. */
export type Sections = (name: string) => string
export interface Group {
  /** Name in gather_subset. */
  readonly name: string
  /** Facts that may be asked for in its place. */
  readonly facts: readonly string[]
  /** Part of what is always gathered. */
  readonly isMinimal: boolean
  /** Shell text; `s NAME` starts a section. */
  readonly script: string
  /** Facts without their `ansible_` prefix. `known`: facts of the groups before. */
  collect(sections: Sections, known: Readonly<Data>, warn: (message: string) => void): Data
}

export const prologue = `PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin; export LC_ALL=C
s() { printf '\\n\\001%s\\n' "$1"; }
has() { command -v "$1" >/dev/null 2>&1; }
f() { [ -r "$1" ] && cat "$1"; }
exec 2>/dev/null
`
export function splitSections(stdout: string): Sections {
  const found = new Map<string, string>()
  for (const part of stdout.split('\n\u0001').slice(1)) {
    const at = part.indexOf('\n')
    found.set(part.slice(0, at), part.slice(at + 1))
  }
  return (name) => found.get(name) ?? ''
}
export const rows = (text: string): string[] => text.split('\n').filter((line) => line !== '')
/** `NAME=value` lines. */
export function pairs(text: string, separator = '='): Map<string, string> {
  return new Map(rows(text).flatMap((line): [string, string][] => {
    const at = line.indexOf(separator)
    return at < 0 ? [] : [[line.slice(0, at).trim(), line.slice(at + separator.length).trim().replace(/^(["'])(.*)\1$/, '$2')]]
  }))
}

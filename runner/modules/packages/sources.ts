/** One-line sources of apt: what two of them have in common, and where a new one is kept. Ansible: modules/apt_repository.py. */
import { Failure } from '../../core/errors.ts'

export interface Source { readonly isEnabled: boolean; readonly source: string; readonly comment: string }

const types = ['deb', 'deb-src']
/** Undefined where the line is no source. */
export function parseSource(line: string): Source | undefined {
  const isEnabled = !/^\s*#/.test(line)
  const text = line.replace(/^\s*#+\s*/, '')
  const at = text.indexOf('#')
  const source = (at < 0 ? text : text.slice(0, at)).trim().split(/\s+/).join(' ')
  const words = source.replace(/\[[^\]]*\] /, '').split(' ')
  const isFlat = /\/$/.test(words[2] ?? '')
  if (!types.includes(words[0] ?? '') || words.length < (isFlat ? 3 : 4)) return undefined
  return { isEnabled, source, comment: at < 0 ? '' : text.slice(at + 1).trim() }
}
export function needSource(line: string): Source {
  const found = parseSource(line)
  if (found === undefined || !found.isEnabled) throw new Failure(`Invalid repository string: ${line}`)
  return found
}

/** The file Ansible would keep it in: the address without its scheme, in letters, digits and underscores. */
export function suggestFile(line: string): string {
  const clean = (text: string): string => text.replace(/[^a-zA-Z0-9]/g, ' ').trim().split(/\s+/).join('_')
  const parts = line.replace(/\[[^\]]*\]/, '').split(' ').filter((part) => part !== '' && !types.includes(part))
  const address = (parts[0] ?? '').replace(/^\w+:\/\//, '').replace(/^[^@/]*@/, '')
  return `${clean(address)}.list`
}

/** The source at the end of a file, or in the place of the same one that is commented out. */
export function withSource(text: string | undefined, line: string): string {
  const { source } = needSource(line)
  const rows = (text ?? '').replace(/\n$/, '').split('\n').filter((row, _, all) => all.length > 1 || row !== '')
  const at = rows.findIndex((row) => parseSource(row)?.source === source)
  const next = at >= 0 ? [...rows.slice(0, at), line, ...rows.slice(at + 1)] : [...rows, line]
  return `${next.join('\n')}\n`
}
/** Undefined where nothing is left. */
export function withoutSource(text: string, line: string): string | undefined {
  const { source } = needSource(line)
  const rows = text.replace(/\n$/, '').split('\n').filter((row) => { const one = parseSource(row); return one === undefined || !one.isEnabled || one.source !== source })
  return rows.every((row) => row.trim() === '') ? undefined : `${rows.join('\n')}\n`
}
/** apt-get update, as a step of its own behind a change of the sources. */
export const updateStep = { sh: 'e=$(apt-get -q update 2>&1) || { printf "%s\\n" "$e" >&2; exit 1; }\ncase $e in *"Failed to fetch"*) printf "%s\\n" "$e" >&2; exit 1;; esac', env: { DEBIAN_FRONTEND: 'noninteractive' } } as const

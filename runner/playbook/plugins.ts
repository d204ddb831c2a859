/** Python files beside a playbook or in its roles that would bring a filter, test or lookup: play runs none of them, but an error can name the file. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export type PluginKind = 'filter' | 'test' | 'lookup'
const words: Readonly<Record<PluginKind, RegExp>> = { filter: /\bFilterModule\b/, test: /\bTestModule\b/, lookup: /\bLookupModule\b/ }

/** The file that has the plugin; lookups are found by the name of the file, filters and tests by a file that speaks of them. */
export function pluginFile(places: Iterable<string>, kind: PluginKind, name: string): string | undefined {
  const short = name.split('.').at(-1) ?? name
  for (const place of places) {
    const folder = join(place, `${kind}_plugins`)
    const files = listed(folder).filter((file) => file.endsWith('.py')).map((file) => join(folder, file))
    const found = files.find((path) => path.endsWith(`/${short}.py`)) ?? (kind === 'lookup' ? undefined : files.find((path) => speaksOf(path, kind, short)))
    if (found !== undefined) return found
  }
  return undefined
}
function listed(folder: string): readonly string[] {
  try { return readdirSync(folder).sort() } catch { return [] }
}
function speaksOf(path: string, kind: PluginKind, name: string): boolean {
  const text = readFileSync(path, 'utf8')
  return words[kind].test(text) && new Set<string>(text.match(/\w+/g)).has(name)
}

/** Ansible's TOML inventory: a table a group, `children` a list of names; else as in YAML. Rules: plugins/inventory/toml.py. */
import { fault } from '../core/errors.ts'
import { dictEntries, dictGet, dictHas, isDict, makeDict } from '../core/value.ts'
import { kindOf, readYaml } from './yaml.ts'
import type { YamlContext } from './yaml.ts'

export function readToml(document: unknown, file: string, context: YamlContext): void {
  const loc = { file, line: 1, column: 1 }
  if (!isDict(document)) throw fault('inventory-not-mapping', loc, { found: kindOf(document) })
  if (dictHas(document, 'plugin')) throw fault('inventory-plugin-unsupported', loc, { plugin: String(dictGet(document, 'plugin')), near: undefined })
  readYaml(makeDict(dictEntries(document).map(([name, body]) => [name, isDict(body) ? withChildren(String(name), body, file) : body])), file, context)
}

function withChildren(group: string, body: Parameters<typeof dictEntries>[0], file: string): unknown {
  return makeDict(dictEntries(body).map(([key, value]) => {
    if (key !== 'children') return [key, value]
    if (!Array.isArray(value)) throw fault('toml-bad-group', { file, line: 1, column: 1 }, { group, key, wanted: `a list of groups, not ${kindOf(value)}` })
    return [key, makeDict(value.map((child) => [child, null]))]
  }))
}

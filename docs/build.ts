/**
 * Writes the generated pages (`npm run docs`): docs/modules.md and docs/language.md whole, and the variables of the roles between the
 * markers of docs/site.md. test/tools/docs-fresh.test.ts fails where a page is not what this would write.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Action, Module } from '../runner/core/types.ts'
import { createRegistry, engineNames } from '../runner/execute/registry.ts'
import { keywordDoc, moduleDoc, moduleIndex, roleDocs } from '../runner/tools/docs.ts'

const root = join(import.meta.dirname, '..')
const begin = '<!-- variables: written by npm run docs -->', end = '<!-- end of variables -->'

/** Pages by path, as they should be. */
export async function pages(): Promise<ReadonlyMap<string, string>> {
  const registry = createRegistry()
  const described: (Module | Action)[] = []
  const seen = new Set<string>()
  for (const name of registry.names().filter((one) => !engineNames.includes(one))) {
    const entry = await registry.load(name)
    const found = entry.kind === 'module' ? entry.module : entry.action
    if (!seen.has(found.name)) described.push(found)
    seen.add(found.name)
  }
  const modules = `# Modules\n\nMade from the declarations in \`runner/modules/\` and \`runner/actions/\` by \`npm run docs\`. Names with \`ansible.builtin.\` or their collection in front work too.\n\n${onOnePage(moduleIndex(described))}\n\n${described.map((one) => `#${moduleDoc(one)}`).join('\n')}`
  const site = join(root, 'docs/site.md')
  return new Map([[join(root, 'docs/modules.md'), ended(modules)], [join(root, 'docs/language.md'), ended(keywordDoc())], [site, withVariables(readFileSync(site, 'utf8'))]])
}
/** The index links to pages; here all modules are on one. */
const onOnePage = (index: string): string => index.replace(/^# .*\n+/, '').replace(/\((\w+)\.md\)/g, '(#$1)').trimEnd()
const ended = (text: string): string => `${text.trimEnd()}\n`

function withVariables(page: string): string {
  const from = page.indexOf(begin), to = page.indexOf(end)
  if (from < 0 || to < from) throw new Error(`docs/site.md has no lines "${begin}" and "${end}"`)
  return `${page.slice(0, from + begin.length)}\n\n${roleDocs(join(root, 'roles')).trimEnd()}\n\n${page.slice(to)}`
}

if (process.argv[1] === import.meta.filename) for (const [path, text] of await pages()) writeFileSync(path, text)

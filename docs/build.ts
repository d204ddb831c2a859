/**
 * Writes the generated pages (`npm run docs`): docs/modules.md, docs/language.md and docs/settings.md whole, and the variables of the roles between the
 * markers of docs/site.md. test/tools/docs-fresh.test.ts fails where a page is not what this would write.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Action, Module } from '../runner/core/plan.ts'
import { createRegistry, engineNames } from '../runner/execute/registry.ts'
import { missing, passedSections } from '../runner/settings/others.ts'
import { honoured } from '../runner/settings/table.ts'
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
  return new Map([[join(root, 'docs/modules.md'), ended(modules)], [join(root, 'docs/language.md'), ended(keywordDoc())], [join(root, 'docs/settings.md'), ended(settingsPage())], [site, withVariables(readFileSync(site, 'utf8'))]])
}
function settingsPage(): string {
  const code = (text: string): string => `\`${text}\``
  const rows = honoured.map(({ env, also = [], ini, doc, onlyFile }) => `| ${onlyFile === true ? '' : [env, ...also].map(code).join(', ')} | ${ini.map((key) => code(key.replace('.', ': '))).join(', ')} | ${doc} |`)
  const lacking = missing.map(({ ini, why }) => ({ ini, why })).reduce((by, { ini, why }) => by.set(why, [...by.get(why) ?? [], ini]), new Map<string, string[]>())
  return `# Settings

Made from the tables in \`runner/settings/\` by \`npm run docs\`. play reads these settings of Ansible's, from the environment or from the first \`ansible.cfg\` that
there is: the file that \`ANSIBLE_CONFIG\` names, \`ansible.cfg\` here (unless everybody can write to this folder), \`~/.ansible.cfg\`, \`/etc/ansible/ansible.cfg\`. Options
of the command line win over the environment, that over the file. Paths in the file are relative to its folder.

| environment | section: key of ansible.cfg | |
|---|---|---|
${rows.join('\n')}

## Told, once, with its place
A key that Ansible does not have is told with the nearest name that it has. So are these, which would change what a playbook does or shows and have no effect
here, where their value is not the usual one:

| section: key | instead |
|---|---|
${[...lacking].map(([why, keys]) => `| ${keys.map((key) => code(key.replace('.', ': '))).join(', ')} | ${why} |`).join('\n')}

## Passed over
Settings about what play does not have, and whose effect nobody can miss: Python interpreters and pipelining, temporary files, warnings of Ansible about itself, its
other commands; the sections ${passedSections.map(code).join(', ')}; sections of plugins. Of variables of the environment that begin with
\`ANSIBLE_\` only those that look like a misspelt setting are told: others may be your own.
`
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

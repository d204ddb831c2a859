/** Who may import whom, and where the world may be touched: the rules of docs/architecture.md, held against every import line. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative, resolve, dirname, sep } from 'node:path'

const root = resolve(import.meta.dirname, '../../runner')

function sources(dir: string): string[] {
  return readdirSync(dir, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? sources(join(dir, entry.name)) : entry.name.endsWith('.ts') ? [join(dir, entry.name)] : [])
}

/** Folder to the folders it may import, itself always; a name with a slash is one file. */
const allowed: Record<string, readonly string[]> = {
  core: [], settings: ['core'], yaml: ['core'], template: ['core'], transport: ['core'], probes: ['core'], report: ['core'],
  vars: ['core', 'template', 'yaml'], inventory: ['core', 'yaml', 'vars'], playbook: ['core', 'yaml', 'vars'],
  modules: ['core', 'probes'], actions: ['core', 'probes'],
  execute: ['core', 'yaml', 'template', 'vars', 'inventory', 'playbook', 'transport', 'probes', 'modules', 'actions'],
  tools: ['core', 'playbook/keywords', 'modules', 'actions', 'vars', 'yaml', 'inventory'],
}
/** Package or global to the only places that may use it. */
const keepers: readonly (readonly [RegExp, readonly string[]])[] = [
  [/from 'ssh2'|import\('ssh2'\)|node-ssh/, ['transport/ssh.ts']],
  [/from 'js-yaml'|import\('js-yaml'\)/, ['yaml/']],
  [/from 'ejs'|import\('ejs'\)/, ['template/ejs.ts']],
  [/from 'listr2'|import\('listr2'\)/, ['report/live.ts']],
  [/\bprocess\.(stdout|stderr)\b|\bconsole\./, ['report/', 'cli.ts', 'template/lookups-commands.ts']], // the last: text of a child process
  [/from 'node:child_process'/, ['transport/', 'template/lookups', 'inventory/script.ts', 'vars/vault', 'execute/', 'tools/', 'cli.ts']],
]

const files = sources(root).map((path) => ({ path: relative(root, path).split(sep).join('/'), text: readFileSync(path, 'utf8') }))
const imports = (text: string): string[] =>
  [...text.matchAll(/^(?:import|export)[^'"]*?from '([^']+)'|import\('([^']+)'\)/gm)].map((match) => match[1] ?? match[2] ?? '')

test('there is something to check', () => { assert.ok(files.length > 10) })

for (const { path, text } of files) {
  const folder = path.includes('/') ? path.split('/')[0] ?? '' : ''
  if (folder !== '') {
    test(`${path} imports only what its folder may`, () => {
      const bad = imports(text).filter((name) => name.startsWith('.'))
        .map((name) => relative(root, resolve(root, dirname(path), name)).split(sep).join('/'))
        .filter((name) => !name.startsWith(`${folder}/`) && !(allowed[folder] ?? []).some((may) => name.startsWith(`${may}/`) || name === `${may}.ts`))
      assert.equal(bad, [])
    })
  }
  test(`${path} leaves the world to its keepers`, () => {
    const bad = keepers.filter(([pattern, places]) => pattern.test(text) && !places.some((place) => path.startsWith(place))).map(([pattern]) => String(pattern))
    assert.equal(bad, [])
  })
}

test.run()

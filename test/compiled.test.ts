/** What `npm run build` makes: few files instead of hundreds. It must find its version, modules and actions. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { execFileSync } from 'node:child_process'
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..')
const place = mkdtempSync(join(tmpdir(), 'compiled-'))
test.after(() => { rmSync(place, { recursive: true }) })

test('the compiled runner runs modules and actions, and says its version', () => {
  for (const name of ['package.json', 'runner']) cpSync(join(root, name), join(place, name), { recursive: true })
  symlinkSync(join(root, 'node_modules'), join(place, 'node_modules'))
  execFileSync('npm', ['run', '--silent', 'build'], { cwd: place })
  writeFileSync(join(place, 'one.yml'), `
- hosts: localhost
  connection: local
  gather_facts: false
  tasks:
    - file: path=${place} state=directory
    - template: src=a.ejs dest=${place}/out
    - debug: msg={{ lookup('env', 'HOME') | length > 0 }}
`.replace('msg={{', 'msg="{{').replace('}}\n', '}}"\n'))
  writeFileSync(join(place, 'a.ejs'), 'one <%= 1 + 1 %>\n')
  const play = (...args: readonly string[]): string => execFileSync('node', [join(place, 'dist/cli.js'), ...args], { cwd: place, encoding: 'utf8' })
  assert.match(play('--version'), /^play \d+\.\d+\.\d+ /)
  assert.match(play('one.yml'), /ok=3 +changed=1 /)
  assert.is(readFileSync(join(place, 'out'), 'utf8'), 'one 2\n')
  for (const folder of ['modules', 'actions']) {
    const names = (where: string, end: string): string[] => readdirSync(join(place, where, folder)).filter((name) => name.endsWith(end)).map((name) => name.slice(0, -end.length))
    assert.equal(names('dist', '.js'), names('runner', '.ts'))
  }
})

test.run()

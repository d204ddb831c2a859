/** What settings change in reading an inventory, host lists with ranges, and the generator plugin; compared with ansible-inventory of ansible-core 2.21 when it was written. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Fault } from '../../runner/core/errors.ts'
import type { ErrorData } from '../../runner/core/events.ts'
import type { Data, Loc } from '../../runner/core/types.ts'
import type { InventoryRules } from '../../runner/core/options.ts'
import { loadInventory, type Inventory } from '../../runner/inventory/load.ts'
import { createEvaluator } from '../../runner/vars/evaluate.ts'

const cwd = mkdtempSync(join(tmpdir(), 'play-rules-'))
test.after(() => rmSync(cwd, { recursive: true }))
const warnings: string[] = []
async function read(sources: readonly string[], rules: Partial<InventoryRules> = {}, extraVars: Data = {}): Promise<Inventory> {
  warnings.length = 0
  const context = { cwd, decrypt: () => '', warn: (message: string, _loc?: Loc, mistake?: ErrorData) => { warnings.push(message, ...mistake === undefined ? [] : [mistake.message]) } }
  return loadInventory(sources, { ...context, evaluate: createEvaluator(context), extraVars, rules: { unparsed: 'warn', anyUnparsedFails: false, ignorePatterns: [], ...rules } })
}
const file = (name: string, text: string): string => { writeFileSync(join(cwd, name), text); return name }

test('a list of hosts has ranges where the settings say so', async () => {
  assert.equal((await read(['a:22,c[1:3],[::1]:33'])).hosts(), ['a', 'c[1:3]', '::1'])
  const wide = await read(['a,c[1:5:2],d[1:],'], { enabled: ['advanced_host_list'] })
  assert.equal(wide.hosts(), ['a', 'c1', 'c3', 'c5', 'd[1:]'])
  assert.match(warnings.join('\n'), /leaving unchanged: d\[1:\]: host range must specify end value/)
})
test('kinds of sources that are not enabled are left out', async () => {
  file('hosts', '[web]\nw1\n')
  file('h.yml', 'all: {hosts: {y1: }}\n')
  assert.equal((await read(['hosts', 'h.yml'], { enabled: ['ansible.builtin.yaml'] })).hosts(), ['y1'])
  assert.match(warnings.join('\n'), /Unable to parse .*hosts as an inventory source: the settings enable yaml, not ini/)
})
test('group names that are no variable names', async () => {
  file('bad', '[a-b]\nw1\n[c:children]\na-b\n')
  const names = async (groupNames: InventoryRules['groupNames'] & string): Promise<string> => {
    const inventory = await read(['bad'], { groupNames })
    return `${[...inventory.groups().keys()].filter((name) => name.startsWith('a') && name !== 'all').join()} ${inventory.hosts().join()} ${warnings.length}`
  }
  assert.is(await names('never'), 'a-b w1 1')
  assert.is(await names('always'), 'a_b w1 1')
  assert.is(await names('silently'), 'a_b w1 0')
  assert.is(await names('ignore'), 'a-b w1 0')
})
test('generator: every combination of the layers is a host, below groups that templates name', async () => {
  file('gen.yml', [
    'plugin: ansible.builtin.generator', 'use_extra_vars: true', 'hosts:', '  name: "{{ op }}_{{ app }}_{{ region }}"', '  parents:', '    - name: "{{ op }}_{{ app }}"',
    '      parents:', '        - name: "{{ app }}"', '          vars: {app: "{{ app }}", late: {x: "{{ later }}"}}', '    - name: runner', 'layers:', '  op: [build, launch]', '  app: [web, x1]', '',
  ].join('\n'))
  const inventory = await read(['gen.yml'], {}, { region: 'eu' })
  assert.equal(inventory.groups().get('runner'), ['build_web_eu', 'build_x1_eu', 'launch_web_eu', 'launch_x1_eu'])
  assert.equal(inventory.groups().get('web'), ['build_web_eu', 'launch_web_eu'])
  assert.equal(inventory.groups().get('launch_x1'), ['launch_x1_eu'])
  assert.is(inventory.groupFrames('x1', undefined)[0]?.vars['app'], 'x1')
  file('gen.yml', 'plugin: generator\nhosts: {name: "h", parents: [{}]}\nlayers: {op: [a]}\n')
  await read(['gen.yml'])
  assert.match(warnings.join('\n'), /Element h has a parent with no name/)
})
test('a source with a mistake, alone or in a folder with others, is an error where the settings say so', async () => {
  mkdirSync(join(cwd, 'folder'))
  file('folder/a', 'w1\n')
  file('folder/b', 'w2 x\n')
  file('mistaken', 'w2 x\n')
  const code = (sources: readonly string[], rules: Partial<InventoryRules>): Promise<string> => read(sources, rules).then(({ hosts }) => String(hosts.length), (error: unknown) => error instanceof Fault ? error.code : 'other')
  assert.is(await code(['folder'], { anyUnparsedFails: true }), 'inventory-unparsed')
  assert.is(await code(['folder', 'mistaken'], { unparsed: 'fail' }), '0')
  assert.is(await code(['mistaken'], { unparsed: 'fail' }), 'inventory-unparsed')
})

test.run()

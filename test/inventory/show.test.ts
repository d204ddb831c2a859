/** Against what ansible-inventory of ansible-core 2.21 printed for the same sources (fixtures/). */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Fault } from '../../runner/core/errors.ts'
import { loadInventory } from '../../runner/inventory/load.ts'
import type { Inventory } from '../../runner/inventory/load.ts'
import { showGraph, showHost, showList } from '../../runner/inventory/show.ts'

const cwd = join(import.meta.dirname, 'fixtures')
const load = async (source: string): Promise<Inventory> => loadInventory([source], { cwd, decrypt: () => '', warn: () => undefined })
const recorded = (name: string): string => readFileSync(join(cwd, name), 'utf8').trimEnd()

test('--list', async () => assert.is(showList(await load('site.ini')), recorded('site.list.json')))
test('--list --export of a YAML inventory', async () => assert.is(showList(await load('site.yml'), { export: true }), recorded('site.export.json')))
test('--list --yaml', async () => assert.is(showList(await load('site.ini'), { format: 'yaml' }).trimEnd(), recorded('site.list.yaml')))
test('--list of a TOML inventory', async () => assert.is(showList(await load('site.toml')), recorded('toml.list.json')))
// Ansible's moments are typed, ours are text.
test('--list --export --toml', async () => {
  const wanted = recorded('toml.export.toml').replace('1979-05-27 07:32:00+00:00', '"1979-05-27T07:32:00+00:00"').replace('day = 1979-05-27', 'day = "1979-05-27"')
  assert.is(showList(await load('site.toml'), { format: 'toml', export: true }).trimEnd(), wanted)
})
test('--graph --vars', async () => assert.is(showGraph(await load('site.ini'), 'all', { vars: true }), recorded('site.graph.txt')))
test('--graph of one group', async () => {
  assert.is(showGraph(await load('site.ini'), 'db'), '@db:\n  |--db-a\n  |--db-c')
})
test('--host, and names that are none', async () => {
  const inventory = await load('site.ini')
  assert.is(showHost(inventory, 'lonely'), '{\n    "ansible_host": "1.2.3.4",\n    "b": true,\n    "big": 123456789012345678901234567890,\n    "everywhere": "yes",\n    "n": 1.0\n}')
  const message = (act: () => unknown): string => { try { act() } catch (error) { if (error instanceof Fault) return `${error.message} ${error.hint ?? ''}` } return '' }
  assert.match(message(() => showHost(inventory, 'lonly')), /no host 'lonly' did you mean 'lonely'/)
  assert.match(message(() => showHost(inventory, 'web')), /'web' means 4 hosts/)
  assert.match(message(() => showGraph(inventory, 'wbe')), /no group 'wbe' did you mean 'web'/)
})
test('--list with a limit', async () => {
  const list: unknown = JSON.parse(showList(await load('site.ini'), { limit: 'db' }))
  assert.equal(JSON.stringify(list).includes('web04'), false)
  assert.equal(JSON.stringify(list).includes('db-a'), true)
})

test.run()

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Frame } from '../../runner/core/types.ts'
import { loadInventory } from '../../runner/inventory/load.ts'
import { assemble, levels } from '../../runner/vars/precedence.ts'
import type { Pieces } from '../../runner/vars/precedence.ts'

const frame = (name: string): Frame => ({ name, vars: { from: name } })

/** Recorded from ansible-core 2.21: at each pair of neighbours the latter wins. */
const ansible = ['roleDefaults', 'inventory', 'facts', 'playVars', 'playVarsFiles', 'roleVars', 'blockVars', 'taskVars', 'includeVars', 'setFacts', 'roleParams', 'includeParams', 'extra', 'magic']

test('the levels are in the order that Ansible shows', () => {
  const pieces: Pieces = {
    magic: [frame('magic')], extra: [frame('extra')], includeParams: [frame('includeParams')], roleParams: [frame('roleParams')], setFacts: [frame('setFacts')],
    includeVars: [frame('includeVars')], taskVars: [frame('taskVars')], blockVars: [frame('blockVars')], roleVars: [frame('roleVars')], playVarsFiles: [frame('playVarsFiles')],
    playVars: [frame('playVars')], facts: frame('facts'), inventory: [frame('inventory')], roleDefaults: [frame('roleDefaults')],
  }
  assert.equal(assemble(pieces).map((one) => one.name), ansible)
})

test('every documented level from 2 to 22 is there once, rising', () => {
  const documented = levels.flatMap((level) => [...level.documented])
  assert.equal(documented, Array.from({ length: 21 }, (_, i) => i + 2))
})

test('frames of one piece keep their order', () => {
  const none: Pieces = { roleDefaults: [], inventory: [], playVars: [], playVarsFiles: [], roleVars: [], blockVars: [], taskVars: [], includeVars: [], setFacts: [], roleParams: [], includeParams: [], extra: [], magic: [] }
  assert.equal(assemble({ ...none, setFacts: [frame('a'), frame('b')], taskVars: [frame('t')] }).map((one) => one.name), ['t', 'a', 'b'])
  assert.equal(assemble(none), [])
})

test('inventory levels, recorded from ansible-core 2.21: group lines are below group_vars/all', async () => {
  const cwd = mkdtempSync(join(tmpdir(), 'play-precedence-'))
  const files: Record<string, string> = {
    hosts: '[web]\nh x=1\n[all:vars]\nx=1\n[web:vars]\nx=1\n',
    'group_vars/all': 'x: 1', 'group_vars/web': 'x: 1', 'host_vars/h': 'x: 1', 'pb/group_vars/all': 'x: 1', 'pb/group_vars/web': 'x: 1', 'pb/host_vars/h': 'x: 1',
  }
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(cwd, name)), { recursive: true })
    writeFileSync(join(cwd, name), text)
  }
  const inventory = await loadInventory(['hosts'], { cwd, decrypt: () => '', warn: () => undefined })
  assert.equal(inventory.frames('h', join(cwd, 'pb')).map((one) => one.name.replace(`${cwd}/`, '')), [
    'inventory, group all', 'inventory, group web', 'group_vars/all', 'pb/group_vars/all', 'group_vars/web', 'pb/group_vars/web',
    'inventory, host h', 'host_vars/h', 'pb/host_vars/h',
  ])
  rmSync(cwd, { recursive: true })
})

test.run()

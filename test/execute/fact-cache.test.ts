/** Facts kept between runs: what is written, when it is too old, what is not used, and what a dry run leaves alone. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { Float, Unknown } from '../../runner/core/value.ts'
import { openFactCache, type FactCache } from '../../runner/execute/fact-cache.ts'
import { parseCommandLine } from '../../runner/options.ts'
import { playIn } from '../support/play.ts'

function within(run: (folder: string, open: (isReadOnly?: boolean, timeoutSeconds?: number) => FactCache, said: string[]) => void): void {
  const folder = mkdtempSync(join(tmpdir(), 'facts-')), said: string[] = []
  try {
    run(folder, (isReadOnly = false, timeoutSeconds = 60) => openFactCache({ folder: join(folder, 'cache'), prefix: 'p_', timeoutSeconds }, isReadOnly, (message) => { said.push(message) }), said)
  } finally { rmSync(folder, { recursive: true }) }
}

test('what is saved is Ansible’s file, and is read again; what is not known is left out', () => within((folder, open) => {
  const cache = open()
  cache.save('web', { ansible_x: 'é', list: [1, { a: new Float(2) }], later: [new Unknown('dry run')] })
  const path = join(folder, 'cache', 'p_s1_web')
  assert.is(readFileSync(path, 'utf8'), String.raw`{"__payload__": "{\"ansible_x\": \"\\u00e9\", \"list\": [1, {\"a\": 2.0}]}"}`)
  assert.is(statSync(path).mode & 0o777, 0o644)
  assert.equal(readdirSync(join(folder, 'cache')), ['p_s1_web'])
  assert.equal(cache.load('web'), { ansible_x: 'é', list: [1, { a: new Float(2) }] })
  assert.is(cache.load('other'), undefined)
  cache.clear('web')
  assert.is(cache.load('web'), undefined)
}))

test('facts grow too old, unless the timeout is 0', () => within((folder, open) => {
  open().save('web', { a: 1 })
  const before = new Date(Date.now() - 100_000)
  utimesSync(join(folder, 'cache', 'p_s1_web'), before, before)
  assert.is(open().load('web'), undefined)
  assert.equal(open(false, 0).load('web'), { a: 1 })
}))

test('a host whose name is no file name has its checksum; a damaged file is told and not used; a dry run writes nothing', () => within((folder, open, said) => {
  open().save('a/b', { a: 1 })
  assert.match(readdirSync(join(folder, 'cache')).join(), /^p_s1_[0-9a-f]{12}$/)
  writeFileSync(join(folder, 'cache', 'p_s1_web'), '{"a": 1}')
  assert.is(open().load('web'), undefined)
  assert.match(said.join(), /the cached facts of web in .* are not used/)
  open(true).save('db', { a: 1 })
  assert.is(open().load('db'), undefined)
}))

test('a cache of another kind, or without its folder, is refused', () => {
  assert.throws(() => parseCommandLine(['site.yml'], { ANSIBLE_CACHE_PLUGIN: 'redis' }), /memory or jsonfile, not 'redis'/)
  assert.throws(() => parseCommandLine(['site.yml'], { ANSIBLE_CACHE_PLUGIN: 'jsonfile' }), /fact_caching_connection/)
})

test('a later run sees what an earlier one gathered and set', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'facts-'))
  const settings = { ANSIBLE_CACHE_PLUGIN: 'jsonfile', ANSIBLE_CACHE_PLUGIN_CONNECTION: join(dir, 'cache'), ANSIBLE_GATHERING: 'smart' }
  const inventory = 'a ansible_connection=local\n'
  try {
    await playIn(dir, { inventory, 'site.yml': "- hosts: a\n  gather_subset: ['!all', '!min', fips]\n  tasks:\n    - set_fact: {kept: 1, cacheable: true}\n    - set_fact: {lost: 1}\n" }, [], settings)
    const told = await playIn(dir, { inventory, 'site.yml': '- hosts: a\n  tasks:\n    - debug: {msg: "{{ kept }} {{ lost is defined }} {{ ansible_fips is boolean }} {{ ansible_facts.pkg_mgr is defined }}"}\n' }, [], settings)
    assert.equal(told.messages, ['1 False True False'])
    const flushed = await playIn(dir, { inventory, 'site.yml': '- hosts: a\n  gather_facts: false\n  tasks:\n    - debug: {msg: "{{ kept is defined }}"}\n' }, ['--flush-cache'], settings)
    assert.equal(flushed.messages, [false])
  } finally { rmSync(dir, { recursive: true }) }
})

test.run()

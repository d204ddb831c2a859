/** Against what `ansible PATTERN --list-hosts` of ansible-core 2.21 answered for fixtures/site.ini. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Fault } from '../../runner/core/errors.ts'
import { loadInventory } from '../../runner/inventory/load.ts'
import type { Inventory } from '../../runner/inventory/load.ts'
import { patternsOf, splitPattern } from '../../runner/inventory/patterns.ts'

const cwd = join(import.meta.dirname, 'fixtures')
const warnings: string[] = []
const load = async (): Promise<Inventory> => loadInventory(['site.ini'], { cwd, decrypt: () => '', warn: (message) => { warnings.push(message) } })
const w = (n: number): string => `web0${n}${n === 4 ? '' : '.example.com'}`
const web = [1, 2, 3, 4].map(w)
const db = ['db-a', 'db-c']

const table: readonly (readonly [string, readonly string[]])[] = [
  ['all', ['lonely', ...web, ...db]], ['*', ['lonely', ...web, ...db]], ['web', web], ['web:db', [...web, ...db]], ['web:&site', web],
  ['all:!web', ['lonely', ...db]], ['site:!web01.example.com', [...web.slice(1), ...db]], ['web[0]', [w(1)]], ['web[-1]', [w(4)]], ['web[1:2]', [w(2), w(3)]],
  ['web[1:]', [w(2), w(3), w(4)]], ['~web0[13]', [w(1), w(3)]], ['~(db|lone)', [...db, 'lonely']], ['web*', web], ['db-?', db], ['db-[!a]', ['db-c']],
  ['*.example.com', web.slice(0, 3)], ['lonely,web04', ['lonely', 'web04']], ['!web', ['lonely', ...db]], ['&web', web], ['web,!web[0]', web.slice(1)],
  ['nope', []], ['web:nope', web], ['site:&web[0:1]', [w(1), w(2)]], ['localhost', ['localhost']], ['127.0.0.1', ['127.0.0.1']],
  ['all,localhost', ['lonely', ...web, ...db, 'localhost']], ['ungrouped', ['lonely']], ['empty', []], ['web0[1:3].example.com', [w(1), w(3)]],
  ['web*[1]', [w(2)]], ['we[b]', web], ['WEB', []],
]
for (const [pattern, hosts] of table) test(`pattern ${pattern}`, async () => assert.equal((await load()).match(pattern), hosts))

test('unknown parts are named, with the nearest right one, and an empty group is not unknown', async () => {
  const inventory = await load()
  assert.equal(inventory.select('wbe:db').unknown, [{ pattern: 'wbe', near: 'web' }])
  assert.equal(inventory.select('empty').unknown, [])
  warnings.length = 0
  inventory.match('wbe')
  inventory.match('wbe')
  assert.equal(warnings, ["Could not match supplied host pattern, ignoring: wbe; did you mean 'web'?"])
})

test('limits cut, read @files, and keep the order of the play', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'play-limit-'))
  writeFileSync(join(dir, 'retry'), 'db-c\n\nweb04\n')
  const inventory = await load()
  assert.equal(inventory.select('site', `@${join(dir, 'retry')}`).hosts, ['web04', 'db-c'])
  assert.equal(inventory.select('site', 'web:!web[0]').hosts, web.slice(1))
  assert.equal(inventory.select('site', 'nope').hosts, [])
  assert.equal(patternsOf('a,b:c', dir), ['a', 'b:c'])
  try {
    patternsOf('@none', dir)
    assert.unreachable()
  } catch (error) {
    assert.ok(error instanceof Fault)
    assert.match(error.message, /limit file .*none does not exist/)
  }
  rmSync(dir, { recursive: true })
})

test('splitting leaves addresses and ranges whole', () => {
  assert.equal(splitPattern('a, b[1:2] ,'), ['a', 'b[1:2]'])
  assert.equal(splitPattern('web[1:2]:&db'), ['web[1:2]', '&db'])
  assert.equal(splitPattern('2001:db8::1'), ['2001:db8::1'])
  assert.equal(splitPattern(['a:b', 'c']), ['a', 'b', 'c'])
})

test('a subscript beyond the hosts and a bad expression are faults', async () => {
  const inventory = await load()
  const code = (pattern: string): string => { try { inventory.match(pattern) } catch (error) { if (error instanceof Fault) return error.code } return '' }
  assert.is(code('web[9]'), 'pattern-out-of-range')
  assert.is(code('~web('), 'bad-pattern-regex')
})

test.run()

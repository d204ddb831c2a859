/** The action fetch, from this machine to a folder of it. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { validateArgs } from '../../runner/core/args.ts'
import { createMasker } from '../../runner/core/mask.ts'
import type { Data } from '../../runner/core/types.ts'
import type { Control, Probe, Step } from '../../runner/core/plan.ts'
import type { Pool } from '../../runner/core/session.ts'
import fetch from '../../runner/actions/fetch.ts'
import { openPool } from '../../runner/transport/pool.ts'
import { Exchange, Machine } from '../../runner/execute/exchange.ts'

const test = suite<{ pool: Pool; dir: string; call(args: Data): Promise<Data> }>('fetch')
test.before(async (context) => {
  const dir = context.dir = mkdtempSync(join(tmpdir(), 'play-fetch-'))
  context.pool = openPool({ masker: createMasker(), warn: () => undefined })
  const session = await context.pool.session({ connection: 'local', host: 'localhost' })
  const none = (): never => { throw new Error('not in this test') }
  context.call = (args) => {
    const exchange = new Exchange(session, new Machine(), 'me', {})
    const control: Control = {
      user: 'me', host: 'web1', connection: 'ssh', ask: undefined, title: 'task', checkMode: false, diffMode: false, verbosity: 0,
      read: async <K, T>(probe: Probe<K, T>, key: K): Promise<T> => (await exchange.read(probe, key)).value, run: (steps: readonly Step[]) => exchange.run(steps),
      variable: (name) => name === 'playbook_dir' ? dir : undefined, shown: none,
      local: none, render: none, condition: none, evaluate: none, sleep: none, say: none, progress: none, warn: none, keepSecret: () => undefined, addHost: none, addGroup: none, load: none, origin: none, way: none, plainly: none, unforeseen: none,
    }
    return fetch.run(validateArgs(fetch.args, fetch.rules, args, { module: 'fetch', container: args }), control)
  }
  writeFileSync(join(dir, 'a b'), 'hello\n')
})
test.after(async ({ pool, dir }) => { await pool.close(); rmSync(dir, { recursive: true }) })

test('goes below the name of the host', async ({ dir, call }) => {
  const found = await call({ src: join(dir, 'a b'), dest: 'got' })
  assert.is(found.changed, true)
  assert.is(found.dest, join(dir, 'got/web1', dir, 'a b'))
  assert.is(found.checksum, 'f572d396fae9206628714fb2ce00f72e94f2258f')
  assert.is(readFileSync(String(found.dest), 'utf8'), 'hello\n')
  assert.is((await call({ src: join(dir, 'a b'), dest: 'got' })).changed, false)
})
test('flat, to a file or into a folder', async ({ dir, call }) => {
  assert.is((await call({ src: join(dir, 'a b'), dest: join(dir, 'x'), flat: true })).dest, join(dir, 'x'))
  assert.is((await call({ src: join(dir, 'a b'), dest: `${dir}/y/`, flat: true })).dest, join(dir, 'y/a b'))
})
test('a large file comes in pieces', async ({ dir, call }) => {
  const bytes = Buffer.alloc(8 * 1024 * 1024 + 1, 'play')
  writeFileSync(join(dir, 'large'), bytes)
  assert.is((await call({ src: join(dir, 'large'), dest: join(dir, 'came'), flat: true })).changed, true)
  assert.ok(readFileSync(join(dir, 'came')).equals(bytes))
  assert.is((await call({ src: join(dir, 'large'), dest: join(dir, 'came'), flat: true })).changed, false)
  assert.equal(readdirSync(dir).filter((name) => name.includes('.part')), [])
})
test('what cannot be fetched', async ({ dir, call }) => {
  const fails = async (args: Data): Promise<string> => { try { await call(args) } catch (error) { return error instanceof Error ? error.message : '' } return 'nothing' }
  assert.match(await fails({ src: join(dir, 'none'), dest: 'got' }), 'the remote file does not exist')
  assert.match(await fails({ src: dir, dest: 'got' }), 'remote file is a directory')
  mkdirSync(join(dir, 'folder'))
  assert.match(await fails({ src: join(dir, 'a b'), dest: join(dir, 'folder'), flat: true }), 'dest is an existing directory')
  assert.match(String((await call({ src: join(dir, 'none'), dest: 'got', fail_on_missing: false })).msg), 'ignored')
})
test.run()

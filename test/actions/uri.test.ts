/** The action uri against a real server, by curl and by wget. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync, readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { validateArgs } from '../../runner/core/args.ts'
import { Failure } from '../../runner/core/errors.ts'
import { createMasker } from '../../runner/core/mask.ts'
import type { Data } from '../../runner/core/types.ts'
import type { Control, Probe, Step } from '../../runner/core/plan.ts'
import type { Pool } from '../../runner/core/session.ts'
import { openPool } from '../../runner/transport/pool.ts'
import { Exchange, Machine } from '../../runner/execute/exchange.ts'
import uri from '../../runner/actions/uri.ts'
import { startWeb } from '../support/web.ts'
import type { Web } from '../support/web.ts'

interface Context { web: Web; pool: Pool; dir: string; control: Control }

/** A folder with every tool but the ones that are left out. */
function pathWithout(dir: string, missing: readonly string[]): string {
  const bin = join(dir, 'bin')
  mkdirSync(bin)
  for (const from of ['/usr/bin', '/bin']) {
    for (const name of readdirSync(from)) if (!missing.includes(name)) try { symlinkSync(join(from, name), join(bin, name)) } catch { /* both folders are one */ }
  }
  return bin
}

for (const tool of ['curl', 'wget'] as const) {
  const test = suite<Context>(`uri by ${tool}`)
  const call = (context: Context, args: Data): Promise<Data> => uri.run(validateArgs(uri.args, uri.rules, args, { module: 'uri', container: args }), context.control)
  const failing = async (context: Context, args: Data): Promise<Failure> => {
    try { await call(context, args) } catch (error) { if (error instanceof Failure) return error; throw error }
    throw new Error('it must fail')
  }
  test.before(async (context) => {
    context.web = await startWeb()
    context.pool = openPool({ masker: createMasker(), warn: () => undefined })
    context.dir = mkdtempSync(join(tmpdir(), 'play-uri-'))
    const session = await context.pool.session({ connection: 'local', host: 'localhost' })
    const env = { PATH: pathWithout(context.dir, tool === 'curl' ? ['wget'] : ['curl']), no_proxy: '127.0.0.1' }
    const exchange = new Exchange(session, new Machine(), 'me', env)
    const none = (): never => { throw new Error('not in this test') }
    context.control = {
      user: 'me', host: 'localhost', connection: 'ssh', ask: undefined, title: 'task', checkMode: false, diffMode: false, verbosity: 0,
      read: async <K, T>(probe: Probe<K, T>, key: K): Promise<T> => (await exchange.read(probe, key)).value,
      run: (steps: readonly Step[]) => exchange.run(steps), local: async (_, path) => ({ path, kind: 'file', mode: 0o644, size: 3, read: async () => Buffer.from('abc'), list: async () => [] }),
      render: none, variable: none, condition: none, evaluate: none, shown: none, sleep: none, say: none, progress: none, warn: none, keepSecret: () => undefined, addHost: none, addGroup: none, load: none, origin: none, way: none, plainly: none, unforeseen: none,
    }
  })
  test.after(async ({ web, pool, dir }) => { await pool.close(); await web.close(); rmSync(dir, { recursive: true }) })

  test('a page as text, headers with underscores', async (context) => {
    const found = await call(context, { url: `${context.web.url}/text`, return_content: true })
    assert.is(found.status, 200)
    assert.is(found.content, 'hällo\n')
    assert.is(found.x_some_header, 'a: b')
    assert.is(found.content_type, 'text/plain; charset=utf-8')
    assert.is(found.redirected, false)
    assert.is(found.changed, false)
    assert.is(found.json, undefined)
    assert.is(context.web.seen.at(-1)?.headers['user-agent'], 'ansible-httpget')
  })
  test('JSON both ways', async (context) => {
    const found = await call(context, { url: `${context.web.url}/echo?a=%20b`, method: 'PUT', body: { a: [1, 'ü'], b: null }, body_format: 'json', headers: { 'X-Own': 'it\'s "x"' } })
    assert.is(found.content, undefined)
    assert.equal((found.json as Data).body, '{"a": [1, "\\u00fc"], "b": null}')
    assert.is((found.json as Data).method, 'PUT')
    const seen = context.web.seen.at(-1)
    assert.is(seen?.headers['content-type'], 'application/json')
    assert.is(seen?.headers['x-own'], 'it\'s "x"')
    assert.is(seen?.path, '/echo?a=%20b')
  })
  test('forms', async (context) => {
    await call(context, { url: `${context.web.url}/echo`, method: 'POST', body: { a: ['x y', 'z&'], b: 1 }, body_format: 'form-urlencoded' })
    assert.is(context.web.seen.at(-1)?.body, 'a=x+y&a=z%26&b=1')
    await call(context, { url: `${context.web.url}/echo`, method: 'POST', body: { a: 'text', f: { filename: '/x/y.txt' } }, body_format: 'form-multipart' })
    const seen = context.web.seen.at(-1)
    assert.match(String(seen?.headers['content-type']), /^multipart\/form-data; boundary=/)
    assert.match(seen?.body ?? '', /name="a"\r\nContent-Type: text\/plain\r\n\r\ntext\r\n/)
    assert.match(seen?.body ?? '', /name="f"; filename="y.txt"\r\nContent-Type: text\/plain\r\nContent-Transfer-Encoding: base64\r\n\r\nYWJj\r\n/)
  })
  test('a status that was not expected', async (context) => {
    const failure = await failing(context, { url: `${context.web.url}/status/404` })
    assert.match(failure.message, 'Status code was 404 and not [200]: HTTP Error 404')
    assert.is(failure.data.status, 404)
    assert.equal(failure.data.json, { status: 404 })
    assert.is((await call(context, { url: `${context.web.url}/status/404`, status_code: [200, 404] })).status, 404)
    assert.is((await call(context, { url: `${context.web.url}/status/201`, status_code: '200,201', method: 'post', body: 'x' })).status, 201)
  })
  test('nobody there', async (context) => {
    const failure = await failing(context, { url: 'http://127.0.0.1:9/', timeout: 2 })
    assert.match(failure.message, /Status code was -1 and not \[200\]: Request failed: /)
    assert.is(failure.data.status, -1)
  })
  test('redirects', async (context) => {
    const found = await call(context, { url: `${context.web.url}/moved`, return_content: true })
    assert.is(found.content, 'hällo\n')
    if (tool === 'curl') assert.is(found.url, `${context.web.url}/text`)
    if (tool === 'curl') assert.is(found.redirected, true)
    const stayed = await call(context, { url: `${context.web.url}/moved`, follow_redirects: 'none', status_code: 302 })
    assert.is(stayed.location, `${context.web.url}/text`)
  })
  test('a password when asked, and at once', async (context) => {
    const login = { user: 'me', password: 's3cr"et' }
    assert.is((await call(context, { url: `${context.web.url}/auth`, ...login })).status, 200)
    const count = context.web.seen.length
    await call(context, { url: `${context.web.url}/auth`, ...login, force_basic_auth: true })
    assert.is(context.web.seen.length, count + 1)
  })
  test('cookies', async (context) => {
    const found = await call(context, { url: `${context.web.url}/cookies` })
    assert.equal(found.cookies, { a: '1', b: '2' })
    assert.is(found.cookies_string, 'a=1; b=2')
  })
  test('into a file, and only if newer', async (context) => {
    const dest = join(context.dir, 'out')
    const found = await call(context, { url: `${context.web.url}/since`, dest, mode: '0600' })
    assert.is(found.changed, true)
    assert.is(found.path, dest)
    assert.is(readFileSync(dest, 'utf8'), 'new')
    const again = await call(context, { url: `${context.web.url}/since`, dest, status_code: [200, 304] })
    assert.is(again.changed, false)
    assert.is(again.status, 304)
  })
  test('into a folder', async (context) => {
    const found = await call(context, { url: `${context.web.url}/named`, dest: context.dir })
    assert.is(found.path, join(context.dir, 'given.txt'))
  })
  test('creates and removes', async (context) => {
    writeFileSync(join(context.dir, 'there'), '')
    const count = context.web.seen.length
    assert.match(String((await call(context, { url: context.web.url, creates: join(context.dir, 'there') })).stdout), 'skipped, since')
    assert.match(String((await call(context, { url: context.web.url, removes: join(context.dir, 'none') })).stdout), 'does not exist')
    assert.is(context.web.seen.length, count)
  })
  test('HEAD', async (context) => {
    const found = await call(context, { url: `${context.web.url}/text`, method: 'HEAD' })
    assert.is(found.status, 200)
  })
  test.run()
}

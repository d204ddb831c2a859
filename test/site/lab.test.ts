/** The lab's scripts that need no containers: wars, secrets, given archives, taken ports; and that the roles' variables are all described. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { load } from 'js-yaml'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { execute, root } from './play.ts'

const test = suite('lab')
const folder = mkdtempSync(join(tmpdir(), 'play-lab-'))
test.after(() => { rmSync(folder, { recursive: true }) })
const script = (name: string): string => join(root, 'lab', name)

test('the wars are built without a build tool, and the same sources give the same bytes', async () => {
  writeFileSync(join(folder, 'postgresql.jar'), 'a driver')
  const build = async (): Promise<Buffer[]> => {
    assert.is((await execute('node', [script('wars.mjs')], { LAB_CACHE: folder })).code, 0)
    return ['admin', 'user'].map((app) => readFileSync(join(folder, `mago3d-${app}.war`)))
  }
  assert.equal(await build(), await build())
  const { out } = await execute('unzip', ['-Z1', join(folder, 'mago3d-admin.war')])
  assert.not.match(out, /WEB-INF\/web\.xml/, 'the admin application has no web.xml')
  assert.match(out, /^WEB-INF\/classes\/static\/js\/site\.js$/m)
  assert.match((await execute('unzip', ['-Z1', join(folder, 'mago3d-user.war')])).out, /^WEB-INF\/web\.xml$/m)
  assert.is((await execute('unzip', ['-tq', join(folder, 'mago3d-user.war')])).code, 0)
})

test('secrets are made once, and only their owner can read them', async () => {
  const make = (): Promise<{ code: number; out: string }> => execute('sh', [script('secrets.sh')], { LAB_SECRETS: join(folder, 'secrets') })
  assert.match((await make()).out, /changed/)
  const file = join(folder, 'secrets/vars.yml'), before = readFileSync(file, 'utf8')
  assert.is((await make()).out, '')
  assert.is(readFileSync(file, 'utf8'), before)
  assert.is(statSync(file).mode & 0o077, 0)
  assert.match(before, /^account_password_hash: '\$6\$/m)
})

test('an archive of one’s own that is not there is named', async () => {
  const { code, err } = await execute('sh', [script('archives.sh')], { LAB_CACHE: folder, LAB_TOMCAT: '/nowhere/tomcat.tgz' })
  assert.is(code, 1)
  assert.match(err, /\/nowhere\/tomcat\.tgz does not exist.*tomcat\.tgz/)
})

test('a port that is taken is said, with who has it and what to do', async () => {
  const server = createServer()
  const port = await new Promise<number>((resolve) => {
    server.listen(0, '0.0.0.0', () => { const address = server.address(); resolve(typeof address === 'object' && address !== null ? address.port : 0) })
  })
  const taken = await execute('node', [script('ports.mjs'), `haproxy:${port}`])
  server.close()
  assert.is(taken.code, 1)
  assert.match(taken.err, new RegExp(`port ${port}, wanted by haproxy, is taken by `))
  assert.match(taken.err, /lab_port_offset/)
  assert.is((await execute('node', [script('ports.mjs'), `haproxy:${port}`])).code, 0)
})

test('no file of the lab names a host that packages come from', () => {
  for (const name of readdirSync(join(root, 'lab')).filter((one) => /\.(sh|mjs)$/.test(one))) {
    assert.not.match(readFileSync(script(name), 'utf8'), /https?:\/\/(?!localhost)/, name)
  }
})

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)
const record = (value: unknown): Record<string, unknown> => isRecord(value) ? value : {}
for (const role of readdirSync(join(root, 'roles'))) {
  test(`every variable of the role ${role} is described, with the default that it has`, () => {
    const read = (file: string): Record<string, unknown> => record(load(readFileSync(join(root, 'roles', role, file), 'utf8')))
    const defaults = read('defaults/main.yml')
    const options = record(record(record(read('meta/argument_specs.yml')['argument_specs'])['main'])['options'])
    assert.equal(Object.keys(options).sort(), Object.keys(defaults).sort())
    for (const [name, option] of Object.entries(options)) {
      assert.ok(String(record(option)['description']).length > 5, name)
      if (Object.hasOwn(record(option), 'default')) assert.equal(record(option)['default'], defaults[name], name)
    }
  })
}

test.run()

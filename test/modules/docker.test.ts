/** Docker networks, containers and images against a real engine: made, found to be right, changed where asked, removed. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { validateArgs } from '../../runner/core/args.ts'
import { createMasker } from '../../runner/core/mask.ts'
import type { Data } from '../../runner/core/types.ts'
import type { Module, Probe, Target } from '../../runner/core/plan.ts'
import type { Session } from '../../runner/core/session.ts'
import { Exchange, Machine } from '../../runner/execute/exchange.ts'
import container from '../../runner/modules/docker_container.ts'
import image from '../../runner/modules/docker_image.ts'
import network from '../../runner/modules/docker_network.ts'
import { portEntries } from '../../runner/modules/docker/settings.ts'
import { openPool } from '../../runner/transport/pool.ts'
import { localFile, renderFile } from '../support/local-files.ts'

const run = promisify(execFile)
const base = process.env.PLAY_BUSYBOX_IMAGE ?? 'play-busybox:1'
const net = `play-test-net-${process.pid}`, name = `play-test-c-${process.pid}`, built = `play-test-image-${process.pid}`
// a subnet that neither Docker's own nor the lab's networks have
const subnet = '10.213.77.0/24'

interface Context { session?: Session; close?: () => Promise<void> }
const on = suite<Context>('docker')
on.before(async (context) => {
  await run('docker', ['image', 'inspect', base]).catch(() => run('sh', [join(import.meta.dirname, '../hosts/busybox-image.sh')], { timeout: 600_000 }))
  const pool = openPool({ masker: createMasker(), warn: () => undefined })
  context.session = await pool.session({ connection: 'local', host: 'localhost' })
  context.close = () => pool.close()
})
on.after(async ({ close }) => {
  await run('docker', ['rm', '-f', name]).catch(() => undefined)
  await run('docker', ['network', 'rm', net]).catch(() => undefined)
  await run('docker', ['image', 'rm', '-f', built]).catch(() => undefined)
  await close?.()
})

function targetOf(session: Session): Target {
  const exchange = new Exchange(session, new Machine(), 'local', {})
  return {
    user: 'root', read: async <K, T>(probe: Probe<K, T>, key: K): Promise<T> => (await exchange.read(probe, key)).value,
    local: async (kind, path) => localFile({}, kind, path), render: renderFile,
  }
}
/** Applies it, and finds nothing left to do. */
async function apply({ session }: Context, module: Module, given: Data): Promise<{ readonly changes: readonly string[]; readonly data: Data }> {
  if (session === undefined) return assert.unreachable('no session') as never
  const plan = async () => await module.plan(validateArgs(module.args, module.rules, given, { module: module.name, container: {} }), targetOf(session))
  const made = await plan()
  const ran = await session.run(made.steps)
  const data = { ...made.data, ...made.done?.(ran) }
  assert.is(data.failed, undefined, String(data.msg))
  assert.equal((await plan()).changes, [], 'a second run must find nothing to do')
  return { changes: made.changes.map((one) => one.kind === 'attr' ? `${one.name} ${String(one.before)} -> ${String(one.after)}` : one.kind), data }
}
const dig = (value: unknown, ...path: readonly string[]): unknown => path.reduce<unknown>((at, key) => Reflect.get(Object(at), key), value)

on('a network', async (context) => {
  const { changes, data } = await apply(context, network, { name: net, ipam_config: [{ subnet, gateway: '10.213.77.1' }], labels: { a: 'b' } })
  assert.equal(changes, ['state absent -> present'])
  assert.is(dig(data.network, 'Name'), net)
  assert.equal((await apply(context, network, { name: net, ipam_config: [{ subnet, gateway: '10.213.77.1' }], labels: { a: 'c' } })).changes, ['labels.a b -> c'])
})
const asked = {
  name, image: base, pull: 'never', command: 'sleep 1000', hostname: 'h1', restart_policy: 'unless-stopped', networks: [{ name: net, ipv4_address: '10.213.77.9', aliases: ['x'] }],
  env: { A: 'b c' }, labels: { q: 'r' }, capabilities: ['NET_ADMIN'], security_opts: ['seccomp=unconfined'], tmpfs: ['/tmp:size=1m', '/run'], etc_hosts: { other: '1.2.3.4' },
  volumes: ['/etc:/host-etc:ro'], published_ports: ['80'], ulimits: ['nofile:100:200'], memory: '64M', stop_timeout: 1, force_kill: true, init: true,
}
on('a container with much that can be asked', async (context) => {
  const { changes, data } = await apply(context, container, asked)
  assert.equal(changes, ['state absent -> started'])
  assert.is(dig(data.container, 'NetworkSettings', 'Networks', net, 'IPAddress'), '10.213.77.9')
  assert.is(dig(data.container, 'State', 'Running'), true)
})
on('one setting changes: it is made anew, and says which', async (context) => {
  assert.equal((await apply(context, container, { ...asked, env: { A: 'other' } })).changes, ['env A=b c -> A=other'])
  assert.equal((await apply(context, container, { ...asked, env: { A: 'third' }, comparisons: { env: 'ignore' } })).changes, [])
})
on('another address: it stays, and is connected again', async (context) => {
  const { changes } = await apply(context, container, { name, image: base, force_kill: true, networks: [{ name: net, ipv4_address: '10.213.77.10' }] })
  assert.equal(changes, [`network ${net} 10.213.77.9 -> 10.213.77.10`])
})
on('stopped and started', async (context) => {
  assert.equal((await apply(context, container, { name, state: 'stopped', force_kill: true })).changes, ['state running -> stopped'])
  assert.equal((await apply(context, container, { name, state: 'started' })).changes, ['state exited -> started'])
})
on('an image is built, named, removed', async (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'play-docker-'))
  writeFileSync(join(folder, 'Dockerfile'), `FROM ${base}\nARG X\nENV Y=$X\n`)
  const { changes, data } = await apply(context, image, { name: built, source: 'build', build: { path: folder, args: { X: '1 2' } } })
  assert.equal(changes, ['state absent -> present'])
  assert.ok(Array.isArray(dig(data.image, 'Config', 'Env')))
  assert.equal((await apply(context, image, { name: built, state: 'absent' })).changes, ['state present -> absent'])
  rmSync(folder, { recursive: true })
})
on('container and network go', async (context) => {
  assert.equal((await apply(context, container, { name, state: 'absent', force_kill: true })).changes, ['state running -> absent'])
  assert.equal((await apply(context, container, { name, state: 'absent' })).changes, [])
  assert.equal((await apply(context, network, { name: net, state: 'absent' })).changes, ['state present -> absent'])
})
on('an image that is nowhere', async (context) => {
  try { await apply(context, container, { ...asked, image: 'play-no-such:1' }) } catch (error) { return assert.match(error instanceof Error ? error.message : '', 'Cannot find image play-no-such:1') }
  assert.unreachable('it must fail')
})
on('ports as they are written', () => {
  assert.equal(portEntries(['8080:80', '127.0.0.1:53:53/udp', '9000-9001:90-91', '7']), ['53/udp=127.0.0.1:53', '7/tcp=:', '80/tcp=:8080', '90/tcp=:9000', '91/tcp=:9001'])
  assert.throws(() => portEntries(['x:80']), /no port/)
  assert.throws(() => portEntries(['1-3:1-2']), /one length/)
})
on.run()

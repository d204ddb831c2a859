/** zypper, pacman, dnf, and services of OpenRC and init scripts, against the real tools: made, found to be right, changed, removed. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { validateArgs } from '../../runner/core/args.ts'
import { createMasker } from '../../runner/core/mask.ts'
import type { Data } from '../../runner/core/types.ts'
import type { Module, Plan, Predicted } from '../../runner/core/plan.ts'
import type { Session } from '../../runner/core/session.ts'
import dnf from '../../runner/modules/dnf.ts'
import packages from '../../runner/modules/package.ts'
import pacman from '../../runner/modules/pacman.ts'
import service from '../../runner/modules/service.ts'
import sysvinit from '../../runner/modules/sysvinit.ts'
import zypper from '../../runner/modules/zypper.ts'
import { rpm } from '../../runner/probes/rpm.ts'
import { script } from '../../runner/probes/scripts.ts'
import { simplePackage } from '../../runner/probes/simple-packages.ts'
import { openPool } from '../../runner/transport/pool.ts'
import { targetOf } from '../support/real-target.ts'

const run = promisify(execFile)
const image = 'play-packages:12', name = `play-test-packages-${process.pid}`
interface Context { session?: Session; close?: () => Promise<void> }
const on = suite<Context>('packages')
on.before(async (context) => {
  await run('docker', ['image', 'inspect', image]).catch(() => run('sh', [join(import.meta.dirname, '../hosts/packages-image.sh')], { timeout: 900_000, maxBuffer: 1e8 }))
  await run('docker', ['run', '-d', '--init', '--label', 'play-test', '--name', name, image, 'sleep', '3600'])
  const pool = openPool({ masker: createMasker(), warn: () => undefined })
  context.session = await pool.session({ connection: 'docker', host: name })
  context.close = async () => { await pool.close(); await run('docker', ['rm', '-f', name]) }
})
on.after(async (context) => { await context.close?.() })

const open = ({ session }: Context): Session => session ?? assert.unreachable('no session') as never
const sh = async (context: Context, text: string): Promise<string> => (await open(context).run([{ sh: text, okRc: 'any' }]))[0]?.stdout ?? ''
const plan = async (context: Context, module: Module, given: Data, predicted: readonly Predicted[] = []): Promise<Plan> =>
  await module.plan(validateArgs(module.args, module.rules, given, { module: module.name, container: {} }), targetOf(open(context), predicted))
const told = (changes: Plan['changes']): string[] => changes.map((one) => one.kind === 'attr' ? `${one.of} ${one.name} ${String(one.before)} -> ${String(one.after)}` : one.kind)

async function foretold(context: Context, after: readonly Predicted[]): Promise<void> {
  for (const one of after) {
    if (!('probe' in one) || one.probe.endsWith('-plan')) continue
    const target = targetOf(open(context)), [tool = '', ...rest] = one.id.split(':')
    const found = one.probe === simplePackage.name ? await target.read(simplePackage, { tool: tool === 'pacman' ? 'pacman' : 'zypper', name: rest.join(':') })
      : one.probe === rpm.name ? { installed: (await target.read(rpm, one.id)).installed }
      : await target.read(script, { kind: tool === 'openrc' ? 'openrc' : tool === 'auto' ? 'auto' : 'sysvinit', name: rest[0] ?? '' })
    const { live: _, ...plain } = { live: undefined, ...found }
    assert.equal(plain, one.value, one.id)
  }
}
/** Applies it; what the plan said of later reads is true, and then nothing is left to do: neither on the machine nor in a dry run that went before. */
async function apply(context: Context, module: Module, given: Data, again: readonly string[] = []): Promise<{ readonly changes: readonly string[]; readonly data: Data }> {
  const made = await plan(context, module, given)
  if (again.length === 0) assert.equal(told((await plan(context, module, given, made.after)).changes), [], 'foretold')
  const ran = await open(context).run(made.steps), data = { ...made.data, ...made.done?.(ran) }
  assert.is(data['failed'], undefined, `${String(data['msg'])}\n${ran.at(-1)?.stderr ?? ''}`)
  await foretold(context, made.after ?? [])
  assert.equal(told((await plan(context, module, given)).changes), again, 'a second run must find nothing to do')
  return { changes: told(made.changes), data }
}
async function fails(context: Context, module: Module, given: Data): Promise<string> {
  try { await plan(context, module, given) } catch (error) { return error instanceof Error ? error.message : '' }
  return assert.unreachable('it did not fail') as never
}

on('zypper', async (context) => {
  const first = await apply(context, zypper, { name: ['alpha'] })
  assert.equal([...first.changes].sort(), ['alpha version null -> 2.0-1', 'beta version null -> 1.0-1'])
  assert.equal([first.data['name'], first.data['state'], first.data['rc']], [['alpha'], 'present', 0])
  assert.equal((await apply(context, zypper, { name: ['alpha=1.0'] })).changes, ['alpha version 2.0-1 -> 1.0-1'])
  assert.equal((await apply(context, zypper, { name: ['alpha<2.0'] })).changes, [])
  assert.equal((await apply(context, zypper, { name: ['*'], state: 'latest' })).changes, ['alpha version 1.0-1 -> 2.0-1'])
  assert.equal((await apply(context, zypper, { name: ['+gamma', '-alpha'], update_cache: true })).changes, ['gamma version null -> 1.0-1', 'alpha version 2.0-1 -> null'])
  assert.equal((await apply(context, zypper, { name: ['/srv/rpm/noarch/delta-1.0-1.noarch.rpm'], disable_gpg_check: true })).changes, ['delta version null -> 1.0-1'])
  assert.equal((await apply(context, packages, { name: ['alpha'], use: 'community.general.zypper' })).changes, ['alpha version null -> 2.0-1'])
  assert.equal([...(await apply(context, zypper, { name: ['beta', 'nosuch'], state: 'absent' })).changes].sort(), ['alpha version 2.0-1 -> null', 'beta version 1.0-1 -> null'])
  assert.equal((await apply(context, zypper, { name: ['gamma', 'delta'], state: 'absent', clean_deps: true })).changes.length, 2)
  assert.match(await fails(context, zypper, { name: ['nosuch'] }), "No provider of '+nosuch' found.")
  assert.match(await fails(context, zypper, { name: ['alpha'], extra_args: '--no-such-word' }), /return code 2\.[^]*no-such-word/)
  assert.match(await fails(context, zypper, { name: ['alpha'], state: 'dist-upgrade' }), 'Can not dist-upgrade specific packages.')
})
on('dnf', async (context) => {
  const use = { use_backend: 'dnf4' }
  assert.equal((await apply(context, dnf, { name: ['alpha-1.0'], ...use })).changes, ['alpha version null -> 1.0-1', 'beta version null -> 1.0-1'])
  assert.equal((await apply(context, dnf, { name: ['alpha'], ...use })).changes, [])
  assert.equal((await apply(context, dnf, { name: ['alpha'], state: 'latest', ...use })).changes.length, 1)
  assert.equal((await apply(context, dnf, { name: ['@abc'], ...use })).changes.length, 2)
  assert.equal((await apply(context, dnf, { name: ['@abc'], state: 'absent', ...use })).changes.length, 2)
  await apply(context, dnf, { name: ['gamma'], ...use })
  assert.equal((await apply(context, dnf, { name: ['gam*'], state: 'absent', ...use })).changes, ['gamma version 1.0-1 -> null'])
  assert.equal((await apply(context, dnf, { name: ['/srv/rpm/noarch/gamma-1.0-1.noarch.rpm'], disable_gpg_check: true, ...use })).changes, ['gamma version null -> 1.0-1'])
  assert.equal((await apply(context, dnf, { name: ['beta', 'gamma'], state: 'absent', ...use })).changes.length, 3)
  assert.match(await fails(context, dnf, { name: ['nosuch', 'alpha'], ...use }), 'Failed to install some of the specified packages')
})
on('pacman', async (context) => {
  const first = await apply(context, pacman, { name: ['alpha'] })
  assert.equal([...first.changes].sort(), ['alpha version null -> 1.0-1', 'beta version null -> 1.0-1'])
  assert.equal([first.data['msg'], first.data['packages']], ['Installed 2 package(s)', ['alpha', 'beta']])
  assert.equal((await apply(context, pacman, { name: ['alpha'], state: 'latest', update_cache: true })).data['cache_updated'], false)
  await sh(context, 'cd /srv/lists && rm -r alpha-1.0-1 && bsdtar -czf /srv/pacman/tests.db * && touch -d "now + 1 minute" /srv/pacman/tests.db')
  const newer = await apply(context, pacman, { name: ['alpha'], state: 'latest', update_cache: true })
  assert.equal([...newer.changes], ['pacman package lists older -> fetched', 'alpha version 1.0-1 -> 2.0-1'])
  assert.equal((await apply(context, pacman, { name: ['letters'] })).data['packages'], ['delta', 'gamma'])
  assert.equal((await apply(context, pacman, { name: ['gamma'], reason: 'dependency', reason_for: 'all' })).changes, ['gamma reason explicit -> dependency'])
  assert.equal((await apply(context, packages, { name: ['letters'], state: 'absent', use: 'pacman' })).data['packages'], ['gamma-1.0-1', 'delta-1.0-1'])
  assert.equal((await apply(context, pacman, { name: ['/srv/pacman/gamma-1.0-1-any.pkg.tar.gz', 'tests/delta'] })).data['packages'], ['delta', 'gamma'])
  assert.equal((await apply(context, pacman, { upgrade: true, update_cache: true })).changes, [])
  assert.match(await fails(context, pacman, { name: ['beta'], state: 'absent' }), /to remove: [^]*(could not satisfy|breaks) dependenc/)
  assert.equal((await apply(context, pacman, { name: ['beta', 'nosuch'], state: 'absent', force: true })).data['msg'], 'Removed 1 package(s)')
  assert.equal((await apply(context, pacman, { name: ['alpha', 'gamma', 'delta'], state: 'removed', extra_args: '--recursive', remove_nosave: true })).changes.length, 3)
  assert.match(await fails(context, pacman, { name: ['nosuch'] }), 'Failed to list package nosuch')
})
on('OpenRC', async (context) => {
  await sh(context, 'cd /run && mkdir -p openrc/daemons openrc/exclusive openrc/failed openrc/inactive openrc/options openrc/started openrc/starting openrc/stopping openrc/tmp && touch openrc/softlevel')
  assert.equal((await apply(context, service, { name: 'tsleep', state: 'started', enabled: true })).changes, ['tsleep enabled false -> true', 'tsleep state stopped -> started'])
  const before = await sh(context, 'cat /run/tsleep.pid')
  assert.equal((await apply(context, service, { name: 'tsleep', state: 'restarted' }, ['tsleep state started -> restarted'])).changes, ['tsleep state started -> restarted'])
  assert.is.not(await sh(context, 'cat /run/tsleep.pid'), before)
  await apply(context, service, { name: 'tsleep', state: 'reloaded' }, ['tsleep state started -> reloaded'])
  assert.equal((await apply(context, service, { name: 'tsleep', state: 'stopped', enabled: false })).changes, ['tsleep enabled true -> false', 'tsleep state started -> stopped'])
  assert.equal((await apply(context, service, { name: 'tsleep', enabled: true, runlevel: 'boot' })).changes, ['tsleep enabled false -> true'])
  assert.equal((await apply(context, service, { name: 'tsleep', enabled: true })).changes, ['tsleep enabled false -> true'], 'another runlevel does not count')
  assert.equal((await apply(context, service, { name: 'tsleep', enabled: false, runlevel: 'boot' })).changes, ['tsleep enabled true -> false'])
  const bad = await plan(context, service, { name: 'tbad', state: 'started' })
  assert.match(String(bad.done?.(await open(context).run(bad.steps))['msg']), 'something is missing')
  assert.match(await fails(context, service, { name: 'nosuch', state: 'started' }), 'Could not find the requested service nosuch: host')
})
on('words for an init script are words, never shell', async (context) => {
  await apply(context, sysvinit, { name: 'tscript', state: 'started', arguments: '-a "b c" ; touch /tmp/evil $HOME $NOSUCH' })
  assert.is(await sh(context, 'cat /tmp/words'), '<start><-a><b c><;><touch></tmp/evil></root><$NOSUCH>')
  assert.is(await sh(context, 'ls /tmp/evil 2>/dev/null'), '')
})
on.run()

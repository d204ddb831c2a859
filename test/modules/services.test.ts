/** Services in a container whose init is systemd: started, stopped, enabled, masked, reloaded; and what a failed start says. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { validateArgs } from '../../runner/core/args.ts'
import { createMasker } from '../../runner/core/mask.ts'
import type { Data } from '../../runner/core/types.ts'
import type { Module, Plan, Predicted, Probe, Target } from '../../runner/core/plan.ts'
import type { Session } from '../../runner/core/session.ts'
import { Exchange, Machine } from '../../runner/execute/exchange.ts'
import service from '../../runner/modules/service.ts'
import systemd from '../../runner/modules/systemd.ts'
import serviceFacts from '../../runner/modules/service_facts.ts'
import { stat } from '../../runner/probes/stat.ts'
import { unit } from '../../runner/probes/units.ts'
import { openPool } from '../../runner/transport/pool.ts'
import { targetOf } from '../support/real-target.ts'

const run = promisify(execFile)
const image = process.env.PLAY_DEBIAN_IMAGE ?? 'play-base:12'
const name = `play-test-systemd-${process.pid}`
const rights = ['--cap-add', 'SYS_ADMIN', '--cap-add', 'NET_ADMIN', '--security-opt', 'seccomp=unconfined', '--security-opt', 'apparmor=unconfined', '--tmpfs', '/run', '--tmpfs', '/tmp',
  '-v', '/sys/fs/cgroup:/sys/fs/cgroup:rw', '--cgroupns=host']

interface Context { session?: Session; close?: () => Promise<void> }
const on = suite<Context>('services')
on.before(async (context) => {
  await run('docker', ['image', 'inspect', image]).catch(() => run('sh', [join(import.meta.dirname, '../../lab/base-image.sh')], { timeout: 600_000 }))
  await run('docker', ['run', '-d', '--label', 'play-test', '--name', name, ...rights, image, '/sbin/init'])
  const pool = openPool({ masker: createMasker(), warn: () => undefined })
  const session = await pool.session({ connection: 'docker', host: name })
  await session.run([{ sh: 'n=0; until systemctl is-system-running 2>/dev/null | grep -q "running\\|degraded" || [ $n -gt 300 ]; do n=$((n+1)); sleep 0.2; done', okRc: 'any' }])
  context.session = session
  context.close = async () => { await pool.close(); await run('docker', ['rm', '-f', name]) }
})
on.after(async (context) => { await context.close?.() })

const open = ({ session }: Context): Session => session ?? assert.unreachable('no session') as never
const plan = async (context: Context, module: Module, given: Data, predicted: readonly Predicted[] = []): Promise<Plan> =>
  await module.plan(validateArgs(module.args, module.rules, given, { module: module.name, container: {} }), targetOf(open(context), predicted))
async function apply(context: Context, module: Module, given: Data): Promise<{ readonly changes: readonly string[]; readonly data: Data; readonly after: readonly Predicted[] }> {
  const made = await plan(context, module, given)
  const ran = await open(context).run(made.steps)
  return { changes: made.changes.map((one) => one.kind === 'attr' ? `${one.name} ${String(one.before)} -> ${String(one.after)}` : one.kind), data: { ...made.data, ...made.done?.(ran) }, after: made.after ?? [] }
}
const isForetold = async (context: Context, after: readonly Predicted[]): Promise<void> => {
  for (const one of after) {
    if (!('probe' in one) || one.probe !== unit.name) continue
    const [scope, ...rest] = one.id.split(':')
    assert.is(scope, 'system')
    const { live: _, ...now } = await targetOf(open(context)).read(unit, { scope: 'system', name: rest.join(':') })
    assert.equal(now, one.value)
  }
}
const write = async (context: Context, file: string, text: string): Promise<void> => {
  await open(context).run([{ sh: `cat >/etc/systemd/system/${file}`, stdin: new TextEncoder().encode(text) }])
}
const daemon = '[Service]\nExecStart=/bin/sleep 1000\n[Install]\nWantedBy=multi-user.target\n'

on('a new unit is started and enabled, and then nothing is to do', async (context) => {
  await write(context, 'tsleep.service', daemon)
  const first = await apply(context, service, { name: 'tsleep', state: 'started', enabled: true })
  assert.equal(first.changes, ['enabled false -> true', 'state inactive -> started'])
  assert.is(first.data.failed, undefined)
  await isForetold(context, first.after)
  assert.equal((await plan(context, service, { name: 'tsleep', state: 'started', enabled: true })).changes, [])
  assert.equal((await plan(context, systemd, { name: 'tsleep.service', state: 'started', enabled: true, daemon_reload: true })).changes, [])
})
on('a restart always is a change; the process is another', async (context) => {
  const [before] = await open(context).run([{ sh: 'systemctl show -p MainPID tsleep' }])
  const { changes } = await apply(context, systemd, { name: 'tsleep', state: 'restarted' })
  assert.equal(changes, ['state active -> restarted'])
  const [after] = await open(context).run([{ sh: 'systemctl show -p MainPID tsleep' }])
  assert.is.not(before?.stdout, after?.stdout)
})
on('a changed unit file is read before the restart', async (context) => {
  await write(context, 'tsleep.service', daemon.replace('1000', '2000'))
  const { changes } = await apply(context, systemd, { name: 'tsleep', state: 'restarted', daemon_reload: true })
  assert.equal(changes, ['units changed on disk -> reloaded', 'state active -> restarted'])
  const [ran] = await open(context).run([{ sh: 'systemctl show -p ExecStart tsleep' }])
  assert.match(ran?.stdout ?? '', 'sleep 2000')
})
on('stopped, disabled and masked', async (context) => {
  const stopped = await apply(context, service, { name: 'tsleep', state: 'stopped', enabled: false })
  assert.equal(stopped.changes, ['enabled true -> false', 'state active -> stopped'])
  await isForetold(context, stopped.after)
  // a file in /etc stands where the mask would go: a unit of /run can be masked
  await open(context).run([{ sh: 'mkdir -p /run/systemd/system; mv /etc/systemd/system/tsleep.service /run/systemd/system/; systemctl daemon-reload' }])
  const masked = await apply(context, systemd, { name: 'tsleep', masked: true })
  assert.equal(masked.changes, ['masked false -> true'])
  assert.equal((await plan(context, systemd, { name: 'tsleep', masked: true })).changes, [])
  assert.equal((await apply(context, systemd, { name: 'tsleep', masked: false })).changes, ['masked true -> false'])
})
on('a start that fails says what the unit said', async (context) => {
  await write(context, 'tbad.service', '[Service]\nType=oneshot\nExecStart=/bin/sh -c "echo something is missing; exit 3"\n')
  const { data } = await apply(context, systemd, { name: 'tbad', state: 'started' })
  assert.is(data.failed, true)
  assert.is(data.changed, false)
  assert.match(String(data.msg), 'Unable to start service tbad')
  assert.match(String(data.msg), 'something is missing')
})
on('a unit that nobody knows', async (context) => {
  for (const module of [service, systemd]) {
    try { await plan(context, module, { name: 'nosuch', state: 'started' }) } catch (error) {
      assert.match(error instanceof Error ? error.message : '', 'Could not find the requested service nosuch: host')
      continue
    }
    assert.unreachable('it must fail')
  }
})
on('a unit file that an earlier task of a dry run would write', async (context) => {
  const value = { type: 'file', mode: '0644', uid: 0, gid: 0, owner: 'root', group: 'root', size: 10, readable: true, writable: true, executable: false }
  const made = await plan(context, systemd, { name: 'tfuture', state: 'started', enabled: true, daemon_reload: true }, [{ probe: stat.name, id: '/etc/systemd/system/tfuture.service', value }])
  assert.equal(made.changes.map((one) => one.kind === 'attr' ? one.name : one.kind), ['enabled', 'state'])
})
on('what only init scripts use is told where systemd controls the service', async (context) => {
  const made = await plan(context, service, { name: 'systemd-journald', state: 'started', sleep: 5, runlevel: 'default' })
  assert.equal(made.warnings, ['Ignoring "sleep" as it is not used in "systemd"'])
})
on('a service that is there is not in doubt after packages that a dry run did not install; one that is not, is', async (context) => {
  const machine = new Machine(), exchange = new Exchange(open(context), machine, 'root', {}), doubts: string[] = []
  machine.predict([{ unknown: 'what the packages bring is not known', spares: ['/home'] }])
  const read: Target['read'] = async (probe, key, use) => {
    const { value, uncertain } = await exchange.read(probe, key)
    if (uncertain !== undefined && use === undefined) doubts.push(probe.name)
    return value
  }
  const look = async (module: Module, given: Data): Promise<Plan> =>
    await module.plan(validateArgs(module.args, module.rules, given, { module: module.name, container: {} }), { ...targetOf(open(context)), read })
  for (const module of [service, systemd]) assert.equal((await look(module, { name: 'systemd-journald', state: 'started', daemon_reload: true })).changes, [])
  assert.equal(doubts, [])
  await look(service, { name: 'tnowhere', state: 'started' }).catch(() => undefined)
  assert.ok(doubts.includes(unit.name))
})
on('a unit that only brings another with it counts as enabled once something links to it', async (context) => {
  await write(context, 'tboth.service', '[Service]\nExecStart=/bin/sleep 1000\n[Install]\nAlso=tboth.socket\n')
  await write(context, 'tboth.socket', '[Socket]\nListenStream=/run/tboth\n[Install]\nWantedBy=sockets.target\n')
  const first = await apply(context, systemd, { name: 'tboth', enabled: true })
  assert.equal(first.changes, ['enabled false -> true'])
  await isForetold(context, first.after)
  assert.equal((await plan(context, systemd, { name: 'tboth', enabled: true })).changes, [])
  assert.equal((await apply(context, systemd, { name: 'tboth', enabled: false })).changes, ['enabled true -> false'])
  assert.equal((await plan(context, systemd, { name: 'tboth', enabled: false })).changes, [])
})
on('in a chroot, or where systemd is said to be offline, nothing is started and a warning says so', async (context) => {
  const machine = new Machine(), exchange = new Exchange(open(context), machine, 'root', { SYSTEMD_OFFLINE: '1' })
  const target: Target = { ...targetOf(open(context)), read: async <K, T>(probe: Probe<K, T>, key: K): Promise<T> => (await exchange.read(probe, key)).value }
  const made = await systemd.plan(validateArgs(systemd.args, systemd.rules, { name: 'ssh', state: 'started' }, { module: 'systemd', container: {} }), target)
  assert.equal(made.changes, [])
  assert.match(made.warnings?.[0] ?? '', 'Target is a chroot or systemd is offline')
})
on('facts of services', async (context) => {
  const { data } = await plan(context, serviceFacts, {})
  const found: unknown = Reflect.get(Object(Reflect.get(Object(data?.ansible_facts), 'services')), 'ssh.service')
  assert.equal(Reflect.get(Object(found), 'source'), 'systemd')
})
on.run()

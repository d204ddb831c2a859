/** ufw in a container that may set its own packet filter: rules, policies, logging and state, each found to be right the second time. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { validateArgs } from '../../runner/core/args.ts'
import type { Data } from '../../runner/core/types.ts'
import ufw from '../../runner/modules/ufw.ts'
import { openMachine } from '../support/machine.ts'
import type { TestMachine } from '../support/machine.ts'

const on = suite<{ machine?: TestMachine }>('ufw')
on.before(async (context) => {
  context.machine = await openMachine('debian', ['--cap-add', 'NET_ADMIN'])
  await context.machine.sh('command -v ufw || { apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qqy install --no-install-recommends ufw iptables; } >/dev/null 2>&1; ufw -f reset >/dev/null')
})
on.after(async ({ machine }) => { await machine?.close() })

async function apply({ machine }: { machine?: TestMachine }, given: Data, isRepeated = true): Promise<Data> {
  if (machine === undefined) throw new Error('no machine')
  const plan = async () => await ufw.plan(validateArgs(ufw.args, ufw.rules, given, { module: 'ufw', container: {} }), machine.target({ local: {} }))
  const made = await plan(), ran = await machine.run(made.steps)
  for (const one of ran) assert.is(one.rc, 0, one.stderr)
  if (isRepeated) assert.equal((await plan()).changes, [], 'a second run must find nothing to do')
  return { ...made.data, ...made.done?.(ran), changed: made.changes.length > 0 }
}
const rules = async ({ machine }: { machine?: TestMachine }): Promise<string> => await machine?.sh("grep -h '^### tuple' /etc/ufw/user.rules /etc/ufw/user6.rules || :") ?? ''

on('rules, while it is off and while it is on', async (context) => {
  assert.equal((await apply(context, { rule: 'allow', to_port: '22', proto: 'tcp' })).commands, ['ufw allow from any to any port 22 proto tcp'])
  await apply(context, { state: 'enabled' })
  await apply(context, { rule: 'limit', port: 'ssh', proto: 'tcp' })
  await apply(context, { rule: 'deny', from_ip: '10.0.0.0/8', to_port: '80:90', proto: 'tcp', log: true, comment: 'its mine' })
  await apply(context, { rule: 'reject', direction: 'in', interface: 'eth0', from_ip: '2001:db8::/32' })
  await apply(context, { rule: 'allow', route: true, interface_in: 'eth0', interface_out: 'eth1', insert: 1 })
  assert.match(await rules(context), /tuple ### deny_log tcp 80:90 0.0.0.0\/0 any 10.0.0.0\/8 in comment=/)
  assert.is((await apply(context, { rule: 'allow', port: '9', delete: true })).changed, false)
  await apply(context, { rule: 'limit', port: 'ssh', proto: 'tcp', delete: true })
  assert.not.match(await rules(context), 'limit')
})
on('policies, logging and state', async (context) => {
  await apply(context, { default: 'deny' })
  await apply(context, { default: 'reject', direction: 'outgoing' })
  await apply(context, { logging: 'high' })
  assert.is((await apply(context, { logging: 'on' })).changed, false)
  const { msg } = await apply(context, { state: 'enabled', default: 'allow', direction: 'outgoing', logging: 'off' })
  assert.match(String(msg), /^Status: active\nLogging: off\nDefault: deny \(incoming\), allow \(outgoing\)/)
  assert.is((await apply(context, { state: 'reloaded' }, false)).changed, true)
  await apply(context, { state: 'disabled' })
})
on('what is refused', async (context) => {
  const fails = async (given: Data): Promise<string> => await apply(context, given).then(() => 'no failure', (error: unknown) => error instanceof Error ? error.message : '')
  assert.match(await fails({ rule: 'allow', direction: 'routed', port: '1' }), 'For rules, direction must be one of')
  assert.match(await fails({ default: 'deny', direction: 'in' }), 'For default, direction must be one of')
  assert.match(await fails({ rule: 'allow', interface_in: 'a', interface_out: 'b' }), 'Only route rules')
  assert.match(await fails({ rule: 'allow', port: 'no-such-port' }), 'ERROR: ')
  assert.match(await fails({ rule: 'allow', interface: 'eth0' }), 'direction')
})
on.run()

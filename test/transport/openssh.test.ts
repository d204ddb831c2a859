/** SSH by the `ssh` program: the shared suite, and how its errors are understood. */
import { readdirSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { Endpoint } from '../../runner/core/session.ts'
import { startSshHost } from '../hosts/containers.ts'
import { faultOf, newPool, step, transportSuite } from './suite.ts'

const host = await startSshHost()
const at = (more: Partial<Endpoint> = {}): Endpoint => ({
  connection: 'openssh', host: host.ip, user: 'deploy', privateKeyFile: host.key('ed25519'), knownHostsFiles: [host.knownHosts], ...more,
})
const withoutKey = ({ privateKeyFile: _, ...rest }: Endpoint): Endpoint => rest
const emptyFile = join(host.folder, 'empty')
writeFileSync(emptyFile, '')

transportSuite('openssh', () => ({ endpoint: at(), user: 'deploy' }))
transportSuite('openssh, sudo with password', () => ({ endpoint: at(), become: { method: 'sudo', user: 'root', password: 'secret one' }, user: 'root' }))

const codes: readonly (readonly [string, Endpoint, string])[] = [
  ['an unknown host key', at({ knownHostsFiles: [emptyFile] }), 'unreachable-host-key-unknown'],
  ['no key that fits', at({ user: 'limited' }), 'unreachable-authentication'],
  ['a wrong password', withoutKey(at({ password: 'wrong one' })), 'unreachable-authentication'],
  ['nobody there', at({ port: 2 }), 'unreachable-refused'],
  ['no such name', at({ host: 'no-such-host.invalid' }), 'unreachable-refused'],
  ['no such option', at({ sshArgs: ['-o', 'NoSuchOption=1'] }), 'unreachable-ssh-option'],
]
for (const [what, endpoint, code] of codes) {
  test(what, async () => {
    const pool = newPool()
    const fault = await faultOf(pool.session(endpoint))
    await pool.close()
    assert.is(fault.code, code, fault.message)
    assert.not.match(fault.message, /wrong one/)
  })
}
test('a changed host key, with the line', async () => {
  const path = join(host.folder, 'changed')
  writeFileSync(path, `# moved\n${host.ip} ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl\n`)
  const pool = newPool()
  const fault = await faultOf(pool.session(at({ knownHostsFiles: [path] })))
  await pool.close()
  assert.is(fault.code, 'unreachable-host-key-changed')
  assert.match(fault.message, /changed line 2/)
})
test('a password; a key with a passphrase; nothing is left here', async () => {
  const before = readdirSync(tmpdir()).filter((name) => name.startsWith('play-ssh-')).sort()
  const pool = newPool()
  const sessions = await Promise.all([
    pool.session(withoutKey(at({ password: 'secret one' }))),
    pool.session(at({ privateKeyFile: host.key('locked'), passphrase: 'open sesame' })),
    pool.session(at({ knownHostsFiles: [emptyFile], hostKeyChecking: false })),
  ])
  for (const session of sessions) assert.is((await session.run([step('id -un')]))[0]?.stdout, 'deploy\n')
  await pool.close()
  assert.equal(readdirSync(tmpdir()).filter((name) => name.startsWith('play-ssh-')).sort(), before)
})
test.after(() => host.remove())
test.run()

/** Sessions in containers, as several accounts, with Debian's tools and with BusyBox. */
import { spawnSync } from 'node:child_process'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { Become, Endpoint } from '../../runner/core/session.ts'
import { greeting, stepsScript } from '../../runner/transport/framing.ts'
import { addAccounts, addDoas, busyboxImage, runProgram, startContainer } from '../hosts/containers.ts'
import { faultOf, newPool, step, transportSuite } from './suite.ts'

const [debian, busybox, old] = await Promise.all([startContainer(), busyboxImage().then((image) => startContainer(image)), startContainer()])
await addAccounts(debian)
await addDoas(debian)
const at = (more: Partial<Endpoint> = {}): Endpoint => ({ connection: 'docker', host: debian.name, ...more })
const toRoot: Become = { method: 'sudo', user: 'root', password: 'secret one' }

transportSuite('docker exec', () => ({ endpoint: at(), user: 'root' }))
transportSuite('docker exec, BusyBox', () => ({ endpoint: at({ host: busybox.name }), user: 'root' }))
transportSuite('docker exec -u, sudo with password', () => ({ endpoint: at({ user: 'deploy' }), become: toRoot, user: 'root' }))
transportSuite('docker exec, sudo to an account', () => ({ endpoint: at(), become: { method: 'sudo', user: 'deploy' }, user: 'deploy' }))
transportSuite('docker exec -u, doas', () => ({ endpoint: at({ user: 'deploy' }), become: { method: 'doas', user: 'root' }, user: 'root' }))
transportSuite('docker exec -u, su with password', () => ({ endpoint: at({ user: 'limited' }), become: { method: 'su', user: 'deploy', password: 'secret one' }, user: 'deploy' }))

/** The fault that opening such a session ends in. */
async function refusal(endpoint: Endpoint, become?: Become): Promise<{ code: string; text: string; ms: number }> {
  const pool = newPool(), started = Date.now()
  const fault = await faultOf(pool.session(endpoint, become))
  await pool.close()
  return { code: fault.code, text: `${fault.message}\n${fault.hint ?? ''}`, ms: Date.now() - started }
}

const refusals: readonly (readonly [string, Endpoint, Become | undefined, string, RegExp])[] = [
  ['no such container', at({ host: 'play-test-no-such' }), undefined, 'unreachable-no-container', /play-test-no-such[\s\S]*docker ps -a/],
  ['no such account in the image', at({ user: 'ghost' }), undefined, 'unreachable-container-user', /ghost/],
  ['no such shell', at({ shell: '/bin/nosh' }), undefined, 'unreachable-no-shell', /nosh/],
  ['an engine that is not there', at({ extraArgs: ['--host', 'unix:///nowhere/docker.sock'] }), undefined, 'unreachable-engine', /docker info/],
  ['an engine that is not installed', { ...at(), connection: 'podman' }, undefined, 'unreachable-no-program', /podman/],
  ['sudo: wrong password', at({ user: 'deploy' }), { ...toRoot, password: 'wrong one' }, 'become-wrong-password', /Incorrect sudo password/],
  ['sudo: no password given', at({ user: 'deploy' }), { method: 'sudo', user: 'root' }, 'become-password-missing', /Missing sudo password[\s\S]*-K/],
  ['sudo: not allowed', at({ user: 'limited' }), { ...toRoot, password: 'secret two' }, 'become-not-allowed', /sudoers/],
  ['sudo: no such account', at(), { method: 'sudo', user: 'ghost' }, 'become-no-user', /ghost/],
  ['sudo: not installed', at({ host: busybox.name }), { method: 'sudo', user: 'deploy' }, 'become-not-installed', /sudo is not installed/],
  ['su: wrong password', at({ user: 'limited' }), { method: 'su', user: 'deploy', password: 'wrong one' }, 'become-wrong-password', /Incorrect su password/],
  ['su: no password given', at({ user: 'limited' }), { method: 'su', user: 'deploy' }, 'become-password-missing', /Missing su password/],
  ['su: it asks in other words than were named', at({ user: 'limited' }), { method: 'su', user: 'deploy', password: 'secret one', prompts: ['Palabra'], timeoutSeconds: 1 }, 'unreachable-no-prompt', /become password prompt: su on [\s\S]*; it says: Password:[\s\S]*ansible_su_prompt_l10n/],
  ['su: no such account', at(), { method: 'su', user: 'ghost' }, 'become-no-user', /ghost/],
  ['doas: not installed', at({ host: busybox.name }), { method: 'doas', user: 'daemon' }, 'become-not-installed', /doas/],
  ['doas: a password is needed', at({ user: 'limited' }), { method: 'doas', user: 'root' }, 'become-password-missing', /doas/],
  ['doas: a password, but no terminal to ask on', at({ user: 'limited' }), { method: 'doas', user: 'root', password: 'secret two' }, 'become-requires-tty', /nopass/],
  ['doas: not allowed', at({ user: 'limited' }), { method: 'doas', user: 'deploy' }, 'become-not-allowed', /doas/],
  ['doas: no such account', at(), { method: 'doas', user: 'ghost' }, 'become-no-user', /ghost/],
]
for (const [what, endpoint, become, code, text] of refusals) {
  test(what, async () => {
    const found = await refusal(endpoint, become)
    assert.is(found.code, code, found.text)
    assert.match(found.text, text)
    assert.not.match(found.text, /secret|wrong one|\[play-/)
    assert.ok(found.ms < 10_000, `${found.ms} ms`)
  })
}
test('requiretty is said', async () => {
  await debian.sh("printf 'Defaults:deploy requiretty\\n' >/etc/sudoers.d/tty; chmod 440 /etc/sudoers.d/tty")
  const found = await refusal(at({ user: 'deploy' }), toRoot)
  await debian.sh('rm /etc/sudoers.d/tty')
  assert.is(found.code, 'become-requires-tty')
  assert.match(found.text, /requiretty/)
})
test('sudo with a password that is not asked for', async () => {
  const pool = newPool()
  const session = await pool.session(at(), { method: 'sudo', user: 'deploy', password: 'not needed' })
  assert.is(session.user, 'deploy')
  assert.is((await session.run([step('echo $HOME')]))[0]?.stdout, '/home/deploy\n')
  await pool.close()
})
test('who is root already needs no sudo', async () => {
  const pool = newPool()
  assert.is((await pool.session(at({ host: busybox.name }), { method: 'sudo', user: 'root' })).user, 'root')
  await pool.close()
})
test('su to an account without a login shell', async () => {
  const pool = newPool()
  assert.is((await pool.session(at(), { method: 'su', user: 'www-data' })).user, 'www-data')
  await pool.close()
})
test('passwords are in no argument and no environment', async () => {
  const pool = newPool()
  const session = await pool.session(at({ user: 'deploy' }), toRoot)
  const [ran] = await session.run([step('cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ 2>/dev/null | tr "\\0" "\\n" | grep -c "secret on[e]"', { okRc: 'any' })])
  assert.is(ran?.stdout, '0\n')
  await pool.close()
})
const allBytes = Buffer.from(Array.from({ length: 1024 }, (_, i) => i % 256))
for (const [decoder, container] of [['base64', debian], ['openssl', debian], ['printf', debian], ['base64', busybox], ['uudecode', busybox], ['printf', busybox]] as const) {
  test(`bytes by ${decoder} in ${container === debian ? 'Debian' : 'BusyBox'}`, async () => {
    const script = greeting('abc') + stepsScript('abc', [{ step: step('cat', { stdin: allBytes }), serial: 1 }], decoder)
    const { stdout } = spawnSync('docker', ['exec', '-i', container.name, 'sh'], { input: script })
    const from = stdout.indexOf('\n') + 1
    assert.equal(stdout.subarray(from, from + allBytes.length), allBytes)
  })
}
test('an output that has no room is told, and what follows goes on', async () => {
  const small = await startContainer(undefined, '--shm-size', '1m'), pool = newPool()
  try {
    const session = await pool.session(at({ host: small.name }))
    const [large, next] = await session.run([step('head -c 3000000 /dev/zero; :', { okRc: 'any' }), step('echo next')])
    assert.equal([large?.rc, /no more room/.test(large?.lost ?? '')], [1, true])
    assert.equal([next?.stdout, next?.lost], ['next\n', undefined])
    await small.sh('dd if=/dev/zero of=/dev/shm/full bs=1k count=2000 2>/dev/null || :')
    assert.equal((await session.run([step('echo lost', { okRc: 'any' }), step('echo elsewhere')])).map((ran) => ran.lost !== undefined), [true, false])
  } finally {
    await pool.close()
    await small.remove()
  }
})
test('a stopped container, and one that comes back', async () => {
  const pool = newPool()
  const endpoint = at({ host: old.name })
  const session = await pool.session(endpoint)
  await session.run([step(':')])
  const running = faultOf(session.run([step('sleep 30')]))
  await stopped(old.name)
  assert.is((await running).code, 'unreachable-container-stopped')
  assert.is((await faultOf(pool.session(endpoint))).code, 'unreachable-container-stopped')
  await started(old.name)
  const again = await pool.session(endpoint)
  await again.run([step(':')])
  await stopped(old.name)
  await started(old.name)
  assert.is((await again.run([step('echo back')]))[0]?.stdout, 'back\n') // nothing was under way: opened again without a word
  await pool.close()
})
const stopped = async (name: string): Promise<void> => { await runProgram('docker', 'stop', '-t', '0', name) }
const started = async (name: string): Promise<void> => { await runProgram('docker', 'start', name) }

test('15 sessions of five accounts at once', async () => {
  const pool = newPool()
  const accounts = ['root', 'deploy', 'limited', 'www-data', 'daemon']
  const sessions = await Promise.all(accounts.flatMap((user) => [pool.session(at({ user })), pool.session(at(), { method: 'su', user }), pool.session(at({ extraArgs: ['--log-level', 'error'] }), { method: 'sudo', user })]))
  const answers = await Promise.all(sessions.map((session) => session.run([step('id -un')])))
  assert.equal(answers.map(([ran]) => ran?.stdout), accounts.flatMap((user) => [`${user}\n`, `${user}\n`, `${user}\n`]))
  await pool.close()
})
test.after(async () => { await Promise.all([debian.remove(), busybox.remove(), old.remove()]) })
test.run()

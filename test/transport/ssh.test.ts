/** SSH by the library: the shared suite, ways to log in, host keys, bastions, lost connections, and what a distant host costs. */
import { readFileSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import type { AddressInfo, Server } from 'node:net'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { createMasker } from '../../runner/core/mask.ts'
import type { Become, Endpoint, Session } from '../../runner/core/session.ts'
import { openPool } from '../../runner/transport/pool.ts'
import { runProgram, startSshHost } from '../hosts/containers.ts'
import { faultOf, newPool, step, transportSuite } from './suite.ts'

const host = await startSshHost()
const at = (more: Partial<Endpoint> = {}): Endpoint => ({
  connection: 'ssh', host: host.ip, user: 'deploy', privateKeyFile: host.key('ed25519'), knownHostsFiles: [host.knownHosts], ...more,
})
const withoutKey = ({ privateKeyFile: _, ...rest }: Endpoint): Endpoint => rest
const toRoot: Become = { method: 'sudo', user: 'root', password: 'secret one' }

transportSuite('ssh', () => ({ endpoint: at(), user: 'deploy' }))
transportSuite('ssh, sudo with password', () => ({ endpoint: at(), become: toRoot, user: 'root' }))

async function userOf(endpoint: Endpoint, warnings: string[] = []): Promise<string> {
  const pool = newPool(warnings)
  try {
    const [ran] = await (await pool.session(endpoint)).run([step('id -un')])
    return ran?.stdout ?? ''
  } finally {
    await pool.close()
  }
}
async function refusal(endpoint: Endpoint): Promise<{ code: string; text: string }> {
  const pool = newPool()
  const fault = await faultOf(pool.session(endpoint))
  await pool.close()
  return { code: fault.code, text: `${fault.message}\n${fault.hint ?? ''}` }
}

for (const kind of ['ed25519', 'rsa', 'ecdsa'] as const) {
  test(`a key: ${kind}`, async () => { assert.is(await userOf(at({ privateKeyFile: host.key(kind) })), 'deploy\n') })
}
test('a key with a passphrase', async () => {
  assert.is(await userOf(at({ privateKeyFile: host.key('locked'), passphrase: 'open sesame' })), 'deploy\n')
  assert.match((await refusal(at({ privateKeyFile: host.key('locked') }))).text, /encrypted and there is no passphrase/)
  const wrong = await refusal(at({ privateKeyFile: host.key('locked'), passphrase: 'close sesame' }))
  assert.match(wrong.text, /wrong passphrase/)
  assert.not.match(wrong.text, /close sesame/)
  assert.is((await refusal(at({ privateKeyFile: '/nowhere/key' }))).code, 'unreachable-key-file')
})
test('a key that is not there, where a password does', async () => {
  assert.is(await userOf(at({ privateKeyFile: '/nowhere/key', password: 'secret one' })), 'deploy\n')
  assert.match((await refusal(at({ privateKeyFile: '/nowhere/key', password: 'wrong' }))).text, /key \/nowhere\/key \(no such file\), password/)
})
test('what an account without a login shell is told', async () => {
  await host.sh('usermod -s /usr/sbin/nologin deploy')
  try {
    assert.match((await refusal(at({ privateKeyFile: host.key('ed25519') }))).text, /ended before it answered: This account is currently not available/)
  } finally { await host.sh('usermod -s /bin/sh deploy') }
})
test('an agent', async () => {
  const [, socket = '', pid = ''] = /SSH_AUTH_SOCK=([^;]+);[\s\S]*SSH_AGENT_PID=(\d+)/.exec(await runProgram('ssh-agent', '-s')) ?? []
  const before = process.env['SSH_AUTH_SOCK']
  process.env['SSH_AUTH_SOCK'] = socket
  try {
    await runProgram('ssh-add', '-q', host.key('ed25519'))
    assert.is(await userOf(withoutKey(at())), 'deploy\n')
  } finally {
    process.kill(Number(pid))
    if (before === undefined) delete process.env['SSH_AUTH_SOCK']
    else process.env['SSH_AUTH_SOCK'] = before
  }
})
/** Once this is through, the new one listens: it writes its number after that. */
const restartSshd = `p=$(cat /run/sshd.pid); rm /run/sshd.pid; kill $p; while [ -n "$(tr -d '\\0' 2>/dev/null </proc/$p/cmdline)" ]; do sleep 0.1; done; /usr/sbin/sshd; until [ -s /run/sshd.pid ]; do sleep 0.1; done`
test('a password, by either way of asking', async () => {
  assert.is(await userOf(withoutKey(at({ password: 'secret one' }))), 'deploy\n')
  await host.sh(`printf 'PasswordAuthentication no\\nKbdInteractiveAuthentication yes\\n' >/etc/ssh/sshd_config.d/keyboard.conf; ${restartSshd}`)
  try {
    assert.is(await userOf(withoutKey(at({ password: 'secret one' }))), 'deploy\n')
  } finally {
    await host.sh(`rm /etc/ssh/sshd_config.d/keyboard.conf; ${restartSshd}`)
  }
})
test('who is not let in is told what was tried', async () => {
  const wrong = await refusal(withoutKey(at({ password: 'wrong one' })))
  assert.is(wrong.code, 'unreachable-authentication')
  assert.match(wrong.text, /does not let deploy in; tried: password/)
  assert.not.match(wrong.text, /wrong one/)
  assert.match((await refusal(at({ user: 'limited' }))).text, /limited in; tried: key .*ed25519/)
})
test('nobody there', async () => {
  assert.is((await refusal(at({ port: 2 }))).code, 'unreachable-refused')
  assert.match((await refusal(at({ host: 'no-such-host.invalid' }))).text, /no-such-host\.invalid port 22/)
})
test('one who accepts and says nothing', async () => {
  const silent = createServer(() => undefined)
  const port = await listen(silent)
  const found = await refusal(at({ host: '127.0.0.1', port, timeoutSeconds: 1 }))
  silent.close()
  assert.is(found.code, 'unreachable-timeout')
  assert.match(found.text, /within 1 s/)
})
test('an option that does not exist', async () => {
  assert.is((await refusal(at({ sshArgs: ['-o', 'NoSuchOption=1'] }))).code, 'unreachable-ssh-option')
})

// ------------------------------------------------------------ host keys

const file = (name: string, text: string): string => {
  const path = join(host.folder, name)
  writeFileSync(path, text)
  return path
}
const known = (): string[] => readFileSync(host.knownHosts, 'utf8').trim().split('\n')

test('an unknown host key is refused, with its fingerprint and what to do', async () => {
  const found = await refusal(at({ knownHostsFiles: [file('none', '')] }))
  assert.is(found.code, 'unreachable-host-key-unknown')
  const shown = await host.sh('ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub')
  assert.ok(found.text.includes(shown.split(' ')[1] ?? '?'), found.text)
  assert.match(found.text, /ssh-keyscan \d/)
})
test('only an RSA key is known: that one is asked for', async () => {
  assert.is(await userOf(at({ knownHostsFiles: [file('rsa', `${known().find((line) => line.includes('ssh-rsa')) ?? ''}\n`)] })), 'deploy\n')
})
test('hashed names', async () => {
  const path = file('hashed', readFileSync(host.knownHosts, 'utf8'))
  await runProgram('ssh-keygen', '-q', '-H', '-f', path)
  assert.match(readFileSync(path, 'utf8'), /^\|1\|/)
  assert.is(await userOf(at({ knownHostsFiles: [path] })), 'deploy\n')
})
test('a changed host key is refused, with the line', async () => {
  const [, kind = '', key = ''] = readFileSync(`${host.key('ed25519')}.pub`, 'utf8').split(/(\S+) (\S+)/)
  const path = file('changed', `# moved\n${host.ip} ${kind} ${key}\n`)
  const found = await refusal(at({ knownHostsFiles: [path] }))
  assert.is(found.code, 'unreachable-host-key-changed')
  assert.match(found.text, /changed line 2/)
  assert.match(found.text, /ssh-keygen -R/)
  const warnings: string[] = []
  assert.is(await userOf(at({ knownHostsFiles: [path], hostKeyChecking: false }), warnings), 'deploy\n')
  assert.match(warnings.join(), /accepted without password/)
  assert.is((await refusal(withoutKey(at({ knownHostsFiles: [path], hostKeyChecking: false, password: 'secret one' })))).code, 'unreachable-authentication')
})
test('a revoked key, and a host known by an authority only', async () => {
  assert.is((await refusal(at({ knownHostsFiles: [file('revoked', known().map((line) => `@revoked ${line.replace(host.ip, '*')}\n`).join(''))] }))).code, 'unreachable-host-key-revoked')
  assert.is((await refusal(at({ knownHostsFiles: [file('authority', known().map((line) => `@cert-authority ${line}\n`).join(''))] }))).code, 'unreachable-host-key-authority')
})
test('checking off: accepted with a warning, not remembered', async () => {
  const warnings: string[] = [], path = file('off', '')
  const pool = newPool(warnings)
  for (const timeoutSeconds of [9, 10]) await pool.session(at({ knownHostsFiles: [path], hostKeyChecking: false, timeoutSeconds }))
  await pool.close()
  assert.is(warnings.length, 1)
  assert.match(warnings.join(), /accepted unseen/)
  assert.is(readFileSync(path, 'utf8'), '')
})
test('accept-new: accepted and remembered, once', async () => {
  const path = file('new', ''), endpoint = at({ knownHostsFiles: [path], sshArgs: ['-o', 'StrictHostKeyChecking=accept-new', '-o', 'HashKnownHosts=no'] })
  assert.is(await userOf(endpoint), 'deploy\n')
  assert.match(readFileSync(path, 'utf8'), new RegExp(`^${host.ip} ssh-ed25519 \\S+\\n$`))
  assert.is(await userOf(endpoint), 'deploy\n')
  assert.is(readFileSync(path, 'utf8').split('\n').length, 2)
})
test('the user is asked', async () => {
  const questions: string[] = []
  for (const answer of [false, true]) {
    const pool = openPool({ masker: createMasker(), warn: () => undefined, promptHostKey: async (question) => { questions.push(question); return answer } })
    const opened = pool.session(at({ knownHostsFiles: [file('asked', '')] }))
    if (answer) assert.is((await opened).user, 'deploy')
    else assert.is((await faultOf(opened)).code, 'unreachable-host-key-unknown')
    await pool.close()
  }
  assert.match(questions[0] ?? '', /SHA256:/)
})

// ------------------------------------------------------------ ways there

test('through a bastion, which is connected to once', async () => {
  const jump = `limited@${host.ip}`
  await host.sh('mkdir -p /home/limited/.ssh; cp /home/deploy/.ssh/authorized_keys /home/limited/.ssh/; chown -R limited: /home/limited/.ssh')
  const pool = newPool()
  const behind = at({ host: '127.0.0.1', sshArgs: ['-J', jump], knownHostsFiles: [file('jump', readFileSync(host.knownHosts, 'utf8') + readFileSync(host.knownHosts, 'utf8').replaceAll(host.ip, '127.0.0.1'))] })
  const sessions = await Promise.all(['deploy', 'limited'].map((user) => pool.session({ ...behind, user })))
  // privileged and unprivileged half of each connection: one to the bastion, one to each host behind it
  assert.is((await host.sh('pgrep -cf "[s]shd: (limited|deploy)"')).trim(), '6')
  const peers = await Promise.all(sessions.map((session) => session.run([step('id -un; echo ${SSH_CONNECTION%% *}')])))
  assert.equal(peers.map(([ran]) => ran?.stdout), ['deploy\n127.0.0.1\n', 'limited\n127.0.0.1\n'])
  await pool.close()
})
test('through a ProxyCommand', async () => {
  assert.is(await userOf(at({ sshArgs: ['-o', `ProxyCommand=docker exec -i ${host.name} bash -c 'exec 3<>/dev/tcp/127.0.0.1/%p; cat <&3 & cat >&3'`] })), 'deploy\n')
})
test('a connection that is cut: the step is unreachable, the next session is a new one', async () => {
  const pool = newPool()
  const session = await pool.session(at())
  const running = faultOf(session.run([step('sleep 30')]))
  await new Promise((resolve) => setTimeout(resolve, 100))
  await host.sh("pkill -9 -f '[s]shd: deploy'")
  assert.match((await running).code, /^unreachable/)
  const again = await pool.session(at())
  assert.is((await again.run([step('echo again')]))[0]?.stdout, 'again\n')
  await host.sh("pkill -9 -f '[s]shd: deploy'")
  await new Promise((resolve) => setTimeout(resolve, 100))
  assert.is((await again.run([step('echo idle')]))[0]?.stdout, 'idle\n') // nothing was under way
  await pool.close()
})
test('twenty hosts at once, eight logging in at a time', async () => {
  const pool = newPool()
  const sessions = await Promise.all(Array.from({ length: 20 }, (_, i) => pool.session(at({ timeoutSeconds: 20 + i }))))
  const answers = await Promise.all(sessions.map((session, i) => session.run([step(`echo ${i}`)])))
  assert.equal(answers.map(([ran]) => ran?.stdout), sessions.map((_, i) => `${i}\n`))
  await pool.close()
})

test('more accounts than sshd allows channels: those that rest give way and come back', async () => {
  const names = Array.from({ length: 12 }, (_, i) => `user${i}`)
  await host.sh(names.map((name) => `useradd ${name}`).join('; '))
  const pool = newPool()
  for (let round = 0; round < 2; round++) {
    for (const user of names) {
      const session = await pool.session(at(), { method: 'sudo', user, password: 'secret one' })
      assert.is((await session.run([step('id -un')]))[0]?.stdout, `${user}\n`)
    }
  }
  await pool.close()
})

// ------------------------------------------------------------ distance

const listen = (server: Server): Promise<number> => new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(address(server.address()).port)))
const address = (found: string | AddressInfo | null): AddressInfo => {
  if (found === null || typeof found === 'string') throw new Error('not listening')
  return found
}
/** Passes bytes on after a while, each way. */
const distance = (ms: number): Server => createServer((near) => {
  const far = connect(22, host.ip)
  const later = (to: typeof near) => (chunk: Buffer): void => { setTimeout(() => { if (!to.destroyed) to.write(chunk) }, ms) }
  near.on('data', later(far)).on('close', () => far.destroy()).on('error', () => undefined)
  far.on('data', later(near)).on('close', () => near.destroy()).on('error', () => undefined)
})
/** How many round trips of 200 ms this takes: the least of five times, since the load of this machine only ever adds. */
async function leastTrips(work: () => Promise<unknown>): Promise<number> {
  const all: number[] = []
  for (let i = 0; i < 5; i++) {
    const from = Date.now()
    await work()
    all.push((Date.now() - from) / 200)
  }
  return Math.min(...all)
}
test('a distant host: a login takes few round trips, fifty calls of one turn take one', async () => {
  const server = distance(100), port = await listen(server)
  const path = file('distant', readFileSync(host.knownHosts, 'utf8').replaceAll(host.ip, `[127.0.0.1]:${port}`))
  const pools: ReturnType<typeof newPool>[] = []
  const newSession = (): Promise<Session> => {
    const pool = newPool()
    pools.push(pool)
    return pool.session(at({ host: '127.0.0.1', port, knownHostsFiles: [path] }))
  }
  try {
    const session = await newSession()
    const login = await leastTrips(newSession)
    const one = await leastTrips(() => session.run([step(':')]))
    const fifty = await leastTrips(() => Promise.all(Array.from({ length: 50 }, () => session.run([step(':')]))))
    assert.ok(login < 12, `login: ${login} RTT`)
    assert.ok(one < 2, `one call: ${one} RTT`)
    assert.ok(fifty < 3, `fifty calls: ${fifty} RTT`)
  } finally {
    await Promise.all(pools.map((pool) => pool.close()))
    server.close()
  }
})
test.after(() => host.remove())
test.run()

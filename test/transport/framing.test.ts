/** Frames are found however the bytes are cut, and whatever the output holds. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { Inbox, isAllowed, parseGreeting, stepsScript } from '../../runner/transport/framing.ts'
import { Gate } from '../../runner/transport/gate.ts'
import { accountHop, execHop } from '../../runner/transport/hops.ts'

const frame = (nonce: string, out: string, err: string, tail = '0 '): Buffer => Buffer.from(`${out}${nonce}:E\n${err}${nonce}:R ${tail}\n`)

test('cut at every place', () => {
  const bytes = Buffer.concat([frame('n1', 'out\nn2:E\n:R 1', 'err'), frame('n2', '', '', '143 15'), frame('n2', 'n1:R 0 \n', '', '1  full')])
  for (let at = 0; at <= bytes.length; at++) {
    const inbox = new Inbox()
    const found = []
    for (const piece of [bytes.subarray(0, at), bytes.subarray(at)]) {
      inbox.push(piece)
      for (let one = inbox.takeFrame(found.length === 0 ? 'n1' : 'n2'); one !== undefined; one = inbox.takeFrame(found.length === 0 ? 'n1' : 'n2')) found.push(one)
    }
    assert.equal(found.map((one) => [one.stdout.toString(), one.stderr.toString(), one.rc, one.signal, one.lost]),
      [['out\nn2:E\n:R 1', 'err', 0, undefined, undefined], ['', '', 143, 15, undefined], ['n1:R 0 \n', '', 1, undefined, 'full']], `cut at ${at}`)
  }
})
test('byte by byte, and large', () => {
  const inbox = new Inbox()
  const large = 'x'.repeat(100_000)
  let found: string | undefined
  for (const byte of frame('n', 'ab', 'c')) {
    inbox.push(Buffer.from([byte]))
    found ??= inbox.takeFrame('n')?.stdout.toString()
  }
  assert.is(found, 'ab')
  const started = Date.now()
  for (let i = 0; i < 300; i++) {
    inbox.push(Buffer.from(large))
    assert.is(inbox.takeFrame('n'), undefined)
  }
  inbox.push(frame('n', '', ''))
  assert.is(inbox.takeFrame('n')?.stdout.length, 30_000_000)
  assert.ok(Date.now() - started < 3000)
})
test('markers of a stream', () => {
  const inbox = new Inbox()
  inbox.push(Buffer.from('n:'))
  assert.not.ok(inbox.takeMarker('n:S'))
  inbox.push(Buffer.concat([Buffer.from('S\n'), frame('n', 'o', 'e')]))
  assert.ok(inbox.takeMarker('n:S'))
  assert.is(inbox.takeFrame('n')?.stderr.toString(), 'e')
})
test('a greeting, behind the noise of login scripts', () => {
  assert.equal(parseGreeting('abc', 'Welcome!\nabc:G deploy 42 openssl /dev/shm/.play-abc\n'), { user: 'deploy', pid: 42, decoder: 'openssl', folder: '/dev/shm/.play-abc' })
  assert.is(parseGreeting('abc', 'abc:G deploy 42 base64 /dev/shm'), undefined)
  assert.is(parseGreeting('abc', 'abc:G root 1 printf \n')?.folder, '')
})
test('exit codes that are no failure', () => {
  assert.ok(isAllowed({ sh: '' }, 0) && !isAllowed({ sh: '' }, 1))
  assert.ok(isAllowed({ sh: '', okRc: [1, 2] }, 2) && !isAllowed({ sh: '', okRc: [1, 2] }, 0))
  assert.ok(isAllowed({ sh: '', okRc: 'any' }, 255))
})
test('user text stands in quotes only', () => {
  const text = stepsScript('n', [{ step: { sh: "echo 'a'", cwd: "/it's", env: { A: "'" } }, serial: 3 }], 'base64')
  assert.match(text, `eval ' echo '\\''a'\\'''`)
  assert.match(text, `export A=''\\'''`)
})
test('hops stack', () => {
  const sudo = accountHop({ method: 'sudo', user: 'app', password: 'p' }, 'TOKEN')
  assert.equal(execHop('docker', 'web', 'deploy', ['--context', 'far'])(sudo.wrap(['/bin/sh'])),
    ['docker', '--context', 'far', 'exec', '-i', '-u', 'deploy', 'web', 'sudo', '-H', '-S', '-p', 'TOKEN', '-u', 'app', '--', '/bin/sh'])
  assert.equal(accountHop({ method: 'sudo', user: 'app', flags: '-E -HSn' }, 'T').wrap(['sh']), ['sudo', '-E', '-H', '-n', '-u', 'app', '--', 'sh'])
  assert.equal(accountHop({ method: 'sudo', user: 'app', password: 'x', flags: '--set-home --stdin --non-interactive --chroot /n' }, 'T').wrap(['sh']), ['sudo', '--set-home', '--chroot', '/n', '-S', '-p', 'T', '-u', 'app', '--', 'sh'])
  assert.equal(accountHop({ method: 'su', user: 'app', flags: '-l' }, 'T').wrap(['sh', '-c', "it's"]), ['su', '-l', '-s', '/bin/sh', 'app', '-c', `sh -c 'it'\\''s'`])
  assert.equal(accountHop({ method: 'doas', user: 'app' }, 'T').wrap(['sh']), ['doas', '-n', '-u', 'app', 'sh'])
  assert.equal(accountHop({ method: 'sudo', user: 'app', chdir: '/srv' }, 'T').wrap(['sh']), ['/bin/sh', '-c', 'cd "$0" && exec "$@"', '/srv', 'sudo', '-H', '-n', '-u', 'app', '--', 'sh'])
})
test('su asks in the words that were named, in any case, else in any words', () => {
  const asks = (said: string, prompts?: readonly string[]): boolean => accountHop({ method: 'su', user: 'app', ...(prompts === undefined ? {} : { prompts }) }, 'T').prompt.asked(said, 1)
  assert.equal([asks('Wachtwoord: '), asks('Wachtwoord: ', ['Password', 'wachtwoord']), asks('Wachtwoord: ', ['Password']), asks('(x)： ', ['(x)'])], [true, true, false, true])
})
test('a gate lets so many through', async () => {
  const gate = new Gate(3)
  let inside = 0, most = 0
  await Promise.all(Array.from({ length: 10 }, (_, i) => gate.pass(async () => {
    most = Math.max(most, ++inside)
    await new Promise((resolve) => setTimeout(resolve, 5))
    inside--
    if (i === 4) throw new Error('one that fails lets the next in')
  }).catch(() => undefined)))
  assert.is(most, 3)
})
test.run()

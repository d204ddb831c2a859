/** known_hosts as OpenSSH reads it. Keys are short here: only their names and bytes matter. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { algorithmsFor, fingerprint, isFor, judge, keyKind, knownHostsLine, listedName, parseKnownHosts } from '../../runner/transport/known-hosts.ts'
import type { KnownHost } from '../../runner/transport/known-hosts.ts'

const makeKey = (kind: string, body: string): Buffer => {
  const length = Buffer.alloc(4)
  length.writeUInt32BE(kind.length)
  return Buffer.concat([length, Buffer.from(kind + body)])
}
const ed = makeKey('ssh-ed25519', 'one'), other = makeKey('ssh-ed25519', 'two'), rsa = makeKey('ssh-rsa', 'three')
const line = (names: string, key: Buffer, marker = ''): string => `${marker}${names} ${keyKind(key)} ${key.toString('base64')} a comment\n`
const read = (...lines: string[]): KnownHost[] => parseKnownHosts(lines.join(''), 'known_hosts')

test('names, ports, comments and what makes no sense', () => {
  const entries = read('# a comment\n', '\n', line('web1,10.0.0.1', ed), 'nonsense\n', '@strange web2 ssh-rsa AAAA\n', line('[web1]:2222', rsa))
  assert.equal(entries.map((one) => [one.names, one.line]), [['web1,10.0.0.1', 3], ['[web1]:2222', 6]])
  assert.is(judge(entries, listedName('web1', 22), ed).is, 'known')
  assert.is(judge(entries, listedName('WEB1', 22), ed).is, 'known')
  assert.is(judge(entries, listedName('10.0.0.1', 22), ed).is, 'known')
  assert.is(judge(entries, listedName('web1', 2222), rsa).is, 'known')
  assert.is(judge(entries, listedName('web1', 2223), rsa).is, 'unknown')
  assert.is(judge(entries, listedName('web10', 22), ed).is, 'unknown')
})
test('another key: changed, with its line; also where the kind differs', () => {
  const entries = read(line('web1', rsa), line('web1', ed))
  const verdict = judge(entries, 'web1', other)
  assert.is(verdict.is, 'changed')
  assert.is('entry' in verdict ? verdict.entry.line : 0, 2)
  assert.is(judge(read(line('web1', rsa)), 'web1', ed).is, 'changed')
})
test('patterns and negation', () => {
  const [entry] = read(line('*.example.org,!bad.example.org,web?', ed))
  if (entry === undefined) throw new Error('not read')
  const matching = ['a.example.org', 'a.b.example.org', 'bad.example.org', 'example.org', 'web1', 'web', 'web12'].filter((name) => isFor(entry, name))
  assert.equal(matching, ['a.example.org', 'a.b.example.org', 'web1'])
})
test('a pattern of many stars takes no time', () => {
  const [entry] = read(line(`${'*a'.repeat(40)}b`, ed))
  const started = Date.now()
  assert.not.ok(entry !== undefined && isFor(entry, 'a'.repeat(5000)))
  assert.ok(Date.now() - started < 1000)
})
test('hashed names, as ssh-keygen -H writes them', () => {
  const entries = read(knownHostsLine('web1', ed, true), knownHostsLine('[web1]:2222', rsa, true))
  assert.match(entries[0]?.names ?? '', /^\|1\|/)
  assert.is(judge(entries, 'web1', ed).is, 'known')
  assert.is(judge(entries, '[web1]:2222', rsa).is, 'known')
  assert.is(judge(entries, 'web2', ed).is, 'unknown')
  // made by ssh-keygen: `ssh-keygen -H` of a line for "example.org"
  const [made] = read('|1|F1E1KeoE/eEWhi10WpGv4OdiO6Y=|3988QV0VE8wmZL7suNrYQLITLCg= ssh-rsa AAAA\n')
  assert.ok(made !== undefined && isFor(made, '192.168.1.61'))
})
test('revoked keys and certificate authorities', () => {
  const entries = read(line('*', other, '@revoked '), line('*.example.org', rsa, '@cert-authority '), line('web1', ed))
  assert.is(judge(entries, 'web1', other).is, 'revoked')
  assert.is(judge(entries, 'a.example.org', ed).is, 'authority')
  assert.is(judge(entries, 'elsewhere', ed).is, 'unknown')
  assert.is(judge(entries, 'web1', ed).is, 'known')
})
test('kinds that are listed are asked for first', () => {
  assert.equal(algorithmsFor(read(line('web1', rsa)), 'web1').slice(0, 3), ['rsa-sha2-512', 'rsa-sha2-256', 'ssh-rsa'])
  assert.is(algorithmsFor(read(line('web1', rsa)), 'web2')[0], 'ssh-ed25519')
})
test('fingerprints as ssh-keygen -l shows them', () => {
  const key = Buffer.from('AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl', 'base64') // github.com
  assert.is(keyKind(key), 'ssh-ed25519')
  assert.is(fingerprint(key), 'SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU')
})
test.run()

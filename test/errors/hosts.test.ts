/** Mistakes that only a host can show: accounts, rights, full disks, unreachable hosts. One container stands for all. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { addAccounts, startContainer } from '../hosts/containers.ts'
import { transcript } from './transcript.ts'

const container = await startContainer(undefined, '--tmpfs', '/small:size=64k', '--tmpfs', '/sealed:ro,size=64k')
const folder = mkdtempSync(join(tmpdir(), 'play-mistakes-'))
await addAccounts(container)
execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(folder, 'key')])
const key = readFileSync(join(folder, 'key.pub'), 'utf8').trim()
await container.sh(`ssh-keygen -A >/dev/null; mkdir -p /run/sshd /home/deploy/.ssh; printf '%s\\n' '${key}' >/home/deploy/.ssh/authorized_keys
  chown -R deploy: /home/deploy/.ssh; /usr/sbin/sshd; printf 'old\\n' >/small/settings; chmod 777 /small; mkdir /root/closed; chmod 700 /root/closed; printf '#!/bin/sh\\n' >/tmp/not-executable`)
const ip = await container.address()
const own = (await container.sh('cat /etc/ssh/ssh_host_*_key.pub')).trim().split('\n')
const write = (name: string, lines: readonly string[]): string => { writeFileSync(join(folder, name), lines.map((line) => `${line}\n`).join('')); return join(folder, name) }
const names = {
  container: container.name, ip, key: join(folder, 'key'),
  known: write('known_hosts', own.map((line) => `${ip} ${line}`)),
  unknown: write('no_hosts', []),
  /** The key of another host under this one's name, for each kind. */
  changed: write('changed_hosts', own.map((line) => `${ip} ${line.split(' ')[0] ?? ''} ${key.split(' ')[1] ?? ''}`).filter((line) => line.includes('ed25519'))),
}
transcript('hosts', () => names)

test('nothing half-written is left on the host', async () => {
  assert.is(await container.sh('cat /small/settings'), 'old\n')
  assert.is((await container.sh('ls -A /small /tmp /home/deploy /var/tmp | grep -v not-executable | grep -i "play\\|ansible\\|tmp\\.\\|~$" || true')).trim().replace('/tmp:', '').replace('/var', '').trim(), '')
})
test.after(async () => {
  await container.remove()
  rmSync(folder, { recursive: true, force: true })
})
test.run()

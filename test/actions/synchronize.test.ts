/** synchronize: the command lines it makes (as Ansible's module makes them), and copies here, into a container and back. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { validateArgs } from '../../runner/core/args.ts'
import type { Data } from '../../runner/core/types.ts'
import { reading, rsyncWords, synchronizeArgs } from '../../runner/actions/rsync/command.ts'
import type { Ends } from '../../runner/actions/rsync/command.ts'
import { openMachine } from '../support/machine.ts'
import type { TestMachine } from '../support/machine.ts'
import { playIn } from '../support/play.ts'

const on = suite<{ machine?: TestMachine; dir: string }>('synchronize')
on.before(async (context) => {
  context.dir = mkdtempSync(join(tmpdir(), 'play-test-'))
  context.machine = await openMachine('debian')
  await context.machine.sh('command -v rsync || { apt-get -qq update && apt-get -qqy install --no-install-recommends rsync; } >/dev/null 2>&1')
})
on.after(async ({ machine, dir }) => { rmSync(dir, { recursive: true, force: true }); await machine?.close() })

const line = (given: Data, ends: Partial<Ends> = {}, isDry = false): string => {
  const args = validateArgs(synchronizeArgs, undefined, { src: '/a/', dest: '/b', ...given }, { module: 'synchronize', container: {} })
  return rsyncWords(args, { src: args.src, dest: args.dest, rsync: 'rsync', cwd: '/cwd', ...ends }, isDry).join(' ')
}
const format = '--out-format=<<CHANGED>>%i %n%L'
on('command lines', () => {
  assert.is(line({}), `rsync --delay-updates -F --compress --archive ${format} /a/ /b`)
  assert.is(line({ archive: false, recursive: true, owner: false, delete: true, compress: false, delay_updates: false }, {}, true), `rsync --dry-run --delete-after --recursive ${format} /a/ /b`)
  assert.is(line({ times: false, perms: true, rsync_opts: ["--exclude='a b'", '-q'] }), `rsync --delay-updates -F --compress --archive --no-times --exclude=a b -q ${format} /a/ /b`)
  assert.is(line({ delay_updates: false, compress: false, dest_port: 2222 }, { dest: 'me@h:/b', port: 22, privateKey: '/my key', rsyncPath: 'sudo -u root rsync' }),
    `rsync --archive --rsh=ssh -S none -i '/my key' -o Port=2222 -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null --rsync-path=sudo -u root rsync ${format} /a/ me@h:/b`)
  assert.is(line({ compress: false, delay_updates: false, link_dest: ['../x'] }, { dest: '/b/c' }), `rsync --archive -H -vv --link-dest=/x ${format} /a/ /b/c`)
  assert.throws(() => line({ link_dest: ['/b'] }, { dest: '/b/c' }), 'Hardlinking into a subdirectory of the source would cause recursion')
  assert.throws(() => line({}, { src: 'rsync://a/b', dest: 'rsync://c/d' }), 'either src or dest must be a localhost')
})
on('what the output tells', () => {
  const args = (given: Data) => validateArgs(synchronizeArgs, undefined, { src: '/a', dest: '/b', ...given }, { module: 'synchronize', container: {} })
  assert.equal(reading('<<CHANGED>>>f+++++++++ a\n', args({})), { changed: true, msg: '>f+++++++++ a\n', stdout_lines: ['>f+++++++++ a'] })
  assert.is(reading('deleting x\n', args({})).changed, false)
  assert.is(reading('<<CHANGED>>.f          a\n', args({ link_dest: ['/x'] })).changed, false)
  assert.is(reading('<<CHANGED>>.f          a\n<<CHANGED>>hf          b\n', args({ link_dest: ['/x'] })).changed, true)
})

const site = `- hosts: all
  gather_facts: false
  tasks:
    - {name: push, ansible.posix.synchronize: {src: tree/, dest: /opt/t, delete: true}}
    - {name: pull, synchronize: {src: /opt/t/sub, dest: '{dir}/back', mode: pull}}
    - {name: there, synchronize: {src: /opt/t/, dest: /opt/t2}, delegate_to: '{{ inventory_hostname }}'}
`
on('to a container, back, and on it', async ({ machine, dir }) => {
  if (machine === undefined) throw new Error('no machine')
  const files = { 'site.yml': site, 'files/tree/a': 'a\n', 'files/tree/sub/b': 'b\n', inventory: `${machine.container} ansible_connection=docker\n` }
  await machine.sh('rm -rf /opt/t /opt/t2; mkdir /opt/t; echo x >/opt/t/x')
  const dry = await playIn(dir, files, ['--check'])
  assert.equal(dry.outcomes, [`${machine.container} changed push`, `${machine.container} unknown pull`, `${machine.container} changed there`])
  await machine.sh('test ! -e /opt/t/a && test -e /opt/t/x')
  const first = await playIn(dir, files)
  assert.equal(first.outcomes.map((one) => one.split(' ')[1]), ['changed', 'changed', 'changed'])
  assert.match(String(first.result('push').data['msg']), /\*deleting +x\n/)
  assert.is(readFileSync(join(dir, 'back/sub/b'), 'utf8'), 'b\n')
  await machine.sh('test ! -e /opt/t/x && test "$(cat /opt/t2/sub/b)" = b')
  // the files are not written anew: their times count
  assert.equal((await playIn(dir, { 'site.yml': site, inventory: files.inventory })).outcomes.map((one) => one.split(' ')[1]), ['ok', 'ok', 'ok'])
})
on('here, and a source that is not there', async ({ dir }) => {
  const text = `- hosts: localhost
  gather_facts: false
  tasks:
    - {name: copy, synchronize: {src: tree, dest: '{dir}/to/'}}
    - {name: fails, synchronize: {src: none, dest: '{dir}/to/'}}
`
  const told = await playIn(dir, { 'site.yml': text, 'files/tree/a': 'a\n' })
  assert.is(readFileSync(join(dir, 'to/tree/a'), 'utf8'), 'a\n')
  assert.is(told.result('fails').data['rc'], 23)
  assert.match(String(told.result('fails').data['msg']), `link_stat "${dir}/none" failed`)
})
on.run()

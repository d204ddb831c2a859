/** What package tools print when they are asked what they would do: recorded from apt 2.6, dnf 4.14 and, for dnf 5, from its documentation. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { aptPlan, dpkg, readSimulation } from '../../runner/probes/dpkg.ts'
import { readTransaction } from '../../runner/probes/rpm.ts'
import { compareVersions, requirement, satisfies } from '../../runner/modules/pip.ts'
import { parseSpec } from '../../runner/modules/packages/apt.ts'

test('apt: what would be installed, upgraded and removed', () => {
  const { actions, unknown } = readSimulation([
    'NOTE: This is only a simulation!', 'Remv exim4-base [4.96-15] [mailutils:amd64 ]', 'Inst libssl3 [3.0.15-1] (3.0.16-1 Debian-Security:12/stable-security [amd64])',
    'Inst bc (1.07.1-3+b1 Debian:12.12/oldstable [amd64])', 'Purg tree [2.1.0-1]', 'Conf bc (1.07.1-3+b1 Debian:12.12/oldstable [amd64])',
  ])
  assert.equal(actions, [
    { kind: 'remove', name: 'exim4-base', before: '4.96-15' }, { kind: 'install', name: 'libssl3', before: '3.0.15-1', after: '3.0.16-1' },
    { kind: 'install', name: 'bc', after: '1.07.1-3+b1' }, { kind: 'purge', name: 'tree', before: '2.1.0-1' },
  ])
  assert.equal(unknown, [])
})
test('apt: names that it does not know', () => {
  assert.equal(readSimulation(['E: Unable to locate package nosuch', "E: Version '9*' for 'bash' was not found", "E: Package 'gone' has no installation candidate"]).unknown, ['nosuch', 'bash', 'gone'])
})
test('apt: names as they are asked for', () => {
  assert.equal(parseSpec('a=1.2*'), { text: 'a=1.2*', name: 'a', version: '1.2*' })
  assert.equal(parseSpec('a>=1.2'), { text: 'a', name: 'a', atLeast: '1.2' })
  assert.equal(parseSpec('a/bookworm-backports'), { text: 'a/bookworm-backports', name: 'a' })
  assert.equal(parseSpec(' libc6:i386 '), { text: 'libc6:i386', name: 'libc6:i386' })
})
test('apt: a plan of nothing', () => {
  const key = { words: ['install'], specs: [], only: 'missing' as const, fresh: false }
  assert.equal(aptPlan.parse('\n0\n\n\n\u00010\u0001\n', [key]), [{ asked: [], rc: 0, actions: [], unknown: [], text: '' }])
})
test('dpkg: states, in any order, with and without an architecture', () => {
  const text = 'bash:amd64 5.2.15-2+b8 install ok installed\nlibc6:amd64 2.36-9 hold ok installed\nlibc6:i386 2.36-9 install ok installed\ntree:amd64 2.1.0-1 deinstall ok config-files\nx:all  unknown ok not-installed\n'
  const [bash, libc, i386, tree, x, none] = dpkg.parse(text, ['bash', 'libc6', 'libc6:i386', 'tree', 'x', 'none'])
  assert.equal(bash, { status: 'installed', live: { version: '5.2.15-2+b8', arch: 'amd64', selection: 'install' } })
  assert.is(libc?.hold, true)
  assert.is(i386?.live?.arch, 'i386')
  assert.is(tree?.status, 'absent')
  assert.is(x?.status, 'absent')
  assert.equal(none, { status: 'absent' })
})

const table4 = `Last metadata expiration check: 0:00:02 ago on Mon Nov 23 18:44:59 2026.
Dependencies resolved.
================================================================================
 Package           Architecture       Version           Repository         Size
================================================================================
Installing:
 thing             noarch             1-1               local             5.4 k
Installing dependencies:
 apr               x86_64             1.7.0-12.el9_3    appstream         122 k
Upgrading:
 curl              x86_64             7.76.1-29.el9     baseos            294 k
Removing:
 old               noarch             3:2.0-4           @local               0  

Transaction Summary
================================================================================
Install  2 Packages

Is this ok [y/N]: 
Operation aborted.`
test('dnf 4: the table before it asks', () => {
  assert.equal(readTransaction(table4.split('\n')).actions, [
    { kind: 'install', name: 'thing', version: '1-1' }, { kind: 'install', name: 'apr', version: '1.7.0-12.el9_3' },
    { kind: 'upgrade', name: 'curl', version: '7.76.1-29.el9' }, { kind: 'remove', name: 'old', version: '3:2.0-4' },
  ])
})
const table5 = `Updating and loading repositories:
Repositories loaded.
Package                Arch   Version        Repository      Size
Installing:
 httpd                 x86_64 2.4.62-1.fc41  updates     59.4 KiB
Installing dependencies:
 apr                   x86_64 1.7.5-1.fc41   fedora     289.8 KiB

Transaction Summary:
 Installing:         2 packages

Operation aborted by the user.`
test('dnf 5: the same in its own words', () => {
  assert.equal(readTransaction(table5.split('\n')).actions, [{ kind: 'install', name: 'httpd', version: '2.4.62-1.fc41' }, { kind: 'install', name: 'apr', version: '1.7.5-1.fc41' }])
})
test('dnf and yum: names that they do not know', () => {
  assert.equal(readTransaction(['No match for argument: nosuch', 'Error: Unable to find a match: nosuch']).unknown, ['nosuch'])
  assert.equal(readTransaction(['No package other available.']).unknown, ['other'])
})

test('pip: requirements and versions', () => {
  assert.equal(requirement('Foo_Bar[extra] >= 1.2, <2; python_version > "3"'), { text: 'Foo_Bar[extra] >= 1.2, <2; python_version > "3"', name: 'foo-bar', specifier: '>=1.2,<2' })
  assert.is(requirement('git+https://x/y.git').name, undefined)
  assert.ok(satisfies('1.10', '>=1.9,<2') && !satisfies('1.10', '<1.9') && satisfies('1.4.5', '~=1.4') && !satisfies('2.0', '~=1.4') && satisfies('1.2.3', '==1.2.*') && !satisfies('1.2', '!=1.2'))
  assert.ok(compareVersions('1.0', '1.0rc1') > 0 && compareVersions('2.0', '10.0') < 0 && compareVersions('1.0', '1') === 0)
})
test.run()

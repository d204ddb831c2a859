/** Facts from recorded files of real systems: Debian, Ubuntu, Rocky, CentOS 7, Fedora, Alpine; addresses, processors, mounts, own facts. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { Data } from '../../runner/core/types.ts'
import { distribution } from '../../runner/probes/facts/distribution.ts'
import { hardwareGroups, memory, processors, sizeText, volumes } from '../../runner/probes/facts/hardware.ts'
import { localFacts, managerGroups } from '../../runner/probes/facts/managers.ts'
import { network } from '../../runner/probes/facts/network.ts'
import { splitSections, type Group } from '../../runner/probes/facts/sections.ts'
import { virtual } from '../../runner/probes/facts/virtual.ts'
import { chooseGroups, filterFacts } from '../../runner/modules/setup.ts'

const collect = (group: Group, sections: Readonly<Record<string, string>>, known: Data = {}, warnings: string[] = []): Data =>
  group.collect((name) => sections[name] ?? '', known, (message) => { warnings.push(message) })
const pick = (data: Data, ...names: readonly string[]): unknown[] => names.map((name) => data[name])
const distro = (os: string, files: Readonly<Record<string, string>> = {}): unknown[] =>
  pick(collect(distribution, { os, ...files }), 'distribution', 'distribution_version', 'distribution_major_version', 'distribution_release', 'os_family')

test('distributions', () => {
  assert.equal(distro('PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nNAME="Debian GNU/Linux"\nVERSION_ID="12"\nVERSION="12 (bookworm)"\nVERSION_CODENAME=bookworm\nID=debian\n', { debian_version: '12.11\n' }), ['Debian', '12.11', '12', 'bookworm', 'Debian'])
  assert.equal(distro('NAME="Ubuntu"\nVERSION_ID="22.04"\nVERSION="22.04.4 LTS (Jammy Jellyfish)"\nVERSION_CODENAME=jammy\nID=ubuntu\nID_LIKE=debian\n', { debian_version: 'bookworm/sid' }), ['Ubuntu', '22.04', '22', 'jammy', 'Debian'])
  assert.equal(distro('NAME="Rocky Linux"\nVERSION="9.3 (Blue Onyx)"\nID="rocky"\nID_LIKE="rhel centos fedora"\nVERSION_ID="9.3"\n', { redhat_release: 'Rocky Linux release 9.3 (Blue Onyx)' }), ['Rocky', '9.3', '9', 'Blue Onyx', 'RedHat'])
  assert.equal(distro('NAME="CentOS Linux"\nVERSION="7 (Core)"\nID="centos"\nVERSION_ID="7"\n', { redhat_release: 'CentOS Linux release 7.9.2009 (Core)' }), ['CentOS', '7.9', '7', 'Core', 'RedHat'])
  assert.equal(distro('NAME="CentOS Stream"\nVERSION="9"\nID="centos"\nVERSION_ID="9"\n', { redhat_release: 'CentOS Stream release 9' }), ['CentOS', '9', '9', 'Stream', 'RedHat'])
  assert.equal(distro('NAME="Fedora Linux"\nVERSION="40 (Container Image)"\nID=fedora\nVERSION_ID=40\n', { redhat_release: 'Fedora release 40 (Forty)' }), ['Fedora', '40', '40', '', 'RedHat'])
  assert.equal(distro('NAME="Alpine Linux"\nID=alpine\nVERSION_ID=3.18.4\n', { alpine_release: '3.18.4\n' }), ['Alpine', '3.18.4', '3', 'NA', 'Alpine'])
  assert.equal(distro('NAME="AlmaLinux"\nID="almalinux"\nVERSION_ID="8.9"\nVERSION="8.9 (Midnight Oncilla)"\n', { redhat_release: 'AlmaLinux release 8.9 (Midnight Oncilla)' }), ['AlmaLinux', '8.9', '8', 'Midnight Oncilla', 'RedHat'])
  assert.equal(collect(distribution, {}, { system: 'Linux', kernel: '5', kernel_version: '#1' }).os_family, 'Linux')
})

test('package and service managers', () => {
  const [packages, services] = managerGroups
  if (packages === undefined || services === undefined) return assert.unreachable('groups')
  assert.equal(collect(packages, { pkg: '/usr/bin/dnf\n/usr/bin/apt-get\n' }, { os_family: 'Debian' }), { pkg_mgr: 'apt' })
  assert.equal(collect(packages, { pkg: '/usr/bin/dnf-3\n/usr/bin/dnf\n/usr/bin/yum\n' }, { os_family: 'RedHat' }), { pkg_mgr: 'dnf' })
  assert.equal(collect(packages, { pkg: '/sbin/apk\n' }, { os_family: 'Alpine' }), { pkg_mgr: 'apk' })
  assert.equal(collect(services, { init: 'systemd\n' }), { service_mgr: 'systemd' })
  assert.equal(collect(services, { init: 'init\n', managed: 'openrc\nsysvinit\n' }), { service_mgr: 'openrc' })
  assert.equal(collect(services, { init: 'sh\n', managed: 'systemd-offline\nsysvinit\n' }), { service_mgr: 'systemd' })
  assert.equal(collect(services, { init: '/usr/bin/runit-init\n' }), { service_mgr: 'runit' })
})

const addresses = `1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN group default qlen 1000
    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00
    inet 127.0.0.1/8 scope host lo
       valid_lft forever preferred_lft forever
2: eth0@if5: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc noqueue state UP group default
    link/ether 02:42:ac:11:00:05 brd ff:ff:ff:ff:ff:ff link-netnsid 0
    inet 172.17.0.5/16 brd 172.17.255.255 scope global eth0
       valid_lft forever preferred_lft forever
    inet 10.1.2.3/24 scope global secondary eth0:1
       valid_lft forever preferred_lft forever
    inet6 2001:db8::5/64 scope global
       valid_lft forever preferred_lft forever
`
test('interfaces and addresses', () => {
  const found = collect(network, {
    net: '== eth0\naddress 02:42:ac:11:00:05\nmtu 1500\noperstate up\ntype 1\nflags 0x1003\nspeed 10000\n== lo\naddress 00:00:00:00:00:00\nmtu 65536\noperstate unknown\ntype 772\nflags 0x9\n',
    addresses, route4: '8.8.8.8 via 172.17.0.1 dev eth0 src 172.17.0.5 uid 0 \n    cache \n', route6: 'RTNETLINK answers: Network is unreachable', local4: 'local 127.0.0.0/8 dev lo proto kernel scope host src 127.0.0.1\nlocal 172.17.0.5 dev eth0\n',
  })
  assert.equal(found.default_ipv4, {
    gateway: '172.17.0.1', interface: 'eth0', address: '172.17.0.5', broadcast: '172.17.255.255', netmask: '255.255.0.0', network: '172.17.0.0', prefix: '16',
    macaddress: '02:42:ac:11:00:05', mtu: 1500, type: 'ether', alias: 'eth0',
  })
  assert.equal(found.default_ipv6, {})
  assert.equal(found.interfaces, ['eth0', 'lo', 'eth0_1'])
  assert.equal(found.all_ipv4_addresses, ['172.17.0.5', '10.1.2.3'])
  assert.equal(Reflect.get(Object(found.eth0), 'ipv6'), [{ address: '2001:db8::5', prefix: '64', scope: 'global' }])
  const labelled = [{ address: '10.1.2.3', broadcast: '', netmask: '255.255.255.0', network: '10.1.2.0', prefix: '24' }]
  assert.equal([found.eth0, found.eth0_1].map((one) => Reflect.get(Object(one), 'ipv4_secondaries')), [labelled, labelled])
  assert.equal(Reflect.get(Object(found.lo), 'type'), 'loopback')
  assert.is(Reflect.get(Object(found.lo), 'macaddress'), undefined)
  assert.equal(found.locally_reachable_ips, { ipv4: ['127.0.0.0/8', '172.17.0.5'], ipv6: [] })
})

test('processors and memory', () => {
  const one = (i: number): string => `processor\t: ${i}\nvendor_id\t: GenuineIntel\nmodel name\t: Xeon\nphysical id\t: 0\nsiblings\t: 4\ncore id\t\t: ${i % 2}\ncpu cores\t: 2\nflags\t\t: fpu vme\n\n`
  const found = processors([0, 1, 2, 3].map(one).join(''), 'x86_64', 3)
  assert.equal(pick(found, 'processor_count', 'processor_cores', 'processor_threads_per_core', 'processor_vcpus', 'processor_nproc'), [1, 2, 2, 4, 3])
  assert.equal(pick(processors('processor\t: 0\nBogoMIPS\t: 50\nprocessor\t: 1\n', 'aarch64', 2), 'processor_count', 'processor_cores', 'processor_vcpus'), [2, 1, 2])
  assert.equal(pick(memory('MemTotal:       4096000 kB\nMemFree:        1024000 kB\nBuffers: 1024 kB\nCached: 2048 kB\nSwapTotal: 0 kB\nSwapFree: 0 kB\n'), 'memtotal_mb', 'memfree_mb', 'swaptotal_mb'), [4000, 1000, 0])
  assert.equal([sizeText(0), sizeText(256 * 2 ** 30)], ['0.00 Bytes', '256.00 GB'])
})

test('mounts; those of other machines have no sizes', () => {
  const group = hardwareGroups.find(({ name }) => name === 'mounts')
  if (group === undefined) return assert.unreachable('no group')
  const found = collect(group, { mtab: '/dev/vda1 / ext4 rw 0 1\nproc /proc proc rw 0 0\nserver:/x /mnt/a\\040b nfs4 rw 0 0\n', sizes: '100 4096 1000 200 5 50 /\n', uuids: '/dev/vda1 abc\n' })
  assert.equal(found.mounts, [
    { device: '/dev/vda1', mount: '/', fstype: 'ext4', options: 'rw', dump: 0, passno: 1, block_available: 100, block_size: 4096, block_total: 1000, block_used: 900, size_available: 409600, size_total: 4096000, inode_available: 5, inode_total: 50, inode_used: 45, uuid: 'abc' },
    { device: 'server:/x', mount: '/mnt/a b', fstype: 'nfs4', options: 'rw', dump: 0, passno: 0, uuid: 'N/A' },
  ])
  assert.match(group.script, 'nfs4')
})

test('volumes of LVM', () => {
  assert.equal(volumes(''), 'N/A')
  assert.equal(volumes('\n'), { lvs: {}, vgs: {}, pvs: {} })
  assert.equal(volumes('\nvgs,  data,1,2,0,wz--n-,9.00,4.00\nlvs,  home,data,-wi-a-----,5.00,,,,,,,,\npvs,  /dev/sda2,data,lvm2,a--,9.00,4.00\n'), {
    lvs: { home: { size_g: '5.00', vg: 'data' } }, vgs: { data: { size_g: '9.00', free_g: '4.00', num_lvs: '2', num_pvs: '1', lvs: { home: { size_g: '5.00' } } } },
    pvs: { '/dev/sda2': { size_g: '9.00', free_g: '4.00', vg: 'data' } },
  })
})

test('own facts: JSON, INI, and a script that fails', () => {
  const group = localFacts('/etc/facts.d', '/etc/facts.d'), warnings: string[] = []
  const file = (name: string, kind: string, text: string, end = '0\n'): string => `\n\u0002/etc/facts.d/${name}.fact\n${kind}\n${text}\n\u0003${end}`
  const found = collect(group, {
    local: file('a', 'file', '{"x": [1]}\n') + file('b', 'run', '[s]\nKey = v\n\n') + file('c', 'run', '', '3\nno\nway') + file('d', 'gone', '')
      + file('e', 'file', '[s]\na = %(b)s\nb = 100%%\n') + file('f', 'file', '[s]\na = 50 % off\n') + file('g', 'file', 'a = 1\n') + file('h', 'file', ''),
  }, {}, warnings)
  assert.equal(found.local, {
    a: { x: [1] }, b: { s: { key: 'v' } }, c: 'Failure executing fact script (/etc/facts.d/c.fact), rc: 3, err: no\nway',
    d: 'Could not stat fact (/etc/facts.d/d.fact): No such file or directory', e: { s: { a: '100%', b: '100%' } },
    f: "error loading facts as ini - please check content: /etc/facts.d/f.fact ('%' must be followed by '%' or '(', found: '% ')",
    g: 'error loading facts as JSON or ini - please check content: /etc/facts.d/g.fact', h: {},
  })
  assert.equal(warnings.length, 4)
})

test('containers and virtual machines', () => {
  assert.equal(collect(virtual, { marks: '/.dockerenv\n/dev/kvm\n' }), { virtualization_type: 'docker', virtualization_role: 'guest', virtualization_tech_guest: ['container', 'docker'], virtualization_tech_host: ['kvm'] })
  assert.equal(pick(collect(virtual, { dmi_virtual: 'product_name=VMware7,1\nsys_vendor=VMware, Inc.\n' }), 'virtualization_type', 'virtualization_role'), ['VMware', 'guest'])
  assert.equal(pick(collect(virtual, { modules: 'kvm\n' }), 'virtualization_type', 'virtualization_role'), ['kvm', 'host'])
  assert.equal(pick(collect(virtual, {}), 'virtualization_type', 'virtualization_role'), ['NA', 'NA'])
})

test('what is gathered', () => {
  const all = chooseGroups(['all']), min = chooseGroups(['!all'])
  assert.ok(all.includes('network') && all.includes('devices') && !min.includes('network') && min.includes('distribution'))
  assert.ok(chooseGroups(['network']).includes('distribution') && !chooseGroups(['network']).includes('hardware'))
  assert.equal(chooseGroups(['!all', '!min', 'default_ipv4']), ['platform', 'python_version', 'distribution', 'network'])
  assert.equal(chooseGroups(['!all', '!min', 'mounts']), ['platform', 'python_version', 'hardware', 'mounts', 'devices'])
  assert.equal(chooseGroups(['!all', '!min', 'pkg_mgr']), ['distribution', 'pkg_mgr'])
  assert.equal([chooseGroups(['!hardware']), chooseGroups(['!nowhere']), chooseGroups(['!min'])], [min, min, []])
  assert.equal(chooseGroups(['all', '!hardware']), all.filter((name) => !['hardware', 'mounts', 'devices'].includes(name)))
  assert.equal(filterFacts({ ansible_pkg_mgr: 1, module_setup: true, ansible_x: 2 }, ['pkg_mgr', 'module*']), { ansible_pkg_mgr: 1, module_setup: true })
  assert.not(chooseGroups(['!hardware']).includes('mounts'))
  assert.throws(() => chooseGroups(['netwrok']), /Bad subset 'netwrok'.*did you mean 'network'/)
  assert.equal(Object.keys(filterFacts({ ansible_os_family: 1, ansible_distribution: 2, ansible_distribution_version: 3 }, ['ansible_dist*'])), ['ansible_distribution', 'ansible_distribution_version'])
  assert.is(splitSections('\n\u0001a\nx\n\n\u0001b\ny')('a'), 'x\n')
})
test.run()

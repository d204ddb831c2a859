/** Facts about virtual machines and containers. Ansible: module_utils/facts/virtual/linux.py. */
import { rows, type Group } from './sections.ts'

type Guess = readonly [type: string, role: 'guest' | 'host', when: boolean]

const containers = ['docker', 'lxc', 'podman', 'openvz', 'containerd']
const vendors: Readonly<Record<string, string>> = {
  oVirt: 'oVirt', QEMU: 'kvm', 'Amazon EC2': 'kvm', DigitalOcean: 'kvm', Google: 'kvm', Scaleway: 'kvm', Nutanix: 'kvm', KubeVirt: 'KubeVirt',
  'Microsoft Corporation': 'VirtualPC', 'Parallels Software International Inc.': 'parallels', 'OpenStack Foundation': 'openstack',
}
const products: Readonly<Record<string, string>> = {
  KVM: 'kvm', 'KVM Server': 'kvm', Bochs: 'kvm', AHV: 'kvm', 'CloudStack KVM Hypervisor': 'kvm', 'OpenStack Compute': 'openstack', 'OpenStack Nova': 'openstack',
  BHYVE: 'bhyve', 'RHEV Hypervisor': 'RHEV',
}
const bioses: Readonly<Record<string, string>> = { Xen: 'xen', 'innotek GmbH': 'virtualbox', 'Amazon EC2': 'kvm', DigitalOcean: 'kvm', Hetzner: 'kvm', Linode: 'kvm' }

export const virtual: Group = {
  name: 'virtual', facts: ['virtualization_type', 'virtualization_role', 'virtualization_tech_guest', 'virtualization_tech_host'], isMinimal: false,
  script: `s cgroup; f /proc/1/cgroup
s environ; tr '\\0' '\\n' </proc/1/environ | sed -n '/^container=/p'
s systemd_container; f /run/systemd/container
s marks; for p in /.dockerenv /.dockerinit /proc/vz /proc/lve /proc/bc /proc/xen /dev/kvm; do [ -e $p ] && echo $p; done
s xen; f /proc/xen/capabilities
s dmi_virtual; for n in product_name sys_vendor product_family bios_vendor; do printf '%s=' $n; f /sys/devices/virtual/dmi/id/$n || echo; done
s modules; cut -d' ' -f1 /proc/modules | grep -x 'kvm\\|vboxdrv\\|virtio'
s cpu_virtual; sed -n '/^model name.*QEMU Virtual CPU/p; /^vendor_id.*User Mode Linux/p; /^vendor_id.*IBM\\/S390/p; /^machine.*emulated by qemu/p' /proc/cpuinfo`,
  collect(sections) {
    const cgroup = sections('cgroup'), environ = sections('environ'), container = sections('systemd_container').trim()
    const marks = new Set(rows(sections('marks'))), modules = new Set(rows(sections('modules'))), cpu = sections('cpu_virtual')
    const dmi = new Map(rows(sections('dmi_virtual')).map((line): [string, string] => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1).trim()]))
    const product = dmi.get('product_name') ?? '', vendor = dmi.get('sys_vendor') ?? '', bios = dmi.get('bios_vendor') ?? ''
    const isXenHost = sections('xen').includes('control_d')
    const guesses: Guess[] = [
      ['docker', 'guest', /\/docker(\/|-[0-9a-f]+\.scope)/.test(cgroup)], ['lxc', 'guest', /\/lxc\/|\/machine\.slice\/machine-lxc/.test(cgroup)],
      ['containerd', 'guest', cgroup.includes('/system.slice/containerd.service')],
      ['lxc', 'guest', environ.includes('container=lxc')], ['podman', 'guest', environ.includes('container=podman')], ['container', 'guest', /^container=./m.test(environ)],
      ['openvz', marks.has('/proc/bc') ? 'host' : 'guest', marks.has('/proc/vz') && !marks.has('/proc/lve')],
      [container, 'guest', container !== ''], ['docker', 'guest', marks.has('/.dockerenv') || marks.has('/.dockerinit')],
      ['xen', isXenHost ? 'host' : 'guest', marks.has('/proc/xen')],
      [products[product] ?? '', 'guest', products[product] !== undefined], ['RHV', 'guest', vendor === 'Red Hat' && dmi.get('product_family') === 'RHV'],
      ['VMware', 'guest', product.startsWith('VMware')], [bioses[bios] ?? '', 'guest', bioses[bios] !== undefined], [vendors[vendor] ?? '', 'guest', vendors[vendor] !== undefined],
      ['kvm', 'guest', /QEMU Virtual CPU|emulated by qemu/.test(cpu)], ['uml', 'guest', cpu.includes('User Mode Linux')], ['ibm_systemz', 'guest', cpu.includes('IBM/S390')],
      ['kvm', 'host', modules.has('kvm')], ['virtualbox', 'host', modules.has('vboxdrv')], ['kvm', 'host', marks.has('/dev/kvm')],
    ]
    const hits = guesses.filter(([, , when]) => when)
    const tech = (role: string): string[] => [...new Set(hits.filter(([, one]) => one === role).map(([type]) => type))]
    const guest = tech('guest')
    if ((container !== '' || guest.some((one) => containers.includes(one))) && !guest.includes('container')) guest.push('container')
    const [type, role] = hits[0] ?? (modules.has('virtio') ? ['kvm', 'guest'] : ['NA', 'NA'])
    return {
      virtualization_type: type, virtualization_role: role, virtualization_tech_guest: guest.sort(),
      virtualization_tech_host: [...new Set([...tech('host'), ...(modules.has('virtio') ? ['kvm'] : [])])].sort(),
    }
  },
}

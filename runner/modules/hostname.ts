/** Gives the host its name, now and after a boot. */
import { attr, defineModule } from '../core/module.ts'
import { shText } from '../core/sh.ts'
import type { Change } from '../core/plan.ts'
import { hostName } from '../probes/hostname.ts'
import { platform } from '../probes/platform.ts'

export default defineModule({
  name: 'hostname',
  doc: 'Sets the host’s name.',
  args: {
    name: { type: 'str', required: true, doc: 'The name.' },
    use: {
      type: 'str', choices: ['alpine', 'debian', 'freebsd', 'generic', 'macos', 'macosx', 'darwin', 'openbsd', 'openrc', 'redhat', 'sles', 'solaris', 'systemd'],
      doc: 'Accepted: every way that the host has is used.',
    },
  },
  async plan({ name }, target) {
    const [is, { tools }] = await Promise.all([target.read(hostName, 'hostname'), target.read(platform, 'platform')])
    const changes: Change[] = []
    if (is.permanent !== name) changes.push(attr('hostname', 'permanent', is.permanent, name))
    if (is.running !== name) changes.push(attr('hostname', 'running', is.running, name))
    const write = shText`printf '%s\\n' ${name} >/etc/hostname && { [ ! -f /etc/sysconfig/network ] || ! grep -q '^HOSTNAME=' /etc/sysconfig/network || sed -i ${`s/^HOSTNAME=.*/HOSTNAME=${name}/`} /etc/sysconfig/network; }`
    const plain = `${write} && ${shText`hostname ${name}`}`
    // hostnamectl cannot do it where no systemd runs, nor in a container whose name is not its own to change.
    const line = !tools.has('hostnamectl') ? plain : shText`{ hostnamectl set-hostname ${name} 2>/dev/null && [ "$(uname -n)" = ${name} ]; } || { ` + `${plain}; }`
    const [short = name, ...domain] = name.split('.')
    return {
      changes, steps: changes.length === 0 ? [] : [{ sh: line }],
      after: changes.length === 0 ? [] : [{ probe: hostName.name, id: 'hostname', value: { running: name, permanent: name } }],
      data: { name, ansible_facts: { ansible_hostname: short, ansible_nodename: name, ansible_fqdn: name, ansible_domain: domain.join('.') } },
    }
  },
})

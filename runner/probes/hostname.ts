/** Reads the names a host has: the kernel's, and the one it will have after a boot. */
import { defineEach } from './each.ts'

export interface HostName { readonly running: string; readonly permanent: string }
export const hostName = defineEach<'hostname', HostName>({
  name: 'hostname',
  id: () => 'hostname',
  command: () => `uname -n; if [ -r /etc/hostname ]; then head -n 1 /etc/hostname; elif [ -r /etc/sysconfig/network ]; then sed -n 's/^HOSTNAME=//p' /etc/sysconfig/network; fi`,
  parse({ stdout }) {
    const [running = '', permanent = ''] = stdout.split('\n')
    return { running, permanent: permanent.trim() }
  },
})

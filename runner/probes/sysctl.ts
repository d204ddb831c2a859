/** Reads kernel settings, as sysctl shows them. */
import { shText } from '../core/sh.ts'
import { defineEach } from './each.ts'

export const sysctl = defineEach<string, string | undefined>({
  name: 'sysctl',
  id: (name) => name,
  absent: (value) => value === undefined,
  // A dot in a name may stand for a slash: net/ipv4/conf/eth0.100/forwarding keeps its own.
  command: (name) => shText`cat -- ${`/proc/sys/${name.includes('/') ? name : name.replaceAll('.', '/')}`}`,
  parse: ({ rc, stdout }) => rc === 0 ? stdout.replace(/\n$/, '') : undefined,
})

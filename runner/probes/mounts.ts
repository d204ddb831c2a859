/** Reads tables of mounts, the sizes of what is mounted, and the names of disks. */
import { quote } from '../core/sh.ts'
import type { Data } from '../core/types.ts'
import { defineEach, lines } from './each.ts'

const path = 'PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin; has() { command -v "$1" >/dev/null 2>&1; }\n'
/** No number: without a limit. `-s KILL`: a process that asks a server that is gone hears nothing else. */
const within = (seconds: number | undefined): string => seconds === undefined ? '' : `timeout -s KILL ${seconds} `

export interface MountTable { readonly real: string; readonly text: string }
/** A file with mounts, and the file it is a link to (that of the process itself, where it is below /proc). */
export const mountTable = defineEach<string, MountTable>({
  name: 'mount-table',
  id: (file) => file,
  command: (file) => `readlink -f ${quote(file)} | sed 's#^/proc/[0-9]*/#/proc/self/#'; printf '\\n\\002\\n'; cat ${quote(file)}`,
  parse({ stdout }, file) {
    const at = stdout.indexOf('\n\u0002\n')
    return { real: stdout.slice(0, Math.max(0, at)).trim() || file, text: stdout.slice(at + 3) }
  },
})

export interface MountOutput { readonly binary: string; readonly rc: number; readonly text: string }
/** What the command `mount` prints; `binary` is empty where there is none. */
export const mountOutput = defineEach<{ readonly binary: string; readonly seconds?: number }, MountOutput>({
  name: 'mount-output',
  id: ({ binary, seconds }) => `${binary} ${seconds ?? ''}`,
  prologue: path,
  command: ({ binary, seconds }) => `b=$(command -v ${quote(binary)}) || exit 127; echo "$b"; ${within(seconds)}"$b"`,
  parse({ stdout, rc }) {
    const at = stdout.indexOf('\n')
    return { binary: at < 0 ? '' : stdout.slice(0, at), rc, text: stdout.slice(at + 1) }
  },
})

/** Sizes of a mounted file system as Ansible's facts name them; `late` where it does not answer in time. */
export const mountSize = defineEach<{ readonly mount: string; readonly seconds?: number }, Data | 'late'>({
  name: 'mount-size',
  id: ({ mount, seconds }) => `${mount} ${seconds ?? ''}`,
  command: ({ mount, seconds }) => `${within(seconds)}stat -f -c '%a %S %s %b %d %c' -- ${quote(mount)}`,
  parse({ stdout, rc }) {
    if (rc === 137) return 'late'
    const [available = 0, fragment = 0, size = 0, total = 0, free = 0, inodes = 0] = stdout.trim().split(' ').map(Number)
    return rc !== 0 ? {} : {
      block_available: available, block_size: size, block_total: total, block_used: total - available, size_available: fragment * available, size_total: fragment * total,
      inode_available: free, inode_total: inodes, inode_used: inodes - free,
    }
  },
})

export interface Disks { readonly byUuid: ReadonlyMap<string, string>; readonly byDevice: ReadonlyMap<string, string> }
/** Disks that udev, blkid or lsblk know: device to UUID and back. */
export const disks = defineEach<'all', Disks>({
  name: 'disks',
  id: () => 'all',
  prologue: path,
  command: () => `for u in /dev/disk/by-uuid/*; do [ -e "$u" ] && echo "$(readlink -f "$u") \${u##*/}"; done
has lsblk && lsblk --list --noheadings --paths --output NAME,UUID --exclude 2; has blkid && blkid -s UUID | sed 's/^\\([^:]*\\):.* UUID="\\([^"]*\\)".*/\\1 \\2/'; :`,
  parse({ stdout }) {
    const found = lines(stdout).map((line) => line.trim().split(/\s+/)).filter((words) => words.length === 2).reverse()
    return { byUuid: new Map(found.map(([device = '', uuid = '']) => [uuid, device])), byDevice: new Map(found.map(([device = '', uuid = '']) => [device, uuid])) }
  },
})

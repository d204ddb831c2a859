/** Questions to tools that lie about a path or a name: access lists, file systems. */
import { shText } from '../core/sh.ts'
import { defineEach, lines } from './each.ts'

/** Whether a change of access lists would change anything: setfacl itself says so (`--test`). */
export interface AclKey { readonly path: string; readonly flags: readonly string[]; readonly change: readonly string[] }
export interface AclTrial { readonly hasTool: boolean; readonly exists: boolean; readonly differs: boolean; readonly problem: string }
export const aclTrial = defineEach<AclKey, AclTrial>({
  name: 'acl-trial',
  id: (key) => JSON.stringify(key),
  absent: (value) => !value.hasTool || !value.exists,
  command: ({ path, flags, change }) => shText`command -v setfacl >/dev/null || { echo none; exit; }
echo tool; [ -e ${path} ] && echo exists || { echo missing; exit; }
t=$(setfacl --test ${[...flags, ...change]} -- ${path} 2>&1) || { echo "problem $t"; exit; }
printf '%s\\n' "$t" | grep -qv '\\*,\\*$' && echo differs; :`,
  parse({ stdout }) {
    const [tool = '', exists = '', ...rest] = lines(stdout)
    return { hasTool: tool === 'tool', exists: exists === 'exists', differs: rest.includes('differs'), problem: rest.find((line) => line.startsWith('problem '))?.slice(8) ?? '' }
  },
})
/** Lines of getfacl; undefined where there is no file or no tool. */
export const aclEntries = defineEach<{ readonly path: string; readonly flags: readonly string[] }, readonly string[] | undefined>({
  name: 'acl-entries',
  id: (key) => JSON.stringify(key),
  absent: (value) => value === undefined,
  command: ({ path, flags }) => getfacl(path, flags),
  parse: ({ rc, stdout }) => rc === 0 ? lines(stdout) : undefined,
})
export const getfacl = (path: string, flags: readonly string[]): string => shText`getfacl --omit-header --absolute-names ${flags} -- ${path}`

/** What is on a block device or in a file: its kind, and which tools could make another. */
export interface FilesystemIs { readonly exists: boolean; readonly fstype: string; readonly tools: readonly string[] }
export const filesystem = defineEach<string, FilesystemIs>({
  name: 'filesystem',
  id: (path) => path,
  absent: (value) => !value.exists,
  command: (path) => shText`PATH=$PATH:/usr/sbin:/sbin; [ -e ${path} ] && echo exists || echo missing; blkid -c /dev/null -o value -s TYPE -- ${path} || echo
for t in mkfs.ext2 mkfs.ext3 mkfs.ext4 mkfs.xfs mkfs.btrfs mkfs.vfat mkfs.f2fs mkswap pvcreate wipefs resize2fs; do command -v $t >/dev/null && echo $t; done; :`,
  parse({ stdout }) {
    const [exists = '', fstype = '', ...tools] = stdout.split('\n')
    return { exists: exists === 'exists', fstype, tools: tools.filter((tool) => tool !== '') }
  },
})

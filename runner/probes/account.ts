/** Reads who we are on the host: numbers, names, umask, home and environment. Asked once an account. */
import type { Probe } from '../core/plan.ts'

export interface Account {
  readonly uid: number; readonly gid: number; readonly user: string; readonly group: string
  readonly groups: readonly number[]
  readonly umask: number
  readonly home: string
  readonly cwd: string
  readonly env: Readonly<Record<string, string>>
  readonly selinux: boolean
}

/** Keyed by the account's name, `target.user`. */
export const account: Probe<string, Account> = {
  name: 'account',
  lasting: true,
  id: (user) => user,
  script: () => `id -u; id -g; id -un; id -gn; id -G; umask; printf '%s\\n' "$HOME"; pwd
[ -e /sys/fs/selinux/enforce ] && echo on || echo off
env`,
  parse(stdout, keys) {
    const [uid = '', gid = '', user = '', group = '', groups = '', umask = '', home = '', cwd = '', selinux = '', ...env] = stdout.split('\n')
    const one: Account = {
      uid: Number(uid), gid: Number(gid), user, group, groups: groups.split(' ').map(Number), umask: parseInt(umask, 8), home, cwd,
      env: Object.fromEntries(env.filter((line) => /^[A-Za-z_]\w*=/.test(line)).map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)])),
      selinux: selinux === 'on',
    }
    return keys.map(() => one)
  },
}

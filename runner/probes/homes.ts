/** Reads what is in the home folder of an account, whatever folder that is: so that it takes one trip, not two. */
import { shText } from '../core/sh.ts'
import { defineEach } from './each.ts'

const findHome = `home_of() {
  h=$(if command -v getent >/dev/null 2>&1; then getent passwd "$1"; else awk -F: -v n="$1" '$1 == n' /etc/passwd; fi | cut -d: -f6)
}
`
/** Whether the home folder of an account exists; false also where there is no such account. */
export const hasHome = defineEach<string, boolean>({
  name: 'has-home',
  id: (name) => name,
  absent: (value) => !value,
  prologue: findHome,
  command: (name) => shText`home_of ${name}; [ -n "$h" ] && [ -e "$h" ]`,
  parse: ({ rc }) => rc === 0,
})

export interface KeyFile { readonly user: string; readonly path: string }
export interface SshKey { readonly path: string; readonly hasPrivate: boolean; readonly hasPublic: boolean; readonly publicKey: string | undefined; readonly fingerprint: string; readonly hostname: string }
/** An SSH key pair; a relative path is taken from the account's home. */
export const sshKey = defineEach<KeyFile, SshKey>({
  name: 'ssh-key',
  id: ({ user, path }) => `${user}:${path}`,
  absent: (value) => !value.hasPrivate,
  prologue: findHome,
  command: ({ user, path }) => shText`home_of ${user}; p=${path}; case $p in /*) ;; *) p=$h/$p;; esac
echo "$p"; uname -n; if [ -e "$p" ]; then echo yes; else echo no; fi; if [ -e "$p.pub" ]; then echo yes; else echo no; fi
ssh-keygen -l -f "$p" 2>&1 | head -n 1
cat "$p.pub"`,
  parse({ stdout }) {
    const [path = '', hostname = '', has = '', hasPublic = '', ...rest] = stdout.split('\n')
    const key = rest.findIndex((line) => /^(ssh-|ecdsa-|sk-)/.test(line))
    return { path, hostname, hasPrivate: has === 'yes', hasPublic: hasPublic === 'yes', fingerprint: rest[0] ?? '', publicKey: key < 0 ? undefined : rest[key]?.trim() }
  },
})

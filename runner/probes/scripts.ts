/** Reads services of init systems other than systemd: init scripts (sysvinit) and OpenRC. */
import { shText } from '../core/sh.ts'
import { defineEach } from './each.ts'

/** `auto`: whatever the host has; nothing is asked where systemd runs. */
export interface ScriptKey { readonly name: string; readonly kind: 'sysvinit' | 'openrc' | 'auto'; readonly pattern?: string; readonly runlevel?: string }
export interface Script {
  readonly exists: boolean
  readonly running: boolean
  /** Runlevels in which it starts. */
  readonly runlevels: readonly string[]
  readonly live?: { readonly rc: number; readonly status: string }
}

const byPattern = (pattern: string): string => shText`ps -ef 2>/dev/null | grep -v 'awk -v p=' | awk -v p=${pattern} 'NR > 1 && index($0, p) { found = 1 } END { exit !found }'`
const sysv = ({ name, pattern }: ScriptKey): string => shText`PATH=$PATH:/usr/sbin:/sbin; n=${name}; s=/etc/init.d/$n
[ -e "$s" ] || s=/etc/rc.d/init.d/$n; [ -e "$s" ] || s=/etc/rc.d/$n
if [ -f "$s" ]; then echo yes; else echo no; exit; fi
for l in /etc/rc[0-9S].d/S[0-9][0-9]"$n" /etc/rc.d/rc[0-9S].d/S[0-9][0-9]"$n"; do [ ! -e "$l" ] || { l=\${l%/*}; l=\${l##*/rc}; printf '%s ' "\${l%.d}"; }; done; echo
` + (pattern === undefined ? `o=$("$s" status 2>&1 </dev/null); echo $?; printf '%s\\n' "$o"` : `${byPattern(pattern)}; echo $?`)
const openrc = ({ name, pattern }: ScriptKey): string => shText`PATH=$PATH:/usr/sbin:/sbin; n=${name}
if [ -e "/etc/init.d/$n" ]; then echo yes; else echo no; exit; fi
rc-update show -v | awk -F'|' -v n="$n" '{ gsub(/ /, "", $1) } $1 == n { print $2 }'
` + (pattern === undefined ? shText`o=$(rc-service ${name} status 2>&1 </dev/null); echo $?; printf '%s\\n' "$o"` : `${byPattern(pattern)}; echo $?`)

export const script = defineEach<ScriptKey, Script>({
  name: 'init-script',
  id: ({ name, kind, pattern = '' }) => `${kind}:${name}:${pattern}`,
  absent: (value) => !value.exists,
  command(key) {
    if (key.kind === 'openrc') return openrc(key)
    if (key.kind === 'sysvinit') return sysv(key)
    return `[ ! -d /run/systemd/system ] || { echo no; exit; }\nif [ -e /sbin/openrc ] || [ -e /usr/sbin/openrc ]; then\n${openrc(key)}\nelse\n${sysv(key)}\nfi`
  },
  parse({ stdout }, { name }) {
    const [exists, levels = '', code = '', ...status] = stdout.split('\n')
    if (exists !== 'yes') return { exists: false, running: false, runlevels: [] }
    const rc = Number(code), text = status.join('\n').trim()
    return { exists: true, running: isRunning(rc, text, name), runlevels: levels.split(' ').filter((one) => one !== '').sort(), live: { rc, status: text } }
  },
})

/** LSB: 0 runs, 1 to 4 do not; but many scripts say 0 whatever happens, so that a single line of words counts more. Ansible: modules/sysvinit.py. */
export function isRunning(rc: number, text: string, name: string): boolean {
  if (!text.includes('\n')) {
    const words = text.toLowerCase().replaceAll(name.toLowerCase(), '')
    if (['stop', 'is dead ', 'dead but ', 'could not access pid file', 'inactive'].some((word) => words.includes(word))) return false
    if (['run', 'start', 'active'].some((word) => words.includes(word)) && !words.includes('not ')) return true
  }
  return rc === 0
}

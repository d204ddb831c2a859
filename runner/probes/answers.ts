/** Small questions to tools: one word or a few lines each. Modules that are about one tool read these. */
import { shText } from '../core/sh.ts'
import { defineEach, lines } from './each.ts'

/** Lines of /proc/mounts for a mount point: [source, type, options]; undefined where nothing is mounted. */
export const mounted = defineEach<string, { readonly source: string; readonly fstype: string; readonly options: readonly string[] } | undefined>({
  name: 'mounted',
  id: (path) => path,
  absent: (value) => value === undefined,
  command: (path) => shText`awk -v p=${path.replaceAll(' ', '\\\\040')} '$2 == p { l = $0 } END { print l }' /proc/mounts`,
  parse({ stdout }) {
    const [source = '', , fstype = '', options = ''] = (lines(stdout)[0] ?? '').split(' ')
    return source === '' ? undefined : { source, fstype, options: options.split(',') }
  },
})

export interface KernelModule { readonly loaded: boolean; readonly builtin: boolean }
export const kernelModule = defineEach<string, KernelModule>({
  name: 'kernel-module',
  id: (name) => name,
  absent: (value) => !value.loaded && !value.builtin,
  command: (name) => shText`n=$(echo ${name} | tr - _); grep -q "^$n " /proc/modules && echo loaded; grep -q "/$(echo ${name} | sed 's/[-_]/[-_]/g')\\.ko" "/lib/modules/$(uname -r)/modules.builtin" && echo builtin; :`,
  parse: ({ stdout }) => ({ loaded: lines(stdout).includes('loaded'), builtin: lines(stdout).includes('builtin') }),
})

/** The time zone: what /etc/localtime leads to, or /etc/timezone names. `known`: the zone that is asked for exists. */
export const timeZone = defineEach<string, { readonly name: string; readonly hasFiles: boolean; readonly known: boolean }>({
  name: 'time-zone',
  id: (zone) => zone,
  command: (zone) => shText`l=$(readlink -f /etc/localtime); case $l in */zoneinfo/*) echo "\${l##*/zoneinfo/}";; *) head -n 1 /etc/timezone || echo;; esac
[ -d /usr/share/zoneinfo ] && echo files || echo none; [ -f ${`/usr/share/zoneinfo/${zone}`} ] && echo known || echo unknown
readlink /etc/localtime | sed 's,.*/zoneinfo/,,'`,
  parse({ stdout }) {
    const [resolved = '', files = '', known = '', link = ''] = stdout.split('\n')
    return { name: link === '' ? resolved : link, hasFiles: files === 'files', known: known === 'known' }
  },
})

/** A locale: whether it can be used, and whether the host's list of possible ones has it. */
export const locale = defineEach<string, { readonly present: boolean; readonly possible: boolean }>({
  name: 'locale',
  id: (name) => name,
  absent: (value) => !value.present,
  command: (name) => shText`norm() { tr 'A-Z' 'a-z' | tr -d -; }; w=$(echo ${name} | norm)
locale -a | norm | grep -qx -- "$w" && echo present
{ cat /usr/share/i18n/SUPPORTED; sed 's/^# *//' /etc/locale.gen; } | awk '{ print $1 }' | norm | grep -qx -- "$w" && echo possible; :`,
  parse: ({ stdout }) => ({ present: lines(stdout).includes('present'), possible: lines(stdout).includes('possible') }),
})

export interface Alternative { readonly exists: boolean; readonly path: string; readonly isAuto: boolean; readonly choices: readonly { readonly path: string; readonly priority: number }[] }
export const alternative = defineEach<string, Alternative>({
  name: 'alternative',
  id: (name) => name,
  absent: (value) => !value.exists,
  command: (name) => shText`PATH=$PATH:/usr/sbin; export LC_ALL=C; t=update-alternatives; command -v $t >/dev/null || t=alternatives
if $t --query ${name} 2>/dev/null; then :; else $t --display ${name}; fi`,
  parse({ rc, stdout }) {
    const field = (name: string): string => new RegExp(`^${name}: (.*)$`, 'm').exec(stdout)?.[1] ?? ''
    if (rc !== 0) return { exists: false, path: '', isAuto: true, choices: [] }
    if (stdout.includes('Status: ')) {
      const choices = stdout.split(/\n\n/).slice(1).map((part) => ({ path: /^Alternative: (.*)$/m.exec(part)?.[1] ?? '', priority: Number(/^Priority: (.*)$/m.exec(part)?.[1] ?? 0) }))
      return { exists: true, path: field('Value'), isAuto: field('Status') === 'auto', choices }
    }
    const choices = [...stdout.matchAll(/^(\/\S+) - (?:family \S+ )?priority (\d+)/gm)].map(([, path = '', priority = '0']) => ({ path, priority: Number(priority) }))
    return { exists: true, path: /currently points to (\S+?)\.?$/m.exec(stdout)?.[1] ?? '', isAuto: /status is auto/.test(stdout), choices }
  },
})

/** Apache modules on Debian (a2query), elsewhere what the server says that it loads. */
export const apacheModule = defineEach<string, { readonly enabled: boolean; readonly hasTool: boolean; readonly exists: boolean }>({
  name: 'apache-module',
  id: (name) => name,
  absent: (value) => !value.exists || !value.hasTool,
  command: (name) => shText`PATH=$PATH:/usr/sbin:/sbin; command -v a2enmod >/dev/null && echo tool; [ -e ${`/etc/apache2/mods-available/${name}.load`} ] && echo exists; [ -e ${`/etc/apache2/mods-enabled/${name}.load`} ] && echo enabled; :`,
  parse: ({ stdout }) => ({ enabled: lines(stdout).includes('enabled'), hasTool: lines(stdout).includes('tool'), exists: lines(stdout).includes('exists') }),
})

/** SELinux: running and configured state; a boolean of it, now and after a boot. */
export const selinuxState = defineEach<'selinux', { readonly hasTools: boolean; readonly runtime: string; readonly config: string; readonly policy: string }>({
  name: 'selinux-state',
  id: () => 'selinux',
  absent: (value) => !value.hasTools,
  command: () => `PATH=$PATH:/usr/sbin:/sbin; command -v getenforce >/dev/null && getenforce | tr 'A-Z' 'a-z' || echo -; f=/etc/selinux/config; [ -r $f ] && { sed -n 's/^SELINUX=//p' $f; sed -n 's/^SELINUXTYPE=//p' $f; }; :`,
  parse({ stdout }) {
    const [runtime = '-', config = '', policy = ''] = stdout.split('\n')
    return { hasTools: runtime !== '-', runtime: runtime === '-' ? 'disabled' : runtime, config, policy }
  },
})
export const selinuxBoolean = defineEach<string, { readonly hasTools: boolean; readonly now: string; readonly boot: string }>({
  name: 'selinux-boolean',
  id: (name) => name,
  absent: (value) => !value.hasTools || value.now === '',
  command: (name) => shText`PATH=$PATH:/usr/sbin:/sbin; command -v getsebool >/dev/null && echo tools || echo -; getsebool ${name} | awk '{ print $3 }'; semanage boolean -l 2>/dev/null | awk -v n=${name} '$1 == n { gsub(/[(),]/, " "); print $3 }'`,
  parse({ stdout }) {
    const [tools = '', now = '', boot = ''] = stdout.split('\n')
    return { hasTools: tools === 'tools', now, boot: boot === '' ? now : boot }
  },
})

/** Whether firewalld has something, now and after a boot. `query` are the words of a `--query-…` call. */
export interface FirewallKey { readonly query: readonly string[]; readonly zone: string | undefined }
export const firewall = defineEach<FirewallKey, { readonly hasTool: boolean; readonly isRunning: boolean; readonly now: boolean; readonly boot: boolean; readonly problem: string }>({
  name: 'firewall',
  id: (key) => JSON.stringify(key),
  absent: (value) => !value.hasTool || !value.isRunning,
  command: ({ query, zone }) => {
    const words = [...(zone === undefined ? [] : [`--zone=${zone}`]), ...query]
    return shText`command -v firewall-cmd >/dev/null || { echo none; exit; }
if firewall-cmd --state >/dev/null 2>&1; then echo running; firewall-cmd ${words} 2>&1; firewall-cmd --permanent ${words} 2>&1; else echo stopped; echo no; firewall-offline-cmd ${words} 2>&1; fi; :`
  },
  parse({ stdout }) {
    const [state = '', now = '', boot = ''] = stdout.split('\n')
    const problem = [now, boot].find((one) => !['yes', 'no', ''].includes(one)) ?? ''
    return { hasTool: state !== 'none', isRunning: state === 'running', now: now === 'yes', boot: boot === 'yes', problem }
  },
})

/** Whether a rule of iptables is there, and the policy of a chain. */
export interface TableKey { readonly tool: string; readonly table: string; readonly chain: string; readonly rule: readonly string[] }
export const tableRule = defineEach<TableKey, { readonly hasTool: boolean; readonly hasRule: boolean; readonly hasChain: boolean; readonly policy: string; readonly problem: string }>({
  name: 'table-rule',
  id: (key) => JSON.stringify(key),
  absent: (value) => !value.hasTool,
  command: ({ tool, table, chain, rule }) => shText`PATH=$PATH:/usr/sbin:/sbin; command -v ${tool} >/dev/null || { echo none; exit; }
echo tool; l=$(${tool} -w 2>/dev/null -t ${table} -S ${chain} 2>&1) || l=$(${tool} -t ${table} -S ${chain} 2>&1) && echo chain || printf 'problem %s\\n' "$l"
printf '%s\\n' "$l" | sed -n 's/^-P [^ ]* /policy /p'
${tool} -t ${table} -C ${chain} ${rule} >/dev/null 2>&1 && echo rule; :`,
  parse({ stdout }) {
    const all = lines(stdout)
    return {
      hasTool: all[0] === 'tool', hasRule: all.includes('rule'), hasChain: all.includes('chain'), policy: all.find((line) => line.startsWith('policy '))?.slice(7) ?? '',
      problem: all.find((line) => line.startsWith('problem '))?.slice(8) ?? '',
    }
  },
})

/** File capabilities, as getcap writes them: `cap_net_raw+ep`. */
export const capabilities = defineEach<string, { readonly hasTool: boolean; readonly list: readonly string[] }>({
  name: 'capabilities',
  id: (path) => path,
  absent: (value) => !value.hasTool,
  command: (path) => shText`PATH=$PATH:/usr/sbin:/sbin; command -v getcap >/dev/null || { echo none; exit; }; echo tool; getcap -- ${path}`,
  parse({ stdout }) {
    const [tool = '', line = ''] = stdout.split('\n')
    const text = line.replace(/^\S+ (= )?/, '')
    return { hasTool: tool === 'tool', list: text.trim() === '' ? [] : text.trim().split(/\s+/).flatMap((group) => { const [names = '', flags = ''] = group.split(/(?=[=+-])/); return names.split(',').map((name) => `${name}${flags.replace('=', '+')}`) }) }
  },
})

/** The SELinux context of a path itself, its four parts; three nothings where SELinux is off, as Ansible gives them. */
export const selinuxContext = defineEach<string, readonly (string | null)[]>({
  name: 'selinux-context',
  id: (path) => path,
  command: (path) => shText`[ -e /sys/fs/selinux/enforce ] && stat -c %C -- ${path}`,
  parse: ({ rc, stdout }) => {
    const [user, role, type, ...level] = stdout.trim().split(':')
    return rc !== 0 || user === undefined || role === undefined || type === undefined ? [null, null, null] : [user, role, type, level.join(':')]
  },
})

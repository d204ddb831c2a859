/** Facts about what manages packages and services, and the host's own facts in facts.d. */
import type { Data } from '../../core/types.ts'
import { rows, type Group } from './sections.ts'

// Later lines win, as in Ansible's table (module_utils/facts/system/pkg_mgr.py).
const managers: readonly (readonly [string, string])[] = [
  ['/usr/bin/rpm-ostree', 'atomic_container'], ['/usr/bin/dnf5', 'dnf5'], ['/usr/bin/dnf-3', 'dnf'], ['/usr/bin/dnf', 'dnf'], ['/usr/bin/microdnf', 'dnf'], ['/usr/bin/yum', 'yum'],
  ['/usr/bin/apt-get', 'apt'], ['/usr/bin/zypper', 'zypper'], ['/usr/sbin/urpmi', 'urpmi'], ['/usr/bin/pacman', 'pacman'], ['/bin/opkg', 'opkg'], ['/sbin/apk', 'apk'], ['/usr/bin/apk', 'apk'],
  ['/usr/sbin/pkg', 'pkgng'], ['/usr/bin/emerge', 'portage'], ['/usr/bin/xbps-install', 'xbps'], ['/usr/bin/swupd', 'swupd'], ['/usr/bin/nix-env', 'nix'],
]
const packageManager: Group = {
  name: 'pkg_mgr', facts: [], isMinimal: true,
  script: `s pkg; for p in ${managers.map(([path]) => path).join(' ')}; do [ -e $p ] && echo $p; done`,
  collect(sections, known) {
    const have = rows(sections('pkg')).map((path) => managers.find(([one]) => one === path)?.[1] ?? '')
    const family = known.os_family
    const red = ['dnf5', 'dnf', 'yum'].find((one) => have.includes(one))
    if (family === 'RedHat' && red !== undefined) return { pkg_mgr: have.includes('atomic_container') ? 'atomic_container' : red }
    if (family === 'Debian' && have.includes('apt')) return { pkg_mgr: 'apt' }
    return { pkg_mgr: have.at(-1) ?? 'unknown' }
  },
}

const services: Group = {
  name: 'service_mgr', facts: [], isMinimal: true,
  script: `s init; f /proc/1/comm || readlink /sbin/init
s managed; has systemctl && for d in /run/systemd/system /dev/.run/systemd /dev/.systemd; do [ -e $d ] && echo systemd && break; done
has initctl && [ -e /etc/init ] && echo upstart; [ -e /sbin/openrc ] && echo openrc
has systemctl && case $(readlink /sbin/init) in *systemd) echo systemd-offline;; esac; [ -e /etc/init.d ] && echo sysvinit; [ -e /etc/dinit.d ] && echo dinit`,
  collect(sections) {
    const init = sections('init').trim().replace(/^.*\//, '')
    const renamed: Readonly<Record<string, string>> = { procd: 'openwrt_init', 'runit-init': 'runit', svscan: 'svc', 'openrc-init': 'openrc' }
    if (init !== '' && init !== 'init' && !init.endsWith('sh')) return { service_mgr: renamed[init] ?? init }
    const first = rows(sections('managed'))[0] ?? 'service'
    return { service_mgr: first === 'systemd-offline' ? 'systemd' : first }
  },
}

const systemd: Group = {
  name: 'systemd', facts: [], isMinimal: true, script: 's systemd; has systemctl && systemctl --version',
  collect(sections) {
    const [first = '', features = ''] = sections('systemd').split('\n')
    const version = /^systemd (\d+)/.exec(first)?.[1]
    return version === undefined ? {} : { systemd: { features, version: Number(version) } }
  },
}

/** An INI file as Ansible's facts show it: section to option to text. */
function ini(text: string): Data | undefined {
  const out: Data = {}
  let section: Data | undefined
  for (const line of text.split('\n')) {
    if (/^\s*([#;].*)?$/.test(line)) continue
    const head = /^\[([^\]]+)\]\s*$/.exec(line)
    const entry = /^([^=:]+?)\s*[=:]\s*(.*)$/.exec(line)
    if (head !== null) { section = {}; out[head[1] ?? ''] = section }
    else if (entry !== null && section !== undefined) section[(entry[1] ?? '').toLowerCase()] = (entry[2] ?? '').trim()
    else return undefined
  }
  return out
}
function localFact(path: string, rc: number, text: string): unknown {
  if (rc !== 0) return `Failure executing fact script (${path}), rc: ${rc}, err: `
  try { return JSON.parse(text) } catch { /* not JSON: INI is the other form there is */ }
  return ini(text) ?? `error loading facts as JSON or ini - please check content: ${path}`
}
/** Own facts are small: no file above 1 MB is read. */
export const localFacts = (folder: string, quoted: string): Group => ({
  name: 'local', facts: [], isMinimal: true,
  script: `s local; if [ -d ${quoted} ]; then for p in ${quoted}/*.fact; do [ -f "$p" ] || continue
printf '\\n\\002%s\\n' "$p"; if [ -x "$p" ]; then "$p" </dev/null; else head -c 1048576 "$p"; fi; printf '\\n\\003%d' $?; done; fi`,
  collect: (sections) => ({
    local: Object.fromEntries(sections('local').split('\n\u0002').slice(1).map((part) => {
      const at = part.indexOf('\n'), path = part.slice(0, at), [text = '', rc = '0'] = part.slice(at + 1).split('\n\u0003')
      return [path.slice(folder.length + 1).replace(/\.fact$/, ''), localFact(path, Number(rc.trim()), text)]
    })),
  }),
})
export const managerGroups: readonly Group[] = [packageManager, services, systemd]

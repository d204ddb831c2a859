/** Facts about what manages packages and services, and the host's own facts in facts.d. */
import { BadIni, Ini } from '../../core/configparser.ts'
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
  name: 'systemd', facts: [], isMinimal: false, script: 's systemd; has systemctl && [ -d /run/systemd/system ] && systemctl --version',
  collect(sections) {
    const [first = '', features = ''] = sections('systemd').split('\n')
    const version = /^systemd (\d+)/.exec(first)?.[1]
    return version === undefined ? {} : { systemd: { features, version: Number(version) } }
  },
}

/** What is wrong with the host's own facts, in Ansible's words: the fact's value, and a warning. */
const notReadable = (path: string, form: string): string => `error loading facts as ${form} - please check content: ${path}`
function iniFacts(text: string, path: string): unknown {
  let parsed: Ini
  try { parsed = new Ini(text, path, { caseSensitive: false, allowNoValue: false, interpolate: true }) } catch (error) {
    if (error instanceof BadIni) return notReadable(path, 'JSON or ini')
    throw error
  }
  try { return Object.fromEntries(parsed.names().map((name) => [name, Object.fromEntries(parsed.entries(name, path))])) } catch (error) {
    if (error instanceof BadIni) return `${notReadable(path, 'ini')} (${error.message})`
    throw error
  }
}
/** What the section `local` says of one file: its kind, the exit code, stderr, then the text. */
function localFact(path: string, kind: string, rc: number, error: string, text: string, warn: (message: string) => void): unknown {
  const failed = (message: string): string => { warn(message); return message }
  if (kind === 'gone') return failed(`Could not stat fact (${path}): No such file or directory`)
  if (rc !== 0 && kind === 'run') return failed(`Failure executing fact script (${path}), rc: ${rc}, err: ${error}`)
  if (text.includes('\ufffd')) return failed(`error loading fact - output of running "${path}" was not utf-8`)
  try { return JSON.parse(text) } catch { /* not JSON: INI is the other form there is */ }
  const found = iniFacts(text, path)
  return typeof found === 'string' ? failed(found) : found
}
/** Own facts are small: no file above 1 MB is read. */
export const localFacts = (folder: string, quoted: string): Group => ({
  name: 'local', facts: [], isMinimal: true,
  script: `s local; if [ -d ${quoted} ]; then for p in ${quoted}/*.fact; do
if [ ! -e "$p" ]; then [ -L "$p" ] || continue; k=gone; elif [ -x "$p" ] && [ ! -d "$p" ]; then k=run; else k=file; fi
printf '\\n\\002%s\\n%s\\n' "$p" $k; e=; case $k in run) { e=$("$p" 2>&1 >&3 3>&- </dev/null); } 3>&1;; file) head -c 1048576 "$p";; esac
printf '\\n\\003%d\\n%s' $? "$e"; done; fi`,
  collect: (sections, _, warn) => ({
    local: Object.fromEntries(sections('local').split('\n\u0002').slice(1).map((part) => {
      const [path = '', kind = ''] = part.split('\n', 2), [text = '', end = ''] = part.slice(path.length + kind.length + 2).split('\n\u0003')
      const [rc = '0', ...error] = end.split('\n')
      return [path.slice(folder.length + 1).replace('.fact', ''), localFact(path, kind, Number(rc), error.join('\n'), text, warn)]
    })),
  }),
})
export const managerGroups: readonly Group[] = [packageManager, services, systemd]

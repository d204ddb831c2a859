/** Reads what kind of machine this is, once: system family, package manager, service manager and the tools that decide how a module acts. */
import type { Probe } from '../core/plan.ts'

export interface Platform {
  /** Fields of os-release: ID, ID_LIKE, VERSION_ID … */
  readonly os: Readonly<Record<string, string>>
  /** uname -s */
  readonly system: string
  /** As Ansible's fact `pkg_mgr`: apt, dnf, dnf5, yum, apk, pacman, zypper …; `unknown`. */
  readonly packageManager: string
  /** As Ansible's fact `service_mgr`: systemd, openrc, sysvinit …; `service` where nothing is known. */
  readonly serviceManager: string
  /** Name of process 1. */
  readonly init: string
  readonly tools: ReadonlySet<string>
}

const asked = [
  'useradd', 'usermod', 'userdel', 'groupadd', 'groupmod', 'groupdel', 'adduser', 'addgroup', 'chage', 'chpasswd', 'lusermod', 'ssh-keygen',
  'apt-get', 'dnf', 'dnf-3', 'dnf5', 'microdnf', 'yum', 'zypper', 'apk', 'pacman', 'rpm', 'dpkg', 'emerge', 'pkg', 'opkg', 'xbps-install',
  'systemctl', 'rc-service', 'rc-update', 'service', 'update-rc.d', 'chkconfig', 'initctl', 'invoke-rc.d',
  'timedatectl', 'hostnamectl', 'crontab', 'git', 'docker', 'podman', 'locale-gen', 'localedef', 'update-locale', 'getent', 'sysctl', 'modprobe',
  'iptables', 'setsebool', 'firewall-cmd', 'getenforce', 'htpasswd', 'a2enmod', 'a2query', 'apachectl', 'update-alternatives', 'alternatives',
  'setcap', 'openssl', 'ss', 'nc', 'bash', 'curl', 'python3', 'pip3', 'pip', 'gpg', 'debconf-set-selections', 'apk', 'mkpasswd', 'uuidgen', 'journalctl',
]

export const platform: Probe<'platform', Platform> = {
  name: 'platform',
  lasting: true,
  id: () => 'platform',
  script: () => `PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
uname -s
cat /proc/1/comm 2>/dev/null || echo unknown
[ -d /run/systemd/system ] || [ -d /dev/.run/systemd ] || [ -d /dev/.systemd ] && echo systemd || echo -
[ -e /sbin/openrc ] || [ -e /usr/sbin/openrc ] && echo openrc || echo -
[ -f /etc/init.d/mysql ] || [ -d /etc/init.d ] && echo sysvinit || echo -
readlink /sbin/init || echo -
for t in ${[...new Set(asked)].join(' ')}; do command -v "$t" >/dev/null 2>&1 && printf '%s ' "$t"; done
echo
cat /etc/os-release 2>/dev/null || cat /usr/lib/os-release 2>/dev/null
:`,
  parse(stdout, keys) {
    const [system = '', init = '', systemd = '', openrc = '', sysvinit = '', link = '', tools = '', ...release] = stdout.split('\n')
    const have = new Set(tools.split(' ').filter((one) => one !== ''))
    const os = osRelease(release)
    const one: Platform = {
      os, system, init, tools: have, packageManager: packageManager(os, have),
      serviceManager: serviceManager(systemd === 'systemd', openrc === 'openrc', sysvinit === 'sysvinit', link, init, have),
    }
    return keys.map(() => one)
  },
}

/** Lines `NAME="value"` of os-release(5). */
export function osRelease(lines: readonly string[]): Record<string, string> {
  const found: Record<string, string> = {}
  for (const line of lines) {
    const match = /^([A-Z][A-Z0-9_]*)=(.*)$/.exec(line.trim())
    if (match !== null) found[match[1] ?? ''] = (match[2] ?? '').replace(/^(["'])(.*)\1$/, '$2').replace(/\\(["$`\\])/g, '$1')
  }
  return found
}
export const isLike = (os: Readonly<Record<string, string>>, ...families: string[]): boolean =>
  [os.ID ?? '', ...(os.ID_LIKE ?? '').split(' ')].some((id) => families.includes(id))

/** A Debian may have dnf installed and a Fedora apt: the family decides, then what is there (Ansible: facts/system/pkg_mgr.py). */
function packageManager(os: Readonly<Record<string, string>>, have: ReadonlySet<string>): string {
  const first = (...names: readonly (readonly [string, string])[]): string | undefined => names.find(([tool]) => have.has(tool))?.[1]
  const red = [['dnf5', 'dnf5'], ['dnf-3', 'dnf'], ['dnf', 'dnf'], ['yum', 'yum'], ['microdnf', 'dnf']] as const
  const family = isLike(os, 'debian', 'ubuntu') ? first(['apt-get', 'apt'])
    : isLike(os, 'fedora', 'rhel', 'centos', 'amzn') ? first(...red)
    : isLike(os, 'suse', 'opensuse', 'sles') ? first(['zypper', 'zypper']) : undefined
  return family ?? first(['apk', 'apk'], ['pacman', 'pacman'], ['zypper', 'zypper'], ['apt-get', 'apt'], ...red,
    ['emerge', 'portage'], ['xbps-install', 'xbps'], ['opkg', 'opkg'], ['pkg', 'pkgng']) ?? 'unknown'
}

function serviceManager(systemd: boolean, openrc: boolean, sysvinit: boolean, link: string, init: string, have: ReadonlySet<string>): string {
  if (have.has('systemctl') && (systemd || init === 'systemd')) return 'systemd'
  if (have.has('initctl') && init === 'upstart') return 'upstart'
  if (openrc) return 'openrc'
  if (have.has('systemctl') && link.endsWith('systemd')) return 'systemd'
  if (sysvinit) return 'sysvinit'
  return 'service'
}

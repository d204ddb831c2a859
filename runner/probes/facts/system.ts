/** Facts about the kernel, the account, time, names and security of a host. Ansible: module_utils/facts/system. */
import type { Data } from '../../core/types.ts'
import { pairs, rows, type Group } from './sections.ts'

const group = (name: string, script: string, collect: Group['collect'], facts: readonly string[] = [], isMinimal = true): Group => ({ name, script, collect, facts, isMinimal })

const platform = group('platform', `s kernel; uname -s; uname -r; uname -v; uname -m; uname -n
s fqdn; hostname -f || hostname
s bits; getconf LONG_BIT
s machine_id; f /etc/machine-id || f /var/lib/dbus/machine-id`, (sections) => {
  const [system = '', kernel = '', version = '', machine = '', nodename = ''] = sections('kernel').split('\n')
  const fqdn = sections('fqdn').trim() || nodename
  const bits = sections('bits').trim() || (/64/.test(machine) ? '64' : '32')
  const architecture = /^i[3456]86$/.test(machine) ? 'i386' : machine
  const userspace = machine === 'x86_64' ? (bits === '64' ? 'x86_64' : 'i386') : architecture
  const dot = fqdn.indexOf('.'), id = sections('machine_id').trim()
  return {
    system, kernel, kernel_version: version, machine, nodename, hostname: nodename.split('.')[0] ?? '', fqdn, domain: dot < 0 ? '' : fqdn.slice(dot + 1),
    architecture, userspace_bits: bits, userspace_architecture: userspace, ...(id === '' ? {} : { machine_id: id }),
  }
}, ['system', 'kernel', 'kernel_version', 'machine', 'architecture', 'machine_id'])

const weekdays = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']
const dateTime = group('date_time', `s date; date '+%Y %m %d %H %M %S %s %z %Z %w %W %N'; date -u '+%Y-%m-%d %H:%M:%S'`, (sections) => {
  const [local = '', utc = ''] = sections('date').split('\n')
  const [year = '', month = '', day = '', hour = '', minute = '', second = '', epoch = '', offset = '', zone = '', weekday = '', week = '', nanos = ''] = local.split(' ')
  const micro = /^\d{9}$/.test(nanos) ? nanos.slice(0, 6) : '000000'
  const [utcDay = '', utcTime = ''] = utc.split(' ')
  return {
    date_time: {
      year, month, weekday: weekdays[Number(weekday)] ?? '', weekday_number: weekday, weeknumber: week, day, hour, minute, second, epoch, epoch_int: epoch,
      date: `${year}-${month}-${day}`, time: `${hour}:${minute}:${second}`, iso8601_micro: `${utcDay}T${utcTime}.${micro}Z`, iso8601: `${utcDay}T${utcTime}Z`,
      iso8601_basic: `${year}${month}${day}T${hour}${minute}${second}${micro}`, iso8601_basic_short: `${year}${month}${day}T${hour}${minute}${second}`,
      tz: zone, tz_dst: zone, tz_offset: offset,
    },
  }
})

const user = group('user', `s user; id -un; id -u; id -g; id -ru; id -rg
s passwd; if has getent; then getent passwd "$(id -un)"; else awk -F: -v u="$(id -u)" '$3 == u' /etc/passwd; fi`, (sections) => {
  const [name = '', uid = '', gid = '', realUid = '', realGid = ''] = sections('user').split('\n')
  const [, , , , gecos = '', home = '', shell = ''] = (sections('passwd').split('\n')[0] ?? '').split(':')
  return {
    user_id: name, user_uid: Number(uid), user_gid: Number(gid), user_gecos: gecos, user_dir: home, user_shell: shell,
    real_user_id: Number(realUid), effective_user_id: Number(uid), real_group_id: Number(realGid), effective_group_id: Number(gid),
  }
}, ['user_id', 'user_uid', 'user_gid', 'user_gecos', 'user_dir', 'user_shell', 'real_user_id', 'effective_user_id', 'effective_group_ids'])

// A value may hold line breaks; where env knows no -0 they are lost, as in any other reading of its output.
const env = group('env', `s env; (PATH=$P; unset LC_ALL; [ -z "$L" ] || export LC_ALL="$L"; env -0 | tr '\\0\\n' '\\n\\002' || env)`, (sections) => ({
  env: Object.fromEntries(rows(sections('env')).flatMap((line): [string, string][] => {
    const at = line.indexOf('=')
    return at < 1 || line.startsWith('BASH_FUNC_') ? [] : [[line.slice(0, at), line.slice(at + 1).replaceAll('\u0002', '\n')]]
  })),
}))

function options(text: string): Data {
  const out: Data = {}
  for (const word of text.trim().split(/\s+/).filter((one) => one !== '')) {
    const at = word.indexOf('=')
    if (at < 0) out[word] = true
    else out[word.slice(0, at)] = word.slice(at + 1)
  }
  return out
}
const cmdline = group('cmdline', 's cmdline; f /proc/cmdline', (sections) => ({ cmdline: options(sections('cmdline')), proc_cmdline: options(sections('cmdline')) }))

const dns = group('dns', 's dns; f /etc/resolv.conf', (sections) => {
  const found: Data = {}, nameservers: string[] = []
  for (const line of rows(sections('dns'))) {
    if (/^\s*[#;]/.test(line)) continue
    const [word = '', ...rest] = line.trim().split(/\s+/)
    if (word === 'nameserver') nameservers.push(...rest)
    if (word === 'domain') found.domain = rest[0] ?? ''
    if (word === 'search' || word === 'sortlist') found[word] = rest
    if (word === 'options') found.options = Object.fromEntries(rest.map((one) => { const [name = '', value] = one.split(':'); return [name, value ?? true] }))
  }
  return { dns: { ...(nameservers.length === 0 ? {} : { nameservers }), ...found } }
})

const security = group('selinux', `s selinux; if [ -e /sys/fs/selinux/enforce ]; then echo enabled; f /sys/fs/selinux/enforce; echo; f /sys/fs/selinux/policyvers; echo; sed -n 's/^SELINUX=//p; s/^SELINUXTYPE=//p' /etc/selinux/config; fi`, (sections) => {
  const [state, enforce = '', policy = '', mode = 'unknown', type = 'unknown'] = rows(sections('selinux'))
  // Ansible says here whether its Python library is there; nothing here needs one.
  return {
    selinux_python_present: true, selinux: state !== 'enabled' ? { status: 'disabled' }
      : { status: 'enabled', mode: enforce === '1' ? 'enforcing' : 'permissive', config_mode: mode, policyvers: Number(policy), type },
  }
})
const apparmor = group('apparmor', 's apparmor; [ -e /sys/kernel/security/apparmor ] && echo enabled', (sections) => ({ apparmor: { status: sections('apparmor').trim() || 'disabled' } }))
const fips = group('fips', 's fips; f /proc/sys/crypto/fips_enabled', (sections) => ({ fips: sections('fips').trim() === '1' }))

const capabilityNames = ['chown', 'dac_override', 'dac_read_search', 'fowner', 'fsetid', 'kill', 'setgid', 'setuid', 'setpcap', 'linux_immutable', 'net_bind_service', 'net_broadcast', 'net_admin', 'net_raw', 'ipc_lock', 'ipc_owner', 'sys_module', 'sys_rawio', 'sys_chroot', 'sys_ptrace', 'sys_pacct', 'sys_admin', 'sys_boot', 'sys_nice', 'sys_resource', 'sys_time', 'sys_tty_config', 'mknod', 'lease', 'audit_write', 'audit_control', 'setfcap', 'mac_override', 'mac_admin', 'syslog', 'wake_alarm', 'block_suspend', 'audit_read', 'perfmon', 'bpf', 'checkpoint_restore']
const capabilities = group('caps', `s caps; has capsh && sed -n 's/^CapEff:[[:space:]]*//p' /proc/self/status; f /proc/sys/kernel/cap_last_cap`, (sections) => {
  const [mask, last = '40'] = rows(sections('caps'))
  if (mask === undefined || !/^[0-9a-f]{16}$/.test(mask)) return { system_capabilities: [], system_capabilities_enforced: 'N/A' }
  const bits = BigInt(`0x${mask}`), all = (1n << BigInt(Number(last) + 1)) - 1n
  if ((bits & all) === all) return { system_capabilities: [], system_capabilities_enforced: 'False' }
  return { system_capabilities: capabilityNames.filter((_, i) => (bits >> BigInt(i) & 1n) === 1n).map((name) => `cap_${name}`), system_capabilities_enforced: 'True' }
}, ['system_capabilities', 'system_capabilities_enforced'])

const lsb = group('lsb', `s lsb; if has lsb_release; then lsb_release -a; else f /etc/lsb-release; fi`, (sections) => {
  const text = sections('lsb')
  const found = text.includes('DISTRIB_ID') ? pairs(text) : pairs(text, ':')
  const get = (...keys: string[]): string | undefined => keys.map((key) => found.get(key)).find((value) => value !== undefined)
  const release = get('Release', 'DISTRIB_RELEASE')
  const all: Data = {
    release, id: get('Distributor ID', 'DISTRIB_ID'), description: get('Description', 'DISTRIB_DESCRIPTION'), codename: get('Codename', 'DISTRIB_CODENAME'),
    major_release: release?.split('.')[0],
  }
  return { lsb: Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) }
})

const hostKeys = group('ssh_pub_keys', `s keys; for t in dsa rsa ecdsa ed25519; do for d in /etc/ssh /etc/openssh /etc; do k=$d/ssh_host_\${t}_key.pub; if [ -r "$k" ]; then printf '%s ' $t; cat "$k"; break; fi; done; done`, (sections) =>
  Object.fromEntries(rows(sections('keys')).flatMap((line): [string, string][] => {
    const [type = '', kind = '', key = ''] = line.split(' ')
    return [[`ssh_host_key_${type}_public`, key], [`ssh_host_key_${type}_public_keytype`, kind]]
  })), ['ssh_host_pub_keys', 'ssh_host_key_dsa_public', 'ssh_host_key_rsa_public', 'ssh_host_key_ecdsa_public', 'ssh_host_key_ed25519_public'])

const loadavg = group('loadavg', 's load; f /proc/loadavg', (sections) => {
  const [one = '', five = '', fifteen = ''] = sections('load').split(' ')
  return one === '' ? {} : { loadavg: { '1m': Number(one), '5m': Number(five), '15m': Number(fifteen) } }
}, [], false)

const chroot = group('chroot', `s chroot; if [ -n "$debian_chroot" ]; then echo yes; elif [ "$(stat -c %d:%i /)" = "$(stat -L -c %d:%i /proc/1/root/.)" ]; then echo no; elif [ -r /proc/1/root/. ]; then echo yes
else case $(stat -c %i /) in 2|128|256) echo no;; *) [ -e /.dockerenv ] && echo no || echo yes;; esac; fi`, (sections) => ({ is_chroot: sections('chroot').trim() === 'yes' }), ['is_chroot'], false)

/** Asked once, told in two groups: Ansible has the version among the facts of the platform. */
const pythonScript = `s python; : "\${py=$(p=$(command -v python3) && "$p" -c 'import sys; print(sys.executable); print(*sys.version_info[:5]); print(sys.implementation.name)')}"; printf '%s\\n' "$py"`
function pythonOf(text: string): { readonly python_version: string; readonly python: Data } | undefined {
  const [executable = '', version = '', type = ''] = text.split('\n')
  if (executable === '') return undefined
  const [major = '', minor = '', micro = '', level = '', serial = ''] = version.split(' ')
  return {
    python_version: `${major}.${minor}.${micro}`,
    python: {
      executable, type, has_sslcontext: true, version_info: [Number(major), Number(minor), Number(micro), level, Number(serial)],
      version: { major: Number(major), minor: Number(minor), micro: Number(micro), releaselevel: level, serial: Number(serial) },
    },
  }
}
const pythonVersion = group('python_version', pythonScript, (sections) => { const found = pythonOf(sections('python')); return found === undefined ? {} : { python_version: found.python_version } })
const python = group('python', pythonScript, (sections) => { const found = pythonOf(sections('python')); return found === undefined ? {} : { python: found.python } })

const nvme = group('nvme', 's nqn; f /etc/nvme/hostnqn', (sections) => ({ hostnqn: sections('nqn').trim() }), [], false)
const iscsi = group('iscsi', `s iqn; sed -n 's/^InitiatorName=//p' /etc/iscsi/initiatorname.iscsi`, (sections) => ({ iscsi_iqn: sections('iqn').trim().split('\n')[0] ?? '' }), [], false)
const fibreChannel = group('fibre_channel_wwn', `s wwn; for p in /sys/class/fc_host/*/port_name; do [ -r "$p" ] && sed 's/^0x//' "$p"; done`, (sections) => ({ fibre_channel_wwn: rows(sections('wwn')) }), [], false)

export const systemGroups: readonly Group[] = [platform, pythonVersion, dateTime, user, env, cmdline, dns, security, apparmor, fips, capabilities, lsb, hostKeys, loadavg, chroot, python, nvme, iscsi, fibreChannel]

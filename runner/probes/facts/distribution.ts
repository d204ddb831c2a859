/** Facts about the distribution, from os-release and the release files that know more. Ansible: module_utils/facts/system/distribution.py. */
import type { Data } from '../../core/types.ts'
import { osRelease } from '../platform.ts'
import type { Group } from './sections.ts'

const families: Readonly<Record<string, readonly string[]>> = {
  RedHat: ['RedHat', 'RHEL', 'Fedora', 'CentOS', 'Scientific', 'CloudLinux', 'OracleLinux', 'Amazon', 'Virtuozzo', 'XenServer', 'Alibaba', 'EulerOS', 'openEuler', 'AlmaLinux', 'Rocky', 'TencentOS', 'EuroLinux', 'MIRACLE'],
  Debian: ['Debian', 'Ubuntu', 'Raspbian', 'Neon', 'KDE neon', 'Linux Mint', 'SteamOS', 'Devuan', 'Kali', 'Cumulus Linux', 'Pop!_OS', 'Parrot', 'Deepin', 'OSMC', 'Uos'],
  Suse: ['SuSE', 'SLES', 'SLED', 'openSUSE', 'openSUSE Tumbleweed', 'openSUSE Leap', 'openSUSE MicroOS', 'SLES_SAP', 'SL-Micro'],
  Archlinux: ['Archlinux', 'Antergos', 'Manjaro'], Gentoo: ['Gentoo', 'Funtoo'], Altlinux: ['Altlinux'],
}
const familyOf = (name: string): string => Object.entries(families).find(([, names]) => names.includes(name))?.[0] ?? name

const names: Readonly<Record<string, string>> = {
  debian: 'Debian', ubuntu: 'Ubuntu', centos: 'CentOS', rhel: 'RedHat', rocky: 'Rocky', almalinux: 'AlmaLinux', fedora: 'Fedora', amzn: 'Amazon', alpine: 'Alpine',
  arch: 'Archlinux', manjaro: 'Manjaro', ol: 'OracleLinux', kali: 'Kali', raspbian: 'Debian', linuxmint: 'Linux Mint', devuan: 'Devuan', pop: 'Pop!_OS', sles: 'SLES',
  'opensuse-leap': 'openSUSE Leap', 'opensuse-tumbleweed': 'openSUSE Tumbleweed', opensuse: 'openSUSE', gentoo: 'Gentoo', void: 'Void', nixos: 'NixOS', openwrt: 'OpenWrt',
  neon: 'Neon', parrot: 'Parrot', deepin: 'Deepin', openeuler: 'openEuler', scientific: 'Scientific', cloudlinux: 'CloudLinux', altlinux: 'Altlinux',
}
const codename = (os: Readonly<Record<string, string>>): string => os.VERSION_CODENAME ?? os.UBUNTU_CODENAME ?? /\(([^)]+)\)/.exec(os.VERSION ?? '')?.[1] ?? ''

interface Files { readonly debian: string; readonly redhat: string; readonly alpine: string }
interface Release { readonly version: string; readonly release: string; readonly path: string; readonly variety: string }

function releaseOf(name: string, os: Readonly<Record<string, string>>, files: Files): Release {
  const family = familyOf(name), version = os.VERSION_ID ?? ''
  if (name === 'Debian' || name === 'Devuan') {
    const full = /^\d+(\.\d+)+/.exec(files.debian)?.[0]
    return { version: full ?? version, release: codename(os) || files.debian.split('/')[0] || 'NA', path: '/etc/os-release', variety: 'Debian' }
  }
  if (family === 'Debian') return { version, release: codename(os) || 'NA', path: '/etc/os-release', variety: 'Debian' }
  if (family === 'RedHat' && name !== 'Amazon') {
    const fromFile = /release (\d+(?:\.\d+)*)/.exec(files.redhat)?.[1]
    const release = files.redhat.includes('Stream') ? 'Stream' : /\(([^)]*)\)/.exec(files.redhat)?.[1] ?? codename(os)
    const full = name === 'CentOS' && fromFile !== undefined ? fromFile.split('.').slice(0, 2).join('.') : version || (fromFile ?? '')
    return { version: full, release: name === 'Fedora' ? '' : release, path: '/etc/redhat-release', variety: 'RedHat' }
  }
  if (name === 'Alpine') return { version: files.alpine.trim() || version, release: 'NA', path: '/etc/alpine-release', variety: 'Alpine' }
  if (name === 'Archlinux') return { version: 'rolling', release: 'NA', path: '/etc/arch-release', variety: 'Archlinux' }
  return { version: version || 'NA', release: codename(os) || 'NA', path: '/etc/os-release', variety: name }
}

export const distribution: Group = {
  name: 'distribution', facts: ['distribution_version', 'distribution_release', 'distribution_major_version', 'os_family'], isMinimal: true,
  script: `s os; f /etc/os-release || f /usr/lib/os-release
s debian_version; f /etc/debian_version
s redhat_release; f /etc/redhat-release || f /etc/centos-release
s alpine_release; f /etc/alpine-release`,
  collect(sections, known): Data {
    const os = osRelease(sections('os').split('\n'))
    if (os.ID === undefined) {
      const system = String(known.system ?? 'Linux')
      return { distribution: system, distribution_version: known.kernel_version ?? 'NA', distribution_release: known.kernel ?? 'NA', distribution_major_version: 'NA', os_family: system }
    }
    const name = names[os.ID] ?? (os.NAME ?? os.ID)
    const files = { debian: sections('debian_version').trim(), redhat: sections('redhat_release').trim(), alpine: sections('alpine_release') }
    const { version, release, path, variety } = releaseOf(name, os, files)
    const [major = 'NA', minor] = version.split('.')
    return {
      distribution: name, distribution_version: version, distribution_release: release, distribution_major_version: major,
      ...(['Debian', 'Devuan'].includes(name) && minor !== undefined ? { distribution_minor_version: minor } : {}),
      distribution_file_path: path, distribution_file_variety: variety, distribution_file_parsed: true, os_family: familyOf(name),
    }
  },
}

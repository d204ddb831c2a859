/** Reads lists of everything: installed packages, services. */
import type { Data, Probe } from '../core/types.ts'

const isPart = (text: string): readonly [string, string[]] => { const [name = '', ...rest] = text.split('\n'); return [name, rest.filter((line) => line !== '')] }

/** By manager (apt, rpm, apk, pacman, portage): name to a list of what is installed of it. */
export const installedPackages: Probe<'all', Readonly<Record<string, Readonly<Record<string, readonly Data[]>>>>> = {
  name: 'installed-packages',
  id: () => 'all',
  script: () => `has() { command -v "$1" >/dev/null 2>&1; }
if has dpkg-query; then printf '\\n\\001apt\\n'; dpkg-query -W -f '\${Package}\\t\${Version}\\t\${Architecture}\\t\${Section}\\t\${Origin}\\t\${db:Status-Status}\\n' 2>/dev/null; fi
if has rpm && [ -d /var/lib/rpm ] || [ -d /usr/lib/sysimage/rpm ]; then printf '\\n\\001rpm\\n'; rpm -qa --qf '%{NAME}\\t%{VERSION}\\t%{RELEASE}\\t%{EPOCH}\\t%{ARCH}\\n' 2>/dev/null; fi
if has apk; then printf '\\n\\001apk\\n'; apk info -v 2>/dev/null; fi
if has pacman; then printf '\\n\\001pacman\\n'; pacman -Q 2>/dev/null; fi
:`,
  parse(stdout, keys) {
    const all: Record<string, Record<string, Data[]>> = {}
    for (const part of stdout.split('\n\u0001').slice(1)) {
      const [manager, rows] = isPart(part), found: Record<string, Data[]> = {}
      for (const row of rows) {
        const one = describe(manager, row)
        if (one !== undefined) (found[String(one.name)] ??= []).push(one)
      }
      all[manager] = found
    }
    return keys.map(() => all)
  },
}
function describe(manager: string, row: string): Data | undefined {
  const [name = '', version = '', third = '', fourth = '', fifth = '', status = ''] = row.split('\t')
  if (manager === 'apt') return status !== 'installed' ? undefined : { name, version, arch: third, category: fourth, origin: fifth, source: 'apt' }
  if (manager === 'rpm') return { name, version, release: third, epoch: fourth === '(none)' ? null : Number(fourth), arch: fifth === '(none)' ? null : fifth, source: 'rpm' }
  if (manager === 'apk') {
    const match = /^(.+)-(\d[^-]*)-r(\d+)$/.exec(row)
    return match === null ? undefined : { name: match[1], version: match[2], release: match[3], source: 'apk' }
  }
  const [title = '', full = ''] = row.split(' '), dash = full.lastIndexOf('-')
  return { name: title, version: dash < 0 ? full : full.slice(0, dash), release: dash < 0 ? '' : full.slice(dash + 1), source: 'pacman' }
}

const running: Readonly<Record<string, string>> = { active: 'running', activating: 'running', failed: 'failed', inactive: 'inactive' }
/** Services of systemd, OpenRC and init scripts, by name, as service_facts describes them. */
export const services: Probe<'all', Readonly<Record<string, Data>>> = {
  name: 'services',
  id: () => 'all',
  script: () => `PATH=$PATH:/usr/sbin:/sbin; has() { command -v "$1" >/dev/null 2>&1; }
if has systemctl && [ -d /run/systemd/system ]; then printf '\\n\\001units\\n'; systemctl list-units --no-pager --no-legend --plain --type service --all 2>/dev/null
printf '\\n\\001files\\n'; systemctl list-unit-files --no-pager --no-legend --type service --all 2>/dev/null; fi
if has rc-status; then printf '\\n\\001openrc\\n'; rc-status -a -s -m 2>/dev/null; printf '\\n\\001levels\\n'; rc-update show -v 2>/dev/null
elif has service && [ -d /etc/init.d ]; then printf '\\n\\001sysv\\n'; service --status-all 2>/dev/null </dev/null; fi
:`,
  parse(stdout, keys) {
    const parts = new Map(stdout.split('\n\u0001').slice(1).map(isPart)), found: Record<string, Data> = {}
    for (const row of parts.get('sysv') ?? []) {
      const match = /^\s*\[\s*([+?-])\s*\]\s+(\S+)/.exec(row)
      if (match !== null) found[match[2] ?? ''] = { name: match[2] ?? '', state: match[1] === '+' ? 'running' : 'stopped', source: 'sysv' }
    }
    const levels = parts.get('levels') ?? []
    for (const row of parts.get('openrc') ?? []) {
      const match = /^\s*(\S+)\s*\[\s*(\w+)/.exec(row)
      if (match !== null) found[match[1] ?? ''] = { name: match[1] ?? '', runlevel: levels.find((line) => line.trim().split(/\s*\|\s*/)[0] === match[1])?.split('|')[1]?.trim() ?? '', state: match[2] === 'started' ? 'running' : match[2] ?? '', source: 'openrc' }
    }
    for (const row of parts.get('units') ?? []) {
      const [name = '', load = '', active = '', sub = ''] = row.replace(/^[●*○×]?\s*/, '').split(/\s+/)
      if (!name.endsWith('.service')) continue
      const state = load === 'not-found' ? 'not-found' : sub === 'running' ? 'running' : active === 'failed' ? 'failed' : sub === 'exited' || sub === 'dead' ? 'stopped' : running[active] ?? 'unknown'
      found[name] = { name, state: load === 'not-found' ? 'stopped' : state === 'inactive' ? 'stopped' : state, status: load === 'not-found' ? 'not-found' : 'static', source: 'systemd' }
    }
    for (const row of parts.get('files') ?? []) {
      const [name = '', status = ''] = row.split(/\s+/)
      const known = found[name]
      if (known === undefined) found[name] = { name, state: 'inactive', status, source: 'systemd' }
      else known.status = status
    }
    return keys.map(() => found)
  },
}

/** Reads what a host has of services. */
import type { Data } from '../core/types.ts'
import type { Probe } from '../core/plan.ts'

const isPart = (text: string): readonly [string, string[]] => { const [name = '', ...rest] = text.split('\n'); return [name, rest.filter((line) => line !== '')] }

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

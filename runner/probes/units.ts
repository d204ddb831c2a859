/** Reads systemd units: loaded or not, running, enabled at boot; and whether the manager's view of its files is out of date. */
import { shText, raw } from '../core/sh.ts'
import { defineEach } from './each.ts'

export type Scope = 'system' | 'user' | 'global'
export interface UnitKey { readonly name: string; readonly scope: Scope }
export interface Unit {
  /** LoadState: loaded, not-found, masked, error; `offline` where no systemd answers. */
  readonly load: string
  /** ActiveState; empty where no systemd answers. */
  readonly active: string
  /** UnitFileState as `systemctl is-enabled` prints it; empty where unknown. */
  readonly file: string
  /** Links say that it starts at boot; needed where `file` does not tell: of a unit that is enabled by another's links (indirect). */
  readonly hasLinks?: boolean
  /** There is an init script of this name, and whether it starts at boot. */
  readonly initScript: boolean
  readonly initEnabled: boolean
  /** All that systemctl show prints; a prediction leaves it out. */
  readonly live?: Readonly<Record<string, string>>
  /** Why nothing could be asked. */
  readonly problem?: string
}

export const scopeWords = (scope: Scope): string => scope === 'system' ? '' : `--${scope} `
/** The unit's own name: `cron` is `cron.service`. */
export const unitName = (name: string): string =>
  /\.(service|socket|device|mount|automount|swap|target|path|timer|slice|scope)$/.test(name) ? name : `${name}.service`
export const unitId = ({ name, scope }: UnitKey): string => `${scope}:${unitName(name)}`

/** `systemctl show`: NAME=value lines; a line without a name belongs to the value before. */
export function properties(text: string): Record<string, string> {
  const found: Record<string, string> = {}
  let last: string | undefined
  for (const line of text.split('\n')) {
    const match = /^([A-Z]\w*)=(.*)$/.exec(line)
    if (match !== null) { last = match[1] ?? ''; found[last] = match[2] ?? '' } else if (last !== undefined && line !== '') found[last] += `\n${line}`
  }
  return found
}

export const unit = defineEach<UnitKey, Unit>({
  name: 'unit',
  id: unitId,
  absent: (value) => value.load === 'not-found' && !value.initScript,
  prologue: ': "${XDG_RUNTIME_DIR=/run/user/$(id -u)}"; export XDG_RUNTIME_DIR\n',
  command: ({ name, scope }) => shText`n=${name}; b=\${n%.service}
systemctl ${raw(scopeWords(scope))}show -- "$n" 2>&1
printf '\\n\\002%s\\n' "$(systemctl ${raw(scopeWords(scope))}is-enabled -l -- "$n" 2>/dev/null | sed -n '/^[^ ]/h; /^ .*\\//H; \${ x; s/\\n.*/ links/; p; }')"
if [ -e "/etc/init.d/$b" ]; then echo init; ls /etc/rc[S2345].d/S[0-9][0-9]"$b" 2>/dev/null | head -n 1; fi`,
  parse({ stdout }) {
    const [shown = '', rest = ''] = stdout.split('\n\u0002')
    const [enabling = '', init, link = ''] = rest.split('\n'), [isEnabled = '', links] = enabling.split(' ')
    const hasLinks = isEnabled === 'indirect' && links === 'links' ? { hasLinks: true } : {}
    const live = properties(shown)
    const scripted = { initScript: init === 'init', initEnabled: link !== '' }
    const load = live.LoadState
    if (load === undefined) {
      const known = !['', 'not-found'].includes(isEnabled)
      return { load: known ? 'offline' : 'not-found', active: '', file: isEnabled, ...hasLinks, ...scripted, problem: shown.trim().split('\n')[0] ?? '' }
    }
    return { load, active: live.ActiveState ?? '', file: live.UnitFileState === '' || live.UnitFileState === undefined ? isEnabled : live.UnitFileState, ...hasLinks, ...scripted, live }
  },
})

/** Names of units whose files changed since the manager read them. */
export const staleUnits = defineEach<Scope, readonly string[]>({
  name: 'stale-units',
  id: (scope) => scope,
  prologue: ': "${XDG_RUNTIME_DIR=/run/user/$(id -u)}"; export XDG_RUNTIME_DIR\n',
  command: (scope) => `systemctl ${scopeWords(scope)}show '*' --property=Id,NeedDaemonReload`,
  parse: ({ stdout }) => stdout.split('\n\n').map(properties).flatMap((one) => one.NeedDaemonReload === 'yes' && one.Id !== undefined ? [one.Id] : []),
})

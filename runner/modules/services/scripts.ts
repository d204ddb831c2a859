/** Brings a service of sysvinit or OpenRC to a state. */
import { Failure } from '../../core/errors.ts'
import { attr } from '../../core/module.ts'
import { raw, shText } from '../../core/sh.ts'
import type { Change, Plan, Target } from '../../core/plan.ts'
import { platform } from '../../probes/platform.ts'
import { script, type Script, type ScriptKey } from '../../probes/scripts.ts'
import type { ServiceState } from './systemd.ts'

export interface ScriptWish {
  readonly kind: 'sysvinit' | 'openrc'; readonly askAs: ScriptKey['kind']; readonly name: string; readonly state?: ServiceState | undefined; readonly enabled?: boolean | undefined
  readonly pattern?: string | undefined; readonly sleep: number; readonly arguments?: string | undefined; readonly runlevels: readonly string[]
}

function enableLine({ kind, name, runlevels }: ScriptWish, enabled: boolean, tools: ReadonlySet<string>): string {
  if (kind === 'openrc') return shText`rc-update ${enabled ? 'add' : 'del'} ${[name, ...(runlevels.length === 0 ? ['default'] : runlevels)]}`
  if (tools.has('update-rc.d')) {
    return enabled && runlevels.length === 0 ? shText`update-rc.d ${name} defaults && update-rc.d ${name} enable` : shText`update-rc.d ${[name, enabled ? 'enable' : 'disable', ...runlevels]}`
  }
  if (tools.has('chkconfig')) return shText`chkconfig ${[...(runlevels.length === 0 ? [] : ['--level', runlevels.join('')]), name, enabled ? 'on' : 'off']}`
  throw new Failure(`cannot ${enabled ? 'enable' : 'disable'} service ${name}: neither update-rc.d nor chkconfig is there`, { name })
}

/** A script's own restart cannot be relied on: stop, then start (Ansible: modules/sysvinit.py). */
function stateLine({ kind, name, state, sleep, arguments: words }: ScriptWish, running: boolean): string | undefined {
  const call = (verb: string): string => kind === 'openrc' ? shText`rc-service ${name} ${verb}` : shText`$(for f in /etc/init.d /etc/rc.d/init.d /etc/rc.d; do [ ! -f "$f/"${name} ] || { echo "$f/"${name}; break; }; done) ${verb} ${raw(words ?? '')}`
  if (state === 'started') return running ? undefined : call('start')
  if (state === 'stopped') return running ? call('stop') : undefined
  if (state === 'reloaded') return call(running ? 'reload' : 'start')
  if (state === 'restarted') return kind === 'openrc' ? call('restart') : `${running ? `${call('stop')} && sleep ${sleep} && ` : ''}${call('start')}`
  return undefined
}

function enabledNow(wish: ScriptWish, is: Script): boolean {
  return wish.runlevels.length === 0 ? is.runlevels.length > 0 : wish.runlevels.every((level) => is.runlevels.includes(level))
}

export async function planScript(wish: ScriptWish, target: Target): Promise<Plan> {
  const { name, kind, state, enabled } = wish
  const key: ScriptKey = { name, kind: wish.askAs, ...(wish.pattern === undefined ? {} : { pattern: wish.pattern }) }
  const [is, { tools }] = await Promise.all([target.read(script, key), target.read(platform, 'platform')])
  if (!is.exists) throw new Failure(`Could not find the requested service ${name}: host`, { name, status: {} })
  const changes: Change[] = [], lines: string[] = []
  if (enabled !== undefined && enabled !== enabledNow(wish, is)) {
    changes.push(attr(name, 'enabled', !enabled, enabled))
    lines.push(enableLine(wish, enabled, tools))
  }
  const line = stateLine(wish, is.running)
  if (line !== undefined) { changes.push(attr(name, 'state', is.running ? 'started' : 'stopped', state ?? null)); lines.push(line) }
  // Daemons keep the descriptors they are started with: none of ours.
  const steps = lines.length === 0 ? [] : [{ sh: lines.map((one) => `{ ${one}; } </dev/null 2>&1 || exit`).join('\n'), okRc: 'any' as const }]
  const { live: _, ...known } = is
  const runlevels = enabled === undefined ? is.runlevels : enabled ? (is.runlevels.length > 0 ? is.runlevels : kind === 'openrc' ? ['default'] : ['2', '3', '4', '5']) : []
  return {
    changes, steps,
    after: changes.length === 0 ? [] : [{ probe: script.name, id: script.id(key), value: { ...known, running: state === undefined ? is.running : state !== 'stopped', runlevels } }],
    data: { name, ...(state === undefined ? {} : { state: state === 'stopped' ? 'stopped' : 'started' }), ...(enabled === undefined ? {} : { enabled }), status: is.live ?? {} },
    done: ([ran]) => ran === undefined || ran.rc === 0 ? {} : { failed: true, changed: false, rc: ran.rc, msg: `Failed to ${state ?? 'change'} service: ${name}: ${ran.stdout.trim()}` },
  }
}

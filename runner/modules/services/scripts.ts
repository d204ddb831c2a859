/** Brings a service of sysvinit or OpenRC to a state. */
import { Failure } from '../../core/errors.ts'
import { attr } from '../../core/module.ts'
import { raw, shText } from '../../core/sh.ts'
import { furtherWords } from '../../core/words.ts'
import type { Change, Plan, Target } from '../../core/plan.ts'
import { platform } from '../../probes/platform.ts'
import { script, type Script, type ScriptKey } from '../../probes/scripts.ts'
import type { ServiceState } from './systemd.ts'

export interface ScriptWish {
  readonly kind: 'sysvinit' | 'openrc'; readonly askAs: ScriptKey['kind']; readonly name: string; readonly state?: ServiceState | undefined; readonly enabled?: boolean | undefined
  readonly pattern?: string | undefined; readonly sleep: number; readonly arguments?: string | undefined; readonly runlevels: readonly string[]
}

function enableLine({ kind, name, runlevels }: ScriptWish, enabled: boolean, tools: ReadonlySet<string>): string {
  if (kind === 'openrc') return shText`rc-update ${enabled ? 'add' : 'del'} ${[name, ...runlevels]}`
  if (tools.has('update-rc.d')) {
    return enabled && runlevels.length === 0 ? shText`update-rc.d ${name} defaults && update-rc.d ${name} enable` : shText`update-rc.d ${[name, enabled ? 'enable' : 'disable', ...runlevels]}`
  }
  if (tools.has('chkconfig')) return shText`chkconfig ${[...(runlevels.length === 0 ? [] : ['--level', runlevels.join('')]), name, enabled ? 'on' : 'off']}`
  throw new Failure(`cannot ${enabled ? 'enable' : 'disable'} service ${name}: neither update-rc.d nor chkconfig is there`, { name })
}

const folders = ['/etc/init.d', '/etc/rc.d/init.d', '/etc/rc.d'] as const

/** A script's own restart cannot be relied on: stop, then start (Ansible: modules/sysvinit.py). Its further words are read as shlex does, `~` and `$NAME` expanded. */
function stateLine({ kind, name, state, sleep, arguments: words }: ScriptWish, { running, live }: Script): string | undefined {
  const further = raw(` ${furtherWords(words ?? '')}`.trimEnd())
  const call = (verb: string): string => kind === 'openrc' ? shText`rc-service ${name} ${verb}${further}` : shText`"$s" ${verb}${further}`
  // What OpenRC holds to have crashed cannot be started before it is forgotten.
  const zap = kind === 'openrc' && live?.status.includes('crashed') === true ? shText`rc-service ${name} zap && ` : ''
  if (state === 'started') return running ? undefined : `${zap}${call('start')}`
  if (state === 'stopped') return running ? call('stop') : undefined
  if (state === 'reloaded') return call(running ? 'reload' : 'start')
  if (state === 'restarted') return kind === 'openrc' ? call('restart') : `${running ? `${call('stop')} && sleep ${sleep} && ` : ''}${call('start')}`
  return undefined
}

function enabledNow(wish: ScriptWish, is: Script): boolean {
  return wish.runlevels.length === 0 ? is.runlevels.length > 0 : wish.runlevels.every((level) => is.runlevels.includes(level))
}

function levelsAfter({ runlevels }: ScriptWish, is: Script, enabled: boolean): readonly string[] {
  if (runlevels.length === 0) return !enabled ? [] : is.runlevels.length > 0 ? is.runlevels : ['2', '3', '4', '5']
  const others = is.runlevels.filter((level) => !runlevels.includes(level))
  return enabled ? [...others, ...runlevels].sort() : others
}

export async function planScript(given: ScriptWish, target: Target): Promise<Plan> {
  // OpenRC is asked about one runlevel, whatever others the service is in (Ansible: modules/service.py)
  const wish = given.kind === 'openrc' && given.runlevels.length === 0 ? { ...given, runlevels: ['default'] } : given
  const { name, kind, state, enabled } = wish
  const key: ScriptKey = { name, kind: wish.askAs, ...(wish.pattern === undefined ? {} : { pattern: wish.pattern }) }
  const [is, { tools }] = await Promise.all([target.read(script, key), target.read(platform, 'platform')])
  if (!is.exists) throw new Failure(`Could not find the requested service ${name}: host`, { name, status: {} })
  const changes: Change[] = [], lines: string[] = []
  if (enabled !== undefined && enabled !== enabledNow(wish, is)) {
    changes.push(attr(name, 'enabled', !enabled, enabled))
    lines.push(enableLine(wish, enabled, tools))
  }
  const line = stateLine(wish, is)
  if (line !== undefined) { changes.push(attr(name, 'state', is.running ? 'started' : 'stopped', state ?? null)); lines.push(line) }
  // Daemons keep the descriptors they are started with: none of ours.
  const find = kind === 'openrc' ? '' : shText`for s in ${folders.map((folder) => `${folder}/${name}`)}; do [ ! -f "$s" ] || break; done\n`
  const steps = lines.length === 0 ? [] : [{ sh: find + lines.map((one) => `{ ${one}; } </dev/null 2>&1 || exit`).join('\n'), okRc: 'any' as const }]
  const { live: _, ...known } = is
  const runlevels = enabled === undefined ? is.runlevels : levelsAfter(wish, is, enabled)
  return {
    changes, steps,
    after: changes.length === 0 ? [] : [{ probe: script.name, id: script.id(key), value: { ...known, running: state === undefined ? is.running : state !== 'stopped', runlevels } }],
    data: { name, ...(state === undefined ? {} : { state: state === 'stopped' ? 'stopped' : 'started' }), ...(enabled === undefined ? {} : { enabled }), status: is.live ?? {} },
    done: ([ran]) => ran === undefined || ran.rc === 0 ? {} : { failed: true, changed: false, rc: ran.rc, msg: `Failed to ${state ?? 'change'} service: ${name}: ${ran.stdout.trim()}` },
  }
}

/** Brings a systemd unit to a state: masked, enabled, running; and the manager up to date. Ansible: modules/systemd.py. */
import { Failure } from '../../core/errors.ts'
import { Missing } from '../../core/missing.ts'
import { attr } from '../../core/module.ts'
import { raw, shText } from '../../core/sh.ts'
import type { Change, Plan, Predicted, Ran, Target } from '../../core/plan.ts'
import { stat } from '../../probes/stat.ts'
import { scopeWords, staleUnits, unit, unitId, unitName, type Scope, type Unit } from '../../probes/units.ts'

export type ServiceState = 'started' | 'stopped' | 'restarted' | 'reloaded'
export interface UnitWish {
  readonly name: string | undefined
  readonly scope: Scope
  readonly state?: ServiceState | undefined
  readonly enabled?: boolean | undefined
  readonly masked?: boolean | undefined
  readonly reload: boolean
  readonly reexec: boolean
  readonly force: boolean
  readonly noBlock: boolean
}
interface Draft { readonly changes: Change[]; readonly lines: string[]; readonly data: Record<string, unknown>; readonly warnings: string[]; is: Unit }

const folders: Readonly<Record<Scope, readonly string[]>> = {
  system: ['/etc/systemd/system', '/run/systemd/system', '/usr/local/lib/systemd/system', '/usr/lib/systemd/system', '/lib/systemd/system'],
  user: ['/etc/systemd/user', '/usr/lib/systemd/user'], global: ['/etc/systemd/user', '/usr/lib/systemd/user'],
}
/** Where the file of a unit may be; of an instance, the template's. */
const filesOf = (name: string, scope: Scope): string[] => {
  const full = unitName(name), template = full.replace(/@[^.]+\./, '@.')
  return folders[scope].flatMap((folder) => [...new Set([full, template])].map((one) => `${folder}/${one}`))
}

/** A unit file that is written but that systemd has not seen: it counts as a stopped, disabled unit. */
const written: Unit = { load: 'loaded', active: 'inactive', file: 'disabled', initScript: false, initEnabled: false }
const isRunning = (is: Unit): boolean => is.active === 'active' || is.active === 'activating' || is.active === 'reloading'

/** One command that says what failed, and ends the script there. */
const attempt = (wish: UnitWish, verb: string, said: string, withJournal = false): string => {
  const name = wish.name ?? ''
  const options = `${scopeWords(wish.scope)}${wish.noBlock ? '--no-block ' : ''}${wish.force ? '--force ' : ''}`
  const call = name === '' ? `systemctl ${options}${verb}` : shText`systemctl ${raw(options)}${raw(verb)} -- ${name}`
  const journal = withJournal && wish.scope === 'system'
    ? shText`; systemctl status --no-pager -l -n 0 -- ${name} 2>&1 | head -n 6; journalctl -u ${name} -n 20 --no-pager -o cat 2>/dev/null` : ''
  return shText`${raw(call)} 2>&1 || { r=$?; printf '\\001%s\\001\\n' ${said}${raw(journal)}; exit $r; }`
}

function mask(wish: UnitWish, draft: Draft): void {
  const isMasked = draft.is.file === 'masked' || (draft.is.load === 'masked' && draft.is.file === '')
  if (wish.masked === undefined || wish.masked === isMasked) return
  draft.changes.push(attr(wish.name ?? '', 'masked', isMasked, wish.masked))
  draft.lines.push(attempt(wish, wish.masked ? 'mask' : 'unmask', `Failed to ${wish.masked ? 'mask' : 'unmask'} the service (${wish.name ?? ''})`))
  draft.is = wish.masked ? { ...draft.is, load: 'masked', file: 'masked' } : { ...draft.is, load: 'loaded', file: 'disabled' }
}

/** Ansible takes an indirect unit for enabled once something links to it. */
export function isEnabled({ file, hasLinks, initScript, initEnabled }: Unit): boolean {
  if (file === 'indirect') return hasLinks === true
  if (['enabled', 'static', 'alias', 'transient'].includes(file)) return true
  if (file === 'generated' || (initScript && file !== 'disabled' && file !== 'enabled-runtime')) return initEnabled
  return false
}
function enable(wish: UnitWish, draft: Draft): void {
  if (wish.enabled === undefined) return
  const now = isEnabled(draft.is)
  draft.data.enabled = wish.enabled
  // A static unit has nothing to disable; Ansible would report a change for ever.
  if (now === wish.enabled || (!wish.enabled && draft.is.file === 'static')) { draft.data.enabled = now; return }
  const verb = wish.enabled ? 'enable' : 'disable'
  draft.changes.push(attr(wish.name ?? '', 'enabled', now, wish.enabled))
  draft.lines.push(attempt(wish, verb, `Unable to ${verb} service ${wish.name ?? ''}`))
  const { hasLinks: _, ...is } = draft.is, isOwn = is.file !== 'indirect' && !(['generated', ''].includes(is.file) && is.initScript)
  draft.is = { ...is, ...(is.file === 'indirect' && wish.enabled ? { hasLinks: true } : {}), file: !isOwn ? is.file : wish.enabled ? 'enabled' : 'disabled', initEnabled: draft.is.initScript ? wish.enabled : draft.is.initEnabled }
}

function run(wish: UnitWish, draft: Draft): void {
  const { state, name = '' } = wish
  if (state === undefined) return
  draft.data.state = state === 'stopped' ? 'stopped' : 'started'
  if (draft.is.active === '' && /ignoring (command|request)/.test(draft.is.problem ?? '')) {
    draft.data.state = state === 'restarted' || state === 'reloaded' ? 'started' : state
    draft.warnings.push('Target is a chroot or systemd is offline. This can lead to false positives or prevent the init system tools from working.')
    return
  }
  if (draft.is.active === '') throw new Failure(`Service is in unknown state: ${draft.is.problem ?? 'systemd does not answer'}`, { name, status: {} })
  const running = isRunning(draft.is)
  const action = state === 'started' ? (running ? undefined : 'start')
    : state === 'stopped' ? (running || draft.is.active === 'deactivating' ? 'stop' : undefined)
    : running ? (state === 'restarted' ? 'restart' : 'reload') : 'start'
  if (action === undefined) return
  draft.changes.push(attr(name, 'state', draft.is.active, action === 'stop' ? 'stopped' : action === 'start' ? 'started' : state))
  draft.lines.push(attempt(wish, action, `Unable to ${action} service ${name}`, action !== 'stop'))
  draft.is = { ...draft.is, active: action === 'stop' ? 'inactive' : 'active' }
}

/** A oneshot unit that does not remain is inactive again when its start is over: what a later read finds cannot be said. */
const endsByItself = ({ live }: Unit): boolean => live?.Type === 'oneshot' && live.RemainAfterExit !== 'yes'

function after(wish: UnitWish, before: Unit | undefined, draft: Draft): Predicted[] {
  if (wish.name === undefined || before === undefined || before === draft.is) return []
  if (wish.noBlock || endsByItself(before)) return [{ unknown: `the state of ${wish.name} after its start is not known` }]
  const { live: _, ...known } = draft.is
  return [{ probe: unit.name, id: unitId({ name: wish.name, scope: wish.scope }), value: known }]
}

/** systemctl's own words, and for a start the unit's journal. */
export function finish(ran: Ran | undefined): Record<string, unknown> {
  if (ran === undefined || ran.rc === 0) return {}
  const [said = '', what = 'systemctl failed', journal = ''] = ran.stdout.split('\u0001')
  const tail = journal.trim()
  return { failed: true, changed: false, rc: ran.rc, msg: `${what}: ${said.trim()}${tail === '' ? '' : `\n${tail}`}`, ...(ran.stderr === '' ? {} : { stderr: ran.stderr }) }
}

interface Found { readonly is: Unit | undefined; readonly stale: boolean }
async function look(wish: UnitWish, target: Target): Promise<Found> {
  const { name, scope } = wish
  const [is, stale, files] = await Promise.all([
    name === undefined ? undefined : target.read(unit, { name, scope }),
    wish.reload ? target.read(staleUnits, scope) : [],
    name === undefined ? [] : Promise.all(filesOf(name, scope).map(async (path) => await target.read(stat, path, 'along'))),
  ])
  const isWritten = files.some((one) => one.type === 'file')
  // Without `live` the answer is foretold: an earlier task of this dry run would have written the file.
  const isForetold = files.some((one) => one.type === 'file' && one.live === undefined)
  const seen = is !== undefined && is.load === 'not-found' && isWritten ? { ...written, initScript: is.initScript } : is
  return { is: seen, stale: stale.length > 0 || (wish.reload && isForetold && is?.load === 'loaded') }
}

export async function planUnit(wish: UnitWish, target: Target): Promise<Plan> {
  if (wish.name !== undefined && /[*?[]/.test(wish.name)) {
    throw new Failure(`This module does not currently support using glob patterns, found '${/[*?[]/.exec(wish.name)?.[0] ?? ''}' in service name: ${wish.name}`)
  }
  return planFound(wish, await look(wish, target))
}

function planFound(wish: UnitWish, { is, stale }: Found): Plan {
  const restarts = wish.state === 'restarted' || wish.state === 'reloaded'
  if (restarts && wish.enabled === undefined && is?.load === 'not-found' && !is.initScript) {
    throw new Missing(`Could not find the requested service ${wish.name}: host`, { name: wish.name ?? null, status: {} }, () => planFound(wish, { is: { ...is, ...written, active: 'active' }, stale }))
  }
  const draft: Draft = { changes: [], lines: [], data: { name: wish.name ?? null, status: is?.live ?? {} }, warnings: [], is: is ?? written }
  const manager: UnitWish = { ...wish, name: undefined, noBlock: false }
  if (wish.reload && stale) {
    draft.changes.push(attr('systemd', 'units', 'changed on disk', 'reloaded'))
    draft.lines.push(attempt(manager, 'daemon-reload', 'failure during daemon-reload'))
  }
  if (wish.reexec) {
    draft.changes.push({ kind: 'run', cmd: 'systemctl daemon-reexec' })
    draft.lines.push(attempt(manager, 'daemon-reexec', 'failure during daemon-reexec'))
  }
  if (wish.name !== undefined && is !== undefined) act(wish, is, draft)
  // The manager may not know a file that was written since: reloading is cheap and says nothing where all is known.
  if (wish.reload && !stale && draft.lines.length > 0) draft.lines.unshift(attempt(manager, 'daemon-reload', 'failure during daemon-reload'))
  return {
    changes: draft.changes,
    steps: draft.lines.length === 0 ? [] : [{ sh: [': "${XDG_RUNTIME_DIR=/run/user/$(id -u)}"; export XDG_RUNTIME_DIR', ...draft.lines].join('\n'), okRc: 'any' }],
    after: after(wish, is, draft), data: draft.data, warnings: draft.warnings, done: ([ran]) => finish(ran),
  }
}

function act(wish: UnitWish, is: Unit, draft: Draft): void {
  const name = wish.name ?? ''
  if (is.live?.LoadError !== undefined && is.load !== 'not-found' && is.load !== 'masked' && is.live.LoadError.trim() !== '' && is.load !== 'loaded') {
    throw new Failure(`Error loading unit file '${name}': ${is.live.LoadError}`, { name })
  }
  const isFound = is.load !== 'not-found' || is.initScript
  if (is.initScript && is.load === 'not-found') draft.warnings.push(`The service (${name}) is actually an init script but the system is managed by systemd`)
  mask(wish, draft)
  if (!isFound && (wish.enabled !== undefined || wish.state !== undefined)) throw new Failure(`Could not find the requested service ${name}: host`, { name, status: {} })
  enable(wish, draft)
  run(wish, draft)
}

/** One play: its hosts, batches, sections, handlers, and when to give up. */
import type { Frame, Node, Play, Task } from '../core/types.ts'
import { fault } from '../core/errors.ts'
import { valueLoc } from '../core/loc.ts'
import { pyStr } from '../template/python.ts'
import { truthy } from './connect.ts'
import { hostState, type HostState, type PlayState, type Run } from './context.ts'
import { playValidation } from './argspec.ts'
import { askedVars } from './prompts.ts'
import { flushHandlers, walkNodes, type Walk } from './nodes.ts'
import { type PlayValue, playValues, varsFiles } from './play-values.ts'
import { warnReserved } from './remember.ts'
import { taskScope } from './scopes.ts'

/** `stopAll`: a whole batch failed; Ansible runs no further play then. */
export async function runPlay(run: Run, written: Play): Promise<{ readonly stopAll: boolean }> {
  const answers = await askedVars(run, written)
  const play = answers === undefined ? written : { ...written, vars: [...written.vars, answers] }
  const value = await playValues(run, play)
  const names = hostsOf(run, play, value)
  const limit = value(play.kw['max_fail_percentage'], 'max_fail_percentage')
  const state: PlayState = {
    play, all: names, batch: names, roles: play.roles.filter((role) => role.isPrivate !== true), named: [...play.roles], handlers: [...play.handlers], varsFiles: new Map(),
    tooManyFailed: () => tooMany(limit, state.batch.filter((name) => failedItself(hostState(run, name))).length, state.batch.length),
  }
  const title = pyStr(value(play.name, 'name') ?? pyStr(value(play.hosts, 'hosts')))
  const banner = (hosts: readonly string[]): void => { run.emit({ type: 'play', name: run.masker.text(title), hosts, loc: play.loc }) }
  if (names.length === 0) { banner(names); run.emit({ type: 'no-hosts' }); return { stopAll: false } }
  for (const name of names) { const host = hostState(run, name); host.ended = false; host.notified.clear(); host.notifications.clear(); host.rolesRun = new Set() }
  for (const batch of batches(value(play.kw['serial'], 'serial'), ordered(names, pyStr(value(play.kw['order'], 'order') ?? 'inventory')), play)) {
    state.batch = batch
    banner(batch)
    const hosts = batch.map((name) => hostState(run, name)).filter((host) => host.alive)
    if (hosts.length === 0) continue
    await runBatch(run, state, hosts, value)
    if (state.tooManyFailed() || hosts.every((host) => host.failed !== undefined || host.unreachable)) return { stopAll: true }
  }
  return { stopAll: false }
}

function hostsOf(run: Run, play: Play, value: PlayValue): readonly string[] {
  const pattern = value(play.hosts, 'hosts')
  const text = Array.isArray(pattern) ? pattern.flat().map(pyStr).join(',') : pyStr(pattern)
  const matched = run.inventory.match(text, play.loc)
  return run.limit === undefined ? matched : matched.filter((name) => run.limit?.has(name))
}
function ordered(names: readonly string[], order: string): readonly string[] {
  switch (order) {
    case 'reverse_inventory': return [...names].reverse()
    case 'sorted': return [...names].sort()
    case 'reverse_sorted': return [...names].sort().reverse()
    case 'shuffle': return [...names].map((name) => ({ name, at: Math.random() })).sort((a, b) => a.at - b.at).map(({ name }) => name)
    default: return names
  }
}

/** serial: numbers and percentages of all hosts; the last one repeats until no host is left. */
export function batches(serial: unknown, names: readonly string[], play: { readonly kw: Play['kw']; readonly loc: Play['loc'] }): readonly (readonly string[])[] {
  const list: readonly unknown[] = serial === undefined || serial === null ? [] : Array.isArray(serial) ? serial.flat() : [serial]
  const sizes = list.map((one) => {
    const text = pyStr(one).trim()
    const size = text.endsWith('%') ? Math.max(1, Math.floor(Number(text.slice(0, -1)) * names.length / 100)) : Number(text)
    if (Number.isNaN(size)) throw fault('batch-size', valueLoc(play.kw, 'serial') ?? play.loc, { value: text })
    return size
  })
  if (sizes.length === 0 || sizes.every((size) => size <= 0)) return [names]
  const found: (readonly string[])[] = []
  for (let at = 0, i = 0; at < names.length; i++) {
    const size = sizes[Math.min(i, sizes.length - 1)] ?? names.length
    const width = size <= 0 ? names.length : size
    found.push(names.slice(at, at + width))
    at += width
  }
  return found
}

const failedItself = (host: HostState): boolean => host.failed !== undefined && host.failed.because === undefined
const tooMany = (percentage: unknown, failed: number, all: number): boolean =>
  percentage !== undefined && percentage !== null && failed > 0 && failed / all * 100 > Number(pyStr(percentage))

async function runBatch(run: Run, state: PlayState, hosts: readonly HostState[], value: PlayValue): Promise<void> {
  const { play } = state
  const strategy = pyStr(value(play.kw['strategy'], 'strategy') ?? run.options.strategy ?? 'linear').replace(/^ansible\.builtin\./, '')
  state.isDebugged = strategy === 'debug'
  const files = new Map<HostState, readonly Frame[]>()
  const walk: Walk = { run, play: state, hosts, varsFiles: (host) => files.get(host) ?? [], rescued: false, after: [], gates: new Map() }
  const loadFiles = async (): Promise<void> => { for (const host of hosts) files.set(host, await varsFiles(run, play, (found) => taskScope(run, state, host, undefined, found))) }
  await loadFiles()
  for (const frame of [...run.extra, ...play.roles.flatMap((role) => [role.defaults, role.vars]), ...hosts.flatMap((host) => [...run.inventory.frames(host.name, play.dir), ...files.get(host) ?? []])]) warnReserved(run, frame.vars)
  const parts: readonly (readonly Node[])[] = play.sections.map((section) => section.nodes)
  const force = truthy(value(play.kw['force_handlers'], 'force_handlers') ?? run.options.forceHandlers)
  const validation = await playValidation(run, play, value(play.kw['validate_argspec'], 'validate_argspec'), play.isNamed === true ? pyStr(value(play.name, 'name') ?? '') : '')
  const whole = async (one: Walk): Promise<void> => {
    await gatherFacts(one, value)
    if (validation !== undefined) await walkNodes(one, [validation])
    await loadFiles() // their names and values may depend on facts
    for (const [i, nodes] of parts.entries()) {
      await walkNodes({ ...one, after: parts.slice(i + 1) }, nodes)
      // roles and tasks are one section: what roles notify runs after the tasks
      if (play.sections[i]?.kind !== 'roles') await flushSection(one, force)
    }
  }
  if (strategy === 'free' || strategy === 'host_pinned') await Promise.all(hosts.map((host) => whole({ ...walk, hosts: [host], isFree: true })))
  else await whole(walk)
  tellPending(walk)
}

/** Runs what was notified; on hosts that failed only where that is forced. */
async function flushSection(walk: Walk, force: boolean): Promise<void> {
  const revived = force ? walk.hosts.filter((host) => host.failed !== undefined && !host.unreachable) : []
  const before = new Map(revived.map((host) => [host, host.failed]))
  for (const host of revived) host.failed = undefined
  for (const host of walk.hosts) if (host.alive && host.notifications.size + host.notified.size > 0) walk.run.emit({ type: 'meta', text: `triggered running handlers for ${host.name}` })
  await flushHandlers(walk)
  for (const [host, was] of before) host.failed ??= was
}
/** Names of handlers that a failure kept from running: a rerun would not notify them. */
function tellPending(walk: Walk): void {
  for (const host of walk.hosts) {
    const waiting = [...host.notifications.keys(), ...[...host.notified.keys()].map((handler) => pyStr(handler.name ?? handler.module))]
    if (host.failed !== undefined && !host.unreachable && waiting.length > 0) walk.run.emit({ type: 'handlers-pending', host: host.name, handlers: waiting })
  }
}

async function gatherFacts(walk: Walk, value: PlayValue): Promise<void> {
  const { play } = walk.play
  const { gathering } = walk.run.options
  if (!truthy(value(play.kw['gather_facts'], 'gather_facts') ?? gathering !== 'explicit')) return
  const hosts = gathering === 'smart' ? walk.hosts.filter((host) => host.facts['_ansible_facts_gathered'] !== true) : walk.hosts
  const args = Object.fromEntries(['gather_subset', 'gather_timeout', 'fact_path'].flatMap((name) => play.kw[name] === undefined ? [] : [[name, play.kw[name]]]))
  const names = ['become', 'become_user', 'become_method', 'become_flags', 'become_exe', 'connection', 'remote_user', 'port', 'environment', 'any_errors_fatal', 'ignore_unreachable', 'module_defaults', 'when']
  const kw = Object.fromEntries(names.flatMap((name) => play.kw[name] === undefined ? [] : [[name, play.kw[name]]]))
  const task: Task = {
    kind: 'task', id: walk.run.nextId(), name: 'Gathering Facts', module: 'gather_facts', args, kw: { ...kw, tags: ['always'], check_mode: false }, vars: [],
    search: [play.dir], isHandler: false, implicit: true, loc: play.loc,
  }
  await walkNodes({ ...walk, hosts }, [task])
}

/** One play: its hosts, batches, sections, handlers, and when to give up. */
import type { Frame, Node, Play, Task } from '../core/types.ts'
import { readdir } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { fault } from '../core/errors.ts'
import { valueLoc } from '../core/loc.ts'
import { nearest } from '../core/near.ts'
import { isDict, omit } from '../core/value.ts'
import { pyStr } from '../template/python.ts'
import { truthy } from './connect.ts'
import { hostState, type HostState, type PlayState, type Run } from './context.ts'
import { findLocal } from './files.ts'
import { playValidation } from './argspec.ts'
import { askedVars } from './prompts.ts'
import { flushHandlers, walkNodes, type Walk } from './nodes.ts'
import { taskScope } from './scopes.ts'
import { Scope } from '../vars/scope.ts'

/** `stopAll`: a whole batch failed; Ansible runs no further play then. */
export async function runPlay(run: Run, written: Play): Promise<{ readonly stopAll: boolean }> {
  const answers = await askedVars(run, written)
  const play = answers === undefined ? written : { ...written, vars: [...written.vars, answers] }
  const value = playValues(run, play)
  const names = hostsOf(run, play, value)
  const limit = value('max_fail_percentage', play.kw['max_fail_percentage'])
  const state: PlayState = {
    play, all: names, batch: names, roles: [...play.roles], handlers: [...play.handlers], varsFiles: new Map(),
    tooManyFailed: () => tooMany(limit, state.batch.filter((name) => failedItself(hostState(run, name))).length, state.batch.length),
  }
  const title = pyStr(value('name', play.name) ?? pyStr(value('hosts', play.hosts)))
  const banner = (hosts: readonly string[]): void => { run.emit({ type: 'play', name: run.masker.text(title), hosts, loc: play.loc }) }
  if (names.length === 0) { banner(names); run.emit({ type: 'no-hosts' }); return { stopAll: false } }
  for (const name of names) { const host = hostState(run, name); host.ended = false; host.notified.clear(); host.notifications.clear(); host.rolesRun = new Set() }
  for (const batch of batches(value('serial', play.kw['serial']), ordered(names, pyStr(value('order', play.kw['order']) ?? 'inventory')), play)) {
    state.batch = batch
    banner(batch)
    const hosts = batch.map((name) => hostState(run, name)).filter((host) => host.alive)
    if (hosts.length === 0) continue
    await runBatch(run, state, hosts, value)
    if (state.tooManyFailed() || hosts.every((host) => host.failed !== undefined || host.unreachable)) return { stopAll: true }
  }
  return { stopAll: false }
}

/** Values of a play's keywords: templated with its variables and those of the command line, of no host in particular. */
function playValues(run: Run, play: Play): (name: string, written: unknown) => unknown {
  const scope = new Scope([{ name: 'magic variables', vars: { omit } }, ...play.vars, ...run.extra], { search: [play.dir] })
  return (_, written) => {
    const found = written === undefined ? undefined : run.jinja.resolve(written, scope)
    return found === omit ? undefined : found
  }
}

function hostsOf(run: Run, play: Play, value: (name: string, written: unknown) => unknown): readonly string[] {
  const pattern = value('hosts', play.hosts)
  const text = Array.isArray(pattern) ? pattern.flat().map(pyStr).join(',') : pyStr(pattern)
  const matched = run.inventory.match(text)
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

async function runBatch(run: Run, state: PlayState, hosts: readonly HostState[], value: (name: string, written: unknown) => unknown): Promise<void> {
  const { play } = state
  const strategy = pyStr(value('strategy', play.kw['strategy']) ?? run.options.strategy ?? 'linear').replace(/^ansible\.builtin\./, '')
  const files = new Map<HostState, readonly Frame[]>()
  const walk: Walk = { run, play: state, hosts, varsFiles: (host) => files.get(host) ?? [], rescued: false, after: [], gates: new Map() }
  const loadFiles = async (): Promise<void> => { for (const host of hosts) files.set(host, await varsFiles(run, state, host)) }
  await loadFiles()
  const parts: readonly (readonly Node[])[] = play.sections.map((section) => section.nodes)
  const force = truthy(value('force_handlers', play.kw['force_handlers']) ?? run.options.forceHandlers)
  const validation = await playValidation(run, play, value('validate_argspec', play.kw['validate_argspec']), pyStr(value('name', play.name) ?? ''))
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
  if (strategy === 'free' || strategy === 'host_pinned') await Promise.all(hosts.map((host) => whole({ ...walk, hosts: [host] })))
  else await whole(walk)
  tellPending(walk)
}

/** Runs what was notified; on hosts that failed only where that is forced. */
async function flushSection(walk: Walk, force: boolean): Promise<void> {
  const revived = force ? walk.hosts.filter((host) => host.failed !== undefined && !host.unreachable) : []
  const before = new Map(revived.map((host) => [host, host.failed]))
  for (const host of revived) host.failed = undefined
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

async function gatherFacts(walk: Walk, value: (name: string, written: unknown) => unknown): Promise<void> {
  const { play } = walk.play
  const { gathering } = walk.run.options
  if (!truthy(value('gather_facts', play.kw['gather_facts']) ?? gathering !== 'explicit')) return
  const hosts = gathering === 'smart' && play.kw['gather_facts'] === undefined ? walk.hosts.filter((host) => Object.keys(host.facts).length === 0) : walk.hosts
  const args = Object.fromEntries(['gather_subset', 'gather_timeout', 'fact_path'].flatMap((name) => play.kw[name] === undefined ? [] : [[name, play.kw[name]]]))
  const names = ['become', 'become_user', 'become_method', 'become_flags', 'become_exe', 'connection', 'remote_user', 'port', 'environment', 'any_errors_fatal', 'ignore_unreachable', 'module_defaults', 'when']
  const kw = Object.fromEntries(names.flatMap((name) => play.kw[name] === undefined ? [] : [[name, play.kw[name]]]))
  const task: Task = {
    kind: 'task', id: walk.run.nextId(), name: 'Gathering Facts', module: 'setup', args, kw: { ...kw, tags: ['always'], check_mode: false }, vars: [],
    search: [play.dir], isHandler: false, loc: play.loc,
  }
  await walkNodes({ ...walk, hosts }, [task])
}

/** vars_files, for one host: names may hold templates; of a list the first that exists. */
async function varsFiles(run: Run, state: PlayState, host: HostState): Promise<readonly Frame[]> {
  const written = state.play.kw['vars_files']
  const list: readonly unknown[] = Array.isArray(written) ? written : written === undefined || written === null ? [] : [written]
  const frames: Frame[] = []
  for (const [i, one] of list.entries()) {
    const scope = taskScope(run, state, host, undefined, frames)
    const names: readonly unknown[] = Array.isArray(one) ? one : [one]
    const loc = valueLoc(written, i) ?? state.play.loc
    const paths = names.flatMap((name) => { try { const path = run.jinja.resolve(name, scope); return path === omit ? [] : [pyStr(path)] } catch { return [] } })
    const loaded = await firstOf(paths.map((path) => async () => frameOf(run, (await findLocal([state.play.dir], 'vars', path, loc)).path)))
    if (loaded !== undefined) frames.push(loaded)
    else if (paths.length === names.length) throw fault('vars-file-missing', loc, { paths, near: await nearFile(state.play.dir, paths) })
  }
  return frames
}
async function nearFile(dir: string, paths: readonly string[]): Promise<string | undefined> {
  const [path = ''] = paths
  const near = nearest(basename(path), await readdir(resolve(dir, dirname(path))).catch(() => []))
  return near === undefined ? undefined : join(dirname(path), near)
}
async function firstOf<T>(makers: readonly (() => Promise<T>)[]): Promise<T | undefined> {
  for (const make of makers) {
    try { return await make() } catch (error) { if (!(error instanceof Error && 'code' in error && error.code === 'file-not-found')) throw error }
  }
  return undefined
}
async function frameOf(run: Run, path: string): Promise<Frame> {
  const vars = await run.loadFile(path)
  return { name: path, vars: isDict(vars) ? Object.fromEntries(vars instanceof Map ? vars : Object.entries(vars)) : {} }
}


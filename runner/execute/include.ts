/** Dynamic includes: which file or role each host asks for, loaded once for all hosts that ask for the same, then walked. */
import type { Data, Frame, Node, RoleNode, Task } from '../core/types.ts'
import { dictEntries, isDict, omit } from '../core/value.ts'
import { inheritLoc } from '../core/loc.ts'
import { Fault } from '../core/errors.ts'
import { pyStr } from '../template/python.ts'
import { skipOf } from './prepare.ts'
import { checkNodes, leavesOut } from './check.ts'
import type { HostState } from './context.ts'
import { gather, isLooped, itemFrame, itemsOf, loopControl } from './loop.ts'
import { truthy } from './connect.ts'
import { censoredLabel, guard, labelOf } from './items.ts'
import { flag, isSilent } from './keywords.ts'
import { reportFailure, scopeOf, walkNodes, type Walk } from './nodes.ts'
import { type Draft, draftOf, isFailed, outcomeOf, present, skipped } from './outcome.ts'
import { remember } from './remember.ts'
import { taskScope } from './scopes.ts'

/** One thing to include for some hosts: same arguments, same loop item. */
interface Wish { readonly args: Data; readonly frames: readonly Frame[]; readonly hosts: HostState[]; readonly label?: string }

/** What every host wants included, grouped, in the order in which it was first wanted. Hosts whose condition is false are reported. */
function wishes(walk: Walk, task: Task, hosts: readonly HostState[]): readonly Wish[] {
  const found = new Map<string, Wish>()
  const [first] = hosts
  const isOnce = first !== undefined && guard(() => flag(walk.run, task, scopeOf(walk, task, first), 'run_once'), false) === true
  for (const host of isOnce ? hosts.slice(0, 1) : hosts) {
    const before = new Map<string, number>()
    try {
      for (const one of wishesOf(walk, task, host)) {
        const what = JSON.stringify([one.args, one.frames.map((frame) => Object.entries(frame.vars).map(([name, value]) => [name, keyOf(value)]))])
        // a loop may want the same twice
        const key = `${before.get(what) ?? 0} ${what}`
        before.set(what, (before.get(what) ?? 0) + 1)
        const same = found.get(key)
        if (same === undefined) found.set(key, { ...one, hosts: [host] })
        else same.hosts.push(host)
      }
    } catch (error) {
      const failed = draftOf(error)
      remember(walk.run, task, host, failed, undefined, scopeOf(walk, task, host))
      reportFailure(walk, task, host, failed)
    }
  }
  return [...found.values()]
}
const keyOf = (value: unknown): unknown => value instanceof Map ? [...value] : value

function wishesOf(walk: Walk, task: Task, host: HostState): Omit<Wish, 'hosts'>[] {
  const { run, play } = walk
  const varsFiles = walk.varsFiles(host)
  const unit = (frames: readonly Frame[]): Parameters<typeof skipOf>[0] =>
    ({ run, play, host, task, varsFiles, scope: taskScope(run, play, host, task, varsFiles, { frames }), lookAhead: () => undefined })
  const scope = unit([]).scope
  const end = (draft: Draft): void => { ended(walk, task, host, draft, scope) }
  if (!isLooped(task)) {
    const one = unit([])
    const skip = skipOf(one)
    const wanted = skip === undefined ? [{ args: argsOf(walk, task, one.scope), frames: [] }] : []
    end(skip ?? included)
    return wanted
  }
  let items: readonly unknown[]
  try {
    items = itemsOf(run, task, scope)
  } catch (error) {
    // the items may be undefined just where the condition is false
    const skip = guard(() => skipOf(unit([])), undefined)
    if (skip === undefined) throw error
    end(skip)
    return []
  }
  const control = loopControl(run, task, scope)
  const wanted: Omit<Wish, 'hosts'>[] = []
  const drafts: Parameters<typeof gather>[0][number][] = []
  for (const i of items.keys()) {
    const frame = itemFrame(items, i, control)
    const one = unit([frame])
    const noLog = isSilent(run, task, one.scope)
    const label = noLog ? censoredLabel : run.masker.text(labelOf(one, items[i], control).label)
    const draft = draftFor(() => {
      const skip = skipOf(one)
      if (skip === undefined) wanted.push({ args: argsOf(walk, task, one.scope), frames: [frame], label })
      return skip ?? included
    })
    drafts.push({ label, draft, keys: { ...frame.vars, failed: isFailed(draft) } })
    if (draft !== included) run.emit({ type: 'item', host: host.name, task: task.id, label, result: present(run, { ...draft, data: { ...draft.data, ...frame.vars } }, { ms: 0, trips: 0 }, noLog) })
  }
  end(items.length === 0 ? skipped('No items in the list') : gather(drafts))
  return host.alive ? wanted : []
}
const included: Draft = { data: { changed: false }, changes: [] }
const draftFor = (work: () => Draft): Draft => { try { return work() } catch (error) { return draftOf(error) } }

/** What an include leaves in the variable that `register` names, and the line of a host that includes nothing. */
function ended(walk: Walk, task: Task, host: HostState, draft: Draft, scope: ReturnType<typeof taskScope>): void {
  const outcome = outcomeOf(draft)
  remember(walk.run, task, host, draft, undefined, scope)
  if (outcome === 'failed' || outcome === 'unknown') { reportFailure(walk, task, host, draft); return }
  if (outcome !== 'skipped') return
  host.stats.skipped += 1
  walk.run.emit({ type: 'result', host: host.name, task: task.id, result: present(walk.run, draft, { ms: 0, trips: 0 }, isSilent(walk.run, task, scope)), looped: draft.items !== undefined })
}

function argsOf(walk: Walk, task: Task, scope: ReturnType<typeof taskScope>): Data {
  const given: Data = {}
  if (!isDict(task.args)) return given
  for (const [key, value] of dictEntries(task.args)) {
    // `apply` is about the included tasks: its templates are theirs
    const templated = key === 'apply' ? value : walk.run.jinja.resolve(value, scope)
    if (templated !== omit) given[String(key)] = templated
  }
  return inheritLoc(given, task.args)
}

/** What is included cannot be read as tasks: that ends the run, as in Ansible; that it is not there only fails the task. */
class Unreadable extends Error {
  readonly fault: Fault
  constructor(found: Fault) { super(found.message); this.fault = found }
}
const absent = new Set(['source-missing', 'role-not-found', 'role-file-missing', 'cannot-read', 'import-variable', 'included-not-list', 'role-cycle'])
const readable = <T>(loading: Promise<T>, isRescuable = true): Promise<T> =>
  loading.catch((error: unknown) => { throw error instanceof Fault && !(isRescuable && absent.has(error.code)) ? new Unreadable(error) : error })

const rolesIn = (nodes: readonly Node[]): readonly RoleNode[] => nodes.flatMap((node) => node.kind === 'task' ? []
  : node.kind === 'role' ? [node, ...rolesIn(node.body)] : rolesIn([...node.body, ...node.rescue, ...node.always]))

/** Handlers of a role that is included again stand in the place of those of its first time. */
function addHandlers({ play }: Walk, handlers: readonly Node[]): void {
  const added = [...new Set(handlers)]
  const places = new Set(added.map(({ loc }) => `${loc.file}:${loc.line}`))
  const kept = play.handlers.filter(({ loc }) => !places.has(`${loc.file}:${loc.line}`))
  play.handlers.splice(0, play.handlers.length, ...kept, ...added)
}

/** Of how many inclusions to come the tasks may be read ahead. */
const readAhead = 16

/** Loads and announces all that is wanted, then walks it: what runs for one item cannot change what is included for the next. */
async function walkIncluded(walk: Walk, task: Task, wanted: readonly Wish[], fileOf: (wish: Wish) => string, load: (wish: Wish) => Promise<readonly Node[]>): Promise<void> {
  const found: { readonly wish: Wish; readonly nodes: readonly Node[] }[] = []
  for (const wish of wanted) {
    try {
      found.push({ wish, nodes: await load(wish) })
    } catch (error) {
      if (error instanceof Unreadable) throw error.fault
      // what is not there fails the host, also with ignore_errors: Ansible has ended the task by then
      for (const host of wish.hosts) reportFailure(walk, task, host, draftOf(error), false)
      continue
    }
    for (const host of wish.hosts) {
      host.stats.ok += 1
      if (task.role !== undefined) host.rolesBegun.add(task.role)
    }
    walk.run.emit({ type: 'included', file: fileOf(wish), hosts: wish.hosts.map((host) => host.name), ...(wish.label === undefined ? {} : { label: wish.label }) })
  }
  for (const [i, { wish, nodes }] of found.entries()) {
    const next = found.slice(i + 1, i + 1 + readAhead).filter((other) => other.wish.hosts.length === wish.hosts.length && other.wish.hosts[0] === wish.hosts[0])
    await walkNodes({ ...walk, hosts: wish.hosts, after: [...next.map((other) => other.nodes), ...walk.after] }, nodes)
  }
}

export async function includeTasks(walk: Walk, task: Task, hosts: readonly HostState[]): Promise<void> {
  const { loader } = walk.run
  const pathOf = ({ args }: Wish): string => pyStr(args['file'] ?? args['_raw_params'] ?? '')
  await walkIncluded(walk, task, wishes(walk, task, hosts), (wish) => shownPath(walk, task, pathOf(wish)), async (wish) => {
    const { apply } = wish.args
    const nodes = await readable(loader.tasksFile(pathOf(wish), task, { frames: wish.frames, ...(isDict(apply) && !(apply instanceof Map) ? { apply } : {}) }))
    await checkNodes({ ...walk.run, isPart: leavesOut(walk.run.options) }, nodes)
    addHandlers(walk, rolesIn(nodes).flatMap((role) => role.handlers ?? []))
    walk.play.named.push(...rolesIn(nodes).map((one) => one.role))
    return nodes
  })
}
/** The file in full, where it can be found; the include itself says what is wrong otherwise. */
function shownPath(walk: Walk, task: Task, path: string): string {
  try { return walk.run.loader.findTasks(path, task) } catch { return path }
}

export async function includeRole(walk: Walk, task: Task, hosts: readonly HostState[]): Promise<void> {
  const { run, play } = walk
  await walkIncluded(walk, task, wishes(walk, task, hosts), ({ args }) => pyStr(args['name'] ?? args['role'] ?? ''), async (wish) => {
    const { role, nodes, handlers, isPublic } = await readable(run.loader.includeRole(wish.args, task, wish.frames), truthy(wish.args['rescuable'] ?? true))
    await checkNodes({ ...run, isPart: leavesOut(run.options) }, [...nodes, ...handlers])
    addHandlers(walk, [...handlers, ...rolesIn(nodes).flatMap((one) => one.handlers ?? [])])
    if (isPublic) play.roles.push(role)
    play.named.push(...rolesIn(nodes).map((one) => one.role))
    return nodes
  })
}

/** Which variables a task of a host sees: the frames of all levels of precedence, and those of a host seen from outside. */
import { basename } from 'node:path'
import { mergeVars } from '../core/merge.ts'
import type { Data, Frame, Role, Task } from '../core/types.ts'
import { isDict, Pending, settle } from '../core/value.ts'
import { assemble } from '../vars/precedence.ts'
import { Scope, type ScopeOptions } from '../vars/scope.ts'
import { machineKey } from './connect.ts'
import { connectionFrame, delegatedFrame } from './connection-vars.ts'
import { hostState, type HostState, type PlayState, type Run } from './context.ts'
import { outsideMagic, taskMagic, view } from './magic.ts'

const roleFrames = (roles: readonly Role[], pick: (role: Role) => Frame): Frame[] => roles.map(pick)

/** `pending` names throw when asked for; `frames` (a loop's item) stand above all else, as in Ansible. */
export interface ScopeWish extends Partial<ScopeOptions> {
  readonly frames?: readonly Frame[]
  /** As if the task were not delegated. */
  readonly ownHost?: boolean
}

/** Frames of a host outside of any play: what `hostvars` shows. */
function hostFrames(run: Run, host: HostState, playDir: string | undefined): Parameters<typeof assemble>[0] {
  return {
    roleDefaults: [], inventory: [...run.inventory.frames(host.name, playDir)], facts: host.factFrame, playVars: [], playVarsFiles: [],
    roleVars: [], blockVars: [], taskVars: [], includeVars: host.includeFrames, setFacts: [host.setFrame], roleParams: [], includeParams: [],
    extra: [...run.extra], magic: [],
  }
}

export function taskScope(run: Run, play: PlayState, host: HostState, task: Task | undefined, varsFiles: readonly Frame[], wish: ScopeWish = {}): Scope {
  const role = task?.role
  const chain = role === undefined ? [] : [...role.parents, role]
  const search = wish.search ?? task?.search ?? [play.play.dir]
  const scope: { current?: Scope } = {}
  const acting = actingOf(run, wish)
  const outside = (name: string): Scope => outsideScope(run, name, acting)
  const isDelegated = task?.kw['delegate_to'] !== undefined && wish.ownHost !== true
  const connection = [connectionFrame(run, task, () => scope.current)]
  if (isDelegated) connection.push(delegatedFrame(() => otherOf(run, play, task, varsFiles, scope.current, host), (value, other) => run.jinja.resolve(value, other)))
  const frames = assemble({
    ...hostFrames(run, host, play.play.dir),
    roleDefaults: [...connection, ...roleFrames(play.roles, (one) => one.defaults), ...roleFrames(chain, (one) => one.defaults)],
    playVars: [...play.play.vars], playVarsFiles: [...varsFiles],
    roleVars: [...roleFrames(play.roles, (one) => one.vars), ...roleFrames(chain, (one) => one.vars)],
    roleParams: roleFrames(chain, (one) => one.params),
    ...variablesOf(run, task?.vars ?? []),
    magic: [taskMagic(run, play, host, task, search, () => scope.current, outside), ...(wish.frames ?? []), ...(host.edited === undefined ? [] : [host.edited])],
  })
  scope.current = new Scope(frames, {
    search, filesIn: filesIn(task), acting, ...merging(run, frames.length - (wish.frames?.length ?? 0) - (host.edited === undefined ? 0 : 1)), ...(wish.pending === undefined ? {} : { pending: wish.pending }), ...(wish.asked === undefined ? {} : { asked: wish.asked }),
  })
  return scope.current
}

/** Where dicts are merged: those of the frames below this number. */
export const merging = (run: Run, mergesBelow: number): { readonly mergesBelow?: number } => run.options.values?.mergesHashes === true ? { mergesBelow } : {}
/** Variables of a task, its blocks and includes. The inner one wins whole, as in Ansible, also where dicts are merged. */
function variablesOf(run: Run, frames: readonly Frame[]): Pick<Parameters<typeof assemble>[0], 'taskVars' | 'includeParams'> {
  const included = frames.filter((frame) => frame.isInclude === true)
  if (run.options.values?.mergesHashes !== true) return { taskVars: frames.filter((frame) => frame.isInclude !== true), includeParams: included }
  return { taskVars: [{ name: 'task', vars: mergeVars(frames) }], includeParams: [{ name: 'include', vars: mergeVars(included) }] }
}

/** A scope with these variables above all others. */
export const scopeOfEdits = (ctx: { readonly run: Run; readonly play: PlayState; readonly varsFiles: readonly Frame[] }, host: HostState, task: Task, vars: Data): Scope =>
  taskScope(ctx.run, ctx.play, host, task, ctx.varsFiles, { frames: [{ name: 'debugger', vars }] })

/** As Ansible tells by the name of the task's module. */
const filesIn = (task: Task | undefined): string => {
  const name = task?.action ?? task?.module ?? ''
  return name.includes('template') ? 'templates' : name.includes('var') ? 'vars' : 'files'
}

/** The host that a delegated task acts on, and what is to be seen of it. */
function otherOf(run: Run, play: PlayState, task: Task, varsFiles: readonly Frame[], scope: Scope | undefined, host: HostState): { name: string; scope: Scope; view: () => object } | undefined {
  const name = scope === undefined ? undefined : run.jinja.resolve(task.kw['delegate_to'], scope)
  if (typeof name !== 'string' || name === '') return undefined
  const other = taskScope(run, play, hostState(run, name), task, varsFiles, { ownHost: true })
  return { name, scope: other, view: () => view(run, other.child({ inventory_hostname: host.name })) }
}

/** Scope of a host as other hosts see it: inventory, facts, what it set; no variables of plays, roles or tasks. */
export function outsideScope(run: Run, name: string, acting = actingOf(run)): Scope {
  const host = hostState(run, name)
  const frames = assemble({ ...hostFrames(run, host, run.playDir()), magic: [outsideMagic(run, host, (other) => outsideScope(run, other, acting))] })
  return new Scope(frames, { search: [], acting, ...merging(run, frames.length) })
}

/** A lookup that runs or writes something waits for the turn of its task; then this machine may be another than was read. */
const actingOf = (run: Run, wish: ScopeWish = {}) => (): void => {
  if (wish.pending !== undefined) throw new Pending('lookup')
  run.machines.get(machineKey({ connection: 'local', host: 'localhost' }))?.changed()
}

/** A registered result or set fact: plain data from here on, never evaluated again. */
export function settleDeep<T>(value: T): T {
  if (Array.isArray(value)) for (const item of value) settleDeep(item)
  else if (isDict(value)) for (const item of value instanceof Map ? value.values() : Object.values(value)) settleDeep(item)
  return settle(value)
}

export const roleKey = (role: Role): string => `${role.path}\0${basename(role.path)}\0${JSON.stringify(Object.keys(role.params.vars))}`

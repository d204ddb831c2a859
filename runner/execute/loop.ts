/** Loops: the items of `loop` and `with_*`, the scope of each, and the gathered result. */
import type { Data, Frame, Loc, Task } from '../core/types.ts'
import { dictGet, isDict, omit, Unknown, UnknownValue } from '../core/value.ts'
import { fault, Fault } from '../core/errors.ts'
import { valueLoc } from '../core/loc.ts'
import type { Scope } from '../vars/scope.ts'
import { pyStr, typeName } from '../template/python.ts'
import { resolveDefined } from '../template/defined.ts'
import { isVariableName, scalar } from '../playbook/values.ts'
import type { Run } from './context.ts'
import { isChanged, isFailed, type Draft, type LoopItem, traceOf } from './outcome.ts'

export interface LoopControl {
  readonly loopVar: string
  readonly indexVar?: string
  readonly label: unknown
  readonly pauseSeconds: number
  readonly extended: boolean
  /** `ansible_loop.allitems`. */
  readonly extendedItems: boolean
  readonly breakWhen: unknown
}

export const isLooped = (task: Task): boolean => task.kw['loop'] !== undefined || task.kw['loop_with'] !== undefined

export function loopControl(run: Run, task: Task, scope: Scope): LoopControl {
  const written = task.kw['loop_control']
  const get = (name: string): unknown => isDict(written) ? dictGet(written, name) : undefined
  const value = (name: string): unknown => { const found = run.jinja.resolve(get(name), scope); return found === omit || found === null ? undefined : found }
  const loc = (name: string): Loc => valueLoc(written, name) ?? task.loc
  const typed = (name: string, type: 'bool' | 'float'): unknown => { const found = value(name); return found === undefined ? undefined : scalar(name, type, found, loc(name)) }
  const variable = (name: string): string | undefined => {
    const found = value(name)
    if (found === undefined) return undefined
    if (!isVariableName(pyStr(found))) throw fault('loop-variable', loc(name), { name, found: pyStr(found) })
    return pyStr(found)
  }
  const indexVar = variable('index_var'), pause = typed('pause', 'float')
  return {
    loopVar: variable('loop_var') ?? 'item', label: get('label'), pauseSeconds: pause === undefined ? 0 : Number(pyStr(pause)), breakWhen: get('break_when'),
    extended: typed('extended', 'bool') === true, extendedItems: typed('extended_allitems', 'bool') !== false, ...(indexVar === undefined ? {} : { indexVar }),
  }
}

/** The items of a looped task. */
export function itemsOf(run: Run, task: Task, scope: Scope): readonly unknown[] {
  const withLookup = task.kw['loop_with']
  if (isDict(withLookup)) return lookupItems(run, pyStr(dictGet(withLookup, 'name')), dictGet(withLookup, 'value'), scope, task)
  const value = run.jinja.resolve(task.kw['loop'], scope)
  if (value instanceof Unknown) throw new UnknownValue(value.reason)
  if (!Array.isArray(value)) throw fault('loop-no-list', valueLoc(task.kw, 'loop') ?? task.loc, { type: typeName(value) })
  return value
}

function lookupItems(run: Run, name: string, written: unknown, scope: Scope, task: Task): readonly unknown[] {
  const terms = name === 'first_found' ? resolveDefined(written, run.jinja, scope) : run.jinja.resolve(written, scope)
  const inner = scope.child({ play_loop_lookup: name, play_loop_terms: terms })
  const source = Array.isArray(terms) ? 'query(play_loop_lookup, *play_loop_terms)' : 'query(play_loop_lookup, play_loop_terms)'
  try {
    const found = run.jinja.resolve(run.jinja.expression(source, inner), inner)
    return Array.isArray(found) ? found : [found]
  } catch (error) {
    if (error instanceof Fault) throw error.within(`in with_${name}`, task.loc)
    throw error
  }
}

/** Variables that an item brings: its value, its index, `ansible_loop`. */
export function itemFrame(items: readonly unknown[], index: number, control: LoopControl): Frame {
  const extended = !control.extended ? {} : { ansible_loop: {
    ...(control.extendedItems ? { allitems: items } : {}), index: index + 1, index0: index, first: index === 0, last: index === items.length - 1, length: items.length,
    revindex: items.length - index, revindex0: items.length - index - 1,
    ...(index > 0 ? { previtem: items[index - 1] } : {}), ...(index < items.length - 1 ? { nextitem: items[index + 1] } : {}),
  } }
  return { name: 'loop item', vars: {
    [control.loopVar]: items[index], ansible_loop_var: control.loopVar, ...extended,
    ...(control.indexVar === undefined ? {} : { [control.indexVar]: index, ansible_index_var: control.indexVar }),
  } }
}

const noItems = 'No items in the list'

/** The result of the whole loop, as Ansible registers it. */
export function gather(items: readonly (LoopItem & { readonly keys: Data })[]): Draft {
  const drafts = items.map((item) => item.draft)
  const results = items.map(({ draft: one, keys }) => {
    const { dry_run_skipped: isForetold, ...known } = one.data
    return { ...known, ...traceOf(one), ...(isForetold === true ? { skipped: true } : {}), ...keys }
  })
  const failed = drafts.some(isFailed)
  const skippedAll = drafts.length > 0 && drafts.every((one) => one.data['skipped'] === true)
  const unknown = drafts.find((one) => one.unknown !== undefined)?.unknown
  const unreachable = drafts.some((one) => one.unreachable === true)
  const data: Data = {
    results, changed: drafts.some(isChanged), skipped: skippedAll,
    msg: failed ? 'One or more items failed' : skippedAll ? 'All items skipped' : 'All items completed',
    ...(failed ? { failed: true } : {}), ...(unreachable ? { unreachable: true } : {}),
  }
  if (drafts.length === 0) return { data: { results, changed: false, skipped: true, skip_reason: noItems, skipped_reason: noItems }, changes: [], items }
  if (!skippedAll) delete data['skipped']
  const waiting = drafts.length > 0 && drafts.every((one) => one.data['dry_run_skipped'] === true || one.data['skipped'] === true)
  return {
    data: { ...data, ...(waiting ? { dry_run_skipped: true } : {}) }, changes: drafts.flatMap((one) => one.changes),
    ...(unknown === undefined ? {} : { unknown }), ...(unreachable ? { unreachable } : {}), items,
  }
}

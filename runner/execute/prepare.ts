/** What comes before a module begins: condition, keywords, which module it is and where, its arguments. What fails here is no result of the module. */
import type { Data } from '../core/types.ts'
import { fault } from '../core/errors.ts'
import { keyLoc, valueLoc } from '../core/loc.ts'
import type { Custom } from '../core/custom.ts'
import { Template } from '../core/value.ts'
import { pyStr } from '../template/python.ts'
import { argsOf, ownArgs, type Unit } from './arguments.ts'
import { judge } from './conditions.ts'
import type { Run } from './context.ts'
import { checkKeywords, keyword, numberOf, timeoutOf } from './keywords.ts'
import { type Draft, skipped } from './outcome.ts'
import { type Place, placeOf } from './place.ts'
import { moduleFault } from './registry.ts'

/** Whether `when` lets it run; the draft of a skip if not. */
export function skipOf(unit: Unit): Draft | undefined {
  const when = unit.task.kw['when']
  if (when === undefined) return undefined
  const verdict = judge(unit.run, when, unit.scope, 'when', keyLoc(unit.task.kw, 'when') ?? unit.task.loc)
  return verdict.truth ? undefined : skipped('Conditional result was False', { false_condition: verdict.falseCondition })
}

/** With the module that `action: "{{ name }}"` means on this host. */
export function named(unit: Unit): Unit {
  const { run, task, scope } = unit
  if (task.moduleTemplate === undefined) return unit
  const name = pyStr(run.jinja.resolve(task.moduleTemplate, scope))
  const found = run.loader.findModule(name, task, run.playDir())
  if (found === undefined || found.module === '') throw moduleFault(run.registry, name, task.loc)
  return { ...unit, task: { ...task, module: found.module, action: name, ...(found.custom === undefined ? {} : { custom: found.custom }) } }
}

/** A host of no name is an error even where the condition is false, as in Ansible; what cannot be worked out is met later. */
export function checkDelegate({ run, task, scope }: Unit): void {
  const written = task.kw['delegate_to']
  if (written instanceof Template && isEmpty(() => keyword(run, task, scope, 'delegate_to'))) throw fault('empty-delegate', valueLoc(task.kw, 'delegate_to') ?? task.loc, { written: written.source })
}

const isEmpty = (work: () => unknown): boolean => { try { return work() === '' } catch { return false } }

/** A task that is ready to be done: its module, its place, and its arguments, which are not checked yet. async_status is no module, it asks for a job of this run. */
export type Ready = { readonly kind: 'module'; readonly unit: Unit; readonly entry: Awaited<ReturnType<Run['registry']['load']>>; readonly place: Place; readonly args: Data }
  | { readonly kind: 'custom'; readonly unit: Unit; readonly custom: Custom; readonly place: Place; readonly args: Data }
  | { readonly kind: 'status'; readonly unit: Unit; readonly args: Data }

/** Ready to be done, where `when` allows it. */
export async function prepare(given: Unit): Promise<Ready> {
  checkKeywords(given.run, given.task, given.scope)
  const unit = named(given)
  timeoutOf(unit.run, unit.task, unit.scope)
  numberOf(unit.run, unit.task, unit.scope, 'async', 0)
  if (unit.task.module === 'async_status') return { kind: 'status', unit, args: argsOf(unit, { args: {} }) }
  const { custom } = unit.task
  if (custom !== undefined) return { kind: 'custom', unit, custom, place: placeOf(unit.run, unit.play, unit.host, unit.task, unit.scope, unit.varsFiles), args: argsOf(unit, { args: {} }) }
  const entry = await unit.run.registry.load(unit.task.module)
  const place = placeOf(unit.run, unit.play, unit.host, unit.task, unit.scope, unit.varsFiles)
  return { kind: 'module', unit, entry, place, args: ownArgs(unit, entry.kind === 'module' ? entry.module : entry.action) }
}

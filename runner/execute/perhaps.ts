/** What a dry run makes of a task of which it cannot tell whether, or with what, it would run: what it might bring is in doubt from here on. */
import type { Predicted } from '../core/plan.ts'
import { dictEntries, dictGet, isDict, makeDict, Unknown, UnknownValue } from '../core/value.ts'
import { checkedArgs, type Unit } from './arguments.ts'
import { type Draft, draftOf, isFailed } from './outcome.ts'
import { named, prepare } from './prepare.ts'
import { type Place, placeOf } from './place.ts'
import { HostTarget } from './target.ts'

/** `changed_when: false` says of a command that it changes nothing. */
export const leavesNothing = ({ task }: Unit): boolean => [task.kw['changed_when']].flat().every((one) => one === false)
const unconditional = (unit: Unit): Unit => ({ ...unit, task: { ...unit.task, kw: { ...unit.task.kw, when: [] } } })

/** A dry run that cannot tell whether variables would be included: their names are unknown from here on, not undefined. */
export async function perhapsIncluded(unit: Unit, reason: string, attempt: (unit: Unit) => Promise<Draft>): Promise<Draft> {
  const one = await attempt(unconditional(unit))
  if (isFailed(one) || one.unknown !== undefined || one.unreachable === true) return one
  const { ansible_facts: facts } = one.data
  const names = isDict(facts) ? dictEntries(facts).map(([name]) => name) : []
  return { data: { changed: false, ansible_facts: makeDict(names.map((name) => [name, new Unknown(reason)])) }, changes: [], unknown: reason }
}

/** The folders or names that the task's own words give for what it makes. */
const placesOf = (unit: Unit): readonly string[] => {
  const { args } = unit.task
  if (!isDict(args)) return []
  return ['path', 'dest', 'name'].flatMap((key) => {
    try {
      const value = unit.run.jinja.resolve(dictGet(args, key), unit.scope)
      return typeof value === 'string' ? [value] : []
    } catch { return [] }
  })
}

/** Its plan as if the condition held; what it foretells is no more than possible. */
async function planned(unit: Unit, reason: string, place: Place): Promise<readonly Predicted[]> {
  try {
    const ready = await prepare(unit)
    if (ready.kind !== 'module' || ready.entry.kind !== 'module') return []
    const { module } = ready.entry
    const plan = await module.plan(checkedArgs(ready.unit, module, ready.args), new HostTarget(unit.run, place, unit.scope, ready.unit.task))
    return (plan.after ?? []).flatMap((one) => 'unknown' in one ? leavesNothing(unit) ? [] : [one] : { unknown: reason, within: [one.id] })
  } catch (error) {
    // what would fail makes nothing; programming mistakes pass through
    return draftOf(error).unknown === undefined ? [] : [{ unknown: reason, within: placesOf(unit) }]
  }
}

export async function doubt(given: Unit, error: unknown): Promise<void> {
  if (!(error instanceof UnknownValue) || !given.run.options.check) return
  const always = unconditional(given)
  let place: Place
  try {
    const { run, play, host, task, scope, varsFiles } = named(always)
    place = placeOf(run, play, host, task, scope, varsFiles)
  } catch { return } // where it would act is not known either
  place.machine.predict(await planned(always, error.reason, place))
}

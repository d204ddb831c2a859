/** `gather_facts` by other modules than setup: those that `ansible_facts_modules` or the setting names, one after the other. Ansible: plugins/action/gather_facts.py. */
import type { Data } from '../core/types.ts'
import { fault } from '../core/errors.ts'
import { nearest } from '../core/near.ts'
import { dictEntries, dictGet, isDict, makeDict, omit } from '../core/value.ts'
import { pyStr } from '../template/python.ts'
import type { Unit } from './arguments.ts'
import { type Draft, draft, draftOf, isFailed, traceOf } from './outcome.ts'

const isSetup = (name: string): boolean => /^(?:ansible\.(?:builtin|legacy)\.)?setup$/.test(name)

/** The modules; undefined where it is setup alone. */
export function factModules({ run, task, scope }: Unit): readonly string[] | undefined {
  if (task.module !== 'gather_facts') return undefined
  const value = run.jinja.resolve(scope.get('ansible_facts_modules'), scope) ?? run.options.settings?.['ANSIBLE_FACTS_MODULES']
  const given = (Array.isArray(value) ? value.map(pyStr) : typeof value === 'string' ? value.split(',') : []).map((name) => name.trim()).filter((name) => name !== '')
  // `smart` is setup, unless it is there anyway: play has no hosts with facts of another kind
  const names = given.flatMap((name) => name !== 'smart' ? [name] : given.some(isSetup) ? [] : ['setup'])
  return names.length === 0 || names.every(isSetup) ? undefined : names
}

/** Their facts in one; a module that fails is told and fails the task, without keeping the others. */
export async function gatherBy(unit: Unit, names: readonly string[], attempt: (unit: Unit) => Promise<Draft>): Promise<Draft> {
  const { run, task } = unit
  let facts: unknown = {}
  const failed: Data = {}, skipped: Data = {}
  for (const name of names) {
    const found = run.loader.findModule(name, task, run.playDir())
    if (found === undefined || found.module === '') throw fault('unknown-module', task.loc, { name, isCollection: name.includes('.'), near: nearest(name, run.registry.names()) })
    const { moduleTemplate: _, ...plain } = task
    const one = await attempt({ ...unit, task: { ...plain, ...found, action: name, args: argsFor(unit, name) } }).catch(draftOf)
    if (one.unreachable === true || one.unknown !== undefined) return one
    if (isFailed(one)) failed[name] = { warnings: [], deprecations: [], ...one.data, ...traceOf(one) }
    else if (one.data['skipped'] === true) skipped[name] = one.data
    else facts = merged(facts, one.data['ansible_facts'] ?? {})
  }
  const told = Object.keys(failed), left = Object.keys(skipped)
  return draft({
    changed: false, ansible_facts: told.length === 0 ? merged(facts, { _ansible_facts_gathered: true }) : facts,
    ...(left.length === 0 ? {} : { msg: `The following modules were skipped: ${left.join(', ')}.`, skipped_modules: skipped, ...(left.length === names.length ? { skipped: true } : {}) }),
    ...(told.length === 0 ? {} : { failed: true, msg: `The following modules failed to execute: ${told.join(', ')}.`, failed_modules: failed }),
  })
}

/** What is about setup alone is not handed to others, and they are told so. */
const ofSetup = new Map([['gather_subset', 'subset'], ['gather_timeout', 'timeout'], ['filter', 'filter']])
function argsFor({ run, task, scope }: Unit, module: string): unknown {
  if (!isDict(task.args)) return task.args
  return makeDict(dictEntries(task.args).filter(([name, value]) => {
    const word = isSetup(module) ? undefined : ofSetup.get(String(name))
    if (word === undefined) return name !== 'parallel'
    const given = run.jinja.resolve(value, scope)
    if (given !== omit && !(name === 'gather_subset' && ['all', '["all"]'].includes(typeof given === 'string' ? given : JSON.stringify(given)))) run.warn(`Not passing ${word}(${pyStr(given)}) to ${module}`, task.loc)
    return false
  }))
}

/** Mappings are merged however deep, lists grow, anything else is replaced. */
function merged(before: unknown, after: unknown): unknown {
  if (Array.isArray(before) && Array.isArray(after)) return [...before.filter((one) => !after.includes(one)), ...after]
  if (!isDict(before) || !isDict(after)) return after
  const more = dictEntries(after).map(([name, value]): [unknown, unknown] => [name, merged(dictGet(before, name), value)])
  return makeDict(new Map([...dictEntries(before), ...more]))
}

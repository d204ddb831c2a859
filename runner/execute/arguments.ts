/** The arguments of a task on one host: as written, defaults of the module below them, templated, checked against the declaration. */
import type { Data, Frame, Task } from '../core/types.ts'
import type { Action, Module } from '../core/plan.ts'
import { validateArgs } from '../core/args.ts'
import { fault, Failure } from '../core/errors.ts'
import { inheritLoc } from '../core/loc.ts'
import { secretTexts } from '../core/mask.ts'
import { dictEntries, isDict, type Dict, omit, Template, Unknown, UnknownValue } from '../core/value.ts'
import type { Scope } from '../vars/scope.ts'
import { pyStr, typeName } from '../template/python.ts'
import type { HostState, PlayState, Run } from './context.ts'
import { behind, impliedArgs } from './fronts.ts'
import type { Draft } from './outcome.ts'

/** Everything an attempt is about. */
export interface Unit {
  readonly run: Run
  readonly play: PlayState
  readonly host: HostState
  readonly task: Task
  readonly varsFiles: readonly Frame[]
  readonly scope: Scope
  /** In a loop: its result if the item that is at work ended like this. */
  loopSoFar?(one: Draft): Draft
  /** Starts reading for what comes next; called when the steps of this unit are on their way. */
  lookAhead(): void
}

const whereOf = (unit: Unit): Parameters<typeof validateArgs>[3] => ({ module: unit.task.module, container: unit.task.args, loc: unit.task.loc })

/** Arguments as written, module_defaults below them, templated, without omitted ones; free-form text under its argument's name. */
export function argsOf(unit: Unit, spec: { readonly freeForm?: string; readonly rawArgs?: readonly string[]; readonly args: object }): Data {
  const { run, task, scope } = unit
  if (task.wrongArgs !== undefined) throw task.wrongArgs
  const whole = task.args instanceof Template ? run.jinja.resolve(task.args, scope) : task.args
  if (whole !== null && whole !== undefined && !isDict(whole)) throw fault('args-no-mapping', task.loc, { module: task.action ?? task.module, type: typeName(whole) })
  const given: Data = {}
  const own = written(unit, whole ?? {}), names = new Set(own.map(([name]) => name))
  // a default that the task overrides is not evaluated
  for (const [name, value] of [...defaultsOf(unit).filter(([name]) => !names.has(name)), ...own]) {
    const key = name === '_raw_params' ? spec.freeForm ?? '_raw_params' : String(name)
    const raw = spec.rawArgs?.includes(key) === true
    const templated = raw ? value : run.jinja.resolve(value, scope)
    // what is omitted is not given either by what stands below it
    if (templated === omit) Reflect.deleteProperty(given, key)
    else given[key] = raw ? value : withoutOmitted(templated)
  }
  return inheritLoc(given, whole)
}
const takesAny = new Set(['set_fact', 'add_host', 'group_by'])
/** Dicts that `args: "{{ x }}"` or `module: "{{ x }}"` give stand below the arguments that are written out. Names of facts may be templates where they are written. */
function written({ run, task, scope }: Unit, whole: Dict): [unknown, unknown][] {
  const all = dictEntries(whole)
  const more = all.find(([name, value]) => name === '_variable_params' || (name === '_raw_params' && value instanceof Template && takesAny.has(task.module)))
  const rest = all.filter((one) => one !== more)
  const below = (more === undefined ? [] : [more[1]].flat()).flatMap((layer) => {
    const found = run.jinja.resolve(layer, scope)
    if (!isDict(found)) throw fault('args-no-mapping', task.loc, { module: task.action ?? task.module, type: typeName(found) })
    return dictEntries(found)
  })
  const named = task.module === 'set_fact' && !(task.args instanceof Template)
  const nameOf = (name: unknown): unknown => {
    if (!named || typeof name !== 'string' || !name.includes('{{')) return name
    const found = run.jinja.resolve(new Template(name, () => task.loc), scope)
    if (typeof found !== 'string') throw new Failure(`Invalid variable name '${pyStr(found)}' of type '${typeName(found)}'.`)
    return found
  }
  return [...below, ...rest.map(([name, value]): [unknown, unknown] => [nameOf(name), value])]
}
/** `omit` deeper inside an argument drops the element, as Ansible does. */
function withoutOmitted(value: unknown): unknown {
  if (Array.isArray(value)) return value.some((one) => one === omit || typeof one === 'object') ? value.filter((one) => one !== omit).map(withoutOmitted) : value
  if (value instanceof Unknown) throw new UnknownValue(value.reason)
  if (!isDict(value) || value instanceof Map) return value
  return inheritLoc(Object.fromEntries(Object.entries(value).filter(([, one]) => one !== omit).map(([key, one]) => [key, withoutOmitted(one)])), value)
}
function defaultsOf(unit: Unit): [unknown, unknown][] {
  const { run, task, scope } = unit
  const plain = (value: unknown): unknown => value instanceof Template ? run.jinja.resolve(value, scope) : value
  const maps = [task.kw['module_defaults']].flat().map(plain).flatMap((map) => isDict(map) ? dictEntries(map) : [])
  // a module of the user's own is named by its full name
  const meant = (name: string): string | undefined => task.custom === undefined ? run.registry.resolve(name) : name.includes('.') ? name : `ansible.legacy.${name}`
  const of = (module: string): [unknown, unknown][] => {
    const fitting = maps.filter(([name]) => meant(String(name)) === module).map(([, written]) => plain(written)).filter((defaults) => isDict(defaults))
    const last = fitting.at(-1) // the innermost defaults of a module stand for all outer ones
    return last === undefined ? [] : dictEntries(last)
  }
  const hidden = maps.length === 0 ? undefined : behind(scope, task.module)
  return [...Object.entries(impliedArgs(run, scope, task.module)), ...hidden === undefined || hidden === task.module ? [] : of(hidden), ...of(task.module)]
}

/** What the task gives its module or action; secrets among it are masked from now on. */
export function ownArgs(unit: Unit, spec: Module | Action): Data {
  const raw = argsOf(unit, spec)
  for (const secret of secretTexts(spec.args, raw)) unit.run.masker.add(secret)
  return raw
}
/** What the module or action gets. */
export const checkedArgs = (unit: Unit, spec: Module | Action, raw: Data): Data =>
  'open' in spec && spec.open === true ? raw : validateArgs(spec.args, spec.rules, raw, whereOf(unit))

/** What a task leaves for later ones: facts, set facts, included variables, the registered result, statistics. */
import type { Data, Loc, Task } from '../core/types.ts'
import { dictEntries, dictGet, isDict, Unknown } from '../core/value.ts'
import { keyLoc } from '../core/loc.ts'
import { isReserved, reservedWarning } from '../playbook/reserved.ts'
import type { Scope } from '../vars/scope.ts'
import { hostState, type HostState, type Run } from './context.ts'
import { flag } from './keywords.ts'
import { guard } from './items.ts'
import type { Draft, LoopItem } from './outcome.ts'
import { settleDeep } from './scopes.ts'
import { registeredVars } from './tries.ts'

/** What later tasks see: facts, set facts, included variables, the registered result. */
export function remember(run: Run, task: Task, host: HostState, whole: Draft, delegated: string | undefined, scope: Scope): void {
  const parts: readonly Pick<LoopItem, 'draft' | 'delegated'>[] = whole.items ?? [{ draft: whole, ...(delegated === undefined ? {} : { delegated }) }]
  const toOther = guard(() => flag(run, task, scope, 'delegate_facts'), false) === true
  for (const { draft: one, delegated: other } of parts) {
    const owner = toOther && other !== undefined ? hostState(run, other) : host
    if (one.unknown !== undefined && task.module === 'set_fact') Object.assign(owner.setFrame.vars, unknownFacts(task, one.unknown))
    if (one.unknown !== undefined) owner.addFacts(Object.fromEntries(factsOf(run, task, scope).map((name) => [name, new Unknown(one.unknown ?? '')])))
    const facts = one.data['ansible_facts']
    if (!isDict(facts) || one.data['failed'] === true) continue
    const plain = Object.fromEntries(Object.entries(facts instanceof Map ? Object.fromEntries(facts) : facts))
    if (task.module === 'set_fact' || task.module === 'include_vars') warnReserved(run, plain, task.loc)
    if (task.module === 'set_fact') {
      Object.assign(owner.setFrame.vars, settleFacts(plain))
      if (dictGet(one.data, '_ansible_facts_cacheable') === true) keep(run, owner, plain)
    } else if (task.module === 'include_vars') owner.includeFrames.push({ name: 'include_vars', vars: plain })
    else keep(run, owner, plain)
  }
  for (const { draft: one } of parts) keepStats(run, host, one.data['ansible_stats'])
  if (task.kw['register'] === undefined) return
  const named = registeredVars(run, task, whole.items?.at(-1)?.scope ?? scope, whole)
  warnReserved(run, named, task.loc)
  Object.assign(host.setFrame.vars, named)
}
function keep(run: Run, host: HostState, facts: Data): void {
  host.addFacts(settleFacts(facts))
  run.factCache?.save(host.name, Object.fromEntries(Object.entries(host.gathered).filter(([, value]) => !(value instanceof Unknown))))
}
/** Ansible warns of names that keywords and functions have, wherever a variable gets one. */
export function warnReserved(run: Run, vars: Readonly<Data>, loc?: Loc): void {
  if (run.namesChecked.has(vars)) return
  run.namesChecked.add(vars)
  for (const name of Object.keys(vars)) if (isReserved(name)) run.warn(reservedWarning(name), keyLoc(vars, name) ?? loc)
}

/** set_stats: numbers add up, lists and dicts grow, anything else is replaced. */
function keepStats(run: Run, host: HostState, stats: unknown): void {
  if (!isDict(stats)) return
  const data = dictGet(stats, 'data')
  if (!isDict(data)) return
  const owner = dictGet(stats, 'per_host') === true ? host.name : '_run'
  const before = run.custom[owner]
  const kept: Data = isDict(before) && !(before instanceof Map) ? before : {}
  for (const [key, value] of dictEntries(data)) {
    const old = kept[String(key)]
    const adds = dictGet(stats, 'aggregate') !== false && old !== undefined
    kept[String(key)] = !adds ? value : typeof old === 'number' && typeof value === 'number' ? old + value
      : Array.isArray(old) && Array.isArray(value) ? [...old, ...value] : isDict(old) && isDict(value) ? { ...old, ...value } : value
  }
  run.custom[owner] = kept
}
/** A dry run that cannot tell what set_fact would set: those names are unknown from here on, not undefined. */
const unknownFacts = ({ args }: Task, reason: string): Data =>
  Object.fromEntries((isDict(args) ? dictEntries(args) : []).filter(([name]) => name !== 'cacheable').map(([name]) => [String(name), new Unknown(reason)]))
/** The facts that a task of a dry run would bring of which nothing more can be told. */
function factsOf(run: Run, { module, args }: Task, scope: Scope): readonly string[] {
  if (module === 'service_facts') return ['services']
  if (module === 'package_facts') return ['packages']
  if (module !== 'getent' || !isDict(args)) return []
  const database = guard(() => run.jinja.resolve(dictGet(args, 'database'), scope), undefined)
  return typeof database === 'string' ? [`getent_${database}`] : []
}
const settleFacts = (facts: Data): Data => { for (const value of Object.values(facts)) settleDeep(value); return facts }

/** Lists of tasks and blocks to nodes. Static imports are replaced by what they import. */
import { fault } from '../core/errors.ts'
import { inheritLoc, keyLoc, locOf, valueLoc } from '../core/loc.ts'
import { pyText } from '../core/pytext.ts'
import type { Block, Data, Frame, Loc, Node, Task } from '../core/types.ts'
import { dictGet, dictHas, isDict, Template } from '../core/value.ts'
import type { Dict } from '../core/value.ts'
import { checkDynamic, importRole, importTasks, legacyInclude } from './include.ts'
import type { Loading } from './loading.ts'
import { inherit, inside, unique } from './scope.ts'
import type { Scope } from './scope.ts'
import { actionOf, checkRegister, loopOf } from './task.ts'
import type { Action } from './task.ts'
import { ownKeywords } from './values.ts'
import type { Own } from './values.ts'
import { kindOf } from './words.ts'

/** One task with its keywords, before it is known whether it is an import. */
export interface Written { readonly raw: Dict; readonly action: Action; readonly own: Own; readonly loc: Loc }

/** The nodes of a list of tasks; null counts as empty. `where` names the list in errors. */
export function loadNodes(loading: Loading, list: unknown, scope: Scope, where: string, loc: Loc | undefined): Node[] {
  if (list === null || list === undefined) return []
  if (!Array.isArray(list)) throw fault(where.startsWith('included') ? 'included-not-list' : 'tasks-not-list', loc, { where, found: shown(list) })
  return list.flatMap((raw: unknown, i) => {
    if (raw === null && where !== 'block') return []
    if (!isDict(raw)) throw fault('task-not-dict', valueLoc(list, i) ?? loc, { found: kindOf(raw) })
    const at = locOf(raw) ?? loc ?? { file: scope.file, line: 1, column: 1 }
    return isBlock(raw) ? loadBlock(loading, raw, scope, at, where === 'handlers') : loadTask(loading, raw, scope, at)
  })
}
const shown = (value: unknown): string => typeof value === 'object' ? kindOf(value) : pyText(value)
const isBlock = (raw: Dict): boolean => ['block', 'rescue', 'always'].some((key) => dictHas(raw, key))

function loadBlock(loading: Loading, raw: Dict, scope: Scope, loc: Loc, isTopOfHandlers: boolean): Node[] {
  if (!dictHas(raw, 'block')) {
    const name = dictHas(raw, 'rescue') ? 'rescue' : 'always'
    throw fault('block-without-block', keyLoc(raw, name), { name })
  }
  const own = ownKeywords(loading, raw, 'block', scope, (key) => ['block', 'rescue', 'always'].includes(key))
  const part = (name: string, inner: Scope): Node[] => {
    if (!dictHas(raw, name)) return []
    const value = dictGet(raw, name)
    if (!Array.isArray(value)) throw fault('tasks-not-list', valueLoc(raw, name), { where: `'${name}'`, found: shown(value), holdsTasks: isDict(value) && dictHas(value, 'tasks') })
    return loadNodes(loading, value, inner, 'block', valueLoc(raw, name))
  }
  const kw = inherit(scope.kw, own.kw, raw), inner = inside(scope, kw, own.vars)
  if (scope.isHandler) {
    if (!isTopOfHandlers || dictHas(raw, 'rescue') || dictHas(raw, 'always')) throw fault('bad-handler', keyLoc(raw, 'block'), { what: 'a block' })
    return part('block', inner)
  }
  const block: Block = {
    kind: 'block', body: part('block', dictHas(raw, 'rescue') ? { ...inner, isForeseen: true } : inner), rescue: part('rescue', inner), always: part('always', inner), kw, loc,
    ...(scope.role === undefined ? {} : { role: scope.role }), ...(own.name === undefined ? {} : { name: own.name }),
  }
  return [block]
}

/** Imports and includes: what is wrong with them cannot wait. */
const staysNoTask = new Set(['import_tasks', 'import_role', 'include', 'include_tasks', 'include_role', 'meta'])

function loadTask(loading: Loading, raw: Dict, scope: Scope, loc: Loc): Node[] {
  const place = scope.isHandler ? 'handler' : 'task'
  const action = actionOf(loading, raw, place, scope)
  const loop = loopOf(loading, raw)
  checkRegister(raw)
  const handled = (key: string): boolean => key === action.key || key === 'args' || key.startsWith('with_')
  const ignoring = dictGet(raw, 'ignore_errors') ?? scope.kw['ignore_errors']
  const isForeseen = !staysNoTask.has(action.module) && (scope.isForeseen === true || (ignoring !== undefined && ignoring !== null && ignoring !== false))
  const plain = ownKeywords(loading, raw, place, scope, handled, undefined, isForeseen)
  const added: Data = { ...(loop === undefined ? {} : { loop_with: loop }), ...(action.isLocal ? { delegate_to: 'localhost' } : {}) }
  const own = loop === undefined && !action.isLocal ? plain : { ...plain, kw: { ...plain.kw, ...added } }
  const written: Written = { raw, action, own, loc }
  switch (action.module) {
    case 'import_tasks': return importTasks(loading, written, scope)
    case 'import_role': return importRole(loading, written, scope)
    case 'include': return legacyInclude(loading, written, scope)
    default: return [makeTask(loading, written, scope)]
  }
}

/** A task that stays one. */
export function makeTask(loading: Loading, written: Written, scope: Scope): Task {
  const { raw, action, own, loc } = written
  const id = loading.nextId()
  const args = action.module === 'include_tasks' || action.module === 'include_role' ? checkDynamic(loading, written, scope) : action.args
  if (action.module === 'meta') checkMeta(args, scope, action.loc)
  if (isDict(args)) loading.context.known.check?.(action.module, args, action.loc ?? loc)
  const isInclude = action.module === 'include_tasks' || action.module === 'include_role'
  const vars = isInclude ? own.vars.map((frame): Frame => ({ ...frame, isInclude: true })) : own.vars
  const kw = inherit(scope.kw, scope.isHandler ? { ...own.kw, ...listens(own, scope) } : own.kw, raw)
  return {
    kind: 'task', id, module: action.module, action: action.written, args, kw, vars: vars.length === 0 ? scope.vars : [...scope.vars, ...vars],
    search: scope.search, isHandler: scope.isHandler, loc,
    ...(own.name === undefined ? {} : { name: own.name }), ...(scope.role === undefined ? {} : { role: scope.role }),
    ...(action.template === undefined ? {} : { moduleTemplate: action.template }), ...(action.custom === undefined ? {} : { custom: action.custom }), ...(own.wrong === undefined ? {} : { wrong: own.wrong }), ...(action.wrongArgs === undefined ? {} : { wrongArgs: action.wrongArgs }),
  }
}
/** A handler of a role also listens to `role : word`. Words are no templates, as in Ansible. */
function listens(own: Own, scope: Scope): Data {
  const words = own.kw['listen'], role = scope.role
  if (!Array.isArray(words) || role === undefined) return {}
  const names = unique([role.name, role.name.split('.').slice(2).join('.') || role.name])
  return { listen: inheritLoc([...words, ...names.flatMap((name) => words.map((word) => `${name} : ${word instanceof Template ? word.source : pyText(word)}`))], words) }
}
function checkMeta(args: unknown, scope: Scope, loc: Loc | undefined): void {
  const word = isDict(args) ? dictGet(args, '_raw_params') : undefined
  if (word === 'flush_handlers' && scope.isHandler) throw fault('flush-handler', loc, {})
  if (word !== 'end_role') return
  if (scope.isHandler) throw fault('end-role-handler', loc, {})
  if (scope.role === undefined) throw fault('end-role-outside', loc, {})
}

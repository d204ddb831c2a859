/**
 * What can be found wrong before the first host is touched: arguments, templates, conditions, handlers, files to include of every task
 * that was loaded. Tasks that see to their own failure (ignore_errors, failed_when, a rescue around them) are left to the run, and
 * behind a `when` nothing counts that only matters if the task runs.
 */
import type { Loc, Node, Play, Playbook, Task } from '../core/types.ts'
import type { Options } from '../core/options.ts'
import { checkArgNames, checkArgPresence } from '../core/args.ts'
import { Fault, fault } from '../core/errors.ts'
import { inheritLoc, keyLoc, valueLoc } from '../core/loc.ts'
import { nearest } from '../core/near.ts'
import { dictEntries, dictHas, isDict, isSettled, Template } from '../core/value.ts'
import { namesOn } from '../playbook/keywords.ts'
import type { Loader } from '../playbook/load.ts'
import type { Jinja } from '../template/call.ts'
import { lookups } from '../template/lookups.ts'
import { absentPlugin } from '../template/absent.ts'
import { inline } from './conditions.ts'
import { handlerTasks } from './handlers.ts'
import { isLooped } from './loop.ts'
import { metaNames } from './meta.ts'
import { engineNames, moduleFault, type Registry } from './registry.ts'

/** What the checks look things up in. */
export interface Checker { readonly registry: Registry; readonly jinja: Jinja; readonly loader: Pick<Loader, 'findTasks' | 'pluginFile'>; /** Where is told what only fails if it is reached. */ readonly warn?: (message: string, loc?: Loc) => void; /** A missing handler is no error. */ readonly sparesHandlers?: boolean; /** Tags leave tasks out. */ readonly isPart?: boolean }

function* tasksOf(nodes: readonly Node[]): Generator<Task> {
  for (const node of nodes) {
    if (node.kind === 'task') yield node
    else if (node.kind === 'role') yield* tasksOf(node.body)
    else yield* tasksOf([...node.body, ...node.rescue, ...node.always])
  }
}
/** Tasks whose failure is foreseen by a rescue. */
function* rescued(nodes: readonly Node[], isInside = false): Generator<Task> {
  for (const node of nodes) {
    if (node.kind === 'task') { if (isInside) yield node }
    else if (node.kind === 'role') yield* rescued(node.body, isInside)
    else { yield* rescued(node.body, isInside || node.rescue.length > 0); yield* rescued([...node.rescue, ...node.always], isInside) }
  }
}
const nodesOf = (play: Play): readonly Node[] => [...play.sections.flatMap((section) => section.nodes), ...play.handlers]

/** Whether tags leave out tasks that have none. */
export const leavesOut = ({ tags, skipTags }: Pick<Options, 'tags' | 'skipTags'>): boolean => skipTags.length > 0 || tags.some((tag) => tag !== 'all')

/** Throws the first fault in any task. */
export async function checkTasks(checker: Checker, playbooks: readonly Playbook[]): Promise<void> {
  for (const play of playbooks.flatMap((playbook) => playbook.plays)) {
    await checkNodes(checker, nodesOf(play))
    if (checker.warn !== undefined && checker.sparesHandlers !== true) checkHandlers(play, checker.warn)
  }
}

export async function checkNodes(checker: Checker, nodes: readonly Node[]): Promise<void> {
  const { registry } = checker
  const tasks = [...tasksOf(nodes)]
  await Promise.all([...new Set(tasks.filter((task) => task.custom === undefined).map((task) => task.module))].filter((name) => name !== '' && !engineNames.includes(name)).map((name) => registry.load(name)))
  const foreseen = new Set(rescued(nodes))
  for (const task of tasks) {
    if (foreseen.has(task) || seesToFailure(task)) continue
    await checkTask(checker, task)
  }
}
const seesToFailure = ({ kw }: Task): boolean => (kw['ignore_errors'] !== undefined && kw['ignore_errors'] !== false) || kw['failed_when'] !== undefined
const isConditional = ({ kw }: Task): boolean => { const { when } = kw; return when !== undefined && !(Array.isArray(when) && when.length === 0) }

async function checkTask(checker: Checker, task: Task): Promise<void> {
  if (task.wrongArgs !== undefined) { if (checker.isPart === true || isConditional(task) || task.kw['tags'] !== undefined) return; throw task.wrongArgs }
  checkModule(checker, task)
  if (engineNames.includes(task.module)) checkEngine(checker, task)
  else await checkArguments(checker, task)
  checkConditions(checker, task)
  const { loop, environment } = task.kw
  for (const value of [loop, environment]) checkTemplates(checker, value, task)
}

/** A module that is not here is told at once, but for tasks that may never be reached: behind conditions, tags, or nobody's notice. */
function checkModule({ registry, isPart }: Checker, task: Task): void {
  const name = task.moduleTemplate?.source
  if (name === undefined || name.includes('{') || registry.resolve(name) !== undefined) return
  const { tags = [] } = task.kw, isChosen = isPart === true || (Array.isArray(tags) && tags.some((tag) => typeof tag !== 'string' || tag === 'never'))
  if (!isChosen && !isConditional(task) && !task.isHandler) throw moduleFault(registry, name, task.loc)
}

const taskKeywords = new Set(namesOn('task'))
const isTaskKeyword = (name: string): boolean => taskKeywords.has(name) || name.startsWith('with_')

async function checkArguments(checker: Checker, task: Task): Promise<void> {
  if (!isDict(task.args) || task.module === '' || task.custom !== undefined || dictHas(task.args, '_variable_params')) { checkTemplates(checker, task.args, task); return }
  const entry = await checker.registry.load(task.module)
  const spec = entry.kind === 'module' ? entry.module : entry.action
  const isOpen = entry.kind === 'action' && entry.action.open === true
  const { _raw_params: text, ...named } = task.args instanceof Map ? Object.fromEntries(task.args) : task.args
  if (!isOpen) {
    const container = text === undefined || spec.freeForm === undefined ? task.args : inheritLoc({ ...named, [spec.freeForm]: text }, task.args)
    checkArgNames(spec.args, spec.rules, container, { module: task.module, loc: task.loc, isTaskKeyword })
    const isWhole = task.kw['module_defaults'] === undefined && !('_variable_params' in named)
    if (isWhole && !isConditional(task)) checkArgPresence(spec.args, spec.rules, container, task.module, task.loc)
  }
  const rawArgs = entry.kind === 'action' ? entry.action.rawArgs ?? [] : []
  for (const [name, value] of dictEntries(task.args)) if (!rawArgs.includes(String(name))) checkTemplates(checker, value, task)
}

function checkEngine({ loader }: Checker, task: Task): void {
  const raw = isDict(task.args) && !(task.args instanceof Map) ? task.args['_raw_params'] : task.args
  if (typeof raw !== 'string') return
  const loc = valueLoc(task.args, '_raw_params') ?? task.loc
  if (task.module === 'meta' && !metaNames.includes(raw)) throw fault('unsupported-meta', loc, { name: raw, near: nearest(raw, metaNames), known: metaNames })
  const isLater = isConditional(task) || task.kw['loop'] !== undefined
  if (task.module === 'include_tasks' && !isLater) loader.findTasks(raw, task)
}

/** Syntax, filters and tests of every template in a value; lookups whose name is written out. */
function checkTemplates({ jinja, loader }: Pick<Checker, 'jinja' | 'loader'>, value: unknown, task: Task): void {
  if (value instanceof Template) {
    try {
      jinja.check(value)
      checkLookups(loader, value)
    } catch (error) { if (!isForLater(error, task)) throw error }
  } else if (typeof value === 'object' && value !== null && !isSettled(value)) {
    const inner = Array.isArray(value) ? value : isDict(value) ? dictEntries(value).map(([, one]) => one) : []
    for (const one of inner) checkTemplates({ jinja, loader }, one, task)
  }
}
/** What does not exist here may never be asked for. */
const isForLater = (error: unknown, task: Task): boolean =>
  error instanceof Fault && (error.code === 'plugin-elsewhere' || (['unknown-filter', 'unknown-test', 'unknown-lookup'].includes(error.code) && isConditional(task)))

function checkLookups(loader: Checker['loader'], { source, at }: Template): void {
  for (const found of source.matchAll(/\{\{[^'"{}]*?\b(?:lookup|query|q)\(\s*(['"])([\w.]+)\1/g)) {
    const name = found[2] ?? '', short = name.replace(/^ansible\.(builtin|legacy)\./, '')
    if (Object.hasOwn(lookups, short)) continue
    throw absentPlugin('lookup', name, Object.keys(lookups), at((found.index) + found[0].length - name.length - 1), loader.pluginFile('lookup', name))
  }
}

function checkConditions({ jinja, warn }: Checker, task: Task): void {
  for (const keyword of ['when', 'until', 'changed_when']) {
    const value = task.kw[keyword]
    const list: readonly unknown[] = Array.isArray(value) ? value : [value]
    for (const [i, one] of list.entries()) {
      if (!(one instanceof Template) && typeof one !== 'string') continue
      const source = one instanceof Template ? one.source : one
      if (source.trim() === '') continue
      const loc = (Array.isArray(value) ? valueLoc(value, i) : undefined) ?? keyLoc(task.kw, keyword) ?? task.loc
      const at = one instanceof Template ? one.at : (offset: number): Loc => ({ ...loc, column: loc.column + offset })
      try {
        jinja.checkExpression(source.includes('{{') ? inline(source) : source, at)
      } catch (error) {
        if (!(error instanceof Fault)) throw error
        // An earlier condition of the list, or a loop over nothing, may keep this one from being asked: roles in use have a bracket too many in such.
        const maySpare = i > 0 || isLooped(task)
        if (error.code === 'template-syntax' && maySpare) { warn?.(`${error.message} in the ${keyword} condition: ${source}: the task fails once that is reached`, error.loc ?? loc); continue }
        if ((i > 0 || error.code === 'plugin-elsewhere') && isForLater(error, task)) continue
        throw error.within(`in the ${keyword} condition: ${source}`, loc)
      }
    }
  }
}

/**
 * A handler that is notified by name and is nowhere, unless what is included later may bring it, is told now. One of nearly that name makes it
 * a misspelling, which is an error; else a warning, since it is never missed where its task changes nothing (Ansible fails only then), and
 * roles are in use that rely on it.
 */
function checkHandlers(play: Play, warn: (message: string, loc?: Loc) => void): void {
  const tasks = [...tasksOf(nodesOf(play))]
  if (tasks.some(({ module }) => module === 'include_role' || module === 'include_tasks' || module === 'include')) return
  const handlers = handlerTasks(play.handlers)
  const listOf = (value: unknown): readonly unknown[] => Array.isArray(value) ? value.flatMap(listOf) : value === undefined || value === null ? [] : [value]
  const names = handlers.flatMap((handler) => [handler.name, ...listOf(handler.kw['listen'])])
  if (names.some((name) => name instanceof Template)) return
  const own = [...new Set(names.filter((name) => typeof name === 'string'))]
  const known = new Set([...own, ...handlers.flatMap(({ name, role }) => role === undefined || typeof name !== 'string' ? [] : [`${role.name} : ${name}`])])
  const foreseen = new Set(rescued(nodesOf(play)))
  for (const task of tasks) {
    if (foreseen.has(task) || seesToFailure(task)) continue
    for (const [i, name] of listOf(task.kw['notify']).entries()) {
      if (typeof name !== 'string' || known.has(name)) continue
      const loc = (Array.isArray(task.kw['notify']) ? valueLoc(task.kw['notify'], i) : undefined) ?? valueLoc(task.kw, 'notify') ?? task.loc
      const near = nearest(name, own)
      if (near !== undefined) throw fault('unknown-handler', loc, { name, near, known: own })
      warn(`no handler of this play is called '${name}': the task that notifies it fails once it changes something`, loc)
    }
  }
}

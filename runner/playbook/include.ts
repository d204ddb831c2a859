/** Imports, which are read at once, and includes, which stay tasks until the run comes to them. Ansible: helpers.py, task_include.py. */
import { existsSync, readdirSync } from 'node:fs'
import { basename, dirname, isAbsolute, join, resolve } from 'node:path'
import { Fault, fault } from '../core/errors.ts'
import { inheritLoc, keyLoc, valueLoc } from '../core/loc.ts'
import { nearest } from '../core/near.ts'
import { pyText } from '../core/pytext.ts'
import type { Data, Keywords, Loc, Node, Task } from '../core/types.ts'
import { dictEntries, dictGet, isDict, Template } from '../core/value.ts'
import { includeKeywords, keywords } from './keywords.ts'
import { renderStatic } from './loading.ts'
import type { Loading } from './loading.ts'
import { makeTask } from './nodes.ts'
import type { Written } from './nodes.ts'
import { loadRole, roleUse } from './roles.ts'
import { enter, inherit, inside, taskFolders } from './scope.ts'
import type { Scope } from './scope.ts'
import { isOpenText, ownKeywords } from './values.ts'
import { kindOf } from './words.ts'

const fileOptions = new Set(['file', '_raw_params', 'apply'])
const roleOptions = new Set(['name', 'role', 'tasks_from', 'vars_from', 'defaults_from', 'handlers_from', 'apply', 'public', 'allow_duplicates', 'rolespec_validate', 'rescuable'])
const onlyOfIncludes = new Set(['apply', 'rescuable'])

/** The arguments of an import or include, their names checked. */
function options(written: Written): Data {
  const { action } = written, { module, args } = action
  if (!isDict(args)) throw fault('bad-include', action.loc, { module, why: `arguments of ${module} cannot come from a template`, hint: 'write the options out; each value may be a template' })
  const known = module.endsWith('role') ? roleOptions : fileOptions
  const out = inheritLoc(Object.fromEntries(dictEntries(args).map(([key, value]) => [pyText(key), value])), args)
  for (const [key, value] of Object.entries(out)) {
    const isKnown = known.has(key) && !(onlyOfIncludes.has(key) && module.startsWith('import'))
    if (!isKnown) throw badOption(module, key, known, keyLoc(args, key) ?? action.loc)
    if (key === 'apply' && !isDict(value) && !isOpenText(value)) {
      throw fault('bad-include', valueLoc(args, key) ?? action.loc, { module, why: `Expected a dict for apply but got ${kindOf(value)} instead`, hint: 'write keywords below apply: "tags: [x]", "when: y"' })
    }
    if (key.endsWith('_from') && typeof value !== 'string' && !(value instanceof Template)) {
      throw fault('bad-include', valueLoc(args, key) ?? action.loc, { module, why: `Expected a string for ${key} but got ${kindOf(value)} instead`, hint: 'give the name of a file of the role' })
    }
  }
  return out
}
function badOption(module: string, key: string, known: ReadonlySet<string>, loc: Loc | undefined): Error {
  const names = [...known].filter((name) => !name.startsWith('_') && !(onlyOfIncludes.has(name) && module.startsWith('import')))
  const near = known.has(`${key}_from`) ? `${key}_from` : nearest(key, names)
  const isKeyword = keywords[key]?.on.includes('task') === true
  const hint = near !== undefined ? `did you mean '${near}'?`
    : isKeyword ? `'${key}' is a keyword of the task: write it beside ${module}, not below it` : `${module} takes: ${names.join(', ')}`
  return fault('bad-include', loc, { module, why: `Invalid options for ${module}: ${key}`, hint })
}

function fileOf(written: Written, given: Data): unknown {
  const file = given['_raw_params'] ?? given['file']
  const { module, loc } = written.action
  if (file === undefined || file === null || file === '') {
    throw fault('bad-include', loc, { module, why: `No file specified for ${module}`, hint: `write "${module}: file.yml"` })
  }
  return file
}

/** Arguments of a dynamic include, checked; its scope is kept for when the run comes to it. */
export function checkDynamic(loading: Loading, written: Written, scope: Scope): Data {
  const args = dynamicArgs(loading, written, scope)
  loading.includes.set(args, inside(scope, scope.kw, written.own.vars))
  return args
}
function dynamicArgs(loading: Loading, written: Written, scope: Scope): Data {
  const { action, own, raw } = written, { module } = action
  const given = options(written)
  for (const key of Object.keys(own.kw)) {
    if (!includeKeywords.has(key) || (key === 'listen' && !scope.isHandler)) throw fault('include-keyword', keyLoc(raw, key) ?? action.loc, { name: key, module })
  }
  const { apply } = given
  if (isDict(apply)) ownKeywords(loading, apply, 'block', scope, () => false)
  if (module === 'include_role') {
    if (scope.isHandler) throw fault('bad-handler', action.loc, { what: "'include_role'" })
    roleName(written, given)
    return given
  }
  const { file: _, ...rest } = given
  return inheritLoc({ ...rest, _raw_params: fileOf(written, given) }, given)
}
function roleName(written: Written, given: Data): unknown {
  const name = given['name'] ?? given['role'] ?? given['_raw_params']
  const { module, loc } = written.action
  if (name === undefined || name === null || name === '') {
    throw fault('bad-include', loc, { module, why: `'name' is a required field for ${module}.`, hint: `write "${module}:" and below it "name: role"` })
  }
  return name
}

function checkNoLoop(written: Written): void {
  const { kw } = written.own
  if (kw['loop'] === undefined && kw['loop_with'] === undefined) return
  const key = dictEntries(written.raw).map(([name]) => pyText(name)).find((name) => name === 'loop' || name.startsWith('with_'))
  throw fault('import-loop', keyLoc(written.raw, key), { module: written.action.module })
}

/** The nodes of the file that import_tasks names, with the keywords and variables of the import around them. */
export function importTasks(loading: Loading, written: Written, scope: Scope): Node[] {
  checkNoLoop(written)
  const given = options(written), { action, own } = written
  const file = fileOf(written, given)
  const loc = valueLoc(action.args, '_raw_params') ?? valueLoc(action.args, 'file') ?? action.loc
  const name = renderStatic(loading, file, scope, own.vars, `import path '${file instanceof Template ? file.source : pyText(file)}'`, loc)
  if (typeof name !== 'string') throw fault('not-text', loc, { what: 'the file of import_tasks', found: kindOf(name) })
  const inner = inside(scope, inherit(scope.kw, own.kw, written.raw), own.vars)
  return fileNodes(loading, findTasks(name, scope, 'import_tasks', loc), inner, 'import_tasks', loc)
}

/** The nodes of a file of tasks. */
export function fileNodes(loading: Loading, path: string, scope: Scope, what: string, loc: Loc | undefined): Node[] {
  const inner = enter(scope, what, path, loc)
  const data = loading.yaml('file of tasks', path, loc)
  const start = { file: path, line: 1, column: 1 }
  if (data === null || (Array.isArray(data) && data.length === 0)) {
    loading.context.warn(`file ${path} is empty and had no tasks to include`, loc)
    return []
  }
  try {
    return loading.nodes(loading, data, inner, scope.isHandler ? 'handlers' : 'included task files', start)
  } catch (error) {
    if (error instanceof Fault && what.startsWith('import')) throw error.within(`in the file that ${what} names`, loc)
    throw error
  }
}

/** Where a file of tasks is. Throws with the places it was looked for. */
export function findTasks(name: string, scope: Scope, what: string, loc: Loc | undefined): string {
  const candidates = isAbsolute(name) ? [name] : taskFolders(scope).map((folder) => resolve(folder, name))
  const found = candidates.find((path) => existsSync(path))
  if (found !== undefined) return found
  throw fault('source-missing', loc, { what: `the file of ${what}`, name, searched: candidates, near: nearbyFile(name, candidates) })
}
/** A file with nearly this name in the folders that were searched. */
export function nearbyFile(name: string, candidates: readonly string[]): string | undefined {
  const wanted = basename(name)
  for (const candidate of candidates) {
    if (!existsSync(dirname(candidate))) continue
    const near = nearest(wanted, readdirSync(dirname(candidate)))
    if (near !== undefined) return join(dirname(name), near)
  }
  return undefined
}

/** The nodes of the role that import_role names. */
export function importRole(loading: Loading, written: Written, scope: Scope): Node[] {
  checkNoLoop(written)
  const { action, own } = written
  if (scope.isHandler) throw fault('bad-handler', action.loc, { what: "'import_role'" })
  const given = options(written)
  roleName(written, given)
  const known: Data = inheritLoc({}, given)
  for (const [key, value] of Object.entries(given)) {
    known[key] = renderStatic(loading, value, scope, own.vars, `${key} of import_role`, valueLoc(given, key) ?? action.loc)
  }
  const inner = inside(scope, inherit(scope.kw, own.kw, written.raw), own.vars)
  const use = roleUse(loading, known, action.loc ?? written.loc, true)
  const made = loadRole(loading, use, inner)
  scope.gathered.roles.push(made.role)
  scope.gathered.handlers.push(...made.handlers)
  return made.nodes
}

/** The old `include:`, which chose by itself: dynamic with a loop or a template in its name. */
export function legacyInclude(loading: Loading, written: Written, scope: Scope): Node[] {
  const { action, own } = written
  loading.once('include', "'include' is old: use include_tasks or import_tasks", action.loc)
  const isDynamic = scope.isDynamic === true || own.kw['loop'] !== undefined || own.kw['loop_with'] !== undefined || isDict(action.args) && dictGet(action.args, '_raw_params') instanceof Template
  const { args, vars } = legacyVars(action.args)
  const renamed: Written = {
    ...written, own: vars === undefined ? own : { ...own, vars: [...own.vars, { name: 'parameters of include', vars }] },
    action: { ...action, module: isDynamic ? 'include_tasks' : 'import_tasks', args },
  }
  return isDynamic ? [makeTask(loading, renamed, scope)] : importTasks(loading, renamed, scope)
}
/** `include: file.yml a=1` gave variables to the file. */
function legacyVars(args: unknown): { readonly args: unknown; readonly vars: Data | undefined } {
  if (!isDict(args)) return { args, vars: undefined }
  const pairs = dictEntries(args).map(([key, value]) => [pyText(key), value] as const)
  const vars = pairs.filter(([key]) => !fileOptions.has(key))
  if (vars.length === 0) return { args, vars: undefined }
  return { args: inheritLoc(Object.fromEntries(pairs.filter(([key]) => fileOptions.has(key))), args), vars: Object.fromEntries(vars) }
}

/** Keywords and variables of `apply`, for the nodes of a dynamic include. */
export function applied(loading: Loading, parent: Task, apply: unknown, scope: Scope): Scope {
  const written = apply ?? (isDict(parent.args) ? dictGet(parent.args, 'apply') : undefined)
  if (!isDict(written)) return scope
  const own = ownKeywords(loading, written, 'block', scope, () => false)
  const kw: Keywords = inherit(scope.kw, own.kw, written)
  return inside(scope, kw, own.vars)
}

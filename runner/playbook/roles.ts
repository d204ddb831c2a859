/** Roles to nodes: entries of `roles:`, dependencies, import_role and include_role all come here. Ansible: role/__init__.py. */
import { dirname, join } from 'node:path'
import { Fault, fault } from '../core/errors.ts'
import { coerce } from '../core/coerce.ts'
import { keyLoc, locOf, valueLoc } from '../core/loc.ts'
import { nearest } from '../core/near.ts'
import { pyText } from '../core/pytext.ts'
import type { Data, Frame, Keywords, Loc, Node, Role, RoleNode, Task } from '../core/types.ts'
import { dictEntries, dictGet, dictHas, isDict, Template, VaultText } from '../core/value.ts'
import type { Dict } from '../core/value.ts'
import { renderStatic } from './loading.ts'
import type { Loading } from './loading.ts'
import { findRole, roleMeta, roleTasks, roleVars } from './role-files.ts'
import { collectionsIn, inherit, inside, searchPath, unique } from './scope.ts'
import type { Link, Scope } from './scope.ts'
import { ownKeywords } from './values.ts'
import { kindOf } from './words.ts'

type From = { readonly [K in 'tasks' | 'vars' | 'defaults' | 'handlers']: string | undefined }

/** One use of a role. */
export interface RoleUse {
  readonly name: string
  /** Keys of a `roles:` entry that are no keywords. */
  readonly params: Data
  readonly kw: Keywords
  readonly vars: readonly Frame[]
  readonly from: From
  readonly isInclude: boolean
  readonly isPublic: boolean
  readonly validates: boolean
  /** The role that depends on it: its folder, and that its variables lose against this role's own. */
  readonly dependent: Role | undefined
  readonly allowDuplicates: boolean | undefined
  readonly loc: Loc
  /** Where its `tasks_from` and the like stand. */
  readonly fromLoc?: Readonly<Partial<Record<keyof From, Loc | undefined>>>
}
export interface LoadedRole { readonly role: Role; readonly nodes: RoleNode[]; readonly handlers: Node[] }

const noFrom: From = { tasks: undefined, vars: undefined, defaults: undefined, handlers: undefined }
const flag = (value: unknown, otherwise: boolean): boolean => value === undefined || value === null ? otherwise : coerce('bool', value) === true
const text = (value: unknown): string | undefined => value === undefined || value === null ? undefined : pyText(value)

/** The use that import_role or include_role asks for. `given`: its arguments, templated. */
export function roleUse({ context }: Loading, given: Data, loc: Loc, isStatic: boolean): RoleUse {
  return {
    name: pyText(given['name'] ?? given['role'] ?? given['_raw_params']), params: {}, kw: {}, vars: [], dependent: undefined, isInclude: true,
    from: { tasks: text(given['tasks_from']), vars: text(given['vars_from']), defaults: text(given['defaults_from']), handlers: text(given['handlers_from']) },
    isPublic: flag(given['public'], context.publicRoles ?? isStatic), validates: flag(given['rolespec_validate'], true), allowDuplicates: flag(given['allow_duplicates'], true),
    loc: valueLoc(given, 'name') ?? loc,
    fromLoc: { tasks: valueLoc(given, 'tasks_from'), vars: valueLoc(given, 'vars_from'), defaults: valueLoc(given, 'defaults_from'), handlers: valueLoc(given, 'handlers_from') },
  }
}

/** The use that an entry of `roles:` or `dependencies:` asks for. */
export function entryUse(loading: Loading, entry: unknown, scope: Scope, dependent: Role | undefined, place: Loc): RoleUse {
  const loc = locOf(entry) ?? place
  const base = { from: noFrom, isInclude: false, isPublic: loading.context.publicRoles ?? true, validates: true, dependent, allowDuplicates: undefined, loc }
  const name = (value: unknown, own: readonly Frame[], at: Loc): string => {
    const found = renderStatic(loading, value, scope, own, 'role name', at)
    if (typeof found === 'number') return pyText(found)
    if (typeof found !== 'string' || found === '') throw fault('bad-role-entry', at, { found: kindOf(found) })
    return found
  }
  if (!isDict(entry)) {
    if (typeof entry !== 'string' && typeof entry !== 'number' && !(entry instanceof Template)) throw fault('bad-role-entry', loc, { found: kindOf(entry) })
    if (typeof entry === 'string' && entry.includes(',')) throw fault('old-role-entry', loc, { entry })
    return { ...base, name: name(entry, [], loc), params: {}, kw: {}, vars: [] }
  }
  const params: Data = {}
  const own = ownKeywords(loading, entry, 'role', scope, (key) => key === 'role', (key, value) => { params[key] = value })
  const key = dictHas(entry, 'role') ? 'role' : dictHas(entry, 'name') ? 'name' : 'src'
  const written = key === 'src' ? requirement(dictGet(entry, 'src')) : dictGet(entry, key)
  if (written === undefined || written === null || written === '') throw fault('role-without-name', loc, {})
  if (key === 'src') for (const one of ['src', 'version', 'scm']) delete params[one]
  return { ...base, name: name(written, own.vars, valueLoc(entry, key) ?? loc), params, kw: own.kw, vars: own.vars }
}
/** A dependency as in requirements files: `src: git+https://x/role.git,v1,name`. */
function requirement(source: unknown): string | undefined {
  if (typeof source !== 'string') return undefined
  const [url = '', , name] = source.split(',')
  return name?.trim() ?? (url.split('/').at(-1) ?? '').replace(/(\.git|\.tar\.gz)$/, '')
}

/** The uses of a `roles:` or `dependencies:` list. */
export function entries(loading: Loading, list: unknown, scope: Scope, dependent: Role | undefined, loc: Loc): RoleUse[] {
  if (list === null || list === undefined) return []
  if (!Array.isArray(list)) throw fault('bad-role-entry', loc, { found: `${kindOf(list)} instead of a list of roles` })
  return list.map((entry: unknown, i) => entryUse(loading, entry, scope, dependent, valueLoc(list, i) ?? loc))
}

/** Keys that equal uses have in common. */
function keyOf(path: string, use: RoleUse, kw: Keywords): string {
  const vars = use.vars.map((frame) => frame.vars)
  return JSON.stringify([path, use.params, kw['when'], kw['tags'], use.from, vars, use.isInclude], (_, value: unknown) => {
    if (value instanceof Template) return { template: value.source }
    if (value instanceof VaultText) return { vault: value.ciphertext }
    if (typeof value === 'bigint') return String(value)
    return value instanceof Map ? [...value] : value
  })
}

function chainOf(scope: Scope, use: RoleUse, path: string): readonly Link[] {
  const link: Link = { key: `role ${path} ${use.from.tasks ?? 'main'}`, shown: use.name, loc: use.loc }
  if (!scope.chain.some((one) => one.key === link.key)) return [...scope.chain, link]
  const start = scope.chain.findIndex((one) => one.key === link.key)
  throw fault('role-cycle', use.loc, { chain: [...scope.chain.slice(start).filter((one) => one.key.startsWith('role ')), link].map((one) => one.shown) })
}

/** Variables of the roles around a dependency, without those that it sets in its own vars. Ansible: Role.get_vars. */
const without = (frames: readonly Frame[], names: Data): readonly Frame[] => frames.map((frame) =>
  Object.keys(names).some((name) => Object.hasOwn(frame.vars, name))
    ? { name: frame.name, vars: Object.fromEntries(Object.entries(frame.vars).filter(([name]) => !Object.hasOwn(names, name))) } : frame)

/** A role with its dependencies before it, as brackets around their tasks. */
export function loadRole(loading: Loading, use: RoleUse, scope: Scope): LoadedRole {
  try {
    return read(loading, use, scope)
  } catch (error) {
    if (error instanceof Fault && error.loc !== use.loc) throw error.within(`in role '${use.name}'`, use.loc)
    throw error
  }
}

function read(loading: Loading, use: RoleUse, scope: Scope): LoadedRole {
  const beside = use.dependent === undefined ? undefined : dirname(use.dependent.path)
  const place = findRole(loading, use.name, scope.playDir, beside, collectionsIn(scope.kw), use.loc)
  loading.rolePaths.add(place.path)
  const chain = chainOf(scope, { ...use, name: place.name }, place.path)
  const own = { vars: roleVars(loading, place, 'vars', use.from.vars, use.fromLoc?.vars ?? use.loc), defaults: roleVars(loading, place, 'defaults', use.from.defaults, use.fromLoc?.defaults ?? use.loc) }
  const meta = metaOf(loading, place, use)
  const vars: Data = {}, defaults: Data = {}
  const role: Role = {
    ...place, loc: use.loc, allowDuplicates: use.allowDuplicates ?? meta.allowDuplicates, key: keyOf(place.path, use, use.kw),
    defaults: { name: `defaults of role ${place.name}`, vars: defaults }, vars: { name: `vars of role ${place.name}`, vars },
    params: { name: `parameters of role ${place.name}`, vars: use.params },
    isDependency: use.dependent !== undefined, ...(use.isPublic ? {} : { isPrivate: true as const }),
    includedBy: use.dependent !== undefined ? use.dependent.includedBy : scope.role !== undefined ? [...scope.role.includedBy, scope.role] : [],
    parents: use.dependent !== undefined ? [...use.dependent.parents, use.dependent] : scope.role !== undefined ? [...scope.role.parents, scope.role] : [],
  }
  const collections = unique([...place.collection === undefined ? [] : [place.collection], ...meta.collections, ...collectionsIn(scope.kw)])
  const kw = inherit(scope.kw, { ...use.kw, ...collections.length === 0 ? {} : { collections } }, undefined)
  const around = use.dependent === undefined ? scope.vars : without(scope.vars, own.vars)
  const inner: Scope = { ...inside(scope, kw, []), vars: [...around, ...use.vars], role, chain }
  const before = entries(loading, meta.dependencies, { ...inner, role }, role, meta.loc ?? use.loc).map((one) => loadRole(loading, one, inner))
  for (const dependency of before) { Object.assign(vars, dependency.role.vars.vars); Object.assign(defaults, dependency.role.defaults.vars) }
  Object.assign(vars, own.vars)
  Object.assign(defaults, own.defaults)
  const handlers = listOf(loading, use, inner, 'handlers')
  const body = [...validation(loading, use, inner, meta.specs), ...listOf(loading, use, inner, 'tasks')]
  const node: RoleNode = { kind: 'role', role, body, kw, loc: use.loc, handlers }
  return { role, nodes: [...before.flatMap((one) => one.nodes), node], handlers: [...before.flatMap((one) => one.handlers), ...handlers] }
}

function listOf(loading: Loading, use: RoleUse, scope: Scope, kind: 'tasks' | 'handlers'): Node[] {
  const { role } = scope
  if (role === undefined) return []
  const found = roleTasks(loading, role, kind, use.from[kind], use.fromLoc?.[kind] ?? use.loc)
  if (found === undefined) return []
  const { file, list } = found
  const inner = { ...scope, file, folders: [dirname(file)], search: searchPath(role, file, scope.playDir), isHandler: kind === 'handlers' }
  return loading.nodes(loading, list, inner, kind, { file, line: 1, column: 1 })
}

interface Meta { readonly collections: readonly string[]; readonly allowDuplicates: boolean; readonly dependencies: unknown; readonly specs: unknown; readonly loc: Loc | undefined }
const metaKeys = ['allow_duplicates', 'dependencies', 'galaxy_info', 'argument_specs', 'collections']

function metaOf(loading: Loading, place: { readonly name: string; readonly path: string }, use: RoleUse): Meta {
  const main = roleMeta(loading, place, 'main', use.loc)
  const apart = roleMeta(loading, place, 'argument_specs', use.loc)
  const data = isDict(main?.data) ? main.data : {}
  const params: Data = {}
  ownKeywords(loading, data, 'role', undefined, (key) => metaKeys.includes(key), (key, value) => { params[key] = value })
  const [wrong] = Object.keys(params)
  if (wrong !== undefined) throw fault('unknown-keyword', keyLoc(data, wrong), { name: wrong, what: 'RoleMetadata', known: metaKeys, near: nearest(wrong, metaKeys) })
  const specs = apart === undefined ? dictGet(data, 'argument_specs') : isDict(apart.data) ? dictGet(apart.data, 'argument_specs') : undefined
  return { collections: collectionsIn({ collections: dictGet(data, 'collections') }), allowDuplicates: flag(dictGet(data, 'allow_duplicates'), false), dependencies: dictGet(data, 'dependencies'), specs, loc: valueLoc(data, 'dependencies') }
}

/** The task that checks the role's variables against its argument specification, if it has one for this entry. */
function validation(loading: Loading, use: RoleUse, scope: Scope, specs: unknown): Task[] {
  const { role } = scope
  const entry = use.from.tasks ?? 'main'
  const spec = isDict(specs) ? dictGet(specs, entry) : undefined
  if (role === undefined || !use.validates || !isDict(spec) || dictEntries(spec).length === 0) return []
  const described = dictGet(spec, 'short_description')
  const short = described instanceof Template ? described.source : described
  const name = `Validating arguments against arg spec '${entry}'${short === undefined ? '' : ` - ${pyText(short)}`}`
  return [{
    kind: 'task', id: loading.nextId(), name, module: 'validate_argument_spec', action: 'ansible.builtin.validate_argument_spec',
    args: {
      argument_spec: dictGet(spec, 'options') ?? {}, provided_arguments: role.params.vars,
      validate_args_context: { type: 'role', name: role.collection === undefined ? role.name : role.name.slice(role.collection.length + 1), argument_spec_name: entry, path: role.path },
    },
    kw: inherit(scope.kw, { tags: ['always'] }, undefined), vars: scope.vars, role, search: searchPath(role, join(role.path, 'tasks', 'main.yml'), scope.playDir),
    isHandler: false, loc: specLoc(spec, use.loc),
  }]
}
const specLoc = (spec: Dict, otherwise: Loc): Loc => locOf(spec) ?? otherwise

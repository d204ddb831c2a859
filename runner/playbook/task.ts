/** One task as written: which module it runs and with what arguments, in all the forms that Ansible takes, and its loop. */
import { type Fault, fault } from '../core/errors.ts'
import { inheritLoc, keyLoc, valueLoc } from '../core/loc.ts'
import { nearest } from '../core/near.ts'
import { pyText } from '../core/pytext.ts'
import type { Data, Loc } from '../core/types.ts'
import { dictEntries, dictGet, dictHas, dictKeys, isDict, Template, VaultText } from '../core/value.ts'
import type { Dict } from '../core/value.ts'
import { parseText, placeIn, splitModule, Unbalanced } from './args-text.ts'
import type { Custom } from '../core/custom.ts'
import { type FoundModule, findModule, structural } from './custom.ts'
import { formerKeywords, keywords } from './keywords.ts'
import type { Place } from './keywords.ts'
import type { Loading } from './loading.ts'
import { pluginFile } from './plugins.ts'
import type { Scope } from './scope.ts'
import { isVariableName, unknownKeyword } from './values.ts'
import { kindOf } from './words.ts'

/** What a task runs. `key` is the key of the task that says so. */
export interface Action {
  readonly key: string
  readonly module: string
  /** As written. */
  readonly written: string
  readonly args: unknown
  /** Why it can have no such arguments, where that is told when they are needed. */
  readonly wrongArgs?: Fault
  readonly isLocal: boolean
  readonly loc: Loc | undefined
  /** The name of the module where only the run can know it; `module` is empty then. */
  readonly template?: Template
  readonly custom?: Custom
}

const commands = new Set(['command', 'shell', 'script', 'raw', 'win_command', 'win_shell'])
const bare = (name: string): string => name.replace(/^ansible\.(builtin|legacy)\./, '')
const isKeyword = (key: string): boolean => key.startsWith('with_') || (keywords[key]?.on ?? []).some((place) => place === 'task' || place === 'handler')

/** The module of a task and its arguments. Throws where there is none, more than one, or one that does not exist. */
export function actionOf(loading: Loading, raw: Dict, place: Place, scope: Scope): Action {
  const found: Action[] = []
  const strangers: string[] = []
  for (const [rawKey, value] of dictEntries(raw)) {
    const key = pyText(rawKey)
    if (key === 'action' || key === 'local_action') found.push(oldAction(loading, raw, key, value, scope))
    if (isKeyword(key)) continue
    const module = findModule(loading, key, scope, keyLoc(raw, key))
    if (module === undefined) strangers.push(key)
    else found.push({ key, ...module, written: key, args: undefined, isLocal: false, loc: keyLoc(raw, key) })
    const [one, other] = found
    if (one !== undefined && other !== undefined) throw fault('two-modules', other.loc, { one: one.written, other: other.written })
  }
  const [action] = found
  if (action === undefined) throw noModule(loading, raw, strangers, place)
  const [stranger] = strangers
  if (stranger !== undefined) throw strangerFault(loading, raw, stranger, place, action.written)
  if (action.args !== undefined) return action
  return { ...action, ...argsOf(loading, raw, action.module, dictGet(raw, action.key), valueLoc(raw, action.key), true) }
}

/** Beside a module, a key that is nothing: a keyword misspelt, or a second module misspelt. */
function strangerFault(loading: Loading, raw: Dict, key: string, place: Place, module: string): Error {
  if (key.split('.').length > 2) return unknownModule(loading, raw, key)
  return unknownKeyword(key, place, keyLoc(raw, key), `if '${key}' is an argument of ${module}, indent it below "${module}:"`)
}
function unknownModule(loading: Loading, raw: Dict, key: string): Error {
  const { known } = loading.context
  const last = key.split('.').at(-1) ?? key
  const near = key.includes('.') ? known.resolve(last) ?? nearest(last, known.names()) : nearest(key, known.names())
  return fault('unknown-module', keyLoc(raw, key), { name: key, isCollection: key.includes('.'), near })
}
function noModule(loading: Loading, raw: Dict, strangers: readonly string[], place: Place): Error {
  const names = [...loading.context.known.names(), ...structural]
  const misspelt = strangers.find((key) => nearest(key, names) !== undefined) ?? strangers[0]
  if (misspelt === undefined) {
    const name = dictGet(raw, 'name')
    return fault('no-module', keyLoc(raw, dictKeys(raw)[0]), { name: name instanceof Template ? name.source : name === undefined ? '' : pyText(name) })
  }
  const isElsewhere = keywords[misspelt] !== undefined || formerKeywords[misspelt] !== undefined
  return isElsewhere ? unknownKeyword(misspelt, place, keyLoc(raw, misspelt)) : unknownModule(loading, raw, misspelt)
}

/** `action: copy src=a`, `action: {module: copy, src: a}`, and the same under local_action. */
function oldAction(loading: Loading, raw: Dict, key: string, value: unknown, scope: Scope): Action {
  const loc = valueLoc(raw, key), isLocal = key === 'local_action'
  if (isDict(value)) {
    const text = dictGet(value, 'module')
    if (!isText(text)) throw fault('bad-action', loc, { name: key, found: 'no text under "module"' })
    const { module: written, rest } = splitModule(text)
    const found = known(loading, value, 'module', written, scope), { module } = found
    const { module: _, args: inner, ...own } = Object.fromEntries(dictEntries(value).map(([name, item]) => [pyText(name), item]))
    const more = isDict(inner) ? Object.fromEntries(dictEntries(inner).map(([name, item]) => [pyText(name), item])) : isText(inner) ? textArgs(inner, module, loc) : {}
    const args = inheritLoc({ ...own, ...deferred(loading, module, textArgs(rest, module, loc)), ...more }, value)
    return { key, ...found, written: shown(written), args: withMore(raw, args, loc), isLocal, loc: keyLoc(raw, key) }
  }
  if (!isText(value)) throw fault('bad-action', loc, { name: key, found: kindOf(value) })
  const { module: written, rest } = split(value, loc)
  const found = known(loading, raw, key, written, scope)
  return { key, ...found, written: shown(written), ...argsOf(loading, raw, found.module, rest === '' ? null : rest, loc, false), isLocal, loc: keyLoc(raw, key) }
}
/** A template among words gives a mapping, where the module takes no free text. */
function deferred(loading: Loading, module: string, args: Data): Data {
  const { _raw_params: free, ...rest } = args
  return free instanceof Template && module !== '' && !structural.has(module) && !loading.context.known.freeForm(module) ? inheritLoc({ ...rest, _variable_params: free }, args) : args
}
const isText = (value: unknown): value is string | Template => typeof value === 'string' || value instanceof Template
const shown = (name: string | Template): string => typeof name === 'string' ? name : name.source

/** The module of an `action:`; the run finds out where its name is a template. */
function known(loading: Loading, container: Dict, key: string, name: string | Template, scope: Scope): FoundModule {
  if (name instanceof Template && loading.context.known.dynamic === true) return { module: '', template: name }
  const found = findModule(loading, shown(name), scope, valueLoc(container, key))
  if (found !== undefined) return found
  throw fault('unknown-module', valueLoc(container, key), { name: shown(name), isCollection: shown(name).includes('.'), near: nearest(shown(name), loading.context.known.names()) })
}
function split(value: string | Template, loc: Loc | undefined): ReturnType<typeof splitModule> {
  try {
    return splitModule(value)
  } catch (error) { throw unbalanced(error, value, loc) }
}
function textArgs(value: string | Template, module: string, loc: Loc | undefined): Data {
  try {
    return parseText(value, commands.has(module), loc)
  } catch (error) { throw unbalanced(error, value, loc) }
}
function unbalanced(error: unknown, value: string | Template, loc: Loc | undefined): unknown {
  if (!(error instanceof Unbalanced)) return error
  const text = typeof value === 'string' ? value : value.source
  return fault('unbalanced-arguments', placeIn(value, error.offset, loc), { text: text.length > 80 ? `${text.slice(0, 77)}...` : text })
}

function argsOf(loading: Loading, raw: Dict, module: string, value: unknown, loc: Loc | undefined, isNewStyle: boolean): Pick<Action, 'args' | 'wrongArgs'> {
  if (value === null || value === undefined) return { args: withMore(raw, inheritLoc({}, raw), loc) }
  if (isDict(value)) return { args: withMore(raw, value, loc) }
  if (value instanceof VaultText) return { args: withMore(raw, { _raw_params: value }, loc) }
  if (!isText(value)) {
    const quoted = isDict(value) || Array.isArray(value) ? undefined : pyText(value).toLowerCase()
    throw fault('bad-action', loc, { name: isNewStyle ? module : 'action', found: kindOf(value), quoted })
  }
  const args = textArgs(value, module, loc)
  const free = args['_raw_params']
  if (free === undefined || module === '' || structural.has(module) || loading.context.known.freeForm(module)) return { args: withMore(raw, args, loc) }
  const { _raw_params: _, ...rest } = args
  if (!(free instanceof Template)) {
    // Ansible: told by the task, which may never be reached
    const wrongArgs = fault('no-free-form', valueLoc(args, '_raw_params') ?? loc, { module: bare(module), text: pyText(free) })
    if (loading.context.known.dynamic !== true) throw wrongArgs
    return { args: withMore(raw, inheritLoc(rest, args), loc), wrongArgs }
  }
  if (Object.keys(rest).length === 0 && !dictHas(raw, 'args')) return { args: free }
  return { args: withMore(raw, inheritLoc({ _variable_params: free, ...rest }, args), loc) }
}

/** The arguments with those of `args:` below them. */
function withMore(raw: Dict, args: Dict, loc: Loc | undefined): unknown {
  for (const [key] of dictEntries(args)) {
    if (typeof key === 'string' && key.startsWith('_ansible_')) throw fault('reserved-argument', keyLoc(args, key) ?? loc, { name: key })
  }
  const more = dictGet(raw, 'args')
  if (more === undefined || more === null) return args
  const own = Object.fromEntries(dictEntries(args).map(([key, item]) => [pyText(key), item]))
  if (more instanceof Template) {
    const { _variable_params: above, ...rest } = own
    return Object.keys(own).length === 0 ? more : inheritLoc({ _variable_params: above === undefined ? more : [more, above], ...rest }, args)
  }
  if (!isDict(more)) throw fault('bad-args', valueLoc(raw, 'args'), { found: kindOf(more) })
  if (Object.keys(own).length === 0) return more
  return inheritLoc({ ...Object.fromEntries(dictEntries(more).map(([key, item]) => [pyText(key), item])), ...own }, isTextArgs(own) ? more : args)
}
const isTextArgs = (args: Data): boolean => Object.keys(args).every((key) => key === '_raw_params')

/** `with_x` as {name, value}; `loop` is checked to be a list where that can be seen. */
export function loopOf(loading: Loading, raw: Dict): { readonly name: string; readonly value: unknown } | undefined {
  let first: string | undefined
  let made: { name: string; value: unknown } | undefined
  for (const [rawKey, value] of dictEntries(raw)) {
    const key = pyText(rawKey)
    if (key !== 'loop' && !key.startsWith('with_')) continue
    if (first !== undefined) throw fault('two-loops', keyLoc(raw, rawKey), { one: first, other: key })
    if (value === null && key === 'loop') continue
    first = key
    if (value === null) throw fault('empty-loop', keyLoc(raw, rawKey), { name: key })
    if (key === 'loop') {
      if (!Array.isArray(value) && !(value instanceof Template) && !(value instanceof VaultText)) throw fault('loop-not-list', valueLoc(raw, 'loop'), { found: isDict(value) ? 'a mapping' : pyText(value) })
    } else {
      const name = bare(key.slice('with_'.length))
      const { isLookup, lookups } = loading.context.known
      if (isLookup !== undefined && !isLookup(name)) throw fault('unknown-with', keyLoc(raw, rawKey), { name, near: nearest(name, lookups?.() ?? []), file: pluginFile([...loading.playDirs, ...loading.rolePaths], 'lookup', name) })
      made = { name, value }
    }
  }
  return made
}

/** The variable of `register`; Ansible 2.21 also takes a mapping of variables to expressions. */
export function checkRegister(raw: Dict): void {
  const value = dictGet(raw, 'register')
  if (value === undefined || value === null) return
  const names: readonly unknown[] = isDict(value) ? dictKeys(value) : [value]
  for (const name of names) {
    if (typeof name === 'string' && isVariableName(name)) continue
    throw fault('bad-register', valueLoc(raw, 'register'), { found: name instanceof Template ? name.source : pyText(name) })
  }
}

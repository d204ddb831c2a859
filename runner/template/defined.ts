/** Values as written, evaluated, with list items and dict entries left out that are undefined: the terms of with_first_found. */
import { Fault } from '../core/errors.ts'
import { dictEntries, isDict, makeDict, Template } from '../core/value.ts'
import type { Jinja, Vars } from './call.ts'
import { pyStr } from './python.ts'

const left = Symbol('undefined')

/** Ansible drops undefined names from the candidates of with_first_found, since facts differ between hosts. */
export function resolveDefined(written: unknown, jinja: Jinja, vars: Vars): unknown {
  return written instanceof Template ? jinja.resolve(written, vars) : resolve(written, jinja, vars)
}
function resolve(written: unknown, jinja: Jinja, vars: Vars): unknown {
  if (Array.isArray(written)) return written.map((item) => resolve(item, jinja, vars)).filter((item) => item !== left)
  if (isDict(written)) return makeDict(dictEntries(written).map(([key, item]) => [key, resolve(item, jinja, vars)] as const).filter(([, item]) => item !== left))
  if (!(written instanceof Template)) return jinja.resolve(written, vars)
  try { return jinja.resolve(written, vars) } catch (error) {
    if (error instanceof Fault && error.code === 'undefined') return left
    throw error
  }
}

/** Values as written, evaluated, with Ansible's words in the place of what is undefined: for showing, where one mistake shall not hide the rest. */
export function resolveShown(written: unknown, jinja: Jinja, vars: Vars, found: { count: number } = { count: 0 }): unknown {
  if (Array.isArray(written)) return written.map((item) => resolveShown(item, jinja, vars, found))
  if (isDict(written)) return makeDict(dictEntries(written).map(([key, item]) => [key, resolveShown(item, jinja, vars, found)] as const))
  try { return jinja.resolve(written, vars) } catch (error) {
    if (!(error instanceof Fault) || error.code !== 'undefined') throw error
    const placeholder = (): string => `<< error ${++found.count} - ${error.message} >>`
    if (!(written instanceof Template)) return placeholder()
    const other = /^\{\{\s*([A-Za-z_]\w*)\s*\}\}$/.exec(written.source)?.[1], value = other === undefined ? undefined : vars.get(other)
    if (value !== undefined) return resolveShown(value, jinja, vars, found)
    const pieces = written.source.split(/(\{\{.*?\}\})/s)
    if (written.source.includes('{%') || (pieces.length === 3 && pieces[0] === '' && pieces[2] === '')) return placeholder()
    return pieces.map((piece) => piece.startsWith('{{') ? pyStr(resolveShown(new Template(piece), jinja, vars, found)) : piece).join('')
  }
}

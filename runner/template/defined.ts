/** Values as written, evaluated, with list items and dict entries left out that are undefined: the terms of with_first_found. */
import { Fault } from '../core/errors.ts'
import { dictEntries, isDict, makeDict, Template } from '../core/value.ts'
import type { Jinja, Vars } from './call.ts'

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

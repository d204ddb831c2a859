/** Conditions (`when`, `until`, `changed_when`, `failed_when`, `assert.that`): their truth, and which one was false. */
import type { Loc } from '../core/types.ts'
import { valueLoc } from '../core/loc.ts'
import { Fault, fault } from '../core/errors.ts'
import { isDict, Template, Unknown, UnknownValue } from '../core/value.ts'
import type { Scope } from '../vars/scope.ts'
import { isTruthy, typeName } from '../template/python.ts'
import type { Run } from './context.ts'

/** What results say of a condition that could not be worked out. */
export function conditionFailed(error: unknown): string {
  if (!(error instanceof Fault)) return error instanceof Error ? error.message : String(error)
  const doing = error.code === 'condition-no-text' ? '' : error.code === 'undefined' ? 'Error while evaluating conditional: ' : 'Error rendering expression: '
  return `${doing}${error.message}`
}

export interface Verdict { readonly truth: boolean; /** The first condition that is false, as written. */ readonly falseCondition?: unknown }

/** Truth of a condition or of a list of them, all of which must hold. `what` names the keyword for messages. */
export function judge(run: Run, conditions: unknown, scope: Scope, what: string, loc: Loc | undefined): Verdict {
  const list: readonly unknown[] = Array.isArray(conditions) ? conditions : [conditions]
  for (const [i, one] of list.entries()) {
    const place = Array.isArray(conditions) ? valueLoc(conditions, i) ?? loc : loc
    if (!holds(run, one, scope, what, place)) return { truth: false, falseCondition: one instanceof Template ? one.source : one }
  }
  return { truth: true }
}

function holds(run: Run, condition: unknown, scope: Scope, what: string, loc: Loc | undefined): boolean {
  if (typeof condition === 'boolean') return condition
  if (condition === null || condition === undefined || condition === '') return true
  if (isDict(condition) || Array.isArray(condition)) throw fault('condition-no-text', loc, { found: Array.isArray(condition) ? 'a list' : 'a mapping' })
  try {
    const value = evaluate(run, condition, scope, what, loc)
    if (value instanceof Unknown) throw new UnknownValue(value.reason)
    const truth = isTruthy(value)
    if (typeof value !== 'boolean') run.warn(`the result of the ${what} condition is no boolean but of type ${typeName(value)}; its truth is taken as in Python`, loc)
    return truth
  } catch (error) {
    if (error instanceof Fault) throw unquoted(error, condition).within(`in the ${what} condition: ${condition instanceof Template ? condition.source : String(condition)}`, loc)
    throw error
  }
}

/** `env == prod`, where a text was meant. */
function unquoted(error: Fault, condition: unknown): Fault {
  const name = /^'(\w+)' is undefined/.exec(error.message)?.[1], source = condition instanceof Template ? condition.source : String(condition)
  if (error.code !== 'undefined' || name === undefined || error.hint?.startsWith('did you mean') === true || !new RegExp(`(==|!=)\\s*${name}\\b`).test(source)) return error
  const copy = new Fault(error.code, error.message, `a text in a condition stands in quotes: '${name}'`, error.loc, error.cause)
  copy.trail.push(...error.trail)
  return copy
}

function evaluate(run: Run, condition: unknown, scope: Scope, what: string, loc: Loc | undefined): unknown {
  const source = condition instanceof Template ? condition.source : typeof condition === 'string' ? condition : undefined
  if (source === undefined) return run.jinja.resolve(condition, scope)
  const at = condition instanceof Template ? condition.at : (offset: number): Loc | undefined => loc && { ...loc, column: loc.column + offset }
  if (!(condition instanceof Template) || !/\{\{/.test(source)) return run.jinja.expression(source, scope, at)
  run.warn(`${what} conditions should not hold {{ }}: ${source}`, loc)
  return run.jinja.expression(inline(source), scope, at)
}

/** `{{ x }} == 'a'` becomes ` (x)  == 'a'`: same length, so that places stay right. A quoted `'{{ x }}'` loses its quotes. */
export const inline = (source: string): string => source
  .replace(/(['"])\{\{((?:(?!\}\}).)*)\}\}\1/g, ' ( $2 ) ').replaceAll('{{', ' (').replaceAll('}}', ') ')

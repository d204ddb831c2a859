/**
 * Failures that wait, as in ansible-core 2.21: what a call, a filter, a lookup or a variable fails with is raised where its value is used. So
 * `x | default(lookup('file', path))` needs no file where x is there. Operators need their values: what fails in one fails at once.
 */
import { Fault } from '../core/errors.ts'
import type { Eval } from './compile.ts'
import { Missing, markedAtOnce } from './python.ts'

/** The value of something that failed. Unlike what is undefined, no `default` helps it. */
export class Failed extends Missing {
  constructor(error: Fault) { super(error.message, error.loc, undefined, error) }
}

/** Marks an error as one that does not wait. */
export function atOnce(error: unknown): unknown {
  if (error instanceof Fault) markedAtOnce.add(error)
  return error
}
/** Takes the mark away: outside of a call it counts as the call's. */
export function ofCall(error: unknown): unknown {
  if (error instanceof Fault) markedAtOnce.delete(error)
  return error
}

/** An error about something undefined as the undefined value it was met in. */
export const asMissing = (error: unknown): Missing | undefined =>
  error instanceof Fault && error.code === 'undefined' ? new Missing(error.message, error.loc, undefined, error) : undefined
/** What stands for a failure; throws what does not wait. */
export function waiting(error: unknown): Missing {
  if (!(error instanceof Fault) || markedAtOnce.has(error)) throw error
  return asMissing(error) ?? new Failed(error)
}
/** The value, or what stands for its failure. */
export const deferred = (run: Eval): Eval => (f) => {
  try { return run(f) } catch (error) { return waiting(error) }
}

const absent = new Set(['unknown-filter', 'unknown-test', 'unknown-lookup', 'plugin-elsewhere', 'dict-key-in-place'])
/** The same for a name that may never be used: what this program lacks is told at once, anything else in a warning. */
export function assigned(run: Eval): Eval {
  const wait = deferred(run)
  return (f) => {
    const value = wait(f)
    if (!(value instanceof Missing) || value.met === undefined) return value
    const { met } = value
    if (absent.has(met.code)) throw met
    if (value instanceof Failed) f.run.engine.services.warn(`${met.message}: as in Ansible, this fails only where the name that is set is used`, met.loc)
    return value
  }
}

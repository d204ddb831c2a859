/** What templates print: values as they leave an expression, and how several become one. */
import { Fault } from '../core/errors.ts'
import { omit, Undefined } from '../core/value.ts'
import type { Eval } from './compile.ts'
import { NoElse, pyStr, undefinedFault } from './python.ts'
import { asMissing } from './deferred.ts'
import { deep, finalize, located } from './run.ts'

/** The value as it leaves the template; the Undefined of an `if` without `else` may pass, since text takes it as empty. */
export const compilePrinted = (run: Eval, at: number): Eval => (f) => {
  try {
    const value = run(f)
    return typeof value !== 'object' || value === null || value instanceof NoElse ? value : finalize(deep(value, f.run, '…'))
  } catch (error) {
    const met = located(error, f.run, at)
    if (met instanceof Fault) unprinted.add(met)
    throw met
  }
}
/** Errors met where a value was to be printed. */
const unprinted = new WeakSet<Fault>()
/** What a block or macro prints: undefined where something undefined was to be printed, since nobody may ask for it. */
export function captured(run: (out: unknown[]) => void): unknown {
  const out: unknown[] = []
  try { run(out) } catch (error) {
    const missing = error instanceof Fault && unprinted.has(error) ? asMissing(error) : undefined
    if (missing === undefined) throw error
    return missing
  }
  return joined(out) ?? ''
}
/** One printed value stays what it is, several are text, none is None (Ansible: _jinja_bits.py). */
export function joined(parts: readonly unknown[]): unknown {
  if (parts.length === 0) return null
  const [first] = parts
  if (parts.length === 1) {
    if (first instanceof Undefined) throw undefinedFault(first)
    return first
  }
  return joinedText(parts)
}
export function joinedText(parts: readonly unknown[]): string {
  let text = ''
  for (const part of parts) text += typeof part === 'string' ? part : part instanceof NoElse || part === omit ? '' : pyStr(part)
  return text
}


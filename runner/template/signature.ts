/** Reads the arguments of a call by position or name, as a Python signature would, so that methods need not. */
import type { Call } from './call.ts'
import { pyError } from './python.ts'

/** Values of these parameters in order; JavaScript's undefined where not given. TypeError for unknown or surplus ones. */
export function params(call: Call, name: string, ...names: readonly string[]): unknown[] {
  const { args, kwargs } = call
  if (args.length > names.length) throw pyError('TypeError', `${name}() takes at most ${names.length} argument${names.length === 1 ? '' : 's'} (${args.length} given)`)
  const found: unknown[] = names.map((_, i) => args[i])
  for (const [key, value] of Object.entries(kwargs)) {
    const i = names.indexOf(key)
    if (i < 0) throw pyError('TypeError', `${name}() got an unexpected keyword argument '${key}'`)
    if (i < args.length) throw pyError('TypeError', `${name}() got multiple values for argument '${key}'`)
    found[i] = value
  }
  return found
}
/** The same where the first `needed` parameters must be given. */
export function needed(call: Call, count: number, name: string, ...names: readonly string[]): unknown[] {
  const found = params(call, name, ...names)
  for (let i = 0; i < count; i++) {
    if (found[i] === undefined) throw pyError('TypeError', `${name}() missing required argument: '${names[i]}'`)
  }
  return found
}

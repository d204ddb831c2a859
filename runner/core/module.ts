/** How modules and actions are declared, and the changes they make most often. */
import type { Json } from './types.ts'
import type { Action, ArgSpec, Change, Module, Plan } from './plan.ts'

/** Declares a module; the argument types of `plan` are inferred from `args` (write the spec `as const` is not needed). */
export const defineModule = <const S extends ArgSpec>(module: Module<S>): Module<S> => module
export const defineAction = <const S extends ArgSpec>(action: Action<S>): Action<S> => action

/** An attribute that changes. */
export const attr = (of: string, name: string, before: Json, after: Json): Change => ({ kind: 'attr', of, name, before, after })

/** A plan that finds everything as it should be. */
export const nothing = (data: Plan['data'] = {}): Plan => ({ changes: [], steps: [], data })

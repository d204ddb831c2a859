/**
 * Errors that a user can cause. The catalogue (errors/, a file an area) gives each code its message and the next thing to do;
 * `fault` makes the error. Programming mistakes are plain `Error`s and crash loudly.
 */
import type { Data, Loc } from './types.ts'
import type { ErrorData } from './events.ts'
import { argErrors } from './errors/args.ts'
import { cliErrors } from './errors/cli.ts'
import { executeErrors } from './errors/execute.ts'
import { inventoryErrors } from './errors/inventory.ts'
import { playbookErrors } from './errors/playbook.ts'
import { templateErrors } from './errors/template.ts'
import { transportErrors } from './errors/transport.ts'
import { varsErrors } from './errors/vars.ts'
import { yamlErrors } from './errors/yaml.ts'

const catalogue = {
  ...argErrors, ...cliErrors, ...executeErrors, ...inventoryErrors, ...playbookErrors, ...templateErrors, ...transportErrors,
  ...varsErrors, ...yamlErrors,
}
export type Code = keyof typeof catalogue
type DataOf<C extends Code> = Parameters<(typeof catalogue)[C]>[0]

export class Fault extends Error {
  readonly code: Code
  readonly loc: Loc | undefined
  readonly hint: string | undefined
  /** From the inside out: what was being done when it happened, and where that stands. */
  readonly trail: { readonly what: string; readonly loc?: Loc }[] = []
  constructor(code: Code, message: string, hint: string | undefined, loc: Loc | undefined, cause: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.name = 'Fault'
    this.code = code
    this.hint = hint
    this.loc = loc
  }
  /** Adds an outer step to the trail, as the error passes through it. */
  within(what: string, loc?: Loc): this {
    this.trail.push(loc === undefined ? { what } : { what, loc })
    return this
  }
}

/** The error of this code at this place. */
export function fault<C extends Code>(code: C, loc: Loc | undefined, data: DataOf<C>, cause?: unknown): Fault {
  const entry = catalogue[code] as (data: DataOf<C>) => { readonly message: string; readonly hint?: string }
  const { message, hint } = entry(data)
  return new Fault(code, message, hint, loc, cause)
}

/** What a module throws when it cannot do what it was asked: the task fails with `msg` and these result keys. */
export class Failure extends Error {
  readonly data: Data
  /** The next thing to do, where the module knows better than what is said of well-known words (errors/failure.ts). */
  readonly hint: string | undefined
  /** What is wrong, with its place, where that is known. */
  readonly fault: Fault | undefined
  constructor(msg: string, data: Data = {}, more?: string | Fault) {
    super(msg)
    this.name = 'Failure'
    this.data = data
    this.hint = typeof more === 'string' ? more : more?.hint
    this.fault = more instanceof Fault ? more : undefined
  }
}

export function toErrorData(error: Fault): ErrorData {
  return {
    code: error.code, message: error.message, trail: error.trail,
    ...(error.hint === undefined ? {} : { hint: error.hint }), ...(error.loc === undefined ? {} : { loc: error.loc }),
  }
}
/** Codes after which a host counts as unreachable, not failed. */
export const isUnreachable = (error: unknown): boolean => error instanceof Fault && error.code.startsWith('unreachable')

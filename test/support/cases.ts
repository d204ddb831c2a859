/**
 * Module cases: tables in test/cases/<module>.yml, read for both suites (tables.test.ts without a machine, generic.ts with one).
 * A file is a list of cases:
 *   name:     what is shown
 *   args:     arguments as in a playbook
 *   local:    { 'files/x.txt': text }: files of the controller; a template's text is what rendering it gives
 *   reads:    { probe: { id: answer } }: what the reads of this case find (fake target); see shorthand in fake-target.ts
 *   changes:  what the plan must announce: `state /t/d absent -> directory`, `text /t/f`, `run ls`; in order, all of them
 *   steps:    texts that the joined shell of the steps must contain, or the number of steps
 *   data:     result keys that must be there with these values
 *   fails:    a regular expression that the failure's message must match, in place of all of the above
 *   machine:  shell text that makes the start in an empty /t: the case then also runs in containers. `true`: nothing to make
 *   on:       where it runs: [debian, busybox] (default), or one of them
 *   again:    true where the module is not idempotent by its nature (touch): the second plan is not looked at
 *   dry:      false where the plan cannot be repeated over its own predictions
 *   trips:    round trips that a second plan may take, where one is not enough
 *   packages: packages that Debian's container needs for it
 *   then:     shell text that must succeed when all is done
 *   register: result keys that must be there after the run
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { load } from 'js-yaml'
import type { Data } from '../../runner/core/types.ts'
import type { Change, Module } from '../../runner/core/plan.ts'
import { validateArgs } from '../../runner/core/args.ts'

export interface Case {
  readonly module: string
  readonly name: string
  readonly args: Data
  readonly local: Readonly<Record<string, string>>
  readonly reads: Readonly<Record<string, Readonly<Record<string, unknown>>>> | undefined
  readonly changes: readonly string[] | undefined
  readonly steps: readonly string[] | number | undefined
  readonly data: Data | undefined
  readonly fails: string | undefined
  readonly machine: string | true | undefined
  readonly on: readonly string[]
  readonly again: boolean
  readonly dry: boolean
  readonly then: string | undefined
  readonly packages: readonly string[]
  readonly trips: number
  readonly register: Data | undefined
}

const folder = join(import.meta.dirname, '../cases')
const known = new Set(['name', 'args', 'local', 'reads', 'changes', 'steps', 'data', 'fails', 'machine', 'on', 'again', 'dry', 'then', 'register', 'packages', 'trips'])

const isRecord = (value: unknown): value is Data => typeof value === 'object' && value !== null && !Array.isArray(value)
const text = (value: unknown): string | undefined => typeof value === 'string' ? value : undefined
const strings = (value: unknown): string[] | undefined => Array.isArray(value) ? value.map(String) : undefined

function toCase(module: string, raw: unknown): Case {
  if (!isRecord(raw)) throw new Error(`${module}: a case is a mapping`)
  const strange = Object.keys(raw).filter((key) => !known.has(key))
  if (strange.length > 0) throw new Error(`${module}: ${String(raw.name)}: unknown keys ${strange.join(', ')}`)
  const reads = isRecord(raw.reads) ? Object.fromEntries(Object.entries(raw.reads).map(([probe, ids]) => [probe, isRecord(ids) ? ids : {}])) : undefined
  return {
    module, name: String(raw.name), args: isRecord(raw.args) ? raw.args : {},
    local: isRecord(raw.local) ? Object.fromEntries(Object.entries(raw.local).map(([path, value]) => [path, String(value)])) : {},
    reads, changes: strings(raw.changes), steps: typeof raw.steps === 'number' ? raw.steps : strings(raw.steps),
    data: isRecord(raw.data) ? raw.data : undefined, fails: text(raw.fails), machine: raw.machine === true ? true : text(raw.machine),
    on: strings(raw.on) ?? ['debian', 'busybox'], again: raw.again === true, dry: raw.dry !== false, then: text(raw.then), packages: strings(raw.packages) ?? [], trips: typeof raw.trips === 'number' ? raw.trips : 1,
    register: isRecord(raw.register) ? raw.register : undefined,
  }
}

/** The cases of all modules; of those named in CASES (comma-separated module names), if it is set. */
export function readCases(): Case[] {
  const only = process.env.CASES?.split(',')
  return readdirSync(folder).filter((name) => name.endsWith('.yml')).sort().flatMap((name) => {
    const module = name.slice(0, -4)
    if (only !== undefined && !only.includes(module)) return []
    const list = load(readFileSync(join(folder, name), 'utf8'))
    if (!Array.isArray(list)) throw new Error(`${name} is no list of cases`)
    return list.map((raw) => toCase(module, raw))
  })
}

export async function loadModule(name: string): Promise<Module> {
  const file: { readonly default: Module } = await import(`../../runner/modules/${name}.ts`)
  return file.default
}
/** Arguments as the engine would hand them over. */
export const argsOf = (module: Module, one: Case): ReturnType<typeof validateArgs> =>
  validateArgs(module.args, module.rules, one.args, { module: module.name, container: one.args })

/** A change as cases write it. */
export function shown(change: Change): string {
  if (change.kind === 'text') return `text ${change.of}`
  if (change.kind === 'run') return `run ${change.cmd}`
  return `${change.name} ${change.of} ${String(change.before)} -> ${String(change.after)}`
}

/** What an action may do: read, run steps, look at variables, add hosts. */
import type { Loc } from '../core/types.ts'
import type { Control, Ran, Step } from '../core/plan.ts'
import { valueLoc } from '../core/loc.ts'
import { fault } from '../core/errors.ts'
import { dictGet, isDict, Undefined } from '../core/value.ts'
import { resolveShown } from '../template/defined.ts'
import { judge } from './conditions.ts'
import type { Unit } from './arguments.ts'
import { isCheck } from './attempt.ts'
import { candidates, findLocal } from './files.ts'
import { environment, keyword, titleOf } from './keywords.ts'
import { placeOf, type Place } from './place.ts'
import { taskScope } from './scopes.ts'
import { HostTarget } from './target.ts'

class HostControl extends HostTarget implements Control {
  readonly #unit: Unit
  readonly #place: Place
  readonly host: string
  readonly connection: Control['connection']
  readonly checkMode: boolean
  readonly diffMode: boolean
  readonly verbosity: number

  constructor(unit: Unit, place: Place) {
    super(unit.run, place, unit.scope, unit.task)
    this.#unit = unit
    this.#place = place
    this.host = place.on.name
    this.connection = place.endpoint.connection
    this.checkMode = isCheck(unit)
    this.diffMode = unit.run.options.diff
    this.verbosity = unit.run.options.verbosity
  }
  variable(name: string): unknown {
    const { run, scope } = this.#unit
    return run.jinja.resolve(scope.get(name), scope)
  }
  shown(name: string): unknown {
    const { run, scope } = this.#unit
    const [first = '', ...keys] = name.split(/\.|\[(?=\d+\])/).map((part) => part.replace(/\]$/, ''))
    const written = keys.reduce<unknown>((value, key) => Array.isArray(value) ? value[Number(key)] : isDict(value) ? dictGet(value, key) : undefined, scope.get(first))
    return written === undefined ? undefined : resolveShown(written, run.jinja, scope)
  }
  origin(name: string): Loc | undefined {
    return valueLoc(this.#unit.scope.frameOf(name)?.vars, name)
  }
  condition(text: unknown): boolean {
    const { run, scope, task } = this.#unit
    return judge(run, text, scope, task.module, task.loc).truth
  }
  evaluate(expression: unknown): unknown {
    const { run, scope, task } = this.#unit
    if (typeof expression !== 'string') return run.jinja.resolve(expression, scope)
    const value = run.jinja.expression(expression, scope, () => task.loc)
    return value instanceof Undefined ? value : run.jinja.resolve(value, scope)
  }
  async run(steps: readonly Step[]): Promise<readonly Ran[]> {
    return (await this.#place.exchange()).run(steps)
  }
  way(): ReturnType<Control['way']> {
    const { run, host, task, scope } = this.#unit, { endpoint, become } = this.#own(), to = keyword(run, task, scope, 'delegate_to')
    return { name: host.name, endpoint, become, delegated: typeof to === 'string' && to !== '' ? to : undefined }
  }
  #own(): Place {
    const { run, play, host, task, varsFiles, scope } = this.#unit
    if (this.#place.delegated === undefined) return this.#place
    const { delegate_to: _, ...kw } = task.kw, own = { ...task, kw }
    return placeOf(run, play, host, own, taskScope(run, play, host, own, varsFiles, { search: scope.search }), varsFiles)
  }
  async plainly(at: 'controller' | 'host', steps: readonly Step[]): Promise<readonly Ran[]> {
    const { run, play, scope, task } = this.#unit
    const session = await run.pool.session(at === 'host' ? this.#place.endpoint : { connection: 'local', host: 'localhost' })
    const own = { env: environment(run, task, scope), ...(at === 'host' ? {} : { cwd: play.play.dir }) }
    try {
      return await session.run(steps.map((step) => ({ ...own, ...step })))
    } finally {
      for (const { machine } of [this.#place, this.#own()]) machine.changed()
    }
  }
  unforeseen(why: string): void { this.#own().machine.predict([{ unknown: why }]) }
  /** What was read before a pause counts no longer: an action waits for something to change. */
  async sleep(seconds: number): Promise<void> {
    await new Promise((resolve) => { setTimeout(resolve, seconds * 1000) })
    this.#place.machine.changed()
  }
  get title(): string { return titleOf(this.#unit.run, this.#unit.task, this.#unit.scope) }
  get ask(): Control['ask'] {
    const { run, host, task } = this.#unit, { askKeys } = run
    if (askKeys === undefined) return undefined
    return (question) => { run.emit({ type: 'asking', host: host.name, task: task.id }); return askKeys(question) }
  }
  progress(text: string): void {
    const { run, task } = this.#unit
    run.emit({ type: 'output', host: this.#unit.host.name, task: task.id, chunk: run.masker.text(text) })
  }
  say(text: string): void { this.#unit.run.emit({ type: 'said', text: this.#unit.run.masker.text(text) }) }
  warn(message: string): void { this.#unit.run.warn(message, this.#unit.task.loc) }
  keepSecret(text: string): void { this.#unit.run.masker.add(text) }
  addHost(host: Parameters<Control['addHost']>[0]): boolean { return this.#unit.run.inventory.addHost(host.name, host.groups, host.vars) }
  addGroup(group: string, parents: readonly string[]): boolean {
    return this.#unit.run.inventory.addGroup(group, parents, [this.#unit.host.name])
  }
  async load(path: string): Promise<unknown> {
    const { run, scope, task } = this.#unit
    const file = await findLocal(scope.search, 'vars', path, task.loc)
    if (file.kind === 'directory') throw fault('file-not-found', task.loc, { path, searched: candidates(scope.search, 'vars', path) })
    return run.loadMapping(file.path)
  }
}

export const createControl = (unit: Unit, place: Place): HostControl => new HostControl(unit, place)

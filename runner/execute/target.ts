/** What a module sees of its host: reads through the exchange, files and templates of the controller. */
import type { LocalFile, Probe, RenderOptions, Target, Task } from '../core/types.ts'
import { locOf } from '../core/loc.ts'
import { Unknown, UnknownValue } from '../core/value.ts'
import type { Scope } from '../vars/scope.ts'
import type { Run } from './context.ts'
import type { Place } from './place.ts'
import { findLocal } from './files.ts'

export class HostTarget implements Target {
  /** Reasons why reads of this target may find otherwise in a real run. */
  readonly uncertain = new Set<string>()
  readonly #run: Run
  readonly #place: Place
  readonly #scope: Scope
  readonly #task: Task

  constructor(run: Run, place: Place, scope: Scope, task: Task) {
    this.#run = run
    this.#place = place
    this.#scope = scope
    this.#task = task
  }
  get user(): string { return this.#place.become?.user ?? this.#place.endpoint.user ?? '' }

  async read<K, T>(probe: Probe<K, T>, key: K): Promise<T> {
    const exchange = await this.#place.exchange()
    const answer = await exchange.read(probe, key)
    // A plan may have foreseen no more than that the answer changes.
    if (answer.value instanceof Unknown) throw new UnknownValue(answer.value.reason)
    if (answer.uncertain !== undefined) this.uncertain.add(answer.uncertain)
    return answer.value
  }
  local(kind: 'files' | 'templates' | 'vars', path: string): Promise<LocalFile> {
    return findLocal(this.#scope.search, kind, path, locOf(this.#task.args) ?? this.#task.loc)
  }
  render(file: LocalFile, options: RenderOptions = {}): Promise<string> {
    return this.#run.renderFile(file, this.#scope, options)
  }
}

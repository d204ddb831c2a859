/** What a module sees of its host: reads through the exchange, files and templates of the controller. */
import type { Task } from '../core/types.ts'
import type { LocalFile, Probe, RenderOptions, Target } from '../core/plan.ts'
import { locOf } from '../core/loc.ts'
import { truthy } from './connect.ts'
import { dictGet, isDict, Unknown, UnknownValue, VaultText } from '../core/value.ts'
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

  readonly #when: 'now' | 'ahead'

  constructor(run: Run, place: Place, scope: Scope, task: Task, when: 'now' | 'ahead' = 'now') {
    this.#when = when
    this.#run = run
    this.#place = place
    this.#scope = scope
    this.#task = task
  }
  get user(): string { return this.#place.become?.user ?? this.#place.endpoint.user ?? '' }

  async read<K, T>(probe: Probe<K, T>, key: K, use?: 'along'): Promise<T> {
    const exchange = await this.#place.exchange()
    const answer = await exchange.read(probe, key, this.#when)
    // A plan may have foreseen no more than that the answer changes.
    if (answer.value instanceof Unknown) throw new UnknownValue(answer.value.reason)
    if (answer.uncertain !== undefined && use === undefined) this.uncertain.add(answer.uncertain)
    return answer.value
  }
  local(kind: 'files' | 'templates' | 'vars', path: string): Promise<LocalFile> { return this.#place.machine.prepare(this.#find(kind, path)) }
  async #find(kind: 'files' | 'templates' | 'vars', path: string): Promise<LocalFile> {
    const { args } = this.#task
    const file = await findLocal(this.#scope.search, kind, path, locOf(args) ?? this.#task.loc)
    const stays = isDict(args) && dictGet(args, 'decrypt') !== undefined && !truthy(this.#run.jinja.resolve(dictGet(args, 'decrypt'), this.#scope))
    const { machine } = this.#place
    const opened = stays || kind === 'vars' ? file : this.#opened(file)
    return { ...opened, read: () => machine.prepare(opened.read()), list: () => machine.prepare(opened.list()) }
  }
  /** A file that is vault text is handed out decrypted, as Ansible's `decrypt` does by default. */
  #opened(file: LocalFile): LocalFile {
    const read = async (): Promise<Uint8Array> => {
      const bytes = await file.read()
      const text = Buffer.from(bytes.subarray(0, 15)).toString('latin1')
      if (!text.startsWith('$ANSIBLE_VAULT;')) return bytes
      const plain = this.#run.jinja.resolve(new VaultText(Buffer.from(bytes).toString('latin1'), { file: file.path, line: 1, column: 1 }), this.#scope)
      return new Uint8Array(Buffer.from(String(plain)))
    }
    const list: LocalFile['list'] = async () => (await file.list()).map((one) => ({ relative: one.relative, file: this.#opened(one.file) }))
    return { ...file, read, list }
  }
  render(file: LocalFile, options: RenderOptions = {}): Promise<string> {
    return this.#place.machine.prepare(this.#run.renderFile(file, this.#scope, options))
  }
}

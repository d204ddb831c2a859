/** Lazy lookup of variables: frames from low to high precedence, asked from the top, each name found once. */
import type { Data, Frame } from '../core/types.ts'
import type { Vars } from '../template/call.ts'
import { mergeDicts } from '../core/merge.ts'
import { isDict, Pending } from '../core/value.ts'
import type { Dict } from '../core/value.ts'

export interface ScopeOptions {
  readonly search: readonly string[]
  readonly filesIn?: string
  /** Names that a task in between will set: asking for one throws Pending (looking ahead stops there). */
  readonly pending?: ReadonlySet<string>
  /** Called before a lookup runs or writes something. */
  readonly acting?: () => void
  /** `hash_behaviour = merge`: dicts of so many frames, from the lowest on, are merged. */
  readonly mergesBelow?: number
  /** Names that were asked for, for whoever wants to know what a task depends on. */
  readonly asked?: Set<string>
}

export class Scope implements Vars {
  readonly memo = new Map<object, unknown>()
  readonly search: readonly string[]
  readonly filesIn: string | undefined
  readonly #frames: readonly Frame[]
  readonly #options: ScopeOptions
  readonly #found = new Map<string, unknown>()

  /** `frames`: lowest precedence first. */
  constructor(frames: readonly Frame[], options: ScopeOptions) {
    this.#frames = frames
    this.#options = options
    this.search = options.search
    this.filesIn = options.filesIn
  }

  get(name: string): unknown {
    const { pending, asked } = this.#options
    if (pending?.has(name) === true) throw new Pending(name)
    asked?.add(name)
    const known = this.#found.get(name)
    if (known !== undefined || this.#found.has(name)) return known
    const value = this.#options.mergesBelow === undefined ? this.#find(name)?.value : this.#merged(name, this.#options.mergesBelow)
    this.#found.set(name, value)
    return value
  }
  /** Dicts above one another, down to the first value that is none. */
  #merged(name: string, mergesBelow: number): unknown {
    const first = this.#find(name)
    if (first === undefined || !isDict(first.value) || first.at >= mergesBelow) return first?.value
    const dicts: Dict[] = [first.value]
    for (let next = this.#find(name, first.at); next !== undefined && isDict(next.value); next = this.#find(name, next.at)) dicts.unshift(next.value)
    return dicts.reduce(mergeDicts)
  }
  #find(name: string, below = this.#frames.length): { readonly frame: Frame; readonly value: unknown; readonly at: number } | undefined {
    for (let i = below - 1; i >= 0; i--) {
      const frame = this.#frames[i]
      if (frame === undefined) continue
      if (Object.hasOwn(frame.vars, name)) return { frame, value: frame.vars[name], at: i }
      const value = frame.computed?.get(name)
      if (value !== undefined) return { frame, value, at: i }
    }
    return undefined
  }

  acting(): void { this.#options.acting?.() }

  /** The frame that wins for a name: where its value comes from. */
  frameOf(name: string): Frame | undefined { return this.#find(name)?.frame }

  names(): Iterable<string> {
    return new Set(this.#frames.flatMap((frame) => [...Object.keys(frame.vars), ...frame.computed?.names() ?? []]))
  }

  /** A scope with these names in front; values evaluated here are evaluated anew there, since the names may change them. */
  child(names: Readonly<Data>): Scope {
    return new Scope([...this.#frames, { name: 'local', vars: names }], this.#options)
  }
}

/**
 * What goes to and comes from one account on one machine: reads and steps of a turn of the event loop travel in one write, reads
 * joined into one script a probe. An answer counts until something on the machine may have changed (an epoch); in a dry run the
 * predictions of earlier tasks are overlaid.
 */
import type { Predicted, Probe, Ran, Step } from '../core/plan.ts'
import type { RunOptions, Session } from '../core/session.ts'
import { fault } from '../core/errors.ts'

/** What a read found, and, in a dry run, why a real run might find otherwise. */
export interface Answer<T> { readonly value: T; readonly uncertain?: string }

/** A batch that is ready waits for reads that may join it, for so many turns of a millisecond: where the machine is busy and this process gets no turn, none counts. */
const longestWait = 20

/** What is known of one machine (an endpoint): shared by all inventory hosts and accounts that are on it. */
export class Machine {
  readonly #answers = new Map<string, Map<string, Promise<unknown>>>()
  readonly #lasting = new Map<string, Map<string, Promise<unknown>>>()
  readonly #predicted = new Map<string, Map<string, unknown>>()
  readonly #unforeseen: Extract<Predicted, { readonly unknown: string }>[] = []
  #epoch = 0
  #preparing = 0
  #waiting: (() => void)[] = []
  #patience: NodeJS.Timeout | undefined

  /** Work on the controller (a file to read, a template to render) behind which reads of this machine will follow: the batch that they belong to waits for it. */
  async prepare<T>(work: Promise<T>): Promise<T> {
    this.#preparing += 1
    try { return await work } finally {
      this.#preparing -= 1
      // what follows may prepare more, or ask for its reads, before the turn ends
      setImmediate(() => { if (this.#preparing === 0) this.#release() })
    }
  }
  /** Calls back when nothing is being prepared, or when that takes too long. */
  whenPrepared(work: () => void): void {
    if (this.#preparing === 0) { work(); return }
    this.#waiting.push(work)
    if (this.#waiting.length === 1) this.#wait(longestWait)
  }
  #wait(turns: number): void {
    if (turns === 0) this.#release()
    else this.#patience = setTimeout(() => { this.#wait(turns - 1) }, 1)
  }
  #release(): void {
    clearTimeout(this.#patience)
    const waiting = this.#waiting
    this.#waiting = []
    for (const work of waiting) work()
  }
  get epoch(): number { return this.#epoch }
  /** Something may have changed here: whatever was read may be wrong now. */
  changed(): void {
    this.#epoch += 1
    this.#answers.clear()
  }
  /** Steps of an account have ended: what other accounts, with sessions of their own, read meanwhile may be from before. */
  ended(account: string): void {
    for (const other of [...this.#answers.keys()]) if (other !== account) this.#answers.delete(other)
  }
  /** Something may have brought or taken programs: what usually lasts (the tools of the machine) is read anew too. */
  forget(): void { this.#lasting.clear() }
  /** A dry run: from now on reads find what these steps would have left. */
  predict(after: readonly Predicted[]): void {
    for (const one of after) {
      if ('unknown' in one) { this.#unforeseen.push(one); continue }
      const ofProbe = this.#predicted.get(one.probe) ?? new Map<string, unknown>()
      ofProbe.delete(one.id) // a later prediction must also stand later: it may overrule what another id implied
      ofProbe.set(one.id, one.value)
      this.#predicted.set(one.probe, ofProbe)
    }
  }
  /** The last word of the predictions on this key: its own, or what a later one for another id implies. */
  foreseen<K, T>(probe: Probe<K, T>, key: K): { readonly value: T } | undefined {
    const ofProbe = this.#predicted.get(probe.name)
    if (ofProbe === undefined) return undefined
    const id = probe.id(key)
    let found: { readonly value: T } | undefined
    for (const [otherId, value] of ofProbe as Map<string, T>) {
      // the answer itself may be undefined: no such user
      if (otherId === id) { found = { value }; continue }
      const implied = probe.imply?.(otherId, value, key)
      if (implied !== undefined) found = { value: implied }
    }
    return found
  }
  /** Why a thing (a path, a name) may be there in a real run that this dry run does not find. */
  unforeseen(id: string, probe?: string): string | undefined {
    const path = id.replace(/^\w+:(?=\/)/, '') // a checksum's id has its algorithm in front
    const isIn = (folders: readonly string[]): boolean => folders.some((folder) => path === folder || path.startsWith(`${folder}/`))
    return this.#unforeseen.findLast(({ spares = [], within, keeps = [] }) => !isIn(spares) && (within === undefined || isIn(within)) && !(probe !== undefined && keeps.includes(probe)))?.unknown
  }

  answers(account: string, lasting: boolean): Map<string, Promise<unknown>> {
    const all = lasting ? this.#lasting : this.#answers
    const known = all.get(account) ?? new Map<string, Promise<unknown>>()
    all.set(account, known)
    return known
  }
}

/** A read that was asked for and has not been sent. One that only looks ahead travels when something is sent anyway. */
interface Asked { readonly key: unknown; isWanted: boolean; resolve(answer: unknown): void; reject(error: unknown): void }
interface Group { readonly asked: Map<string, Asked>; send(): void }
/** What a read ends with that looked ahead and was overtaken by a step. */
class Overtaken extends Error {}

export class Exchange {
  readonly session: Session
  readonly machine: Machine
  readonly #account: string
  readonly #env: Readonly<Record<string, string>>
  #steps: (() => void)[] = []
  #groups = new Map<string, Group>()
  #scheduled = false

  constructor(session: Session, machine: Machine, account: string, env: Readonly<Record<string, string>>) {
    this.session = session
    this.machine = machine
    this.#account = account
    this.#env = env
  }

  /** `ahead`: nobody waits for it yet. */
  async read<K, T>(probe: Probe<K, T>, key: K, when: 'now' | 'ahead' = 'now'): Promise<Answer<T>> {
    const foreseen = this.machine.foreseen(probe, key)
    if (foreseen !== undefined) return foreseen
    const known = this.machine.answers(this.#account, probe.lasting === true)
    const id = `${probe.name}\0${probe.id(key)}`
    const before = known.get(id) as Promise<T> | undefined
    const asked = before ?? this.#ask(probe, key)
    if (when === 'now') this.#want(probe.name, probe.id(key))
    if (before === undefined) {
      known.set(id, asked)
      asked.catch(() => { if (known.get(id) === asked) known.delete(id) })
    }
    const value = await asked
    const reason = this.machine.unforeseen(probe.id(key), probe.name)
    return reason !== undefined && probe.absent?.(value) === true ? { value, uncertain: reason } : { value }
  }

  /** Runs steps before any read that was asked for in this turn. What was known of the machine ends here. */
  run(steps: readonly Step[], options?: RunOptions): Promise<readonly Ran[]> {
    this.machine.changed()
    for (const { asked } of this.#groups.values()) for (const [id, one] of asked) {
      if (one.isWanted) continue
      asked.delete(id)
      one.reject(new Overtaken())
    }
    return new Promise((resolve, reject) => {
      const withEnv = steps.map((step): Step => ({ ...step, env: { ...this.#env, ...step.env } }))
      this.#steps.push(() => { this.session.run(withEnv, options).finally(() => { this.machine.ended(this.#account) }).then(resolve, reject) })
      this.#schedule()
    })
  }

  #ask<K, T>(probe: Probe<K, T>, key: K): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const group = this.#groups.get(probe.name) ?? this.#groupOf(probe)
      this.#groups.set(probe.name, group)
      const id = probe.id(key), before = group.asked.get(id)
      group.asked.set(id, {
        key, isWanted: before?.isWanted ?? false,
        resolve: (answer) => { before?.resolve(answer); resolve(answer as T) }, reject: (error) => { before?.reject(error); reject(error) },
      })
    })
  }
  #want(probe: string, id: string): void {
    const unsent = this.#groups.get(probe)?.asked.get(id)
    if (unsent === undefined || unsent.isWanted) return
    unsent.isWanted = true
    this.#schedule()
  }

  #groupOf<K, T>(probe: Probe<K, T>): Group {
    const asked = new Map<string, Asked>()
    const send = (): void => {
      const all = [...asked.values()]
      if (all.length === 0) return
      const keys = all.map((one) => one.key as K)
      const answer = (ran: Ran | undefined): void => {
        if (ran?.lost !== undefined) throw fault('read-lost', undefined, { probe: probe.name, why: ran.lost })
        const answers = probe.parse(ran?.stdout ?? '', keys)
        if (answers.length !== keys.length) throw fault('probe-unreadable', undefined, { probe: probe.name, output: `${ran?.stdout ?? ''}${ran?.stderr ?? ''}` })
        answers.forEach((one, i) => all[i]?.resolve(one))
      }
      this.session.run([{ sh: probe.script(keys), okRc: 'any', env: this.#env }]).then(([ran]) => { answer(ran) })
        .catch((error: unknown) => { for (const one of all) one.reject(error) })
    }
    return { asked, send }
  }

  #schedule(): void {
    if (this.#scheduled) return
    this.#scheduled = true
    setImmediate(() => { this.machine.whenPrepared(() => { this.#send() }) })
  }
  #send(): void {
    const steps = this.#steps
    const groups = [...this.#groups.values()]
    this.#steps = []
    this.#groups = new Map()
    this.#scheduled = false
    for (const start of steps) start()
    for (const group of groups) group.send()
  }
}

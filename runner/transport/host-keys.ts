/** Decides about the host keys that servers show: by known_hosts, by the strictness asked for, by asking the user. */
import { appendFile, mkdir, readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { fault } from '../core/errors.ts'
import type { Fault } from '../core/errors.ts'
import { algorithmsFor, fingerprint, judge, keyKind, knownHostsLine, listedName, parseKnownHosts } from './known-hosts.ts'
import type { HostKeyAlgorithm, KnownHost } from './known-hosts.ts'
import type { SshPlace } from './ssh-config.ts'

export interface KeyQuestions {
  warn(message: string): void
  promptHostKey?: ((question: string) => Promise<boolean>) | undefined
}

export interface HostKeyCheck {
  readonly algorithms: HostKeyAlgorithm[]
  verify(key: Buffer): Promise<boolean>
  /** Why `verify` said no. */
  readonly refusal: Fault | undefined
  /** The key has changed and is accepted all the same: no password may be sent (as OpenSSH under StrictHostKeyChecking=no). */
  isDoubtful(): boolean
}

export class HostKeys {
  private readonly questions: KeyQuestions
  private readonly files = new Map<string, Promise<readonly KnownHost[]>>()
  /** One question at a time, whatever number of hosts is waiting. */
  private asking: Promise<unknown> = Promise.resolve()
  private toldUnseen = false

  constructor(questions: KeyQuestions) { this.questions = questions }

  async checkFor(place: SshPlace): Promise<HostKeyCheck> {
    const name = place.hostKeyAlias?.toLowerCase() ?? listedName(place.hostname, place.port)
    const entries = (await Promise.all(place.knownHostsFiles.map((file) => this.read(file)))).flat()
    return new Check(place, name, entries, this)
  }

  private read(file: string): Promise<readonly KnownHost[]> {
    const known = this.files.get(file) ?? readFile(file, 'utf8').then((text) => parseKnownHosts(text, file), () => [])
    this.files.set(file, known)
    return known
  }

  warn(message: string): void { this.questions.warn(message) }
  /** Once a run: who turned the check off need not hear it of every host. */
  warnUnseen(message: string): void {
    if (!this.toldUnseen) this.warn(message)
    this.toldUnseen = true
  }

  ask(question: string): Promise<boolean> {
    const { promptHostKey } = this.questions
    if (promptHostKey === undefined) return Promise.resolve(false)
    const answer = this.asking.then(() => promptHostKey(question))
    this.asking = answer.catch(() => undefined)
    return answer
  }

  /** Written to the first file named, as OpenSSH does; later connections of this run see it too. */
  async remember(place: SshPlace, name: string, key: Buffer): Promise<void> {
    const [file] = place.knownHostsFiles
    if (file === undefined || file === '/dev/null') return
    this.files.delete(file)
    try {
      await mkdir(dirname(file), { recursive: true, mode: 0o700 })
      await appendFile(file, knownHostsLine(name, key, place.hashKnownHosts), { mode: 0o600 })
    } catch (error) {
      this.warn(`${place.name}: its host key was accepted but could not be written to ${file}: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
}

class Check implements HostKeyCheck {
  readonly algorithms: HostKeyAlgorithm[]
  refusal: Fault | undefined
  private doubtful = false
  private readonly place: SshPlace
  private readonly name: string
  private readonly entries: readonly KnownHost[]
  private readonly keys: HostKeys

  constructor(place: SshPlace, name: string, entries: readonly KnownHost[], keys: HostKeys) {
    this.place = place
    this.name = name
    this.entries = entries
    this.keys = keys
    this.algorithms = algorithmsFor(entries, name)
  }

  isDoubtful(): boolean { return this.doubtful }

  async verify(key: Buffer): Promise<boolean> {
    const verdict = judge(this.entries, this.name, key)
    const about = { host: this.place.name, kind: keyKind(key), fingerprint: fingerprint(key) }
    switch (verdict.is) {
      case 'known': return true
      case 'revoked': return this.refuse(fault('unreachable-host-key-revoked', undefined, { ...about, file: verdict.entry.file, line: verdict.entry.line }))
      case 'changed': {
        const changed = fault('unreachable-host-key-changed', undefined, { ...about, file: verdict.entry.file, line: verdict.entry.line })
        if (this.place.strict !== 'no') return this.refuse(changed)
        this.doubtful = true
        this.keys.warn(`${changed.message}; accepted without password authentication, since host key checking is off`)
        return true
      }
      case 'authority':
        if (this.place.strict === 'no') return this.accept(key)
        return this.refuse(fault('unreachable-host-key-authority', undefined, { host: this.place.name, file: verdict.entry.file, line: verdict.entry.line }))
      case 'unknown': return this.accept(key)
      default: return verdict satisfies never
    }
  }

  private async accept(key: Buffer): Promise<boolean> {
    const { place, keys } = this
    const kind = keyKind(key), print = fingerprint(key)
    if (place.strict === 'no') {
      keys.warnUnseen(`${place.name}: the ${kind} host key ${print} is not known; accepted unseen, since host key checking is off. The same holds for other hosts`)
      return true
    }
    const isAccepted = place.strict === 'accept-new'
      || (place.strict === 'ask' && await keys.ask(`The ${kind} host key of ${place.name} (${place.hostname} port ${place.port}) is not known.\nIts fingerprint is ${print}. Trust it and remember it?`))
    if (!isAccepted) return this.refuse(fault('unreachable-host-key-unknown', undefined, { host: place.name, port: place.port, kind, fingerprint: print }))
    await keys.remember(place, this.name, key)
    return true
  }

  private refuse(why: Fault): false {
    this.refusal = why
    return false
  }
}

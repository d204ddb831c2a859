/**
 * Containers for tests of modules: one a kind (debian, busybox) and a process, with one session that stays open. `target()` is what a
 * module sees; `predict` overlays predictions as a dry run does; `read` asks the machine itself.
 */
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { LocalFile, Predicted, Probe, Ran, Step, Target } from '../../runner/core/plan.ts'
import type { Session } from '../../runner/core/session.ts'
import { createMasker } from '../../runner/core/mask.ts'
import { UnknownValue, Unknown } from '../../runner/core/value.ts'
import { openPool } from '../../runner/transport/pool.ts'
import { Exchange, Machine } from '../../runner/execute/exchange.ts'
import type { Case } from './cases.ts'
import { localFile, renderFile } from './local-files.ts'

const run = promisify(execFile)
export type Kind = 'debian' | 'busybox'
const images: Readonly<Record<Kind, string>> = { debian: process.env.PLAY_DEBIAN_IMAGE ?? 'play-base:12', busybox: process.env.PLAY_BUSYBOX_IMAGE ?? 'play-busybox:1' }
const scripts: Readonly<Record<Kind, string>> = { debian: '../../lab/base-image.sh', busybox: '../hosts/busybox-image.sh' }

export interface TestMachine {
  readonly kind: Kind
  readonly container: string
  readonly session: Session
  /** Steps as they are; what was read before counts no more. */
  run(steps: readonly Step[]): Promise<readonly Ran[]>
  /** Shell text that must succeed; its output. */
  sh(text: string): Promise<string>
  /** What a module sees: the machine, overlaid by `predictions` if there are any. */
  target(one: Pick<Case, 'local'>, predictions?: readonly Predicted[]): Target
  read<K, T>(probe: Probe<K, T>, key: K): Promise<T>
  close(): Promise<void>
}

export async function openMachine(kind: Kind, options: readonly string[] = []): Promise<TestMachine> {
  const image = images[kind]
  await run('docker', ['image', 'inspect', image]).catch(() => run('sh', [join(import.meta.dirname, scripts[kind])], { timeout: 600_000 }))
  const container = `play-test-${kind}-${process.pid}`
  await run('docker', ['run', '-d', '--init', '--label', 'play-test', '--name', container, ...options, image, 'sh', '-c', 'trap "exit 0" TERM; while :; do sleep 1000 & wait $!; done'])
  const pool = openPool({ masker: createMasker(), warn: () => undefined })
  const session = await pool.session({ connection: 'docker', host: container })
  return new Container(kind, container, session, async () => {
    await pool.close()
    await run('docker', ['rm', '-f', container])
  })
}

class Container implements TestMachine {
  readonly kind: Kind
  readonly container: string
  readonly session: Session
  readonly close: () => Promise<void>
  #exchange: Exchange
  constructor(kind: Kind, container: string, session: Session, close: () => Promise<void>) {
    this.kind = kind
    this.container = container
    this.session = session
    this.close = close
    this.#exchange = this.#fresh()
  }
  #fresh(): Exchange { return new Exchange(this.session, new Machine(), 'root', {}) }

  async run(steps: readonly Step[]): Promise<readonly Ran[]> {
    const ran = await this.session.run(steps)
    this.#exchange = this.#fresh()
    return ran
  }
  async sh(text: string): Promise<string> {
    const [ran] = await this.run([{ sh: text, okRc: 'any' }])
    if (ran?.rc !== 0) throw new Error(`${this.kind}: ${text}\nexit code ${ran?.rc}: ${ran?.stderr}${ran?.stdout}`)
    return ran.stdout
  }
  async read<K, T>(probe: Probe<K, T>, key: K): Promise<T> {
    return (await this.#exchange.read(probe, key)).value
  }
  target(one: Pick<Case, 'local'>, predictions: readonly Predicted[] = []): Target {
    const exchange = this.#fresh()
    exchange.machine.predict(predictions)
    return {
      user: 'root',
      read: async <K, T>(probe: Probe<K, T>, key: K, use?: 'along'): Promise<T> => {
        const { value, uncertain } = await exchange.read(probe, key)
        if (value instanceof Unknown) throw new UnknownValue(value.reason)
        if (uncertain !== undefined && use === undefined) throw new UnknownValue(uncertain)
        return value
      },
      local: async (kind: string, path: string): Promise<LocalFile> => localFile(one.local, kind, path),
      render: renderFile,
    }
  }
}

/**
 * Looks after a step that takes long, from a second shell of the same account: hands on what it has printed so far, and ends it when its
 * time is up. A step that ends within two seconds costs nothing.
 */
import { StringDecoder } from 'node:string_decoder'
import { quote } from '../core/sh.ts'
import type { RunOptions } from '../core/session.ts'
import { Asker } from './asker.ts'
import type { Shell } from './shell.ts'

/** What a timer can wait for at most; a longer limit is none. */
const longestTimerMs = 2 ** 31 - 1
const firstLookMs = 2000, everyMs = 1000, chunkBytes = 64 * 1024

export interface Watched {
  open(): Promise<Shell>
  readonly options: RunOptions
  /** The session's shell; everything below it is the running step. */
  readonly pid: number
  readonly folder: string
  /** The step will be ended; the answer is how to give up the whole shell, for when that does not help. */
  onTimeout(seconds: number): () => void
}

/** Signals everything below a process. /proc where there is one (BusyBox ps has no -o ppid everywhere), else POSIX ps. */
const killBelow = (pid: number, signal: string): string => `
if [ -r /proc/$$/stat ]; then
  _list=$(for s in /proc/[0-9]*/stat; do { read -r l <"$s"; } 2>/dev/null || continue; p=\${s#/proc/}; r=\${l##*) }; r=\${r#? }; echo "\${p%/stat} \${r%% *}"; done)
else _list=$(ps -A -o pid= -o ppid=); fi
below() { echo "$_list" | while read -r p q; do if [ "$q" = "$1" ]; then echo "$p"; (below "$p"); fi; done; }
_all=$(below ${pid}); [ -z "$_all" ] || kill -${signal} $_all 2>/dev/null; :`

export class Watch {
  private readonly watched: Watched
  private serial = 0
  private readonly offsets = { o: 0, e: 0 }
  private decoders = { o: new StringDecoder('utf8'), e: new StringDecoder('utf8') }
  private polling: NodeJS.Timeout | undefined
  private limit: NodeJS.Timeout | undefined
  private giveUp: NodeJS.Timeout | undefined
  private isStopped = false
  private side: Promise<Asker> | undefined

  constructor(watched: Watched) {
    this.watched = watched
    const { timeoutSeconds } = watched.options
    if (timeoutSeconds !== undefined && timeoutSeconds > 0) this.limit = setTimeout(() => void this.timeUp(timeoutSeconds), Math.min(timeoutSeconds * 1000, longestTimerMs))
  }

  /** This step runs now. */
  look(serial: number): void {
    if (this.isStopped || serial === this.serial) return
    this.serial = serial
    this.offsets.o = this.offsets.e = 0
    this.decoders = { o: new StringDecoder('utf8'), e: new StringDecoder('utf8') }
    clearTimeout(this.polling)
    if (this.watched.options.onOutput !== undefined) this.polling = setTimeout(() => void this.poll(), firstLookMs)
  }

  stop(): void {
    this.isStopped = true
    clearTimeout(this.polling)
    clearTimeout(this.limit)
    clearTimeout(this.giveUp)
    void this.side?.then((side) => side.close(), () => undefined)
  }

  private async poll(): Promise<void> {
    const serial = this.serial
    try {
      for (const kind of ['o', 'e'] as const) {
        const file = `${quote(this.watched.folder)}/${kind}${serial}`
        const bytes = await this.ask(`tail -c +${this.offsets[kind] + 1} ${file} 2>/dev/null | head -c ${chunkBytes}`)
        if (this.isStopped || serial !== this.serial) return
        this.offsets[kind] += bytes.length
        const text = this.decoders[kind].write(bytes)
        if (text !== '') this.watched.options.onOutput?.(text)
      }
    } catch {
      return // no second channel: the output is in the answer anyway
    }
    this.polling = setTimeout(() => void this.poll(), everyMs)
  }

  private async timeUp(seconds: number): Promise<void> {
    const dropShell = this.watched.onTimeout(seconds)
    this.giveUp = setTimeout(dropShell, 5000)
    try {
      await this.ask(killBelow(this.watched.pid, 'TERM'))
      while (!this.isStopped) {
        await new Promise((resolve) => setTimeout(resolve, 500))
        if (!this.isStopped) await this.ask(killBelow(this.watched.pid, 'KILL'))
      }
    } catch {
      dropShell()
    }
  }

  private async ask(text: string): Promise<Buffer> {
    this.side ??= this.watched.open().then((shell) => {
      shell.pipe.stderr.resume()
      return new Asker(shell)
    })
    return (await (await this.side).ask(text)).stdout
  }
}

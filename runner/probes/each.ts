/** Makes probes that run one command a key: what stands between the answers, and how they are told apart again. */
import type { Probe } from '../core/plan.ts'

export interface Answered { readonly rc: number; readonly stdout: string }
interface Each<K, T> {
  readonly name: string
  readonly lasting?: boolean
  /** Shell text that comes once, before all keys: functions, variables. */
  readonly prologue?: string
  id(key: K): string
  /** Shell text for one key, run in a subshell; stderr is thrown away. */
  command(key: K): string
  parse(answer: Answered, key: K): T
  absent?(value: T): boolean
  imply?(id: string, value: T, key: K): T | undefined
}

const mark = /\n\u0001(\d+)\u0001\n/
/** A command's answers may hold anything but this: a line of a number between two SOH characters. */
export function defineEach<K, T>({ prologue = '', command, parse, ...rest }: Each<K, T>): Probe<K, T> {
  return {
    ...rest,
    script: (keys) => prologue + keys.map((key) => `(\n${command(key)}\n) 2>/dev/null; printf '\\n\\001%d\\001\\n' $?`).join('\n'),
    parse(stdout, keys) {
      const parts = stdout.split(mark)
      return keys.map((key, i) => parse({ stdout: parts[2 * i] ?? '', rc: Number(parts[2 * i + 1] ?? 255) }, key))
    },
  }
}

/** Lines of a text that hold something. */
export const lines = (text: string): string[] => text.split('\n').filter((line) => line !== '')

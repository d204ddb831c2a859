/** `log_path`: the lines of a run in a file, each with its time, as Ansible's log has them. */
import { appendFileSync, writeFileSync } from 'node:fs'
import { userInfo } from 'node:os'
import type { Reporter } from '../core/events.ts'
import type { HumanOptions } from './display.ts'
import { createHuman } from './human.ts'

/** Why the file cannot be written, before anything runs. */
export function logProblem(path: string): string | undefined {
  try { writeFileSync(path, '', { flag: 'a' }); return undefined } catch (error) { return error instanceof Error ? error.message : String(error) }
}

export function createLog(path: string, options: HumanOptions): Reporter {
  const user = userInfo().username
  const write = (level: 'INFO' | 'ERROR') => (text: string): void => {
    const plain = text.replace(/^\n/, '')
    if (plain.trim() === '') return
    appendFileSync(path, `${stamp(new Date())} p=${process.pid} u=${user} n=play ${level}| ${plain.endsWith('\n') ? plain : `${plain}\n`}`)
  }
  return createHuman({ write: write('INFO') }, { write: write('ERROR') }, { ...options, color: false })
}

const two = (n: number): string => String(n).padStart(2, '0')
const stamp = (at: Date): string =>
  `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())},${String(at.getMilliseconds()).padStart(3, '0')}`

/** Asks the person at the terminal key by key: a line, or a key that ends or interrupts, within a time. Gives the terminal back as it was. */
import { readFileSync } from 'node:fs'
import type { Question, Reply } from '../core/plan.ts'

/** A terminal that this process may read: one that runs in the background would be stopped for it. */
export function mayRead(input: NodeJS.ReadStream): boolean {
  if (input.isTTY !== true) return false
  try {
    const [, , group, , , foreground] = readFileSync('/proc/self/stat', 'utf8').replace(/^.*\) /s, '').split(' ')
    return group === foreground
  } catch { return true }
}

const has = (keys: readonly string[], key: string): boolean => keys.includes(key.toLowerCase())
/** What is typed and what is shown of it after one more key. */
function typed(text: string, key: string, echo: boolean): { readonly text: string; readonly shown: string } {
  if (key === '\x7f' || key === '\b') return text === '' ? { text, shown: '' } : { text: [...text].slice(0, -1).join(''), shown: echo ? '\b \b' : '' }
  if (key < ' ') return { text, shown: '' }
  return { text: text + key, shown: echo ? key : '' }
}

export function untilKey(input: NodeJS.ReadStream, output: { write(text: string): unknown }, question: Question): Promise<Reply> {
  const ends = question.ends ?? ['\r', '\n'], interrupts = question.interrupts ?? ['\x03']
  return new Promise((resolve) => {
    let text = ''
    const finish = (reply: Reply): void => {
      clearTimeout(timer)
      input.off('data', hear)
      input.setRawMode(false)
      input.pause()
      output.write('\n')
      resolve(reply)
    }
    const hear = (chunk: Buffer): void => {
      for (const key of chunk.toString()) {
        if (has(interrupts, key)) { finish({ kind: 'interrupted' }); return }
        if (has(ends, key)) { finish({ kind: 'text', text }); return }
        const next = typed(text, key, question.echo)
        text = next.text
        if (next.shown !== '') output.write(next.shown)
      }
    }
    const timer = question.seconds === undefined ? undefined : setTimeout(() => { finish({ kind: 'time' }) }, question.seconds * 1000)
    output.write(question.prompt)
    input.setRawMode(true)
    input.on('data', hear)
    input.resume()
  })
}

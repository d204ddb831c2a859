/** The command itself, as a process of its own: it prints what the transcripts hold and ends with the exit code that is theirs; no mistake shows a stack. */
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { casesOf, runCase } from './transcript.ts'

const program = join(import.meta.dirname, '../../runner/play.mjs')

/** Both streams as they come, and the exit code. */
function command(argv: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const { NO_COLOR: _, FORCE_COLOR: __, ...env } = process.env
    const child = spawn(process.execPath, [program, ...argv], { env: { ...env, ANSIBLE_CONFIG: '/dev/null' }, stdio: ['ignore', 'pipe', 'pipe'] })
    const chunks: string[] = []
    child.stdout.on('data', (chunk) => { chunks.push(String(chunk)) })
    child.stderr.on('data', (chunk) => { chunks.push(String(chunk)) })
    child.on('error', reject)
    child.on('close', (code) => { resolve(`${chunks.join('').replace(/\n{3,}/g, '\n\n').trim()}\nexit code ${code}`) })
  })
}

const chosen: readonly (readonly [file: string, title: string])[] = [
  ['yaml', 'a tab in the indentation'], ['playbook', 'an unknown module'], ['command-line', 'an unknown option'], ['command-line', 'no playbook'],
  ['command-line', 'a playbook that is missing'], ['inventory', 'a host line with a space around the equals sign'], ['tasks', 'a command that fails'],
  ['inventory', 'delegate_to a host that is not in the inventory'], ['variables', 'a loop over a text'],
]
for (const [file, title] of chosen) {
  test(title, async () => {
    const one = casesOf(file).find((found) => found.title === title)
    assert.ok(one !== undefined, `there is no case '${title}' in ${file}.txt`)
    assert.equal(await runCase(one, {}, command), one.printed)
  })
}

test.run()

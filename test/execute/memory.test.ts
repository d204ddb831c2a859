/** A long run does not grow: what a task needed goes when the task is done. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { createMasker } from '../../runner/core/mask.ts'
import { parseCommandLine } from '../../runner/options.ts'
import { execute, load } from '../../runner/run.ts'

setFlagsFromString('--expose_gc')
const collect: unknown = runInNewContext('gc')
/** Megabytes in use after a collection. */
function used(): number {
  if (typeof collect === 'function') collect()
  return process.memoryUsage().heapUsed / 1024 / 1024
}

test('memory is flat over 10,000 task runs', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'play-memory-'))
  try {
    const tasks = Array.from({ length: 100 }, (_, i) => `    - {name: "task ${i}", debug: {msg: "{{ inventory_hostname }} {{ x }} ${i}"}, register: r}`).join('\n')
    writeFileSync(join(dir, 'site.yml'), `- hosts: all\n  gather_facts: false\n  vars: {x: "{{ y }}", y: 1}\n  tasks:\n${tasks}\n`)
    const asked = parseCommandLine([join(dir, 'site.yml'), '-i', `${Array.from({ length: 100 }, (_, i) => `h${i}`).join(',')},`, '-c', 'local'], {})
    if (asked.command !== 'play') throw new Error('no playbook')
    const prompts = { secret: () => Promise.resolve('') }
    const samples: number[] = []
    let results = 0
    const loaded = await load(asked.options, createMasker(), () => undefined, prompts)
    const code = await execute(loaded, {
      on: (event) => { if (event.type === 'result' && ++results % 2000 === 0) samples.push(used()) }, close: () => Promise.resolve(),
    }, prompts)
    assert.is(code, 0)
    assert.is(results, 10_000)
    const [early = 0] = samples
    const late = samples.at(-1) ?? 0
    assert.ok(late - early < 10, `heap after each 2,000 task runs, MB: ${samples.map((one) => one.toFixed(1)).join(', ')}`)
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
})

test.run()

/** The process at a terminal: what a person is asked, and where. A pseudo terminal comes from util-linux's script. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const play = join(import.meta.dirname, '../runner/play.mjs')

/** What the terminal shows of a command whose standard input and error stream go elsewhere; `answer` is typed once `question` is there. */
function atTerminal(command: string, question: string, answer: string): Promise<{ readonly shown: string; readonly code: number | null }> {
  return new Promise((resolve) => {
    const child = spawn('script', ['-qec', command, '/dev/null'], { stdio: ['pipe', 'pipe', 'inherit'] })
    let shown = '', isAnswered = false
    child.stdout.on('data', (chunk) => {
      shown += String(chunk)
      if (!isAnswered && shown.includes(question)) { isAnswered = true; child.stdin.write(`${answer}\r`) }
    })
    child.on('close', (code) => { resolve({ shown, code }) })
  })
}

test('a password is asked for on the terminal, wherever the other streams go, and is not shown', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'play-cli-'))
  try {
    writeFileSync(join(dir, 'site.yml'), '- hosts: all\n  gather_facts: false\n  tasks:\n    - debug: {msg: asked}\n')
    const { shown, code } = await atTerminal(`cd ${dir} && node ${play} site.yml -i localhost, -c local -k </dev/null 2>errors`, 'SSH password: ', 'sesame7')
    assert.is(code, 0, shown)
    assert.match(shown, 'SSH password: ')
    assert.match(shown, 'ok=1')
    assert.not.match(shown, 'sesame7')
    assert.is(readFileSync(join(dir, 'errors'), 'utf8'), '')
  } finally { rmSync(dir, { recursive: true }) }
})

test('a reader that has seen enough (| head) does not end the run', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'play-cli-'))
  try {
    writeFileSync(join(dir, 'site.yml'), '- hosts: all\n  gather_facts: false\n  tasks:\n    - command: /bin/true\n      loop: "{{ range(20) | list }}"\n    - copy: {content: x, dest: "{{ playbook_dir }}/last"}\n')
    const { status, stderr } = spawnSync('bash', ['-c', `node ${play} site.yml -i localhost, -c local | head -1; exit \${PIPESTATUS[0]}`], { cwd: dir, encoding: 'utf8' })
    assert.equal([status, stderr], [0, ''])
    assert.is(readFileSync(join(dir, 'last'), 'utf8'), 'x')
  } finally { rmSync(dir, { recursive: true }) }
})

test('ctrl+C at a question is an interruption, before the run and in it', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'play-cli-'))
  try {
    writeFileSync(join(dir, 'site.yml'), '- hosts: all\n  gather_facts: false\n  vars_prompt:\n    - {name: x, prompt: Which one, private: false}\n  tasks:\n    - debug: {msg: went on}\n')
    const before = await atTerminal(`cd ${dir} && node ${play} site.yml -i localhost, -c local -k`, 'SSH password: ', '\x03')
    assert.is(before.code, 99, before.shown)
    assert.match(before.shown, 'User interrupted execution')
    const within = await atTerminal(`cd ${dir} && node ${play} site.yml -i localhost, -c local`, 'Which one: ', '\x03')
    assert.is(within.code, 99, within.shown)
    assert.match(within.shown, 'play: interrupted')
    assert.not.match(within.shown, /went on|RECAP|ERROR/)
  } finally { rmSync(dir, { recursive: true }) }
})

for (const [signal, code] of [['SIGINT', 99], ['SIGTERM', 143]] as const) {
  test(`${signal} ends what runs, and says no more of the hosts`, async () => {
    const dir = mkdtempSync(join(tmpdir(), 'play-cli-'))
    try {
      writeFileSync(join(dir, 'site.yml'), '- hosts: all\n  gather_facts: false\n  tasks:\n    - shell: echo $$ >{{ playbook_dir }}/pid; sleep 7000; echo x\n    - debug: {msg: next}\n')
      const child = spawn('node', [play, 'site.yml', '-i', 'localhost,', '-c', 'local'], { cwd: dir, stdio: ['ignore', 'pipe', 'pipe'] })
      let out = '', err = ''
      child.stdout.on('data', (chunk) => { out += String(chunk) })
      child.stderr.on('data', (chunk) => { err += String(chunk) })
      const ended = new Promise<number | null>((resolve) => { child.on('close', resolve) })
      const there = (path: string): string => { try { return readFileSync(path, 'utf8').trim() } catch { return '' } }
      while (there(join(dir, 'pid')) === '' && child.exitCode === null) await new Promise((resolve) => { setTimeout(resolve, 50) })
      child.kill(signal)
      assert.equal([await ended, err], [code, '\nplay: interrupted\n'])
      assert.not.match(out, /fatal|next|RECAP/)
      assert.is(there(`/proc/${there(join(dir, 'pid'))}/comm`), '')
    } finally { rmSync(dir, { recursive: true }) }
  })
}

test.run()

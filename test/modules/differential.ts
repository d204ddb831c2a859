/**
 * Runs module cases with Ansible and with our modules from the same start in /t of this machine (root, nothing else in /t), and prints where
 * what is left, or the result keys, differ. Usage: ANSIBLE_PLAYBOOK=… ANSIBLE_PYTHON=… CASES=copy,file node --import tsx test/modules/differential.ts
 */
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createMasker } from '../../runner/core/mask.ts'
import { Failure } from '../../runner/core/errors.ts'
import type { Data } from '../../runner/core/types.ts'
import type { Target } from '../../runner/core/plan.ts'
import type { Pool } from '../../runner/core/session.ts'
import { openPool } from '../../runner/transport/pool.ts'
import { Exchange, Machine } from '../../runner/execute/exchange.ts'
import { argsOf, loadModule, readCases } from '../support/cases.ts'
import type { Case } from '../support/cases.ts'
import { localFile, renderFile } from '../support/local-files.ts'

const playbook = process.env.ANSIBLE_PLAYBOOK
if (playbook === undefined) throw new Error('ANSIBLE_PLAYBOOK is not set')
const cases = readCases().filter((one) => one.machine !== undefined && one.on.includes('debian') && !String(one.machine).includes('http.server'))
const work = mkdtempSync(join(tmpdir(), 'play-differential-'))

const start = (one: Case): string => `rm -rf /t && mkdir /t && cd /t && umask 022 && ( ${one.machine === true ? ':' : one.machine}\n)`
const dump = "cd /t; find . ! -name '*~' -printf '%p %y %m %u %g %l\\n' | sort; find . -type f ! -name '*~' -exec sha1sum {} + | sort"
const sh = (text: string): string => execFileSync('sh', ['-c', text], { encoding: 'utf8', cwd: '/', stdio: ['ignore', 'pipe', 'ignore'] })

interface Outcome { readonly data: Data; readonly state: string }

function byAnsible(): Map<number, Outcome> {
  const tasks = cases.flatMap((one, i) => {
    for (const [path, text] of Object.entries(one.local)) {
      const at = join(work, String(i), path)
      mkdirSync(dirname(at), { recursive: true })
      if (text.startsWith('-> ')) symlinkSync(text.slice(3), at)
      else writeFileSync(at, text.startsWith('base64:') ? Buffer.from(text.slice(7), 'base64') : text)
    }
    const args: Data = { ...one.args }
    const kind = one.module === 'template' ? 'templates' : 'files'
    if (typeof args.src === 'string' && !args.src.startsWith('/') && one.local[`${kind}/${args.src.replace(/\/$/, '')}`] === undefined ? Object.keys(one.local).length > 0 : Object.keys(one.local).length > 0) args.src = join(work, String(i), kind, String(args.src))
    if (String(one.args.src).endsWith('/')) args.src = `${String(args.src).replace(/\/$/, '')}/`
    return [
      { 'ansible.builtin.shell': start(one), changed_when: false }, { [one.module]: args, register: 'found', ignore_errors: true },
      { 'ansible.builtin.shell': dump, register: 'state' },
      { 'ansible.builtin.copy': { dest: join(work, `${i}.json`), content: '{{ {"data": found, "state": state.stdout} | to_json }}' }, diff: false },
    ]
  })
  writeFileSync(join(work, 'play.json'), JSON.stringify([{ hosts: 'localhost', connection: 'local', gather_facts: false, tasks }]))
  try { execFileSync(playbook ?? '', ['-i', 'localhost,', '-e', `ansible_python_interpreter=${process.env.ANSIBLE_PYTHON ?? '/usr/bin/python3'}`, join(work, 'play.json')], { cwd: work, stdio: process.env.SHOW === undefined ? 'ignore' : 'inherit', env: { ...process.env, ANSIBLE_LOCALHOST_WARNING: 'False' } }) } catch { /* some cases are to fail */ }
  return new Map(cases.flatMap((_, i): [number, Outcome][] => {
    try { return [[i, JSON.parse(readFileSync(join(work, `${i}.json`), 'utf8'))]] } catch { return [] }
  }))
}

async function byUs(pool: Pool, one: Case): Promise<Outcome> {
  sh(start(one))
  const session = await pool.session({ connection: 'local', host: 'localhost' }), exchange = new Exchange(session, new Machine(), 'root', {})
  const target: Target = { user: 'root', read: async (probe, key) => (await exchange.read(probe, key)).value, local: async (kind: string, path: string) => localFile(one.local, kind, path), render: renderFile }
  const module = await loadModule(one.module)
  let data: Data
  try {
    const plan = await module.plan(argsOf(module, one), target)
    const ran = await session.run(plan.steps)
    const failed = ran.length < plan.steps.length || (ran.at(-1)?.rc ?? 0) !== 0
    data = failed ? { failed: true, msg: ran.at(-1)?.stderr } : { changed: plan.changes.length > 0, ...plan.data, ...plan.done?.(ran) }
  } catch (error) {
    if (!(error instanceof Failure) && !(error instanceof Error && error.name === 'Fault')) throw error
    data = { failed: true, msg: error.message }
  }
  return { data, state: sh(dump) }
}

const ignored = new Set(['diff', 'failed', 'warnings', 'deprecations', 'invocation', 'backup', 'backup_file', 'elapsed', 'src', 'exception', 'module_stdout', 'module_stderr', 'extract_results', 'files', 'examined', 'rc', 'stderr', 'stdout', 'stdout_lines', 'stderr_lines', 'exit_status'])
function compare(theirs: Outcome | undefined, ours: Outcome): string[] {
  if (theirs === undefined) return ['Ansible gave no answer']
  const out: string[] = []
  const failed = theirs.data.failed === true
  if (failed !== (ours.data.failed === true)) out.push(`failed: ${failed} / ${String(ours.data.failed)}  ${String(theirs.data.msg)} / ${String(ours.data.msg)}`)
  if (theirs.state.trim() !== ours.state.trim()) out.push(`state:\n${diff(theirs.state, ours.state)}`)
  if (failed) { if (theirs.data.msg !== ours.data.msg) out.push(`msg: ${String(theirs.data.msg)} / ${String(ours.data.msg)}`); return out }
  for (const key of new Set([...Object.keys(theirs.data), ...Object.keys(ours.data)])) {
    if (ignored.has(key)) continue
    const [a, b] = [JSON.stringify(theirs.data[key]), JSON.stringify(ours.data[key])]
    if (a !== b) out.push(`${key}: ${a} / ${b}`)
  }
  return out
}
function diff(a: string, b: string): string {
  const [x, y] = [a.trim().split('\n'), b.trim().split('\n')]
  return [...x.filter((line) => !y.includes(line)).map((line) => `  Ansible ${line}`), ...y.filter((line) => !x.includes(line)).map((line) => `  ours    ${line}`)].join('\n')
}

const theirs = byAnsible()
const pool = openPool({ masker: createMasker(), warn: () => undefined })
let count = 0
for (const [i, one] of cases.entries()) {
  const found = compare(theirs.get(i), await byUs(pool, one))
  if (found.length === 0) continue
  count += 1
  process.stdout.write(`${one.module}: ${one.name}\n${found.map((line) => `    ${line}\n`).join('')}`)
}
process.stdout.write(`${cases.length - count} of ${cases.length} are the same\n`)
await pool.close()
rmSync(work, { recursive: true })
rmSync('/t', { recursive: true })

/**
 * async and poll: steps that go on in the background of the target while the session is free, and async_status that asks for them.
 * A job is a folder on the target with output and exit code of each step, where Ansible has its file; it goes when its result has been fetched,
 * and with it the folder of all jobs, where that was made for it.
 */
import type { Data } from '../core/types.ts'
import type { Plan, Ran, Step } from '../core/plan.ts'
import { Failure } from '../core/errors.ts'
import { quote, raw, sh } from '../core/sh.ts'
import type { Exchange } from './exchange.ts'

/** `dir`: the folder of all jobs, as the task names it. */
export interface Job { readonly id: string; readonly dir: string; readonly folder: string; readonly plan: Plan; readonly startedAt: number; readonly exchange: Exchange }

const okText = (step: Step): string => step.okRc === 'any' ? '*' : (step.okRc ?? [0]).join('|')

/** One step of a job: its output and exit code go into files, a bad exit code ends the job. */
function jobLine(step: Step, i: number): string {
  const env = Object.entries(step.env ?? {}).map(([name, value]) => `export ${name}=${quote(value)}; `).join('')
  const dir = step.cwd === undefined ? '' : `cd -- ${quote(step.cwd)} && `
  return `( ${env}${dir}eval ${quote(step.sh)} ) >"$d/${i}.out" 2>"$d/${i}.err" <${step.stdin === undefined ? '/dev/null' : '"$d/in"'}; r=$?; echo $r >"$d/${i}.rc"; case $r in ${okText(step)}) ;; *) : >"$d/end"; exit;; esac`
}

/** The folder of jobs in a script: `~` is the home folder of the account. */
const inShell = (dir: string): string => dir === '~' || dir.startsWith('~/') ? `"$HOME"${quote(dir.slice(1))}` : quote(dir)
/** As Ansible makes them: digits, a dot, digits. */
const newId = (): string => `j${String(Math.floor(Math.random() * 1e12)).padStart(12, '0')}.${process.pid}`

/** Starts the steps of a plan in the background and returns at once. */
export async function startJob(exchange: Exchange, plan: Plan, limitSeconds: number, dir: string): Promise<Job> {
  const [data, ...more] = plan.steps.flatMap(({ stdin }) => stdin === undefined ? [] : [stdin])
  if (more.length > 0) throw new Failure('a task that sends data to the host more than once cannot run with async')
  const id = newId()
  const body = [...plan.steps.map(jobLine), ': >"$d/end"'].join('\n')
  const limit = `( i=0; while [ -d "$d" ] && [ ! -e "$d/end" ]; do if [ $i -ge ${limitSeconds} ]; then : >"$d/late"; kill -TERM -$p 2>/dev/null || kill -TERM $p; break; fi; sleep 1; i=$((i + 1)); done ) >/dev/null 2>&1 </dev/null &`
  const start: Step = { ...data === undefined ? {} : { stdin: data }, sh: `a=${inShell(dir)}; d=$a/${id}; own=; [ -d "$a" ] || own=y
( umask 077; mkdir -p -- "$a" && mkdir -- "$d" ) || exit
[ -z "$own" ] || : >"$d/own"; printf %s "$d"
export d${data === undefined ? '' : '; cat >"$d/in" || exit'}
if command -v setsid >/dev/null 2>&1; then setsid sh -c ${quote(body)} >/dev/null 2>&1 </dev/null & else sh -c ${quote(body)} >/dev/null 2>&1 </dev/null & fi
p=$!; ${limit}` }
  const [ran] = await exchange.run([start])
  if (ran === undefined || ran.rc !== 0) throw new Failure(`the background job could not be started: ${ran?.stderr ?? ''}`)
  return { id, dir, folder: ran.stdout.trim(), plan, startedAt: Date.now(), exchange }
}

const part = (name: string, i: number): string => `if [ -e "$d/${i}.${name}" ]; then echo ${i}.${name}; od -An -v -tx1 "$d/${i}.${name}"; fi`

/** The answers of a job's steps once it has ended; undefined while it runs. A job that took too long fails. */
export async function fetchJob(job: Job): Promise<readonly Ran[] | undefined> {
  const parts = job.plan.steps.map((_, i) => ['out', 'err', 'rc'].map((name) => part(name, i)).join('; ')).join('; ')
  const [ran] = await job.exchange.run([sh`d=${job.folder}; if [ -e "$d/late" ]; then echo late; elif [ -e "$d/end" ]; then echo end; ${raw(parts)}; else echo runs; fi`])
  const [state, ...lines] = (ran?.stdout ?? '').split('\n')
  if (state === 'runs') return undefined
  await removeJob(job)
  if (state === 'late') throw new Failure('async task did not complete within the requested time', { ...startedData(job), finished: true, stdout: '', stdout_lines: [], stderr: '', stderr_lines: [] })
  const files = new Map<string, string[]>()
  let at: string[] = []
  for (const line of lines) {
    if (/^\d+\.(out|err|rc)$/.test(line)) { at = []; files.set(line, at) } else at.push(line)
  }
  const text = (name: string): string => Buffer.from((files.get(name) ?? []).join('').replace(/\s/g, ''), 'hex').toString('utf8')
  const answers: Ran[] = []
  for (let i = 0; files.has(`${i}.rc`); i++) {
    answers.push({ rc: Number(text(`${i}.rc`)), stdout: text(`${i}.out`), stderr: text(`${i}.err`), startedAt: job.startedAt, ms: Date.now() - job.startedAt })
  }
  return answers
}

/** The folder of all jobs goes with the last of them, if it was not there before; `own` is handed on to another job until then. */
export async function removeJob({ exchange, folder }: Job): Promise<void> {
  await exchange.run([sh`d=${folder}; [ -d "$d" ] || exit 0; if [ -e "$d/own" ]; then rm -rf -- "$d"; for o in "\${d%/*}"/j*; do if [ -d "$o" ]; then : >"$o/own"; break; fi; done; rmdir -- "\${d%/*}" 2>/dev/null || :; else rm -rf -- "$d"; fi`])
}

export const startedData = (job: Job): Data => ({ ansible_job_id: job.id, started: true, finished: false, results_file: job.folder, changed: true })

/** Runs the runner as a user does, from the project's root, and gives what happened as a list. */
import { spawn } from 'node:child_process'
import { join } from 'node:path'

export const root = join(import.meta.dirname, '../..')

export interface Happened { readonly host: string; readonly task: string; readonly label: string; readonly outcome: string; readonly handler: boolean }
export interface Played {
  readonly code: number
  /** Standard output and error as a person sees them (`play`), or the error stream alone (`run`). */
  readonly text: string
  readonly happened: readonly Happened[]
  readonly stats: Readonly<Record<string, Readonly<Record<string, number>>>>
  readonly seconds: number
}

export function execute(command: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<{ code: number; out: string; err: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
    const out: Buffer[] = [], err: Buffer[] = []
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk))
    child.stderr.on('data', (chunk: Buffer) => err.push(chunk))
    child.on('error', reject)
    child.on('close', (code) => { resolve({ code: code ?? 1, out: Buffer.concat(out).toString(), err: Buffer.concat(err).toString() }) })
  })
}

const runner = ['--import', 'tsx', join(root, 'runner/cli.ts')]

/** With the output that people see. */
export async function show(...args: string[]): Promise<{ code: number; text: string }> {
  const { code, out, err } = await execute(process.execPath, [...runner, ...args], { NO_COLOR: '1' })
  return { code, text: `${out}${err}` }
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)
const words = (value: unknown): string => typeof value === 'string' ? value : ''

/** With events: one entry for each host and task, or for each item of a loop. */
export async function run(...args: string[]): Promise<Played> {
  const started = Date.now()
  const { code, out, err } = await execute(process.execPath, [...runner, ...args, '--output', 'json'])
  const tasks = new Map<unknown, { name: string; handler: boolean }>(), happened: Happened[] = []
  let stats: Played['stats'] = {}
  for (const line of out.split('\n').filter((one) => one !== '')) {
    const event: unknown = JSON.parse(line)
    if (!isRecord(event)) continue
    if (event['type'] === 'task') tasks.set(event['id'], { name: words(event['name']), handler: event['isHandler'] === true })
    if (event['type'] === 'end' && isRecord(event['stats'])) stats = event['stats'] as Played['stats']
    if ((event['type'] !== 'result' && event['type'] !== 'item') || event['looped'] === true || !isRecord(event['result'])) continue
    const task = tasks.get(event['task'])
    happened.push({ host: words(event['host']), task: task?.name ?? '?', label: words(event['label']), outcome: words(event['result']['outcome']), handler: task?.handler ?? false })
  }
  return { code, text: err, happened, stats, seconds: (Date.now() - started) / 1000 }
}

export const key = ({ host, task, label }: Happened): string => `${host} | ${task}${label === '' ? '' : ` | ${label}`}`
export const keysOf = (played: Played, outcome: string): string[] => played.happened.filter((one) => one.outcome === outcome).map(key).sort()

/** All hosts' numbers of one kind. */
export const total = (played: Played, name: string): number => Object.values(played.stats).reduce((sum, one) => sum + (one[name] ?? 0), 0)
/** What to show when a run did not end as it should. */
export const failures = (played: Played): string => `${played.text.slice(-3000)}\n${[...keysOf(played, 'failed'), ...keysOf(played, 'unreachable')].join('\n')}`

/** Runs playbook text as the command line would, and gives back what was told: events, recap, exit code, output lines as Ansible prints them. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createMasker } from '../../runner/core/mask.ts'
import type { Event, HostStats, TaskResult } from '../../runner/core/events.ts'
import type { Settings } from '../../runner/config.ts'
import { parseCommandLine } from '../../runner/options.ts'
import { execute, load } from '../../runner/run.ts'

export interface Told {
  readonly events: readonly Event[]
  readonly code: number
  readonly stats: Readonly<Record<string, HostStats>>
  /** Outcome of every task a host ended, in order: `web1 changed name`. */
  readonly outcomes: readonly string[]
  /** The last result of the task of this name on this host (default: any). */
  result(task: string, host?: string): TaskResult
  /** Messages of all debug tasks, in order. */
  readonly messages: readonly unknown[]
  readonly warnings: readonly string[]
}

/** Files by relative path; `site.yml` is run. The folder is removed afterwards. `{dir}` in contents and arguments is the folder. */
export async function play(files: Readonly<Record<string, string>>, args: readonly string[] = []): Promise<Told> {
  const dir = mkdtempSync(join(tmpdir(), 'play-test-'))
  try {
    return await playIn(dir, files, args)
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}

export async function playIn(dir: string, files: Readonly<Record<string, string>>, args: readonly string[] = [], settings: Settings = {}, ask?: (prompt: string) => Promise<string>): Promise<Told> {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, name)), { recursive: true })
    writeFileSync(join(dir, name), text.replaceAll('{dir}', dir))
  }
  const asked = parseCommandLine([join(dir, 'site.yml'), ...('inventory' in files ? ['-i', join(dir, 'inventory')] : []), ...args.map((one) => one.replaceAll('{dir}', dir))], settings)
  if (asked.command !== 'play') throw new Error('the arguments do not run a playbook')
  const events: Event[] = []
  const masker = createMasker()
  const prompts = { secret: () => Promise.resolve(''), ...(ask === undefined ? {} : { ask }) }
  const loaded = await load(asked.options, masker, (event) => { events.push(event) }, prompts)
  const code = await execute(loaded, { on: (event) => { events.push(event) }, close: () => Promise.resolve() }, prompts)
  return told(events, code)
}

function told(events: readonly Event[], code: number): Told {
  const titles = new Map(events.flatMap((event) => event.type === 'task' ? [[event.id, event.name] as const] : []))
  const results = events.flatMap((event) => event.type === 'result' ? [event] : [])
  const end = events.find((event) => event.type === 'end')
  return {
    events, code, stats: end?.type === 'end' ? end.stats : {},
    outcomes: results.map((one) => `${one.host} ${one.result.outcome} ${titles.get(one.task) ?? ''}`),
    result(task, host) {
      const found = results.filter((one) => titles.get(one.task) === task && (host === undefined || one.host === host)).at(-1)
      if (found === undefined) throw new Error(`no result of '${task}'; there are: ${[...titles.values()].join(', ')}`)
      return found.result
    },
    messages: results.flatMap((one) => '_ansible_verbose_always' in one.result.data && 'msg' in one.result.data ? [one.result.data['msg']] : []),
    warnings: events.flatMap((event) => event.type === 'warning' ? [event.message] : []),
  }
}

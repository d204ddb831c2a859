/** Makes a folder of playbooks and roles for one test, and a loader for it. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { Fault, fault } from '../../runner/core/errors.ts'
import type { Data, Frame, Node, Play, Task } from '../../runner/core/types.ts'
import { dictEntries, isDict, Template } from '../../runner/core/value.ts'
import { createLoader } from '../../runner/playbook/load.ts'
import type { Loader } from '../../runner/playbook/load.ts'

const modules = ['debug', 'command', 'shell', 'raw', 'copy', 'template', 'file', 'setup', 'set_fact', 'include_vars', 'docker_container', 'service', 'ping']
const free = new Set(['command', 'shell', 'raw', 'set_fact', 'include_vars'])
const bare = (name: string): string => name.replace(/^(ansible\.(builtin|legacy)|community\.\w+)\./, '')
const lookups = ['items', 'dict', 'first_found', 'fileglob', 'nested']

/** Enough of the language for names of imports: `{{ name }}`. */
function render(value: unknown, frames: readonly Frame[]): unknown {
  if (!(value instanceof Template)) return value
  const name = (text: string): unknown => [...frames].reverse().find((frame) => Object.hasOwn(frame.vars, text))?.vars[text]
  const whole = /^\{\{ *(\w+) *\}\}$/.exec(value.source)
  const found = (text: string): unknown => {
    const one = name(text)
    if (one === undefined) throw fault('not-text', value.at(0), { what: text, found: 'no such variable' })
    return render(one, frames)
  }
  return whole?.[1] !== undefined ? found(whole[1]) : value.source.replace(/\{\{ *(\w+) *\}\}/g, (_, text: string) => String(found(text)))
}

export interface Project {
  readonly dir: string
  readonly loader: Loader
  readonly warnings: string[]
  /** The first play of site.yml. */
  play(): Promise<Play>
  /** The error that reading a file ends with: place, message and hint, the folder left out. */
  error(file?: string): Promise<string>
}
const made: string[] = []
export function removeProjects(): void { for (const dir of made) rmSync(dir, { recursive: true, force: true }) }

export function project(files: Readonly<Record<string, string>>, rolesPath: readonly string[] = [], collectionsPath: readonly string[] = []): Project {
  const dir = realpathSync(mkdtempSync(join(tmpdir(), 'play-project-')))
  made.push(dir)
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, name)), { recursive: true })
    writeFileSync(join(dir, name), text)
  }
  const warnings: string[] = []
  const loader = createLoader({
    known: {
      resolve: (name) => modules.includes(bare(name)) ? bare(name) : undefined, names: () => modules, freeForm: (name) => free.has(name), isAction: () => false,
      isLookup: (name) => lookups.includes(name), lookups: () => lookups,
    },
    render, rolesPath: rolesPath.map((path) => join(dir, path)), collectionsPath: collectionsPath.map((path) => join(dir, path)), decrypt: (text) => Buffer.from(text.split('\n')[1] ?? '', 'base64').toString(), warn: (message) => { warnings.push(message.replaceAll(dir, '')) },
  })
  return {
    dir, loader, warnings,
    play: async () => {
      const [play] = (await loader.playbook(join(dir, 'site.yml'))).plays
      if (play === undefined) throw new Error('no play')
      return play
    },
    error: async (file = 'site.yml') => shownError(dir, async () => loader.playbook(join(dir, file))),
  }
}

export async function shownError(dir: string, run: () => Promise<unknown>): Promise<string> {
  try {
    await run()
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    const place = error.loc === undefined ? '' : `${error.loc.file}:${error.loc.line}:${error.loc.column}: `
    return `${place}${error.message}${error.hint === undefined ? '' : ` (${error.hint})`}`.replaceAll(`${dir}/`, '').replaceAll(dir, '.')
  }
  return 'no error'
}

export function tasksOf(nodes: readonly Node[]): Task[] {
  return nodes.flatMap((node) => node.kind === 'task' ? [node] : node.kind === 'role' ? tasksOf(node.body) : tasksOf([...node.body, ...node.rescue, ...node.always]))
}
export const allTasks = (play: Play): Task[] => play.sections.flatMap((section) => tasksOf(section.nodes))
export const titles = (tasks: readonly Task[]): string[] => tasks.map((task) => `${task.role === undefined ? '' : `${task.role.name} : `}${String(plain(task.name) ?? task.module)}`)

/** Templates as their text, so that values can be compared. */
export function plain(value: unknown): unknown {
  if (value instanceof Template) return value.source
  if (Array.isArray(value)) return value.map(plain)
  return isDict(value) ? Object.fromEntries(dictEntries(value).map(([key, item]) => [String(key), plain(item)])) : value
}
export const varsOf = (task: Task): Data => Object.assign({}, ...task.vars.map((frame) => plain(frame.vars)))

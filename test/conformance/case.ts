/** A case of the conformance suite: its files, its recorded answer, and what `play` makes of it. */
import { createHash } from 'node:crypto'
import { chmodSync, existsSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createMasker } from '../../runner/core/mask.ts'
import { exitCodeOf } from '../../runner/core/exit.ts'
import { Fault, toErrorData } from '../../runner/core/errors.ts'
import { parseCommandLine } from '../../runner/options.ts'
import { createReporter } from '../../runner/report/choose.ts'
import { execute, listed, load } from '../../runner/run.ts'
import { readSettings } from '../../runner/settings/read.ts'
import { dumpYaml } from '../../runner/yaml/dump.ts'
import { loadYaml } from '../../runner/yaml/load.ts'

export interface Case {
  /** The rule that it shows, in words. */
  readonly rule: string
  readonly files: Readonly<Record<string, string>>
  readonly playbooks?: readonly string[]
  /** Instead of playbooks: arguments of `play adhoc`, one list a command. */
  readonly adhoc?: readonly (readonly string[])[]
  readonly inventory?: string
  readonly args?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** Words that error messages must hold; the rest of those messages is ours. */
  readonly said?: readonly string[]
  /** Hosts go their own pace: lines are compared host by host. */
  readonly free?: boolean
  /** What differs on purpose: a line of Ansible's, ours instead (none: it is left out), or all lines; and why. */
  readonly differs?: readonly { readonly why: string; readonly ansible?: string; readonly ours?: string; readonly code?: number; readonly stdout?: string }[]
  readonly hash: string
}
export interface Answer {
  readonly code: number
  readonly stdout: readonly string[]
  readonly files: Readonly<Record<string, { readonly mode?: string; readonly text?: string; readonly link?: string }>>
}

const folder = (name: string): string => join(import.meta.dirname, name)
const hosts = ['a', 'b', 'c'].map((name) => `${name} ansible_connection=local\n`).join('')

export const caseNames = (): readonly string[] => readdirSync(folder('cases')).filter((name) => name.endsWith('.yml')).map((name) => name.slice(0, -4)).sort()

export function readCase(name: string): Case {
  const path = join(folder('cases'), `${name}.yml`), text = readFileSync(path)
  const { value } = loadYaml(text.toString('utf8'), path, { templates: false })
  if (!isCase(value)) throw new Error(`${path} is no case`)
  return { ...value, hash: createHash('sha256').update(text).digest('hex').slice(0, 16) }
}
const isCase = (value: unknown): value is Omit<Case, 'hash'> => typeof value === 'object' && value !== null && 'files' in value && 'rule' in value

export function answerOf(name: string): Answer & { readonly case: string } {
  const path = join(folder('answers'), `${name}.json`)
  if (!existsSync(path)) throw new Error(`no answer is recorded for ${name}: run record.py`)
  const found: Answer & { case: string } = JSON.parse(readFileSync(path, 'utf8'))
  return found
}

function writeFiles(dir: string, one: Case): void {
  for (const [name, text] of Object.entries({ inventory: hosts, ...one.files })) {
    mkdirSync(dirname(join(dir, name)), { recursive: true })
    writeFileSync(join(dir, name), text.replaceAll('{dir}', dir))
    chmodSync(join(dir, name), text.startsWith('#!') ? 0o755 : 0o644)
  }
  mkdirSync(join(dir, 'out'), { recursive: true })
}

function made(dir: string, below = ''): Record<string, { mode?: string; text?: string; link?: string }> {
  const found: Record<string, { mode?: string; text?: string; link?: string }> = {}
  for (const name of readdirSync(join(dir, 'out', below)).sort()) {
    const inner = join(below, name), path = join(dir, 'out', inner), info = lstatSync(path)
    const mode = (info.mode & 0o7777).toString(8).padStart(4, '0')
    if (info.isSymbolicLink()) found[inner] = { link: readlinkSync(path).replaceAll(dir, '{dir}') }
    else if (info.isDirectory()) Object.assign(found, { [inner]: { mode } }, made(dir, inner))
    else found[inner] = { mode, text: readFileSync(path, 'utf8').replaceAll(dir, '{dir}') }
  }
  return found
}

/** Runs a case by the pieces that the command line is made of. */
export async function playCase(one: Case): Promise<Answer> {
  const dir = realpathSync(mkdtempSync(join(tmpdir(), 'conformance-'))), cwd = process.cwd(), umask = process.umask(0o022)
  const lines: string[] = [], env = { ...process.env }
  try {
    writeFiles(dir, one)
    process.chdir(dir)
    Object.assign(process.env, { ANSIBLE_HOST_KEY_CHECKING: 'False' }, one.env)
    const code = await run(one, dir, (text) => { lines.push(text) })
    return { code, stdout: lines.join('').replaceAll(dir, '{dir}').split('\n'), files: made(dir) }
  } finally {
    process.env = env
    process.umask(umask)
    process.chdir(cwd)
    rmSync(dir, { recursive: true, force: true })
  }
}

async function run(one: Case, dir: string, write: (text: string) => void): Promise<number> {
  const inventory = ['-i', one.inventory ?? 'inventory']
  if (one.adhoc === undefined) {
    const args = (one.args ?? []).map((arg) => String(arg).replaceAll('{dir}', dir))
    return runCommand([...(one.playbooks ?? ['site.yml']), ...inventory, ...args], write)
  }
  let code = 0
  for (const words of one.adhoc) {
    write(`$ adhoc ${words.join(' ')}\n`)
    code = await runCommand(['adhoc', ...inventory, ...words.map(String)], write)
    write(`exit code ${code}\n`)
  }
  return code
}

async function runCommand(argv: readonly string[], write: (text: string) => void): Promise<number> {
  const settings = process.env['ANSIBLE_CONFIG'] === undefined ? process.env : readSettings(process.env, process.cwd())
  const asked = parseCommandLine(argv, settings)
  if (asked.command !== 'play') throw new Error('the arguments run no playbook')
  const errors: string[] = []
  const reporter = await createReporter({ write }, { write: (text) => errors.push(text) }, asked.options, { NO_COLOR: '1' }, dumpYaml)
  const masker = createMasker(), prompts = { secret: () => Promise.resolve('') }
  try {
    const loaded = await load(asked.options, masker, (event) => { reporter.on(event) }, prompts)
    if (asked.list !== undefined) {
      const { listing } = await import('../../runner/playbook/list.ts')
      write(listing(asked.list, await listed(loaded)))
      return 0
    }
    return await execute(loaded, reporter, prompts)
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    reporter.on({ type: 'error', error: toErrorData(error) })
    return exitCodeOf(error)
  } finally {
    if (process.env['CONFORMANCE_ERRORS'] !== undefined) process.stderr.write(errors.join(''))
  }
}

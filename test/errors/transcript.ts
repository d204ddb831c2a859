/**
 * Transcripts of mistakes: what a user wrote, what they ran, and what they saw, in one text that reads from top to bottom.
 *
 *     === title of the case
 *     --- site.yml
 *     the file
 *     $ play site.yml
 *     what is printed
 *     exit code 1
 *
 * With UPDATE_TRANSCRIPTS=1 the printed parts are written anew; the difference in git is then to be read as a beginner would.
 */
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { Fault, toErrorData } from '../../runner/core/errors.ts'
import { exitCodeOf } from '../../runner/core/exit.ts'
import { createMasker } from '../../runner/core/mask.ts'
import { parseCommandLine } from '../../runner/options.ts'
import { drawError, drawWarning } from '../../runner/report/frame.ts'
import { createHuman } from '../../runner/report/human.ts'
import { execute, listed, load } from '../../runner/run.ts'

export interface Case { readonly title: string; readonly files: Readonly<Record<string, string>>; readonly command: string; readonly printed: string }

export function parseTranscript(text: string): Case[] {
  return text.split(/^=== /m).slice(1).map((part) => {
    const [title = '', ...rest] = part.split('\n')
    const body = rest.join('\n')
    const at = body.search(/^\$ play\b/m)
    if (at < 0) throw new Error(`the case '${title}' runs nothing: a line "$ play …" is missing`)
    const [command = '', ...printed] = body.slice(at).split('\n')
    const files = body.slice(0, at).split(/^--- /m).slice(1).map((file): [string, string] => {
      const end = file.indexOf('\n')
      return [file.slice(0, end), file.slice(end + 1)]
    })
    return { title, files: Object.fromEntries(files), command: command.slice(2), printed: printed.join('\n').trim() }
  })
}

export function writeTranscript(cases: readonly Case[]): string {
  return cases.map(({ title, files, command, printed }) =>
    `=== ${title}\n${Object.entries(files).map(([name, text]) => `--- ${name}\n${text}`).join('')}$ ${command}\n${printed}\n`).join('\n')
}

/** Words of a command line; quotes as in a shell, nothing else. */
const wordsOf = (line: string): string[] =>
  [...line.matchAll(/(?:'[^']*'|"[^"]*"|[^\s'"]+)+/g)].map(([word]) => word.replace(/'([^']*)'|"([^"]*)"/g, (_, one: string | undefined, two: string | undefined) => one ?? two ?? ''))

/** Runs a case in a folder of its own, as the command line does; everything printed, and the exit code. */
export async function runCase(one: Case, names: Readonly<Record<string, string>> = {}, run: (argv: readonly string[]) => Promise<string> = printedBy): Promise<string> {
  const dir = realpathSync(mkdtempSync(join(tmpdir(), 'play-mistake-')))
  const before = process.cwd()
  const filled = (text: string): string => Object.entries({ dir, ...names }).reduce((now, [name, value]) => now.replaceAll(`{${name}}`, value), text)
  try {
    for (const [name, text] of Object.entries(one.files)) {
      mkdirSync(dirname(join(dir, name)), { recursive: true })
      writeFileSync(join(dir, name), filled(text).replace(/\\t/g, '\t'))
      if (text.startsWith('#!')) chmodSync(join(dir, name), 0o755)
    }
    process.chdir(dir)
    return settled(await run(wordsOf(filled(one.command)).slice(1)), { dir: `${dir}`, ...names })
  } finally {
    process.chdir(before)
    rmSync(dir, { recursive: true, force: true })
  }
}

async function printedBy(argv: readonly string[]): Promise<string> {
  const chunks: string[] = []
  const out = { write: (text: string) => { chunks.push(text) } }
  const masker = createMasker()
  const prompts = { secret: () => Promise.resolve('') }
  const run = async (): Promise<number> => {
    try {
      const asked = parseCommandLine(argv, {})
      if (asked.command === 'help') { out.write(asked.text); return 0 }
      if (asked.command === 'inventory' || asked.command === 'vault') {
        const { runTool } = await import('../../runner/tools/run.ts')
        const told = await runTool(asked, {
          settings: {}, isOn: () => false, isTerminal: false, ask: prompts.secret, askOpenly: prompts.secret, extraVars: () => ({}),
          warn: (message, loc) => { out.write(`${drawWarning(message, loc)}\n`) },
        })
        out.write((told.note ?? '') + Buffer.from(told.text).toString('utf8'))
        return 0
      }
      if (asked.command !== 'play') throw new Error('transcripts run playbooks, inventories and vaults')
      for (const secret of [asked.options.connectionPassword, asked.options.becomePassword]) if (secret !== undefined) masker.add(secret)
      const reporter = createHuman(out, out, { color: false, verbosity: asked.options.verbosity })
      const loaded = await load(asked.options, masker, (event) => { reporter.on(event) }, prompts)
      if (asked.list !== undefined) {
        const { listing } = await import('../../runner/playbook/list.ts')
        out.write(listing(asked.list, await listed(loaded)))
        return 0
      }
      return await execute(loaded, reporter, prompts)
    } catch (error) {
      if (!(error instanceof Fault)) throw error
      out.write(`${drawError(masker.value(toErrorData(error)))}\n`)
      return exitCodeOf(error)
    }
  }
  const code = await run()
  return `${chunks.join('').replace(/\n{3,}/g, '\n\n').trim()}\nexit code ${code}`
}

/** Without what differs from run to run: folders, times, names of containers. */
function settled(text: string, names: Readonly<Record<string, string>>): string {
  const named = Object.entries(names).filter(([, value]) => value !== '').sort(([, a], [, b]) => b.length - a.length)
    .reduce((now, [name, value]) => now.replaceAll(value, name === 'dir' ? '/project' : `{${name}}`), text)
  return named.replace(/"(delta|start|end)": "[^"]*"/g, '"$1": "…"').replace(/SHA256:[\w+/]+/g, 'SHA256:…').replace(/ after \d+ ms/g, ' after … ms')
    .replaceAll(`${homedir()}/.ansible`, '~/.ansible').replace(/"(gid|uid)": \d+/g, '"$1": …').replace(/"(owner|group)": "\w+"/g, '"$1": "…"').replace(/"cache_update_time": \d+/g, '"cache_update_time": …')
   .replace(/ \*{3,}$/gm, ' ***').replace(/[ \t]+$/gm, '')
}

export const casesOf = (name: string): readonly Case[] => parseTranscript(readFileSync(join(import.meta.dirname, 'cases', `${name}.txt`), 'utf8'))

/** Registers a test for each case of cases/NAME.txt. */
export function transcript(name: string, names: () => Readonly<Record<string, string>> = () => ({})): void {
  const path = join(import.meta.dirname, 'cases', `${name}.txt`)
  const cases = parseTranscript(readFileSync(path, 'utf8'))
  const isUpdate = process.env['UPDATE_TRANSCRIPTS'] === '1'
  const fresh: Case[] = []
  for (const one of cases) {
    test(`${name}: ${one.title}`, async () => {
      const printed = await runCase(one, names())
      fresh.push({ ...one, printed })
      assert.not.match(printed, /^ {4}at |node:internal|\bundefined\b(?<!is undefined)$|\[object |eval:/m, 'nothing of the machinery is shown')
      if (!isUpdate) assert.equal(printed, one.printed)
    })
  }
  test.after(() => { if (isUpdate && fresh.length === cases.length) writeFileSync(path, writeTranscript(fresh)) })
}

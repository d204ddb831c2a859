/** The command line: arguments to options, and the exit code. Everything else is imported when it is needed. */
import { createInterface } from 'node:readline'
import { Writable } from 'node:stream'
import { readSettings, type Settings } from './config.ts'
import { Fault, toErrorData } from './core/errors.ts'
import { exitCodeOf } from './core/exit.ts'
import { createMasker } from './core/mask.ts'
import { parseCommandLine } from './options.ts'
import type { Loc, Reporter } from './core/types.ts'
import type { Prompts } from './run.ts'



/** A line that is not shown while it is typed; from a pipe the next line. */
function askSecret(prompt: string): Promise<string> {
  return new Promise((resolve) => {
    const { stdin } = process
    const isTerminal = stdin.isTTY
    const silent = new Writable({ write: (_chunk, _encoding, done) => { done() } })
    process.stderr.write(prompt)
    const lines = createInterface({ input: stdin, output: silent, terminal: isTerminal })
    lines.once('line', (line) => { lines.close(); process.stderr.write('\n'); resolve(line) })
  })
}
function askLine(prompt: string): Promise<string> {
  return new Promise((resolve) => {
    const lines = createInterface({ input: process.stdin, output: process.stderr })
    lines.question(prompt, (answer) => { lines.close(); resolve(answer) })
  })
}
async function askYes(question: string): Promise<boolean> {
  return /^y(es)?$/i.test((await askLine(`${question} [yes/no] `)).trim())
}
const prompts = (): Prompts => ({ secret: askSecret, ...(process.stdin.isTTY && process.stderr.isTTY ? { hostKey: askYes, ask: (prompt: string, isPrivate: boolean) => isPrivate ? askSecret(prompt) : askLine(prompt) } : {}) })

async function main(argv: readonly string[]): Promise<number> {
  const masker = createMasker()
  const { createErrorPrinter, drawWarning } = await import('./report/frame.ts')
  const printError = createErrorPrinter(process.stderr)
  try {
    const told: (readonly [string, Loc | undefined])[] = []
    const settings = readSettings(process.env, process.cwd(), (message, loc) => { told.push([message, loc]) })
    const asked = parseCommandLine(argv, settings)
    if (asked.command === 'play') {
      for (const [message, loc] of told) process.stderr.write(`${drawWarning(message, loc)}\n`)
      for (const message of asked.warnings) process.stderr.write(`${drawWarning(message, undefined)}\n`)
    }
    switch (asked.command) {
      case 'help': case 'version': process.stdout.write(asked.text); return 0
      case 'inventory': case 'vault': {
        const { runTool } = await import('./tools/run.ts')
        const { text, code } = await runTool(asked, askSecret, (message, loc) => { process.stderr.write(`${drawWarning(message, loc)}\n`) })
        process.stdout.write(text)
        return code
      }
      default: return await play(asked, masker, settings)
    }
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    printError(masker.value(toErrorData(error)))
    return exitCodeOf(error)
  }
}

async function play(asked: Extract<ReturnType<typeof parseCommandLine>, { command: 'play' }>, masker: ReturnType<typeof createMasker>, settings: Settings): Promise<number> {
  const { load, execute } = await import('./run.ts')
  const { createReporter } = await import('./report/choose.ts')
  const { dumpYaml } = await import('./yaml/dump.ts')
  const reporter: Reporter = await createReporter(process.stdout, process.stderr, asked.options, settings, dumpYaml)
  const options = { ...asked.options }
  if (asked.askConnection) Object.assign(options, { connectionPassword: await askSecret('SSH password: ') })
  if (asked.askBecome) {
    const given = await askSecret(`BECOME password${options.connectionPassword === undefined ? '' : '[defaults to SSH password]'}: `)
    Object.assign(options, { becomePassword: given === '' ? options.connectionPassword ?? '' : given })
  }
  for (const secret of [options.connectionPassword, options.becomePassword]) if (secret !== undefined) masker.add(secret)
  try {
    const loaded = await load(options, masker, (event) => { reporter.on(event) }, prompts())
    if (asked.list !== undefined) {
      const { listing } = await import('./playbook/list.ts')
      process.stdout.write(listing(asked.list, loaded))
      return 0
    }
    let interrupts = 0
    process.on('SIGINT', () => { if (++interrupts > 1) process.exit(99); void reporter.close().finally(() => { process.stderr.write('\nplay: interrupted\n'); process.exit(99) }) })
    return await execute(loaded, reporter, prompts())
  } finally {
    await reporter.close()
  }
}

/** What a terminal or pipe has not taken yet must not be lost. */
function leave(code: number): void {
  process.exitCode = code
  process.stdout.write('', () => { process.exit(code) })
}

main(process.argv.slice(2)).then(leave, (error: unknown) => {
  process.stderr.write(`play: this is a mistake in play itself, please report it\n${error instanceof Error ? error.stack ?? error.message : String(error)}\n`)
  leave(250)
})

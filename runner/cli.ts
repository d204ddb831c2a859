/** The command line: arguments to options, and the exit code. Everything else is imported when it is needed. */
import { spawnSync } from 'node:child_process'
import { closeSync, openSync, readSync, writeSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { Writable } from 'node:stream'
import { ReadStream } from 'node:tty'
import { isOn, readSettings, type Settings } from './config.ts'
import { fault, Fault, toErrorData } from './core/errors.ts'
import { exitCodeOf } from './core/exit.ts'
import { mergeVars } from './core/merge.ts'
import { createMasker } from './core/mask.ts'
import { parseCommandLine } from './options.ts'
import { inventoryRules } from './run-options.ts'
import type { Data, Loc } from './core/types.ts'
import type { ErrorData, Reporter } from './core/events.ts'
import type { Interrupt, Prompts } from './run.ts'


/** Where questions are asked: the terminal, even where standard input is a pipe (Python's getpass does the same); else standard input. */
function terminal(): ReadStream | undefined {
  if (process.stdin.isTTY) return process.stdin
  try {
    return new ReadStream(openSync('/dev/tty', 'r'))
  } catch {
    return undefined
  }
}
/** What is asked is said on the terminal too, wherever the error stream goes: a person must see it, and so must programs like sshpass. */
function say(text: string): void {
  let screen: number | undefined
  try { screen = openSync('/dev/tty', 'w') } catch { process.stderr.write(text); return }
  try { writeSync(screen, text) } finally { closeSync(screen) }
}
/** The next line of standard input, byte by byte: what follows is left for who reads next. */
function nextLine(): string {
  const bytes: number[] = [], one = Buffer.alloc(1)
  while (readSync(0, one, 0, 1, null) === 1) {
    if (one[0] === 10) return Buffer.from(bytes).toString('utf8')
    bytes.push(one[0] ?? 0)
  }
  if (bytes.length === 0) throw fault('no-answer', undefined, {})
  return Buffer.from(bytes).toString('utf8')
}
/** A line; `isShown`: while it is typed. */
async function ask(prompt: string, isShown: boolean): Promise<string> {
  const input = terminal()
  if (input === undefined) {
    process.stderr.write(prompt)
    return nextLine()
  }
  const echo = new Writable({ write: (chunk, _encoding, done) => { if (isShown) say(String(chunk)); done() } })
  return new Promise((resolve, reject) => {
    let answer: string | undefined
    const lines = createInterface({ input, output: echo, terminal: true })
    // Only now: the terminal no longer shows what is typed.
    say(prompt)
    let why = fault('no-answer', undefined, {})
    lines.once('line', (line) => { answer = line; lines.close() })
    // ctrl+C is a key while a line is read: what else runs must hear of it too
    lines.once('SIGINT', () => { why = fault('interrupted', undefined, {}); process.emit('SIGINT'); lines.close() })
    lines.once('close', () => {
      if (input !== process.stdin) input.destroy()
      if (!isShown) say('\n')
      if (answer === undefined) reject(why)
      else resolve(answer)
    })
  })
}
const askSecret = (prompt: string): Promise<string> => ask(prompt, false)
const askLine = (prompt: string): Promise<string> => ask(prompt, true)
async function askYes(question: string): Promise<boolean> {
  return /^y(es)?$/i.test((await askLine(`${question} [yes/no] `)).trim())
}
/** Where output goes to a file, the person still sees what is asked. */
const screen = (): NodeJS.WriteStream => process.stdout.isTTY ? process.stdout : process.stderr
const prompts = async (): Promise<Prompts> => {
  const { mayRead, untilKey } = await import('./report/keys.ts')
  return { ...asking(), ...(mayRead(process.stdin) ? { askKeys: (question) => untilKey(process.stdin, screen(), question) } : {}) }
}
const asking = (): Prompts => ({ secret: askSecret, ...(process.stdin.isTTY && process.stderr.isTTY ? { hostKey: askYes, ask: (prompt: string, isPrivate: boolean) => isPrivate ? askSecret(prompt) : askLine(prompt) } : {}) })

/** Shows text through $PAGER or less; false where there is none. */
function page(text: string | Uint8Array): boolean {
  const shown = spawnSync('/bin/sh', ['-c', process.env['PAGER'] ?? 'less'], { input: text, stdio: ['pipe', 'inherit', 'inherit'], env: { LESS: 'FRSX', ...process.env } })
  return shown.status !== 127
}

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
        const [{ runTool }, { extraFrames }] = await Promise.all([import('./tools/run.ts'), import('./execute/extra.ts')])
        const warn = (message: string, loc?: Loc, mistake?: ErrorData): void => { process.stderr.write(`${drawWarning(message, loc, undefined, mistake)}\n`) }
        const { text, note = '', isLong = false } = await runTool(asked, {
          settings, isOn: (name) => isOn(settings[name]), isTerminal: process.stdout.isTTY, ask: askSecret, askOpenly: askLine, warn,
          inventoryRules: inventoryRules((name) => settings[name] === '' ? undefined : settings[name]),
          extraVars: (given, context): Data => mergeVars(extraFrames(given, context), context.values?.mergesHashes),
        })
        process.stderr.write(note)
        if (!isLong || !process.stdout.isTTY || !page(text)) process.stdout.write(text)
        return 0
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
  const { load, execute, listed } = await import('./run.ts')
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
    const loaded = await load(options, masker, (event) => { reporter.on(event) }, await prompts())
    if (asked.list !== undefined) {
      const { listing } = await import('./playbook/list.ts')
      process.stdout.write(listing(asked.list, await listed(loaded)))
      return 0
    }
    const interrupt: Interrupt = { isOn: false, end: () => Promise.resolve() }
    const interrupted = untilSignal(interrupt, reporter)
    const ended = execute(loaded, reporter, await prompts(), interrupt).catch((error: unknown) => { if (!interrupt.isOn) throw error; return interrupted })
    return await Promise.race([ended.then((code) => interrupt.isOn ? interrupted : code), interrupted])
  } finally {
    await reporter.close()
  }
}

// Who reads may have seen enough (| head): the run goes on to its end all the same, as Ansible's does.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error) => { if (!('code' in error) || error.code !== 'EPIPE') throw error })
}

const signals = [['SIGINT', 99], ['SIGTERM', 143]] as const, patienceMs = 4000
/** The exit code once a signal came and what runs has been ended, as far as that can be in time. A second signal waits for nothing. */
function untilSignal(interrupt: Interrupt, reporter: Reporter): Promise<number> {
  return new Promise((resolve) => {
    const end = async (code: number): Promise<void> => {
      if (interrupt.isOn) process.exit(code)
      interrupt.isOn = true
      await reporter.close()
      await Promise.race([interrupt.end(), new Promise((done) => { setTimeout(done, patienceMs) })])
      process.stderr.write('\nplay: interrupted\n')
      resolve(code)
    }
    for (const [signal, code] of signals) process.on(signal, () => { void end(code) })
  })
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

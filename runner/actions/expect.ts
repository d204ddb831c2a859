/**
 * Runs a command on a terminal and answers what it asks. The terminal is made on the host by script(1), or by Python where that is; the
 * command's output is looked into here, and the answers go back through a named pipe in a private folder that is gone afterwards.
 */
import { Failure } from '../core/errors.ts'
import { defineAction } from '../core/module.ts'
import { dateText, deltaText, pyText, splitLines } from '../core/pytext.ts'
import { sh, shText } from '../core/sh.ts'
import type { Data } from '../core/types.ts'
import type { Control } from '../core/plan.ts'
import { splitWords } from '../core/words.ts'
import { account } from '../probes/account.ts'
import { followed, stat } from '../probes/stat.ts'
import { Answers } from './waiting/answers.ts'

/** Prints the folder. The command's shell sets the echo of its terminal before anything can ask. */
const begin = (program: string): string => shText`command -v ${program} >/dev/null || exit 127
d=$(umask 077; mktemp -d "\${TMPDIR:-/tmp}/play.XXXXXX") || exit 1
mkfifo "$d/in" && : >"$d/out" && cat >"$d/run" || exit 1
SHELL=/bin/sh; export SHELL
if command -v script >/dev/null; then set -- script -q -c "exec sh '$d/run'" /dev/null
elif p=$(command -v python3 || command -v python); then set -- "$p" -c ${'import pty, sys; pty.spawn(sys.argv[1:])'} sh "$d/run"
else rm -rf "$d"; exit 126; fi
( exec 3<>"$d/in"; "$@" <&3 >"$d/out" 2>&1 & p=$!; echo $p >"$d/pid"; wait $p; : >"$d/ended" ) >/dev/null 2>&1 &
printf %s "$d"`
const onTerminal = (words: readonly string[], echo: boolean): Uint8Array => new TextEncoder().encode(shText`stty ${echo ? 'echo' : '-echo'}
${words}
echo $? >"\${0%/*}/rc"
`)
/** Waits up to a second for more than was seen, and prints all there is; on stderr its size, and whether the command has ended. */
const look = (folder: string, seen: number): string => shText`cd ${folder} || exit 1
i=0; while [ ! -e ended ] && [ "$(wc -c <out)" -le ${seen} ] && [ $i -lt 20 ]; do i=$((i + 1)); sleep 0.05 2>/dev/null || { sleep 1; i=20; }; done
if [ -e ended ]; then e=ended; else e=running; fi
n=$(wc -c <out); head -c "$n" out; echo $((n)) $e >&2`
const end = (folder: string): string => shText`cd ${folder} || exit 1; cat rc 2>/dev/null || { [ -e ended ] || kill "$(cat pid)"; }; rm -rf ${folder}`

async function start(control: Control, command: string, echo: boolean, cwd: string | undefined): Promise<string> {
  const words = splitWords(command)
  const [ran] = await control.run([{ sh: begin(words[0] ?? ''), stdin: onTerminal(words, echo), okRc: 'any', ...(cwd === undefined ? {} : { cwd }) }])
  if (ran?.rc === 127) throw new Failure(`The command was not found or was not executable: ${words[0] ?? ''}.`)
  if (ran?.rc === 126) throw new Failure('expect needs a terminal for the command, and the host has no program that makes one: install script (Debian: bsdutils, others: util-linux) or python3')
  if (ran === undefined || ran.rc !== 0) throw new Failure(`cannot run the command on a terminal: ${ran?.stderr.trim() ?? ''}`)
  return ran.stdout
}

/** Looks and answers until the command has ended (what it printed) or has been silent for too long (undefined beside it). */
async function converse(control: Control, folder: string, answers: Answers, limitMs: number): Promise<{ readonly output: string; readonly isLate: boolean }> {
  let seen = 0, heard = Date.now()
  for (;;) {
    const [ran] = await control.run([{ sh: look(folder, seen), okRc: 'any' }])
    const [size, state] = (ran?.stderr.trim() ?? '').split(' ')
    const output = ran?.stdout ?? ''
    seen = Number(size)
    for (const answer of answers.to(output)) {
      heard = Date.now()
      await control.run([{ ...sh`cat >>${folder}/in`, stdin: new TextEncoder().encode(answer) }])
    }
    if (state !== 'running') return { output, isLate: false }
    if (Date.now() - heard > limitMs) return { output, isLate: true }
  }
}

/** Why there is nothing to run. */
async function idle(control: Control, args: { readonly creates?: string | undefined; readonly removes?: string | undefined }, place: (path: string) => string): Promise<string | undefined> {
  const isThere = async (path: string): Promise<boolean> => followed(await control.read(stat, place(path))).type !== 'absent'
  if (args.creates !== undefined && await isThere(args.creates)) return `skipped, since ${args.creates} exists`
  return args.removes !== undefined && !await isThere(args.removes) ? `skipped, since ${args.removes} does not exist` : undefined
}

function milliseconds(timeout: unknown): number {
  if (timeout === null || timeout === undefined) return Infinity
  const seconds = typeof timeout === 'string' && timeout.trim() !== '' ? Number(timeout) : timeout
  if (typeof seconds !== 'number' || !Number.isInteger(seconds)) throw new Failure(`argument 'timeout' is no whole number of seconds: ${pyText(timeout)} cannot be converted to an int`)
  return seconds * 1000
}

export default defineAction({
  name: 'expect', doc: 'Runs a command on the host and answers its questions.', needsHost: true, inCheckMode: 'skip',
  args: {
    command: { type: 'str', required: true, doc: 'The command; no shell reads it.' },
    responses: { type: 'dict', required: true, doc: 'Python regular expressions, and the answer to each, or a list of answers to give one after the other.' },
    chdir: { type: 'path', doc: 'Folder to run in.' },
    creates: { type: 'path', doc: 'A path: when it exists, the command is not run.' },
    removes: { type: 'path', doc: 'A path: when it does not exist, the command is not run.' },
    timeout: { type: 'raw', default: 30, doc: 'Seconds that it may be silent between questions; null: for ever.' },
    echo: { type: 'bool', default: false, doc: 'Whether the terminal shows the answers.' },
  },
  async run(args, control): Promise<Data> {
    const limit = milliseconds(args.timeout), answers = new Answers(args.responses), cmd = args.command
    if (cmd.trim() === '') throw new Failure('no command given', { rc: 256 })
    const { home, cwd } = await control.read(account, control.user)
    const expanded = (path: string): string => path.replace(/^~(?=\/|$)/, home)
    const folder = args.chdir === undefined ? undefined : expanded(args.chdir)
    const place = (path: string): string => { const whole = expanded(path); return whole.startsWith('/') ? whole : `${folder ?? cwd}/${whole}` }
    const reason = await idle(control, args, place)
    if (reason !== undefined) return { cmd, stdout: reason, stdout_lines: [reason], changed: false, rc: 0 }
    const started = Date.now(), made = await start(control, cmd, args.echo, folder)
    let rc: number | undefined, said = { output: '', isLate: false }
    try { said = await converse(control, made, answers, limit) } finally {
      const [ran] = await control.run([{ sh: end(made), okRc: 'any' }])
      rc = ran === undefined || ran.stdout.trim() === '' ? undefined : Number(ran.stdout)
    }
    const ended = Date.now(), stdout = said.output.replace(/[\r\n]+$/, '')
    const result = { cmd, stdout, stdout_lines: splitLines(stdout), rc: said.isLate ? null : rc ?? null, start: dateText(started), end: dateText(ended), delta: deltaText(ended - started), changed: true }
    if (said.isLate || rc === undefined) return { ...result, failed: true, msg: 'command exceeded timeout' }
    return rc === 0 ? result : { ...result, failed: true, msg: 'non-zero return code' }
  },
})

/** Runs a script of the controller on the host, by the interpreter that it names. */
import { Failure } from '../core/errors.ts'
import { defineModule, nothing } from '../core/module.ts'
import { quote } from '../core/sh.ts'
import { check, resultOf, runArgs, runPlan } from './commands/run.ts'
import { splitWords } from '../core/words.ts'

/** The script waits in a private file while it runs, since interpreters want a name and the script its stdin; it is gone afterwards. */
const launch = (interpreter: string, words: readonly string[]): string => `d=$(umask 077 && mktemp -d "\${TMPDIR:-/tmp}/play.XXXXXX") || exit 1
trap 'rm -rf -- "$d"' EXIT; trap 'exit 130' HUP INT TERM
f=$d/${quote(words[0] ?? 'script')}
cat >"$f" && chmod 700 "$f" || exit 1
${interpreter === '' ? '"$f"' : `${interpreter} "$f"`} ${words.slice(1).map(quote).join(' ')} </dev/null`

export default defineModule({
  name: 'script',
  doc: 'Runs a script of the controller on the host.',
  args: {
    _raw_params: { type: 'str', doc: 'Path of the script on the controller, then its arguments.' },
    cmd: { type: 'str', doc: 'Path of the script on the controller, then its arguments.' },
    chdir: runArgs.chdir, creates: runArgs.creates, removes: runArgs.removes,
    executable: { type: 'path', doc: 'Interpreter to run it with; default is the one its first line names.' },
    decrypt: { type: 'bool', default: true, doc: 'Decrypts a vault file.' },
  },
  freeForm: '_raw_params',
  rules: { mutuallyExclusive: [['_raw_params', 'cmd']] },
  async plan(args, target) {
    const text = args._raw_params ?? args.cmd
    if (text === undefined || text.trim() === '') throw new Failure('one of the following is required: _raw_params, cmd')
    const [path = '', ...rest] = splitWords(text)
    const checked = await check(args, text, target)
    if (checked.idle !== undefined) return nothing({ skipped: true, msg: checked.why }) // unlike command, as in Ansible
    const body = await (await target.local('files', path)).read()
    const first = new TextDecoder().decode(body.slice(0, 256)).split('\n')[0]?.trim() ?? ''
    // Temporary folders are often mounted noexec: the interpreter is called by name.
    const interpreter = args.executable === undefined ? (first.startsWith('#!') ? first.slice(2).trim() : '/bin/sh') : args.executable
    const name = path.slice(path.lastIndexOf('/') + 1)
    const isBinary = !first.startsWith('#!') && body.slice(0, 4).some((byte, i) => i === 0 && byte === 0x7f)
    const sh = launch(isBinary && args.executable === undefined ? '' : interpreter, [name, ...rest])
    const plan = runPlan(text, text, { sh, stdin: body }, checked, (ran) => {
      const { cmd: _, start: _start, end: _end, delta: _delta, ...result } = resultOf(ran, text, false)
      return result.failed === true ? { ...result, msg: 'non-zero return code' } : result
    })
    return { ...plan, data: {} }
  },
})

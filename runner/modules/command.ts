/** Runs a command without a shell: words as Python's shlex finds them, each given to the program as it is. */
import { Failure } from '../core/errors.ts'
import { defineModule } from '../core/module.ts'
import { quote } from '../core/sh.ts'
import type { Data } from '../core/types.ts'
import type { Ran } from '../core/plan.ts'
import { check, inputOf, resultOf, runArgs, runPlan } from './commands/run.ts'
import { expandable, splitWords } from '../core/words.ts'

/** exec in dash, bash and BusyBox says "not found" in its own words and ends with 126 or 127; Ansible fails with errno. */
function finish(ran: Ran, words: readonly string[], strip: boolean): Data {
  const result = resultOf(ran, words, strip)
  const program = words[0] ?? ''
  if ((ran.rc !== 127 && ran.rc !== 126) || ran.stdout !== '' || !/^[^\n]*exec[^\n]*\n$|: (No such file or directory|Permission denied|not found)\n$/.test(ran.stderr)) return result
  if (!ran.stderr.includes(program)) return result
  const denied = ran.rc === 126
  const what = denied ? `[Errno 13] Permission denied: b'${program}'` : `[Errno 2] No such file or directory: b'${program}'`
  // nothing was started: Ansible gives the words as one text then, and no times
  return { changed: false, cmd: words.map(quote).join(' '), stdout: '', stdout_lines: [], stderr: '', stderr_lines: [], rc: denied ? 13 : 2, msg: `Error executing command: ${what}`, failed: true }
}

export default defineModule({
  name: 'command',
  doc: 'Runs a command on the host, without a shell.',
  args: {
    ...runArgs,
    argv: { type: 'list', elements: 'str', doc: 'The command as a list of words.' },
    expand_argument_vars: { type: 'bool', default: true, doc: 'Expands ~ and $NAME in the words.' },
    _uses_shell: { type: 'bool', default: false, doc: 'Runs the text in a shell: what the module shell is.' },
  },
  freeForm: '_raw_params',
  rules: { mutuallyExclusive: [['_raw_params', 'cmd', 'argv']] },
  async plan(args, target) {
    const text = args._raw_params ?? args.cmd
    if (text === undefined && args.argv === undefined) throw new Failure('one of the following is required: cmd, argv')
    if (args._uses_shell) throw new Failure('_uses_shell is not for playbooks: use the module shell')
    const words = text === undefined ? args.argv ?? [] : splitWords(text)
    if (words.length === 0) throw new Failure('no command given', { rc: 256 })
    const checked = await check(args, words, target)
    if (checked.idle !== undefined) return checked.idle
    const line = words.map(args.expand_argument_vars ? expandable : quote).join(' ')
    const stdin = inputOf(args.stdin, args.stdin_add_newline)
    const plan = runPlan(words.map(quote).join(' '), words, { sh: `exec ${line}`, ...(stdin === undefined ? {} : { stdin }) }, checked,
      (ran) => finish(ran, words, args.strip_empty_ends))
    return args.executable === undefined ? plan
      : { ...plan, warnings: [`the parameter 'executable' is no longer supported with the 'command' module; '${args.executable}' is not used`] }
  },
})

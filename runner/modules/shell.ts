/** Runs a command line in a shell of the host. */
import { Failure } from '../core/errors.ts'
import { defineModule } from '../core/module.ts'
import { shText } from '../core/sh.ts'
import { check, inputOf, resultOf, runArgs, runPlan } from './commands/run.ts'

export default defineModule({
  name: 'shell',
  doc: 'Runs a command line in a shell on the host.',
  args: {
    ...runArgs,
    argv: { type: 'list', elements: 'str', doc: 'Not for shell.', unsupported: 'a shell takes one text; the module command takes argv' },
  },
  freeForm: '_raw_params',
  rules: { mutuallyExclusive: [['_raw_params', 'cmd']] },
  async plan(args, target) {
    const text = args._raw_params ?? args.cmd
    if (text === undefined) throw new Failure('one of the following is required: _raw_params, cmd')
    if (text.trim() === '') throw new Failure('no command given', { rc: 256 })
    const checked = await check(args, text, target)
    if (checked.idle !== undefined) return checked.idle
    const stdin = inputOf(args.stdin, args.stdin_add_newline)
    return runPlan(text, text, { sh: shText`exec ${args.executable ?? '/bin/sh'} -c ${text}`, ...(stdin === undefined ? {} : { stdin }) }, checked,
      (ran) => resultOf(ran, text, args.strip_empty_ends))
  },
})

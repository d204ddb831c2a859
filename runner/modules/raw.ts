/** Runs a text in the shell of the connection, as it is: nothing is checked, nothing expanded. */
import { Failure } from '../core/errors.ts'
import { defineModule } from '../core/module.ts'
import { shText } from '../core/sh.ts'
import { splitLines } from '../core/pytext.ts'

export default defineModule({
  name: 'raw',
  doc: 'Runs a text on the host as it is.',
  args: {
    _raw_params: { type: 'str', doc: 'The text.' },
    free_form: { type: 'str', doc: 'The text.' },
    executable: { type: 'path', doc: 'The shell to use.' },
  },
  freeForm: '_raw_params',
  async plan(args) {
    const text = args._raw_params ?? args.free_form
    if (text === undefined || text.trim() === '') throw new Failure('no command given', { rc: 256 })
    const step = { sh: args.executable === undefined ? text : shText`exec ${args.executable} -c ${text}`, okRc: 'any' as const }
    return {
      changes: [{ kind: 'run', cmd: text }], steps: [step],
      after: [{ unknown: 'what a raw command would leave is not known' }],
      later: ['stdout', 'stdout_lines', 'stderr', 'stderr_lines', 'rc'],
      done: ([ran]) => ran === undefined ? {} : {
        stdout: ran.stdout, stdout_lines: splitLines(ran.stdout), stderr: ran.stderr, stderr_lines: splitLines(ran.stderr), rc: ran.rc,
        ...(ran.rc === 0 ? {} : { failed: true, msg: 'non-zero return code' }),
      },
    }
  },
})

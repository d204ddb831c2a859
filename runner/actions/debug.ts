/** debug: shows a message or the value of an expression. */
import { defineAction } from '../core/module.ts'
import { Template, Undefined, Unknown, UnknownValue } from '../core/value.ts'

export default defineAction({
  name: 'debug', doc: 'Print statements during execution.', inCheckMode: 'run',
  args: {
    msg: { type: 'raw', doc: 'What to print; templates in it are evaluated.' },
    var: { type: 'raw', doc: 'An expression, without braces, whose value is printed.' },
    verbosity: { type: 'int', default: 0, doc: 'Print only at this verbosity (number of -v) or above.' },
  },
  rules: { mutuallyExclusive: [['msg', 'var']] },
  rawArgs: ['var'],
  async run(args, control) {
    if (control.verbosity < args.verbosity) return { skipped: true, skipped_reason: 'Verbosity threshold not met.', changed: false }
    if (args.var === undefined) return { msg: args.msg ?? 'Hello world!', changed: false, _ansible_verbose_always: true }
    const name = args.var instanceof Template ? args.var.source : String(args.var)
    return { [name]: shown(control.evaluate(args.var)), changed: false, _ansible_verbose_always: true }
  },
})

function shown(value: unknown): unknown {
  if (value instanceof Unknown) throw new UnknownValue(value.reason)
  return value === undefined || value instanceof Undefined ? 'VARIABLE IS NOT DEFINED!' : value
}

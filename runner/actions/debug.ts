/** debug: shows a message or the value of an expression. */
import { defineAction } from '../core/module.ts'
import { Fault } from '../core/errors.ts'
import type { Control } from '../core/plan.ts'
import { Template, Undefined, Unknown, UnknownValue } from '../core/value.ts'

export default defineAction({
  name: 'debug', doc: 'Print statements during execution.', inCheckMode: 'run',
  args: {
    msg: { type: 'raw', default: 'Hello world!', doc: 'What to print; templates in it are evaluated.' },
    var: { type: 'raw', doc: 'An expression, without braces, whose value is printed.' },
    verbosity: { type: 'int', default: 0, doc: 'Print only at this verbosity (number of -v) or above.' },
  },
  rules: { mutuallyExclusive: [['msg', 'var']] },
  rawArgs: ['var'],
  async run(args, control) {
    if (control.verbosity < args.verbosity) return { skipped: true, skipped_reason: 'Verbosity threshold not met.', changed: false }
    if (args.var === undefined) return { ...(args.msg === null ? {} : { msg: args.msg }), changed: false, _ansible_verbose_always: true }
    const name = nameOf(args.var, control)
    return { [name]: shown(name, control), changed: false, _ansible_verbose_always: true }
  },
})

/** What is evaluated. Of a template that gives a name, what is under that name; what else it gives is no expression of the playbook. */
function nameOf(written: unknown, control: Control): string {
  if (!(written instanceof Template)) return String(written)
  const value = control.evaluate(written)
  return typeof value === 'string' && /^[A-Za-z_]\w*(\.\w+|\[\d+\]|\['[^']*'\])*$/.test(value) ? value : written.source.replace(/^\s*\{\{(.*)\}\}\s*$/s, '$1').trim()
}

/** A value, or the words that Ansible shows in the place of what is undefined. */
function shown(name: string, control: Control): unknown {
  try {
    const value = control.evaluate(name)
    if (value instanceof Unknown) throw new UnknownValue(value.reason)
    return value instanceof Undefined ? control.shown(name) ?? `<< error 1 - ${value.message} >>` : value
  } catch (error) {
    if (error instanceof Fault && error.code === 'undefined') return control.shown(name) ?? `<< error 1 - ${error.message} >>`
    throw error
  }
}

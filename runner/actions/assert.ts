/** assert: conditions that must hold. */
import { defineAction } from '../core/module.ts'
import { Template } from '../core/value.ts'

const written = (condition: unknown): unknown => condition instanceof Template ? condition.source : condition

export default defineAction({
  name: 'assert', doc: 'Asserts given expressions are true.', inCheckMode: 'run',
  args: {
    that: { type: 'raw', required: true, doc: 'A condition or a list of them, as in when.' },
    fail_msg: { type: 'raw', aliases: ['msg'], doc: 'Shown where a condition is false.' },
    success_msg: { type: 'raw', doc: 'Shown where all hold.' },
    quiet: { type: 'bool', default: false, doc: 'Say less.' },
  },
  rawArgs: ['that'],
  async run(args, control) {
    const that = args.that
    const list: readonly unknown[] = Array.isArray(that) ? that : [that]
    for (const condition of list) {
      if (control.condition(condition)) continue
      return {
        failed: true, changed: false, evaluated_to: false, assertion: written(condition), msg: args.fail_msg ?? 'Assertion failed',
        ...(args.quiet ? {} : { _ansible_verbose_always: true }),
      }
    }
    return { changed: false, msg: args.success_msg ?? 'All assertions passed', ...(args.quiet ? {} : { _ansible_verbose_always: true }) }
  },
})

/** set_stats: values shown after the recap. */
import { Failure } from '../core/errors.ts'
import { dictEntries, isDict } from '../core/value.ts'
import { defineAction } from '../core/module.ts'

/** Ansible takes any value here; what is no word for true is false. */
const isTrue = (value: unknown): boolean => ['true', 'yes', 'on', 'y', 't', '1', '1.0'].includes(String(value).toLowerCase())

export default defineAction({
  name: 'set_stats', doc: 'Define and display stats for the current ansible run.', inCheckMode: 'run',
  args: {
    data: { type: 'raw', required: true, doc: 'Names and values.' },
    per_host: { type: 'bool', default: false, doc: 'Kept a host, not a run.' },
    aggregate: { type: 'raw', default: true, doc: 'Adds to a value that is there, instead of replacing it.' },
  },
  run: ({ data, ...args }) => {
    if (!isDict(data)) throw new Failure("The 'data' option needs to be a dictionary/hash")
    const wrong = dictEntries(data).find(([name]) => !/^[\p{L}_][\p{L}\p{N}_]*$/u.test(String(name)))
    if (wrong !== undefined) throw new Failure(`Invalid variable name '${String(wrong[0])}'.`)
    return Promise.resolve({ changed: false, ansible_stats: { data, per_host: args.per_host, aggregate: isTrue(args.aggregate) } })
  },
})

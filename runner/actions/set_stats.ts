/** set_stats: values shown after the recap. */
import { defineAction } from '../core/module.ts'

/** Ansible takes any value here; what is no word for true is false. */
const isTrue = (value: unknown): boolean => ['true', 'yes', 'on', 'y', 't', '1', '1.0'].includes(String(value).toLowerCase())

export default defineAction({
  name: 'set_stats', doc: 'Define and display stats for the current ansible run.', inCheckMode: 'run',
  args: {
    data: { type: 'dict', required: true, doc: 'Names and values.' },
    per_host: { type: 'bool', default: false, doc: 'Kept a host, not a run.' },
    aggregate: { type: 'raw', default: true, doc: 'Adds to a value that is there, instead of replacing it.' },
  },
  run: (args) => Promise.resolve({ changed: false, ansible_stats: { data: args.data, per_host: args.per_host, aggregate: isTrue(args.aggregate) } }),
})

/** set_stats: values shown after the recap. */
import { defineAction } from '../core/module.ts'

export default defineAction({
  name: 'set_stats', doc: 'Define and display stats for the current ansible run.', inCheckMode: 'run',
  args: {
    data: { type: 'dict', required: true, doc: 'Names and values.' },
    per_host: { type: 'bool', default: false, doc: 'Kept a host, not a run.' },
    aggregate: { type: 'bool', default: true, doc: 'Adds to a value that is there, instead of replacing it.' },
  },
  run: (args) => Promise.resolve({ changed: false, ansible_stats: { data: args.data, per_host: args.per_host, aggregate: args.aggregate } }),
})

/** group_by: puts the host into a group named by a value. */
import { defineAction } from '../core/module.ts'

export default defineAction({
  name: 'group_by', doc: 'Create groups based on facts.', inCheckMode: 'run',
  args: {
    key: { type: 'str', required: true, doc: 'Name of the group; spaces become dashes.' },
    parents: { type: 'list', elements: 'str', default: ['all'], doc: 'Groups that the new one belongs to.' },
  },
  async run(args, control) {
    const group = args.key.replaceAll(' ', '-'), parents = args.parents.map((one) => one.replaceAll(' ', '-'))
    return { changed: control.addGroup(group, parents), add_group: group, parent_groups: parents }
  },
})

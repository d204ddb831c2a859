/** Keeps what dpkg is to do with a package: hold it, install it, remove it. */
import { Failure } from '../core/errors.ts'
import { attr, defineModule, nothing } from '../core/module.ts'
import type { Plan } from '../core/plan.ts'
import { dpkg, selection } from '../probes/dpkg.ts'

export default defineModule({
  name: 'dpkg_selections',
  doc: 'Keeps the selection of a Debian package.',
  args: {
    name: { type: 'str', required: true, doc: 'The package.' },
    selection: { type: 'str', required: true, choices: ['deinstall', 'hold', 'install', 'purge'], doc: 'What dpkg is to do with it.' },
  },
  async plan(args, target): Promise<Plan> {
    const [{ is }, known] = await Promise.all([target.read(selection, args.name), target.read(dpkg, args.name)])
    if (is === args.selection) return nothing({ before: is, after: is })
    if (is === 'not present' && known.status === 'absent') throw new Failure(`Failed to find package '${args.name}' to perform selection '${args.selection}'.`)
    return {
      changes: [attr(args.name, 'selection', is, args.selection)],
      steps: [{ sh: 'dpkg --set-selections', stdin: new TextEncoder().encode(`${args.name} ${args.selection}\n`) }],
      after: [{ probe: selection.name, id: args.name, value: { is: args.selection } }], data: { before: is, after: args.selection },
    }
  },
})

/** ping: whether the host can be worked on: a shell answers. */
import { Failure } from '../core/errors.ts'
import { defineModule, nothing } from '../core/module.ts'
import { defineEach } from '../probes/each.ts'

const alive = defineEach<string, boolean>({ name: 'ping', id: (key) => key, command: () => 'true', parse: ({ rc }) => rc === 0 })

export default defineModule({
  name: 'ping', doc: 'Connects to the host and says pong.',
  args: { data: { type: 'str', default: 'pong', doc: "What is given back; 'crash' fails." } },
  async plan({ data }, target) {
    if (data === 'crash') throw new Failure('Task failed: Module failed: boom')
    await target.read(alive, 'shell')
    return nothing({ ping: data })
  },
})

/** Puts the services of the host into facts. */
import { Failure } from '../core/errors.ts'
import { defineModule, nothing } from '../core/module.ts'
import { services } from '../probes/inventories.ts'

export default defineModule({
  name: 'service_facts',
  doc: 'Puts the services of the host into facts.',
  args: {},
  async plan(_, target) {
    const found = await target.read(services, 'all')
    if (Object.keys(found).length === 0) throw new Failure('Failed to find any services. This can be due to privileges or some other configuration issue.')
    return nothing({ ansible_facts: { services: found } })
  },
})

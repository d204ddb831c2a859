/** Reads a database of the name service: passwd, group, hosts, services … */
import { Failure } from '../core/errors.ts'
import { defineModule, nothing } from '../core/module.ts'
import { getent } from '../probes/getent.ts'

const colons = ['passwd', 'shadow', 'group', 'gshadow']
export default defineModule({
  name: 'getent',
  doc: 'Reads a database of the name service into facts.',
  args: {
    database: { type: 'str', required: true, doc: 'The database: passwd, group, hosts, services …' },
    key: { type: 'str', doc: 'What to look up; without it everything is listed.' },
    service: { type: 'str', doc: 'The one service to ask.' },
    split: { type: 'str', doc: 'What stands between fields; default fits the database.' },
    fail_key: { type: 'bool', default: true, doc: 'Fails where the key is not found.' },
  },
  async plan({ database, key, service, split, fail_key: failKey }, target) {
    if (split === '') throw new Failure('Invalid split value. The value must be a non-empty string')
    const { rc, rows } = await target.read(getent, { database, key, service })
    const name = `getent_${database}`
    if (rc === 1) throw new Failure('Missing arguments, or database unknown.')
    if (rc === 3) throw new Failure('Enumeration not supported on this database.')
    if (rc !== 0) {
      if (failKey || rc !== 2) throw new Failure('One or more supplied key could not be found in the database.')
      return nothing({ ansible_facts: { [name]: key === undefined ? {} : { [key]: null } }, msg: 'One or more supplied key could not be found in the database.' })
    }
    const between = split ?? (colons.includes(database) ? ':' : undefined), found: Record<string, unknown> = {}, seen = new Map<string, number>()
    for (const row of rows) {
      const [first = '', ...rest] = between === undefined ? row.trim().split(/\s+/) : row.split(between)
      const count = seen.get(first) ?? 0
      seen.set(first, count + 1)
      if (count === 0) found[first] = rest
      else if (count === 1) found[first] = [found[first], rest]
      else { const before = found[first]; found[first] = Array.isArray(before) ? [...before, rest] : [rest] }
    }
    return nothing({ ansible_facts: { [name]: found } })
  },
})

/** set_fact: variables of the host for the rest of the run. Any name is an argument. */
import { defineAction } from '../core/module.ts'
import { Failure } from '../core/errors.ts'
import type { Data } from '../core/types.ts'

/** Words that Jinja takes for something else. */
const ofJinja = new Set(['true', 'false', 'none', 'True', 'False', 'None', 'not'])

export default defineAction({
  name: 'set_fact', doc: 'Set host variables and facts.', inCheckMode: 'run', open: true,
  args: { cacheable: { type: 'bool', default: false, doc: 'Also a fact, of the lower precedence that facts have.' } },
  run(args) {
    const given: Data = { ...args }
    const { cacheable, _raw_params: text, ...facts } = given
    if (text !== undefined) return Promise.reject(new Failure(`set_fact takes key=value pairs, found '${String(text)}'`, {}, 'write each variable as "name: value" below set_fact, or as name=value'))
    if (Object.keys(facts).length === 0) return Promise.reject(new Failure('No key/value pairs provided, at least one is required for this action to succeed'))
    for (const name of Object.keys(facts)) {
      if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name) || ofJinja.has(name)) return Promise.reject(new Failure(`Invalid variable name '${name}'. Names start with a letter or an underscore and hold only letters, digits and underscores.`))
    }
    const isCacheable = cacheable === true || ['yes', 'true', 'on', '1'].includes(String(cacheable).toLowerCase())
    return Promise.resolve({ ansible_facts: facts, changed: false, _ansible_facts_cacheable: isCacheable })
  },
})

/** Gathers facts about a host. */
import { Failure } from '../core/errors.ts'
import { defineModule } from '../core/module.ts'
import { nearest } from '../core/near.ts'
import type { Data } from '../core/types.ts'
import { factGroups, facts } from '../probes/facts.ts'

const all = [...factGroups.map(({ name }) => name), 'local']
const minimal = [...factGroups.filter(({ isMinimal }) => isMinimal).map(({ name }) => name), 'local']
/** What Ansible can gather and nothing here has anything to say about. */
const silent = new Set(['facter', 'ohai'])
/** A name of gather_subset stands for these groups. */
function groupsOf(name: string): readonly string[] {
  if (name === 'all') return all
  if (name === 'min') return minimal
  if (name === 'hardware') return ['hardware', 'mounts', 'devices']
  const own = factGroups.filter((group) => group.name === name || group.facts.includes(name)).map((group) => group.name)
  if (own.length > 0 || name === 'local') return own.length > 0 ? own : ['local']
  if (silent.has(name)) return []
  const known = [...all, 'all', 'min', 'hardware', ...silent, ...factGroups.flatMap((group) => group.facts)]
  const near = nearest(name, known)
  throw new Failure(`Bad subset '${name}' given to Ansible. gather_subset options allowed: all, ${[...known].sort().join(', ')}${near === undefined ? '' : `; did you mean '${near}'?`}`)
}

/** Ansible: module_utils/facts/collector.py, get_collector_names: `min` always, unless `!min`; `!name` removes. */
export function chooseGroups(subset: readonly string[]): string[] {
  const added = new Set<string>(), removed = new Set<string>()
  let hasAdded = false
  for (const one of subset.length === 0 ? ['all'] : subset) {
    if (one === '!all') { for (const name of all) if (!minimal.includes(name)) removed.add(name); continue }
    if (one.startsWith('!')) { for (const name of groupsOf(one.slice(1))) removed.add(name); continue }
    hasAdded = true
    for (const name of groupsOf(one)) { added.add(name) }
  }
  const explicit = new Set(subset.filter((one) => !one.startsWith('!') && one !== 'all').flatMap(groupsOf))
  const base = hasAdded ? added : new Set(all)
  if (!subset.includes('!min')) for (const name of minimal) base.add(name)
  // Some groups need others: the package manager the distribution, that the kernel.
  return all.filter((name) => (base.has(name) && !removed.has(name)) || explicit.has(name))
}

const matcher = (pattern: string): RegExp =>
  new RegExp(`^${pattern.replace(/[.+^${}()|\\]/g, '\\$&').replaceAll('*', '.*').replaceAll('?', '.').replaceAll('[!', '[^')}$`)
/** Names as the result has them; `ansible_facts` is without the prefix. The interface `br-lan` is the fact `ansible_br_lan`. */
const prefixed = (found: Readonly<Data>): Data =>
  Object.fromEntries(Object.entries(found).map(([name, value]) => [`${name.startsWith('ansible_') ? '' : 'ansible_'}${name.replaceAll('-', '_')}`, value]))

/** `filter` is matched against the names with prefix; a pattern without it is given one (Ansible: ansible_collector.py). */
export function filterFacts(found: Readonly<Data>, patterns: readonly string[]): Data {
  const wanted = patterns.filter((one) => one !== '' && one !== '*')
  if (wanted.length === 0 || patterns.includes('*')) return { ...found }
  const tests = wanted.flatMap((one) => [matcher(one), matcher(one.startsWith('ansible_') ? one.slice(8) : one)])
  return Object.fromEntries(Object.entries(found).filter(([name]) => tests.some((test) => test.test(name) || test.test(`ansible_${name}`))))
}

export default defineModule({
  name: 'setup',
  doc: 'Gathers facts about a host.',
  args: {
    gather_subset: { type: 'list', elements: 'str', default: ['all'], doc: 'Groups or facts: all, min, hardware, network, virtual, …; with ! to leave out.' },
    filter: { type: 'list', elements: 'str', default: [], doc: 'Only facts whose names match one of these shell patterns.' },
    fact_path: { type: 'path', default: '/etc/ansible/facts.d', doc: 'Folder of the host with its own facts (*.fact).' },
    gather_timeout: { type: 'int', default: 10, doc: 'Accepted: nothing here waits for other machines.' },
  },
  async plan(args, target) {
    const names = args.gather_subset.flatMap((one) => one.split(',')).map((one) => one.trim()).filter((one) => one !== '')
    const groups = chooseGroups(names)
    const { facts: found, warnings } = await target.read(facts, { groups, factPath: args.fact_path.replace(/\/+$/, '') })
    return { changes: [], steps: [], data: { ansible_facts: filterFacts({ ...prefixed(found), gather_subset: names, module_setup: true }, args.filter) }, warnings }
  },
})

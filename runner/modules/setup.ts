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
/** Names that Ansible knows besides those of the groups, and the groups of ours that they stand for. */
const parts: Readonly<Record<string, readonly string[]>> = { hardware: ['hardware', 'mounts', 'devices'], platform: ['platform', 'python_version'] }
/** Groups that need the facts of others, and so gather them too. Ansible: required_facts of its collectors. */
const needs: Readonly<Record<string, readonly string[]>> = { pkg_mgr: ['distribution'], service_mgr: ['platform', 'distribution'], network: ['platform', 'distribution'], hardware: ['platform'] }

/** The group of Ansible's that a name of gather_subset means: itself, or the one that one of its facts is in. */
function groupOf(name: string): string | undefined {
  if (silent.has(name) || name === 'local') return name
  const found = factGroups.find((group) => group.name === name || group.facts.includes(name))?.name
  return Object.entries(parts).find(([, own]) => found !== undefined && own.includes(found))?.[0] ?? found
}
function known(name: string): string {
  const group = groupOf(name)
  if (group !== undefined) return group
  const names = [...new Set(['local', ...silent, ...factGroups.flatMap((one) => [one.name, ...one.facts])])].sort()
  const near = nearest(name, ['all', 'min', ...names])
  throw new Failure(`Bad subset '${name}' given to Ansible. gather_subset options allowed: all, ${names.join(', ')}${near === undefined ? '' : `; did you mean '${near}'?`}`)
}

/** Ansible: module_utils/facts/collector.py, get_collector_names: `min` and what is named; less what `!` names; and what those need. */
export function chooseGroups(subset: readonly string[]): string[] {
  const whole = [...new Set([...all.map((name) => groupOf(name) ?? name), ...silent])], least = minimal.map((name) => groupOf(name) ?? name)
  const added = new Set(least), removed = new Set<string>(), named = new Set<string>()
  for (const one of subset.length === 0 ? ['all'] : subset) {
    if (one === 'min') continue
    if (one === 'all') for (const name of whole) added.add(name)
    else if (one === '!min') for (const name of least) removed.add(name)
    else if (one === '!all') for (const name of whole) { if (!least.includes(name)) removed.add(name) }
    // as in Ansible, a name that does not exist may be left out
    else if (one.startsWith('!')) removed.add(groupOf(one.slice(1)) ?? '')
    else { named.add(known(one)); added.add(known(one)) }
  }
  const chosen = new Set([...added].filter((name) => !removed.has(name) || named.has(name)))
  for (const name of chosen) for (const needed of needs[name] ?? []) chosen.add(needed)
  return all.filter((name) => chosen.has(groupOf(name) ?? name))
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
  const tests = wanted.flatMap((one) => [matcher(one), matcher(`ansible_${one}`)])
  return Object.fromEntries(Object.entries(found).filter(([name]) => tests.some((test) => test.test(name))))
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

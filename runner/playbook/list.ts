/** What `--list-tasks`, `--list-tags` and `--list-hosts` print, in Ansible's words, and plays cut down to one role. */
import { fault } from '../core/errors.ts'
import { nearest } from '../core/near.ts'
import { pyRepr, pyText } from '../core/pytext.ts'
import type { Block, Node, Play, Playbook, RoleNode, Task } from '../core/types.ts'
import type { Options } from '../core/options.ts'
import { dictGet, isDict, Template } from '../core/value.ts'
import { selected } from './tags.ts'

export type ListKind = 'syntax' | 'hosts' | 'tasks' | 'tags'
/** What listing needs of what was loaded. */
export interface Listed {
  readonly options: Pick<Options, 'tags' | 'skipTags'> & Partial<Pick<Options, 'playbooks' | 'adhoc'>>
  readonly playbooks: readonly Playbook[]
  readonly inventory: { match(pattern: string | readonly string[]): readonly string[] }
  readonly limit?: ReadonlySet<string> | undefined
  /** `hosts` and name of plays, evaluated. */
  readonly heads?: ReadonlyMap<Play, { readonly hosts: unknown; readonly name: unknown }>
}

const shown = (value: unknown): string => value instanceof Template ? value.source : value === undefined ? '' : pyText(value)
const tagsOf = (node: { readonly kw: Play['kw'] }): string[] => {
  const tags = node.kw['tags']
  return Array.isArray(tags) ? tags.map(shown) : []
}

/** Tasks in order; of blocks only the main part, as Ansible lists them. `all`: rescue and always too. */
function* tasksIn(nodes: readonly Node[], all: boolean): Generator<Task> {
  for (const node of nodes) {
    if (node.kind === 'task') yield node
    else yield* tasksIn(node.kind === 'role' || !all ? node.body : [...node.body, ...node.rescue, ...node.always], all)
  }
}
function titleOf(task: Task): string {
  if (task.name === undefined) return task.action ?? task.module
  return task.role === undefined || task.module === 'include_role' ? shown(task.name) : `${task.role.name} : ${shown(task.name)}`
}

/** Hosts that a play would touch. */
function hostsOf(play: Play, listed: Listed): readonly string[] {
  const patterns: readonly unknown[] = [(listed.heads?.get(play) ?? play).hosts].flat()
  return listed.inventory.match(patterns.map(shown)).filter((host) => listed.limit?.has(host) ?? true)
}

function playLines(play: Play, number: number, kinds: readonly ListKind[], listed: Listed): string[] {
  const { tags, skipTags } = listed.options
  const head = listed.heads?.get(play) ?? play
  const hosts: readonly unknown[] = [head.hosts].flat()
  const lines = ['', `  play #${number} (${hosts.map(shown).join(',')}): ${shown(head.name)}\tTAGS: [${tagsOf(play).join(',')}]`]
  if (kinds.includes('hosts')) {
    const found = hostsOf(play, listed)
    lines.push(`    pattern: ${pyRepr(hosts.map(shown))}`, `    hosts (${found.length}):`, ...found.map((host) => `      ${host}`))
  }
  const tagsOnly = !kinds.includes('tasks') && kinds.includes('tags')
  if (!tagsOnly && !kinds.includes('tasks')) return lines
  const isListingAll = kinds.includes('tags') && tags.length + skipTags.length === 0
  const only = isListingAll ? ['never', 'all'] : tags
  const tasks = play.sections.flatMap((section) => [...tasksIn(section.nodes, false)]).filter((task) => selected(tagsOf(task), only, skipTags))
  if (kinds.includes('tasks')) lines.push('    tasks:', ...tasks.map((task) => `      ${titleOf(task)}\tTAGS: [${[...new Set(tagsOf(task))].sort().join(', ')}]`))
  if (kinds.includes('tags')) lines.push(`      TASK TAGS: [${[...new Set([...tagsOf(play), ...tasks.flatMap(tagsOf)])].sort().join(', ')}]`)
  return lines
}

/** The lists asked for, ending with a line break. A syntax check prints the names of the playbooks only. */
export function listing(kinds: readonly ListKind[], listed: Listed): string {
  if (listed.options.adhoc !== undefined) return listed.playbooks.flatMap(({ plays }) => plays).map((play) => hostsOf(play, listed)).map((hosts) => [`  hosts (${hosts.length}):`, ...hosts.map((host) => `    ${host}`), ''].join('\n')).join('')
  const wanted = kinds.filter((kind) => kind !== 'syntax')
  return listed.playbooks.map((playbook, number) => {
    const lines = ['', `playbook: ${listed.options.playbooks?.[number] ?? playbook.file}`, ...(wanted.length === 0 ? [] : playbook.plays.flatMap((play, i) => playLines(play, i + 1, wanted, listed)))]
    return `${lines.join('\n')}\n`
  }).join('')
}

// ---------------------------------------------------------------- one role of a playbook

function isIncludeOf(task: Task, name: string): boolean {
  return task.module === 'include_role' && isDict(task.args) && (dictGet(task.args, 'name') === name || dictGet(task.args, 'role') === name)
}
/** The brackets of this role, and includes of it, wherever they stand. */
function* usesOf(nodes: readonly Node[], name: string): Generator<RoleNode | Task> {
  for (const node of nodes) {
    if (node.kind === 'role') { if (node.role.name === name) yield node; else yield* usesOf(node.body, name) }
    else if (node.kind === 'block') yield* usesOf(partsOf(node), name)
    else if (isIncludeOf(node, name)) yield node
  }
}
const partsOf = (block: Block): Node[] => [...block.body, ...block.rescue, ...block.always]
function* rolesIn(nodes: readonly Node[]): Generator<string> {
  for (const node of nodes) {
    if (node.kind === 'role') { yield node.role.name; yield* rolesIn(node.body) } else if (node.kind === 'block') yield* rolesIn(partsOf(node))
    else if (node.module === 'include_role' && isDict(node.args)) {
      const name = dictGet(node.args, 'name') ?? dictGet(node.args, 'role')
      if (typeof name === 'string') yield name
    }
  }
}

/** The plays that use this role, with nothing in them but the role; handlers and variables stay. Throws where no play uses it. */
export function onlyRole(playbook: Playbook, name: string): Playbook {
  const plays = playbook.plays.flatMap((play) => {
    const sections = play.sections.map(({ kind, nodes }) => ({ kind, nodes: [...usesOf(nodes, name)] }))
    return sections.every(({ nodes }) => nodes.length === 0) ? [] : [{ ...play, sections }]
  })
  if (plays.length > 0) return { ...playbook, plays }
  const known = [...new Set(playbook.plays.flatMap((play) => play.sections.flatMap((section) => [...rolesIn(section.nodes)])))]
  throw fault('role-unknown', undefined, { name, known, near: nearest(name, known) })
}

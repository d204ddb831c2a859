/** What the command line asks for by name, tags and a task to start at, held against what was loaded: a misspelt name would silently run nothing. */
import type { Node, Playbook, Task } from '../core/types.ts'
import type { Options } from '../core/options.ts'
import { fault } from '../core/errors.ts'
import { nearest } from '../core/near.ts'
import { Template } from '../core/value.ts'
import type { Inventory } from '../inventory/load.ts'

const special = new Set(['all', 'tagged', 'untagged', 'always', 'never'])
const tasksIn = (nodes: readonly Node[]): readonly Task[] => nodes.flatMap((node) =>
  node.kind === 'task' ? [node] : node.kind === 'role' ? tasksIn(node.body) : tasksIn([...node.body, ...node.rescue, ...node.always]))

/** Says which tags no task has; refuses to start at a task that there is not. What is included later may have either. */
export function checkSelection(playbooks: readonly Playbook[], options: Options, warn: (message: string) => void): void {
  const plays = playbooks.flatMap((playbook) => playbook.plays)
  const tasks = plays.flatMap((play) => tasksIn(play.sections.flatMap((section) => section.nodes)))
  if (tasks.some(({ module }) => module === 'include_tasks' || module === 'include_role' || module === 'include')) return
  const tags = [...tasks, ...plays].flatMap(({ kw }) => { const { tags: own } = kw; return Array.isArray(own) ? own : own === undefined ? [] : [own] })
  if (!tags.some((tag) => tag instanceof Template)) {
    const known = new Set(tags.map(String))
    for (const tag of [...options.tags, ...options.skipTags]) {
      if (special.has(tag) || known.has(tag)) continue
      const near = nearest(tag, known)
      warn(`no task has the tag '${tag}'${near === undefined ? known.size === 0 ? '' : `; there are: ${[...known].join(', ')}` : `; did you mean '${near}'?`}`)
    }
  }
  const start = options.startAtTask
  if (start === undefined || /[*?[]/.test(start) || tasks.some(({ name }) => name instanceof Template)) return
  const names = tasks.flatMap(({ name, module, role }) => {
    const own = typeof name === 'string' ? name : module
    return role === undefined ? [own] : [own, `${role.name} : ${own}`]
  })
  if (!names.includes(start)) throw fault('no-such-start', undefined, { name: start, near: nearest(start, names) })
}

/** Says so where the limit leaves no host for any play: it is in none of their groups. Groups may also be made by the run: then nothing is said. */
export function checkLimit(playbooks: readonly Playbook[], limit: ReadonlySet<string> | undefined, inventory: Pick<Inventory, 'match' | 'hosts' | 'groups'>, warn: (message: string) => void): void {
  if (limit === undefined) return
  const known = new Set([...inventory.hosts(), ...inventory.groups().keys()])
  const names = playbooks.flatMap((playbook) => playbook.plays).flatMap(({ hosts }) => Array.isArray(hosts) ? hosts : [hosts]).flatMap((one) => typeof one === 'string' ? one.split(/[,:]/) : [''])
  if (names.length === 0 || !names.every((name) => known.has(name.trim())) || names.some((name) => inventory.match(name.trim()).some((host) => limit.has(host)))) return
  const left = [...limit]
  warn(`the limit leaves no host for any play: ${left.slice(0, 5).join(', ')}${left.length > 5 ? ', …' : ''} ${left.length > 1 ? 'are' : 'is'} not among the hosts of ${[...new Set(names)].join(', ')}`)
}

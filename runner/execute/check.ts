/** What can be found wrong before the first host is touched: names of arguments and literal values of every task that was loaded. */
import type { Node, Playbook, Task } from '../core/types.ts'
import { checkArgNames } from '../core/args.ts'
import { inheritLoc } from '../core/loc.ts'
import { isDict } from '../core/value.ts'
import { engineNames, type Registry } from './registry.ts'

function* tasksOf(nodes: readonly Node[]): Generator<Task> {
  for (const node of nodes) {
    if (node.kind === 'task') yield node
    else if (node.kind === 'role') yield* tasksOf(node.body)
    else yield* tasksOf([...node.body, ...node.rescue, ...node.always])
  }
}

/** Throws the first fault in the arguments of any task. */
export const checkTasks = (registry: Registry, playbooks: readonly Playbook[]): Promise<void> =>
  checkNodes(registry, playbooks.flatMap((playbook) => playbook.plays.flatMap((play) => [...play.sections.flatMap((section) => section.nodes), ...play.handlers])))

export async function checkNodes(registry: Registry, nodes: readonly Node[]): Promise<void> {
  const tasks = [...tasksOf(nodes)]
  await Promise.all([...new Set(tasks.map((task) => task.module))].filter((name) => !engineNames.includes(name)).map((name) => registry.load(name)))
  for (const task of tasks) await checkTask(registry, task)
}

async function checkTask(registry: Registry, task: Task): Promise<void> {
  if (engineNames.includes(task.module) || !isDict(task.args)) return
  const entry = await registry.load(task.module)
  if (entry.kind === 'action' && entry.action.open === true) return
  const spec = entry.kind === 'module' ? entry.module : entry.action
  const { _raw_params: text, ...named } = task.args instanceof Map ? Object.fromEntries(task.args) : task.args
  const container = text === undefined || spec.freeForm === undefined ? task.args : inheritLoc({ ...named, [spec.freeForm]: text }, task.args)
  checkArgNames(spec.args, spec.rules, container, task.module, task.loc)
}

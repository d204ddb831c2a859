/** `--step`: a person says of each task whether it runs. Ansible: plugins/strategy, _take_step. */
import type { Task } from '../core/types.ts'
import type { Run } from './context.ts'
import { titleOf } from './keywords.ts'

/** Whether the task runs; for all hosts at once, or for the one that is named (strategy free). */
export async function wantsTask(run: Run, task: Task, host: string | undefined): Promise<boolean> {
  const { ask } = run
  if (ask === undefined || !run.steps || task.module === 'meta') return true
  return run.talk.run(async () => {
    if (!run.steps) return true
    run.emit({ type: 'asking', host: host ?? '', task: task.id })
    const answer = (await ask(`Perform task: TASK: ${titleOf(run, task, undefined)} ${host === undefined ? '' : `on ${host} `}(N)o/(y)es/(c)ontinue: `, false)).trim().toLowerCase()
    if (['c', 'continue'].includes(answer)) run.steps = false
    return ['y', 'yes', 'c', 'continue'].includes(answer)
  })
}

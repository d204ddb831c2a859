/**
 * The task debugger: where a task ended as `debugger` says, a person may look at it, change its arguments and variables, and run it again.
 * Ansible: plugins/strategy, Debugger. Its Python is played by the expressions of templates.
 */
import type { Data, Task } from '../core/types.ts'
import { Fault, fault } from '../core/errors.ts'
import { inheritLoc } from '../core/loc.ts'
import { dictEntries, isDict } from '../core/value.ts'
import type { HostState, Run } from './context.ts'
import { flag, keyword } from './keywords.ts'
import { isFailed } from './outcome.ts'
import { statement, type Shown, viewOf } from './debugger-values.ts'
import { runTask, type Ended, type TaskRun } from './task.ts'
import { guard } from './items.ts'
import { taskScope } from './scopes.ts'

const commands: Readonly<Record<string, string>> = {
  p: 'p EXPRESSION: show its value; there are task, task_vars, host, result', pprint: 'the same as p', u: 'make the task anew from what is written, with the changed task_vars',
  update_task: 'the same as u', r: 'run the task again', redo: 'the same as r', c: 'go on', continue: 'the same as c', q: 'end the run', quit: 'the same as q', EOF: 'the same as q',
  h: 'this', help: 'the same as h',
}
const unaliased: Readonly<Record<string, string>> = { pprint: 'p', update_task: 'u', redo: 'r', continue: 'c', quit: 'q', EOF: 'q', help: 'h' }

/** Whether anything may ever stop here: spares all others the question. */
export const mayDebug = (run: Run, task: Task, isActive: boolean): boolean => task.kw['debugger'] !== undefined || isActive || run.options.debugger !== undefined

function stops({ run, task, play, varsFiles }: TaskRun, host: HostState, { draft, result }: Ended): boolean {
  const scope = taskScope(run, play, host, task, varsFiles)
  const ignores = run.options.debugger?.minds !== true && guard(() => flag(run, task, scope, 'ignore_errors'), false) === true
  const failed = isFailed(draft) && draft.unreachable !== true && !ignores, unreachable = draft.unreachable === true
  switch (guard(() => keyword(run, task, scope, 'debugger'), undefined)) {
    case 'always': return true
    case 'never': return false
    case 'on_failed': if (failed) return true; break
    case 'on_unreachable': if (unreachable) return true; break
    case 'on_skipped': if (result.outcome === 'skipped') return true; break
    default: break
  }
  return (play.isDebugged === true || run.options.debugger?.always === true) && (failed || unreachable)
}

/** What a person changed; `counted` is what `task_vars` were at the last `u`. */
interface Edits { args: Data; vars: Data; counted: Data }

/** Talks about a task that has ended on a host, until it may go on. `before`: the host's counts before the task ran. */
export async function debugTask(ctx: TaskRun, host: HostState, share: readonly HostState[], first: Ended, before: HostState['stats']): Promise<void> {
  const { run } = ctx
  const edits: Edits = { args: {}, vars: {}, counted: {} }
  let ended = first, now = ctx
  while (stops(now, host, ended)) {
    if (run.ask === undefined) { run.warn('the task debugger needs a terminal to ask at: it is passed over', ctx.task.loc); return }
    if (await run.talk.run(() => converse(ctx, host, ended, edits)) === 'c') break
    Object.assign(host.stats, before)
    host.failed = undefined
    host.unreachable = false
    host.edited = { name: 'debugger', vars: edits.counted }
    now = { ...ctx, task: edited(ctx.task, edits) }
    ended = await runTask(now, host, share)
  }
  host.edited = undefined
}
function edited(task: Task, { args }: Edits): Task {
  if (Object.keys(args).length === 0) return task
  const written = isDict(task.args) ? Object.fromEntries(dictEntries(task.args).map(([key, value]) => [String(key), value])) : {}
  const whole = Object.fromEntries(Object.entries({ ...written, ...args }).filter(([, value]) => value !== undefined))
  return { ...task, args: inheritLoc(whole, task.args) }
}

async function converse(ctx: TaskRun, host: HostState, ended: Ended, edits: Edits): Promise<'c' | 'r'> {
  const { run } = ctx
  const say = (text: string): void => { run.emit({ type: 'answer', text: run.masker.text(text) }) }
  const view = (): Shown => viewOf(ctx, host, ended, edited(ctx.task, edits), edits)
  for (;;) {
    run.emit({ type: 'asking', host: host.name, task: ctx.task.id })
    const line = (await run.ask?.(`[${host.name}] ${view().title} (debug)> `, false).catch(() => 'q') ?? 'q').trim()
    const [word = '', ...rest] = line.split(/\s+/), command = unaliased[word] ?? word
    if (line === '') continue
    if (command === 'c' || command === 'r') return command
    if (command === 'q') throw fault('interrupted', undefined, {})
    try {
      if (command === 'h') say(rest[0] === undefined ? help() : commands[rest[0]] ?? `there is no command ${rest[0]}`)
      else if (command === 'u') { edits.args = {}; edits.counted = { ...edits.vars } }
      else if (command === 'p') say(view().print(line.slice(word.length).trim()))
      else change(line, view(), edits, say)
    } catch (error) {
      if (!(error instanceof Fault)) throw error
      say(`*** ${error.message}${error.hint === undefined ? '' : `\n    ${error.hint}`}`)
    }
  }
}
const help = (): string => Object.entries(commands).filter(([name]) => name.length === 1).map(([name, what]) => `${[name, ...Object.keys(unaliased).filter((one) => unaliased[one] === name)].join(', ').padEnd(16)} ${what}`).join('\n')

/** An assignment; or an expression, whose value is shown. */
function change(line: string, view: Shown, edits: Edits, say: (text: string) => void): void {
  const found = statement(line, view)
  if (found.kind === 'value') { say(view.print(found.source)); return }
  if (found.of === 'args') edits.args = found.isWhole ? { ...Object.fromEntries(Object.keys(view.args).map((key) => [key, undefined])), ...found.values } : { ...edits.args, ...found.values }
  else edits.vars = { ...edits.vars, ...found.values }
}

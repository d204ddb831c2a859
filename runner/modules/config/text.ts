/** Changing one configuration file of a host, for modules that are about its meaning and not about the file. */
import { Failure } from '../../core/errors.ts'
import { attr } from '../../core/module.ts'
import { sh } from '../../core/sh.ts'
import type { Data } from '../../core/types.ts'
import type { Plan, Target } from '../../core/plan.ts'
import { stat } from '../../probes/stat.ts'
import type { AttributeArgs } from '../files/attributes.ts'
import { openText, planEdit } from '../files/edit.ts'
import { foreseeGone } from '../files/write.ts'

export interface FileOptions extends AttributeArgs { readonly backup?: boolean; readonly makeParents?: boolean; readonly validate?: string | undefined }

/**
 * The plan that gives the file the text that `change` makes of it: undefined for no file, before and after.
 * `data` are result keys; a backup's name goes into `backup_file`.
 */
export async function planText(target: Target, path: string, change: (text: string | undefined) => string | undefined, options: FileOptions = {}, data: Data = {}): Promise<Plan> {
  const { backup = false, makeParents = false, validate, ...attributes } = options
  const args = { ...attributes, path, backup, validate, encoding: 'utf-8', unsafe_writes: false }
  const opened = await openText(target, args)
  const text = change(opened.text)
  if (text === undefined) {
    if (opened.text === undefined) return { changes: [], steps: [], data }
    return { changes: [attr(opened.path, 'state', 'file', 'absent')], steps: [sh`rm -f -- ${opened.path}`], after: foreseeGone(opened.path), data }
  }
  const plan = planEdit(opened, args, { text, message: '', makeParents }, 'backup_file', data)
  const { msg, backup_file: _, ...rest } = plan.data ?? {}
  return { ...plan, data: msg === '' ? rest : { ...rest, msg } }
}

/** The plan that removes a file, whatever it holds. */
export async function planGone(target: Target, path: string): Promise<Plan> {
  const is = await target.read(stat, path)
  if (is.type === 'absent') return { changes: [], steps: [] }
  return { changes: [attr(path, 'state', is.type, 'absent')], steps: [sh`rm -f -- ${path}`], after: foreseeGone(path) }
}

/** Several plans one after the other; their results are merged, the later one's keys win. */
export function chain(plans: readonly Plan[], data: Data): Plan {
  const counts = plans.map((plan) => plan.steps.length)
  return {
    changes: plans.flatMap((one) => one.changes), steps: plans.flatMap((one) => one.steps), after: plans.flatMap((one) => one.after ?? []),
    warnings: plans.flatMap((one) => one.warnings ?? []), later: plans.flatMap((one) => one.later ?? []), data,
    done: (ran) => plans.reduce<Data>((all, plan, i) => {
      const start = counts.slice(0, i).reduce((sum, count) => sum + count, 0)
      const own = ran.slice(start, start + (counts[i] ?? 0))
      return { ...all, ...(own.length === 0 ? {} : plan.done?.(own)) }
    }, {}),
  }
}

/** A tool that a module cannot do without. */
export function need(tools: ReadonlySet<string>, tool: string, what: string): void {
  if (!tools.has(tool)) throw new Failure(`${what} needs ${tool}, which is not on this host`)
}

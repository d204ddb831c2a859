/** One task on the command line as the play that it stands for. Ansible: cli/adhoc.py. */
import { place } from '../core/loc.ts'
import type { Data, Loc } from '../core/types.ts'
import type { Adhoc } from '../core/options.ts'
import { isDict, Template } from '../core/value.ts'
import { loadYaml } from '../yaml/load.ts'

const holdsJinja = /\{[{%#]/
const written = (text: string): string | Template => holdsJinja.test(text) ? new Template(text) : text

/** JSON where it is a mapping, else text as behind a module's name in a playbook. */
function argsOf(text: string): unknown {
  if (!text.startsWith('{') || !text.endsWith('}')) return text === '' ? null : written(text)
  try {
    JSON.parse(text)
  } catch {
    return written(text)
  }
  const { value } = loadYaml(text, 'command line (-a)')
  return isDict(value) ? value : written(text)
}

/** The name of the module may be a template too; then it is written in the old way. */
function actionOf(module: string, args: unknown): Data {
  if (!holdsJinja.test(module)) return { [module]: args }
  return { action: isDict(args) ? Object.assign({ module: written(module) }, args) : written(`${module} ${args instanceof Template ? args.source : String(args ?? '')}`) }
}

export function adhocPlay({ pattern, module, args, async, poll, timeout }: Adhoc): Data {
  const loc: Loc = { file: `<adhoc '${module}' task>`, line: 1, column: 1 }
  const task: Data = {
    ...actionOf(module, argsOf(args)),
    ...(async === undefined ? {} : { async, poll: poll ?? 15 }), ...(timeout === undefined || timeout === 0 ? {} : { timeout }),
  }
  const tasks = [task], play = { name: 'Ansible Ad-Hoc', hosts: written(pattern), gather_facts: false, tasks }
  for (const one of [task, tasks, play]) place(one, { self: loc, keys: new Map(), values: new Map() })
  return play
}

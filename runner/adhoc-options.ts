/** What the command line of `play adhoc` says: one task, for the hosts of one pattern. */
import { isOn, type Settings } from './config.ts'
import { fault } from './core/errors.ts'
import type { Options } from './core/options.ts'
import type { FlagName } from './flags.ts'
import { wholeNumber, type Values } from './run-options.ts'

const usage = (message: string): Error => fault('usage', undefined, { message })

/** Modules that do nothing without arguments. Ansible: constants.py, MODULE_REQUIRE_ARGS. */
const needArgs = /^(ansible\.(builtin|legacy)\.)?(command|shell|raw|script)$/

/** The one task of `play adhoc`. */
export function adhocOf(values: Values, rest: readonly string[], settings: Settings): Pick<Options, 'adhoc' | 'playbookDir'> {
  const last = (name: FlagName): string | undefined => values.get(name)?.at(-1)
  const [pattern, ...more] = rest
  if (pattern === undefined) throw usage('no hosts were given: play adhoc PATTERN -m MODULE -a ARGS -i INVENTORY')
  if (more.length > 0) throw usage(`one pattern was expected, found also: ${more.join(' ')} (more patterns are joined by colons or commas)`)
  const module = last('module') ?? 'command', args = last('moduleArgs') ?? '', dir = last('playbookDir') ?? settings['ANSIBLE_PLAYBOOK_DIR'], tree = last('tree')
  if (needArgs.test(module) && args === '' && !values.has('listHosts')) throw usage(`No argument passed to ${module} module: give it with -a${/\.ya?ml$/.test(pattern) ? '. Did you mean to run the playbook: play ' + pattern : ''}`)
  if (/^(ansible\.(builtin|legacy)\.)?import_playbook$/.test(module)) throw usage(`'${module}' is not a valid action for one task: run the playbook itself`)
  const seconds = <K extends string>(key: K, name: FlagName, least: number): { readonly [P in K]?: number } => {
    const given = last(name)
    return (given === undefined ? {} : { [key]: wholeNumber(given, `--${name === 'taskTimeout' ? 'task-timeout' : name}`, least) }) as { readonly [P in K]?: number }
  }
  const asSet = isOn(settings['ANSIBLE_LOAD_CALLBACK_PLUGINS']) && tree === undefined && /^(ansible\.builtin\.)?oneline$/.test(settings['ANSIBLE_STDOUT_CALLBACK'] ?? '')
  return {
    adhoc: { pattern, module, args, oneLine: values.has('oneLine') || asSet, ...seconds('async', 'background', 1), ...seconds('poll', 'poll', 0), ...seconds('timeout', 'taskTimeout', 0), ...(tree === undefined ? {} : { tree }) },
    ...(dir === undefined || dir === '' ? {} : { playbookDir: dir }),
  }
}

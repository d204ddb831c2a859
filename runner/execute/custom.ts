/**
 * Runs modules of the user's own (core/custom.ts) on the host: the file and its arguments go into a folder that is gone afterwards. What such
 * a program does nobody can foresee, so a dry run leaves it to a module that knows of dry runs, and cannot tell what any other would do.
 */
import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import type { Data } from '../core/types.ts'
import type { Change, Plan, Ran } from '../core/plan.ts'
import { type Custom, interpreterLine, knowsCheckMode, placeOfArgs, styleOf, type Style } from '../core/custom.ts'
import { fault, Failure } from '../core/errors.ts'
import { isDict, Unknown } from '../core/value.ts'
import { quote } from '../core/sh.ts'
import { dumpJson } from '../template/json.ts'
import { pyStr } from '../template/python.ts'
import type { Unit } from './arguments.ts'
import { customResult } from './custom-result.ts'
import { isSilent } from './keywords.ts'
import { version } from './magic.ts'
import { inDiffMode } from './particulars.ts'
import type { Draft } from './outcome.ts'
import type { Place } from './place.ts'
import { taskScope } from './scopes.ts'

/** A program, read: how it is called and how it gets its arguments. */
interface Program { readonly name: string; readonly file: string; readonly body: Uint8Array; readonly style: Style; readonly launch: string; readonly interpreter: string }

/** Ready to be run, or to be said of in a dry run. */
export interface CustomRun {
  readonly plan: Plan
  /** A dry run may run it too. */
  readonly knowsCheckMode: boolean
  readonly reason: string
}

export async function customRun(unit: Unit, custom: Custom, args: Data, place: Place, isDry: boolean): Promise<CustomRun> {
  const { task } = unit, written = task.action ?? task.module
  if (custom.kind === 'action') throw fault('custom-action', task.loc, { name: written, path: custom.path })
  const body = new Uint8Array(await readFile(custom.path)), style = styleOf(body)
  if (style === 'powershell') throw new Failure(`${custom.path} is a PowerShell module: play has no targets that run it`)
  const program: Program = { name: written, file: basename(custom.path), body, style, ...called(unit, written, style, body, place) }
  const given = { ...args, ...internalArgs(unit, written, isDry) }
  const reason = `the dry run did not run ${written}: ${custom.path} names no _ansible_check_mode, so what it would do is not known`
  const plan: Plan = {
    changes: [{ kind: 'run', cmd: written }], after: [{ unknown: `what the module ${written} would leave is not known` }],
    steps: [{ sh: launcher(program, given), stdin: bodyOf(program, given), okRc: 'any' }],
    done: ([ran]) => ran === undefined ? {} : result(unit, program, place, ran),
  }
  return { plan, knowsCheckMode: knowsCheckMode(body, style), reason }
}

/** What a dry run says of it. `run`: runs its plan and gives the draft. */
export async function rehearsed(one: CustomRun, place: Place, run: () => Promise<Draft>): Promise<Draft> {
  const unknown = (reason: string): void => { place.machine.predict([{ unknown: reason }]) }
  if (!one.knowsCheckMode) {
    unknown(one.reason)
    return { data: { changed: false }, changes: [], unknown: one.reason }
  }
  const told = await run()
  const [after] = one.plan.after ?? [], left = after !== undefined && 'unknown' in after ? after.unknown : ''
  if (told.data['skipped'] === true) { unknown(left); return { ...told, changes: [], registerAs: new Unknown(left) } }
  if (told.data['changed'] === true) unknown(left)
  return told
}

/** The interpreter: `ansible_python_interpreter` and its like, else what the first line says. */
function called(unit: Unit, name: string, style: Style, body: Uint8Array, place: Place): Pick<Program, 'launch' | 'interpreter'> {
  const line = interpreterLine(body), [program = style === 'python' ? '/usr/bin/python' : undefined, ...options] = line
  if (style === 'binary') return { launch: '"$f"', interpreter: name }
  if (program === undefined) throw new Failure(`module (${name}) is missing interpreter line`, {}, 'its first line names the program that runs it: #!/bin/sh, #!/usr/bin/python3')
  const scope = place.on === unit.host ? unit.scope : taskScope(unit.run, unit.play, place.on, unit.task, unit.varsFiles, { ownHost: true })
  // what imports ansible.module_utils runs by the Python that has them, whichever its first line names
  const short = style === 'python' && /^python[\d.]*$/.test(basename(program)) ? 'python' : basename(program)
  const value = unit.run.jinja.resolve(scope.get(`ansible_${short}_interpreter`), scope) ?? (short === 'python' ? unit.run.options.settings?.['ANSIBLE_PYTHON_INTERPRETER'] : undefined)
  const chosen = typeof value === 'string' && value.trim() !== '' && !value.startsWith('auto') ? value.trim() : undefined
  const words = [...(chosen ?? program).split(/\s+/), ...options]
  const isSearched = short === 'python' && chosen === undefined
  return { launch: `${isSearched ? ['"$py"', ...options.map(quote)].join(' ') : words.map(quote).join(' ')} "$f"`, interpreter: isSearched ? 'python3' : words.join(' ') }
}

/** Finds the Python of a host that names none: the first that there is, or the first that has Ansible's package. */
const pythons = 'python3 /usr/bin/python3 /usr/libexec/platform-python python'
const searches = {
  any: `for py in ${pythons}; do command -v "$py" >/dev/null 2>&1 && break; done\n`,
  ansible: `for py in ${pythons} python3; do "$py" -c 'import ansible' >/dev/null 2>&1 && break; done\n`,
} as const

const passesFile = (style: Style): boolean => style !== 'placed'
function launcher({ file, launch, style }: Program, args: Data): string {
  const text = style === 'old' ? Object.entries(args).map(([name, value]) => `${name}=${shellWord(pyStr(value))} `).join('')
    : dumpJson(style === 'python' ? { ANSIBLE_MODULE_ARGS: args } : args)
  const search = launch.startsWith('"$py"') ? searches[style === 'python' ? 'ansible' : 'any'] : ''
  return `d=$(umask 077 && mktemp -d "\${TMPDIR:-/tmp}/play.XXXXXX") || exit 1
trap 'rm -rf -- "$d"' EXIT; trap 'exit 130' HUP INT TERM
f=$d/${quote(`play_${file}`)} PLAY_TMP=$d; export PLAY_TMP
cat >"$f" && chmod 700 "$f"${passesFile(style) ? ` && printf %s ${quote(text)} >"$d/args"` : ''} || exit 1
${search}${launch}${passesFile(style) ? ' "$d/args"' : ''} </dev/null`
}
/** As Python's shlex.quote. */
const shellWord = (text: string): string => text !== '' && /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'"'"'`)}'`

function bodyOf({ body, style }: Program, args: Data): Uint8Array {
  if (style === 'placed') return new Uint8Array(Buffer.from(Buffer.from(body).toString('latin1').replaceAll(placeOfArgs, () => dumpJson(args)), 'latin1'))
  return style === 'python' ? new Uint8Array(Buffer.from(Buffer.from(body).toString('latin1').replace('#<<INCLUDE_ANSIBLE_MODULE_COMMON>>', 'from ansible.module_utils.basic import *'), 'latin1')) : body
}

/** What Ansible tells every module, as far as every version of its Python package takes it. Ansible: plugins/action/__init__.py, _update_module_args. */
const internalArgs = (unit: Unit, name: string, isDry: boolean): Data => ({
  _ansible_check_mode: isDry, _ansible_no_log: isSilent(unit.run, unit.task, unit.scope), _ansible_debug: false, _ansible_diff: inDiffMode(unit),
  _ansible_verbosity: unit.run.options.verbosity, _ansible_version: version, _ansible_module_name: name, _ansible_syslog_facility: 'LOG_USER',
  _ansible_selinux_special_fs: ['fuse', 'nfs', 'vboxsf', 'ramfs', '9p', 'vfat'], _ansible_socket: null, _ansible_shell_executable: '/bin/sh', _ansible_keep_remote_files: false,
  _ansible_tmpdir: null, _ansible_remote_tmp: '$PLAY_TMP',
})

function result(unit: Unit, program: Program, place: Place, ran: Ran): Data {
  const { data, warnings } = customResult({ name: program.name, interpreter: program.interpreter, host: place.on.name }, ran)
  for (const warning of warnings) unit.run.warn(warning, unit.task.loc)
  return data
}

/** The differences that its result tells of, for those who show them. */
export function withDifferences(one: Draft): Draft {
  const told: readonly unknown[] = [one.data['diff']].flat()
  const texts = told.flatMap((diff): Change[] => {
    if (!isDict(diff) || diff instanceof Map || typeof diff['before'] !== 'string' || typeof diff['after'] !== 'string') return []
    return [{ kind: 'text', of: pyStr(diff['after_header'] ?? diff['before_header'] ?? ''), before: diff['before'], after: diff['after'] }]
  })
  return { ...one, changes: one.data['changed'] === true ? [...one.changes, ...texts] : texts }
}

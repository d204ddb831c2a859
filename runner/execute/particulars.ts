/** Result keys that Ansible gives on request: `diff` in diff mode, `invocation` where it is asked for; and what cannot run in the background. */
import type { Data } from '../core/types.ts'
import type { ArgSpec, Change, Plan } from '../core/plan.ts'
import type { Unit } from './arguments.ts'
import { truthy } from './connect.ts'
import { flag } from './keywords.ts'

/** Modules that Ansible's controller has a part in: their work is no single program that could be left alone. */
export const notInBackground: ReadonlySet<string> = new Set([
  'add_host', 'assemble', 'assert', 'copy', 'debug', 'fail', 'fetch', 'group_by', 'include_vars', 'pause', 'raw', 'reboot', 'script', 'set_fact', 'set_stats', 'synchronize',
  'template', 'unarchive', 'validate_argument_spec', 'wait_for_connection',
])

/** `ansible_inject_invocation`, or the setting. */
export function showsInvocation({ run, scope }: Unit): boolean {
  const wanted = run.jinja.resolve(scope.get('ansible_inject_invocation'), scope)
  return wanted === undefined ? run.options.injectInvocation === true : truthy(wanted)
}
/** All arguments that there are, secret ones by Ansible's word for them. */
export function shownArgs(spec: ArgSpec, args: Data): Data {
  const given = { ...Object.fromEntries(Object.keys(spec).map((name) => [name, null])), ...args }
  return Object.fromEntries(Object.entries(given).map(([name, value]) =>
    [name, spec[name]?.secret === true && value !== null && value !== undefined ? 'VALUE_SPECIFIED_IN_NO_LOG_PARAMETER' : value ?? null]))
}

type Side = { readonly path: string; readonly before: Data; readonly after: Data }
/** What changes about each path, in the order in which the paths come. */
function attributeDiffs(changes: readonly Change[]): Side[] {
  const sides = new Map<string, Side>()
  for (const change of changes) {
    if (change.kind !== 'attr') continue
    const side = sides.get(change.of) ?? { path: change.of, before: { path: change.of }, after: { path: change.of } }
    sides.set(change.of, { ...side, before: { ...side.before, [change.name]: change.before }, after: { ...side.after, [change.name]: change.after } })
  }
  return [...sides.values()]
}
const isNew = (changes: readonly Change[], path: string): boolean =>
  changes.some((one) => one.kind === 'attr' && one.of === path && one.name === 'state' && one.before === 'absent')

export const inDiffMode = (unit: Unit): boolean => flag(unit.run, unit.task, unit.scope, 'diff') ?? unit.run.options.diff
/** The differences as Ansible registers them: one mapping of the modules that have one thing to tell, else a list. */
export function diffOf(unit: Unit, { changes, data, detailed, diff: shape = 'list' }: Plan): Data {
  if (!inDiffMode(unit) || data?.['diff'] !== undefined) return {}
  const texts = changes.flatMap((one): Data[] => {
    if (one.kind !== 'text' || (one.note !== undefined && one.before === one.after)) return []
    const header = one.part === undefined ? one.of : `${one.of} (${one.part})`
    const fresh = shape === 'list' && isNew(changes, one.of)
    return [{ before: one.before, ...(fresh ? {} : { before_header: header }), after: one.after, after_header: header }]
  })
  const sides = attributeDiffs(changes)
  if (shape === 'parts') {
    const header = `${changes.flatMap((one) => one.kind === 'run' ? [] : [one.of])[0] ?? ''} (file attributes)`
    const { path: _, state: _state, ...before } = sides.at(-1)?.before ?? {}
    const { path: __, state: _now, ...after } = sides.at(-1)?.after ?? {}
    const rights = Object.keys(after).length === 0 ? {} : { before, after }
    return texts.length + sides.length === 0 ? {} : { diff: [...(texts.length === 0 ? [] : texts), { before_header: header, after_header: header, ...rights }] }
  }
  if (shape === 'path' && changes.length === 0) return data?.['path'] === undefined || data['state'] === 'absent' ? {} : { diff: { before: { path: data['path'] }, after: { path: data['path'] } } }
  if ((shape === 'one' || shape === 'path') && texts.length === 0) {
    const side = sides.find(({ path }) => path === (data?.['path'] ?? data?.['dest'])) ?? sides.at(-1)
    return side === undefined ? {} : { diff: { before: { ...side.before, ...detailed }, after: side.after } }
  }
  const list = texts.length > 0 ? texts : sides.map(({ before, after }): Data => ({ before, after }))
  const isSingle = shape === 'one' || (texts.length === 0 && list.length === 1)
  return list.length === 0 ? {} : { diff: isSingle ? list.at(-1) : list }
}

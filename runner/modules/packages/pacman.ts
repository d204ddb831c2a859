/** Decides what pacman has to do, from its own dry run. Ansible: community.general, plugins/modules/pacman.py. */
import { Failure } from '../../core/errors.ts'
import { attr } from '../../core/module.ts'
import { shText } from '../../core/sh.ts'
import { splitWords } from '../../core/words.ts'
import type { Data } from '../../core/types.ts'
import type { Arg, ArgRules, Args, Change, Plan, Predicted, Ran, Target } from '../../core/plan.ts'
import { pacmanPlan, type PacmanAnswer, type PacmanKey } from '../../probes/pacman.ts'
import { platform } from '../../probes/platform.ts'
import { simplePackage } from '../../probes/simple-packages.ts'
import { laterKeys, toolResult } from './result.ts'

export const pacmanArgs = {
  name: { type: 'list', elements: 'str', aliases: ['package', 'pkg'], doc: 'Packages, groups, files of packages or their URLs.' },
  state: { type: 'str', choices: ['absent', 'installed', 'latest', 'present', 'removed'], default: 'present', doc: 'What they shall be.' },
  update_cache: { type: 'bool', doc: 'Fetches the lists first; a change where they differ then.' },
  update_cache_extra_args: { type: 'str', default: '', doc: 'Further words for that, as a shell would split them.' },
  upgrade: { type: 'bool', doc: 'Upgrades everything.' },
  upgrade_extra_args: { type: 'str', default: '', doc: 'Further words for that.' },
  force: { type: 'bool', default: false, doc: 'Removes without asking what needs it; fetches lists that are there already.' },
  extra_args: { type: 'str', default: '', doc: 'Further words for an installation or removal.' },
  remove_nosave: { type: 'bool', default: false, doc: 'Keeps no copies of configuration files.' },
  reason: { type: 'str', choices: ['dependency', 'explicit'], doc: 'Why it is installed.' },
  reason_for: { type: 'str', choices: ['all', 'new'], default: 'new', doc: 'Whether that is set for what was there before, too.' },
  executable: { type: 'str', default: 'pacman', doc: 'The program, or one that takes the same options.' },
  root: { type: 'path', doc: 'Root of another system.' },
  cachedir: { type: 'path', doc: 'Cache of packages, with root.' },
  config: { type: 'path', doc: 'Configuration file.' },
} as const satisfies Readonly<Record<string, Arg>>
export const pacmanRules: ArgRules = { requiredOneOf: [['name', 'update_cache', 'upgrade']], mutuallyExclusive: [['name', 'upgrade']] }
export type PacmanArgs = Args<typeof pacmanArgs>

function keyOf(args: PacmanArgs): PacmanKey {
  const state = args.state === 'installed' ? 'present' : args.state === 'removed' ? 'absent' : args.state
  const extra = splitWords(args.extra_args)
  return {
    program: [
      args.executable, ...(args.config === undefined ? [] : ['--config', args.config]), ...(args.root === undefined ? [] : ['--root', args.root]),
      ...(args.root === undefined || args.cachedir === undefined ? [] : ['--cachedir', args.cachedir]),
    ],
    names: (args.name ?? []).filter((one) => one !== ''), state, upgrade: args.upgrade === true,
    extra: state === 'absent' && args.force ? [...extra, '--nodeps', '--nodeps'] : extra,
    ...(args.update_cache === true ? { refresh: [...splitWords(args.update_cache_extra_args), ...(args.force ? ['--refresh'] : [])] } : {}),
  }
}

interface Draft { readonly changes: Change[]; readonly lines: string[]; readonly said: string[]; packages: readonly string[]; readonly after: Predicted[] }
const foretell = (names: readonly string[], installed: boolean): Predicted[] => names.map((name) => ({ probe: simplePackage.name, id: `pacman:${name}`, value: { installed } }))

function decideInstall(args: PacmanArgs, key: PacmanKey, answer: PacmanAnswer, draft: Draft): void {
  const { reason } = args, asked = answer.packages.filter(({ isAsked }) => isAsked), touched = answer.touched.map(([name]) => name)
  const toMark = reason === undefined ? [] : answer.packages.filter((one) => one.reason === '' ? touched.includes(one.name) : args.reason_for === 'all' && one.reason !== reason)
  const others = toMark.filter(({ name }) => !touched.includes(name)).map(({ name }) => name)
  draft.packages = [...touched, ...others].sort()
  if (draft.packages.length === 0) { draft.said.push('package(s) already installed'); return }
  const before = new Map(answer.packages.map(({ name, version }) => [name, version]))
  for (const [name, version] of answer.touched) draft.changes.push(attr(name, 'version', before.get(name) || null, version))
  for (const { name, reason: was } of toMark) if (was !== '') draft.changes.push(attr(name, 'reason', was, reason ?? null))
  for (const [verb, isFile] of [['--sync', false], ['--upgrade', true]] as const) {
    const sources = asked.filter((one) => one.isFile === isFile).map(({ source }) => source)
    if (sources.length > 0 && touched.length > 0) draft.lines.push(shText`${[...key.program, '--noconfirm', '--noprogressbar', '--needed', ...key.extra, verb, '--', ...sources]}`)
  }
  if (toMark.length > 0) draft.lines.push(shText`${[...key.program, '--noconfirm', '--database', reason === 'dependency' ? '--asdeps' : '--asexplicit', ...toMark.map(({ name }) => name)]}`)
  draft.said.push(`Installed ${draft.packages.length} package(s)`)
  draft.after.push(...foretell(touched, true))
}
function decideRemove(args: PacmanArgs, key: PacmanKey, answer: PacmanAnswer, draft: Draft): void {
  const asked = answer.packages.filter(({ isAsked }) => isAsked).map(({ name }) => name)
  draft.packages = answer.touched.map(([name, version]) => `${name}-${version}`)
  if (asked.length === 0) { draft.said.push('package(s) already absent'); return }
  for (const [name, version] of answer.touched) draft.changes.push(attr(name, 'version', version, null))
  draft.lines.push(shText`${[...key.program, '--remove', '--noconfirm', '--noprogressbar', ...key.extra, ...(args.remove_nosave ? ['--nosave'] : []), ...asked]}`)
  draft.said.push(`Removed ${answer.touched.length} package(s)`)
  draft.after.push(...foretell(answer.touched.map(([name]) => name), false))
}
function decideUpgrade(args: PacmanArgs, key: PacmanKey, answer: PacmanAnswer, draft: Draft): void {
  if (answer.touched.length === 0) { draft.said.push('Nothing to upgrade'); return }
  draft.packages = answer.touched.map(([name]) => name)
  for (const [name, version] of answer.touched) draft.changes.push(attr(name, 'version', 'older', version))
  draft.lines.push(shText`${[...key.program, '--sync', '--sysupgrade', '--quiet', '--noconfirm', ...splitWords(args.upgrade_extra_args)]}`)
  draft.said.push('System upgraded')
}

/** What an earlier task of a dry run brought or took is not asked of pacman again. */
async function settle(answer: PacmanAnswer, key: PacmanKey, target: Target): Promise<PacmanAnswer> {
  const states = await Promise.all(answer.packages.map(async ({ name }) => await target.read(simplePackage, { tool: 'pacman', name })))
  const isSettled = (i: number): boolean => key.state !== 'latest' && states[i]?.installed === (key.state !== 'absent') && answer.packages[i]?.isFile === false
  const settled = answer.packages.filter((one, i) => one.isAsked && isSettled(i)).map(({ name }) => name)
  if (settled.length === 0) return answer
  const packages = answer.packages.map((one) => settled.includes(one.name) ? { ...one, isAsked: false } : one)
  return { ...answer, packages, touched: packages.some(({ isAsked }) => isAsked) ? answer.touched.filter(([name]) => !settled.includes(name)) : [] }
}

const reasonAfter = ({ reason, reason_for: whose }: PacmanArgs, was: string): string => reason !== undefined && (was === '' || whose === 'all') ? reason : was === '' ? 'explicit' : was

export async function planPacman(args: PacmanArgs, target: Target): Promise<Plan> {
  const key = keyOf(args)
  const [{ tools }, read] = await Promise.all([target.read(platform, 'platform'), target.read(pacmanPlan, key)])
  if (!tools.has('pacman')) throw new Failure('pacman is not on this host')
  if (read.stale !== '') throw new Failure(`could not update package db: ${read.stale}`, { stdout: read.stale })
  const answer = await settle(read, key, target)
  const [unknown] = key.state === 'absent' ? [] : answer.unknown
  if (unknown !== undefined) throw new Failure(`Failed to list package ${unknown}: it is in no repository, and no file of a package`)
  if (answer.error !== '') throw new Failure(`Failed to list package(s) to ${key.state === 'absent' ? 'remove' : 'install'}: ${answer.error}`, { stdout: answer.error })
  const draft: Draft = { changes: [], lines: [], said: [], packages: [], after: [] }
  const fetches = key.refresh !== undefined && (answer.listsDiffer || args.force)
  if (key.upgrade) decideUpgrade(args, key, answer, draft)
  else if (key.names.length > 0) (key.state === 'absent' ? decideRemove : decideInstall)(args, key, answer, draft)
  else if (key.refresh === undefined) draft.said.push('Nothing to do')
  if (fetches) { draft.changes.unshift(attr('pacman', 'package lists', 'older', 'fetched')); draft.lines.unshift(shText`${[...key.program, '--sync', '--refresh', ...key.refresh ?? []]}`) }
  return finish(key, { ...answer, packages: answer.packages.map((one) => ({ ...one, isAsked: false, reason: reasonAfter(args, one.reason) })) }, draft, fetches)
}
/** `later`: what pacman would answer then. */
function finish(key: PacmanKey, later: PacmanAnswer, draft: Draft, fetches: boolean): Plan {
  const data: Data = {
    msg: [...(key.refresh === undefined ? [] : ['Updated package db']), ...draft.said].join('\n'), ...(key.refresh === undefined ? {} : { cache_updated: fetches }),
    ...(key.names.length > 0 || (key.upgrade && draft.packages.length > 0) ? { packages: draft.packages } : {}),
  }
  if (draft.changes.length === 0) return { changes: [], steps: [], data }
  return {
    changes: draft.changes, steps: [{ sh: draft.lines.map((one) => `${one} || exit`).join('\n'), okRc: 'any', env: { LC_ALL: 'C', LANGUAGE: 'C' } }],
    after: [...draft.after, { probe: pacmanPlan.name, id: pacmanPlan.id(key), value: { ...later, listsDiffer: false, touched: [] } }, { unknown: `the files, accounts and services that ${draft.packages.join(', ') || 'newer lists'} brings or takes are not known` }],
    data, later: [...laterKeys], done: ([ran]) => result(ran, key),
  }
}
function result(ran: Ran | undefined, { state, upgrade }: PacmanKey): Data {
  const { rc, msg, ...data } = toolResult(ran, upgrade ? 'Could not upgrade' : state === 'absent' ? 'failed to remove package(s)' : 'Failed to install package(s)')
  return data['failed'] === true ? { ...data, rc, msg } : data
}

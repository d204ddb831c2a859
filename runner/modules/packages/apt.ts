/** Decides what apt has to do, from what dpkg says and what `apt-get -s` would do. Ansible: modules/apt.py. */
import { Failure } from '../../core/errors.ts'
import { attr } from '../../core/module.ts'
import { shText } from '../../core/sh.ts'
import type { Arg, Args, Change, Plan, Predicted, Step, Target } from '../../core/plan.ts'
import type { Data } from '../../core/types.ts'
import { aptLists, aptPlan, debFile, dpkg, listsFile, type AptAction, type AptAnswer, type AptKey, type Lists, type Package, type Spec, readSimulation } from '../../probes/dpkg.ts'
import { platform } from '../../probes/platform.ts'
import { laterKeys, toolResult } from './result.ts'

export const aptArgs = {
  package: { type: 'list', elements: 'str', aliases: ['pkg', 'name'], doc: 'Packages: name, name=version, name=1.2*, name>=version, name/release, or a pattern.' },
  state: { type: 'str', choices: ['absent', 'build-dep', 'fixed', 'latest', 'present'], default: 'present', doc: 'What the packages shall be.' },
  deb: { type: 'path', doc: 'A .deb file on the host, or its URL.' },
  upgrade: { type: 'str', choices: ['dist', 'full', 'no', 'safe', 'yes'], default: 'no', doc: 'Upgrades what is installed.' },
  update_cache: { type: 'bool', aliases: ['update-cache'], doc: 'Fetches the lists of packages first.' },
  cache_valid_time: { type: 'int', default: 0, doc: 'Seconds for which lists are new enough; implies update_cache.' },
  update_cache_retries: { type: 'int', default: 5, doc: 'How often to try again.' },
  update_cache_retry_max_delay: { type: 'int', default: 12, doc: 'Most seconds between tries.' },
  default_release: { type: 'str', aliases: ['default-release'], doc: 'The release to prefer.' },
  install_recommends: { type: 'bool', aliases: ['install-recommends'], doc: 'Whether recommended packages are installed; default is apt’s own setting.' },
  only_upgrade: { type: 'bool', default: false, doc: 'Touches only what is installed.' },
  purge: { type: 'bool', default: false, doc: 'Removes configuration files too.' },
  autoremove: { type: 'bool', default: false, doc: 'Removes packages that nothing needs any more.' },
  autoclean: { type: 'bool', default: false, doc: 'Removes fetched files of packages that can no longer be fetched.' },
  clean: { type: 'bool', default: false, doc: 'Removes all fetched package files.' },
  fail_on_autoremove: { type: 'bool', default: false, doc: 'Fails where something would be removed.' },
  force: { type: 'bool', default: false, doc: 'Allows unauthenticated, essential, held packages and downgrades.' },
  allow_unauthenticated: { type: 'bool', default: false, aliases: ['allow-unauthenticated'], doc: 'Ignores signatures.' },
  allow_downgrade: { type: 'bool', default: false, aliases: ['allow-downgrade', 'allow_downgrades', 'allow-downgrades'], doc: 'Allows older versions.' },
  allow_change_held_packages: { type: 'bool', default: false, doc: 'Changes packages on hold.' },
  dpkg_options: { type: 'str', default: 'force-confdef,force-confold', doc: 'Options for dpkg, separated by commas.' },
  policy_rc_d: { type: 'int', doc: 'Exit code that policy-rc.d gives meanwhile: 101 keeps services from being started.' },
  lock_timeout: { type: 'int', default: 60, doc: 'Seconds to wait for another apt.' },
  force_apt_get: { type: 'bool', default: false, doc: 'Accepted: apt-get is always used.' },
  auto_install_module_deps: { type: 'bool', default: true, doc: 'Accepted: nothing needs to be installed for this module.' },
} as const satisfies Readonly<Record<string, Arg>>
export type AptArgs = Args<typeof aptArgs>

export function parseSpec(text: string): Spec {
  const match = /^([^=<>/\s]+)\s*(>=|=|\/)\s*(.+)$/.exec(text.trim())
  if (match === null) return { text: text.trim(), name: text.trim() }
  const [, name = '', operator = '', rest = ''] = match
  if (operator === '=') return { text: `${name}=${rest}`, name, version: rest }
  return operator === '>=' ? { text: name, name, atLeast: rest } : { text: `${name}/${rest}`, name }
}

function options(args: AptArgs): string[] {
  return [
    ...(args.default_release === undefined ? [] : ['-t', args.default_release]),
    ...(args.install_recommends === undefined ? [] : ['-o', `APT::Install-Recommends=${args.install_recommends ? 'yes' : 'no'}`]),
    ...(args.allow_unauthenticated || args.force ? ['--allow-unauthenticated'] : []), ...(args.allow_downgrade || args.force ? ['--allow-downgrades'] : []),
    ...(args.allow_change_held_packages || args.force ? ['--allow-change-held-packages'] : []), ...(args.force ? ['--allow-remove-essential'] : []),
    ...(args.only_upgrade ? ['--only-upgrade'] : []), ...(args.fail_on_autoremove ? ['--no-remove'] : []), ...(args.autoremove ? ['--auto-remove'] : []),
  ]
}

/** What to ask apt; undefined where nothing but the lists is concerned. */
function aptKey(args: AptArgs, fresh: boolean): AptKey | undefined {
  const specs = (args.package ?? []).filter((one) => one !== '*' || args.state !== 'latest').map(parseSpec)
  const common = options(args)
  const upgrade = args.upgrade !== 'no' ? args.upgrade : args.package?.includes('*') === true && args.state === 'latest' ? 'yes' : undefined
  if (upgrade !== undefined) return { words: [...common, ...(['dist', 'full'].includes(upgrade) ? ['dist-upgrade'] : ['upgrade', '--with-new-pkgs'])], specs: [], only: 'all', fresh }
  if (args.deb !== undefined) return undefined
  if (args.state === 'fixed') return { words: [...common, '-f', 'install'], specs, only: 'all', fresh }
  if (args.package === undefined) {
    return args.autoremove ? { words: [...common.filter((one) => one !== '--auto-remove'), 'autoremove', ...(args.purge ? ['--purge'] : [])], specs: [], only: 'all', fresh } : undefined
  }
  if (args.state === 'absent') return { words: [...common, 'remove', ...(args.purge ? ['--purge'] : [])], specs, only: 'present', fresh }
  if (args.state === 'build-dep') return { words: [...common, 'build-dep'], specs, only: 'all', fresh }
  return { words: [...common, 'install'], specs, only: args.state === 'latest' || args.only_upgrade ? 'all' : 'missing', fresh }
}

const environment = { DEBIAN_FRONTEND: 'noninteractive', DEBIAN_PRIORITY: 'critical', LANG: 'C', LC_ALL: 'C' } as const
const updateLine = ({ update_cache_retries: tries, update_cache_retry_max_delay: most }: AptArgs): string =>
  `n=0; until e=$(apt-get -q update 2>&1) && case $e in *'Failed to fetch'*|*'Could not get lock'*) false;; esac; do
n=$((n+1)); if [ $n -gt ${tries} ]; then printf '%s\\n' "$e" >&2; echo 'Failed to update apt cache after ${tries} retries' >&2; exit 100; fi
s=$((1 << n)); [ $s -le ${most} ] || s=${most}; sleep $s; done`

function aptLine(args: AptArgs, key: AptKey, names: readonly string[]): string {
  const dpkgOptions = args.dpkg_options.split(',').filter((one) => one.trim() !== '').flatMap((one) => ['-o', `Dpkg::Options::=--${one.trim()}`])
  return shText`apt-get -q -y ${['-o', 'Dpkg::Use-Pty=0', ...dpkgOptions, '-o', `DPkg::Lock::Timeout=${args.lock_timeout}`, ...key.words, ...names]}`
}

/** policy-rc.d exists only while apt runs; one that was there comes back. */
const withPolicy = (code: number | undefined, line: string): string => code === undefined ? line : `p=/usr/sbin/policy-rc.d; b=$(mktemp -u "$p.XXXXXX")
[ ! -e $p ] || mv $p "$b"; printf '#!/bin/sh\\nexit ${code}\\n' >$p; chmod 755 $p
${line}; r=$?; rm -f $p; [ ! -e "$b" ] || mv "$b" $p; [ $r = 0 ]`

/** Folders that no package of a distribution touches (FHS 3.0; Debian policy 9.1.2), and those of the kernel. */
export const packagesSpare: readonly string[] = ['/home', '/root', '/srv', '/usr/local', '/dev', '/proc', '/sys']

interface Draft { readonly changes: Change[]; readonly lines: string[]; readonly after: Predicted[] }

/** `isWhole`: these are all that apt will do, so that every other package stays what it is. */
function foretell(actions: readonly AptAction[], draft: Draft, isWhole: boolean): void {
  for (const { kind, name, before, after } of actions) {
    draft.changes.push(before === undefined && after === undefined ? attr(name, 'state', 'absent', 'present') : attr(name, 'version', before ?? null, after ?? null))
    draft.after.push({ probe: dpkg.name, id: name, value: { status: kind === 'install' ? 'installed' : 'absent' } })
  }
  if (actions.length > 0) draft.after.push({ unknown: `the files, accounts and services that ${actions.length === 1 ? actions[0]?.name ?? '' : `${actions.length} packages`} bring or take are not known`, spares: packagesSpare, ...(isWhole ? { keeps: [dpkg.name] } : {}) })
}

function refuse({ unknown, rc, text, asked }: AptAnswer): void {
  if (unknown.length > 0) throw new Failure(`No package matching '${unknown[0] ?? ''}' is available`, { packages: unknown })
  if (rc !== 0) throw new Failure(`apt-get cannot do this with ${asked.join(' ')}: ${text.split('\n').filter((line) => /^[EW]:|unmet|Depends|held/.test(line)).join('\n') || text}`, { rc })
}

/** Names that earlier tasks of a dry run would have installed need nothing any more. */
const isSettled = (args: AptArgs, name: string, found: ReadonlyMap<string, Package>): boolean => {
  const is = found.get(name)
  if (is === undefined || is.live !== undefined) return false
  return args.state === 'absent' ? is.status === 'absent' : is.status === 'installed'
}

/** Packages by name: what apt would do, or, while its lists are to be fetched first, what was asked. */
function decide(args: AptArgs, key: AptKey, answer: AptAnswer, found: ReadonlyMap<string, Package>, outdated: boolean, draft: Draft): void {
  const names = answer.asked.filter((name) => !isSettled(args, parseSpec(name).name, found))
  if (names.length === 0 && answer.actions.length === 0) return
  if (names.length === 0 && answer.asked.length > 0) return
  const trusts = answer.rc === 0 || !outdated || key.fresh
  if (trusts) refuse(answer)
  const actions: readonly AptAction[] = trusts ? answer.actions : names.map((name) => ({ kind: 'install', name: parseSpec(name).name }))
  const purges = args.purge && args.state === 'absent' && actions.length === 0 && names.some((name) => { const is = found.get(name); return is?.status === 'absent' && is.live !== undefined })
  if (actions.length === 0 && !purges) return
  foretell(purges ? names.map((name) => ({ kind: 'purge', name })) : actions, draft, trusts)
  draft.lines.push(aptLine(args, key, names))
}

async function decideDeb(args: AptArgs, path: string, target: Target, draft: Draft): Promise<void> {
  const deb = await target.read(debFile, path)
  if (deb.name === '') throw new Failure(`Unable to install package: ${deb.problem === '' ? `${path} is no package` : deb.problem}`, { deb: path })
  if (deb.installed === deb.version) return
  draft.changes.push(attr(deb.name, 'version', deb.installed === '' ? null : deb.installed, deb.version))
  draft.after.push({ probe: dpkg.name, id: deb.name, value: { status: 'installed' } }, { unknown: `the files, accounts and services that ${deb.name} brings are not known`, spares: packagesSpare })
  const key: AptKey = { words: [...options(args), 'install'], specs: [], only: 'all', fresh: false }
  const isUrl = path.includes('://')
  const fetch = isUrl ? shText`t=$(mktemp -d) && chmod 755 "$t" && f=$t/package.deb && { curl -fsSL -o "$f" -- ${path} || wget -q -O "$f" -- ${path}; } && ` : shText`f=${path.startsWith('/') ? path : `./${path}`}; `
  draft.lines.push(`${fetch}${aptLine(args, key, [])} "$f"${isUrl ? '; r=$?; rm -rf "$t"; [ $r = 0 ]' : ''}`)
}

export async function planApt(args: AptArgs, target: Target): Promise<Plan> {
  const specs = (args.package ?? []).map(parseSpec)
  const mayUpdate = args.update_cache ?? args.cache_valid_time > 0
  const wantsNewest = args.state === 'latest' || args.upgrade !== 'no' || args.state === 'build-dep'
  const key = aptKey(args, false), freshKey = mayUpdate && wantsNewest ? aptKey(args, true) : undefined
  const [{ tools }, lists, answer, ...packages] = await Promise.all([
    target.read(platform, 'platform'), target.read(aptLists, 'lists'), key === undefined ? undefined : target.read(aptPlan, key),
    ...specs.map(async ({ name }) => await target.read(dpkg, name)),
  ])
  if (!tools.has('apt-get')) throw new Failure('apt-get is not on this host: the module apt needs Debian or a relative of it')
  const found = new Map(specs.map(({ name }, i): [string, Package] => [name, packages[i] ?? { status: 'absent' }]))
  const updates = mayUpdate && (lists.isEmpty || (lists.live !== undefined && lists.live.now - lists.live.updatedAt > args.cache_valid_time))
  const updatedAt = lists.live?.updatedAt ?? 0
  const best = updates && freshKey !== undefined ? await target.read(aptPlan, freshKey) : answer
  const draft: Draft = { changes: [], lines: [], after: [] }
  if (key !== undefined && best !== undefined) decide(args, freshKey !== undefined && updates ? freshKey : key, best, found, updates || lists.live === undefined, draft)
  if (args.deb !== undefined) await decideDeb(args, args.deb, target, draft)
  const updateOnly = updates && key === undefined && args.deb === undefined
  if (updateOnly) draft.changes.push(attr('apt', 'package lists', updatedAt === 0 ? 'never fetched' : new Date(updatedAt * 1000).toISOString(), 'now'))
  const doesUpdate = updates && draft.changes.length > 0
  await tidy(args, target, draft)
  return finish(args, draft, doesUpdate, lists)
}

/** autoclean and clean. */
async function tidy(args: AptArgs, target: Target, draft: Draft): Promise<void> {
  if (!args.autoclean && !args.clean) return
  const words = [args.clean ? 'clean' : 'autoclean']
  const { text } = await target.read(aptPlan, { words, specs: [], only: 'all', fresh: false })
  if (!/^Del .*\.deb/m.test(text)) return
  draft.changes.push(attr('/var/cache/apt/archives', 'package files', 'fetched', 'removed'))
  draft.lines.push(`apt-get -q -y ${words.join(' ')}`)
}

/** Lists that were fetched and hold nothing new leave their folder as it was: then nothing has changed (Ansible: modules/apt.py). */
function fetched(at: number, lists: Lists, draft: Draft): Data {
  const isNew = at !== lists.live?.updatedAt
  return { cache_update_time: at, ...(isNew ? {} : { cache_updated: false }), ...(isNew || draft.lines.length > 0 ? {} : { changed: false }) }
}

function finish(args: AptArgs, draft: Draft, doesUpdate: boolean, lists: Lists): Plan {
  const lines = [...(doesUpdate ? [updateLine(args)] : []), ...draft.lines]
  const steps: Step[] = lines.length === 0 ? [] : [{
    sh: [...lines.map((line, i) => `{ ${i === 0 && doesUpdate ? line : withPolicy(args.policy_rc_d, line)}; } || exit`), ...(doesUpdate ? [`${listsFile}; printf "\\n\\001%s\\n" "$(stat -c %Y "$f")"`] : [])].join('\n'),
    env: environment, okRc: 'any',
  }]
  return {
    changes: draft.changes, steps,
    // Lists as an update would bring them are not known: packages that they would name are taken at their word.
    after: [...draft.after, ...(doesUpdate ? [{ probe: aptLists.name, id: 'lists', value: { isEmpty: false } }] : [])],
    data: { cache_updated: doesUpdate, cache_update_time: lists.live?.updatedAt ?? 0 }, later: [...laterKeys],
    done: ([ran]) => {
      if (ran === undefined) return {}
      const [stdout = '', at] = ran.stdout.split('\n\u0001')
      const result = toolResult({ ...ran, stdout }, `apt-get failed (${draft.lines[0] ?? 'update'})`)
      // lists that were only fetched now: what they do not name is said as it is where they are new enough
      const [unknown] = ran.rc === 0 ? [] : readSimulation(ran.stderr.split('\n')).unknown
      return { ...result, ...(unknown === undefined ? {} : { changed: false, msg: `No package matching '${unknown}' is available` }), ...(at === undefined ? {} : fetched(Number(at.trim()), lists, draft)) }
    },
  }
}

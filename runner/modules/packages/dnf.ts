/** Decides what dnf or yum has to do, from what rpm says and what a run without an answer would do. Ansible: modules/dnf.py. */
import { Failure } from '../../core/errors.ts'
import { attr } from '../../core/module.ts'
import { shText } from '../../core/sh.ts'
import type { Arg, ArgRules, Args, Change, Plan, Predicted, Target } from '../../core/plan.ts'
import { platform, type Platform } from '../../probes/platform.ts'
import { dnfPlan, rpm, type DnfAction, type DnfAnswer, type DnfKey } from '../../probes/rpm.ts'
import { laterKeys, toolResult } from './result.ts'

export const dnfArgs = {
  name: { type: 'list', elements: 'str', aliases: ['pkg'], default: [], doc: 'Packages: names, name-version, @group, a file, an .rpm file or its URL, `*`.' },
  state: { type: 'str', choices: ['absent', 'installed', 'latest', 'present', 'removed'], doc: 'What they shall be; default is present, or absent with autoremove.' },
  list: { type: 'str', doc: 'Lists packages instead: installed, available, updates, or a name.' },
  autoremove: { type: 'bool', default: false, doc: 'Removes what nothing needs any more.' },
  enablerepo: { type: 'list', elements: 'str', default: [], doc: 'Repositories to use for this.' },
  disablerepo: { type: 'list', elements: 'str', default: [], doc: 'Repositories not to use for this.' },
  exclude: { type: 'list', elements: 'str', default: [], doc: 'Packages to leave alone.' },
  disable_excludes: { type: 'str', doc: 'Ignores excludes of the configuration: all, main or a repository.' },
  disable_gpg_check: { type: 'bool', default: false, doc: 'Ignores signatures.' },
  disable_plugin: { type: 'list', elements: 'str', default: [], doc: 'Plugins not to use.' },
  enable_plugin: { type: 'list', elements: 'str', default: [], doc: 'Plugins to use.' },
  allow_downgrade: { type: 'bool', default: false, doc: 'Lets a version that is asked for be older.' },
  allowerasing: { type: 'bool', default: false, doc: 'Lets conflicting packages be removed.' },
  best: { type: 'bool', doc: 'Only the newest versions.' },
  nobest: { type: 'bool', doc: 'Older versions where the newest cannot be had.' },
  bugfix: { type: 'bool', default: false, doc: 'With latest: only bug fixes.' },
  security: { type: 'bool', default: false, doc: 'With latest: only security fixes.' },
  cacheonly: { type: 'bool', default: false, doc: 'Fetches nothing.' },
  conf_file: { type: 'str', doc: 'Configuration file.' },
  download_only: { type: 'bool', default: false, doc: 'Fetches only.' },
  download_dir: { type: 'str', doc: 'Where to.' },
  installroot: { type: 'str', default: '/', doc: 'Root of another system.' },
  install_weak_deps: { type: 'bool', default: true, doc: 'Recommended packages too.' },
  install_repoquery: { type: 'bool', default: true, doc: 'Accepted: not needed.' },
  releasever: { type: 'str', doc: 'Release to take packages from.' },
  skip_broken: { type: 'bool', default: false, doc: 'Leaves out what cannot be installed.' },
  update_cache: { type: 'bool', default: false, aliases: ['expire-cache', 'expire_cache'], doc: 'Reads the repositories anew.' },
  update_only: { type: 'bool', default: false, doc: 'With latest: installs nothing new.' },
  validate_certs: { type: 'bool', default: true, doc: 'Checks certificates.' },
  sslverify: { type: 'bool', default: true, doc: 'Checks certificates of repositories.' },
  lock_timeout: { type: 'int', default: 30, doc: 'Accepted: dnf waits for its lock.' },
  use_backend: { type: 'str', default: 'auto', choices: ['auto', 'dnf', 'dnf4', 'dnf5', 'yum', 'yum3', 'yum4'], doc: 'Which program.' },
  use: { type: 'str', choices: ['auto', 'dnf', 'dnf4', 'dnf5', 'yum', 'yum3', 'yum4'], doc: 'Another word for use_backend.' },
  auto_install_module_deps: { type: 'bool', default: true, doc: 'Accepted: nothing needs to be installed for this module.' },
} as const satisfies Readonly<Record<string, Arg>>
export const dnfRules: ArgRules = { mutuallyExclusive: [['name', 'list'], ['best', 'nobest'], ['use', 'use_backend']] }
export type DnfArgs = Args<typeof dnfArgs>

export function dnfTool(args: Pick<DnfArgs, 'use_backend' | 'use'>, { tools }: Platform): string {
  const backend = args.use ?? args.use_backend
  const wished: Readonly<Record<string, readonly string[]>> = {
    auto: ['dnf5', 'dnf', 'dnf-3', 'microdnf', 'yum'], dnf: ['dnf', 'dnf-3', 'dnf5'], dnf4: ['dnf-3', 'dnf'], dnf5: ['dnf5'], yum: ['yum', 'dnf', 'dnf5'], yum3: ['yum'], yum4: ['dnf-3', 'dnf'],
  }
  const found = (wished[backend] ?? []).find((tool) => tools.has(tool))
  if (found === undefined) throw new Failure(`${wished[backend]?.[0] ?? 'dnf'} is not on this host: the modules dnf and yum need a system of the Red Hat family`)
  return found
}

function options(args: DnfArgs): string[] {
  const set = (name: string, value: string): string => `--setopt=${name}=${value}`
  return [
    ...args.enablerepo.flatMap((one) => ['--enablerepo', one]), ...args.disablerepo.flatMap((one) => ['--disablerepo', one]), ...args.exclude.flatMap((one) => ['--exclude', one]),
    ...(args.disable_excludes === undefined ? [] : [`--disableexcludes=${args.disable_excludes}`]), ...(args.disable_gpg_check ? ['--nogpgcheck'] : []),
    ...args.disable_plugin.map((one) => `--disableplugin=${one}`), ...args.enable_plugin.map((one) => `--enableplugin=${one}`), ...(args.allowerasing ? ['--allowerasing'] : []),
    ...(args.best === true ? ['--best'] : []), ...(args.nobest === true || args.best === false ? [set('best', '0')] : []), ...(args.bugfix ? ['--bugfix'] : []), ...(args.security ? ['--security'] : []),
    ...(args.cacheonly ? ['--cacheonly'] : []), ...(args.conf_file === undefined ? [] : ['--config', args.conf_file]), ...(args.download_only ? ['--downloadonly'] : []),
    ...(args.download_dir === undefined ? [] : [`--downloaddir=${args.download_dir}`]), ...(args.installroot === '/' ? [] : [`--installroot=${args.installroot}`]),
    ...(args.install_weak_deps ? [] : [set('install_weak_deps', '0')]), ...(args.releasever === undefined ? [] : [`--releasever=${args.releasever}`]), ...(args.skip_broken ? [set('strict', '0')] : []),
    ...(args.validate_certs && args.sslverify ? [] : [set('sslverify', '0')]), ...(args.update_cache ? ['--refresh'] : []),
  ]
}

function keyOf(args: DnfArgs, tool: string): DnfKey | undefined {
  const names = args.name.flatMap((one) => one.split(',')).map((one) => one.trim()).filter((one) => one !== '')
  const state = args.state ?? (args.autoremove ? 'absent' : 'present'), base = { tool, options: options(args), onlyInstalled: args.update_only }
  if (args.autoremove && names.length === 0) return { ...base, verb: 'autoremove', names: [], only: 'all' }
  if (names.length === 0) return undefined
  if (state === 'latest' && names.includes('*')) return { ...base, verb: 'upgrade', names: [], only: 'all' }
  if (state === 'absent' || state === 'removed') return { ...base, verb: args.autoremove ? 'autoremove' : 'remove', names, only: 'present' }
  // install leaves an older version in place unless only the newest will do.
  const best = args.best === undefined && args.nobest === undefined ? ['--best'] : []
  if (state === 'latest') return { ...base, options: [...base.options, ...(args.update_only ? [] : best)], verb: args.update_only ? 'upgrade' : 'install', names, only: 'newer' }
  return { ...base, verb: 'install', names, only: 'missing' }
}

function refuse({ unknown, rc, isIdle, actions, text }: DnfAnswer, verb: string): void {
  if (unknown.length > 0 && verb !== 'remove') {
    throw new Failure('Failed to install some of the specified packages', { failures: unknown.map((name) => `No package ${name} available.`), rc: 1, hint: unknown.join(', ') })
  }
  // Without an answer dnf ends with 1 as it would for an error: only what it says tells them apart.
  if (rc !== 0 && !isIdle && actions.length === 0 && !/Operation aborted|Exiting on user command|Is this ok|Operation aborted by the user/i.test(text)) {
    throw new Failure(`the package manager cannot do this: ${text.split('\n').slice(-8).join('\n')}`, { rc })
  }
}

const describe = ({ kind, name, version }: DnfAction): Change => kind === 'remove' ? attr(name, 'version', version, null) : attr(name, 'version', kind === 'install' ? null : `older (${kind})`, version)

export async function planDnf(args: DnfArgs, target: Target): Promise<Plan> {
  const host = await target.read(platform, 'platform')
  const tool = dnfTool(args, host)
  if (args.list !== undefined) throw new Failure('list is not supported: use package_facts')
  const key = keyOf(args, tool)
  if (key === undefined) {
    if (!args.update_cache) throw new Failure('one of the following is required: name, list, update_cache, autoremove')
    return {
      changes: [attr(tool, 'metadata', 'cached', 'fetched')], steps: [{ ...update(tool, args), okRc: 'any' }], later: [...laterKeys],
      after: [{ unknown: 'what the repositories offer after an update is not known' }], done: ([ran]) => toolResult(ran, `${tool} makecache failed`),
    }
  }
  const [answer, ...states] = await Promise.all([target.read(dnfPlan, key), ...key.names.map(async (name) => await target.read(rpm, name))])
  const wantsGone = key.only === 'present'
  const settled = new Set(key.names.filter((_, i) => { const is = states[i]; return is !== undefined && isPlain(key.names[i] ?? '') && is.live === undefined && is.installed !== wantsGone && key.only !== 'newer' && isForetold(answer, key.names[i] ?? '', is.installed, wantsGone) }))
  const names = answer.asked.filter((name) => !settled.has(name))
  if ((key.names.length > 0 && names.length === 0) || (answer.isIdle && answer.actions.length === 0 && answer.unknown.length === 0)) return { changes: [], steps: [], data: { msg: 'Nothing to do', results: [], rc: 0 } }
  refuse(answer, key.verb)
  const verb = wantsGone ? false : true
  const changes = answer.actions.length > 0 ? answer.actions.map(describe) : names.map((name) => attr(name, 'state', wantsGone ? 'present' : 'absent', wantsGone ? 'absent' : 'present'))
  const after: Predicted[] = args.download_only ? [] : [
    ...answer.actions.filter(({ kind }) => kind === 'install' || kind === 'remove').map(({ name, kind }): Predicted => ({ probe: rpm.name, id: name, value: { installed: kind === 'install' } })),
    { probe: dnfPlan.name, id: dnfPlan.id(key), value: { ...answer, asked: [], actions: [], unknown: [], isIdle: true, rc: 0 } },
    ...names.filter(isPlain).map((name): Predicted => ({ probe: rpm.name, id: name, value: { installed: verb } })),
    { unknown: `the files, accounts and services that ${names.join(', ') || 'an upgrade'} brings or takes are not known` },
  ]
  return {
    changes, steps: [{ sh: shText`${tool} -y ${[...key.options, ...(args.allow_downgrade && key.verb === 'install' && tool !== 'yum' ? ['--allowerasing'] : []), key.verb, ...names]}`, okRc: 'any', env: { LC_ALL: 'C' } }],
    after, data: { results: changes.map((one) => one.kind === 'attr' ? `${one.after === null ? 'Removed' : 'Installed'}: ${one.of}` : '') }, later: [...laterKeys],
    done: ([ran]) => ({ msg: '', ...toolResult(ran, `${tool} ${key.verb} failed`) }),
  }
}
/** Groups, files and patterns rpm does not know by that name. */
const isPlain = (name: string): boolean => !/^@|\.rpm$|:\/\/|[*?[]/.test(name)
/** rpm would have said otherwise when the plan was asked for: an earlier task of this dry run did it. */
const isForetold = ({ asked }: DnfAnswer, name: string, isInstalled: boolean, wantsGone: boolean): boolean => asked.includes(name) && isInstalled !== wantsGone
const update = (tool: string, args: DnfArgs): { readonly sh: string } => ({ sh: shText`${tool} -y ${options(args).filter((one) => one !== '--refresh')} makecache` })

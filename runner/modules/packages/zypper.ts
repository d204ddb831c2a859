/** Decides what zypper has to do, from its own dry run. Ansible: community.general, plugins/modules/zypper.py. */
import { Failure } from '../../core/errors.ts'
import { attr } from '../../core/module.ts'
import { shText } from '../../core/sh.ts'
import type { Data } from '../../core/types.ts'
import type { Arg, Args, Change, Plan, Predicted, Ran, Step, Target } from '../../core/plan.ts'
import { platform } from '../../probes/platform.ts'
import { simplePackage } from '../../probes/simple-packages.ts'
import { readStream, zypperPlan, type Solvable, type ZypperAnswer, type ZypperKey, type ZypperName } from '../../probes/zypper.ts'
import { laterKeys, toolResult } from './result.ts'

export const zypperArgs = {
  name: { type: 'list', elements: 'str', aliases: ['pkg'], required: true, doc: 'Packages, with a version (`a>=1.2`) or a sign (`-a` removes); `.rpm` files and URLs; `*` alone with latest or dist-upgrade is everything.' },
  state: { type: 'str', choices: ['absent', 'dist-upgrade', 'installed', 'latest', 'present', 'removed'], default: 'present', doc: 'What they shall be.' },
  type: { type: 'str', choices: ['package', 'patch', 'pattern', 'product', 'srcpackage', 'application'], default: 'package', doc: 'Kind of package.' },
  update_cache: { type: 'bool', default: false, aliases: ['refresh'], doc: 'Fetches the lists first.' },
  disable_gpg_check: { type: 'bool', default: false, doc: 'Ignores signatures.' },
  auto_import_keys: { type: 'bool', default: false, doc: 'Trusts keys of repositories.' },
  disable_recommends: { type: 'bool', default: true, doc: 'No recommended packages.' },
  force: { type: 'bool', default: false, doc: 'Allows other vendors, architectures and older versions.' },
  force_resolution: { type: 'bool', default: false, doc: 'Lets it find a way.' },
  oldpackage: { type: 'bool', default: false, doc: 'Allows older versions; a name with a version does so too.' },
  replacefiles: { type: 'bool', default: false, doc: 'Allows packages to replace files of others.' },
  allow_vendor_change: { type: 'bool', default: false, doc: 'With dist-upgrade: packages may come from another vendor.' },
  clean_deps: { type: 'bool', default: false, doc: 'With absent: what nothing else needs goes too.' },
  extra_args: { type: 'str', doc: 'Further words behind the verb, split at blanks.' },
  extra_args_precommand: { type: 'str', doc: 'Further words before the verb, split at blanks.' },
  quiet: { type: 'bool', default: true, doc: 'Zypper says less.' },
  simple_errors: { type: 'bool', default: false, doc: '`stdout` is zypper’s messages only.' },
  skip_post_errors: { type: 'bool', default: false, doc: 'Scripts of packages that fail after the installation do not count.' },
} as const satisfies Readonly<Record<string, Arg>>
export type ZypperArgs = Args<typeof zypperArgs>

const blanks = (text: string | undefined): string[] => (text ?? '').split(/\s+/).filter((one) => one !== '')
function parseName(text: string, removes: boolean): ZypperName {
  const [, sign = '', name = '', version = ''] = /^([-~+]?)(.*?)((?:<=|>=|<|>|=)[0-9.-]*)?$/.exec(text) ?? []
  return { name, version, sign: sign === '+' ? '+' : sign !== '' || removes ? '-' : '+' }
}

function keyOf(args: ZypperArgs): ZypperKey {
  const given = args.name.filter((one) => one !== ''), removes = args.state === 'absent' || args.state === 'removed'
  const isAll = given.length === 1 && given[0] === '*' && (args.state === 'latest' || args.state === 'dist-upgrade')
  if (args.state === 'dist-upgrade' && !isAll) throw new Failure('Can not dist-upgrade specific packages.')
  const isUrl = (one: string): boolean => one.includes('://') || one.endsWith('.rpm')
  const urls = isAll ? [] : given.filter(isUrl), names = isAll ? [] : given.filter((one) => !isUrl(one)).map((one) => parseName(one, removes))
  if (removes && names.some(({ sign }) => sign === '+')) throw new Failure("Can not combine '+' prefix with state=remove/absent.")
  if (removes && urls.length > 0) throw new Failure('Can not remove via URL.')
  if (removes && args.type === 'patch') throw new Failure('Can not remove patches.')
  const verb = removes ? 'remove' : !isAll ? 'install' : args.type === 'patch' ? 'patch' : args.state === 'dist-upgrade' ? 'dist-upgrade' : 'update'
  return { ...wordsOf(args, verb, names), type: args.type, names, urls, takesAll: args.state === 'latest', isFresh: args.update_cache }
}
function wordsOf(args: ZypperArgs, verb: string, names: readonly ZypperName[]): Pick<ZypperKey, 'program' | 'command'> {
  const when = (isOn: boolean, word: string): string[] => isOn ? [word] : []
  const installs = verb !== 'remove'
  const type = verb === 'patch' || verb === 'dist-upgrade' ? [] : ['--type', args.type]
  return {
    program: [
      'zypper', '--non-interactive', '--xmlout', ...when(args.quiet, '--quiet'), ...blanks(args.extra_args_precommand),
      ...when(installs && args.disable_gpg_check, '--no-gpg-checks'), ...when(installs && args.auto_import_keys, '--gpg-auto-import-keys'),
    ],
    command: [verb, ...type, ...(installs ? [
      '--auto-agree-with-licenses', ...when(args.disable_recommends, '--no-recommends'), ...when(args.force, '--force'), ...when(args.force_resolution, '--force-resolution'),
      ...when(args.oldpackage || names.some(({ version }) => version !== ''), '--oldpackage'), ...when(args.replacefiles, '--replacefiles'),
    ] : when(args.clean_deps, '--clean-deps')), ...when(verb === 'dist-upgrade' && args.allow_vendor_change, '--allow-vendor-change'), ...blanks(args.extra_args)],
  }
}

/** Exit codes that are no error: 0, 102 (a reboot is needed), 103 (zypper itself is new: again), 106 and 107 (a signature, a script failed). */
const mild = [0, 102, 103, 106, 107]
function refuse({ rc, messages, said }: ZypperAnswer): void {
  if (mild.includes(rc)) return
  const last = messages.at(-1)
  if (rc === 104 && last !== undefined) throw new Failure(last, { rc, stdout: said })
  throw new Failure(`Zypper run command failed with return code ${rc}.${said === '' ? '' : ` ${messages.length > 0 ? messages.join('\n') : said.split('\n').slice(-5).join('\n')}`}`, { rc, stdout: said })
}
const versions: Readonly<Record<string, (one: Solvable) => Change>> = {
  'to-remove': ({ name, edition }) => attr(name, 'version', edition, null), 'to-install': ({ name, edition }) => attr(name, 'version', null, edition),
}
const describe = (one: Solvable): Change => (versions[one.group] ?? (({ name, edition, before }: Solvable) => attr(name, 'version', before === '' ? edition : before, edition)))(one)

export async function planZypper(args: ZypperArgs, target: Target): Promise<Plan> {
  const key = keyOf(args), given = args.name.filter((one) => one !== '')
  const [{ tools }, answer, ...states] = await Promise.all([
    target.read(platform, 'platform'), target.read(zypperPlan, key), ...key.names.map(async ({ name }) => await target.read(simplePackage, { tool: 'zypper', name })),
  ])
  if (!tools.has('zypper')) throw new Failure('zypper is not on this host')
  const data: Data = { name: given, state: args.state, update_cache: args.update_cache, rc: 0 }
  // An earlier task of a dry run may have brought or taken what zypper's own dry run looked at.
  const settled = key.names.filter(({ sign, version }, i) => args.type === 'package' && version === '' && !key.takesAll && states[i]?.installed === (sign === '+')).map(({ name }) => name)
  const isSettled = key.urls.length === 0 && key.names.length > 0 && settled.length === key.names.length
  if (!isSettled) refuse(answer)
  const solvables = answer.solvables.filter(({ name }) => !settled.includes(name))
  const words = [...key.program, ...key.command, ...(key.names.length + key.urls.length > 0 && key.command[0] !== 'remove' ? ['--'] : []), ...answer.asked]
  const asks = !isSettled && (answer.asked.length > 0 || key.names.length + key.urls.length === 0)
  if (isSettled || solvables.length === 0) return { changes: [], steps: [], data: { ...data, ...(asks ? { cmd: words } : {}) } }
  const gone = new Set(solvables.filter(({ group }) => group === 'to-remove').map(({ name }) => name))
  const touched = [...new Set(solvables.map(({ name }) => name))]
  const after: Predicted[] = touched.map((name) => ({ probe: simplePackage.name, id: `zypper:${name}`, value: { installed: !gone.has(name) } }))
  return {
    changes: solvables.map(describe), steps: [step(args, key, words)],
    after: [...after, { probe: zypperPlan.name, id: zypperPlan.id(key), value: { ...answer, asked: [], rc: 0, solvables: [] } }, { unknown: `the files, accounts and services that ${touched.join(', ')} brings or takes are not known` }],
    data: { ...data, cmd: words }, later: [...laterKeys], done: ([ran]) => result(ran, args),
  }
}
function step(args: ZypperArgs, key: ZypperKey, words: readonly string[]): Step {
  const again = args.skip_post_errors ? '103|107' : '103'
  const refresh = args.update_cache ? shText`${[...key.program, 'refresh']} >&2 || exit\n` : ''
  return { sh: `${refresh}${shText`${words}`}; r=$?; case $r in ${again}) ${shText`${words}`} ;; *) exit $r ;; esac`, okRc: 'any', env: { LC_ALL: 'C', LANGUAGE: 'C' } }
}
function result(ran: Ran | undefined, args: ZypperArgs): Data {
  if (ran === undefined) return {}
  const { messages } = readStream(ran.stdout)
  const shown = { ...ran, stdout: args.simple_errors && messages.length > 0 ? messages.join(' \n') : ran.stdout }
  const { failed, ...rest } = toolResult(shown.rc === 102 ? { ...shown, rc: 0 } : shown, 'zypper')
  if (failed !== true) return { ...rest, rc: ran.rc }
  const said = [...messages, ran.stderr.trim()].filter((one) => one !== '').join('\n')
  return { ...rest, failed, changed: false, msg: `Zypper run command failed with return code ${ran.rc}. ${said}`.trim() }
}

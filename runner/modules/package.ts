/** Keeps packages by whatever package manager the host has. */
import { validateArgs } from '../core/args.ts'
import { Failure } from '../core/errors.ts'
import { defineModule } from '../core/module.ts'
import type { Data } from '../core/types.ts'
import { platform } from '../probes/platform.ts'
import { planApk } from './packages/apk.ts'
import { aptArgs, planApt } from './packages/apt.ts'
import { dnfArgs, planDnf } from './packages/dnf.ts'
import { pacmanArgs, pacmanRules, planPacman } from './packages/pacman.ts'
import { planZypper, zypperArgs } from './packages/zypper.ts'

/** Options that only some package managers have: the others do without, as in Ansible an argument they do not know would fail. */
const shared = {
  update_cache: { type: 'bool', doc: 'Fetches the lists first.' },
  cache_valid_time: { type: 'int', doc: 'apt: seconds for which lists are new enough.' },
  install_recommends: { type: 'bool', doc: 'apt: recommended packages too.' },
  default_release: { type: 'str', doc: 'apt: the release to prefer.' },
  autoremove: { type: 'bool', doc: 'Removes what nothing needs any more.' },
  purge: { type: 'bool', doc: 'apt: removes configuration files too.' },
  enablerepo: { type: 'list', elements: 'str', doc: 'dnf: repositories to use for this.' },
  disablerepo: { type: 'list', elements: 'str', doc: 'dnf: repositories not to use for this.' },
  exclude: { type: 'list', elements: 'str', doc: 'dnf: packages to leave as they are.' },
  disable_gpg_check: { type: 'bool', doc: 'dnf: ignores signatures.' },
  allow_downgrade: { type: 'bool', doc: 'Lets a version that is asked for be older.' },
  lock_timeout: { type: 'int', doc: 'Seconds to wait for another run of the package manager.' },
  allow_unauthenticated: { type: 'bool', doc: 'apt: ignores signatures.' },
  only_upgrade: { type: 'bool', doc: 'apt: installs nothing new.' },
  force: { type: 'bool', doc: 'apt: does dangerous things.' },
  dpkg_options: { type: 'str', doc: 'apt: options for dpkg.' },
  policy_rc_d: { type: 'int', doc: 'apt: whether packages may start services.' },
  allowerasing: { type: 'bool', doc: 'dnf: may remove others for these.' },
  skip_broken: { type: 'bool', doc: 'dnf: leaves out what cannot be installed.' },
  nobest: { type: 'bool', doc: 'dnf: a version that is not the newest will do.' },
  install_weak_deps: { type: 'bool', doc: 'dnf: recommended packages too.' },
  installroot: { type: 'str', doc: 'dnf: another root folder.' },
  releasever: { type: 'str', doc: 'dnf: another release.' },
  validate_certs: { type: 'bool', doc: 'dnf: checks certificates.' },
} as const
const given = (args: Data, known: object): Data =>
  Object.fromEntries(Object.keys(shared).filter((name) => name in known && args[name] !== undefined).map((name) => [name, args[name]]))

export default defineModule({
  name: 'package',
  doc: 'Keeps packages, whatever the host’s package manager is.',
  args: {
    name: { type: 'list', elements: 'str', aliases: ['pkg'], doc: 'Packages; their names may differ between systems.' },
    state: { type: 'str', default: 'present', doc: 'present, absent, latest, or what else the package manager knows.' },
    use: { type: 'str', default: 'auto', doc: 'The package manager; auto is the host’s own.' },
    ...shared,
  },
  async plan(args, target) {
    const { packageManager } = await target.read(platform, 'platform')
    const manager = args.use === 'auto' ? packageManager : args.use.replace(/^(ansible\.(builtin|legacy)|community\.general)\./, '')
    const state = args.state === 'installed' ? 'present' : args.state === 'removed' ? 'absent' : args.state
    // what there must be, the package manager says: apt can do without a name where it only fetches lists
    const place = { module: manager, container: {} }, wanted = { ...(args.name === undefined ? {} : { name: args.name }), state }
    if (manager === 'apt') {
      return await planApt(validateArgs(aptArgs, undefined, { ...wanted, ...given(args, aptArgs) }, place), target)
    }
    if (['dnf', 'dnf5', 'yum', 'dnf4'].includes(manager)) {
      return await planDnf(validateArgs(dnfArgs, undefined, { ...wanted, ...given(args, dnfArgs), ...(args.use === 'auto' ? {} : { use_backend: manager }) }, place), target)
    }
    if (manager === 'zypper') return await planZypper(validateArgs(zypperArgs, undefined, { ...wanted, ...given(args, zypperArgs) }, place), target)
    if (manager === 'pacman') return await planPacman(validateArgs(pacmanArgs, pacmanRules, { ...wanted, ...given(args, pacmanArgs) }, place), target)
    if (manager === 'apk') {
      if (state !== 'present' && state !== 'absent' && state !== 'latest') throw new Failure(`value of state must be one of: present, absent, latest, got: ${state}`)
      return await planApk({ names: (args.name ?? []).flatMap((one) => one.split(',')), state, updateCache: args.update_cache === true, upgrade: false }, target)
    }
    throw new Failure(args.use === 'auto' && manager === 'unknown' ? 'Could not detect which package manager to use. Try gathering facts or setting the "use" option.'
      : `Could not find a matching action for the "${manager}" package manager.`)
  },
})

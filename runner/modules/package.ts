/** Keeps packages by whatever package manager the host has. */
import { validateArgs } from '../core/args.ts'
import { Failure } from '../core/errors.ts'
import { defineModule } from '../core/module.ts'
import type { Data } from '../core/types.ts'
import { platform } from '../probes/platform.ts'
import { aptArgs, planApt } from './packages/apt.ts'
import { dnfArgs, planDnf } from './packages/dnf.ts'
import { planSimple } from './packages/simple.ts'

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
} as const

export default defineModule({
  name: 'package',
  doc: 'Keeps packages, whatever the host’s package manager is.',
  args: {
    name: { type: 'list', elements: 'str', required: true, aliases: ['pkg'], doc: 'Packages; their names may differ between systems.' },
    state: { type: 'str', default: 'present', doc: 'present, absent, latest, or what else the package manager knows.' },
    use: { type: 'str', default: 'auto', doc: 'The package manager; auto is the host’s own.' },
    ...shared,
  },
  async plan(args, target) {
    const { packageManager } = await target.read(platform, 'platform')
    const manager = args.use === 'auto' ? packageManager : args.use.replace(/^(ansible\.(builtin|legacy)|community\.general)\./, '')
    const state = args.state === 'installed' ? 'present' : args.state === 'removed' ? 'absent' : args.state
    const given = (names: readonly string[]): Data => Object.fromEntries(Object.entries(args).filter(([name, value]) => names.includes(name) && value !== undefined))
    const place = { module: manager, container: {} }
    if (manager === 'apt') {
      return await planApt(validateArgs(aptArgs, undefined, { name: args.name, state, ...given(['update_cache', 'cache_valid_time', 'install_recommends', 'default_release', 'autoremove', 'purge']) }, place), target)
    }
    if (['dnf', 'dnf5', 'yum', 'dnf4'].includes(manager)) {
      return await planDnf(validateArgs(dnfArgs, undefined, { name: args.name, state, ...given(['update_cache', 'autoremove', 'enablerepo', 'disablerepo', 'exclude', 'disable_gpg_check']), ...(args.use === 'auto' ? {} : { use_backend: manager }) }, place), target)
    }
    if (manager === 'apk' || manager === 'pacman' || manager === 'zypper') {
      if (state !== 'present' && state !== 'absent' && state !== 'latest') throw new Failure(`value of state must be one of: present, absent, latest, got: ${state}`)
      return await planSimple({ tool: manager, names: args.name.flatMap((one) => one.split(',')), state, updateCache: args.update_cache === true, upgrade: false }, target)
    }
    throw new Failure(`Could not detect which package manager to use. Try gathering facts or setting the "use" option. (found: ${manager})`)
  },
})

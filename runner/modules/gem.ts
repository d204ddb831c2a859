/** Keeps packages of Ruby. Ansible: community.general. */
import { Failure } from '../core/errors.ts'
import { attr, defineModule, nothing } from '../core/module.ts'
import { shText } from '../core/sh.ts'
import { splitWords } from '../core/words.ts'
import type { Plan } from '../core/plan.ts'
import { gemVersions } from '../probes/languages.ts'

export default defineModule({
  name: 'gem',
  doc: 'Keeps packages of Ruby.',
  args: {
    name: { type: 'str', required: true, doc: 'The gem.' },
    state: { type: 'str', default: 'present', choices: ['present', 'absent', 'latest'], doc: 'Whether it is there.' },
    version: { type: 'str', doc: 'Its version.' },
    executable: { type: 'path', doc: 'The program gem.' },
    gem_source: { type: 'path', doc: 'File of the gem.' },
    repository: { type: 'str', aliases: ['source'], doc: 'Where gems come from.' },
    include_dependencies: { type: 'bool', default: true, doc: 'With what it needs.' },
    user_install: { type: 'bool', default: true, doc: 'In the home of the user.' },
    install_dir: { type: 'path', doc: 'Folder to install to.' },
    bindir: { type: 'path', doc: 'Folder of programs.' },
    norc: { type: 'bool', default: true, doc: 'Reads no configuration.' },
    pre_release: { type: 'bool', default: false, doc: 'Takes versions before their release too.' },
    include_doc: { type: 'bool', default: false, doc: 'With its documentation.' },
    env_shebang: { type: 'bool', default: false, doc: 'Programs start with env.' },
    build_flags: { type: 'str', doc: 'Flags for its build.' },
    force: { type: 'bool', default: false, doc: 'Though something speaks against it.' },
    override_platform_install_dir: { type: 'bool', default: false, doc: 'Installs where gem says that users do.', unsupported: 'write install_dir' },
  },
  async plan(want, target): Promise<Plan> {
    const program = want.executable ?? 'gem', home = want.install_dir ?? ''
    const read = async (remote: boolean): Promise<readonly string[]> => {
      const found = await target.read(gemVersions, { program, name: want.name, home, remote })
      if (found === undefined) throw new Failure(`Failed to find required executable "${program}"`)
      return found
    }
    const [is, newest] = await Promise.all([read(false), want.state === 'latest' ? read(true) : []])
    const version = newest[0] ?? want.version, isThere = version === undefined ? is.length > 0 : is.includes(version), env = home === '' ? {} : { env: { GEM_HOME: home } }
    const data = { name: want.name, state: want.state, ...(version === undefined ? {} : { version }), ...(want.gem_source === undefined ? {} : { gem_source: want.gem_source }) }
    const key = { program, name: want.name, home, remote: false }, norc = want.norc ? ['--norc'] : []
    if (want.state === 'absent') {
      if (!isThere) return nothing(data)
      const flags = [...norc, ...(home === '' ? [] : ['--install-dir', home]), ...(want.bindir === undefined ? [] : ['--bindir', want.bindir]), ...(version === undefined ? ['--all'] : ['--version', version]), '--executable', ...(want.force ? ['--force'] : [])]
      return {
        changes: [attr(want.name, 'version', version ?? is.join(' '), null)], steps: [{ sh: shText`${splitWords(program)} uninstall ${flags} ${want.name}`, ...env }], data,
        after: [{ probe: gemVersions.name, id: gemVersions.id(key), value: version === undefined ? [] : is.filter((one) => one !== version) }],
      }
    }
    if (isThere) return nothing(data)
    const flags = [
      ...norc, ...(version === undefined ? [] : ['--version', version]), ...(want.repository === undefined ? [] : ['--source', want.repository]), ...(want.include_dependencies ? [] : ['--ignore-dependencies']),
      want.user_install && home === '' ? '--user-install' : '--no-user-install', ...(home === '' ? [] : ['--install-dir', home]), ...(want.bindir === undefined ? [] : ['--bindir', want.bindir]),
      ...(want.pre_release ? ['--pre'] : []), ...(want.include_doc ? [] : ['--no-document']), ...(want.env_shebang ? ['--env-shebang'] : []),
    ]
    return {
      changes: [attr(want.name, 'version', is.join(' ') || null, version ?? 'installed')], data, after: [{ unknown: `what the gem ${want.name} brings is not known` }],
      steps: [{ sh: shText`${splitWords(program)} install ${flags} ${want.gem_source ?? want.name} ${want.force ? ['--force'] : []} ${want.build_flags === undefined ? [] : ['--', want.build_flags]}`, ...env }],
    }
  },
})

/** Keeps packages of Node.js. Ansible: community.general. */
import { Failure } from '../core/errors.ts'
import { attr, defineModule, nothing } from '../core/module.ts'
import { shText } from '../core/sh.ts'
import { splitWords } from '../core/words.ts'
import type { Change, Plan, Step } from '../core/plan.ts'
import { npmPackages } from '../probes/languages.ts'

export default defineModule({
  name: 'npm',
  doc: 'Keeps packages of Node.js.',
  args: {
    name: { type: 'str', doc: 'The package; without it those that package.json names.' },
    path: { type: 'path', doc: 'Folder of the project.' },
    version: { type: 'str', doc: 'Its version.' },
    global: { type: 'bool', default: false, doc: 'For the whole system.' },
    state: { type: 'str', default: 'present', choices: ['present', 'absent', 'latest'], doc: 'Whether it is there.' },
    production: { type: 'bool', default: false, doc: 'Leaves out what only development needs.' },
    executable: { type: 'path', doc: 'The program.' },
    registry: { type: 'str', doc: 'Where packages come from.' },
    ignore_scripts: { type: 'bool', default: false, doc: 'Runs no scripts of packages.' },
    unsafe_perm: { type: 'bool', default: false, doc: 'Runs scripts as root.' },
    ci: { type: 'bool', default: false, doc: 'Installs exactly what package-lock.json says.' },
    no_optional: { type: 'bool', default: false, doc: 'Leaves out optional packages.' },
    no_bin_links: { type: 'bool', default: false, doc: 'Makes no links to programs.' },
    force: { type: 'bool', default: false, doc: 'Fetches though it is there.' },
  },
  rules: { requiredIf: [['state', 'absent', ['name']], ['global', false, ['path']]] },
  async plan(want, target): Promise<Plan> {
    const program = want.executable ?? 'npm', folder = want.path ?? '', full = want.name === undefined ? undefined : want.version !== undefined && want.state !== 'absent' ? `${want.name}@${want.version}` : want.name
    const command = (verb: string): Step => {
      const flags = [
        ...(want.global ? ['--global'] : []), ...(want.production && verb !== 'uninstall' ? ['--production'] : []), ...(want.ignore_scripts ? ['--ignore-scripts'] : []), ...(want.unsafe_perm ? ['--unsafe-perm'] : []),
        ...(full === undefined ? [] : [full]), ...(want.registry === undefined ? [] : ['--registry', want.registry]), ...(want.no_optional ? ['--no-optional'] : []), ...(want.no_bin_links ? ['--no-bin-links'] : []), ...(want.force ? ['--force'] : []),
      ]
      return { sh: `${folder === '' ? '' : shText`mkdir -p -- ${folder} && cd -- ${folder} && `}${shText`${[...splitWords(program), verb, ...flags]}`}` }
    }
    const what = full ?? folder, after = [{ unknown: `what npm brings for ${what} is not known` }]
    const plan = (changes: readonly Change[], verbs: readonly string[]): Plan => changes.length === 0 ? nothing() : { changes, steps: verbs.map(command), after }
    if (want.ci) return plan([attr(folder, 'packages', null, 'as in package-lock.json')], ['ci'])
    const is = await target.read(npmPackages, { program, folder, isGlobal: want.global, outdated: want.state === 'latest' })
    if (!is.hasTool) throw new Failure(`Failed to find required executable "${program}"`)
    const version = want.name === undefined ? undefined : is.installed[want.name]
    if (want.state === 'absent') return version === undefined ? nothing() : plan([attr(what, 'version', version, null)], ['uninstall'])
    const isMissing = is.missing.length > 0 || (want.name === undefined ? Object.keys(is.installed).length === 0 : version === undefined || (want.version !== undefined && want.version !== version))
    const isOld = want.state === 'latest' && is.outdated.length > 0
    return plan([...(isMissing ? [attr(what, 'version', version ?? null, want.version ?? 'installed')] : []), ...(isOld ? [attr(what, 'updates', is.outdated.join(' '), null)] : [])], [...(isMissing ? ['install'] : []), ...(isOld ? ['update'] : [])])
  },
})

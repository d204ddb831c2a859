/** Keeps a setting of git. Ansible: community.general. */
import { Failure } from '../core/errors.ts'
import { attr, defineModule, nothing } from '../core/module.ts'
import { sh } from '../core/sh.ts'
import type { Plan } from '../core/plan.ts'
import { Unknown } from '../core/value.ts'
import { gitConfig } from '../probes/git-config.ts'
import { expand } from './files/paths.ts'
import { foreseeGone } from './files/write.ts'

export default defineModule({
  name: 'git_config',
  doc: 'Keeps a setting of git.',
  args: {
    name: { type: 'str', required: true, doc: 'The setting, as user.name.' },
    value: { type: 'str', doc: 'Its value.' },
    state: { type: 'str', default: 'present', choices: ['absent', 'present'], doc: 'Whether it is set.' },
    scope: { type: 'str', choices: ['file', 'local', 'global', 'system'], doc: 'Whose: of a file, a repository, the account, or (default) the host.' },
    repo: { type: 'path', doc: 'The repository of the scope local.' },
    file: { type: 'path', doc: 'The file of the scope file.' },
    add_mode: { type: 'str', default: 'replace-all', choices: ['add', 'replace-all'], doc: 'add keeps other values.' },
  },
  rules: { requiredIf: [['scope', 'local', ['repo']], ['scope', 'file', ['file']], ['state', 'present', ['value']]] },
  async plan(one, target): Promise<Plan> {
    const value = one.value ?? '', scope = one.scope ?? 'system', adds = one.add_mode === 'add', isAbsent = one.state === 'absent'
    if (!isAbsent && value === '') throw new Failure('If state=present, a value must be specified. Use the community.general.git_config_info module to read a config value.')
    const file = one.file === undefined ? '' : await expand(target, one.file), cwd = scope === 'local' ? await expand(target, one.repo ?? '/') : '/'
    const key = { name: one.name, scope: scope === 'file' ? ['-f', file] : [`--${scope}`], cwd }
    const is = await target.read(gitConfig, key)
    if (!is.hasTool) throw new Failure('Failed to find required executable "git" in paths')
    if (is.problem !== '') throw new Failure(is.problem)
    const [only] = is.values
    if (isAbsent && is.values.length === 0) return nothing({ msg: 'no setting to unset' })
    if (!isAbsent && is.values.includes(value) && (is.values.length === 1 || adds)) return nothing({ msg: '' })
    const values = isAbsent ? [] : adds ? [...is.values, value] : [value]
    const words = ['config', '--includes', ...key.scope, ...(isAbsent ? ['--unset-all', one.name] : [`--${one.add_mode}`, one.name, value])]
    return {
      changes: [attr(one.name, 'value', is.values.length > 1 ? [...is.values] : only ?? null, values.length > 1 ? values : values[0] ?? null)],
      steps: [sh`cd ${cwd} || exit; LC_ALL=C LANGUAGE=C git ${words}`], after: [{ probe: gitConfig.name, id: gitConfig.id(key), value: { ...is, values } }, ...(scope === 'file' ? unseen(file) : [])], data: { msg: 'setting changed' },
    }
  },
})
/** What the file holds then is git's to say. */
const unseen = (file: string): NonNullable<Plan['after']> => foreseeGone(file).flatMap((one) => 'probe' in one ? [{ ...one, value: new Unknown(`git would write ${file}`) }] : [])

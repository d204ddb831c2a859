/** Runs composer, which keeps packages of PHP. Ansible: community.general. */
import { Failure } from '../core/errors.ts'
import { defineModule, nothing } from '../core/module.ts'
import { shText } from '../core/sh.ts'
import { splitWords } from '../core/words.ts'
import type { Plan } from '../core/plan.ts'
import { composerOptions, composerProgram } from '../probes/languages.ts'

const flags = {
  prefer_source: 'prefer-source', prefer_dist: 'prefer-dist', no_dev: 'no-dev', no_scripts: 'no-scripts', no_plugins: 'no-plugins', apcu_autoloader: 'apcu-autoloader',
  optimize_autoloader: 'optimize-autoloader', classmap_authoritative: 'classmap-authoritative', ignore_platform_reqs: 'ignore-platform-reqs',
}

export default defineModule({
  name: 'composer',
  doc: 'Runs composer, which keeps packages of PHP.',
  args: {
    command: { type: 'str', default: 'install', doc: 'Its command.' },
    arguments: { type: 'str', default: '', doc: 'Arguments of the command.' },
    working_dir: { type: 'path', doc: 'Folder of the project.' },
    global_command: { type: 'bool', default: false, doc: 'For the account, not for a project.' },
    executable: { type: 'path', aliases: ['php_path'], doc: 'The program php.' },
    composer_executable: { type: 'path', doc: 'The program composer.' },
    prefer_source: { type: 'bool', default: false, doc: 'Takes sources.' },
    prefer_dist: { type: 'bool', default: false, doc: 'Takes archives.' },
    no_dev: { type: 'bool', default: true, doc: 'Leaves out what only development needs.' },
    no_scripts: { type: 'bool', default: false, doc: 'Runs no scripts.' },
    no_plugins: { type: 'bool', default: false, doc: 'Uses no plugins.' },
    apcu_autoloader: { type: 'bool', default: false, doc: 'Keeps what it finds in APCu.' },
    optimize_autoloader: { type: 'bool', default: true, doc: 'Makes the autoloader fast.' },
    classmap_authoritative: { type: 'bool', default: false, doc: 'Loads classes of the map only.' },
    ignore_platform_reqs: { type: 'bool', default: false, doc: 'Ignores what packages need of PHP.' },
    force: { type: 'bool', default: false, doc: 'create-project though there is one.' },
  },
  rules: { requiredIf: [['global_command', false, ['working_dir']]] },
  async plan(want, target): Promise<Plan> {
    if (/\s/.test(want.command)) throw new Failure("Use the 'arguments' param for passing arguments with the 'command'")
    const program = want.composer_executable ?? '', php = want.executable ?? '', folder = want.working_dir ?? ''
    const is = await target.read(composerOptions, { program, php, command: want.command, folder })
    if (!is.hasTool) throw new Failure('Failed to find required executable "php" or "composer"')
    if (want.command === 'create-project' && !want.force && is.isProject) return nothing({ msg: 'composer.json already exists in working_dir, skipping create-project' })
    const given: Readonly<Record<string, unknown>> = want
    const asked = Object.entries(flags).filter(([name]) => given[name] === true).map(([, flag]) => flag)
    const options = ['no-ansi', 'no-interaction', 'no-progress', ...asked].filter((name) => is.options.includes(name)).map((name) => `--${name}`)
    const words = [...(want.global_command ? ['global'] : ['--working-dir', folder]), want.command, ...options]
    return {
      changes: [{ kind: 'run', cmd: `composer ${words.join(' ')} ${want.arguments}`.trim() }], later: ['stdout', 'msg'],
      steps: [{ sh: `${composerProgram(program, php)}; $p "$c" ${shText`${[...words, ...splitWords(want.arguments)]}`}`, env: { LANGUAGE: 'C', LC_ALL: 'C' }, okRc: 'any' }],
      done([ran]) {
        const output = `${ran?.stdout ?? ''}${ran?.stderr ?? ''}`, msg = output.replaceAll(/\s+/g, ' ').trim()
        if (ran?.rc !== 0) return { failed: true, changed: false, msg, stdout: ran?.stderr ?? '' }
        return { changed: !/Nothing to install or update|Nothing to install, update or remove/.test(output), msg, stdout: output }
      },
    }
  },
})

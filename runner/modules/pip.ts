/** Keeps Python packages, in an environment of their own or in the system's. */
import { Failure } from '../core/errors.ts'
import { attr, defineModule, nothing } from '../core/module.ts'
import { shText } from '../core/sh.ts'
import type { Args, Change, Plan } from '../core/plan.ts'
import { findPip, normalName, pipOutdated, pipPackages, type Environment } from '../probes/pip.ts'
import { content } from '../probes/content.ts'
import { stat } from '../probes/stat.ts'
import { join } from './files/paths.ts'
import { laterKeys, toolResult } from './packages/result.ts'

const args = {
  name: { type: 'list', elements: 'str', doc: 'Packages, as name, name==1.2, name>=1, an address or a path.' },
  version: { type: 'str', doc: 'Version of the one package.' },
  requirements: { type: 'str', doc: 'A file of the host with requirements.' },
  state: { type: 'str', choices: ['absent', 'forcereinstall', 'latest', 'present'], default: 'present', doc: 'What they shall be.' },
  virtualenv: { type: 'path', doc: 'Environment to use; it is made where it is missing.' },
  virtualenv_command: { type: 'path', default: 'virtualenv', doc: 'What makes it; where virtualenv is missing, python3 -m venv does.' },
  virtualenv_python: { type: 'str', doc: 'The Python in it.' },
  virtualenv_site_packages: { type: 'bool', default: false, doc: 'It sees the system’s packages.' },
  executable: { type: 'path', doc: 'The pip to use.' },
  extra_args: { type: 'str', doc: 'Further words for pip.' },
  editable: { type: 'bool', default: false, doc: 'Installs from the source tree.' },
  chdir: { type: 'path', doc: 'Folder to run in.' },
  umask: { type: 'str', doc: 'Umask for what is made.' },
  break_system_packages: { type: 'bool', default: false, doc: 'Installs over the distribution’s packages.' },
} as const
type PipArgs = Args<typeof args>

const noNames: readonly string[] = []
interface Requirement { readonly text: string; readonly name: string | undefined; readonly specifier: string }
export function requirement(text: string): Requirement {
  const match = /^([A-Za-z0-9][A-Za-z0-9._-]*)(?:\[[^\]]*\])?\s*((?:(?:===?|~=|!=|<=?|>=?)\s*[^,;\s]+\s*,?\s*)*)(?:;.*)?$/.exec(text.trim())
  return match === null || /\.(whl|zip|tar\.gz|tgz)$/.test(text) ? { text, name: undefined, specifier: '' } : { text, name: normalName(match[1] ?? ''), specifier: (match[2] ?? '').replaceAll(' ', '') }
}
/** Order of two version numbers, part by part; letters (rc1) come before nothing. */
export function compareVersions(a: string, b: string): number {
  const parts = (version: string): (number | string)[] => (version.replace(/^v/, '').match(/\d+|[a-z]+/gi) ?? []).map((part) => /^\d+$/.test(part) ? Number(part) : part)
  const left = parts(a), right = parts(b)
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const x = left[i] ?? 0, y = right[i] ?? 0
    if (x === y) continue
    if (typeof x === 'number' && typeof y === 'number') return x - y
    if (typeof x === 'string' && typeof y === 'string') return x < y ? -1 : 1
    return typeof x === 'string' ? -1 : 1
  }
  return 0
}
export function satisfies(version: string, specifier: string): boolean {
  return specifier.split(',').filter((one) => one !== '').every((one) => {
    const [, operator = '==', wanted = ''] = /^(===?|~=|!=|<=?|>=?)(.+)$/.exec(one) ?? []
    if (wanted.endsWith('.*')) { const hit = version === wanted.slice(0, -2) || version.startsWith(wanted.slice(0, -1)); return operator === '!=' ? !hit : hit }
    const order = compareVersions(version, wanted)
    switch (operator) {
      case '>=': return order >= 0
      case '>': return order > 0
      case '<=': return order <= 0
      case '<': return order < 0
      case '!=': return order !== 0
      case '~=': return order >= 0 && version.startsWith(wanted.split('.').slice(0, -1).join('.'))
      default: return order === 0
    }
  })
}
const isThere = ({ packages }: Environment, { name, specifier }: Requirement): boolean => name !== undefined && packages[name] !== undefined && satisfies(packages[name] ?? '', specifier)

function command(one: PipArgs, words: readonly string[]): string {
  const key = { pip: one.executable, virtualenv: one.virtualenv }
  return `${one.umask === undefined ? '' : shText`umask ${one.umask}; `}${findPip(key)}; $pip ${shText`${words}`}${one.extra_args === undefined ? '' : ` ${one.extra_args.split(/\s+/).map((word) => shText`${word}`).join(' ')}`}`
}
const makeEnvironment = (one: PipArgs): string => {
  const words = [...(one.virtualenv_site_packages ? ['--system-site-packages'] : []), ...(one.virtualenv_python === undefined ? [] : ['-p', one.virtualenv_python])]
  const site = one.virtualenv_site_packages ? ['--system-site-packages'] : []
  return shText`if command -v ${one.virtualenv_command.split(' ')[0] ?? ''} >/dev/null 2>&1; then ${one.virtualenv_command.split(' ')} ${words} ${one.virtualenv ?? ''}; else ${one.virtualenv_python ?? 'python3'} -m venv ${site} ${one.virtualenv ?? ''}; fi`
}

export default defineModule({
  name: 'pip',
  doc: 'Keeps Python packages.',
  args,
  rules: { requiredOneOf: [['name', 'requirements', 'virtualenv']], mutuallyExclusive: [['name', 'requirements'], ['executable', 'virtualenv'], ['editable', 'requirements']] },
  async plan(one, target): Promise<Plan> {
    if (one.version !== undefined && one.name?.length !== 1) throw new Failure("'version' argument is ambiguous when installing multiple package distributions. Please specify version restrictions next to each package in 'name' argument.")
    if (one.version !== undefined && one.state === 'latest') throw new Failure('version is incompatible with state=latest')
    const file = one.requirements === undefined ? undefined : join(one.chdir ?? '', one.requirements)
    const [is, newer, venv, listed] = await Promise.all([
      target.read(pipPackages, { pip: one.executable, virtualenv: one.virtualenv }),
      one.state === 'latest' ? target.read(pipOutdated, { pip: one.executable, virtualenv: one.virtualenv }) : noNames, one.virtualenv === undefined ? undefined : target.read(stat, `${one.virtualenv}/bin/pip`),
      file === undefined ? undefined : target.read(content, { path: file }),
    ])
    const isNew = venv !== undefined && venv.type === 'absent'
    if (!is.exists && !isNew) throw new Failure(is.problem === '' ? 'Unable to find any of pip3, pip to use. pip needs to be installed.' : is.problem)
    if (listed !== undefined && listed.kind !== 'file') throw new Failure(`Could not open requirements file ${file ?? ''}`)
    const names = one.name?.flatMap((text) => /^[A-Za-z0-9._-]+(,[A-Za-z0-9._-]+)+$/.test(text) ? text.split(',') : [text])
    const given = (names ?? (listed?.kind === 'file' ? new TextDecoder().decode(listed.bytes).split('\n') : [])).map((line) => line.replace(/(^|\s)#.*$/, '').trim()).filter((line) => line !== '')
    const wanted = given.map((text) => requirement(one.version === undefined ? text : `${text}==${one.version}`))
    const changes: Change[] = isNew ? [attr(one.virtualenv ?? '', 'state', 'absent', 'present')] : []
    const isRemoval = one.state === 'absent'
    const open = isRemoval ? wanted.filter(({ name }) => name !== undefined && is.packages[name] !== undefined)
      : one.state === 'forcereinstall' ? wanted : one.state === 'latest' ? wanted : wanted.filter((each) => !isThere(is, each))
    const changing = one.state === 'latest' && !isNew ? open.filter(({ name }) => name === undefined || is.packages[name] === undefined || newer.includes(name)) : open
    for (const { text, name } of changing) changes.push(attr(name ?? text, 'version', name === undefined ? null : is.packages[name] ?? null, isRemoval ? null : one.state === 'present' ? text : one.state))
    const data = { name: names ?? null, requirements: one.requirements ?? null, version: one.version ?? null, state: one.state, virtualenv: one.virtualenv ?? null }
    if (changes.length === 0) return nothing({ ...data, stdout: '', stderr: '' })
    const words = isRemoval ? ['uninstall', '-y', ...changing.map(({ text }) => text)] : [
      'install', ...(one.state === 'latest' ? ['-U'] : one.state === 'forcereinstall' ? ['-U', '--force-reinstall'] : []), ...(one.break_system_packages ? ['--break-system-packages'] : []),
      ...(one.requirements !== undefined ? ['-r', one.requirements] : changing.flatMap(({ text }) => one.editable ? ['-e', text] : [text])),
    ]
    const lines = [...(isNew ? [makeEnvironment(one)] : []), ...(changing.length > 0 ? [command(one, words)] : [])]
    return {
      changes, steps: [{ sh: lines.map((line) => `{ ${line}; } || exit`).join('\n'), okRc: 'any', ...(one.chdir === undefined ? {} : { cwd: one.chdir }) }],
      after: [{ unknown: `the files that pip ${isRemoval ? 'removes' : 'brings'} are not known` }], data, later: [...laterKeys], done: ([ran]) => toolResult(ran, 'pip failed'),
    }
  },
})

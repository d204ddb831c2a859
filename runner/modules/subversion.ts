/** Keeps a working copy of a Subversion repository, or an export of it. */
import { Failure } from '../core/errors.ts'
import { attr, defineModule, nothing } from '../core/module.ts'
import { raw, shText } from '../core/sh.ts'
import type { Args, Change, Plan } from '../core/plan.ts'
import { revisionIn, subversion, type SvnKey, type SvnState, svnWords, urlIn } from '../probes/subversion.ts'
import { expand } from './files/paths.ts'

const args = {
  repo: { type: 'str', required: true, aliases: ['name', 'repository'], doc: 'Address of the repository.' },
  dest: { type: 'path', doc: 'Where the working copy is.' },
  revision: { type: 'str', default: 'HEAD', aliases: ['rev', 'version'], doc: 'The revision.' },
  force: { type: 'bool', default: false, doc: 'Throws local changes away; with export writes over what is there.' },
  username: { type: 'str', doc: 'Account at the repository.' },
  password: { type: 'str', secret: true, doc: 'Its password.' },
  executable: { type: 'path', doc: 'The svn to use.' },
  checkout: { type: 'bool', default: true, doc: 'Makes the working copy where there is none.' },
  update: { type: 'bool', default: true, doc: 'Brings an existing one up to date.' },
  export: { type: 'bool', default: false, doc: 'Files only, without what makes them a working copy: each run writes them.' },
  switch: { type: 'bool', default: true, doc: 'Goes over to another address of the repository.' },
  in_place: { type: 'bool', default: false, doc: 'Makes a working copy of a folder that is there.' },
  validate_certs: { type: 'bool', default: false, doc: 'Refuses certificates that are not trusted.' },
} as const
type Given = Args<typeof args>

const modified = 'ERROR: modified files exist in the repository.'
const number = (revision: string): number => Number(revision.split(':')[1])

/** One step: what svn says goes to stderr, what the working copy is afterwards to stdout. */
function planOf(key: SvnKey, dest: string, changes: readonly Change[], commands: readonly string[], before: readonly string[] | null, isExport: boolean): Plan {
  const lines = commands.map((line) => `{ ${line}; } >>"$o" 2>&1 || { cat "$o" >&2; rm -f "$o"; exit 1; }`)
  return {
    changes, steps: [{ sh: [svnWords(key), 'o=$(mktemp) || exit 1', ...lines, shText`grep '^[ABDUCGE][[:space:]]' "$o" | sed -n '1s/.*/files/p'; rm -f "$o"`, ...(isExport ? [] : [shText`s info ${dest}`])].join('\n') }],
    after: [{ unknown: `the files that svn brings to ${dest} are not known` }],
    ...(isExport ? {} : { data: { before }, done: ([ran]) => {
      const said = ran?.stdout ?? '', isChanged = before === null || said.startsWith('files\n') || commands.some((line) => line.startsWith('s revert'))
      return { changed: isChanged, after: [revisionIn(said), urlIn(said)] }
    } }),
  }
}

function planExisting(given: Given, key: SvnKey, dest: string, is: SvnState): Plan {
  if (!given.update) return nothing()
  const before = [is.revision, is.url]
  if (is.isModified && !given.force) throw new Failure(modified)
  if (is.problem !== '') throw new Failure(is.problem)
  const moves = given.switch && is.url !== `URL: ${given.repo.replace(/(?<=.)\/+$/, '')}`
  const isOld = number(is.revision) !== number(is.wanted)
  if (!moves && !isOld && !is.isModified) return nothing({ before, after: before })
  const changes = [
    ...(moves ? [attr(dest, 'url', is.url, `URL: ${given.repo}`)] : []), ...(isOld ? [attr(dest, 'revision', is.revision, is.wanted)] : []),
    ...(is.isModified ? [attr(dest, 'local changes', 'there', 'thrown away')] : []),
  ]
  const commands = [
    ...(given.switch ? [shText`s switch --revision ${given.revision} ${given.repo} ${dest}`] : []), ...(is.isModified ? [shText`s revert -R ${dest}`] : []),
    shText`s update -r ${given.revision} ${dest}`,
  ]
  const plan = planOf(key, dest, changes, commands, before, false)
  return { ...plan, data: { before, after: [is.wanted, moves ? `URL: ${given.repo}` : is.url] } }
}

export default defineModule({
  name: 'subversion',
  doc: 'Keeps a working copy of a Subversion repository.',
  args,
  async plan(given, target): Promise<Plan> {
    const needsDest = given.checkout || given.update || given.export
    if (given.dest === undefined && needsDest) throw new Failure('the destination directory must be specified unless checkout=no, update=no, and export=no')
    const dest = given.dest === undefined ? undefined : (await expand(target, given.dest)).replace(/(?<=.)\/+$/, '')
    const key: SvnKey = { svn: given.executable ?? 'svn', dest: needsDest ? dest : undefined, repo: given.repo, revision: given.revision, username: given.username, password: given.password, trusts: !given.validate_certs }
    const is = await target.read(subversion, key)
    if (!is.hasSvn) throw new Failure(`Failed to find required executable "${given.executable ?? 'svn'}" in paths`)
    if (!needsDest || dest === undefined) {
      if (is.problem !== '') throw new Failure(is.problem)
      return nothing({ after: is.wanted })
    }
    if (given.export || is.dest === 'none') return planNew(given, key, dest, is)
    if (is.dest === 'checkout') return planExisting(given, key, dest, is)
    if (!given.in_place) throw new Failure(`ERROR: ${dest} folder already exists, but its not a subversion repository.`)
    const commands = [shText`s checkout --force -r ${given.revision} ${given.repo} ${dest}`, ...(given.force ? [shText`s revert -R ${dest}`] : [])]
    return planOf(key, dest, [attr(dest, 'revision', null, given.revision)], commands, null, false)
  },
})

function planNew(given: Given, key: SvnKey, dest: string, is: SvnState): Plan {
  if (!given.export && !given.checkout) return nothing()
  if (is.dest === 'none' && is.problem !== '') throw new Failure(is.problem)
  const command = given.export ? shText`s export ${raw(given.force ? '--force ' : '')}-r ${given.revision} ${given.repo} ${dest}` : shText`s checkout -r ${given.revision} ${given.repo} ${dest}`
  return planOf(key, dest, [attr(dest, 'revision', null, is.dest === 'none' ? is.wanted : given.revision)], [command], null, given.export)
}

/** Keeps a checkout of a git repository. */
import { Failure } from '../core/errors.ts'
import { attr, defineModule, nothing } from '../core/module.ts'
import { quote, raw, shText } from '../core/sh.ts'
import type { Args, Change, Plan, Target } from '../core/plan.ts'
import { git, gitEnv, type GitState } from '../probes/git.ts'
import { stat } from '../probes/stat.ts'
import { expand } from './files/paths.ts'

const args = {
  repo: { type: 'str', required: true, aliases: ['name'], doc: 'Address of the repository.' },
  dest: { type: 'path', doc: 'Where the checkout is.' },
  version: { type: 'str', default: 'HEAD', doc: 'Branch, tag, or commit.' },
  remote: { type: 'str', default: 'origin', doc: 'Name of the remote.' },
  refspec: { type: 'str', doc: 'More to fetch.' },
  reference: { type: 'path', doc: 'Repository of the host to borrow from.' },
  force: { type: 'bool', default: false, doc: 'Throws local changes away.' },
  depth: { type: 'int', doc: 'How much history.' },
  clone: { type: 'bool', default: true, doc: 'Makes the checkout where there is none.' },
  update: { type: 'bool', default: true, doc: 'Brings an existing one up to date.' },
  bare: { type: 'bool', default: false, doc: 'Without files.' },
  recursive: { type: 'bool', default: true, doc: 'Submodules too.' },
  track_submodules: { type: 'bool', default: false, doc: 'Submodules at the tip of their branches.' },
  single_branch: { type: 'bool', default: false, doc: 'Only this branch.' },
  accept_hostkey: { type: 'bool', default: false, doc: 'Takes any host key.' },
  accept_newhostkey: { type: 'bool', default: false, doc: 'Takes a host key that is new.' },
  key_file: { type: 'path', doc: 'SSH key of the host.' },
  ssh_opts: { type: 'str', doc: 'Options for ssh.' },
  executable: { type: 'path', doc: 'The git to use.' },
  umask: { type: 'raw', doc: 'Umask for what is made.' },
  verify_commit: { type: 'bool', default: false, doc: 'Checks the signature of the commit.' },
  gpg_allowlist: { type: 'list', elements: 'str', default: [], aliases: ['gpg_whitelist'], doc: 'Signers.', unsupported: 'verify_commit checks with the keyring of the account' },
  archive: { type: 'path', doc: 'Writes the files to this archive.' },
  archive_prefix: { type: 'str', doc: 'Folder in the archive.' },
  separate_git_dir: { type: 'path', doc: 'Where the repository itself is kept.' },
} as const
type GitArgs = Args<typeof args>

function sshOf(one: GitArgs): string {
  const options = [...(one.key_file === undefined ? [] : ['-i', one.key_file, '-o', 'IdentitiesOnly=yes']), ...(one.accept_hostkey ? ['-o', 'StrictHostKeyChecking=no'] : []), ...(one.accept_newhostkey ? ['-o', 'StrictHostKeyChecking=accept-new'] : [])]
  if (options.length === 0 && one.ssh_opts === undefined) return ''
  return `ssh -o BatchMode=yes ${options.map(quote).join(' ')}${one.ssh_opts === undefined ? '' : ` ${one.ssh_opts}`}`
}
const same = (a: string, b: string): boolean => a.replace(/\.git$|\/$/g, '') === b.replace(/\.git$|\/$/g, '')

const submodules = (one: GitArgs): string[] => one.recursive && !one.bare
  ? [`if [ -e .gitmodules ]; then b=$("$g" submodule status --recursive); "$g" submodule sync --quiet --recursive; "$g" submodule update --init --recursive${one.track_submodules ? ' --remote' : ''}${one.force ? ' --force' : ''} || exit; [ "$b" = "$("$g" submodule status --recursive)" ] || moved=yes; fi`] : []
const depthWords = (one: GitArgs): string[] => one.depth === undefined ? [] : ['--depth', String(one.depth)]

function cloneLines(one: GitArgs, is: GitState, dest: string): string[] {
  const isNamed = is.kind === 'branch' || is.kind === 'tag'
  const words = [
    'clone', '--origin', one.remote, ...(one.bare ? ['--bare'] : []), ...(isNamed ? ['--branch', one.version] : []), ...(is.kind === 'commit' && one.depth !== undefined ? [] : depthWords(one)),
    ...(one.depth !== undefined && isNamed ? ['--single-branch'] : one.single_branch ? ['--single-branch'] : []), ...(one.reference === undefined ? [] : ['--reference', one.reference]),
    ...(one.separate_git_dir === undefined ? [] : [`--separate-git-dir=${one.separate_git_dir}`]), one.repo, dest,
  ]
  return [
    shText`mkdir -p -- ${dest.slice(0, Math.max(1, dest.lastIndexOf('/')))}`, shText`"$g" ${words}`, shText`cd ${dest}`,
    ...(one.refspec === undefined ? [] : [shText`"$g" fetch ${one.remote} ${one.refspec}`]),
    ...(is.kind === 'commit' && !one.bare ? [shText`"$g" checkout --quiet --force ${one.version}`] : []), ...submodules(one),
  ]
}
function updateLines(one: GitArgs, is: GitState, dest: string): string[] {
  const fetch = ['fetch', '--quiet', '--force', ...depthWords(one), one.remote]
  const checkout = is.kind === 'branch' ? [shText`"$g" checkout --quiet --force -B ${one.version} ${`refs/remotes/${one.remote}/${one.version}`}`, shText`"$g" branch --quiet --set-upstream-to=${`${one.remote}/${one.version}`} ${one.version} 2>/dev/null || :`]
    : is.kind === 'head' ? [is.branch === '' ? shText`"$g" checkout --quiet --force ${is.remoteHead}` : shText`"$g" reset --quiet --hard ${is.remoteHead}`]
    : [shText`"$g" checkout --quiet --force ${is.kind === 'tag' ? `refs/tags/${one.version}` : one.version}`]
  return [
    shText`cd ${dest}`, ...(same(is.remoteUrl, one.repo) ? [] : [shText`"$g" remote set-url ${one.remote} ${one.repo} 2>/dev/null || "$g" remote add ${one.remote} ${one.repo}`]),
    ...(one.bare ? [shText`"$g" ${[...fetch, '+refs/heads/*:refs/heads/*', '+refs/tags/*:refs/tags/*']}`]
      : [shText`"$g" ${[...fetch, ...(is.kind === 'branch' ? [`+refs/heads/${one.version}:refs/remotes/${one.remote}/${one.version}`] : [`+refs/heads/*:refs/remotes/${one.remote}/*`]), '+refs/tags/*:refs/tags/*']}`, ...checkout]),
    ...(one.refspec === undefined ? [] : [shText`"$g" fetch ${one.remote} ${one.refspec}`]), ...submodules(one),
  ]
}

function finishPlan(one: GitArgs, is: GitState, lines: readonly string[], changes: readonly Change[], dest: string): Plan {
  const head = [gitEnv(sshOf(one)), `g=${quote(one.executable ?? 'git')} moved=`, ...(one.umask === undefined ? [] : [shText`umask ${String(one.umask)}`])]
  const verify = one.verify_commit ? [`"$g" verify-commit HEAD 2>&1 || { echo 'Failed to verify GPG signature of commit/tag' >&2; exit 1; }`] : []
  const suffix = one.archive === undefined ? '' : one.archive.endsWith('.zip') ? 'zip' : /\.(tar\.gz|tgz)$/.test(one.archive) ? 'tar.gz' : 'tar'
  const archive = one.archive === undefined ? [] : [shText`"$g" archive --format=${suffix}${raw(one.archive_prefix === undefined ? '' : ` --prefix=${quote(one.archive_prefix)}`)} --output=${one.archive} HEAD`]
  return {
    changes, steps: [{ sh: [...head, ...[...lines, ...verify, ...archive].map((line) => `{ ${line}; } >&2 || exit`), '"$g" rev-parse HEAD && echo "$moved"'].join('\n') }],
    after: [{ unknown: `the files that git brings to ${dest} are not known` }],
    data: { before: is.head || null, after: is.remoteHead, ...(is.dest === 'checkout' || is.dest === 'bare' ? { remote_url_changed: !same(is.remoteUrl, one.repo) } : {}) },
    done: ([ran]) => { const [after = '', moved = ''] = ran?.stdout.split('\n') ?? []; return { ...(after === '' ? {} : { after }), ...(moved === '' ? {} : { submodules_changed: true }) } },
  }
}

/** A path becomes file:// as in Ansible: depth wants it, and a clone of a plain path shares its files with the source by hard links. */
async function addressOf(target: Target, repo: string): Promise<string> {
  const path = repo.startsWith('/') || repo.includes(':') ? repo : await expand(target, repo)
  return path.startsWith('/') ? `file://${path}` : path
}

export default defineModule({
  name: 'git',
  doc: 'Keeps a checkout of a git repository.',
  args,
  rules: { mutuallyExclusive: [['separate_git_dir', 'bare'], ['accept_hostkey', 'accept_newhostkey']], requiredBy: { archive_prefix: ['archive'] } },
  async plan(given, target): Promise<Plan> {
    if (given.dest === undefined && given.clone) throw new Failure("the destination directory must be specified unless clone=no")
    const dest = given.dest === undefined ? undefined : (await expand(target, given.dest)).replace(/(?<=.)\/+$/, '')
    const one: GitArgs = { ...given, dest, repo: await addressOf(target, given.repo) }
    const key = { git: one.executable ?? 'git', dest, repo: one.repo, version: one.version, remote: one.remote, ssh: sshOf(one), asks: true }
    const [is, archive] = await Promise.all([target.read(git, key), one.archive === undefined ? undefined : target.read(stat, one.archive)])
    if (!is.hasGit) throw new Failure(`Failed to find required executable "${one.executable ?? 'git'}" in paths`)
    if (is.dest === 'other') throw new Failure(`${dest ?? ''} already exists and is no git repository`)
    const exists = is.dest === 'checkout' || is.dest === 'bare'
    const data = { before: is.head || null, after: is.head || null, remote_url_changed: false }
    if (exists && !one.update) return nothing({ ...data, warnings: undefined })
    if (is.problem !== '') throw new Failure(`Failed to connect to the repository: ${is.problem}`, { repo: one.repo })
    if (is.remoteHead === '') throw new Failure(`${exists ? '' : `Failed to checkout ${one.version}: `}Could not determine remote revision for ${one.version}`)
    if (!exists) {
      if (!one.clone || dest === undefined) return nothing({ before: null, after: is.remoteHead, remote_url_changed: false })
      return finishPlan(one, is, cloneLines(one, is, dest), [attr(dest, 'revision', null, is.remoteHead)], dest)
    }
    const hasNew = is.head !== is.remoteHead || (is.kind === 'branch' && is.branch !== one.version && !one.bare && is.head !== is.remoteHead)
    const isMoved = !same(is.remoteUrl, one.repo)
    if (is.isDirty && !one.force && (hasNew || isMoved)) throw new Failure(`Local modifications exist in the destination: ${dest ?? ''} (force=no).`, { before: is.head })
    const needsArchive = archive !== undefined && archive.type === 'absent'
    const changes: Change[] = [
      ...(hasNew ? [attr(dest ?? '', 'revision', is.head, is.remoteHead)] : []), ...(isMoved ? [attr(dest ?? '', 'remote', is.remoteUrl, one.repo)] : []),
      ...(is.isDirty && one.force && !hasNew ? [attr(dest ?? '', 'local changes', 'there', 'thrown away')] : []), ...(needsArchive ? [attr(one.archive ?? '', 'state', 'absent', 'file')] : []),
    ]
    if (changes.length === 0) return nothing(data)
    return finishPlan(one, is, updateLines(one, is, dest ?? ''), changes, dest ?? '')
  },
})

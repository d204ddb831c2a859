/** Reads a git checkout and what its remote has. */
import { quote, shText } from '../core/sh.ts'
import { defineEach, lines } from './each.ts'

export interface GitKey {
  readonly git: string
  readonly dest: string | undefined
  readonly repo: string
  /** Branch, tag, HEAD, or a commit. */
  readonly version: string
  readonly remote: string
  readonly ssh: string
  /** Asks the remote; without it only the checkout is read. */
  readonly asks: boolean
}
export interface GitState {
  readonly hasGit: boolean
  /** `none`: nothing there; `other`: something, but no checkout. */
  readonly dest: 'none' | 'empty' | 'other' | 'checkout' | 'bare'
  readonly head: string
  readonly branch: string
  readonly isDirty: boolean
  readonly remoteUrl: string
  /** Commit that the remote has for the version; empty where it has none. */
  readonly remoteHead: string
  /** What kind of name the version is at the remote. */
  readonly kind: 'branch' | 'tag' | 'head' | 'commit'
  readonly problem: string
}

export const isCommit = (version: string): boolean => /^[0-9a-f]{40}$/i.test(version)
export const gitEnv = (ssh: string): string => `export GIT_TERMINAL_PROMPT=0 LC_ALL=C${ssh === '' ? '' : ` GIT_SSH_COMMAND=${quote(ssh)}`}`

export const git = defineEach<GitKey, GitState>({
  name: 'git',
  id: (key) => JSON.stringify(key),
  absent: (value) => value.dest === 'none',
  command: ({ git: tool, dest, repo, version, remote, ssh, asks }) => `${gitEnv(ssh)}; g=${quote(tool)}; command -v "$g" >/dev/null || { echo no-git; exit; }
echo git; d=${quote(dest ?? '')}
if [ -z "$d" ] || { [ ! -e "$d" ] && [ ! -h "$d" ]; }; then echo none; else
o="-c safe.directory=*"
if [ -e "$d/.git" ]; then echo checkout; elif [ -d "$d/objects" ] && [ -e "$d/HEAD" ]; then echo bare; elif [ -d "$d" ] && [ -z "$(ls -A "$d")" ]; then echo empty; else echo other; fi
if [ -e "$d/.git" ] || [ -e "$d/HEAD" ]; then cd "$d" && echo "head $("$g" $o rev-parse HEAD 2>/dev/null)"; echo "branch $("$g" $o symbolic-ref -q --short HEAD)"
echo "url $("$g" $o config --get ${quote(`remote.${remote}.url`)})"; "$g" --no-optional-locks $o status --porcelain --untracked-files=no 2>/dev/null | sed -n '1s/.*/dirty/p'; cd /; fi; fi
` + (asks ? shText`r=$("$g" ls-remote -- ${repo} 2>&1) || { printf 'problem %s\\n' "$r"; exit; }
printf '%s\\n' "$r" | awk -v v=${version} '{ if (v == "HEAD" && $2 == "HEAD") print "head-ref", $1; if ($2 == "refs/heads/" v) print "branch-ref", $1; if ($2 == "refs/tags/" v) print "tag-ref", $1; if ($2 == "refs/tags/" v "^{}") print "peeled-ref", $1; if ($2 == v) print "full-ref", $1 }'` : ''),
  parse({ stdout }, { version }) {
    const [first, dest = 'none', ...rest] = lines(stdout)
    const get = (name: string): string => rest.find((line) => line.startsWith(`${name} `))?.slice(name.length + 1) ?? ''
    const branch = get('branch-ref'), tag = get('peeled-ref') || get('tag-ref')
    const problem = stdout.indexOf('problem ')
    return {
      hasGit: first === 'git', dest: dest === 'checkout' || dest === 'bare' || dest === 'other' || dest === 'empty' ? dest : 'none', head: get('head'), branch: get('branch'),
      isDirty: rest.includes('dirty'), remoteUrl: get('url'), remoteHead: isCommit(version) ? version.toLowerCase() : get('head-ref') || branch || tag || get('full-ref'),
      kind: isCommit(version) ? 'commit' : version === 'HEAD' ? 'head' : branch !== '' ? 'branch' : 'tag', problem: problem < 0 ? '' : stdout.slice(problem + 8).trim(),
    }
  },
})

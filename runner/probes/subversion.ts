/** Reads a Subversion working copy, and what its repository has. */
import { raw, shText } from '../core/sh.ts'
import { defineEach, lines } from './each.ts'

export interface SvnKey {
  readonly svn: string; readonly dest: string | undefined; readonly repo: string; readonly revision: string
  readonly username: string | undefined; readonly password: string | undefined; readonly trusts: boolean
}
export interface SvnState {
  readonly hasSvn: boolean
  readonly dest: 'none' | 'other' | 'checkout'
  /** `Revision: 12` and `URL: …` of the working copy, as svn writes them. */
  readonly revision: string; readonly url: string
  readonly isModified: boolean
  /** The revision that the wanted one is now; of the repository itself where there is no working copy. */
  readonly wanted: string
  readonly problem: string
}

/** A function `s` that runs svn without asking anybody. Before 1.10 it takes a password only where every user of the host can see it. */
export const svnWords = ({ svn, username, password, trusts }: SvnKey): string => shText`export LANG=C LC_ALL=C; v=${svn}
s() { set -- --non-interactive --no-auth-cache ${raw(trusts ? '--trust-server-cert ' : '')}${raw(username === undefined ? '' : shText`--username ${username} `)}"$@"
${raw(password === undefined ? '"$v" "$@"' : shText`case $("$v" --version --quiet) in 1.[0-9].*) "$v" --password ${password} "$@" ;; *) printf %s ${password} | "$v" --password-from-stdin "$@" ;; esac`)}; }`

const found = (text: string, pattern: RegExp): string => pattern.exec(text)?.[0] ?? ''
export const revisionIn = (text: string): string => found(text, /^\w+\s?:\s+\d+$/m) || 'Unable to get revision'
export const urlIn = (text: string): string => found(text, /^URL\s?:.*$/m) || 'Unable to get URL'

export const subversion = defineEach<SvnKey, SvnState>({
  name: 'subversion',
  id: (key) => JSON.stringify(key),
  absent: (value) => value.dest === 'none',
  command: (key) => shText`${raw(svnWords(key))}
command -v "$v" >/dev/null || { echo no-svn; exit; }
echo svn; d=${key.dest ?? ''}
if [ -n "$d" ] && { [ -e "$d" ] || [ -h "$d" ]; }; then
  if i=$(s info "$d" 2>/dev/null); then echo checkout; else echo other; exit; fi
  printf '%s\\n' "$i" | sed 's/^/own /'; s status --quiet --ignore-externals "$d" | sed -n '/^[^?X]/{s/.*/modified/p;q;}'
  w=$(s info -r ${key.revision} "$d" 2>&1) || { printf 'problem %s\\n' "$w"; exit; }
else echo none; w=$(s info -r ${key.revision} ${key.repo} 2>&1) || { printf 'problem %s\\n' "$w"; exit; }
fi
printf '%s\\n' "$w" | sed 's/^/wanted /'`,
  parse({ stdout }) {
    const [first, dest, ...rest] = lines(stdout)
    const part = (name: string): string => rest.filter((line) => line.startsWith(`${name} `)).map((line) => line.slice(name.length + 1)).join('\n')
    const at = stdout.indexOf('\nproblem '), own = part('own')
    return {
      hasSvn: first === 'svn', dest: dest === 'checkout' || dest === 'other' ? dest : 'none', revision: revisionIn(own), url: urlIn(own),
      isModified: rest.includes('modified'), wanted: revisionIn(part('wanted')), problem: at < 0 ? '' : stdout.slice(at + 9).trim(),
    }
  },
})

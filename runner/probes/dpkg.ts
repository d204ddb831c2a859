/** Reads Debian packages: what is installed, what apt would do if asked, how old its lists are, what a .deb file holds. */
import { quote, shText } from '../core/sh.ts'
import type { Probe } from '../core/plan.ts'
import { defineEach, lines } from './each.ts'

export interface Package {
  readonly status: 'installed' | 'absent' | 'broken'
  readonly hold?: boolean
  /** Of a package that is absent: its configuration files are left. */
  readonly live?: { readonly version: string; readonly arch: string; readonly selection: string }
}

/** Keyed by name, with `:arch` where it matters. */
export const dpkg: Probe<string, Package> = {
  name: 'dpkg',
  id: (name) => name,
  absent: (value) => value.status === 'absent',
  script: (keys) => shText`dpkg-query -W -f '\${Package}:\${Architecture} \${Version} \${Status}\\n' -- ${keys} 2>/dev/null; :`,
  parse(stdout, keys) {
    const rows = lines(stdout).map((line) => line.split(' '))
    return keys.map((key) => {
      const found = rows.filter(([name = '']) => name === key || name.slice(0, name.lastIndexOf(':')) === key)
      const [name = '', version = '', selection = '', , state = ''] = found.find((row) => row[4] === 'installed') ?? found[0] ?? []
      if (name === '' || state === 'not-installed') return { status: 'absent' }
      const live = { version, arch: name.slice(name.lastIndexOf(':') + 1), selection }
      if (state === 'installed' || state === 'triggers-pending' || state === 'triggers-awaited') return { status: 'installed', ...(selection === 'hold' ? { hold: true } : {}), live }
      return { status: state === 'config-files' ? 'absent' : 'broken', live }
    })
  },
}

/** What dpkg is to do with a package: install, hold, deinstall, purge. */
export const selection = defineEach<string, { readonly is: string }>({
  name: 'dpkg-selection',
  id: (name) => name,
  absent: (value) => value.is === 'not present',
  command: (name) => shText`s=$(dpkg --get-selections ${name} | awk '{ print $2; exit }'); echo "$s"; [ -n "$s" ] || dpkg-query -W -f x -- ${name} 2>/dev/null`,
  parse: ({ stdout }) => ({ is: stdout.split('\n')[0]?.trim() || 'not present' }),
})

/** A package asked for: `name`, `name=1.2*`, `name/release`, `name:arch`, a pattern. */
export interface Spec { readonly text: string; readonly name: string; readonly version?: string; readonly atLeast?: string }
export interface AptKey {
  /** Options and command of apt-get: `-t x install`. */
  readonly words: readonly string[]
  readonly specs: readonly Spec[]
  /** `missing`: only those that are not there in the wanted version; `present`: only those that are there; `all`: all. */
  readonly only: 'missing' | 'present' | 'all'
  /** Looks at lists fetched into a folder of their own, so that the answer is what an update would bring. */
  readonly fresh: boolean
}
export interface AptAction { readonly kind: 'install' | 'remove' | 'purge'; readonly name: string; readonly before?: string; readonly after?: string }
export interface AptAnswer {
  /** Names that were handed to apt. */
  readonly asked: readonly string[]
  readonly rc: number
  readonly actions: readonly AptAction[]
  /** Names that apt does not know. */
  readonly unknown: readonly string[]
  readonly text: string
}

// A name that is a pattern stands for all packages apt knows by it.
const considered = (spec: Spec, only: AptKey['only']): string => {
  const loop = /[*?[]/.test(spec.name)
    ? `for p in $(apt-cache pkgnames ${quote(spec.name.split(/[*?[]/)[0] ?? '')} | sort); do case $p in ${spec.name.replace(/[^A-Za-z0-9*?[\]_.+-]/g, '')}) ;; *) continue;; esac`
    : `for p in ${quote(spec.name)}; do`
  const suffix = spec.text.slice(spec.name.length)
  const word = spec.atLeast === undefined ? `"$p"${quote(suffix)}` : '"$p"'
  const glob = spec.version === undefined ? '' : spec.version.replace(/[^A-Za-z0-9*?[\]_.+~:-]/g, '')
  const satisfied = spec.atLeast !== undefined ? `dpkg --compare-versions "\${s#* }" ge ${quote(spec.atLeast)}` : spec.version !== undefined ? `case \${s#* } in ${glob}) true;; *) false;; esac` : 'true'
  const test = only === 'all' ? 'true' : only === 'present' ? `[ -n "$s" ]` : `! { [ -n "$s" ] && ${satisfied}; }`
  return `${loop}
s=$(dpkg-query -W -f '\${db:Status-Status} \${Version}\\n' -- "$p" 2>/dev/null | sed -n '${only === 'present' ? '/^not-installed/d;p' : '/^installed\\|^triggers/p'}' | head -n 1)
if ${test}; then set -- "$@" ${word}; fi; done`
}

export const aptPlan = defineEach<AptKey, AptAnswer>({
  name: 'apt-plan',
  id: (key) => JSON.stringify(key),
  absent: (value) => value.unknown.length > 0,
  command: ({ words, specs, only, fresh }) => `export LC_ALL=C
set --
${specs.map((spec) => considered(spec, only)).join('\n')}
for p; do printf '%s ' "$p"; done; echo
${only !== 'all' || specs.length > 0 ? '[ $# -gt 0 ] || { echo 0; exit; }' : ''}
${fresh ? `L=$(mktemp -d) || exit; mkdir "$L/partial"; chmod 755 "$L"; chown _apt "$L/partial"
O="-o Dir::State::Lists=$L -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache="
apt-get -q $O update >/dev/null 2>&1` : 'O='}
o=$(apt-get -s -q -y $O ${words.map(quote).join(' ')} "$@" 2>&1 </dev/null); echo $?
printf '%s\\n' "$o"
${fresh ? 'rm -rf "$L"' : ''}`,
  parse({ stdout }) {
    const [asked = '', code = '255', ...rest] = stdout.split('\n')
    return { asked: asked.split(' ').filter((one) => one !== ''), rc: Number(code), ...readSimulation(rest), text: rest.join('\n').trim() }
  },
})

/** Lines of `apt-get -s`: `Inst name [old] (new …)`, `Remv name [old]`, `Purg name [old]`. */
export function readSimulation(text: readonly string[]): { readonly actions: readonly AptAction[]; readonly unknown: readonly string[] } {
  const actions: AptAction[] = [], unknown: string[] = []
  for (const line of text) {
    const action = /^(Inst|Remv|Purg) (\S+)(?: \[([^\]]*)\])?(?: \((\S+))?/.exec(line)
    if (action !== null) {
      const [, verb = '', name = '', before, after] = action
      actions.push({
        kind: verb === 'Inst' ? 'install' : verb === 'Remv' ? 'remove' : 'purge', name, ...(before === undefined ? {} : { before }), ...(after === undefined ? {} : { after }),
      })
    }
    const missing = /^E: (?:Unable to locate package (\S+)|Package '?([^' ]+)'? has no installation candidate|Version '.*' for '([^']+)' was not found|Couldn't find any package by (?:glob|regex) '([^']+)'|Unable to find a source package for (\S+))/.exec(line)
    const name = missing?.slice(1).find((one) => one !== undefined)
    if (name !== undefined && !unknown.includes(name)) unknown.push(name)
  }
  return { actions, unknown }
}

/** Seconds since 1970 of the last update of apt's lists, and of now, on the host's clock. */
export interface Lists {
  readonly isEmpty: boolean
  /** Missing in a dry run where an earlier task would have fetched them: what they hold is not known. */
  readonly live?: { readonly updatedAt: number; readonly now: number }
}
/** Sets $f to what tells by its time when the lists were fetched. */
export const listsFile = 'f=/var/lib/apt/periodic/update-success-stamp; [ -e $f ] || f=/var/lib/apt/lists'
export const aptLists = defineEach<'lists', Lists>({
  name: 'apt-lists',
  id: () => 'lists',
  command: () => `${listsFile}
stat -c %Y $f; date +%s; ls /var/lib/apt/lists | grep -v '^partial$\\|^lock$\\|^auxfiles$' | head -n 1`,
  parse({ stdout }) {
    const [at = '0', now = '0', first = ''] = stdout.split('\n')
    return { isEmpty: first === '', live: { updatedAt: Number(at), now: Number(now) } }
  },
})

/** What a .deb file of the host, or of a URL, holds; and the version that is installed of it. */
export interface DebFile { readonly name: string; readonly version: string; readonly installed: string; readonly problem: string }
export const debFile = defineEach<string, DebFile>({
  name: 'deb-file',
  id: (path) => path,
  absent: (value) => value.name === '',
  command: (path) => shText`f=${path}
case $f in *://*) t=$(mktemp); { curl -fsSL -o "$t" -- "$f" || wget -q -O "$t" -- "$f"; } 2>&1; f=$t;; esac
printf '\\001\\n'; dpkg-deb -f "$f" Package Version 2>&1
printf '\\001\\n'; n=$(dpkg-deb -f "$f" Package 2>/dev/null) && dpkg-query -W -f '\${db:Status-Status} \${Version}' -- "$n"
[ -z "$t" ] || rm -f "$t"`,
  parse({ stdout }) {
    const [problem = '', fields = '', status = ''] = stdout.split('\u0001\n')
    const field = (name: string): string => new RegExp(`^${name}: (.*)$`, 'm').exec(fields)?.[1] ?? ''
    const name = field('Package')
    return { name, version: field('Version'), installed: status.startsWith('installed ') ? status.slice(10).trim() : '', problem: name === '' ? `${problem}${fields}`.trim() : '' }
  },
})

/** Reads RPM packages: what is installed, and what dnf or yum would do if asked. */
import { quote, shText } from '../core/sh.ts'
import { defineEach, lines } from './each.ts'

/** Keyed by anything that `rpm -q` takes, or that a package provides. */
export const rpm = defineEach<string, { readonly installed: boolean; readonly live?: { readonly packages: readonly string[] } }>({
  name: 'rpm',
  id: (name) => name,
  absent: (value) => !value.installed,
  command: (name) => shText`q='%{NAME}-%{EPOCHNUM}:%{VERSION}-%{RELEASE}.%{ARCH}\\n'; rpm -q --qf "$q" -- ${name} || rpm -q --whatprovides --qf "$q" -- ${name}`,
  parse({ rc, stdout }) {
    const packages = lines(stdout).filter((line) => !/ /.test(line))
    return rc === 0 && packages.length > 0 ? { installed: true, live: { packages } } : { installed: false }
  },
})

export interface DnfKey {
  readonly tool: string
  readonly options: readonly string[]
  /** install, upgrade, remove, autoremove, distro-sync … */
  readonly verb: string
  readonly names: readonly string[]
  /** `missing`: only what is not installed; `newer`: that, and what has an update; `present`: only what is; `all`. */
  readonly only: 'missing' | 'newer' | 'present' | 'all'
  /** Only what is installed is touched. */
  readonly onlyInstalled: boolean
}
export interface DnfAction { readonly kind: 'install' | 'upgrade' | 'downgrade' | 'remove' | 'reinstall'; readonly name: string; readonly version: string }
export interface DnfAnswer { readonly asked: readonly string[]; readonly rc: number; readonly actions: readonly DnfAction[]; readonly unknown: readonly string[]; readonly isIdle: boolean; readonly text: string }

/** Whether a name is there: a package, a group (`@x`), a file that a package owns, an RPM file or its URL. */
const installed = (name: string): string => {
  // dnf 4 indents the groups that it lists, dnf 5 says yes behind them
  if (name.startsWith('@')) return shText`"$T" -q group list --installed ${name.slice(1).replace(/^\^/, '')} 2>/dev/null | grep -q '^  \\|[[:space:]]yes[[:space:]]*$'`
  if (name.endsWith('.rpm') || name.includes('://')) return shText`p=$(rpm -qp --nosignature --qf '%{NAME}-%{VERSION}-%{RELEASE}.%{ARCH}' -- ${name}) && rpm -q -- "$p" >/dev/null`
  if (/[*?[]/.test(name)) return shText`[ -n "$(rpm -qa ${name})" ]`
  const compared = /^([^\s<>=]+)\s*(>=|<=|=|>|<)\s*(\S+)$/.exec(name)
  if (compared !== null) return shText`rpm -q --whatprovides ${`${compared[1] ?? ''} ${compared[2] ?? ''} ${compared[3] ?? ''}`} >/dev/null 2>&1`
  return shText`{ rpm -q -- ${name} || rpm -q --whatprovides -- ${name}; } >/dev/null 2>&1`
}
const pick = (name: string, { only, options, onlyInstalled }: DnfKey): string => {
  const newer = `! "$T" -q ${options.map(quote).join(' ')} check-update -- ${quote(name)} >/dev/null 2>&1`
  const test = only === 'missing' ? `! { ${installed(name)}; }` : only === 'present' ? installed(name)
    : only === 'newer' ? `if ${installed(name)}; then ${newer}; else ${onlyInstalled ? 'false' : 'true'}; fi` : 'true'
  return `if ${test}; then set -- "$@" ${quote(name)}; fi`
}

export const dnfPlan = defineEach<DnfKey, DnfAnswer>({
  name: 'dnf-plan',
  id: (key) => JSON.stringify(key),
  absent: (value) => value.unknown.length > 0,
  command: (key) => `export LC_ALL=C COLUMNS=400; T=${quote(key.tool)}
set --
${key.names.map((name) => pick(name, key)).join('\n')}
for p; do printf '%s\\n' "$p"; done; printf '\\002\\n'
${key.names.length > 0 ? '[ $# -gt 0 ] || { echo 0; exit; }' : ''}
o=$("$T" --assumeno ${[...key.options, key.verb].map(quote).join(' ')} "$@" 2>&1 </dev/null); echo $?
printf '%s\\n' "$o"`,
  parse({ stdout }) {
    const [names = '', rest = ''] = stdout.split('\u0002\n')
    const [code = '255', ...text] = rest.split('\n')
    const whole = text.join('\n').trim()
    return { asked: lines(names), rc: Number(code), ...readTransaction(text), isIdle: code === '0' || /Nothing to do|No packages marked for/i.test(whole), text: whole }
  },
})

const sections: readonly (readonly [RegExp, DnfAction['kind']])[] = [
  [/^(Installing|Installing dependencies|Installing weak dependencies|Installing group\/module packages|Installing for dependencies|Installing Groups):$/i, 'install'],
  [/^(Upgrading|Updating|Updating for dependencies):$/i, 'upgrade'], [/^Downgrading:$/i, 'downgrade'], [/^Reinstalling:$/i, 'reinstall'],
  [/^(Removing|Removing dependent packages|Removing unused dependencies|Removing for dependencies|Erasing|Removing unused packages):$/i, 'remove'],
]
/** The table that dnf 4, dnf 5 and yum print before they ask. */
export function readTransaction(text: readonly string[]): { readonly actions: readonly DnfAction[]; readonly unknown: readonly string[] } {
  const actions: DnfAction[] = [], unknown: string[] = []
  let kind: DnfAction['kind'] | undefined
  for (const line of text) {
    const missing = /No match for argument: (\S+)|No package (\S+) available|Unable to find a match: (.+)|Could not open: (\S+)/.exec(line)
    if (missing !== null) { for (const name of (missing.slice(1).find((one) => one !== undefined) ?? '').split(' ')) if (!unknown.includes(name)) unknown.push(name) }
    const section = sections.find(([pattern]) => pattern.test(line.trim()))
    if (section !== undefined) { kind = section[1]; continue }
    if (/^(Transaction Summary|={5,}|-{5,})/.test(line) || line.trim() === '') { if (/^Transaction Summary/.test(line)) kind = undefined; continue }
    const row = /^ {1,3}(\S+)\s+(\S+)\s+(\S+)\s+\S+\s+[\d.]+ ?\S*\s*$/.exec(line)
    if (row !== null && kind !== undefined) actions.push({ kind, name: row[1] ?? '', version: row[3] ?? '' })
  }
  return { actions, unknown }
}

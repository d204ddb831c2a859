/** Reads everything that is installed, by package manager, as package_facts describes it. */
import type { Data } from '../core/types.ts'
import { defineEach, lines } from './each.ts'

/** A manager's packages by name; `problem` where it is there but does not answer; undefined where it is not there. */
export type Installed = { readonly packages: Readonly<Record<string, readonly Data[]>> } | { readonly problem: string } | undefined

interface Manager { readonly binary: string; readonly list: string; read(text: string): Data[] }
const fields = (names: readonly string[], separator: RegExp) => (text: string): Data[] =>
  lines(text).map((line) => Object.fromEntries(line.trim().split(separator).map((value, i) => [names[i] ?? '', value])))

/** Where each installed version comes from: the origin (`o=`) of the first archive that has it. */
function origins(policy: string): Map<string, string> {
  const [head = '', ...rest] = policy.split('\nPinned packages:')
  const archives = new Map([...head.matchAll(/^\s*-?\d+ (.*)\n\s*release (.*)$/gm)].map(([, archive = '', release = '']) => [archive.trim(), /(?:^|,)o=([^,]*)/.exec(release)?.[1] ?? '']))
  const found = new Map<string, string>()
  let name = '', isNext = false
  for (const line of rest.join('\n').split('\n')) {
    if (/^\S.*:$/.test(line)) name = line.slice(0, -1)
    else if (line.startsWith(' *** ')) isNext = true
    else if (isNext) { found.set(name, archives.get(line.trim().replace(/^-?\d+ /, '')) ?? ''); isNext = false }
  }
  return found
}
function apt(text: string): Data[] {
  const [list = '', policy = ''] = text.split('\n\u0002\n'), [native = '', ...rest] = list.split('\n'), origin = origins(policy)
  return rest.flatMap((line): Data[] => {
    const [name = '', version, arch = '', category, status] = line.split('\t')
    const full = arch === native || arch === 'all' ? name : `${name}:${arch}`
    return status !== 'installed' ? [] : [{ name: full, version, arch, category, origin: origin.get(full) ?? '' }]
  })
}
const rpm = (text: string): Data[] => fields(['name', 'version', 'release', 'epoch', 'arch'], /\|/)(text).map((one) =>
  Object.fromEntries(Object.entries(one).map(([key, value]) => [key, value === '(none)' ? 'None' : value])))
const apk = (text: string): Data[] => lines(text).flatMap((line): Data[] => {
  const match = /^(.+)-(\d[^-]*)-(r\d+)$/.exec(line.trim())
  return match === null ? [] : [{ name: match[1], version: match[2], release: match[3] }]
})
const pacman = (text: string): Data[] => text.split('\n\n').filter((part) => part.trim() !== '').map((part) => {
  // A value goes on in the next line where that is indented.
  const found = new Map(part.replace(/\n\s+/g, '  ').split('\n').map((line): [string, string] => { const at = line.indexOf(' : '); return [line.slice(0, at).trim(), line.slice(at + 3)] }))
  const provides = found.get('Provides') ?? 'None'
  return { name: found.get('Name'), version: found.get('Version'), arch: found.get('Architecture'), provides: provides === 'None' ? null : provides.trim().split('  ').map((one) => one.split('=')[0]) }
})

const managers: Readonly<Record<string, Manager>> = {
  apk: { binary: 'apk', list: 'apk info -v', read: apk },
  apt: {
    binary: 'dpkg-query', read: apt,
    list: `dpkg --print-architecture; dpkg-query -W -f '\${Package}\\t\${Version}\\t\${Architecture}\\t\${Section}\\t\${db:Status-Status}\\n' || exit 1
has apt-cache && { printf '\\n\\002\\n'; apt-cache policy; apt-cache policy $(dpkg-query -W -f '\${Package}:\${Architecture} '); }; :`,
  },
  pacman: { binary: 'pacman', list: 'pacman -Qi', read: pacman },
  portage: { binary: 'qlist', list: 'qlist -Iv | xargs -n 1024 qatom', read: fields(['category', 'name', 'version', 'ebuild_revision', 'slots', 'prefixes', 'sufixes'], /\s+/) },
  rpm: { binary: 'rpm', list: `rpm -qa --qf '%{NAME}|%{VERSION}|%{RELEASE}|%{EPOCH}|%{ARCH}\\n'`, read: rpm },
}
export const knownManagers = Object.keys(managers)

export const installed = defineEach<string, Installed>({
  name: 'installed-packages',
  id: (manager) => manager,
  prologue: 'PATH=$PATH:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin; export LC_ALL=C; has() { command -v "$1" >/dev/null 2>&1; }\n',
  command: (manager) => `has ${managers[manager]?.binary ?? 'false'} || exit 127\n${managers[manager]?.list ?? ''}`,
  parse({ rc, stdout }, manager) {
    if (rc === 127) return undefined
    if (rc !== 0) return { problem: `Unable to list packages rc=${rc} : ${stdout.trim()}` }
    const packages: Record<string, Data[]> = {}
    for (const one of managers[manager]?.read(stdout) ?? []) (packages[String(one.name)] ??= []).push({ ...one, source: manager })
    return { packages }
  },
})

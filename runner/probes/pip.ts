/** Reads what a Python environment has installed. */
import { shText } from '../core/sh.ts'
import { defineEach, lines } from './each.ts'

export interface PipKey { /** The pip to ask; undefined: pip3, pip or python3 -m pip. */ readonly pip: string | undefined; readonly virtualenv: string | undefined }
export interface Environment { readonly exists: boolean; /** Names in normal form to versions. */ readonly packages: Readonly<Record<string, string>>; readonly problem: string }

export const normalName = (name: string): string => name.toLowerCase().replace(/[-_.]+/g, '-')
/** `$pip` afterwards is the words to call. */
export const findPip = ({ pip, virtualenv }: PipKey): string => virtualenv !== undefined ? shText`pip=${`${virtualenv}/bin/pip`}`
  : pip !== undefined ? shText`pip=${pip}` : `pip=; for c in pip3 pip; do command -v $c >/dev/null 2>&1 && { pip=$c; break; }; done; [ -n "$pip" ] || { python3 -m pip --version >/dev/null 2>&1 && pip='python3 -m pip'; }`

export const pipPackages = defineEach<PipKey, Environment>({
  name: 'pip-packages',
  id: ({ pip = '', virtualenv = '' }) => `${pip}:${virtualenv}`,
  absent: (value) => !value.exists,
  command: (key) => `${findPip(key)}; [ -n "$pip" ] || { echo none; exit; }; command -v \${pip%% *} >/dev/null 2>&1 || { echo none; exit; }
o=$($pip list --format=freeze --disable-pip-version-check 2>/dev/null) || o=$($pip freeze --all 2>&1) || { echo "problem"; printf '%s\\n' "$o"; exit; }
echo have; printf '%s\\n' "$o"`,
  parse({ stdout }) {
    const [state = 'none', ...rows] = lines(stdout)
    const packages = Object.fromEntries(rows.flatMap((row): [string, string][] => { const [name = '', version] = row.split('=='); return version === undefined ? [] : [[normalName(name), version]] }))
    return { exists: state === 'have', packages: state === 'have' ? packages : {}, problem: state === 'problem' ? rows.join('\n') : '' }
  },
})

/** Names of packages for which the index has a newer version. */
export const pipOutdated = defineEach<PipKey, readonly string[]>({
  name: 'pip-outdated',
  id: ({ pip = '', virtualenv = '' }) => `${pip}:${virtualenv}`,
  command: (key) => `${findPip(key)}; $pip list --outdated --format=json --disable-pip-version-check`,
  parse({ rc, stdout }) {
    const found: unknown = rc === 0 && stdout.trim() !== '' ? JSON.parse(stdout) : []
    return Array.isArray(found) ? found.flatMap((one: unknown) => typeof one === 'object' && one !== null && 'name' in one ? [normalName(String(one.name))] : []) : []
  },
})

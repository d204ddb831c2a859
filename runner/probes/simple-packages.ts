/** Reads packages of apk, pacman and zypper: whether they are installed; and what a dry run of apk would do. */
import { quote, shText } from '../core/sh.ts'
import { defineEach, lines } from './each.ts'

export type SimpleTool = 'apk' | 'pacman' | 'zypper'
export interface SimpleKey { readonly tool: SimpleTool; readonly name: string }
const isThere: Readonly<Record<SimpleTool, (name: string) => string>> = {
  apk: (name) => shText`apk info -e -- ${name.split(/[<>=~]/)[0] ?? name} >/dev/null`,
  pacman: (name) => shText`pacman --query -- ${name} | grep -q ${`^${name.replace(/[.[\]*^$\\]/g, '\\$&')} `}`,
  zypper: (name) => shText`rpm -q --qf '%{NAME}\\n' -- ${name} | grep -Fxq -- ${name}`,
}
export const simplePackage = defineEach<SimpleKey, { readonly installed: boolean }>({
  name: 'simple-package',
  id: ({ tool, name }) => `${tool}:${name}`,
  absent: (value) => !value.installed,
  command: ({ tool, name }) => isThere[tool](name),
  parse: ({ rc }) => ({ installed: rc === 0 }),
})

export interface SimplePlanKey { readonly words: readonly string[]; readonly names: readonly string[]; readonly only: 'missing' | 'present' | 'all' }
export interface SimpleAnswer { readonly asked: readonly string[]; readonly rc: number; readonly text: string }
export const simplePlan = defineEach<SimplePlanKey, SimpleAnswer>({
  name: 'simple-plan',
  id: (key) => JSON.stringify(key),
  absent: (value) => value.rc !== 0,
  command: ({ words, names, only }) => `export LC_ALL=C
set --
${names.map((name) => `if ${only === 'all' ? 'true' : only === 'present' ? `{ ${isThere.apk(name)}; }` : `! { ${isThere.apk(name)}; }`}; then set -- "$@" ${quote(name)}; fi`).join('\n')}
for p; do printf '%s\\n' "$p"; done; printf '\\002\\n'
${names.length > 0 ? '[ $# -gt 0 ] || { echo 0; exit; }' : ''}
o=$(${words.map(quote).join(' ')} "$@" 2>&1 </dev/null); echo $?
printf '%s\\n' "$o"`,
  parse({ stdout }) {
    const [asked = '', rest = ''] = stdout.split('\u0002\n')
    const [rc = '255', ...text] = rest.split('\n')
    return { asked: lines(asked), rc: Number(rc), text: text.join('\n').trim() }
  },
})

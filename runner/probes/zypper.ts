/** Reads what zypper would do: which of the asked packages count, and its dry run in XML. */
import { quote, shText } from '../core/sh.ts'
import { defineEach, lines } from './each.ts'

export interface ZypperName { readonly name: string; readonly version: string; readonly sign: '+' | '-' }
export interface ZypperKey {
  /** Everything before the verb. */
  readonly program: readonly string[]
  /** The verb and its options. */
  readonly command: readonly string[]
  readonly type: string
  readonly names: readonly ZypperName[]
  readonly urls: readonly string[]
  /** Every name is handed over, whether it is installed or not (state latest). */
  readonly takesAll: boolean
  /** Lists are fetched first, into a folder of their own. */
  readonly isFresh: boolean
}
export interface Solvable { readonly name: string; readonly edition: string; readonly before: string; readonly group: string }
export interface ZypperAnswer {
  readonly asked: readonly string[]; readonly rc: number; readonly solvables: readonly Solvable[]; readonly messages: readonly string[]; readonly said: string
}

/** Installed counts by the name alone (Ansible: plugins/modules/zypper.py); rpm knows that of packages at once, other kinds only zypper knows. */
function installed({ name }: ZypperName, { program, type }: ZypperKey): string {
  return type === 'package' ? shText`rpm -q --qf '%{NAME}\\n' -- ${name} | grep -Fxq -- ${name}`
    : shText`${[...program, '--disable-repositories', 'search', '--type', type, '--match-exact', '--details', '--installed-only', name]} | grep -q '<solvable '`
}
const word = (one: ZypperName): string => `${one.sign}${one.name}${one.version}`
const pick = (one: ZypperName, key: ZypperKey): string => {
  const add = shText`set -- "$@" ${key.command[0] === 'remove' ? `${one.name}${one.version}` : word(one)}`
  if (key.takesAll || (one.version !== '' && key.command[0] !== 'remove')) return add
  return `if ${one.sign === '+' ? '! ' : ''}{ ${installed(one, key)}; }; then ${add}; fi`
}

export const zypperPlan = defineEach<ZypperKey, ZypperAnswer>({
  name: 'zypper-plan',
  id: (key) => JSON.stringify(key),
  absent: (value) => value.rc !== 0,
  command: (key) => {
    const caches = key.isFresh ? ' --raw-cache-dir "$d/raw" --solv-cache-dir "$d/solv"' : ''
    const [program, [verb = '', ...options]] = [key.program.map(quote).join(' ') + caches, key.command]
    return `export LC_ALL=C LANGUAGE=C
set -- ${key.urls.map(quote).join(' ')}
${key.names.map((one) => pick(one, key)).join('\n')}
for p; do printf '%s\\n' "$p"; done; printf '\\002\\n'
${key.names.length + key.urls.length > 0 ? '[ $# -gt 0 ] || { echo 0; exit; }' : ''}
${key.isFresh ? `d=$(mktemp -d) && trap 'rm -rf "$d"' EXIT && ${program} refresh >/dev/null 2>&1` : ''}
o=$(${program} ${quote(verb)} --dry-run ${options.map(quote).join(' ')} ${key.names.length + key.urls.length > 0 && verb !== 'remove' ? '-- ' : ''}"$@" 2>&1 </dev/null); echo $?
printf '%s\\n' "$o"`
  },
  parse({ stdout }) {
    const [asked = '', rest = ''] = stdout.split('\u0002\n')
    const [rc = '255', ...text] = rest.split('\n')
    return { asked: lines(asked), rc: Number(rc), ...readStream(text.join('\n')), said: text.join('\n').trim() }
  },
})

const plain = (text: string): string => text.replace(/&(lt|gt|quot|apos|amp);/g, (_, name: string) => ({ lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' })[name] ?? '')
/** Zypper's XML is flat, its attributes are quoted, and `>` is escaped in them: tags are enough. What a program around it prints does not disturb. */
export function readStream(text: string): { readonly solvables: readonly Solvable[]; readonly messages: readonly string[] } {
  const solvables: Solvable[] = []
  let group = ''
  for (const [, close, tag = '', attributes = ''] of text.matchAll(/<(\/?)([\w-]+)([^<>]*)>/g)) {
    if (tag.startsWith('to-')) group = close === '' ? tag : ''
    if (tag !== 'solvable' || close !== '' || group === '') continue
    const of = (name: string): string => plain(new RegExp(` ${name}="([^"]*)"`).exec(attributes)?.[1] ?? '')
    solvables.push({ name: of('name'), edition: of('edition'), before: of('edition-old'), group })
  }
  const messages = [...text.matchAll(/<message [^<>]*>([^<]*)<\/message>/g)].map((match) => plain(match[1] ?? '').trim())
  return { solvables, messages }
}

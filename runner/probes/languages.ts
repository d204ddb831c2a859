/** What the package managers of languages have installed, and whether make has something to do. */
import { raw, shText } from '../core/sh.ts'
import { splitWords } from '../core/words.ts'
import { defineEach, lines } from './each.ts'

/** `make -q`; a program is written as the shell takes it. */
export const makeQuestion = defineEach<{ readonly chdir: string; readonly program: string; readonly words: readonly string[] }, { readonly hasTool: boolean; readonly hasFolder: boolean; readonly isDone: boolean }>({
  name: 'make-question',
  id: (key) => JSON.stringify(key),
  absent: (value) => !value.hasTool || !value.hasFolder,
  command: ({ chdir, program, words }) => shText`cd -- ${chdir} || { echo nowhere; exit; }; p=${program}; [ -n "$p" ] || p=$(command -v gmake || command -v make); [ -n "$p" ] && command -v "$p" >/dev/null || { echo none; exit; }
"$p" ${words} -q >/dev/null && echo done || echo open`,
  parse: ({ stdout }) => ({ hasTool: !stdout.startsWith('none'), hasFolder: !stdout.startsWith('nowhere'), isDone: stdout.startsWith('done') }),
})

/** Versions of a gem; undefined where there is no such program. */
export interface GemKey { readonly program: string; readonly name: string; readonly home: string; readonly remote: boolean }
export const gemVersions = defineEach<GemKey, readonly string[] | undefined>({
  name: 'gem-versions',
  id: (key) => JSON.stringify(key),
  absent: (value) => value === undefined,
  command: ({ program, name, home, remote }) => `${home === '' ? '' : shText`export GEM_HOME=${home}; `}${shText`set -- ${splitWords(program)}; command -v "$1" >/dev/null || exit 127; "$@" list ${remote ? ['--remote'] : []} ${`^${name}$`}`}`,
  parse: ({ rc, stdout }) => rc === 127 ? undefined
    : lines(stdout).flatMap((line) => /^\S+\s+\((?:default: )?(.+)\)$/.exec(line)?.[1]?.split(', ').map((version) => version.replace(/^default: /, '').split(' ')[0] ?? '') ?? []),
})

/** What `npm list` and `npm outdated` say. */
export interface NpmKey { readonly program: string; readonly folder: string; readonly isGlobal: boolean; readonly outdated: boolean }
export interface NpmIs { readonly hasTool: boolean; readonly installed: Readonly<Record<string, string>>; readonly missing: readonly string[]; readonly outdated: readonly string[] }
export const npmPackages = defineEach<NpmKey, NpmIs>({
  name: 'npm-packages',
  id: (key) => JSON.stringify(key),
  absent: (value) => !value.hasTool,
  command: ({ program, folder, isGlobal, outdated }) => {
    const global = isGlobal ? ['--global'] : []
    return shText`set -- ${splitWords(program)}; command -v "$1" >/dev/null || exit 127; ${raw(folder === '' ? '' : shText`cd -- ${folder} 2>/dev/null && `)}"$@" list --json --long --depth=0 ${global}; echo; echo ---; ${raw(outdated ? shText`"$@" outdated --parseable ${global}` : ':')}`
  },
  parse({ rc, stdout }) {
    const [list = '', old = ''] = stdout.split('\n---\n'), installed: Record<string, string> = {}, missing: string[] = []
    if (rc === 127) return { hasTool: false, installed, missing, outdated: [] }
    for (const [name, one] of Object.entries(dependencies(list))) {
      const field = (key: string): unknown => Reflect.get(Object(one), key)
      if (Boolean(field('missing')) || Boolean(field('invalid'))) missing.push(name)
      else installed[name] = String(field('version') ?? '')
    }
    return { hasTool: true, installed, missing, outdated: lines(old).map((line) => line.split(':').at(-1) ?? '') }
  },
})
function dependencies(text: string): Record<string, unknown> {
  if (text.trim() === '') return {}
  const found: unknown = JSON.parse(text), inner: unknown = Reflect.get(Object(found), 'dependencies')
  return Object.fromEntries(Object.entries(Object(inner)))
}

/** Options that a command of composer knows, and whether the folder is a project. */
export interface ComposerKey { readonly program: string; readonly php: string; readonly command: string; readonly folder: string }
export const composerOptions = defineEach<ComposerKey, { readonly hasTool: boolean; readonly options: readonly string[]; readonly isProject: boolean }>({
  name: 'composer-options',
  id: (key) => JSON.stringify(key),
  absent: (value) => !value.hasTool,
  command: ({ program, php, command, folder }) => shText`${raw(composerProgram(program, php))}; [ -n "$c" ] || exit 127; [ -f ${`${folder}/composer.json`} ] && echo project || echo -; COMPOSER_ALLOW_SUPERUSER=1 $p "$c" help ${command} --no-interaction --format=json`,
  parse({ rc, stdout }) {
    const [first = '', ...rest] = stdout.split('\n'), text = rest.join('\n').trim()
    const options: unknown = text.startsWith('{') ? Reflect.get(Object(Reflect.get(Object(JSON.parse(text)), 'definition')), 'options') : {}
    return { hasTool: rc !== 127, options: Object.keys(Object(options)), isProject: first === 'project' }
  },
})
/** Sets `c` to the program and `p` to what runs it. */
export const composerProgram = (program: string, php: string): string =>
  shText`c=${program}; [ -n "$c" ] || c=$(command -v composer); p=${php}; [ -n "$p" ] || p=$(command -v php); command -v "$p" >/dev/null || c=`

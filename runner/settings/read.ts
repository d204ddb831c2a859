/**
 * Settings from the environment and from ansible.cfg, under the names of Ansible's environment variables. What has no effect here and
 * would matter, and what Ansible has no such setting for, is told with its place.
 */
import { readFileSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fault } from '../core/errors.ts'
import { nearest } from '../core/near.ts'
import type { Loc } from '../core/types.ts'
import { missing, type Missing, passed, passedSections } from './others.ts'
import { honoured, type Setting } from './table.ts'

export type Settings = Readonly<Record<string, string | undefined>>
export type Warn = (message: string, loc?: Loc) => void
interface Written { readonly value: string; readonly loc: Loc }

/** The environment, and below it the first ansible.cfg that there is: ANSIBLE_CONFIG, here, at home, in /etc/ansible. */
export function readSettings(env: Settings, cwd: string, warn: Warn = () => undefined): Settings {
  const file = configFile(env, cwd, warn)
  const written = file === undefined ? new Map<string, Written>() : parse(readFileSync(file, 'utf8'), file)
  tellFile(written, warn)
  tellEnvironment(env, warn)
  const all: Record<string, string | undefined> = { ...env, ...(file === undefined ? {} : { ANSIBLE_CONFIG: file }) }
  for (const setting of honoured) {
    const value = given(setting, env, written, file === undefined ? cwd : dirname(file), cwd)
    if (value !== undefined) all[setting.env] = value
  }
  return all
}

function given(setting: Setting, env: Settings, written: ReadonlyMap<string, Written>, folder: string, cwd: string): string | undefined {
  const { env: name, also = [], ini, paths, onlyFile } = setting
  for (const one of onlyFile === true ? [] : [name, ...also]) {
    const value = env[one]
    if (value !== undefined) return checked(setting, value, one)
  }
  const key = ini.find((one) => written.has(one)), found = key === undefined ? undefined : written.get(key)
  if (key === undefined || found === undefined) return undefined
  return paths === undefined ? checked(setting, found.value, key, found.loc) : found.value.split(paths).map((one) => placed(one.trim(), folder, cwd, env)).join(paths)
}
/** `name`: as it is written, in the environment or at a place in a file. */
function checked({ least }: Setting, value: string, name: string, loc?: Loc): string {
  const text = value.trim()
  if (least === undefined || text === '' || /^\d+$/.test(text) && Number(text) >= least) return value
  throw fault('setting-value', loc, { name: name.slice(name.indexOf('.') + 1), isInFile: loc !== undefined, value, least })
}

function configFile(env: Settings, cwd: string, warn: Warn): string | undefined {
  const asked = env['ANSIBLE_CONFIG']
  const wanted = asked === undefined || asked === '' ? [] : [isFolder(resolve(cwd, asked)) ? join(resolve(cwd, asked), 'ansible.cfg') : resolve(cwd, asked)]
  const home = env['HOME'] === undefined ? [] : [join(env['HOME'], '.ansible.cfg')]
  const here = join(cwd, 'ansible.cfg')
  const found = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() === false // ANSIBLE_CONFIG=/dev/null: no settings
  // as in Ansible: there anyone could have written it
  const isOpen = (statSync(cwd).mode & 0o002) !== 0
  if (isOpen && !wanted.some(found) && found(here)) warn(`${here} is not read: everybody can write to its folder; name it in ANSIBLE_CONFIG if it is yours`)
  return [...wanted, ...isOpen ? [] : [here], ...home, '/etc/ansible/ansible.cfg'].find(found)
}
const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true

/** Keys as `section.key`. Comments begin a line with # or ;, or stand behind a value as " ;". Indented lines go on with the value above, as in configparser. */
function parse(text: string, file: string): Map<string, Written> {
  const found = new Map<string, Written>()
  let section = '', last: string | undefined
  for (const [i, line] of text.split(/\r?\n/).entries()) {
    const plain = line.replace(/^\s*[#;].*$/, '').replace(/\s+;.*$/, '').trimEnd()
    if (plain === '') continue
    const before = last === undefined ? undefined : found.get(last)
    if (/^\s/.test(plain) && last !== undefined && before !== undefined) { found.set(last, { ...before, value: `${before.value}\n${plain.trim()}`.trim() }); continue }
    const heading = /^\[(.+)\]$/.exec(plain.trim())
    if (heading !== null) { section = heading[1]?.trim() ?? ''; last = undefined; continue }
    const pair = /^\s*([^=:]+?)\s*[=:]\s*(.*)$/.exec(plain)
    const loc = { file, line: i + 1, column: line.search(/\S/) + 1 }
    if (pair === null) throw fault('config-line', loc, { text: plain.trim() })
    last = `${section}.${(pair[1] ?? '').toLowerCase()}`
    found.set(last, { value: pair[2] ?? '', loc })
  }
  return found
}

/** A path of the file: `~`, variables of the environment and `{{CWD}}` are known; else it is beside the file. A host list is no path. */
function placed(path: string, folder: string, cwd: string, env: Settings): string {
  if (path === '') return path
  const whole = path.replaceAll('{{CWD}}', cwd).replace(/^~(?=\/|$)/, env['HOME'] ?? '~').replace(/\$\{?(\w+)\}?/g, (text, name: string) => env[name] ?? text)
  return resolve(folder, whole)
}

const knownKeys: readonly string[] = [...honoured.flatMap(({ ini }) => ini), ...passed, ...missing.map(({ ini }) => ini)]
const knownSections: readonly string[] = [...new Set([...passedSections, ...knownKeys.map((key) => key.slice(0, key.indexOf('.')))])]
const isUsual = ({ usual = [] }: Missing, value: string): boolean => {
  const parts = value.toLowerCase().split(/[,\n]/).map((part) => part.trim())
  return usual.includes(value.trim().toLowerCase()) || parts.every((part) => usual.includes(part))
}

function tellFile(written: ReadonlyMap<string, Written>, warn: Warn): void {
  const told = new Set<string>()
  for (const [key, { value, loc }] of written) {
    const section = key.slice(0, key.indexOf('.')), name = key.slice(key.indexOf('.') + 1)
    const lacking = missing.find(({ ini }) => ini === key)
    if (lacking !== undefined) { if (!isUsual(lacking, value)) warn(`the setting '${name}' has no effect: ${lacking.why}`, loc) ; continue }
    if (knownKeys.includes(key) || passedSections.includes(section)) continue
    if (!knownSections.includes(section)) {
      const near = nearest(section, knownSections)
      // other sections belong to plugins
      if (near !== undefined && !told.has(section)) warn(`there is no section [${section}] of settings; did you mean [${near}]?`, loc)
      told.add(section)
      continue
    }
    warn(`there is no setting '${name}' in [${section}]${hint(name, section)}`, loc)
  }
}
/** Where it belongs, if only the section is wrong; else the nearest name. */
function hint(name: string, section: string): string {
  const elsewhere = knownKeys.find((key) => key.endsWith(`.${name}`))
  if (elsewhere !== undefined) return `; it belongs to [${elsewhere.slice(0, elsewhere.indexOf('.'))}]`
  const inside = knownKeys.filter((key) => key.startsWith(`${section}.`)).map((key) => key.slice(section.length + 1))
  const near = nearest(name, inside) ?? nearest(name, knownKeys.map((key) => key.slice(key.indexOf('.') + 1)))
  return near === undefined ? '' : `; did you mean '${near}'?`
}

/** Of the environment only what is near to a name of Ansible's: other names that begin like it may be for others. */
function tellEnvironment(env: Settings, warn: Warn): void {
  const names = [...honoured.flatMap((one) => [one.env, ...one.also ?? []]), ...missing.flatMap((one) => one.env ?? [])]
  for (const [name, value] of Object.entries(env)) {
    if (!name.startsWith('ANSIBLE_') || name.startsWith('ANSIBLE_TEST_') || value === undefined || others.has(name)) continue // ansible-test has names of its own
    const lacking = missing.find((one) => one.env === name)
    if (lacking !== undefined && !isUsual(lacking, value)) warn(`${name} has no effect: ${lacking.why}`)
    if (names.includes(name)) continue
    const near = nearest(name.slice('ANSIBLE_'.length), names.map((one) => one.slice('ANSIBLE_'.length)))
    if (near !== undefined && near.length > 4) warn(`${name} is no setting; did you mean ANSIBLE_${near}?`)
  }
}
/** Variables that Ansible has, or that others give, and that look like one of the above. */
const others: ReadonlySet<string> = new Set(`ANSIBLE_CONFIG ANSIBLE_HOME ANSIBLE_PIPELINING ANSIBLE_REMOTE_TEMP ANSIBLE_REMOTE_TMP ANSIBLE_LOCAL_TEMP ANSIBLE_SSH_PIPELINING ANSIBLE_SSH_VERBOSITY
  ANSIBLE_GALAXY_SERVER ANSIBLE_SSH_AGENT ANSIBLE_LOG_FILTER ANSIBLE_SUDO_USER ANSIBLE_SUDO_EXE ANSIBLE_SUDO_FLAGS ANSIBLE_SU_USER ANSIBLE_SU_EXE ANSIBLE_SU_FLAGS
  ANSIBLE_BECOME_PASS ANSIBLE_SCP_EXTRA_ARGS ANSIBLE_SFTP_EXTRA_ARGS ANSIBLE_JINJA2_NATIVE ANSIBLE_CALLBACK_YAML_LINE_WIDTH
  ANSIBLE_LOG_VERBOSITY ANSIBLE_SSH_CONTROL_PATH ANSIBLE_SSH_CONTROL_PATH_DIR ANSIBLE_SSH_TRANSFER_METHOD ANSIBLE_SSH_USETTY ANSIBLE_PRIVATE_KEY ANSIBLE_INVENTORY_EXPORT ANSIBLE_INVENTORY_PLUGIN_EXTS ANSIBLE_PYTHON_INTERPRETER
  ANSIBLE_DEPRECATION_WARNINGS ANSIBLE_LOCALHOST_WARNING ANSIBLE_ACTION_WARNINGS ANSIBLE_SYSTEM_WARNINGS ANSIBLE_NOCOWS ANSIBLE_MAX_DIFF_SIZE ANSIBLE_SSH_PASSWORD_MECHANISM
  ANSIBLE_DISPLAY_TRACEBACK`.split(/\s+/))

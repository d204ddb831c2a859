/** Lookups of variables, the environment, settings, and passwords that are made once and kept in a file. */
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import type { Call, Lookup } from './call.ts'
import type { Data } from '../core/types.ts'
import { Undefined } from '../core/value.ts'
import { cryptPassword, randomText } from './crypt.ts'
import { items, onlyText, text } from './items.ts'
import { choose, seeded } from './mersenne.ts'
import { isInt, parseInteger } from './numbers.ts'
import { lookupTable, openLookupTable, Refusal } from './params.ts'
import { abspath, dirname, expanduser, join } from './posixpath.ts'
import { given, pyStr, typeName } from './python.ts'
import { BadRegex, compileRegex, firstMatch } from '../core/regex.ts'
import { parseKeyValues } from './search.ts'

type Kind = 'str' | 'int' | 'bool' | 'list' | 'paths'
/** Settings that playbooks ask for, by Ansible's names for them: what sets each, of what kind it is, and its default. */
const settings: Readonly<Record<string, readonly [env: string, kind: Kind, otherwise: unknown]>> = {
  DEFAULT_ROLES_PATH: ['ANSIBLE_ROLES_PATH', 'paths', '~/.ansible/roles:/usr/share/ansible/roles:/etc/ansible/roles'],
  DEFAULT_BECOME_USER: ['ANSIBLE_BECOME_USER', 'str', 'root'], DEFAULT_BECOME_METHOD: ['ANSIBLE_BECOME_METHOD', 'str', 'sudo'], DEFAULT_BECOME: ['ANSIBLE_BECOME', 'bool', false],
  DEFAULT_REMOTE_USER: ['ANSIBLE_REMOTE_USER', 'str', null], DEFAULT_FORKS: ['ANSIBLE_FORKS', 'int', 5], DEFAULT_TIMEOUT: ['ANSIBLE_TIMEOUT', 'int', 10],
  DEFAULT_HASH_BEHAVIOUR: ['ANSIBLE_HASH_BEHAVIOUR', 'str', 'replace'], DEFAULT_GATHERING: ['ANSIBLE_GATHERING', 'str', 'implicit'], DEFAULT_HOST_LIST: ['ANSIBLE_INVENTORY', 'list', ['/etc/ansible/hosts']],
  DEFAULT_LOCAL_TMP: ['', 'str', '/tmp'], DEFAULT_MANAGED_STR: ['ansible_managed', 'str', 'Ansible managed'], DEFAULT_TRANSPORT: ['ANSIBLE_TRANSPORT', 'str', 'ssh'],
  DEFAULT_EXECUTABLE: ['ANSIBLE_EXECUTABLE', 'str', '/bin/sh'], DEFAULT_NO_LOG: ['ANSIBLE_NO_LOG', 'bool', false], DEFAULT_POLL_INTERVAL: ['ANSIBLE_POLL_INTERVAL', 'int', 15],
  DEFAULT_STRATEGY: ['ANSIBLE_STRATEGY', 'str', 'linear'], DEFAULT_PRIVATE_KEY_FILE: ['ANSIBLE_PRIVATE_KEY_FILE', 'str', null], DEFAULT_VAULT_PASSWORD_FILE: ['ANSIBLE_VAULT_PASSWORD_FILE', 'str', null],
  DEFAULT_VAULT_IDENTITY_LIST: ['ANSIBLE_VAULT_IDENTITY_LIST', 'list', []], DEFAULT_FACT_PATH: ['', 'str', '/etc/ansible/facts.d'], DEFAULT_GATHER_SUBSET: ['', 'list', ['all']],
  DEFAULT_GATHER_TIMEOUT: ['', 'int', 10], DEFAULT_PRIVATE_ROLE_VARS: ['ANSIBLE_PRIVATE_ROLE_VARS', 'bool', false], DEFAULT_FORCE_HANDLERS: ['ANSIBLE_FORCE_HANDLERS', 'bool', false],
  HOST_KEY_CHECKING: ['ANSIBLE_HOST_KEY_CHECKING', 'bool', true], HOST_PATTERN_MISMATCH: ['ANSIBLE_HOST_PATTERN_MISMATCH', 'str', 'warning'],
  RETRY_FILES_ENABLED: ['ANSIBLE_RETRY_FILES_ENABLED', 'bool', false], RETRY_FILES_SAVE_PATH: ['ANSIBLE_RETRY_FILES_SAVE_PATH', 'str', null], INJECT_FACTS_AS_VARS: ['ANSIBLE_INJECT_FACT_VARS', 'bool', true],
  COLOR_OK: ['', 'str', 'green'], COLOR_CHANGED: ['', 'str', 'yellow'], COLOR_SKIP: ['', 'str', 'cyan'], COLOR_ERROR: ['', 'str', 'red'], COLOR_WARN: ['', 'str', 'bright purple'], COLOR_UNREACHABLE: ['', 'str', 'bright red'],
  ANSIBLE_COW_ACCEPTLIST: ['ANSIBLE_COW_ACCEPTLIST', 'list', 'bud-frogs,bunny,cheese,daemon,default,dragon,elephant,eyes,hellokitty,kitty,meow,milk,moose,sheep,small,stegosaurus,tux,vader,www'.split(',')],
  LOCALHOST_WARNING: ['', 'bool', true], DUPLICATE_YAML_DICT_KEY: ['', 'str', 'warn'], TAGS_RUN: ['ANSIBLE_RUN_TAGS', 'list', []], TAGS_SKIP: ['ANSIBLE_SKIP_TAGS', 'list', []],
  PLAYBOOK_DIR: ['ANSIBLE_PLAYBOOK_DIR', 'str', null], CONFIG_FILE: ['ANSIBLE_CONFIG', 'str', null],
}
interface Setting { readonly value: unknown; readonly origin: string }
type Given = Readonly<Record<string, string | undefined>>
/** What the environment or ansible.cfg says. */
function written(env: string | undefined, kind: Kind, given: Given): Setting | undefined {
  const text = env === undefined ? undefined : given[env]
  if (env === undefined || text === undefined) return undefined
  return { value: typed(kind, text), origin: process.env[env] === undefined ? given['ANSIBLE_CONFIG'] ?? 'ansible.cfg' : `env: ${env}` }
}
function settingOf(name: string, given: Given): Setting | undefined {
  const setting = Object.hasOwn(settings, name) ? settings[name] : undefined
  if (setting === undefined) return undefined
  const [env, kind, otherwise] = setting
  if (name === 'CONFIG_FILE') return { value: given[env] ?? null, origin: '' }
  return written(env, kind, given) ?? { value: kind === 'paths' ? typed(kind, String(otherwise)) : otherwise, origin: 'default' }
}
function typed(kind: Kind, written: string): unknown {
  switch (kind) {
    case 'str': return written
    case 'int': return parseInteger(written) ?? written
    case 'bool': return /^(?:1|true|yes|on|y|t)$/i.test(written)
    case 'list': return written.split(',').map((one) => one.trim()).filter((one) => one !== '')
    case 'paths': return written.split(':').map(expanduser)
    default: return kind satisfies never
  }
}
/** The variables that set an option of a plugin, the first that is there wins; then the setting, then its default. */
const pluginSettings: Readonly<Record<string, { readonly vars: readonly string[]; readonly env?: string; readonly kind?: Kind; readonly otherwise: unknown }>> = {
  'connection ssh remote_user': { vars: ['ansible_user', 'ansible_ssh_user'], env: 'ANSIBLE_REMOTE_USER', otherwise: null },
  'connection ssh port': { vars: ['ansible_port', 'ansible_ssh_port'], env: 'ANSIBLE_REMOTE_PORT', kind: 'int', otherwise: null },
  'connection ssh host': { vars: ['inventory_hostname', 'ansible_host', 'ansible_ssh_host'], otherwise: null },
  'connection ssh ssh_transfer_method': { vars: ['ansible_ssh_transfer_method'], otherwise: 'smart' },
  'connection ssh ssh_executable': { vars: ['ansible_ssh_executable'], otherwise: 'ssh' },
  'connection ssh timeout': { vars: ['ansible_ssh_timeout'], env: 'ANSIBLE_TIMEOUT', kind: 'int', otherwise: 10 },
  'connection ssh ssh_args': { vars: ['ansible_ssh_args'], env: 'ANSIBLE_SSH_ARGS', otherwise: '-C -o ControlMaster=auto -o ControlPersist=60s' },
  'connection ssh ssh_common_args': { vars: ['ansible_ssh_common_args'], env: 'ANSIBLE_SSH_COMMON_ARGS', otherwise: '' },
  'connection ssh ssh_extra_args': { vars: ['ansible_ssh_extra_args'], env: 'ANSIBLE_SSH_EXTRA_ARGS', otherwise: '' },
  'connection ssh pipelining': { vars: ['ansible_ssh_pipelining', 'ansible_pipelining'], otherwise: false },
  'become sudo become_user': { vars: ['ansible_sudo_user', 'ansible_become_user'], env: 'ANSIBLE_BECOME_USER', otherwise: 'root' },
  'become sudo become_exe': { vars: ['ansible_sudo_exe', 'ansible_become_exe'], env: 'ANSIBLE_BECOME_EXE', otherwise: 'sudo' },
  'become sudo become_flags': { vars: ['ansible_sudo_flags', 'ansible_become_flags'], env: 'ANSIBLE_BECOME_FLAGS', otherwise: '-H -S -n' },
  'become su become_user': { vars: ['ansible_su_user', 'ansible_become_user'], env: 'ANSIBLE_BECOME_USER', otherwise: 'root' },
  'become su become_exe': { vars: ['ansible_su_exe', 'ansible_become_exe'], env: 'ANSIBLE_BECOME_EXE', otherwise: 'su' },
  'become su become_flags': { vars: ['ansible_su_flags', 'ansible_become_flags'], env: 'ANSIBLE_BECOME_FLAGS', otherwise: '' },
  'shell sh remote_tmp': { vars: ['ansible_remote_tmp'], otherwise: '~/.ansible/tmp' },
  'shell sh system_tmpdirs': { vars: ['ansible_system_tmpdirs'], otherwise: ['/var/tmp', '/tmp'] },
}
function pluginSetting(plugin: string, name: string, call: Call): Setting | undefined {
  const setting = pluginSettings[`${plugin} ${name}`]
  if (setting === undefined) return undefined
  const found = setting.vars.find((one) => call.env.vars.get(one) !== undefined)
  if (found !== undefined) return { value: call.env.jinja.resolve(call.env.vars.get(found), call.env.vars), origin: `var: ${found}` }
  return written(setting.env, setting.kind ?? 'str', givenTo(call)) ?? { value: setting.otherwise, origin: 'default' }
}
const givenTo = (call: Call): Given => call.env.services.settings ?? process.env
function config(terms: readonly unknown[], missing: unknown, plugin: string | undefined, showOrigin: boolean, call: Call): unknown[] {
  if (!['error', 'warn', 'skip'].includes(text(missing))) throw new Refusal(`on_missing cannot be '${text(missing)}', valid values are: error, warn, skip`)
  return terms.flatMap((term) => {
    if (typeof term !== 'string') throw new Refusal(`Invalid setting identifier, '${pyStr(term)}' is not a string, it is a ${typeName(term)}.`)
    const found = plugin === undefined ? settingOf(term, givenTo(call)) : pluginSetting(plugin, term, call)
    if (found !== undefined) return [showOrigin ? [found.value, found.origin] : found.value]
    if (missing === 'warn') call.env.services.warn(`Skipping ${term}: no setting of this name`, call.env.loc)
    if (missing !== 'error') return []
    throw new Refusal(`Unable to find setting '${term}': No config definition exists for '${term}'.`, `known are ${Object.keys(settings).join(', ')}`)
  })
}

// ---------------------------------------------------------------- password

const lower = 'abcdefghijklmnopqrstuvwxyz', upper = lower.toUpperCase(), punctuation = '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~', blanks = ' \t\n\r\x0b\x0c'
const sets: Readonly<Record<string, string>> = {
  ascii_letters: lower + upper, ascii_lowercase: lower, ascii_uppercase: upper, digits: '0123456789', hexdigits: '0123456789abcdefABCDEF',
  octdigits: '01234567', punctuation, whitespace: blanks, printable: `0123456789${lower}${upper}${punctuation}${blanks}`,
}
/** `ascii_letters,digits,.-` or a list of the same; two commas in a row stand for a comma. */
function charsOf(value: unknown): string {
  const names = typeof value === 'string'
    ? [...(value.includes(',,') ? [','] : []), ...value.replaceAll(',,', ',').split(',').filter((one) => one !== '')] : items(value).map(text)
  return names.map((name) => Object.hasOwn(sets, name) ? sets[name] ?? name : name).join('').replace(/["']/g, '')
}

interface Stored { readonly password: string; readonly salt: string | undefined; readonly ident: string | undefined }
function readStored(path: string): Stored | undefined {
  if (path === '/dev/null' || !existsSync(path)) return undefined
  const content = readFileSync(path, 'utf8').trimEnd()
  const salted = content.lastIndexOf(' salt=')
  if (salted < 0) return { password: content, salt: undefined, ident: undefined }
  const rest = content.slice(salted + 6), named = rest.lastIndexOf(' ident=')
  return { password: content.slice(0, salted), salt: named < 0 ? rest : rest.slice(0, named), ident: named < 0 ? undefined : rest.slice(named + 7) }
}
function store(path: string, { password, salt, ident }: Stored): void {
  if (path === '/dev/null') return
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
    writeFileSync(path, `${password}${salt === undefined ? '' : ` salt=${salt}`}${ident === undefined ? '' : ` ident=${ident}`}\n`, { mode: 0o600 })
    chmodSync(path, 0o600)
  } catch (error) {
    throw new Refusal(`cannot store the password in ${path}: ${error instanceof Error ? error.message : String(error)}`, 'the folders are made by the user who runs this')
  }
}
const saltSizes: Readonly<Record<string, number>> = { sha512_crypt: 16, sha256_crypt: 16, bcrypt: 22 }
const saltChars = `${lower}${upper}0123456789./`

/** The path and the options of `path length=8 chars=digits`. */
function passwordTerm(term: string, base: Data): { path: string; options: Data } {
  const space = term.indexOf(' ')
  if (space < 0) return { path: term, options: base }
  const { words, options } = parseKeyValues(term.slice(space + 1))
  const path = words === '' ? term.slice(0, space) : `${term.slice(0, space)} ${words}`
  if (!term.startsWith(path)) throw new Refusal('Unrecognized value after key=value parameters given to password lookup')
  const unknown = Object.keys(options).filter((name) => !Object.hasOwn(base, name))
  if (unknown.length > 0) throw new Refusal(`Unrecognized parameter(s) given to password lookup: ${unknown.join(', ')}`)
  return { path, options: { ...base, ...options } }
}
function generate(options: Data): string {
  const chars = charsOf(options.chars), length = isInt(options.length) ? options.length : parseInteger(text(options.length))
  if (length === undefined) throw new Refusal(`length must be a whole number, not '${text(options.length)}'`)
  if (options.seed === null) return randomText(Number(length), chars)
  const random = seeded(text(options.seed)), all = Array.from(chars)
  return Array.from({ length: Number(length) }, () => choose(random, all) ?? '').join('')
}
function password(term: unknown, base: Data, call: Call): string {
  const { path: relative, options } = passwordTerm(onlyText(term, 'a path'), base)
  const root = call.env.vars.get('playbook_dir')
  const path = abspath(join(typeof root === 'string' ? root : call.env.vars.search.at(-1) ?? process.cwd(), expanduser(relative)))
  const stored = readStored(path), plain = stored?.password ?? generate(options)
  const scheme = options.encrypt === null || options.encrypt === '' ? undefined : text(options.encrypt)
  const wantedIdent = options.ident === null ? undefined : text(options.ident)
  if (stored?.ident !== undefined && wantedIdent !== undefined && stored.ident !== wantedIdent) {
    throw new Refusal(`The ident parameter provided (${wantedIdent}) does not match the stored one (${stored.ident}).`)
  }
  const salt = scheme === undefined ? stored?.salt : stored?.salt ?? randomText(saltSizes[scheme] ?? 8, saltChars)
  const ident = stored?.ident ?? wantedIdent ?? (scheme === 'bcrypt' ? '2b' : undefined)
  const isChanged = stored === undefined || salt !== stored.salt || (scheme !== undefined && ident !== stored.ident)
  if (isChanged && path !== '/dev/null') call.env.vars.acting?.()
  if (isChanged) store(path, { password: plain, salt, ident: salt === undefined ? undefined : ident })
  return scheme === undefined ? plain : cryptPassword(plain, scheme, { salt, ident })
}

function searchParameter(source: string): ReturnType<typeof compileRegex> {
  try { return compileRegex(source) } catch (error) {
    if (!(error instanceof BadRegex)) throw error
    throw new Refusal(`Unable to use "${source}" as a search parameter: ${error.message}`)
  }
}

export const variableLookups: Record<string, Lookup> = {
  ...openLookupTable({
    'env(default="")': (terms, [fallback]) => terms.map((term) => {
      const name = onlyText(given(term), 'a name').trim().split(/\s+/)[0] ?? ''
      return process.env[name] ?? (fallback instanceof Undefined ? new Undefined(`The environment variable '${name}' is not set.`) : fallback)
    }),
    'vars(default=?)': (terms, [fallback], call) => terms.map((term) => {
      if (typeof given(term) !== 'string') throw new Refusal(`Variable name must be 'str' not '${typeName(term)}'.`)
      const value = call.env.vars.get(term as string)
      if (value !== undefined) return call.env.jinja.resolve(value, call.env.vars)
      return fallback === undefined || fallback === null ? new Undefined(`No variable named '${term as string}' was found.`) : fallback
    }),
  }),
  ...lookupTable({
    'varnames(**options)': (terms, _, call) => terms.flatMap((term) => {
      if (typeof term !== 'string') throw new Refusal(`Invalid setting identifier, "${pyStr(term)}" is not a string, it is a ${typeName(term)}`)
      const pattern = searchParameter(term)
      return [...call.env.vars.names()].filter((name) => firstMatch(pattern, name) !== undefined)
    }),
    'config(on_missing="error", plugin_type=None, plugin_name=None, show_origin=False)': (terms, [missing, type, name, origin], call) => {
      if ((type === null) !== (name === null)) throw new Refusal('Both plugin_type and plugin_name are required, cannot use one without the other.')
      return config(terms, missing, type === null ? undefined : `${text(type)} ${text(name)}`, origin === true, call)
    },
    'password(length=20, encrypt=None, chars=?, ident=None, seed=None)': (terms, [length, encrypt, chars, ident, seed], call) =>
      terms.map((term) => password(term, { length, encrypt, chars: chars ?? ['ascii_letters', 'digits', '.,:-_'], ident, seed }, call)),
  }),
}

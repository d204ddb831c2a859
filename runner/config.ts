/**
 * Settings from the environment and from ansible.cfg, under the names of Ansible's environment variables. Only those that are listed here
 * have an effect; others may stand in the file and are passed over.
 */
import { readFileSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fault } from './core/errors.ts'

export type Settings = Readonly<Record<string, string | undefined>>

/** Name in the environment, section and key in the file; the values of `paths` are paths beside the file. */
const known: readonly { readonly env: string; readonly section: string; readonly key: string; readonly paths?: ':' | ',' }[] = [
  { env: 'ANSIBLE_INVENTORY', section: 'defaults', key: 'inventory', paths: ',' },
  { env: 'ANSIBLE_ROLES_PATH', section: 'defaults', key: 'roles_path', paths: ':' },
  { env: 'ANSIBLE_COLLECTIONS_PATH', section: 'defaults', key: 'collections_path', paths: ':' },
  { env: 'ANSIBLE_VAULT_PASSWORD_FILE', section: 'defaults', key: 'vault_password_file', paths: ',' },
  { env: 'ANSIBLE_VAULT_IDENTITY_LIST', section: 'defaults', key: 'vault_identity_list' },
  { env: 'ANSIBLE_PRIVATE_KEY_FILE', section: 'defaults', key: 'private_key_file', paths: ',' },
  { env: 'ANSIBLE_REMOTE_USER', section: 'defaults', key: 'remote_user' },
  { env: 'ANSIBLE_TRANSPORT', section: 'defaults', key: 'transport' },
  { env: 'ANSIBLE_TIMEOUT', section: 'defaults', key: 'timeout' },
  { env: 'ANSIBLE_FORKS', section: 'defaults', key: 'forks' },
  { env: 'ANSIBLE_GATHERING', section: 'defaults', key: 'gathering' },
  { env: 'ANSIBLE_STRATEGY', section: 'defaults', key: 'strategy' },
  { env: 'ANSIBLE_HASH_BEHAVIOUR', section: 'defaults', key: 'hash_behaviour' },
  { env: 'ANSIBLE_HOST_KEY_CHECKING', section: 'defaults', key: 'host_key_checking' },
  { env: 'ANSIBLE_FORCE_HANDLERS', section: 'defaults', key: 'force_handlers' },
  { env: 'ANSIBLE_ERROR_ON_MISSING_HANDLER', section: 'defaults', key: 'error_on_missing_handler' },
  { env: 'ANSIBLE_PLAYBOOK_DIR', section: 'defaults', key: 'playbook_dir', paths: ':' },
  { env: 'ANSIBLE_RUN_TAGS', section: 'tags', key: 'run' },
  { env: 'ANSIBLE_SKIP_TAGS', section: 'tags', key: 'skip' },
  { env: 'ANSIBLE_DIFF_ALWAYS', section: 'diff', key: 'always' },
  { env: 'ANSIBLE_BECOME', section: 'privilege_escalation', key: 'become' },
  { env: 'ANSIBLE_BECOME_METHOD', section: 'privilege_escalation', key: 'become_method' },
  { env: 'ANSIBLE_BECOME_USER', section: 'privilege_escalation', key: 'become_user' },
  { env: 'ANSIBLE_BECOME_ASK_PASS', section: 'privilege_escalation', key: 'become_ask_pass' },
]

export const isOn = (text: string | undefined): boolean => ['1', 'true', 'yes', 'on', 'y', 't'].includes((text ?? '').trim().toLowerCase())

/** The environment, and below it the first ansible.cfg that there is: ANSIBLE_CONFIG, here, at home, in /etc/ansible. */
export function readSettings(env: Settings, cwd: string): Settings {
  const file = configFile(env, cwd)
  const written = file === undefined ? new Map<string, string>() : parse(readFileSync(file, 'utf8'))
  const below: Record<string, string> = {}
  for (const { env: name, section, key, paths } of known) {
    const value = written.get(`${section}.${key}`)
    if (value === undefined || file === undefined) continue
    below[name] = paths === undefined ? value : value.split(paths).map((one) => placed(one.trim(), dirname(file), cwd, env)).join(paths)
  }
  const all = { ...below, ...env }
  if ((all['ANSIBLE_HASH_BEHAVIOUR'] ?? 'replace') !== 'replace') {
    throw fault('usage', undefined, { message: "hash_behaviour can only be 'replace' here: combine dicts where they are used, with the filter combine" })
  }
  return all
}

function configFile(env: Settings, cwd: string): string | undefined {
  const given = env['ANSIBLE_CONFIG']
  const wanted = given === undefined || given === '' ? [] : [isFolder(resolve(cwd, given)) ? join(resolve(cwd, given), 'ansible.cfg') : resolve(cwd, given)]
  const home = env['HOME'] === undefined ? [] : [join(env['HOME'], '.ansible.cfg')]
  return [...wanted, join(cwd, 'ansible.cfg'), ...home, '/etc/ansible/ansible.cfg'].find((path) => statSync(path, { throwIfNoEntry: false })?.isFile() === true)
}
const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true

/** Keys as `section.key`. Comments begin a line with # or ;, or stand behind a value as " ;". */
function parse(text: string): Map<string, string> {
  const found = new Map<string, string>()
  let section = ''
  for (const line of text.split(/\r?\n/)) {
    const plain = line.replace(/^\s*[#;].*$/, '').replace(/\s+;.*$/, '').trim()
    const heading = /^\[(.+)\]$/.exec(plain)
    if (heading !== null) section = heading[1]?.trim() ?? ''
    const pair = /^([^=:]+?)\s*[=:]\s*(.*)$/.exec(plain)
    if (heading === null && pair !== null) found.set(`${section}.${(pair[1] ?? '').toLowerCase()}`, pair[2] ?? '')
  }
  return found
}

/** A path of the file: `~`, variables of the environment and `{{CWD}}` are known; else it is beside the file. A host list is no path. */
function placed(path: string, folder: string, cwd: string, env: Settings): string {
  if (path === '') return path
  const whole = path.replaceAll('{{CWD}}', cwd).replace(/^~(?=\/|$)/, env['HOME'] ?? '~').replace(/\$\{?(\w+)\}?/g, (text, name: string) => env[name] ?? text)
  return resolve(folder, whole)
}

/** Folders that roles are looked for in, after the playbook's own. */
export const rolesPath = (settings: Settings, cwd: string): readonly string[] =>
  folders(settings, cwd, 'ANSIBLE_ROLES_PATH', ['~/.ansible/roles', '/usr/share/ansible/roles', '/etc/ansible/roles'])

/** Folders that have `ansible_collections` in them (or are one), after the one beside the playbook. */
export const collectionsPath = (settings: Settings, cwd: string): readonly string[] =>
  folders(settings, cwd, 'ANSIBLE_COLLECTIONS_PATH', ['~/.ansible/collections', '/usr/share/ansible/collections'])

function folders(settings: Settings, cwd: string, setting: string, usual: readonly string[]): readonly string[] {
  const given = settings[setting]
  const home = settings['HOME'] ?? '/root'
  return (given === undefined || given === '' ? usual : given.split(':')).filter((folder) => folder !== '').map((folder) => resolve(cwd, folder.replace(/^~(?=\/|$)/, home)))
}

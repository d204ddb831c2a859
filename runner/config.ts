/** What of the settings is needed in several places: whether one is on, and folders. How they are read: settings/. */
import { resolve } from 'node:path'
import type { Settings } from './settings/read.ts'

export { readSettings, type Settings } from './settings/read.ts'

export const isOn = (text: string | undefined): boolean => ['1', 'true', 'yes', 'on', 'y', 't'].includes((text ?? '').trim().toLowerCase())

/** Folders that roles are looked for in, after the playbook's own. */
export const rolesPath = (settings: Settings, cwd: string): readonly string[] =>
  folders(settings, cwd, 'ANSIBLE_ROLES_PATH', ['~/.ansible/roles', '/usr/share/ansible/roles', '/etc/ansible/roles'])

/** Folders that have `ansible_collections` in them (or are one), after the one beside the playbook. */
export const collectionsPath = (settings: Settings, cwd: string): readonly string[] =>
  folders(settings, cwd, 'ANSIBLE_COLLECTIONS_PATH', ['~/.ansible/collections', '/usr/share/ansible/collections'])

/** Folders of modules of the user's own, after those beside the playbook and its roles. */
export const modulePath = (settings: Settings, cwd: string): readonly string[] =>
  folders(settings, cwd, 'ANSIBLE_LIBRARY', ['~/.ansible/plugins/modules', '/usr/share/ansible/plugins/modules'])

function folders(settings: Settings, cwd: string, setting: string, usual: readonly string[]): readonly string[] {
  const given = settings[setting]
  const home = settings['HOME'] ?? '/root'
  return (given === undefined || given === '' ? usual : given.split(':')).filter((folder) => folder !== '').map((folder) => resolve(cwd, folder.replace(/^~(?=\/|$)/, home)))
}

/** Paths of the target: `~` and `$NAME` as its shell would read them, and parts of paths. */
import type { Target } from '../../core/plan.ts'
import { account } from '../../probes/account.ts'
import { users } from '../../probes/users.ts'

/** The path as Ansible's type path means it: `~`, `~user`, `$NAME` and `${NAME}` of the target; an unset name stays as it is. */
export async function expand(target: Target, path: string): Promise<string> {
  if (!path.startsWith('~') && !path.includes('$')) return path
  const { env, home } = await target.read(account, target.user)
  return await expandHome(target, path.replace(/\$(\w+|\{[^}]*\})/g, (text, name: string) => env[name.replace(/[{}]/g, '')] ?? text), home)
}
async function expandHome(target: Target, path: string, home: string): Promise<string> {
  const match = /^~([^/]*)/.exec(path)
  if (match === null) return path
  const name = match[1] ?? ''
  if (name === '') return home + path.slice(1)
  const found = await target.read(users, name)
  return found === undefined ? path : found.home + path.slice(match[0].length)
}

export const baseName = (path: string): string => path.slice(path.lastIndexOf('/') + 1)
export function parentOf(path: string): string {
  const at = path.lastIndexOf('/')
  if (at < 0) return '.'
  return at === 0 ? '/' : path.slice(0, at)
}
export const join = (folder: string, name: string): string => name.startsWith('/') ? name : folder === '' ? name : folder.endsWith('/') ? folder + name : `${folder}/${name}`
/** A path that no command takes for an option. */
export const asOperand = (path: string): string => path.startsWith('-') ? `./${path}` : path

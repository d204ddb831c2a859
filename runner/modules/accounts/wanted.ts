/** The arguments of the module user, and what is checked about them before anything is compared. */
import { Failure } from '../../core/errors.ts'
import type { Arg, Args } from '../../core/plan.ts'

export const userArgs = {
  name: { type: 'str', required: true, aliases: ['user'], doc: 'Name of the account.' },
  state: { type: 'str', choices: ['present', 'absent'], default: 'present', doc: 'Whether the account exists.' },
  uid: { type: 'int', doc: 'Number of the account.' },
  non_unique: { type: 'bool', default: false, doc: 'Lets the number be one that another account has.' },
  group: { type: 'str', doc: 'Primary group, by name or number; it must exist.' },
  groups: { type: 'list', elements: 'str', doc: 'Further groups; an empty list means none.' },
  append: { type: 'bool', default: false, doc: 'Adds to the groups the account is in instead of replacing them.' },
  comment: { type: 'str', doc: 'Full name (GECOS).' },
  home: { type: 'path', doc: 'Home folder.' },
  create_home: { type: 'bool', default: true, aliases: ['createhome'], doc: 'Makes the home folder where it is missing.' },
  move_home: { type: 'bool', default: false, doc: 'Moves the old home folder to the new place.' },
  skeleton: { type: 'str', doc: 'Folder whose files a new home gets.' },
  umask: { type: 'str', doc: 'Umask for a new home.' },
  shell: { type: 'path', doc: 'Login shell.' },
  password: { type: 'str', secret: true, doc: 'Password as a crypt(3) hash; `!` or `*` for none.' },
  update_password: { type: 'str', choices: ['always', 'on_create'], default: 'always', doc: 'Whether the password of an existing account is changed.' },
  password_lock: { type: 'bool', doc: 'Locks or unlocks the password.' },
  password_expire_min: { type: 'int', doc: 'Least days between changes of the password.' },
  password_expire_max: { type: 'int', doc: 'Most days between changes of the password.' },
  password_expire_warn: { type: 'int', doc: 'Days of warning before the password expires.' },
  password_expire_account_disable: { type: 'int', doc: 'Days after the password expired until the account is disabled.' },
  expires: { type: 'float', doc: 'When the account expires, in seconds since 1970; negative for never.' },
  system: { type: 'bool', default: false, doc: 'A new account gets a number of the system range.' },
  force: { type: 'bool', default: false, doc: 'Removes the account even if it is in use; replaces an existing SSH key.' },
  remove: { type: 'bool', default: false, doc: 'Removes the home folder and mail too.' },
  uid_min: { type: 'int', doc: 'Lowest number for a new account.' },
  uid_max: { type: 'int', doc: 'Highest number for a new account.' },
  local: { type: 'bool', doc: 'Looks at the local files only.' },
  seuser: { type: 'str', doc: 'SELinux user of a new account.' },
  generate_ssh_key: { type: 'bool', doc: 'Makes an SSH key for the account where there is none.' },
  ssh_key_type: { type: 'str', default: 'rsa', doc: 'Kind of key.' },
  ssh_key_bits: { type: 'int', default: 0, doc: 'Length of the key; 0 is what ssh-keygen takes.' },
  ssh_key_file: { type: 'path', doc: 'Private key, relative to the home folder; default .ssh/id_TYPE.' },
  ssh_key_comment: { type: 'str', doc: 'Comment of the key; default names the host.' },
  ssh_key_passphrase: { type: 'str', secret: true, doc: 'Passphrase of the key.' },
  hidden: { type: 'bool', doc: 'Only for macOS.', unsupported: 'it is for macOS' },
  profile: { type: 'str', doc: 'Only for Solaris.', unsupported: 'it is for Solaris' },
  authorization: { type: 'str', doc: 'Only for Solaris.', unsupported: 'it is for Solaris' },
  role: { type: 'str', doc: 'Only for Solaris.', unsupported: 'it is for Solaris' },
  login_class: { type: 'str', doc: 'Only for the BSDs.', unsupported: 'it is for FreeBSD, OpenBSD and NetBSD' },
} as const satisfies Readonly<Record<string, Arg>>
export type UserArgs = Args<typeof userArgs>

/** True where a password cannot be what crypt(3) makes. Ansible: modules/user.py, check_password_encrypted. */
export function isPlainPassword(password: string | undefined): boolean {
  if (password === undefined || password === '' || ['*', '!', '*************'].includes(password)) return false
  const fields = password.split('$')
  const hash = fields.at(-1) ?? ''
  const lengths: Readonly<Record<string, number>> = { 1: 22, 5: 43, 6: 86, y: 43 }
  const length = lengths[fields[1] ?? '']
  return /[:*!]/.test(password) || fields.length < 3 || /[^a-zA-Z0-9./=]/.test(hash) || (length !== undefined && hash.length !== length)
}

export function checkUser(args: UserArgs): void {
  if (args.local !== true) return
  for (const name of ['umask', 'uid_min', 'uid_max'] as const) if (args[name] !== undefined) throw new Failure(`'${name}' can not be used with 'local'`)
}

/** Days since 1970 of `expires`; -1 for never. */
export const expiryDay = (seconds: number): number => seconds < 0 ? -1 : Math.floor(seconds / 86400)
export const dayText = (day: number): string => day < 0 ? '' : new Date(day * 86_400_000).toISOString().slice(0, 10)
/** The hash as it is written: a locked one starts with `!`. */
export const writtenHash = (args: UserArgs): string | undefined =>
  args.password === undefined ? undefined : args.password_lock === true ? `!${args.password}` : args.password

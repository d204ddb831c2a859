/** The command line of rsync that synchronize's options mean, and what its output says. Ansible: ansible.posix, plugins/modules/synchronize.py. */
import { Failure } from '../../core/errors.ts'
import type { Args } from '../../core/plan.ts'
import { splitWords } from '../../core/words.ts'

const part = (what: string) => ({ type: 'bool', doc: `Whether ${what}; default is what archive says.` } as const)
export const synchronizeArgs = {
  src: { type: 'path', required: true, doc: 'What is copied: a path of the controller, with mode pull of the host; rsync:// and host:path are taken as they are.' },
  dest: { type: 'path', required: true, doc: 'Where to: a path of the host, with mode pull of the controller.' },
  mode: { type: 'str', default: 'push', choices: ['pull', 'push'], doc: 'push copies to the host, pull from it.' },
  dest_port: { type: 'int', doc: 'Port of ssh on the host; default is the connection’s.' },
  delete: { type: 'bool', default: false, doc: 'Deletes what is not in src, after the transfer.' },
  private_key: { type: 'path', doc: 'Key for ssh; default is the connection’s.' },
  rsync_path: { type: 'str', doc: 'The rsync of the other side; default with become by sudo is sudo -u USER rsync.' },
  archive: { type: 'bool', default: true, doc: 'recursive, links, perms, times, owner, group, and device files.' },
  checksum: { type: 'bool', default: false, doc: 'Compares checksums, not sizes and times.' },
  compress: { type: 'bool', default: true, doc: 'Compresses what is transferred.' },
  existing_only: { type: 'bool', default: false, doc: 'Makes no new files.' },
  dirs: { type: 'bool', default: false, doc: 'Folders without what is in them.' },
  recursive: part('folders are gone into'), links: part('links are copied as links'), perms: part('permissions are kept'),
  times: part('times are kept'), owner: part('owners are kept'), group: part('groups are kept'),
  copy_links: { type: 'bool', default: false, doc: 'Copies what links lead to.' },
  set_remote_user: { type: 'bool', default: true, doc: 'Names the connection’s user in front of the host.' },
  rsync_timeout: { type: 'int', default: 0, doc: 'Seconds without data after which rsync gives up; 0: never.' },
  rsync_opts: { type: 'list', elements: 'str', default: [], doc: 'More options for rsync.' },
  use_ssh_args: { type: 'bool', default: false, doc: 'Gives ssh the ssh_args of the connection.' },
  ssh_connection_multiplexing: { type: 'bool', default: false, doc: 'Lets ssh share a connection as its configuration says.' },
  partial: { type: 'bool', default: false, doc: 'Keeps files that were transferred in part.' },
  verify_host: { type: 'bool', default: false, doc: 'Checks the host’s key. As with Ansible, ssh takes any key otherwise.' },
  delay_updates: { type: 'bool', default: true, doc: 'Puts all files in place at the end.' },
  link_dest: { type: 'list', elements: 'path', doc: 'Folders of the destination whose files are linked to where they are the same.' },
} as const
export type SynchronizeArgs = Args<typeof synchronizeArgs>

export const marker = '<<CHANGED>>'
const archiveParts = ['recursive', 'links', 'perms', 'times', 'owner', 'group'] as const
const isUrl = (path: string): boolean => path.startsWith('rsync://')

export interface Ends {
  readonly src: string; readonly dest: string
  /** Of the own host's connection. */
  readonly port?: number | undefined; readonly privateKey?: string | undefined; readonly sshArgs?: readonly string[]
  readonly rsyncPath?: string | undefined
  /** Path of the program on the machine where it runs. */
  readonly rsync: string
  /** In place of ssh: how a container is reached. */
  readonly rsh?: string | undefined
  /** A folder that relative paths of link_dest are counted from. */
  readonly cwd: string
}

/** The words of the command. `isDry`: nothing is to be changed. */
export function rsyncWords(args: SynchronizeArgs, ends: Ends, isDry: boolean): string[] {
  const { src, dest } = ends
  if (isUrl(src) && isUrl(dest)) throw new Failure('either src or dest must be a localhost', { rc: 1 })
  const given = args.rsync_opts.flatMap((one) => one === '' ? [''] : splitWords(one))
  const needsRsh = !isUrl(src) && !isUrl(dest) && (src.includes(':') || dest.includes(':'))
  const rsh = !needsRsh || args.rsync_opts.some((one) => one.includes('--rsh')) ? [] : [`--rsh=${ends.rsh ?? sshCommand(args, ends)}`]
  const blocking = ends.rsh === undefined || given.includes('--blocking-io') ? [] : ['--blocking-io']
  return [
    ends.rsync, ...(args.delay_updates ? ['--delay-updates', '-F'] : []), ...(args.compress ? ['--compress'] : []), ...(args.rsync_timeout === 0 ? [] : [`--timeout=${args.rsync_timeout}`]),
    ...(isDry ? ['--dry-run'] : []), ...(args.delete ? ['--delete-after'] : []), ...(args.existing_only ? ['--existing'] : []), ...(args.checksum ? ['--checksum'] : []),
    ...(args.copy_links ? ['--copy-links'] : []), ...archived(args), ...(args.dirs ? ['--dirs'] : []), ...rsh, ...(ends.rsyncPath === undefined ? [] : [`--rsync-path=${ends.rsyncPath}`]),
    ...given, ...blocking, ...(args.partial ? ['--partial'] : []), ...linkDest(args.link_dest ?? [], dest, ends.cwd), `--out-format=${marker}%i %n%L`, src, dest,
  ]
}
function archived(args: SynchronizeArgs): string[] {
  if (args.archive) return ['--archive', ...archiveParts.filter((name) => args[name] === false).map((name) => `--no-${name}`)]
  return archiveParts.filter((name) => args[name] === true).map((name) => `--${name}`)
}
const shellWord = (word: string): string => /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'"'"'`)}'`
/** The one word that rsync takes apart again: it knows quotes. */
function sshCommand(args: SynchronizeArgs, { port, privateKey, sshArgs = [] }: Ends): string {
  const key = args.private_key ?? privateKey, at = args.dest_port ?? port
  return [
    'ssh', ...(args.ssh_connection_multiplexing ? [] : ['-S', 'none']), ...(key === undefined ? [] : ['-i', key]), ...(at === undefined ? [] : ['-o', `Port=${at}`]),
    ...(args.verify_host ? [] : ['-o', 'StrictHostKeyChecking=no', '-o', 'UserKnownHostsFile=/dev/null']), ...(args.use_ssh_args ? sshArgs : []),
  ].map(shellWord).join(' ')
}
/** -vv, since a new hard link is no change to rsync. */
function linkDest(folders: readonly string[], dest: string, cwd: string): string[] {
  if (folders.length === 0) return []
  const whole = (path: string): string => {
    const parts: string[] = []
    for (const one of (path.startsWith('/') ? path : `${cwd}/${path}`).split('/')) {
      if (one === '..') parts.pop()
      else if (one !== '' && one !== '.') parts.push(one)
    }
    return `/${parts.join('/')}`
  }
  const above = whole(dest.includes('/') ? dest.slice(0, dest.lastIndexOf('/')) : '')
  return ['-H', '-vv', ...folders.map((folder) => {
    const path = whole(folder)
    if (above.startsWith(path)) throw new Failure(`Hardlinking into a subdirectory of the source would cause recursion. ${above} and ${dest}`)
    return `--link-dest=${path}`
  })]
}

/** Whether the output tells of a change, and the output for people. */
export function reading(stdout: string, args: SynchronizeArgs): { readonly changed: boolean; readonly msg: string; readonly stdout_lines: readonly string[] } {
  const msg = stdout.replaceAll(marker, '')
  // with link_dest what stays is listed too, as `.f` and blanks; Ansible takes one such line for no change at all
  const changed = stdout.split('\n').some((line) => line.startsWith(marker) && ((args.link_dest ?? []).length === 0 || !/^\.. {9} /.test(line.slice(marker.length))))
  return { changed, msg, stdout_lines: msg.split('\n').filter((line) => line !== '') }
}

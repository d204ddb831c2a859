/** The options of the command line, one row each: parsing, errors and the help text come from it. Names are those of ansible-playbook and ansible. */
import type { Kind } from './help.ts'

export interface Flag {
  readonly names: readonly string[]
  /** Name of its value in the help; none: a switch. */
  readonly value?: string
  readonly help: string
  /** Known to ansible-playbook, refused here with this reason. */
  readonly unsupported?: string
  /** Of playbooks only, or of `play adhoc` only; else of both. */
  readonly only?: Kind
  readonly group: 'What to run' | 'How to run it' | 'Connecting' | 'Becoming another user' | 'Looking without running' | 'Vault' | 'Other'
}

const flags = {
  module: { names: ['-m', '--module-name'], value: 'NAME', help: 'the module (default command)', only: 'adhoc', group: 'What to run' },
  moduleArgs: { names: ['-a', '--args'], value: 'ARGS', help: 'its arguments: k=v, a command, or a JSON mapping', only: 'adhoc', group: 'What to run' },
  inventory: { names: ['-i', '--inventory', '--inventory-file'], value: 'PATH', help: 'inventory file, folder, script, or "host1,host2,"; may be given again', group: 'What to run' },
  limit: { names: ['-l', '--limit', '--subset'], value: 'PATTERN', help: 'only these hosts: web:&prod:!old, globs, ~regex, @file', group: 'What to run' },
  tags: { names: ['-t', '--tags'], value: 'TAGS', help: 'only plays and tasks with these tags', only: 'playbooks', group: 'What to run' },
  skipTags: { names: ['--skip-tags'], value: 'TAGS', help: 'not those with these tags', only: 'playbooks', group: 'What to run' },
  role: { names: ['--role'], value: 'NAME', help: 'only this role of the playbook, with all that its play gives it', only: 'playbooks', group: 'What to run' },
  startAt: { names: ['--start-at-task'], value: 'NAME', help: 'begin at the task of this name', only: 'playbooks', group: 'What to run' },
  extraVars: { names: ['-e', '--extra-vars'], value: 'VARS', help: 'variables over all others: k=v, YAML, JSON, @file', group: 'What to run' },
  check: { names: ['-C', '--check'], help: 'change nothing, say what would change', group: 'How to run it' },
  diff: { names: ['-D', '--diff'], help: 'show differences of what changes', group: 'How to run it' },
  dryRun: { names: ['--dry-run'], help: 'the same as --check --diff', group: 'How to run it' },
  forks: { names: ['-f', '--forks'], value: 'N', help: 'hosts at once (default 50)', group: 'How to run it' },
  forceHandlers: { names: ['--force-handlers'], help: 'run handlers even where a task failed', only: 'playbooks', group: 'How to run it' },
  step: { names: ['--step'], help: 'ask before each task', only: 'playbooks', group: 'How to run it' },
  flushCache: { names: ['--flush-cache'], help: 'forget the cached facts of all hosts first', group: 'How to run it' },
  verbose: { names: ['-v', '--verbose'], help: 'say more; -vv, -vvv still more', group: 'How to run it' },
  taskTimeout: { names: ['--task-timeout'], value: 'SECONDS', help: 'the task fails after this time', only: 'adhoc', group: 'How to run it' },
  background: { names: ['-B', '--background'], value: 'SECONDS', help: 'run in the background, at most this long', only: 'adhoc', group: 'How to run it' },
  poll: { names: ['-P', '--poll'], value: 'SECONDS', help: 'look after it this often (default 15); 0: leave it', only: 'adhoc', group: 'How to run it' },
  oneLine: { names: ['-o', '--one-line'], help: 'one line a host', only: 'adhoc', group: 'How to run it' },
  tree: { names: ['-t', '--tree'], value: 'FOLDER', help: 'also write the result of each host into a file there', only: 'adhoc', group: 'How to run it' },
  playbookDir: { names: ['--playbook-dir'], value: 'FOLDER', help: 'look for roles, group_vars and files as a playbook there would', only: 'adhoc', group: 'How to run it' },
  output: { names: ['--output'], value: 'FORM', help: 'human (default), json (one event a line)', group: 'How to run it' },
  user: { names: ['-u', '--user'], value: 'NAME', help: 'log in as this user', group: 'Connecting' },
  connection: { names: ['-c', '--connection'], value: 'KIND', help: 'ssh (default), openssh, docker, podman, local', group: 'Connecting' },
  privateKey: { names: ['--private-key', '--key-file'], value: 'FILE', help: 'log in with this key', group: 'Connecting' },
  timeout: { names: ['-T', '--timeout'], value: 'SECONDS', help: 'give up connecting after this time', group: 'Connecting' },
  sshCommonArgs: { names: ['--ssh-common-args'], value: 'ARGS', help: 'options as ssh has them (-o ProxyJump=…)', group: 'Connecting' },
  sshExtraArgs: { names: ['--ssh-extra-args'], value: 'ARGS', help: 'the same', group: 'Connecting' },
  sftpExtraArgs: { names: ['--sftp-extra-args'], value: 'ARGS', help: 'no effect: files travel through ssh itself', group: 'Connecting' },
  scpExtraArgs: { names: ['--scp-extra-args'], value: 'ARGS', help: 'the same', group: 'Connecting' },
  askPass: { names: ['-k', '--ask-pass'], help: 'ask for the connection password', group: 'Connecting' },
  connectionPasswordFile: { names: ['--connection-password-file', '--conn-pass-file'], value: 'FILE', help: 'read it from this file', group: 'Connecting' },
  become: { names: ['-b', '--become'], help: 'become another user', group: 'Becoming another user' },
  becomeMethod: { names: ['--become-method'], value: 'HOW', help: 'sudo (default), su, doas', group: 'Becoming another user' },
  becomeUser: { names: ['--become-user'], value: 'NAME', help: 'this user (default root)', group: 'Becoming another user' },
  askBecome: { names: ['-K', '--ask-become-pass'], help: 'ask for the become password', group: 'Becoming another user' },
  becomePasswordFile: { names: ['--become-password-file', '--become-pass-file'], value: 'FILE', help: 'read it from this file', group: 'Becoming another user' },
  listHosts: { names: ['--list-hosts'], help: 'show the hosts that would be touched', group: 'Looking without running' },
  listTasks: { names: ['--list-tasks'], help: 'show the tasks that would run', only: 'playbooks', group: 'Looking without running' },
  listTags: { names: ['--list-tags'], help: 'show the tags there are', only: 'playbooks', group: 'Looking without running' },
  syntaxCheck: { names: ['--syntax-check'], help: 'load and check everything, run nothing', only: 'playbooks', group: 'Looking without running' },
  vaultId: { names: ['--vault-id'], value: 'ID@FILE', help: 'vault password: file, script, or ID@prompt; may be given again', group: 'Vault' },
  vaultFile: { names: ['--vault-password-file', '--vault-pass-file'], value: 'FILE', help: 'vault password file or script', group: 'Vault' },
  askVault: { names: ['-J', '--ask-vault-pass', '--ask-vault-password'], help: 'ask for the vault password', group: 'Vault' },
  modulePath: { names: ['-M', '--module-path'], value: 'FOLDERS', help: 'look for modules of your own there too', group: 'How to run it' },
  version: { names: ['--version'], help: 'show the version', group: 'Other' },
  help: { names: ['-h', '--help'], help: 'show this', group: 'Other' },
} satisfies Record<string, Flag>
export type FlagName = keyof typeof flags

export type Table = readonly (readonly [FlagName, Flag])[]
export const tableOf = (kind: Kind): Table => (Object.entries(flags) as [FlagName, Flag][]).filter(([, flag]) => (flag.only ?? kind) === kind)

/**
 * Every keyword of Ansible's keyword reference, once: where it may stand, its type, default, how inner places inherit it and when
 * it is templated. Loader, schema and docs read this table; what a keyword does is in execute/.
 */
import type { Json } from '../core/types.ts'

export type Place = 'play' | 'role' | 'block' | 'task' | 'handler'
export type KeywordType =
  | 'bool' | 'int' | 'float' | 'str' | 'percent' | 'strings' | 'dict' | 'dicts' | 'list' | 'conditions' | 'tags' | 'nodes' | 'roles' | 'serial' | 'prompts' | 'any'

export interface Keyword {
  readonly on: readonly Place[]
  readonly type: KeywordType
  /** Value where it is written nowhere; none: decided by the command line or the task. */
  readonly default?: Json
  /** `nearest`: the innermost wins; `append`: outer entries first; `union`: all of them; `no`: stays where it is written. */
  readonly inherit: 'no' | 'nearest' | 'append' | 'union'
  /** `never`: must be literal; `load`: with play and extra variables; `play`: once a play; `host`: for each host and loop item. */
  readonly templated: 'never' | 'load' | 'play' | 'host'
  readonly choices?: readonly string[]
  readonly doc: string
  /** Accepted, has no effect, and why; said once a run. */
  readonly ignored?: string
}

const everywhere: readonly Place[] = ['play', 'role', 'block', 'task', 'handler']
const insidePlay: readonly Place[] = ['role', 'block', 'task', 'handler']
const tasks: readonly Place[] = ['task', 'handler']

type Row = Omit<Keyword, 'on' | 'type' | 'doc' | 'inherit' | 'templated'> & Partial<Pick<Keyword, 'inherit' | 'templated'>>
const row = (on: readonly Place[], type: KeywordType, doc: string, more: Row = {}): Keyword => ({ on, type, doc, inherit: 'no', templated: 'host', ...more })
const inherited = (type: KeywordType, doc: string, more: Row = {}): Keyword => row(everywhere, type, doc, { inherit: 'nearest', ...more })
const ofPlay = (type: KeywordType, doc: string, more: Row = {}): Keyword => row(['play'], type, doc, { templated: 'play', ...more })
const ofTask = (type: KeywordType, doc: string, more: Row = {}): Keyword => row(tasks, type, doc, more)

export const keywords: Readonly<Record<string, Keyword>> = {
  name: row(everywhere, 'str', 'What this is, in words. Handlers are notified by it.'),
  hosts: ofPlay('strings', 'Hosts, groups or patterns that the play is for.'),
  user: ofPlay('str', 'Old name of remote_user in plays.'),

  become: inherited('bool', 'Act as another account.'),
  become_user: inherited('str', 'The account to become.'),
  become_method: inherited('str', 'How to become it: sudo, su or doas.'),
  become_exe: inherited('str', 'Path of the program that changes the account.'),
  become_flags: inherited('str', 'Options for the program that changes the account.'),
  connection: inherited('str', 'How to reach the host: ssh, docker, podman or local.'),
  remote_user: inherited('str', 'Account to log in with.'),
  port: inherited('int', 'Port to connect to.'),
  environment: row(everywhere, 'dicts', 'Environment variables for what runs on the host.', { inherit: 'append' }),
  module_defaults: row(everywhere, 'dicts', 'Default arguments, by module.', { inherit: 'append' }),
  no_log: inherited('bool', 'Hide arguments and results.', { default: false }),
  run_once: inherited('bool', 'Run on the first host only; the result counts for all.', { default: false }),
  ignore_errors: inherited('bool', 'Go on after a failure.', { default: false }),
  ignore_unreachable: inherited('bool', 'Go on when a host cannot be reached.', { default: false }),
  any_errors_fatal: inherited('bool', 'A failure on one host ends the play on all.', { default: false }),
  check_mode: inherited('bool', 'Always (true) or never (false) as a dry run.'),
  diff: inherited('bool', 'Show differences, or do not.'),
  throttle: inherited('int', 'At most so many hosts at once.', { default: 0 }),
  timeout: inherited('int', 'Seconds after which the task is stopped.', { default: 0 }),
  debugger: inherited('str', 'When to stop in the task debugger.', { choices: ['always', 'never', 'on_failed', 'on_unreachable', 'on_skipped'] }),
  vars: row(everywhere, 'dict', 'Variables for what is inside.', { templated: 'host' }),
  tags: row(everywhere, 'tags', 'Words to select or skip this by.', { inherit: 'union', templated: 'load' }),
  when: row(insidePlay, 'conditions', 'Conditions that must all hold.', { inherit: 'append' }),
  delegate_to: row(insidePlay, 'str', 'Host to act on instead.', { inherit: 'nearest' }),
  delegate_facts: row(insidePlay, 'bool', 'Facts belong to the host delegated to.', { inherit: 'nearest', default: false }),
  notify: row(['block', 'task', 'handler'], 'strings', 'Handlers to run if this changes something.', { inherit: 'nearest' }),
  collections: inherited('strings', 'Collections in which short names of roles are looked for first. Modules are built in and found by their short or full name.', { templated: 'never' }),

  gather_facts: ofPlay('bool', 'Read facts before the first task.', { default: true }),
  gather_subset: ofPlay('strings', 'Which facts to read.'),
  gather_timeout: ofPlay('int', 'Seconds to wait for facts.'),
  fact_path: ofPlay('str', 'Folder of local facts.'),
  vars_files: ofPlay('list', 'Files of variables; of a list inside the list, the first that exists.', { default: [] }),
  vars_prompt: ofPlay('prompts', 'Variables to ask for.', { templated: 'play' }),
  validate_argspec: ofPlay('any', 'Check the variables of the play against an argument specification.'),
  roles: ofPlay('roles', 'Roles to run after pre_tasks.', { templated: 'load' }),
  handlers: ofPlay('nodes', 'Tasks that run when notified.', { templated: 'never' }),
  pre_tasks: ofPlay('nodes', 'Tasks before the roles.', { templated: 'never' }),
  tasks: ofPlay('nodes', 'Tasks after the roles.', { templated: 'never' }),
  post_tasks: ofPlay('nodes', 'Tasks after everything else.', { templated: 'never' }),
  force_handlers: ofPlay('bool', 'Run notified handlers on failed hosts too.', { default: false }),
  max_fail_percentage: ofPlay('percent', 'Share of hosts that may fail before the play ends.'),
  serial: ofPlay('serial', 'How many hosts at a time.', { default: [] }),
  strategy: ofPlay('str', 'In which order hosts go through the tasks.', {
    default: 'linear', choices: ['linear', 'free', 'host_pinned', 'debug', 'ansible.builtin.linear', 'ansible.builtin.free', 'ansible.builtin.host_pinned', 'ansible.builtin.debug'],
  }),
  order: ofPlay('str', 'Order of the hosts.', { default: 'inventory', choices: ['inventory', 'sorted', 'reverse_sorted', 'reverse_inventory', 'shuffle'] }),

  role: row(['role'], 'str', 'The role.', { templated: 'load' }),
  block: row(['block'], 'nodes', 'Tasks that belong together.', { templated: 'never' }),
  rescue: row(['block'], 'nodes', 'Tasks that run when one of the block fails.', { templated: 'never' }),
  always: row(['block'], 'nodes', 'Tasks that run whatever happened.', { templated: 'never' }),

  action: ofTask('any', 'Module and arguments in one.', { templated: 'never' }),
  local_action: ofTask('any', 'The same on the controller.', { templated: 'never' }),
  args: ofTask('dict', 'Arguments of the module, apart from it.'),
  async: ofTask('int', 'Run in the background, for so many seconds at most.', { default: 0 }),
  poll: ofTask('int', 'Seconds between looks at a background task.', { default: 15 }),
  changed_when: ofTask('conditions', 'What counts as changed.'),
  failed_when: ofTask('conditions', 'What counts as failed.'),
  until: ofTask('conditions', 'Repeat until this holds.'),
  retries: ofTask('int', 'How often to repeat.', { default: 3 }),
  delay: ofTask('float', 'Seconds between repeats.', { default: 5 }),
  loop: ofTask('any', 'Run once for each of these.'),
  loop_control: ofTask('dict', 'How the loop is run and shown.'),
  register: ofTask('any', 'Variable that gets the result.', { templated: 'never' }),
  listen: row(['handler'], 'strings', 'Other names to be notified by.', { templated: 'never' }),
}

/** Keywords of the past and what took their place, for error messages. */
export const formerKeywords: Readonly<Record<string, string>> = {
  sudo: 'become: true', sudo_user: 'become_user:', su: 'become: true with become_method: su', su_user: 'become_user:',
  always_run: 'check_mode: false', accelerate: 'nothing: connections stay open anyway', static: 'import_tasks or include_tasks',
  include_vars_files: 'vars_files:', first_available_file: 'with_first_found:', only_if: 'when:', when_string: 'when:', when_integer: 'when:',
}

export const loopControls: Readonly<Record<string, 'str' | 'bool' | 'float' | 'conditions'>> = {
  loop_var: 'str', index_var: 'str', label: 'str', pause: 'float', extended: 'bool', extended_allitems: 'bool', break_when: 'conditions',
}
export const promptKeys: readonly string[] = ['name', 'prompt', 'default', 'private', 'confirm', 'encrypt', 'salt_size', 'salt', 'unsafe']

/** What an include_tasks or include_role may carry; all else belongs under `apply`. Ansible: task_include.py. */
export const includeKeywords: ReadonlySet<string> = new Set([
  'action', 'args', 'collections', 'debugger', 'ignore_errors', 'loop', 'loop_control', 'loop_with', 'name', 'no_log', 'register', 'run_once',
  'tags', 'timeout', 'vars', 'when', 'listen',
])

export function namesOn(place: Place): string[] {
  return Object.entries(keywords).filter(([, keyword]) => keyword.on.includes(place)).map(([name]) => name)
}

/** What the command line and the settings say, as the options of one run and of its reporters. */
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { isOn, collectionsPath, modulePath, rolesPath, type Settings } from './config.ts'
import { fault } from './core/errors.ts'
import { nearest } from './core/near.ts'
import type { InventoryRules, Options, ValueRules } from './core/options.ts'
import type { FlagName } from './flags.ts'
import type { ReportOptions } from './report/choose.ts'
import { managedText } from './settings/managed.ts'

export type Values = ReadonlyMap<FlagName, readonly string[]>
export type PlayOptions = Options & ReportOptions

const usage = (message: string): Error => fault('usage', undefined, { message })
const commas = (values: readonly string[] | undefined): string[] => (values ?? []).flatMap((value) => value.split(/[,\n]/)).map((tag) => tag.trim()).filter((tag) => tag !== '')
const listed = (text: string | undefined): string[] | undefined => text === undefined || text === '' ? undefined : [text]

export function wholeNumber(text: string | undefined, name: string, least: number): number | undefined {
  if (text === undefined || text.trim() === '') return undefined
  if (!/^\d+$/.test(text.trim()) || Number(text) < least) throw usage(`${name} needs a whole number from ${least} on, found '${text}'`)
  return Number(text)
}
function passwordIn(path: string | undefined): string | undefined {
  if (path === undefined || path === '') return undefined
  try { return readFileSync(path === '-' ? 0 : path, 'utf8').replace(/\r?\n$/, '') } catch (error) {
    throw fault('password-file', undefined, { path, why: error instanceof Error ? error.message : String(error) })
  }
}
/** Object with this key where there is a value. */
const maybe = <K extends string, V>(key: K, value: V | undefined): { readonly [P in K]?: V } => (value === undefined ? {} : { [key]: value }) as { readonly [P in K]?: V }
function choice<T extends string>(name: string, text: string | undefined, choices: readonly T[]): T | undefined {
  if (text === undefined || text === '') return undefined
  const found = choices.find((one) => one === text)
  if (found !== undefined) return found
  throw fault('usage', undefined, { message: `${name} can be ${choices.join(', ')}, not '${text}'`, near: nearest(text, choices) })
}

/** `warn`: for what is accepted and has no effect. */
export function toOptions(values: Values, playbooks: readonly string[], settings: Settings, warn: (message: string) => void): PlayOptions {
  const last = (name: FlagName): string | undefined => values.get(name)?.at(-1)
  const set = (name: string): string | undefined => settings[name] === '' ? undefined : settings[name]
  for (const [name, option] of [['sftpExtraArgs', '--sftp-extra-args'], ['scpExtraArgs', '--scp-extra-args']] as const) {
    if (values.has(name)) warn(`${option} has no effect: files travel through the ssh connection itself`)
  }
  const timeout = wholeNumber(last('timeout') ?? set('ANSIBLE_TIMEOUT'), '--timeout', 0)
  const checking = set('ANSIBLE_HOST_KEY_CHECKING'), limit = last('limit')
  return {
    playbooks, inventory: values.get('inventory') ?? (listed(settings['ANSIBLE_INVENTORY'])?.flatMap((one) => one.split(',')) ?? []),
    tags: commas(values.get('tags') ?? listed(settings['ANSIBLE_RUN_TAGS'])), skipTags: commas(values.get('skipTags') ?? listed(settings['ANSIBLE_SKIP_TAGS'])),
    check: values.has('check') || values.has('dryRun'), diff: values.has('diff') || values.has('dryRun') || isOn(settings['ANSIBLE_DIFF_ALWAYS']),
    forks: wholeNumber(last('forks') ?? set('ANSIBLE_FORKS'), '--forks', 1) ?? 50, extraVars: values.get('extraVars') ?? [],
    become: values.has('become') || isOn(settings['ANSIBLE_BECOME']), injectInvocation: isOn(settings['ANSIBLE_INJECT_INVOCATION']), forceHandlers: values.has('forceHandlers') || isOn(settings['ANSIBLE_FORCE_HANDLERS']),
    vaultIds: values.get('vaultId') ?? [], settings,
    vaultPasswordFiles: values.get('vaultFile') ?? [],
    askVault: values.has('askVault') || isOn(settings['ANSIBLE_ASK_VAULT_PASS']),
    rolesPath: rolesPath(settings, process.cwd()), collectionsPath: collectionsPath(settings, process.cwd()),
    modulePath: [...modulePath({ ...settings, ANSIBLE_LIBRARY: last('modulePath') ?? '' }, process.cwd()), ...modulePath(settings, process.cwd())],
    ...(limit === '' ? {} : maybe('limit', limit)), ...maybe('role', last('role')), ...maybe('startAtTask', last('startAt')),
    ...maybe('user', last('user') ?? set('ANSIBLE_REMOTE_USER')), ...maybe('connection', last('connection') ?? set('ANSIBLE_TRANSPORT')),
    ...maybe('port', wholeNumber(set('ANSIBLE_REMOTE_PORT'), 'ANSIBLE_REMOTE_PORT', 1)), ...maybe('shell', set('ANSIBLE_EXECUTABLE')),
    ...maybe('privateKeyFile', last('privateKey') ?? set('ANSIBLE_PRIVATE_KEY_FILE')), ...(timeout === undefined || timeout === 0 ? {} : { timeoutSeconds: timeout }),
    ...maybe('sshArgs', set('ANSIBLE_SSH_ARGS')), ...maybe('sshCommonArgs', last('sshCommonArgs') ?? set('ANSIBLE_SSH_COMMON_ARGS')), ...maybe('sshExtraArgs', last('sshExtraArgs') ?? set('ANSIBLE_SSH_EXTRA_ARGS')), ...maybe('hostKeyChecking', checking === undefined ? undefined : isOn(checking)),
    ...becoming(last, set), ...maybe('connectionPassword', passwordIn(last('connectionPasswordFile') ?? (values.has('askPass') ? undefined : set('ANSIBLE_CONNECTION_PASSWORD_FILE')))),
    ...(values.has('step') ? { step: true } : {}), ...(values.has('flushCache') ? { flushCache: true } : {}), ...running(set), ...display(values, set),
  }
}

type Get = (name: string) => string | undefined
const becoming = (last: (name: FlagName) => string | undefined, set: Get): Partial<Options> => ({
  ...maybe('becomeMethod', last('becomeMethod') ?? set('ANSIBLE_BECOME_METHOD')), ...maybe('becomeUser', last('becomeUser') ?? set('ANSIBLE_BECOME_USER')),
  ...maybe('becomeExe', set('ANSIBLE_BECOME_EXE')), ...maybe('becomeFlags', set('ANSIBLE_BECOME_FLAGS')),
  ...maybe('becomePassword', passwordIn(last('becomePasswordFile') ?? set('ANSIBLE_BECOME_PASSWORD_FILE'))),
})

/** How tasks run: defaults of keywords, facts and their cache, the debugger, what happens at the end. */
function running(set: Get): Partial<Options> {
  const on = (name: string): boolean | undefined => { const text = set(name); return text === undefined ? undefined : isOn(text) }
  const keywordDefaults = {
    ...(on('ANSIBLE_ANY_ERRORS_FATAL') === true ? { any_errors_fatal: true } : {}), ...(on('ANSIBLE_NO_LOG') === true ? { no_log: true } : {}),
    ...maybe('timeout', wholeNumber(set('ANSIBLE_TASK_TIMEOUT'), 'ANSIBLE_TASK_TIMEOUT', 0)), ...maybe('poll', wholeNumber(set('ANSIBLE_POLL_INTERVAL'), 'ANSIBLE_POLL_INTERVAL', 0)),
  }
  return {
    ...maybe('gathering', choice('ANSIBLE_GATHERING', set('ANSIBLE_GATHERING')?.toLowerCase(), ['implicit', 'explicit', 'smart'])), ...maybe('strategy', set('ANSIBLE_STRATEGY')),
    ...maybe('errorOnMissingHandler', on('ANSIBLE_ERROR_ON_MISSING_HANDLER')), keywordDefaults,
    ...maybe('publicRoles', on('ANSIBLE_PRIVATE_ROLE_VARS') === undefined ? undefined : on('ANSIBLE_PRIVATE_ROLE_VARS') === false), ...maybe('managed', set('ansible_managed') === undefined ? undefined : managedText(set('ansible_managed') ?? '')),
    inventoryRules: { ...inventoryRules(set), mistakesFail: on('ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED') !== false }, values: valueRules(set),
    ...(on('ANSIBLE_ENABLE_TASK_DEBUGGER') === true || on('ANSIBLE_TASK_DEBUGGER_IGNORE_ERRORS') === false
      ? { debugger: { ...(on('ANSIBLE_ENABLE_TASK_DEBUGGER') === true ? { always: true as const } : {}), ...(on('ANSIBLE_TASK_DEBUGGER_IGNORE_ERRORS') === false ? { minds: true as const } : {}) } } : {}),
    ...maybe('factCache', factCacheOf(set)),
    ...(on('ANSIBLE_INJECT_FACT_VARS') === false ? { injectFacts: false } : {}),
    ...(on('ANSIBLE_RETRY_FILES_ENABLED') === true ? { retryFiles: maybe('folder', set('ANSIBLE_RETRY_FILES_SAVE_PATH')) } : {}),
  }
}

/** How values that stand twice are taken. */
function valueRules(set: Get): ValueRules {
  const hashes = choice('hash_behaviour', set('ANSIBLE_HASH_BEHAVIOUR'), ['replace', 'merge'])
  const keys = choice('duplicate_dict_key', set('ANSIBLE_DUPLICATE_YAML_DICT_KEY')?.toLowerCase(), ['warn', 'error', 'ignore'] as const)
  return { ...(hashes === 'merge' ? { mergesHashes: true } : {}), ...(keys === undefined || keys === 'warn' ? {} : { repeatedKeys: keys }) }
}

/** How inventories are read. */
export function inventoryRules(set: Get): InventoryRules {
  const on = (name: string): boolean | undefined => { const text = set(name); return text === undefined ? undefined : isOn(text) }
  return {
    unparsed: on('ANSIBLE_INVENTORY_UNPARSED_FAILED') === true ? 'fail' : on('ANSIBLE_INVENTORY_UNPARSED_WARNING') === false ? 'ignore' : 'warn',
    values: valueRules(set),
    anyUnparsedFails: on('ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED') === true,
    ...maybe('ignoreExtensions', set('ANSIBLE_INVENTORY_IGNORE') === undefined ? undefined : commas([set('ANSIBLE_INVENTORY_IGNORE') ?? ''])),
    ignorePatterns: commas(listed(set('ANSIBLE_INVENTORY_IGNORE_REGEX'))),
    ...maybe('enabled', set('ANSIBLE_INVENTORY_ENABLED') === undefined ? undefined : commas(listed(set('ANSIBLE_INVENTORY_ENABLED')))),
    ...maybe('patternMismatch', choice('ANSIBLE_HOST_PATTERN_MISMATCH', set('ANSIBLE_HOST_PATTERN_MISMATCH'), ['error', 'warning', 'ignore'] as const)),
    ...maybe('groupNames', choice('ANSIBLE_TRANSFORM_INVALID_GROUP_CHARS', set('ANSIBLE_TRANSFORM_INVALID_GROUP_CHARS')?.toLowerCase(), ['always', 'silently', 'never', 'ignore'] as const)),
  }
}

const verbosityOf = (values: Values, set: Get): number => (wholeNumber(set('ANSIBLE_VERBOSITY'), 'ANSIBLE_VERBOSITY', 0) ?? 0) + (values.get('verbose')?.length ?? 0)
/** Known elsewhere under other names. */
const callbacks: Readonly<Record<string, 'default' | 'yaml' | 'minimal' | 'oneline'>> = {
  'default': 'default', 'ansible.builtin.default': 'default', 'yaml': 'yaml', 'community.general.yaml': 'yaml',
  'minimal': 'minimal', 'ansible.builtin.minimal': 'minimal', 'oneline': 'oneline', 'ansible.builtin.oneline': 'oneline',
}

function factCacheOf(set: Get): Options['factCache'] {
  const kind = (set('ANSIBLE_CACHE_PLUGIN') ?? 'memory').replace(/^ansible\.builtin\./, '')
  if (kind === 'memory') return undefined
  if (kind !== 'jsonfile') throw usage(`fact_caching can be memory or jsonfile, not '${kind}'`)
  const folder = set('ANSIBLE_CACHE_PLUGIN_CONNECTION')
  if (folder === undefined) throw usage('fact_caching = jsonfile needs fact_caching_connection: the folder for its files')
  return { folder: resolve(folder.replace(/^~(?=\/|$)/, set('HOME') ?? '~')), prefix: set('ANSIBLE_CACHE_PLUGIN_PREFIX') ?? '', timeoutSeconds: wholeNumber(set('ANSIBLE_CACHE_PLUGIN_TIMEOUT'), 'fact_caching_timeout', 0) ?? 86400 }
}

function display(values: Values, set: Get): Omit<ReportOptions, 'adhoc'> {
  const off = (name: string): boolean => { const text = set(name); return text !== undefined && !isOn(text) }
  const on = (name: string): boolean => isOn(set(name))
  const callback = set('ANSIBLE_STDOUT_CALLBACK')
  const known = callbacks[callback ?? 'default']
  const format = choice('ANSIBLE_CALLBACK_RESULT_FORMAT', set('ANSIBLE_CALLBACK_RESULT_FORMAT'), ['json', 'yaml']) ?? (known === 'yaml' ? 'yaml' : undefined)
  const pretty = set('ANSIBLE_CALLBACK_FORMAT_PRETTY')
  return {
    output: choice('--output', values.get('output')?.at(-1), ['human', 'json']) ?? 'human', verbosity: verbosityOf(values, set),
    ...(callback !== undefined && known === undefined ? { unknownCallback: callback } : {}), ...(known === 'minimal' || known === 'oneline' ? { onlyResults: known } : {}),
    display: {
      hidesSkipped: off('ANSIBLE_DISPLAY_SKIPPED_HOSTS'), hidesOk: off('ANSIBLE_DISPLAY_OK_HOSTS'), hidesIncluded: off('ANSIBLE_DISPLAY_INCLUDED_HOSTS'),
      failuresToStderr: on('ANSIBLE_DISPLAY_FAILED_STDERR'), showsStart: on('ANSIBLE_SHOW_PER_HOST_START'), showsPath: on('ANSIBLE_SHOW_TASK_PATH_ON_FAILURE'),
      showsCustomStats: on('ANSIBLE_SHOW_CUSTOM_STATS'), marksCheck: on('ANSIBLE_CHECK_MODE_MARKERS'), showsDebug: on('ANSIBLE_DEBUG'), ...maybe('format', format),
      ...maybe('isPretty', pretty === undefined ? undefined : isOn(pretty)), ...maybe('indent', wholeNumber(set('ANSIBLE_CALLBACK_RESULT_INDENTATION'), 'ANSIBLE_CALLBACK_RESULT_INDENTATION', 1)),
      ...maybe('diffContext', wholeNumber(set('ANSIBLE_DIFF_CONTEXT'), 'ANSIBLE_DIFF_CONTEXT', 0)),
    },
    ...maybe('logPath', set('ANSIBLE_LOG_PATH')),
  }
}

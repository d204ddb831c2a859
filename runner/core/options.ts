/** What the command line and the settings ask of one run. */

/** The one task of `play adhoc`. `args`: as given, k=v or JSON. */
export interface Adhoc {
  readonly pattern: string; readonly module: string; readonly args: string; readonly oneLine: boolean
  /** Seconds. */
  readonly async?: number; readonly poll?: number; readonly timeout?: number
  readonly tree?: string
}

/** `fact_caching = jsonfile`. */
export interface FactCacheOptions { readonly folder: string; readonly prefix: string; /** 0: facts never grow too old. */ readonly timeoutSeconds: number }
/** How values that stand twice are taken. */
export interface ValueRules {
  /** `hash_behaviour = merge`: dicts of several places that give a variable are merged. */
  readonly mergesHashes?: true
  /** `duplicate_dict_key`: what a key that stands twice in YAML is; else a warning. */
  readonly repeatedKeys?: 'error' | 'ignore'
}
/** What becomes of sources of the inventory that cannot be read, and which names in folders are none. */
export interface InventoryRules {
  readonly unparsed: 'ignore' | 'warn' | 'fail'
  readonly anyUnparsedFails: boolean
  /** A mistake in a source is an error, not a warning: a run never goes on with half of its inventory unless the settings allow it. */
  readonly mistakesFail?: boolean
  /** Instead of the usual ones. */
  readonly ignoreExtensions?: readonly string[]
  readonly ignorePatterns: readonly string[]
  /** Kinds of sources that are read; undefined: those that Ansible reads by itself. */
  readonly enabled?: readonly string[]
  /** What happens to group names that are no variable names. */
  readonly groupNames?: 'always' | 'silently' | 'never' | 'ignore'
  /** What happens where a part of a host pattern means no host and no group; undefined: a warning. */
  readonly patternMismatch?: 'error' | 'warning' | 'ignore'
  readonly values?: ValueRules
}
/** Options of one run, from the command line. */
export interface Options {
  readonly playbooks: readonly string[]
  /** Instead of playbooks. */
  readonly adhoc?: Adhoc
  /** Where such a task has its roles, files and group_vars; default: here. */
  readonly playbookDir?: string
  readonly inventory: readonly string[]
  readonly limit?: string
  readonly tags: readonly string[]
  readonly skipTags: readonly string[]
  readonly check: boolean
  /** Results tell the arguments of their task. */
  readonly injectInvocation?: boolean
  readonly diff: boolean
  readonly forks: number
  readonly extraVars: readonly string[]
  readonly verbosity: number
  readonly role?: string
  readonly become: boolean
  readonly becomeMethod?: string
  readonly becomeUser?: string
  readonly becomePassword?: string
  readonly user?: string
  readonly connection?: string
  readonly timeoutSeconds?: number
  readonly privateKeyFile?: string
  readonly connectionPassword?: string
  /** Options as ssh has them; each can be set for a host by the variable of its name. */
  readonly sshArgs?: string
  readonly sshCommonArgs?: string
  readonly sshExtraArgs?: string
  readonly forceHandlers: boolean
  readonly startAtTask?: string
  readonly vaultIds: readonly string[]
  readonly vaultPasswordFiles: readonly string[]
  readonly askVault: boolean
  /** Settings of ansible.cfg and the environment, under the names of Ansible's environment variables. */
  readonly settings?: Readonly<Record<string, string | undefined>>
  /** Settings of ansible.cfg or the environment; undefined where nothing is set. */
  readonly rolesPath?: readonly string[]
  readonly collectionsPath?: readonly string[]
  /** Folders of modules of the user's own. */
  readonly modulePath?: readonly string[]
  readonly hostKeyChecking?: boolean
  readonly gathering?: string
  readonly strategy?: string
  readonly port?: number
  readonly becomeExe?: string
  readonly becomeFlags?: string
  /** The shell on the targets. */
  readonly shell?: string
  /** Of keywords, for tasks that do not say. */
  readonly keywordDefaults?: Readonly<Record<string, unknown>>
  readonly inventoryRules?: InventoryRules
  readonly values?: ValueRules
  /** Asks before each task. */
  readonly step?: boolean
  /** `always`: where a task fails, also without the keyword. `minds`: also where errors are ignored. */
  readonly debugger?: { readonly always?: true; readonly minds?: true }
  readonly factCache?: FactCacheOptions
  /** Forgets the cached facts of all hosts first. */
  readonly flushCache?: boolean
  /** False: facts are in `ansible_facts` only. */
  readonly injectFacts?: boolean
  /** Writes the hosts that failed to a file, beside the playbook or in this folder. */
  readonly retryFiles?: { readonly folder?: string }
  /** False: a handler that does not exist is a warning. */
  readonly errorOnMissingHandler?: boolean
  /** Whether roles that do not say `public` show their variables to the rest of the play; undefined: those that are imported do. */
  readonly publicRoles?: boolean
  /** The text of `ansible_managed` where no variable gives it, its fields filled. */
  readonly managed?: string
}

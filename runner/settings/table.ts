/** Ansible's settings that have an effect here: the table that reading, the options and docs/settings.md are made from. */

export interface Setting {
  /** Its name here: the variable of the environment. */
  readonly env: string
  /** Other variables with the same meaning. */
  readonly also?: readonly string[]
  /** `section.key` in ansible.cfg. */
  readonly ini: readonly string[]
  /** The value is a path beside the file, or a list of them, separated like this. */
  readonly paths?: ':' | ','
  /** The value is a whole number, at least this. */
  readonly least?: number
  readonly doc: string
  /** No variable of the environment gives it, as in Ansible. */
  readonly onlyFile?: true
}

const one = (env: string, ini: string, doc: string, more: Omit<Partial<Setting>, 'ini'> & { readonly ini?: readonly string[] } = {}): Setting =>
  ({ env, doc, ...more, ini: [ini, ...more.ini ?? []] })

export const honoured: readonly Setting[] = [
  one('ANSIBLE_INVENTORY', 'defaults.inventory', 'what `-i` names', { paths: ',' }),
  one('ANSIBLE_ROLES_PATH', 'defaults.roles_path', 'folders of roles', { paths: ':' }),
  one('ANSIBLE_COLLECTIONS_PATH', 'defaults.collections_path', 'folders of collections', { paths: ':', also: ['ANSIBLE_COLLECTIONS_PATHS'], ini: ['defaults.collections_paths'] }),
  one('ANSIBLE_LIBRARY', 'defaults.library', 'folders of modules of your own, as `--module-path`', { paths: ':' }),
  one('ANSIBLE_PYTHON_INTERPRETER', 'defaults.interpreter_python', 'Python of modules of your own whose first line says `python`'),
  one('ANSIBLE_PLAYBOOK_DIR', 'defaults.playbook_dir', 'as `--playbook-dir` of `play adhoc`', { paths: ',' }),
  one('ANSIBLE_FORKS', 'defaults.forks', 'hosts at once', { least: 1 }),
  one('ANSIBLE_STRATEGY', 'defaults.strategy', 'strategy of plays that name none'),
  one('ANSIBLE_HASH_BEHAVIOUR', 'defaults.hash_behaviour', '`merge`: dicts of several places that give one variable are merged, instead of the last one taking the place of the others'),
  one('ANSIBLE_DUPLICATE_YAML_DICT_KEY', 'defaults.duplicate_dict_key', 'a key that stands twice in YAML: `warn`, `error`, `ignore`'),
  one('ANSIBLE_FORCE_HANDLERS', 'defaults.force_handlers', 'as `--force-handlers`'),
  one('ANSIBLE_ERROR_ON_MISSING_HANDLER', 'defaults.error_on_missing_handler', 'off: a warning'),
  one('ANSIBLE_ANY_ERRORS_FATAL', 'defaults.any_errors_fatal', 'of tasks that do not say'),
  one('ANSIBLE_NO_LOG', 'defaults.no_log', 'of tasks that do not say'),
  one('ANSIBLE_TASK_TIMEOUT', 'defaults.task_timeout', '`timeout` of tasks that have none, in seconds; 0: none', { least: 0 }),
  one('ANSIBLE_POLL_INTERVAL', 'defaults.poll_interval', '`poll` of async tasks that have none', { least: 0 }),
  one('ANSIBLE_ASYNC_DIR', 'defaults.async_dir', 'folder of jobs of async tasks on the host, as the variable `ansible_async_dir`; it is removed with the last job if it was made for it'),
  one('ANSIBLE_RUN_TAGS', 'tags.run', 'as `--tags`'),
  one('ANSIBLE_SKIP_TAGS', 'tags.skip', 'as `--skip-tags`'),
  one('ANSIBLE_ENABLE_TASK_DEBUGGER', 'defaults.enable_task_debugger', 'the debugger where a task fails'),
  one('ANSIBLE_TASK_DEBUGGER_IGNORE_ERRORS', 'defaults.task_debugger_ignore_errors', 'off: not where `ignore_errors` says that it does not matter'),
  one('ANSIBLE_RETRY_FILES_ENABLED', 'defaults.retry_files_enabled', 'writes the hosts that failed to PLAYBOOK.retry'),
  one('ANSIBLE_RETRY_FILES_SAVE_PATH', 'defaults.retry_files_save_path', 'into this folder', { paths: ',' }),

  one('ANSIBLE_PRIVATE_ROLE_VARS', 'defaults.private_role_vars', 'on: variables of roles are seen by their own tasks only; off: those of included roles too are seen by the rest of the play; `public` of include_role and import_role wins'),
  one('ansible_managed', 'defaults.ansible_managed', 'text of the variable `ansible_managed` of templates: {file}, {host}, {uid} and codes of strftime', { onlyFile: true }),
  one('ANSIBLE_GATHERING', 'defaults.gathering', '`implicit`, `explicit`, `smart`'),
  one('ANSIBLE_FACTS_MODULES', 'defaults.facts_modules', 'what `gather_facts` runs, as the variable `ansible_facts_modules`: setup, modules of your own'),
  one('ANSIBLE_INJECT_INVOCATION', 'defaults.inject_invocation', 'results tell the arguments of their task'),
  one('ANSIBLE_INJECT_FACT_VARS', 'defaults.inject_facts_as_vars', 'off: facts only in `ansible_facts`'),
  one('ANSIBLE_CACHE_PLUGIN', 'defaults.fact_caching', '`memory` (none between runs), `jsonfile`'),
  one('ANSIBLE_CACHE_PLUGIN_CONNECTION', 'defaults.fact_caching_connection', 'jsonfile: the folder', { paths: ',' }),
  one('ANSIBLE_CACHE_PLUGIN_TIMEOUT', 'defaults.fact_caching_timeout', 'seconds after which cached facts are no longer used; 0: never', { least: 0 }),
  one('ANSIBLE_CACHE_PLUGIN_PREFIX', 'defaults.fact_caching_prefix', 'in front of the names of its files'),

  one('ANSIBLE_REMOTE_USER', 'defaults.remote_user', 'as `-u`'),
  one('ANSIBLE_REMOTE_PORT', 'defaults.remote_port', 'port of hosts that name none', { least: 1 }),
  one('ANSIBLE_PRIVATE_KEY_FILE', 'defaults.private_key_file', 'as `--private-key`', { paths: ',' }),
  one('ANSIBLE_TRANSPORT', 'defaults.transport', 'as `-c`'),
  one('ANSIBLE_TIMEOUT', 'defaults.timeout', 'as `-T`', { least: 0, also: ['ANSIBLE_SSH_TIMEOUT'], ini: ['ssh_connection.timeout'] }),
  one('ANSIBLE_HOST_KEY_CHECKING', 'defaults.host_key_checking', 'off: unknown and changed host keys are accepted', { also: ['ANSIBLE_SSH_HOST_KEY_CHECKING'], ini: ['ssh_connection.host_key_checking'] }),
  one('ANSIBLE_SSH_ARGS', 'ssh_connection.ssh_args', 'options as ssh has them'),
  one('ANSIBLE_SSH_COMMON_ARGS', 'ssh_connection.ssh_common_args', 'as `--ssh-common-args`'),
  one('ANSIBLE_SSH_EXTRA_ARGS', 'ssh_connection.ssh_extra_args', 'as `--ssh-extra-args`'),
  one('ANSIBLE_EXECUTABLE', 'defaults.executable', 'the shell on the targets'),
  one('ANSIBLE_ASK_PASS', 'defaults.ask_pass', 'as `-k`'),
  one('ANSIBLE_CONNECTION_PASSWORD_FILE', 'defaults.connection_password_file', 'as `--connection-password-file`', { paths: ',' }),

  one('ANSIBLE_BECOME', 'privilege_escalation.become', 'as `-b`'),
  one('ANSIBLE_BECOME_METHOD', 'privilege_escalation.become_method', 'as `--become-method`'),
  one('ANSIBLE_BECOME_USER', 'privilege_escalation.become_user', 'as `--become-user`'),
  one('ANSIBLE_BECOME_EXE', 'privilege_escalation.become_exe', 'the program'),
  one('ANSIBLE_BECOME_FLAGS', 'privilege_escalation.become_flags', 'its options'),
  one('ANSIBLE_SU_PROMPT_L10N', 'su_become_plugin.localized_prompts', 'what `su` asks for a password with, without the colon; else whatever ends with one'),
  one('ANSIBLE_BECOME_ASK_PASS', 'privilege_escalation.become_ask_pass', 'as `-K`'),
  one('ANSIBLE_BECOME_PASSWORD_FILE', 'defaults.become_password_file', 'as `--become-password-file`', { paths: ',' }),

  one('ANSIBLE_VAULT_PASSWORD_FILE', 'defaults.vault_password_file', 'as `--vault-password-file`', { paths: ',' }),
  one('ANSIBLE_VAULT_IDENTITY_LIST', 'defaults.vault_identity_list', 'as `--vault-id`'),
  one('ANSIBLE_ASK_VAULT_PASS', 'defaults.ask_vault_pass', 'as `-J`'),
  one('ANSIBLE_VAULT_IDENTITY', 'defaults.vault_identity', 'the vault id of passwords without one'),
  one('ANSIBLE_VAULT_ID_MATCH', 'defaults.vault_id_match', 'a password opens texts of its own vault id only'),
  one('ANSIBLE_VAULT_ENCRYPT_IDENTITY', 'defaults.vault_encrypt_identity', 'as `--encrypt-vault-id` of `play vault`'),
  one('ANSIBLE_VAULT_ENCRYPT_SALT', 'defaults.vault_encrypt_salt', 'the salt of `play vault`: the same text gives the same ciphertext'),
  one('ANSIBLE_EDITOR', 'defaults.editor', 'the editor of `play vault edit` and `create`'),

  one('ANSIBLE_HOST_PATTERN_MISMATCH', 'inventory.host_pattern_mismatch', 'a part of a host pattern means nothing: `warning`, `error`, `ignore`'),
  one('ANSIBLE_INVENTORY_UNPARSED_FAILED', 'inventory.unparsed_is_failed', 'no source of the inventory could be read: an error'),
  one('ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED', 'inventory.any_unparsed_is_failed', 'one of the sources could not be read: an error; off: a mistake in one is a warning too, and what stands before it counts (a run stops at it otherwise, `play inventory` does not)'),
  one('ANSIBLE_INVENTORY_UNPARSED_WARNING', 'inventory.inventory_unparsed_warning', 'off: nothing is said where no source could be read'),
  one('ANSIBLE_INVENTORY_ENABLED', 'inventory.enable_plugins', 'kinds of sources that are read: host_list, advanced_host_list, script, auto, yaml, ini, toml, constructed, generator'),
  one('ANSIBLE_TRANSFORM_INVALID_GROUP_CHARS', 'defaults.force_valid_group_names', 'group names that are no variable names: always, silently (they get _), never (a warning), ignore'),
  one('ANSIBLE_INVENTORY_IGNORE', 'defaults.inventory_ignore_extensions', 'names of these endings in a folder are no sources', { ini: ['inventory.ignore_extensions'] }),
  one('ANSIBLE_INVENTORY_IGNORE_REGEX', 'defaults.inventory_ignore_patterns', 'nor names that these regular expressions match', { ini: ['inventory.ignore_patterns'] }),

  one('ANSIBLE_VERBOSITY', 'defaults.verbosity', 'as many `-v`'),
  one('ANSIBLE_STDOUT_CALLBACK', 'defaults.stdout_callback', '`default`, `yaml`, `minimal`, `oneline`; for others the default is used, with a warning'),
  one('ANSIBLE_LOAD_CALLBACK_PLUGINS', 'defaults.bin_ansible_callbacks', 'on: stdout_callback is for `play adhoc` too'),
  one('ANSIBLE_CALLBACK_RESULT_FORMAT', 'defaults.callback_result_format', '`json`, `yaml`'),
  one('ANSIBLE_CALLBACK_FORMAT_PRETTY', 'defaults.callback_format_pretty', 'results on lines of their own'),
  one('ANSIBLE_CALLBACK_RESULT_INDENTATION', 'defaults.callback_result_indentation', 'and their indentation'),
  one('ANSIBLE_DISPLAY_SKIPPED_HOSTS', 'defaults.display_skipped_hosts', 'off: without lines of what was skipped'),
  one('ANSIBLE_DISPLAY_OK_HOSTS', 'defaults.display_ok_hosts', 'off: without lines of what was ok'),
  one('ANSIBLE_DISPLAY_INCLUDED_HOSTS', 'defaults.display_included_hosts', 'off: without lines of what was included'),
  one('ANSIBLE_DISPLAY_FAILED_STDERR', 'defaults.display_failed_stderr', 'failures go to the error output'),
  one('ANSIBLE_SHOW_PER_HOST_START', 'defaults.show_per_host_start', 'a line where a task starts on a host'),
  one('ANSIBLE_SHOW_TASK_PATH_ON_FAILURE', 'defaults.show_task_path_on_failure', 'the place of a task that failed on a line of its own'),
  one('ANSIBLE_SHOW_CUSTOM_STATS', 'defaults.show_custom_stats', 'what set_stats set, at the end'),
  one('ANSIBLE_CHECK_MODE_MARKERS', 'defaults.check_mode_markers', 'banners of a dry run say so'),
  one('ANSIBLE_DIFF_ALWAYS', 'diff.always', 'as `--diff`'),
  one('ANSIBLE_DIFF_CONTEXT', 'diff.context', 'lines around each difference'),
  one('ANSIBLE_NOCOLOR', 'defaults.nocolor', 'no colours'),
  one('ANSIBLE_FORCE_COLOR', 'defaults.force_color', 'colours always'),
  one('ANSIBLE_DEBUG', 'defaults.debug', 'of what Ansible says with it: where handlers run at the end of a section'),
  one('ANSIBLE_LOG_PATH', 'defaults.log_path', 'the lines also go to this file, with times', { paths: ',' }),
]

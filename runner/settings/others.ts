/** Ansible's settings without an effect here: those that mean nothing without Python and its plugins, and those that would change what a playbook does. */

/** Sections all of whose keys are about something that play has not. */
export const passedSections: readonly string[] = ['galaxy', 'colors', 'persistent_connection', 'netconf_connection', 'paramiko_connection', 'powershell', 'winrm', 'runas_become_plugin',
  'accelerate', 'testing', 'callback_tree', 'inventory_plugin_script']

const words = (text: string): readonly string[] => text.trim().split(/\s+/)
/** Keys that nobody misses: Python's interpreters, temporary files, caches, warnings of Ansible itself, its other commands. */
export const passed: ReadonlySet<string> = new Set([
  ...words(`pipelining local_tmp remote_tmp module_compression keep_remote_files module_name module_args module_ignore_exts module_strict_utf8_response home
    allow_broken_conditionals allow_embedded_templates internal_poll_interval jinja2_native nocows cowpath cow_selection cowsay_enabled_stencils pager docsite_root_url
    action_warnings localhost_warning deprecation_warnings devel_warning system_warnings command_warnings collections_scan_sys_path
    collections_on_ansible_version_mismatch display_traceback log_verbosity log_filter no_target_syslog syslog_facility target_log_info old_plugin_cache_clear plugin_filters_cfg
    python_module_rlimit_nofile run_vars_plugins validate_action_group_metadata win_async_startup_timeout worker_session_isolation use_persistent_connections network_group_modules
    callback_result_yaml_line_width system_tmpdirs admin_users allow_world_readable_tmpfiles common_remote_group ansible_managed_timestamp squash_actions
    sudo_user ask_sudo_pass display_version nocolor_stdout max_diff_size
    gather_facts_parallel inventory_cache allow_unsafe_lookups`).map((key) => `defaults.${key}`),
  ...words('pipelining ssh_agent ssh_agent_executable ssh_agent_key_lifetime').map((key) => `connection.${key}`),
  ...words(`pipelining control_path control_path_dir sftp_batch_mode transfer_method scp_if_ssh usetty sftp_executable scp_executable sftp_extra_args scp_extra_args password_mechanism
    sshpass_prompt verbosity`).map((key) => `ssh_connection.${key}`),
  ...words('libvirt_lxc_noseclabel special_context_filesystems').map((key) => `selinux.${key}`),
  ...words('agnostic_become_prompt become_allow_same_user').map((key) => `privilege_escalation.${key}`),
  ...words('cache cache_plugin cache_connection cache_timeout cache_prefix export use_extra_vars').map((key) => `inventory.${key}`),
  'jinja2.dont_type_filters', 'inventory_plugins.use_extra_vars',
])

/** A setting that changes what a playbook does or shows, and that play does not know. */
export interface Missing {
  readonly ini: string
  readonly env?: string
  /** Values that ask for nothing special, in lower case; a list in any order. */
  readonly usual?: readonly string[]
  readonly why: string
}
const python = 'plugins and modules written in Python are not loaded'
const folders = (names: string): readonly Missing[] => words(names).map((name) => ({ ini: `defaults.${name}`, env: `ANSIBLE_${name.toUpperCase()}`, usual: ['', '/dev/null'], why: python }))
const off = ['false', 'no', 'off', '0', 'n', 'f', ''], on = ['true', 'yes', 'on', '1', 'y', 't', '']

export const missing: readonly Missing[] = [
  ...folders(`module_utils action_plugins become_plugins cache_plugins callback_plugins cliconf_plugins connection_plugins doc_fragment_plugins filter_plugins httpapi_plugins
    inventory_plugins lookup_plugins netconf_plugins strategy_plugins terminal_plugins test_plugins vars_plugins`),
  { ini: 'defaults.callbacks_enabled', env: 'ANSIBLE_CALLBACKS_ENABLED', usual: ['', 'junit', 'ansible.builtin.junit'], why: 'callback plugins are not there; JUNIT_OUTPUT_DIR gives JUnit files, --output json all events' },
  { ini: 'defaults.callback_whitelist', env: 'ANSIBLE_CALLBACK_WHITELIST', usual: ['', 'junit'], why: 'callback plugins are not there; JUNIT_OUTPUT_DIR gives JUnit files, --output json all events' },
  { ini: 'defaults.jinja2_extensions', env: 'ANSIBLE_JINJA2_EXTENSIONS', usual: ['', 'jinja2.ext.do', 'jinja2.ext.loopcontrols'], why: 'extensions of Jinja are not loaded; do, break and continue are always there' },
  { ini: 'defaults.error_on_undefined_vars', env: 'ANSIBLE_ERROR_ON_UNDEFINED_VARS', usual: on, why: 'an undefined variable is always an error: give it a fallback with the filter default' },
  { ini: 'defaults.null_representation', env: 'ANSIBLE_NULL_REPRESENTATION', why: 'a template that gives nothing gives null' },
  { ini: 'defaults.invalid_task_attribute_failed', env: 'ANSIBLE_INVALID_TASK_ATTRIBUTE_FAILED', usual: on, why: 'an unknown keyword is always an error' },
  { ini: 'defaults.display_args_to_stdout', env: 'ANSIBLE_DISPLAY_ARGS_TO_STDOUT', usual: off, why: 'banners do not show arguments; -vv shows where the task stands' },
  { ini: 'defaults.verbose_to_stderr', env: 'ANSIBLE_VERBOSE_TO_STDERR', usual: off, why: 'there is no such output to send elsewhere' },
  { ini: 'defaults.playbook_vars_root', env: 'ANSIBLE_PLAYBOOK_VARS_ROOT', usual: ['top', ''], why: 'group_vars and host_vars are looked for beside the first playbook only' },
  { ini: 'defaults.precedence', env: 'ANSIBLE_PRECEDENCE', why: 'the order of precedence cannot be changed' },
  { ini: 'defaults.vars_plugins_enabled', env: 'ANSIBLE_VARS_ENABLED', usual: ['host_group_vars', 'ansible.builtin.host_group_vars', ''], why: 'variables come from group_vars and host_vars only' },
  { ini: 'defaults.yaml_valid_extensions', env: 'ANSIBLE_YAML_FILENAME_EXT', usual: ['.yml', '.yaml', '.json', ''], why: 'variable files end in .yml, .yaml, .json or nothing' },
  { ini: 'ssh_connection.retries', env: 'ANSIBLE_SSH_RETRIES', usual: ['0', ''], why: 'a connection is tried once' },
  { ini: 'connection.retries', usual: ['0', ''], why: 'a connection is tried once' },
  { ini: 'ssh_connection.ssh_executable', env: 'ANSIBLE_SSH_EXECUTABLE', usual: ['ssh', '/usr/bin/ssh', ''], why: '-c openssh runs the ssh that is in PATH' },
  { ini: 'ssh_connection.pkcs11_provider', env: 'ANSIBLE_PKCS11_PROVIDER', usual: [''], why: 'keys on smart cards are for ssh-agent to hold' },
  ...['sudo', 'su'].flatMap((name) => ['user', 'executable', 'flags', 'password', 'chdir'].map((key) => ({
    ini: `${name}_become_plugin.${key}`, why: `set ${key === 'executable' ? 'become_exe' : key === 'password' ? 'become_password_file' : `become_${key}`} or the variable ansible_${name}_…`,
  }))),
]

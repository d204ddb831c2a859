import { mkdtempSync, rmSync, writeFileSync, chmodSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { Fault } from '../runner/core/errors.ts'
import { exitCodeOf } from '../runner/core/exit.ts'
import { readSettings, rolesPath, type Settings } from '../runner/config.ts'
import { parseCommandLine } from '../runner/options.ts'
import { endpointOf } from '../runner/execute/connect.ts'
import type { PlayOptions } from '../runner/run-options.ts'

/** What a settings file and an environment give, and what is said about them as `message @ line:column`. */
function read(cfg: string, env: Settings = {}): { readonly settings: Settings; readonly said: readonly string[]; readonly dir: string } {
  const dir = mkdtempSync(join(tmpdir(), 'config-')), said: string[] = []
  try {
    writeFileSync(join(dir, 'ansible.cfg'), cfg)
    const settings = readSettings(env, dir, (message, loc) => { said.push(loc === undefined ? message : `${message} @ ${loc.line}:${loc.column}`) })
    return { settings, said, dir }
  } finally { rmSync(dir, { recursive: true }) }
}
function options(settings: Settings, ...args: readonly string[]): PlayOptions {
  const asked = parseCommandLine(['site.yml', ...args], settings)
  if (asked.command !== 'play') throw new Error('no play')
  return asked.options
}

test('the file is below the environment, and the environment below the command line', () => {
  const { settings, dir } = read('# ours\n[defaults]\nforks = 7 ; so many\nremote_user: deploy\nroles_path = shared:~/more\n[privilege_escalation]\nbecome = yes\n', { HOME: '/home/me', ANSIBLE_REMOTE_USER: 'other' })
  assert.equal(rolesPath(settings, '/elsewhere'), [join(dir, 'shared'), '/home/me/more'])
  const found = options(settings, '-f', '3')
  assert.is(found.forks, 3)
  assert.is(found.user, 'other')
  assert.is(found.become, true)
})

test('dicts are merged, and keys may not stand twice, where the settings say so; other words are refused', () => {
  assert.equal(options(read('[defaults]\nhash_behaviour = merge\nduplicate_dict_key = error\n').settings).values, { mergesHashes: true, repeatedKeys: 'error' })
  assert.equal(options({ ANSIBLE_HASH_BEHAVIOUR: 'replace', ANSIBLE_DUPLICATE_YAML_DICT_KEY: 'warn' }).values, {})
  assert.throws(() => options({ ANSIBLE_HASH_BEHAVIOUR: 'sideways' }), /hash_behaviour/)
})

test('a misspelt key, one of another section, and a misspelt section are told with their place', () => {
  assert.equal(read('[defaults]\nstdout_callbak = yaml\nbecome = true\n\n[priviledge_escalation]\nbecome = true\n[callback_profile_tasks]\nx = 1\n').said, [
    "there is no setting 'stdout_callbak' in [defaults]; did you mean 'stdout_callback'? @ 2:1",
    "there is no setting 'become' in [defaults]; it belongs to [privilege_escalation] @ 3:1",
    'there is no section [priviledge_escalation] of settings; did you mean [privilege_escalation]? @ 6:1',
  ])
  assert.equal(read('', { ANSIBLE_STDOUT_CALBACK: 'yaml', ANSIBLE_MY_OWN: '1', ANSIBLE_DEPRECATION_WARNINGS: '0' }).said, ['ANSIBLE_STDOUT_CALBACK is no setting; did you mean ANSIBLE_STDOUT_CALLBACK?'])
})

test('a setting that would matter and has no effect is told unless its value is the usual one', () => {
  const said = read('[defaults]\nfilter_plugins = ./filter_plugins\nlibrary = ./library\njinja2_extensions = jinja2.ext.do,jinja2.ext.i18n\nerror_on_undefined_vars = True\ninterpreter_python = auto_silent\n').said
  assert.is(said.length, 2)
  assert.match(said[0] ?? '', /^the setting 'filter_plugins' has no effect: .*Python.* @ 2:1$/)
  assert.match(said[1] ?? '', /jinja2_extensions/)
  assert.equal(read('[defaults]\njinja2_extensions = jinja2.ext.do\n[inventory]\nenable_plugins = host_list, script, yaml, ini\n').said, [])
  assert.match(read('', { ANSIBLE_CALLBACKS_ENABLED: 'profile_tasks' }).said[0] ?? '', /^ANSIBLE_CALLBACKS_ENABLED has no effect/)
})

test('a line that is neither key nor section is an error with its place; a value may go on below', () => {
  assert.throws(() => read('[defaults]\nforks 7\n'), (error: unknown) => error instanceof Error && 'loc' in error && JSON.stringify(error.loc).includes('"line":2'))
  assert.is(read('[defaults]\ninventory_ignore_patterns =\n  ^a$\n  ^b$\n').settings['ANSIBLE_INVENTORY_IGNORE_REGEX'], '^a$\n^b$')
})

test('a settings file in a folder that everybody can write to is not read', () => {
  const dir = mkdtempSync(join(tmpdir(), 'config-')), said: string[] = []
  try {
    writeFileSync(join(dir, 'ansible.cfg'), '[defaults]\nforks = 7\n')
    chmodSync(dir, 0o777)
    assert.is(readSettings({}, dir, (message) => { said.push(message) })['ANSIBLE_FORKS'], undefined)
    assert.match(said[0] ?? '', /everybody can write/)
    assert.is(readSettings({ ANSIBLE_CONFIG: join(dir, 'ansible.cfg') }, dir)['ANSIBLE_FORKS'], '7')
    chmodSync(dir, 0o755)
    assert.is(readSettings({ ANSIBLE_CONFIG: '/dev/null' }, dir)['ANSIBLE_FORKS'], undefined)
    assert.is(readSettings({}, dir)['ANSIBLE_FORKS'], '7')
  } finally { rmSync(dir, { recursive: true }) }
})

test('what the settings say of tasks, hosts and lines', () => {
  const { settings } = read('[defaults]\nany_errors_fatal = true\ntask_timeout = 5\nremote_port = 2222\nstdout_callback = community.general.yaml\ndisplay_skipped_hosts = no\nverbosity = 1\n[ssh_connection]\nssh_args = -o ProxyJump=bastion\ntimeout = 9\n[privilege_escalation]\nbecome_flags = -H\n')
  const found = options(settings, '-v', '--ssh-extra-args', '-4')
  assert.equal(found.keywordDefaults, { any_errors_fatal: true, timeout: 5 })
  assert.is(found.port, 2222)
  assert.is(found.verbosity, 2)
  assert.equal([found.sshArgs, found.sshCommonArgs, found.sshExtraArgs], ['-o ProxyJump=bastion', undefined, '-4'])
  const of = (vars: Readonly<Record<string, unknown>>): unknown => endpointOf('h', (name) => vars[name], {}, found).sshArgs
  assert.equal(of({}), ['-o', 'ProxyJump=bastion', '-4'])
  assert.equal(of({ ansible_ssh_args: '-F file', ansible_ssh_common_args: '-C' }), ['-F', 'file', '-C', '-4'])
  assert.equal(of({ ansible_ssh_extra_args: '-6' }), ['-o', 'ProxyJump=bastion', '-6'])
  assert.is(found.timeoutSeconds, 9)
  assert.is(found.becomeFlags, '-H')
  assert.is(found.display?.format, 'yaml')
  assert.is(found.display?.hidesSkipped, true)
  assert.is(options({ ANSIBLE_STDOUT_CALLBACK: 'dense' }).unknownCallback, 'dense')
})

test('options that exclude each other, and those without an effect', () => {
  assert.throws(() => options({}, '-k', '--connection-password-file', 'x'), /exclude each other/)
  assert.equal(options({ ANSIBLE_LIBRARY: '/a:/b' }, '-M', '/c').modulePath, ['/c', '/a', '/b'])
  assert.is(options({}, '-l', '').limit, undefined)
  const asked = parseCommandLine(['site.yml', '--scp-extra-args=-l 100'], {})
  assert.match(asked.command === 'play' ? asked.warnings.join() : '', /--scp-extra-args has no effect/)
})

test('a value that is no number is told where it was written: at its place, or in its variable', () => {
  const dir = mkdtempSync(join(tmpdir(), 'play-config-')), file = join(dir, 'ansible.cfg')
  const faultOf = (env: Record<string, string>): Fault => {
    try { readSettings(env, dir) } catch (error) { if (error instanceof Fault) return error }
    throw new Error('no fault')
  }
  try {
    writeFileSync(file, '[defaults]\nforks = many\n')
    const inFile = faultOf({})
    assert.match(inFile.message, "the setting 'forks' has an invalid value: 'many'")
    assert.equal(inFile.loc, { file, line: 2, column: 1 })
    writeFileSync(file, '[defaults]\nforks = 7\n')
    assert.match(faultOf({ ANSIBLE_TIMEOUT: 'soon' }).message, "the environment variable ANSIBLE_TIMEOUT has an invalid value: 'soon'")
    assert.match(faultOf({ ANSIBLE_FORKS: '0' }).message, "'0' is not a whole number from 1 on")
    assert.is(exitCodeOf(inFile), 5)
  } finally { rmSync(dir, { recursive: true }) }
})

test.run()

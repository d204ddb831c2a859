import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { readSettings, rolesPath } from '../runner/config.ts'
import { parseCommandLine } from '../runner/options.ts'

function folder(cfg: string): string {
  const dir = mkdtempSync(join(tmpdir(), 'config-'))
  writeFileSync(join(dir, 'ansible.cfg'), cfg)
  return dir
}

test('the file is below the environment, and the environment below the command line', () => {
  const dir = folder('# ours\n[defaults]\nforks = 7 ; so many\nremote_user: deploy\nroles_path = shared:~/more\nunknown = 1\n[privilege_escalation]\nbecome = yes\n')
  try {
    const settings = readSettings({ HOME: '/home/me', ANSIBLE_REMOTE_USER: 'other' }, dir)
    assert.equal(rolesPath(settings, '/elsewhere'), [join(dir, 'shared'), '/home/me/more'])
    const asked = parseCommandLine(['site.yml', '-f', '3'], settings)
    if (asked.command !== 'play') throw new Error('no play')
    assert.is(asked.options.forks, 3)
    assert.is(asked.options.user, 'other')
    assert.is(asked.options.become, true)
  } finally { rmSync(dir, { recursive: true }) }
})

test('dicts are not merged behind the back of a playbook', () => {
  assert.throws(() => readSettings({ ANSIBLE_HASH_BEHAVIOUR: 'merge' }, tmpdir()), /hash_behaviour/)
})

test.run()

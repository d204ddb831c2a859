/** retry_files_enabled: the hosts that failed, for `--limit @FILE`. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { playIn } from '../support/play.ts'

const files = {
  inventory: 'a ansible_connection=local\nb ansible_connection=local\nc ansible_connection=local\n',
  'site.yml': "- hosts: all\n  gather_facts: false\n  tasks:\n    - fail: {msg: x}\n      when: inventory_hostname != 'b' and fails | default(true) | bool\n",
}

test('hosts that failed are written beside the playbook or to a folder, and limit a later run', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'retry-'))
  try {
    await playIn(dir, files)
    assert.not(existsSync(join(dir, 'site.retry')))
    await playIn(dir, files, ['-e', 'fails=no'], { ANSIBLE_RETRY_FILES_ENABLED: 'yes' })
    assert.not(existsSync(join(dir, 'site.retry')), 'nothing failed')
    const told = await playIn(dir, files, [], { ANSIBLE_RETRY_FILES_ENABLED: 'yes' })
    assert.is(readFileSync(join(dir, 'site.retry'), 'utf8'), 'a\nc\n')
    assert.match(told.warnings.join(), `--limit @${join(dir, 'site.retry')}`)
    const again = await playIn(dir, files, ['--limit', `@${join(dir, 'site.retry')}`], { ANSIBLE_RETRY_FILES_ENABLED: 'yes', ANSIBLE_RETRY_FILES_SAVE_PATH: join(dir, 'kept') })
    assert.equal(Object.keys(again.stats), ['a', 'c'])
    assert.is(readFileSync(join(dir, 'kept', 'site.retry'), 'utf8'), 'a\nc\n')
  } finally { rmSync(dir, { recursive: true }) }
})

test.run()

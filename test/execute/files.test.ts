/** Where a relative path of the controller is looked for. */
import { homedir } from 'node:os'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { candidates } from '../../runner/execute/files.ts'

test('a path is looked for in the folder of its kind, then beside it', () => {
  assert.equal(candidates(['/role', '/play'], 'files', 'a'), ['/role/files/a', '/role/a', '/play/files/a', '/play/a'])
  assert.equal(candidates(['/role'], 'files', '/etc/a'), ['/etc/a'])
})

test('~ is the home of this account, ~name that of another, if there is one', () => {
  assert.equal(candidates(['/x'], 'files', '~/a'), [`${homedir()}/a`])
  assert.equal(candidates(['/x'], 'files', '~root/a'), ['/root/a'])
  assert.equal(candidates(['/x'], 'files', '~nobody-of-that-name/a'), ['/x/files/~nobody-of-that-name/a', '/x/~nobody-of-that-name/a'])
})

test.run()

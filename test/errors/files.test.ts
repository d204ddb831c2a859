/** Mistakes in files, found while reading them or on the controller: what is printed, word by word. */
import { test } from 'uvu'
import { encrypt } from '../../runner/vars/vault.ts'
import { transcript } from './transcript.ts'

const names = {
  /** A variable file, and a value, encrypted with the password `right`. */
  vault: encrypt('secret_word: swordfish\n', 'right', undefined, 'salt for this test').trim(),
  inline: encrypt('swordfish', 'right', undefined, 'salt for this test').trim().replace(/^/gm, '      '),
}
const folder = ['yaml', 'playbook', 'arguments', 'roles', 'templates', 'variables', 'inventory', 'command-line', 'tasks', 'beginners']
for (const name of folder) transcript(name, () => names)

test.run()

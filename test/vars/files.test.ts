import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Fault } from '../../runner/core/errors.ts'
import { Template, VaultText } from '../../runner/core/value.ts'
import { loadVarsFile } from '../../runner/vars/files.ts'
import { decrypt, encrypt } from '../../runner/vars/vault.ts'

const cwd = mkdtempSync(join(tmpdir(), 'play-vars-'))
test.after(() => rmSync(cwd, { recursive: true }))
const load = (text: string, name = 'v.yml'): ReturnType<typeof loadVarsFile> => {
  writeFileSync(join(cwd, name), text)
  return loadVarsFile(join(cwd, name), { decrypt: (ciphertext, loc) => decrypt(ciphertext, [{ id: 'default', secret: 'pw' }], loc), warn: () => undefined })
}
const message = (act: () => unknown): string => {
  try { act() } catch (error) { if (error instanceof Fault) return error.message; throw error }
  throw new Error('no error')
}

test('mappings, lists of mappings, empty files and JSON', () => {
  assert.equal(load('a: 1\nb: [x]\n').vars, { a: 1, b: ['x'] })
  assert.equal(load('- {a: 1, b: 1}\n- {b: 2}\n').vars, { a: 1, b: 2 })
  assert.equal(load('').vars, {})
  assert.equal(load('---\n# nothing\n').vars, {})
  assert.equal(load('{"a": {"b": null}}', 'v.json').vars, { a: { b: null } })
  assert.is(load('a: 1').name, join(cwd, 'v.yml'))
})

test('templates and vault values are kept for later; whole files are decrypted', () => {
  const { vars } = load(`t: "{{ x }}"\ns: !vault |\n  ${encrypt('deep', 'pw').trim().replaceAll('\n', '\n  ')}\n`)
  assert.ok(vars['t'] instanceof Template)
  assert.ok(vars['s'] instanceof VaultText)
  assert.equal(load(encrypt('a: sealed\n', 'pw')).vars, { a: 'sealed' })
})

test('anything else is a fault', () => {
  assert.match(message(() => load('just text')), /must hold a mapping.*holds the text 'just text'/)
  assert.match(message(() => load('- 1')), /holds the number 1/)
  assert.match(message(() => load(encrypt('a: 1', 'other'))), /no vault secrets were found that could decrypt/)
  assert.match(message(() => loadVarsFile(join(cwd, 'none.yml'), { decrypt: () => '', warn: () => undefined })), /there is no variable file/)
})

test.run()

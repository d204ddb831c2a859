import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { chmodSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Fault } from '../../runner/core/errors.ts'
import { createFile, decryptFile, editFile, encryptFile, encryptString, rekeyFile, runEditor, secretToEncrypt, viewFile } from '../../runner/tools/vault.ts'
import { loadYaml } from '../../runner/yaml/load.ts'
import { VaultText } from '../../runner/core/value.ts'
import { decrypt, readEnvelope } from '../../runner/vars/vault.ts'

const cwd = mkdtempSync(join(tmpdir(), 'play-vault-tool-'))
test.after(() => rmSync(cwd, { recursive: true }))
const secrets = [{ id: 'default', secret: 'one' }, { id: 'dev', secret: 'two' }]
const [one, dev] = [{ id: 'default', secret: 'one' }, { id: 'dev', secret: 'two' }]
const file = (name: string, text: string): string => {
  writeFileSync(join(cwd, name), text)
  return join(cwd, name)
}
const code = (act: () => unknown): string => {
  try { act() } catch (error) { if (error instanceof Fault) return error.code; throw error }
  return ''
}

test('encrypt, view, decrypt; what is written is for its owner only, nothing is left behind', () => {
  const path = file('a.yml', '# comment\na: 1\n')
  chmodSync(path, 0o640)
  encryptFile(path, dev)
  assert.match(readFileSync(path, 'utf8'), /^\$ANSIBLE_VAULT;1\.2;AES256;dev\n/)
  assert.is(statSync(path).mode & 0o777, 0o600)
  chmodSync(path, 0o640)
  rekeyFile(path, secrets, dev)
  assert.is(statSync(path).mode & 0o777, 0o640)
  assert.is(code(() => encryptFile(path, dev)), 'vault-already')
  assert.is(viewFile(path, secrets).toString(), '# comment\na: 1\n')
  decryptFile(path, secrets)
  assert.is(readFileSync(path, 'utf8'), '# comment\na: 1\n')
  assert.is(code(() => decryptFile(path, secrets)), 'vault-not-encrypted')
  assert.equal(readdirSync(cwd), ['a.yml'])
})

test('binary content and another output file', () => {
  const bytes = Uint8Array.from({ length: 256 }, (_, i) => i)
  writeFileSync(join(cwd, 'bin'), bytes)
  encryptFile(join(cwd, 'bin'), one, join(cwd, 'sealed'))
  assert.equal(new Uint8Array(viewFile(join(cwd, 'sealed'), secrets)), bytes)
  assert.is(statSync(join(cwd, 'sealed')).mode & 0o777, 0o600)
})

test('edit keeps comments and the vault id, and does not touch a file that was not changed', () => {
  const path = file('e.yml', '# why\na: 1\n')
  encryptFile(path, dev)
  const before = readFileSync(path, 'utf8')
  assert.is(editFile(path, secrets, () => undefined), false)
  assert.is(readFileSync(path, 'utf8'), before)
  assert.is(editFile(path, secrets, (plain) => writeFileSync(plain, readFileSync(plain, 'utf8').replace('1', '2'))), true)
  assert.is(viewFile(path, secrets).toString(), '# why\na: 2\n')
  assert.is(readEnvelope(readFileSync(path, 'utf8')).id, 'dev')
  assert.is(code(() => editFile(path, secrets, (plain) => runEditor(plain, { EDITOR: 'false' }))), 'vault-editor')
  assert.is(editFile(path, secrets, (plain) => runEditor(plain, { EDITOR: 'sed -i s/2/3/' })), true)
  assert.is(viewFile(path, secrets).toString(), '# why\na: 3\n')
})

test('create and rekey', () => {
  const path = join(cwd, 'new.yml')
  createFile(path, one, (plain) => writeFileSync(plain, 'a: 1\n'))
  assert.is(code(() => createFile(path, one, () => undefined)), 'vault-exists')
  rekeyFile(path, secrets, { id: 'prod', secret: 'three' })
  assert.is(viewFile(path, [{ id: 'prod', secret: 'three' }]).toString(), 'a: 1\n')
  assert.is(code(() => viewFile(path, secrets)), 'vault-wrong-password')
})

test('encrypt-string is YAML that reads back', () => {
  const { value } = loadYaml(encryptString('pässword', dev, 'secret'), 'x.yml')
  const secret: unknown = Object(value).secret
  assert.ok(secret instanceof VaultText)
  assert.is(decrypt(secret.ciphertext, secrets), 'pässword')
  assert.match(encryptString('x', one), /^!vault \|\n {10}\$ANSIBLE_VAULT;1\.1;AES256\n/)
})

test('which secret encrypts', () => {
  assert.equal(secretToEncrypt([one], undefined), one)
  assert.equal(secretToEncrypt(secrets, 'dev'), dev)
  assert.is(code(() => secretToEncrypt(secrets, undefined)), 'vault-ambiguous-id')
  assert.is(code(() => secretToEncrypt([one, one], undefined)), 'vault-ambiguous-id')
  assert.is(code(() => secretToEncrypt(secrets, 'prod')), 'vault-unknown-id')
  assert.is(code(() => secretToEncrypt([], undefined)), 'vault-no-password')
})

test.run()

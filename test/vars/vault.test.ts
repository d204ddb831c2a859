import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Fault } from '../../runner/core/errors.ts'
import { loadSecrets, parseVaultId, vaultSources } from '../../runner/vars/vault-secrets.ts'
import { decrypt, encrypt, isVault, readEnvelope } from '../../runner/vars/vault.ts'

const secrets = [{ id: 'default', secret: 'pässword one' }, { id: 'dev', secret: 'two' }]
/** Written by ansible-vault of ansible-core 2.21. */
const recorded = {
  plain: `$ANSIBLE_VAULT;1.1;AES256
32386538653630623438353062333762323437323436353831613234623237643364383635363233
6237623439626662316336656235333637643634653962650a623762336434306365306639323638
31343739666331393266353364323362343761656361336232633531346630396438633962636538
3035666433346163660a663032396366376535656139396431633866343036373637346539313665
62623231356439323464383866373463333934343165653739303034386338316331
`,
  dev: `$ANSIBLE_VAULT;1.2;AES256;dev
63313635663536393830656131613732323765656361393032303663616464373537633962653366
3939343763316532616333333764633066613365383430370a316162383639323164653434393636
38613137356631626634393739633036353732373436306131373861633662306632363361393533
3366383565396434350a613036643663643133666464303262366230343035613031363335643030
37633438356130623866663735396436363332653536613234353837656536356465
`,
}
const caught = (act: () => unknown): Fault => {
  try { act() } catch (error) { if (error instanceof Fault) return error; throw error }
  throw new Error('no error')
}

test('reads what ansible-vault wrote, versions 1.1 and 1.2', () => {
  assert.is(decrypt(recorded.plain, secrets), 'a: 1\n# comment\nb: "ü"\n')
  assert.is(decrypt(recorded.dev, secrets), 'a: 1\n# comment\nb: "ü"\n')
  assert.is(decrypt(recorded.dev.split('\n').map((line) => `      ${line}`).join('\r\n'), secrets), 'a: 1\n# comment\nb: "ü"\n')
})

test('writes the very bytes that ansible-vault writes for the same salt', () => {
  const salt = Buffer.from(Buffer.from(recorded.plain.split('\n').slice(1).join(''), 'hex').toString().split('\n')[0] ?? '', 'hex')
  assert.is(encrypt('a: 1\n# comment\nb: "ü"\n', 'pässword one', undefined, salt), recorded.plain)
})

test('round trips of every length around the block size, with ids', () => {
  for (let length = 0; length < 34; length++) assert.is(decrypt(encrypt('é'.repeat(length), 'two', 'dev'), secrets).length, length)
  assert.is(readEnvelope(encrypt('x', 'two', 'dev')).id, 'dev')
  assert.match(encrypt('x', 'two', 'default'), /^\$ANSIBLE_VAULT;1\.1;AES256\n/)
  assert.ok(isVault(encrypt('x', 'y')))
  assert.not(isVault('plain'))
})

test('a key is derived once for a salt and a secret', () => {
  const texts = Array.from({ length: 200 }, (_, i) => encrypt(`value ${i}`, 'two', undefined, 'the same salt'))
  const started = process.cpuUsage().user
  for (const text of texts) decrypt(text, [{ id: 'default', secret: 'two' }])
  assert.ok((process.cpuUsage().user - started) / 1000 < 500)
})

test('faults: no password, a wrong one, damage, other formats', () => {
  const loc = { file: 'x.yml', line: 3, column: 5 }
  assert.match(caught(() => decrypt(recorded.dev, [], loc)).message, /vault id 'dev'.*no vault password was given/)
  const wrong = caught(() => decrypt(recorded.dev, [{ id: 'prod', secret: 'no' }], loc))
  assert.match(wrong.message, /no vault secrets were found that could decrypt.*tried the ids: prod/)
  assert.equal(wrong.loc, loc)
  assert.is(caught(() => decrypt(recorded.plain.replace('3238', '32z8'), secrets)).code, 'vault-corrupt')
  assert.is(caught(() => decrypt(recorded.plain.slice(0, -3), secrets)).code, 'vault-corrupt')
  assert.is(caught(() => decrypt(`${recorded.plain.slice(0, -19)}${'61'.repeat(9)}\n`, secrets)).code, 'vault-wrong-password')
  assert.is(caught(() => decrypt('secret', secrets)).code, 'not-vault')
  assert.is(caught(() => decrypt('$ANSIBLE_VAULT;1.0;AES\n00', secrets)).code, 'vault-unsupported')
  assert.match(caught(() => decrypt('$ANSIBLE_VAULT;1.1;ROT13\n00', secrets)).message, /cipher ROT13/)
})

test('passwords from files, scripts, client scripts and prompts', async () => {
  const cwd = mkdtempSync(join(tmpdir(), 'play-vault-'))
  writeFileSync(join(cwd, 'pw'), '  from file \n')
  writeFileSync(join(cwd, 'pw.sh'), '#!/bin/sh\necho from script\n')
  writeFileSync(join(cwd, 'pw-client.sh'), '#!/bin/sh\n[ "$2" = dev ] || { echo "no key for $2" >&2; exit 2; }\necho "$1 $2"\n')
  writeFileSync(join(cwd, 'sealed'), encrypt('inner\n', 'from file'))
  for (const name of ['pw.sh', 'pw-client.sh']) chmodSync(join(cwd, name), 0o755)
  const context = { cwd, ask: async (prompt: string) => `${prompt}typed`, warn: () => undefined }
  const got = await loadSecrets(['pw', 'a@pw.sh', 'dev@pw-client.sh', 'x@prompt', 's@sealed'].map((one) => parseVaultId(one)), context)
  assert.equal(got, [
    { id: 'default', secret: 'from file' }, { id: 'a', secret: 'from script' }, { id: 'dev', secret: '--vault-id dev' },
    { id: 'x', secret: 'Vault password (x): typed' }, { id: 's', secret: 'inner' },
  ])
  const failure = async (text: string): Promise<string> => loadSecrets([parseVaultId(text)], context).then(() => 'no error', (error: unknown) => error instanceof Fault ? error.message : 'other')
  assert.match(await failure('nope'), /the vault password file was not found/)
  assert.match(await failure('prod@pw-client.sh'), /did not find a secret for the vault id 'prod': no key for prod/)
  assert.match(await failure('.'), /can not be a directory/)

  const warnings: string[] = []
  const [only, ...more] = await loadSecrets(['nope', 'b@pw'].map((one) => parseVaultId(one)), { ...context, warn: (message) => { warnings.push(message) } })
  assert.equal([only, more, warnings.length], [{ id: 'b', secret: 'from file' }, [], 1])
  assert.match(warnings[0] ?? '', /Error getting vault password file \(default\)/)
  const asked: string[] = []
  const twice = { ...context, isNew: true, ask: async (prompt: string) => { asked.push(prompt); return 'same' } }
  assert.equal(await loadSecrets([parseVaultId('x@prompt')], twice), [{ id: 'x', secret: 'same' }])
  assert.equal(asked, ['New vault password (x): ', 'Confirm new vault password (x): '])
  const other = loadSecrets([parseVaultId('x@prompt')], { ...twice, ask: async (prompt) => prompt }).then(() => '', (error: unknown) => error instanceof Fault ? error.message : '')
  assert.match(await other, /passwords do not match/)

  assert.equal(vaultSources({ ids: ['dev@pw.sh'], files: [], ask: true }, { ANSIBLE_VAULT_PASSWORD_FILE: 'pw', ANSIBLE_VAULT_IDENTITY_LIST: 'a@x, y' }), [
    { id: 'a', from: 'x' }, { id: 'default', from: 'y' }, { id: 'dev', from: 'pw.sh' }, { id: 'default', from: 'pw' }, { id: 'default', from: 'prompt_ask_vault_pass' },
  ])
  rmSync(cwd, { recursive: true })
})

test.run()

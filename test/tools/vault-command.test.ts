/** `play vault` as a command: what is printed, where, and the exit code; compared with ansible-vault of ansible-core 2.21 when it was written. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { chmodSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Fault } from '../../runner/core/errors.ts'
import { exitCodeOf } from '../../runner/core/exit.ts'
import { vaultCommand } from '../../runner/tools/vault-command.ts'

const cwd = mkdtempSync(join(tmpdir(), 'play-vault-command-')), before = process.cwd()
test.before(() => {
  process.chdir(cwd)
  for (const [name, text] of Object.entries({ p1: 'one\n', p2: 'two\n', 'a.yml': 'plain: 1\n', 'b.yml': 'plain: 2\n', 'd.txt': 'no newline' })) writeFileSync(name, text)
  writeFileSync('key-client.sh', '#!/bin/sh\n[ "$2" = dev ] || exit 2\necho four\n')
  chmodSync('key-client.sh', 0o755)
  symlinkSync('b.yml', 'link.yml')
})
test.after(() => { process.chdir(before); rmSync(cwd, { recursive: true }) })

interface Told { readonly code: number; readonly text: string; readonly note: string; readonly warnings: readonly string[] }
async function run(command: string, answers: readonly string[] = [], settings: Record<string, string> = {}): Promise<Told> {
  const left = [...answers], warnings: string[] = []
  const answer = (): Promise<string> => Promise.resolve(left.shift() ?? '')
  try {
    const { text, note = '' } = await vaultCommand(command.split(' '), {
      settings, isOn: (name) => settings[name] === '1', isTerminal: false, ask: answer, askOpenly: answer, warn: (message) => { warnings.push(message) }, extraVars: () => ({}),
    })
    return { code: 0, text: Buffer.from(text).toString(), note, warnings }
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    return { code: exitCodeOf(error), text: '', note: error.message, warnings }
  }
}
const head = (name: string): string => readFileSync(name, 'utf8').split('\n')[0] ?? ''

test('wrong arguments', async () => {
  assert.is((await run('foo')).code, 2)
  assert.is((await run('encrypt --nope a.yml')).code, 2)
  assert.match((await run('view --output x a.yml')).note, /no option --output/)
  assert.match((await run('view -J --vault-password-file p1 a.yml')).note, /not allowed with argument/)
  assert.is((await run('rekey --vault-id p1 --new-vault-id p2 --new-vault-password-file p2 a.yml')).code, 2)
  assert.is((await run('view --vault-id a;b@p1 a.yml')).code, 5)
  assert.match((await run('decrypt --vault-id p1 --output x a.yml b.yml')).note, /At most one input file/)
  assert.match((await run('create --vault-id p1 new.yml')).note, /not a tty/)
})
test('encrypt, view, rekey, decrypt', async () => {
  assert.equal(await run('encrypt --vault-id dev@key-client.sh link.yml'), { code: 0, text: '', note: '', warnings: [] })
  assert.is(head('b.yml'), '$ANSIBLE_VAULT;1.2;AES256;dev')
  assert.match((await run('view --vault-id other@key-client.sh b.yml')).note, /did not find a secret for the vault id 'other'/)
  assert.is((await run('view --vault-id dev@key-client.sh b.yml')).text, 'plain: 2\n')
  assert.is((await run('rekey --vault-id dev@key-client.sh --new-vault-id prod@p2 b.yml')).note, 'Rekey successful\n')
  assert.is(head('b.yml'), '$ANSIBLE_VAULT;1.2;AES256;prod')
  assert.is((await run('view --vault-id dev@p2 b.yml', [], { ANSIBLE_VAULT_ID_MATCH: '1' })).code, 1)
  assert.is((await run('view --vault-id prod@p2 b.yml', [], { ANSIBLE_VAULT_ID_MATCH: '1' })).code, 0)
  assert.is((await run('rekey --vault-password-file p2 b.yml', ['new', 'new'])).code, 0)
  assert.is((await run('view -J b.yml', ['new'])).text, 'plain: 2\n')
  assert.is((await run('decrypt --output - b.yml', ['new'])).text, 'plain: 2\n')
})
test('which password encrypts', async () => {
  const several = await run('encrypt --vault-id dev@p1 --vault-id prod@p2 a.yml')
  assert.is(several.code, 5)
  assert.match(several.note, /The vault-ids dev,prod are available to encrypt/)
  const unknown = await run('encrypt --vault-id dev@p1 --vault-id prod@p2 --encrypt-vault-id x a.yml')
  assert.is(unknown.code, 1)
  assert.match(unknown.note, /Did not find a match for --encrypt-vault-id=x in the known vault-ids \['dev', 'prod'\]/)
  const listed = await run('encrypt_string --encrypt-vault-id id3 x', [], { ANSIBLE_VAULT_IDENTITY_LIST: 'id1@nope, id3@p2' })
  assert.match(listed.text, /;1\.2;AES256;id3\n/)
  assert.match(listed.warnings[0] ?? '', /Error getting vault password file \(id1\)/)
  assert.match((await run('encrypt_string x', [], { ANSIBLE_VAULT_IDENTITY_LIST: 'a@p1,b@p2', ANSIBLE_VAULT_ENCRYPT_IDENTITY: 'b' })).text, /AES256;b\n/)
  assert.match((await run('encrypt_string x', ['pw', 'other'])).note, /passwords do not match/)
})
test('encrypt_string: several texts, names, prompt', async () => {
  const three = await run('encrypt_string --vault-id p1 -n a -n b one two three')
  assert.equal(three.text.split('\n').filter((line) => line.includes('!vault')), ['a: !vault |', 'b: !vault |', '!vault |'])
  assert.is(three.note, [
    'The number of --name options do not match the number of args.', 'The last named variable will be "b". The rest will not have names.',
    '# The encrypted version of variable ("a", the string #1 from the command line args).', '# The encrypted version of variable ("b", the string #2 from the command line args).',
    '# The encrypted version of the string #3 from the command line args.)', '',
  ].join('\n'))
  assert.match((await run('encrypt_string --vault-id p1 -p', ['name', 'text'])).text, /^name: !vault \|\n/)
  assert.match((await run('encrypt_string --vault-id p1 -p', ['', ''])).note, /interactive prompt was empty/)
  assert.match((await run('encrypt_string --vault-id p1 -p --stdin-name x')).note, /--prompt option is not supported/)
  await run('encrypt_string --vault-id p1 text --output string.txt')
  assert.is(head('string.txt'), '!vault |')
})
test('the same salt gives the same text', async () => {
  const salted = (): Promise<Told> => run('encrypt --vault-id p1 --output - d.txt', [], { ANSIBLE_VAULT_ENCRYPT_SALT: 'salty' })
  assert.is((await salted()).text, (await salted()).text)
})

test.run()

/** The command line of `play vault`. */
import { readFileSync } from 'node:fs'
import { fault } from '../core/errors.ts'
import { nearest } from '../core/near.ts'
import { loadSecrets, vaultSources } from '../vars/vault-secrets.ts'
import type { VaultSecret } from '../vars/vault.ts'
import { parseArguments, type Parsed } from './arguments.ts'
import { createFile, decryptFile, editFile, encryptFile, encryptString, rekeyFile, runEditor, secretToEncrypt, viewFile } from './vault.ts'

const known = {
  '--vault-id': 'id=', '--vault-password-file': 'file=', '--vault-pass-file': 'file=', '-J': 'ask', '--ask-vault-pass': 'ask', '--ask-vault-password': 'ask',
  '--encrypt-vault-id': 'with=', '--new-vault-id': 'new-id=', '--new-vault-password-file': 'new-file=', '--output': 'output=', '-n': 'name=', '--name': 'name=', '--stdin-name': 'name=',
}
const commands = ['encrypt', 'decrypt', 'view', 'edit', 'create', 'rekey', 'encrypt-string'] as const

type Ask = (prompt: string) => Promise<string>

export async function vaultCommand(argv: readonly string[], ask: Ask): Promise<string> {
  const [given = '', ...rest] = argv
  const command = commands.find((one) => one === given.replace('_', '-'))
  if (command === undefined) throw fault('usage', undefined, { message: `play vault needs one of ${commands.join(', ')}, found '${given}'`, near: nearest(given, commands) })
  const parsed = parseArguments(rest, known)
  const { values, rest: files } = parsed
  const named = values.has('id') || values.has('file')
  const wanted = { ids: values.get('id') ?? [], files: values.get('file') ?? [], ask: values.has('ask') || (!named && process.env['ANSIBLE_VAULT_PASSWORD_FILE'] === undefined) }
  const secrets = await loadSecrets(vaultSources(wanted, process.env), { cwd: process.cwd(), ask })
  const by = (): VaultSecret => secretToEncrypt(secrets, values.get('with')?.at(-1))
  if (command === 'encrypt-string') return encryptStrings(parsed, by(), ask)
  if (files.length === 0) throw fault('usage', undefined, { message: `play vault ${command} needs a file` })
  const next = command === 'rekey' ? await newSecret(parsed, ask) : undefined
  return files.map((path) => {
    const output = values.get('output')?.at(-1) ?? path
    switch (command) {
      case 'encrypt': encryptFile(path, by(), output); return 'Encryption successful\n'
      case 'decrypt': decryptFile(path, secrets, output); return 'Decryption successful\n'
      case 'view': return viewFile(path, secrets).toString('utf8')
      case 'edit': editFile(path, secrets, runEditor); return ''
      case 'create': createFile(path, by(), runEditor); return ''
      case 'rekey': if (next !== undefined) rekeyFile(path, secrets, next); return 'Rekey successful\n'
    }
  }).join('')
}

async function newSecret({ values }: Parsed, ask: Ask): Promise<VaultSecret> {
  const wanted = { ids: values.get('new-id') ?? [], files: values.get('new-file') ?? [], ask: !values.has('new-id') && !values.has('new-file') }
  return secretToEncrypt(await loadSecrets(vaultSources(wanted, {}), { cwd: process.cwd(), ask }), undefined)
}

/** Texts from the command line, or from standard input so that they stay out of the process list. */
async function encryptStrings({ values, rest }: Parsed, by: VaultSecret, ask: Ask): Promise<string> {
  const names = values.get('name') ?? []
  const texts = rest.length > 0 && rest[0] !== '-' ? rest : [process.stdin.isTTY ? await ask('Text to encrypt: ') : readFileSync(0, 'utf8')]
  return texts.map((text, i) => `${encryptString(text, by, names[i])}\n`).join('')
}

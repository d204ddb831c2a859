/** The command line of `play vault`, which is that of ansible-vault. */
import { readFileSync } from 'node:fs'
import { fault } from '../core/errors.ts'
import { nearest } from '../core/near.ts'
import { loadSecrets, vaultSources } from '../vars/vault-secrets.ts'
import type { VaultSecret } from '../vars/vault.ts'
import { helpOf, parseArguments, type Flag, type Parsed } from './arguments.ts'
import type { Desk, ToolOutput } from './desk.ts'
import { stringsToEncrypt } from './vault-strings.ts'
import { createFile, decryptFile, editFile, encryptFile, rekeyFile, runEditor, secretToEncrypt, viewFile, writeOutput } from './vault.ts'

export const vaultFlags = {
  ids: { names: ['--vault-id'], value: 'ID@FILE', help: 'vault password: file, script, or ID@prompt; may be given again' },
  files: { names: ['--vault-password-file', '--vault-pass-file'], value: 'FILE', help: 'vault password file or script; may be given again' },
  ask: { names: ['-J', '--ask-vault-password', '--ask-vault-pass'], help: 'ask for the vault password' },
  verbose: { names: ['-v', '--verbose'], help: 'say more' },
  help: { names: ['-h', '--help'], help: 'show this' },
} satisfies Record<string, Flag>
const flags = {
  ...vaultFlags,
  by: { names: ['--encrypt-vault-id'], value: 'ID', help: 'encrypt with the password of this vault id' },
  output: { names: ['--output'], value: 'FILE', help: 'encrypt, decrypt, encrypt_string: write to this file; - is standard output' },
  newId: { names: ['--new-vault-id'], value: 'ID@FILE', help: 'rekey: the new password' },
  newFile: { names: ['--new-vault-password-file'], value: 'FILE', help: 'rekey: the new password' },
  names: { names: ['-n', '--name'], value: 'NAME', help: 'encrypt_string: name of the variable; may be given again' },
  stdinName: { names: ['--stdin-name'], value: 'NAME', help: 'encrypt_string: name of the variable that is read from standard input' },
  prompt: { names: ['-p', '--prompt'], help: 'encrypt_string: ask for the text' },
  show: { names: ['--show-input'], help: 'encrypt_string: show the text while it is typed' },
  noTty: { names: ['--skip-tty-check'], help: 'create: open the editor even without a terminal' },
} satisfies Record<string, Flag>
type Name = keyof typeof flags
const common: readonly Name[] = ['ids', 'files', 'ask', 'verbose', 'help']
/** Which flags each command has beside those of all. */
const commands = {
  create: ['by', 'noTty'], decrypt: ['output'], edit: ['by'], view: [], encrypt: ['output', 'by'],
  encrypt_string: ['output', 'by', 'prompt', 'show', 'names', 'stdinName'], rekey: ['by', 'newFile', 'newId'],
} satisfies Record<string, readonly Name[]>
type Command = keyof typeof commands
export type VaultArguments = Parsed<Name>

function commandOf(given: string): Command {
  const name = given.replace('-', '_')
  const known: readonly Command[] = ['create', 'decrypt', 'edit', 'view', 'encrypt', 'encrypt_string', 'rekey']
  const found = known.find((one) => one === name)
  if (found === undefined) throw fault('arguments', undefined, { message: `play vault needs one of ${known.join(', ')}, found '${given}'`, near: nearest(given, known) })
  return found
}
const usage = (message: string): Error => fault('usage', undefined, { message })

export async function vaultCommand(argv: readonly string[], desk: Desk): Promise<ToolOutput> {
  const [given = '', ...rest] = argv
  if (given === '-h' || given === '--help') return { text: helpOf(`play vault ${Object.keys(commands).join(' | ')} [options] [FILE...]`, flags) }
  const command = commandOf(given)
  const own: readonly Name[] = [...common, ...commands[command]]
  const some: Partial<Record<Name, Flag>> = Object.fromEntries(own.map((name) => [name, flags[name]]))
  const parsed = parseArguments<Name>(rest, some, [['ask', 'files'], ['newId', 'newFile']])
  if (parsed.values.has('help')) return { text: helpOf(`play vault ${command} [options] [FILE...]`, { ...some }) }
  check(command, parsed, desk)
  const before = process.umask(0o077)
  try {
    return await act(command, parsed, await secretsFor(command, parsed, desk), desk)
  } finally {
    process.umask(before)
  }
}
function check(command: Command, { values, rest }: VaultArguments, desk: Desk): void {
  const bad = values.get('ids')?.find((one) => one.includes(';'))
  if (bad !== undefined) throw usage(`'${bad}' is not a valid vault id. The character ';' is not allowed in vault ids`)
  if (values.has('output') && command !== 'encrypt_string' && rest.length > 1) throw usage('At most one input file may be used with the --output option')
  if (command === 'create' && rest.length !== 1) throw usage('play vault create can take only one filename argument')
  if (command === 'create' && !values.has('noTty') && !desk.isTerminal) throw usage('not a tty, editor cannot be opened: use --skip-tty-check where the editor needs none')
}

interface Secrets { readonly all: readonly VaultSecret[]; readonly by: VaultSecret | undefined }
/** Reading asks once for a password, writing twice; rekey needs an old and a new one. */
async function secretsFor(command: Command, { values }: VaultArguments, desk: Desk): Promise<Secrets> {
  const { settings } = desk
  const isNew = command === 'encrypt' || command === 'encrypt_string' || command === 'create'
  const context = { cwd: process.cwd(), ask: desk.ask, warn: desk.warn, isStrict: desk.isOn('ANSIBLE_VAULT_ID_MATCH') }
  const load = async (ids: readonly string[], files: readonly string[], fresh: boolean, from: typeof settings): Promise<VaultSecret[]> => {
    const sources = vaultSources({ ids, files, ask: values.has('ask') || desk.isOn('ANSIBLE_ASK_VAULT_PASS') }, from)
    return loadSecrets(sources.length > 0 ? sources : vaultSources({ ids, files, ask: true }, from), { ...context, isNew: fresh })
  }
  const all = await load(values.get('ids') ?? [], values.get('files') ?? [], isNew, settings)
  const by = values.get('by')?.at(-1) ?? settings['ANSIBLE_VAULT_ENCRYPT_IDENTITY']
  if (command === 'rekey') {
    // The settings' own ids can be the new ones only where one of them is named.
    const from = by === undefined ? { ...settings, ANSIBLE_VAULT_IDENTITY_LIST: undefined } : settings
    const fresh = await load(values.get('newId') ?? [], values.get('newFile') ?? [], true, from)
    return { all, by: secretToEncrypt(by === undefined ? fresh.slice(0, 1) : fresh, by) }
  }
  return { all, by: isNew ? secretToEncrypt(all, by) : undefined }
}

async function act(command: Command, parsed: VaultArguments, { all, by = { id: '', secret: '' } }: Secrets, desk: Desk): Promise<ToolOutput> {
  const output = parsed.values.get('output')?.at(-1), salt = desk.settings['ANSIBLE_VAULT_ENCRYPT_SALT']
  const files = parsed.rest.length === 0 && (command === 'encrypt' || command === 'decrypt') ? ['-'] : parsed.rest
  const told = (what: string): string => desk.isTerminal ? `${what} successful\n` : ''
  const editor = (path: string): void => { runEditor(path, desk.settings) }
  switch (command) {
    case 'encrypt': return { text: joined(files.map((path) => encryptFile(path, by, output, salt))), note: told('Encryption') }
    case 'decrypt': return { text: joined(files.map((path) => decryptFile(path, all, output))), note: told('Decryption') }
    case 'view': return { text: files.map((path) => viewFile(path, all).toString('utf8')).map((text) => text.endsWith('\n') ? text : `${text}\n`).join(''), isLong: true }
    case 'edit': for (const path of files) editFile(path, all, editor); return { text: '' }
    case 'create': createFile(files[0] ?? '', by, editor); return { text: '' }
    case 'rekey': for (const path of files) rekeyFile(path, all, by, salt); return { text: '', note: 'Rekey successful\n' }
    case 'encrypt_string': {
      const { text, note } = await stringsToEncrypt(parsed, by, salt, { ...desk, readAll: () => readFileSync(0, 'utf8') })
      return { text: writeOutput(output ?? '-', text), note: note + told('Encryption') }
    }
  }
}
const joined = (parts: readonly Uint8Array[]): Uint8Array => Buffer.concat(parts)

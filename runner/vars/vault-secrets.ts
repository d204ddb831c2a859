/**
 * Where vault passwords come from: files, scripts, client scripts, or the user. Sources are written as --vault-id writes them: `ID@FILE`,
 * `FILE`, `ID@prompt`. All is read at the start of a run: an expression that meets a vault value cannot wait.
 */
import { execFileSync } from 'node:child_process'
import { readFileSync, statSync } from 'node:fs'
import { homedir } from 'node:os'
import { parse, resolve } from 'node:path'
import { fault, Fault } from '../core/errors.ts'
import { decrypt, isVault } from './vault.ts'
import type { VaultSecret } from './vault.ts'

export interface SecretContext {
  readonly cwd: string
  /** Asks the user, without echo. */
  ask(prompt: string): Promise<string>
  warn(message: string): void
  /** The passwords are to encrypt with: who types one types it twice. */
  readonly isNew?: boolean
  /** Each password opens texts of its own vault id only (Ansible: vault_id_match). */
  readonly isStrict?: boolean
}
export interface SecretSource { readonly id: string; readonly from: string }
type Settings = Readonly<Record<string, string | undefined>>

/** What --vault-id, --vault-password-file and -J name, and what the settings name; in the order in which they are tried. */
export function vaultSources(given: { readonly ids: readonly string[]; readonly files: readonly string[]; readonly ask: boolean }, settings: Settings): SecretSource[] {
  const listed = (settings['ANSIBLE_VAULT_IDENTITY_LIST'] ?? '').split(',').map((one) => one.trim()).filter((one) => one !== '')
  const file = settings['ANSIBLE_VAULT_PASSWORD_FILE'] ?? '', id = usualId(settings)
  const files = file === '' ? given.files : [...given.files, file]
  return [
    ...[...listed, ...given.ids].map((one) => parseVaultId(one, id)), ...files.map((from) => ({ id, from })),
    ...(given.ask ? [{ id, from: 'prompt_ask_vault_pass' }] : []),
  ]
}
export const usualId = (settings: Settings): string => settings['ANSIBLE_VAULT_IDENTITY'] ?? 'default'

/** `dev@file`, `dev@prompt`, `file`; an `@` at the start is part of a file name. */
export function parseVaultId(text: string, otherwise = 'default'): SecretSource {
  const at = text.indexOf('@')
  return at > 0 ? { id: text.slice(0, at), from: text.slice(at + 1) } : { id: otherwise, from: text }
}

/** All secrets of these sources, in order. A source that cannot be read is a warning, and an error where no other could be read. */
export async function loadSecrets(sources: readonly SecretSource[], context: SecretContext): Promise<VaultSecret[]> {
  const secrets: VaultSecret[] = []
  let failed: Fault | undefined
  for (const source of sources) {
    try {
      const secret = isPrompt(source) ? await typed(source, context) : fromFile(source, secrets, context)
      secrets.push({ id: source.id, secret, ...(context.isStrict === true ? { isStrict: true } : {}) })
    } catch (error) {
      if (!(error instanceof Fault) || isPrompt(source)) throw error
      failed = error
      const isThere = statSync(pathOf(source, context), { throwIfNoEntry: false })?.isFile() === true
      if (sources.length > 1) context.warn(`Error ${isThere ? 'in vault password file loading' : 'getting vault password file'} (${source.id}): ${error.message}`)
    }
  }
  if (failed !== undefined && secrets.length === 0) throw failed
  return secrets
}
const pathOf = ({ from }: SecretSource, { cwd }: SecretContext): string => resolve(cwd, from.replace(/^~(?=\/|$)/, homedir()))
const isPrompt = ({ from }: SecretSource): boolean => from === 'prompt' || from === 'prompt_ask_vault_pass'

async function typed({ id, from }: SecretSource, { ask, isNew }: SecretContext): Promise<string> {
  const [old, fresh] = from === 'prompt' ? [`Vault password (${id}): `, `New vault password (${id}): `] : ['Vault password: ', 'New Vault password: ']
  const given = (await ask(isNew === true ? fresh : old)).trim()
  if (given === '') throw fault('vault-password-file', undefined, { path: 'the prompt', why: 'an invalid vault password was provided: nothing was typed' })
  if (isNew !== true) return given
  const again = (await ask(from === 'prompt' ? `Confirm new vault password (${id}): ` : 'Confirm New Vault password: ')).trim()
  if (again !== given) throw fault('vault-password-file', undefined, { path: 'the prompt', why: 'passwords do not match' })
  return given
}

function fromFile(source: SecretSource, before: readonly VaultSecret[], context: SecretContext): string {
  const path = pathOf(source, context)
  const bad = (why: string, cause?: unknown): Error => fault('vault-password-file', undefined, { path, why }, cause)
  const found = statSync(path, { throwIfNoEntry: false })
  if (found === undefined) throw bad('the vault password file was not found')
  if (found.isDirectory()) throw bad('the vault password file can not be a directory')
  const isScript = (found.mode & 0o111) !== 0
  const text = isScript ? run(path, source.id, bad) : read(path, bad).trim()
  const secret = (!isScript && isVault(text) ? decrypt(text, before) : text).replace(/^[\r\n]+|[\r\n]+$/g, '')
  if (secret === '') throw bad(`an invalid vault password was provided from the ${isScript ? 'script' : 'file'}: it is empty`)
  return secret
}
function read(path: string, bad: (why: string, cause?: unknown) => Error): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    throw bad(`could not read vault password file: ${cause instanceof Error ? cause.message : String(cause)}`, cause)
  }
}

/** What the script prints. What it says on standard error is for the user, so that it may ask; of a client script it is part of the message. */
function run(path: string, id: string, bad: (why: string, cause?: unknown) => Error): string {
  const isClient = parse(path).name.endsWith('-client')
  try {
    return execFileSync(path, isClient ? ['--vault-id', id] : [], { encoding: 'utf8', stdio: ['inherit', 'pipe', isClient ? 'pipe' : 'inherit'] })
  } catch (cause) {
    const part = (name: 'stderr' | 'status' | 'code'): string => {
      const found: unknown = typeof cause === 'object' && cause !== null && name in cause ? Reflect.get(cause, name) : undefined
      return found === undefined || found === null ? '' : String(found).trim()
    }
    const stderr = part('stderr') === '' ? '' : `: ${part('stderr')}`
    if (isClient && part('status') === '2') throw bad(`the client script did not find a secret for the vault id '${id}'${stderr}`, cause)
    throw bad(part('status') !== '' ? `the script returned non-zero (${part('status')})${stderr}` : `problem running the script: ${part('code')}; if it is no script, take its executable bit away`, cause)
  }
}

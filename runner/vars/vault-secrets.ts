/**
 * Where vault passwords come from: files, scripts, client scripts, or the user. Sources are written as --vault-id writes them: `ID@FILE`,
 * `FILE`, `ID@prompt`. All is read at the start of a run: an expression that meets a vault value cannot wait.
 */
import { execFileSync } from 'node:child_process'
import { readFileSync, statSync } from 'node:fs'
import { homedir } from 'node:os'
import { parse, resolve } from 'node:path'
import { fault } from '../core/errors.ts'
import { decrypt, isVault } from './vault.ts'
import type { VaultSecret } from './vault.ts'

export interface SecretContext {
  readonly cwd: string
  /** Asks the user, without echo. */
  ask(prompt: string): Promise<string>
}
export interface SecretSource { readonly id: string; readonly from: string }

/** What --vault-id, --vault-password-file and -J name, and where none do, ANSIBLE_VAULT_IDENTITY_LIST and ANSIBLE_VAULT_PASSWORD_FILE; in the order in which they are tried. */
export function vaultSources(given: { readonly ids: readonly string[]; readonly files: readonly string[]; readonly ask: boolean }, env: Readonly<Record<string, string | undefined>>): SecretSource[] {
  const listed = (env['ANSIBLE_VAULT_IDENTITY_LIST'] ?? '').split(',').map((one) => one.trim()).filter((one) => one !== '')
  const file = env['ANSIBLE_VAULT_PASSWORD_FILE'] ?? ''
  const files = given.files.length > 0 || file === '' ? given.files : [file]
  return [
    ...[...listed, ...given.ids].map(parseVaultId), ...files.map((from) => ({ id: 'default', from })),
    ...(given.ask ? [{ id: 'default', from: 'prompt_ask_vault_pass' }] : []),
  ]
}

/** `dev@file`, `dev@prompt`, `file`; an `@` at the start is part of a file name. */
export function parseVaultId(text: string): SecretSource {
  const at = text.indexOf('@')
  return at > 0 ? { id: text.slice(0, at), from: text.slice(at + 1) } : { id: 'default', from: text }
}

/** All secrets of these sources, in order; a source that cannot be read is an error. */
export async function loadSecrets(sources: readonly SecretSource[], context: SecretContext): Promise<VaultSecret[]> {
  const secrets: VaultSecret[] = []
  for (const source of sources) secrets.push({ id: source.id, secret: await secretOf(source, secrets, context) })
  return secrets
}

async function secretOf(source: SecretSource, before: readonly VaultSecret[], context: SecretContext): Promise<string> {
  if (source.from === 'prompt' || source.from === 'prompt_ask_vault_pass') {
    const given = (await context.ask(source.from === 'prompt' ? `Vault password (${source.id}): ` : 'Vault password: ')).trim()
    if (given === '') throw fault('vault-password-file', undefined, { path: 'the prompt', why: 'nothing was typed' })
    return given
  }
  const path = resolve(context.cwd, source.from.replace(/^~(?=\/|$)/, homedir()))
  const bad = (why: string, cause?: unknown): Error => fault('vault-password-file', undefined, { path, why }, cause)
  const found = statSync(path, { throwIfNoEntry: false })
  if (found === undefined) throw bad('there is no such file')
  if (found.isDirectory()) throw bad('it is a directory')
  const text = ((found.mode & 0o111) !== 0 ? run(path, source.id, bad) : read(path, bad)).trim()
  const secret = isVault(text) ? decrypt(text, before).replace(/[\r\n]+$/, '') : text
  if (secret === '') throw bad('it is empty')
  return secret
}
function read(path: string, bad: (why: string, cause?: unknown) => Error): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    throw bad(cause instanceof Error ? cause.message : String(cause), cause)
  }
}

function run(path: string, id: string, bad: (why: string, cause?: unknown) => Error): string {
  const isClient = parse(path).name.endsWith('-client')
  try {
    return execFileSync(path, isClient ? ['--vault-id', id] : [], { encoding: 'utf8', stdio: ['inherit', 'pipe', 'pipe'] })
  } catch (cause) {
    const part = (name: 'stderr' | 'status' | 'code'): string => typeof cause === 'object' && cause !== null && name in cause ? String(Reflect.get(cause, name)).trim() : ''
    const stderr = part('stderr') === '' ? '' : `: ${part('stderr')}`
    if (isClient && part('status') === '2') throw bad(`the client script knows no secret for the vault id '${id}'${stderr}`, cause)
    throw bad(part('code') === '' ? `the script ended with ${part('status')}${stderr}` : `it cannot be run: ${part('code')}`, cause)
  }
}

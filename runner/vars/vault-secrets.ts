/** Where vault passwords come from: files, scripts, client scripts, or the user. Sources are written as --vault-id writes them: `ID@FILE`, `FILE`, `ID@prompt`. */
import { execFile } from 'node:child_process'
import { readFile, stat } from 'node:fs/promises'
import { homedir } from 'node:os'
import { parse, resolve } from 'node:path'
import { promisify } from 'node:util'
import { fault } from '../core/errors.ts'
import { decrypt, isVault } from './vault.ts'
import type { VaultSecret } from './vault.ts'

export interface SecretContext {
  readonly cwd: string
  /** Asks the user, without echo. */
  ask(prompt: string): Promise<string>
}
export interface SecretSource { readonly id: string; readonly from: string }

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
    const given = await context.ask(source.from === 'prompt' ? `Vault password (${source.id}): ` : 'Vault password: ')
    if (given.trim() === '') throw fault('vault-password-file', undefined, { path: 'the prompt', why: 'it is empty' })
    return given.trim()
  }
  const path = resolve(context.cwd, source.from.replace(/^~(?=\/|$)/, homedir()))
  const found = await stat(path).catch(() => undefined)
  const bad = (why: string, cause?: unknown): Error => fault('vault-password-file', undefined, { path, why }, cause)
  if (found === undefined) throw bad('there is no such file')
  if (found.isDirectory()) throw bad('it is a directory')
  const text = (found.mode & 0o111) !== 0 ? await run(path, source.id, bad) : await readFile(path, 'utf8').catch((cause: unknown) => { throw bad(reason(cause), cause) })
  const trimmed = text.trim()
  const secret = isVault(trimmed) ? decrypt(trimmed, before).replace(/[\r\n]+$/, '') : trimmed
  if (secret === '') throw bad('it is empty')
  return secret
}
const reason = (cause: unknown): string => cause instanceof Error ? cause.message : String(cause)

async function run(path: string, id: string, bad: (why: string, cause?: unknown) => Error): Promise<string> {
  const isClient = parse(path).name.endsWith('-client')
  try {
    return (await promisify(execFile)(path, isClient ? ['--vault-id', id] : [], { maxBuffer: 1 << 20 })).stdout
  } catch (cause) {
    const stderr = cause instanceof Error && 'stderr' in cause ? String(cause.stderr).trim() : ''
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
    if (isClient && code === '2') throw bad(`the client script knows no secret for the vault id '${id}'${stderr === '' ? '' : `: ${stderr}`}`, cause)
    throw bad(`the script ended with ${code}${stderr === '' ? '' : `: ${stderr}`}`, cause)
  }
}

/**
 * Where vault passwords come from: files, scripts, client scripts, or the user. Sources are written as --vault-id writes them: `ID@FILE`,
 * `FILE`, `ID@prompt`. All is read at the start of a run, and synchronously: an expression that meets a vault value cannot wait.
 */
import { execFileSync } from 'node:child_process'
import { readFileSync, readSync, statSync } from 'node:fs'
import { homedir } from 'node:os'
import { parse, resolve } from 'node:path'
import { fault } from '../core/errors.ts'
import type { Loc } from '../core/types.ts'
import { decrypt, encrypt, isVault } from './vault.ts'
import type { VaultSecret } from './vault.ts'

export interface SecretContext {
  readonly cwd: string
  /** Asks the user, without echo. */
  ask(prompt: string): string
}
export interface SecretSource { readonly id: string; readonly from: string }

export interface VaultOptions {
  /** `--vault-id`. */
  readonly ids: readonly string[]
  /** `--vault-password-file`. */
  readonly files: readonly string[]
  /** `-J`. */
  readonly ask: boolean
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string | undefined>>
}
export interface Vault {
  readonly secrets: readonly VaultSecret[]
  decrypt(ciphertext: string, loc?: Loc): string
  encrypt(text: string, secret: string, id?: string, salt?: string): string
}

/** Reads all passwords that options and ANSIBLE_VAULT_IDENTITY_LIST, ANSIBLE_VAULT_PASSWORD_FILE name. */
export function createVault(options: VaultOptions): Vault {
  const env = options.env ?? process.env
  const listed = (env['ANSIBLE_VAULT_IDENTITY_LIST'] ?? '').split(',').map((one) => one.trim()).filter((one) => one !== '')
  const file = env['ANSIBLE_VAULT_PASSWORD_FILE']
  const files = options.files.length > 0 ? options.files : file === undefined || file === '' ? [] : [file]
  const sources = [
    ...[...listed, ...options.ids].map(parseVaultId),
    ...files.map((from) => ({ id: 'default', from })),
    ...(options.ask ? [{ id: 'default', from: 'prompt_ask_vault_pass' }] : []),
  ]
  const secrets = loadSecrets(sources, { cwd: options.cwd ?? process.cwd(), ask: askTerminal })
  return { secrets, decrypt: (ciphertext, loc) => decrypt(ciphertext, secrets, loc), encrypt }
}

/** `dev@file`, `dev@prompt`, `file`; an `@` at the start is part of a file name. */
export function parseVaultId(text: string): SecretSource {
  const at = text.indexOf('@')
  return at > 0 ? { id: text.slice(0, at), from: text.slice(at + 1) } : { id: 'default', from: text }
}

/** All secrets of these sources, in order; a source that cannot be read is an error. */
export function loadSecrets(sources: readonly SecretSource[], context: SecretContext): VaultSecret[] {
  const secrets: VaultSecret[] = []
  for (const source of sources) secrets.push({ id: source.id, secret: secretOf(source, secrets, context) })
  return secrets
}

function secretOf(source: SecretSource, before: readonly VaultSecret[], context: SecretContext): string {
  if (source.from === 'prompt' || source.from === 'prompt_ask_vault_pass') {
    const given = context.ask(source.from === 'prompt' ? `Vault password (${source.id}): ` : 'Vault password: ').trim()
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

const typing = 'exec 3<>/dev/tty; printf %s "$1" >&3; trap "stty echo <&3" EXIT; trap "exit 130" INT TERM; stty -echo <&3; IFS= read -r line <&3; printf "\\n" >&3; printf %s "$line"'

/** A line typed at the terminal, not shown; without one, a line of the standard input. */
export function askTerminal(prompt: string): string {
  try {
    return execFileSync('/bin/sh', ['-c', typing, 'sh', prompt], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
  } catch {
    return readLine()
  }
}
function readLine(): string {
  const bytes: number[] = []
  const one = new Uint8Array(1)
  try {
    while (readSync(0, one) === 1 && one[0] !== 10) bytes.push(one[0] ?? 0)
  } catch (cause) {
    throw fault('vault-password-file', undefined, { path: 'the prompt', why: 'there is no terminal to ask at' }, cause)
  }
  return new TextDecoder().decode(Uint8Array.from(bytes))
}

/**
 * `play vault encrypt | decrypt | view | edit | create | rekey | encrypt-string`: what each does to a file or text. Asking, printing and options
 * belong to the command line. A file is replaced in one step and keeps its permissions; plain text is never left behind.
 */
import { spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { fault } from '../core/errors.ts'
import { decryptBytes, encrypt, isVault, readEnvelope } from '../vars/vault.ts'
import type { VaultSecret } from '../vars/vault.ts'

/** The secret to encrypt with: the one of the id asked for, else the only one there is. */
export function secretToEncrypt(secrets: readonly VaultSecret[], id: string | undefined): VaultSecret {
  const known = [...new Set(secrets.map((one) => one.id))]
  const [first] = id === undefined ? secrets : secrets.filter((one) => one.id === id)
  if (first === undefined) throw id === undefined ? fault('vault-no-password', undefined, {}) : fault('vault-unknown-id', undefined, { id, known })
  if (id === undefined && known.length > 1) throw fault('vault-ambiguous-id', undefined, { known })
  return first
}

const read = (path: string): Buffer => {
  try {
    return readFileSync(path)
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
    if (code === 'ENOENT') throw fault('vars-file-not-found', undefined, { path }, cause)
    throw fault('vars-file-unreadable', undefined, { path, why: code === 'EISDIR' ? 'it is a directory' : String(cause) }, cause)
  }
}
const readVault = (path: string): string => {
  const text = read(path).toString('utf8')
  if (!isVault(text)) throw fault('vault-not-encrypted', { file: path, line: 1, column: 1 }, { path })
  return text
}
/** In one step: what reads the file meanwhile sees the old or the new text. A new file is for its owner only. */
function replace(path: string, bytes: string | Uint8Array): void {
  const found = statSync(path, { throwIfNoEntry: false })
  const beside = join(dirname(path), `.${basename(path)}.tmp.${process.pid}`)
  try {
    writeFileSync(beside, bytes, { mode: 0o600, flag: 'wx' })
    if (found !== undefined) chmodSync(beside, found.mode & 0o7777)
    renameSync(beside, path)
  } catch (cause) {
    rmSync(beside, { force: true })
    throw cause
  }
}
const at = (path: string): { file: string; line: number; column: number } => ({ file: path, line: 1, column: 1 })

export function encryptFile(path: string, by: VaultSecret, output = path): void {
  const bytes = read(path)
  if (isVault(bytes.toString('latin1'))) throw fault('vault-already', at(path), { path })
  replace(output, encrypt(bytes, by.secret, by.id))
}
export function decryptFile(path: string, secrets: readonly VaultSecret[], output = path): void {
  replace(output, decryptBytes(readVault(path), secrets, at(path)).bytes)
}
export const viewFile = (path: string, secrets: readonly VaultSecret[]): Buffer => decryptBytes(readVault(path), secrets, at(path)).bytes

/** Encrypts with another secret; the id of the new one is written into the header. */
export function rekeyFile(path: string, secrets: readonly VaultSecret[], by: VaultSecret): void {
  replace(path, encrypt(decryptBytes(readVault(path), secrets, at(path)).bytes, by.secret, by.id))
}

/** Lets `edit` change the plain text in a folder of its own; comments stay, since nothing is parsed. True if the text changed. */
export function editFile(path: string, secrets: readonly VaultSecret[], edit: (path: string) => void): boolean {
  const ciphertext = readVault(path)
  const { bytes, by } = decryptBytes(ciphertext, secrets, at(path))
  const edited = inPrivate(path, bytes, edit)
  if (edited.equals(bytes)) return false
  replace(path, encrypt(edited, by.secret, readEnvelope(ciphertext).id))
  return true
}
/** A new file, written in the editor and encrypted. */
export function createFile(path: string, by: VaultSecret, edit: (path: string) => void): void {
  if (statSync(path, { throwIfNoEntry: false }) !== undefined) throw fault('vault-exists', undefined, { path })
  replace(path, encrypt(inPrivate(path, Buffer.alloc(0), edit), by.secret, by.id))
}
function inPrivate(path: string, bytes: Uint8Array, edit: (path: string) => void): Buffer {
  const folder = mkdtempSync(join(tmpdir(), 'play-vault-'))
  const plain = join(folder, basename(path))
  try {
    writeFileSync(plain, bytes, { mode: 0o600 })
    edit(plain)
    const edited = readFileSync(plain)
    writeFileSync(plain, Buffer.alloc(edited.length))
    return edited
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** $EDITOR (default vi) on a file; throws unless it ends with 0. */
export function runEditor(path: string, env: Readonly<Record<string, string | undefined>> = process.env): void {
  const editor = env['EDITOR'] ?? env['VISUAL'] ?? 'vi'
  const ended = spawnSync('/bin/sh', ['-c', `${editor} "$1"`, 'sh', path], { stdio: 'inherit' })
  if (ended.status !== 0) throw fault('vault-editor', undefined, { path, why: ended.error?.message ?? `the editor '${editor}' ended with ${ended.status ?? ended.signal ?? 'an error'}` })
}

/** A value for a YAML file: `name: !vault |` and the text below it. */
export function encryptString(text: string, by: VaultSecret, name?: string): string {
  const lines = encrypt(text, by.secret, by.id).trimEnd().split('\n').map((line) => `          ${line}`)
  return [`${name === undefined ? '' : `${name}: `}!vault |`, ...lines].join('\n')
}

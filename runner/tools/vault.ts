/**
 * `play vault encrypt | decrypt | view | edit | create | rekey | encrypt_string`: what each does to a file or text. Asking, printing and options
 * belong to the command line. A file is replaced in one step; plain text is never left behind.
 */
import { spawnSync } from 'node:child_process'
import { accessSync, chmodSync, chownSync, constants, mkdirSync, mkdtempSync, readFileSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join, resolve } from 'node:path'
import { fault } from '../core/errors.ts'
import { decryptBytes, encrypt, isVault, readEnvelope } from '../vars/vault.ts'
import type { VaultSecret } from '../vars/vault.ts'

/** The secret to encrypt with: the first of the id asked for, else the only one there is. */
export function secretToEncrypt(secrets: readonly VaultSecret[], id: string | undefined): VaultSecret {
  const known = secrets.map((one) => one.id)
  const [first] = id === undefined ? secrets : secrets.filter((one) => one.id === id)
  if (secrets.length === 0) throw fault('vault-no-password', undefined, {})
  if (first === undefined) throw fault('vault-unknown-id', undefined, { id: id ?? '', known })
  if (id === undefined && known.length > 1) throw fault('vault-ambiguous-id', undefined, { known })
  return first
}

/** Content of a file, or of standard input for `-`. */
function read(path: string): Buffer {
  try {
    return readFileSync(path === '-' ? 0 : path)
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
    const why = code === 'ENOENT' ? 'No such file or directory' : code === 'EISDIR' ? 'it is a directory' : String(cause)
    throw fault('vault-unreadable', undefined, { path, why }, cause)
  }
}
function readVault(path: string): string {
  const text = read(path).toString('utf8')
  if (!isVault(text)) throw fault('vault-not-encrypted', at(path), { path })
  return text
}
/** The file itself where a link was named. */
function real(path: string): string {
  try {
    return path === '-' ? path : realpathSync(path)
  } catch {
    return path
  }
}
/** In one step: what reads the file meanwhile sees the old or the new text. For its owner only, unless it keeps the mode that it had. */
function replace(path: string, bytes: string | Uint8Array, keep: 'mode' | 'nothing' = 'nothing'): void {
  const folder = dirname(resolve(path)), beside = join(folder, `.${basename(path)}.tmp.${process.pid}`)
  const found = keep === 'mode' ? statSync(path, { throwIfNoEntry: false }) : undefined
  try {
    accessSync(folder, constants.W_OK)
  } catch (cause) {
    throw fault('vault-not-writable', undefined, { path: folder }, cause)
  }
  try {
    writeFileSync(beside, bytes, { mode: 0o600, flag: 'wx' })
    if (found !== undefined) { chownSync(beside, found.uid, found.gid); chmodSync(beside, found.mode & 0o7777) }
    renameSync(beside, path)
  } catch (cause) {
    rmSync(beside, { force: true })
    throw cause
  }
}
/** Writes to the file; what belongs to standard output (`-`) is given back. */
export function writeOutput(output: string, bytes: string | Uint8Array): Uint8Array {
  if (output === '-') return Buffer.from(bytes)
  replace(output, bytes)
  return Buffer.alloc(0)
}
const at = (path: string): { file: string; line: number; column: number } => ({ file: path, line: 1, column: 1 })

export function encryptFile(path: string, by: VaultSecret, output?: string, salt?: string): Uint8Array {
  const source = real(path), bytes = read(source)
  if (isVault(bytes.toString('latin1'))) throw fault('vault-already', at(path), { path })
  return writeOutput(output ?? source, encrypt(bytes, by.secret, by.id, salt))
}
export function decryptFile(path: string, secrets: readonly VaultSecret[], output?: string): Uint8Array {
  const source = real(path)
  return writeOutput(output ?? source, decryptBytes(readVault(source), secrets, at(path)).bytes)
}
export const viewFile = (path: string, secrets: readonly VaultSecret[]): Buffer => decryptBytes(readVault(path), secrets, at(path)).bytes

/** Encrypts with another secret; the id of the new one is written into the header. */
export function rekeyFile(path: string, secrets: readonly VaultSecret[], by: VaultSecret, salt?: string): void {
  const source = real(path)
  replace(source, encrypt(decryptBytes(readVault(source), secrets, at(path)).bytes, by.secret, by.id, salt), 'mode')
}

/** Lets `edit` change the plain text in a folder of its own; comments stay, since nothing is parsed. True if the text changed. */
export function editFile(path: string, secrets: readonly VaultSecret[], edit: (path: string) => void): boolean {
  const source = real(path), ciphertext = readVault(source)
  const { bytes, by } = decryptBytes(ciphertext, secrets, at(path))
  const edited = inPrivate(source, bytes, edit)
  if (edited.equals(bytes)) return false
  replace(source, encrypt(edited, by.secret, readEnvelope(ciphertext).id), 'mode')
  return true
}
/** A new file, written in the editor and encrypted. */
export function createFile(path: string, by: VaultSecret, edit: (path: string) => void): void {
  if (statSync(path, { throwIfNoEntry: false }) !== undefined) throw fault('vault-exists', undefined, { path })
  mkdirSync(dirname(resolve(path)), { recursive: true })
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

/** The editor of the settings (ANSIBLE_EDITOR, EDITOR, else vi) on a file; throws unless it ends with 0. */
export function runEditor(path: string, env: Readonly<Record<string, string | undefined>> = process.env): void {
  const editor = env['ANSIBLE_EDITOR'] ?? env['EDITOR'] ?? 'vi'
  const ended = spawnSync('/bin/sh', ['-c', `${editor} "$1"`, 'sh', path], { stdio: 'inherit' })
  if (ended.status !== 0) throw fault('vault-editor', undefined, { path, why: ended.error?.message ?? `the editor '${editor}' ended with ${ended.status ?? ended.signal ?? 'an error'}` })
}

/** A value for a YAML file: `name: !vault |` and the text below it. */
export function encryptString(text: string, by: VaultSecret, name?: string, salt?: string): string {
  const lines = encrypt(text, by.secret, by.id, salt).trimEnd().split('\n').map((line) => `          ${line}`)
  return [`${name === undefined ? '' : `${name}: `}!vault |`, ...lines].join('\n')
}

/**
 * Ansible Vault 1.1 and 1.2: AES256-CTR with PKCS#7 padding, keys by PBKDF2-HMAC-SHA256 (10000 rounds), HMAC-SHA256 over the ciphertext.
 * Which passwords there are is the caller's business: see vault-secrets.ts.
 */
import { createCipheriv, createDecipheriv, createHmac, pbkdf2Sync, randomBytes, timingSafeEqual } from 'node:crypto'
import { fault } from '../core/errors.ts'
import type { Loc } from '../core/types.ts'

export interface VaultSecret {
  /** `default` where no id was named. */
  readonly id: string
  readonly secret: string
  /** Opens texts of this vault id only. */
  readonly isStrict?: boolean
}
export interface Envelope { readonly version: string; readonly id: string | undefined; readonly body: string }

const magic = '$ANSIBLE_VAULT'

export const isVault = (text: string): boolean => text.startsWith(`${magic};`)

interface Keys { readonly cipher: Buffer; readonly hmac: Buffer; readonly iv: Buffer }
/** Deriving a key takes milliseconds and depends on nothing but its two inputs, so an answer stays right for as long as the process lives. */
const derived = new Map<string, Keys>()

function keysFor(secret: string, salt: Buffer): Keys {
  const name = `${salt.toString('hex')} ${secret}`
  const known = derived.get(name)
  if (known !== undefined) return known
  const bytes = pbkdf2Sync(secret, salt, 10_000, 80, 'sha256')
  const keys = { cipher: bytes.subarray(0, 32), hmac: bytes.subarray(32, 64), iv: bytes.subarray(64, 80) }
  derived.set(name, keys)
  return keys
}

/** Vault text in lines of 80, ending in a newline; with an id other than `default` it is version 1.2. */
export function encrypt(text: string | Uint8Array, secret: string, vaultId?: string, salt?: string | Uint8Array): string {
  const saltBytes = salt === undefined ? randomBytes(32) : Buffer.from(salt)
  const keys = keysFor(secret, saltBytes)
  const cipher = createCipheriv('aes-256-ctr', keys.cipher, keys.iv)
  const crypted = Buffer.concat([cipher.update(padded(Buffer.from(text))), cipher.final()])
  const hmac = createHmac('sha256', keys.hmac).update(crypted).digest('hex')
  const body = Buffer.from(`${saltBytes.toString('hex')}\n${hmac}\n${crypted.toString('hex')}`).toString('hex')
  const header = vaultId === undefined || vaultId === 'default' ? `${magic};1.1;AES256` : `${magic};1.2;AES256;${vaultId}`
  return `${[header, ...(body.match(/.{1,80}/g) ?? [])].join('\n')}\n`
}
function padded(bytes: Buffer): Buffer {
  const count = 16 - bytes.length % 16
  return Buffer.concat([bytes, Buffer.alloc(count, count)])
}

/** The header's parts and the hex digits below it; whitespace around lines does not matter. */
export function readEnvelope(ciphertext: string, loc?: Loc): Envelope {
  const [first = '', ...lines] = ciphertext.trim().split(/\r?\n/)
  const [name, version, cipher, id] = first.split(';').map((part) => part.trim())
  if (name !== magic) throw fault('not-vault', loc, { found: first })
  if (version !== '1.1' && version !== '1.2') throw fault('vault-unsupported', loc, { what: `version ${version ?? 'not given'}` })
  if (cipher !== 'AES256') throw fault('vault-unsupported', loc, { what: `cipher ${cipher ?? 'not given'}` })
  return { version, id: id === '' ? undefined : id, body: lines.map((line) => line.trim()).join('') }
}

/** The plain bytes, by the first secret that fits; those of the text's own vault id are tried first. */
export function decryptBytes(ciphertext: string, secrets: readonly VaultSecret[], loc?: Loc): { readonly bytes: Buffer; readonly by: VaultSecret } {
  const { id, body } = readEnvelope(ciphertext, loc)
  const [saltHex = '', hmacHex = '', cryptedHex = ''] = unhex(body, loc, 'the body').toString('latin1').split('\n')
  const [salt, hmac, crypted] = [unhex(saltHex, loc, 'the salt'), unhex(hmacHex, loc, 'the checksum'), unhex(cryptedHex, loc, 'the ciphertext')]
  if (salt.length === 0 || hmac.length !== 32) throw fault('vault-corrupt', loc, { why: 'salt or checksum is missing' })
  if (secrets.length === 0) throw fault('vault-no-secret', loc, { id })
  const order = [...secrets.filter((one) => one.id === id), ...secrets.filter((one) => one.id !== id)].filter((one) => one.isStrict !== true || one.id === (id ?? 'default'))
  for (const by of order) {
    const keys = keysFor(by.secret, salt)
    if (!timingSafeEqual(createHmac('sha256', keys.hmac).update(crypted).digest(), hmac)) continue
    const decipher = createDecipheriv('aes-256-ctr', keys.cipher, keys.iv)
    return { bytes: unpadded(Buffer.concat([decipher.update(crypted), decipher.final()]), loc), by }
  }
  throw fault('vault-wrong-password', loc, { id, tried: [...new Set(order.map((one) => one.id))] })
}
export const decrypt = (ciphertext: string, secrets: readonly VaultSecret[], loc?: Loc): string => decryptBytes(ciphertext, secrets, loc).bytes.toString('utf8')

function unhex(hex: string, loc: Loc | undefined, what: string): Buffer {
  if (/[^0-9a-fA-F]/.test(hex)) throw fault('vault-corrupt', loc, { why: `Vault format unhexlify error: Non-hexadecimal digit found in ${what}` })
  if (hex.length % 2 !== 0) throw fault('vault-corrupt', loc, { why: `Vault format unhexlify error: Odd-length string in ${what}` })
  return Buffer.from(hex, 'hex')
}
function unpadded(bytes: Buffer, loc: Loc | undefined): Buffer {
  const count = bytes[bytes.length - 1] ?? 0
  if (count < 1 || count > 16 || count > bytes.length) throw fault('vault-corrupt', loc, { why: 'its padding is wrong' })
  return bytes.subarray(0, bytes.length - count)
}

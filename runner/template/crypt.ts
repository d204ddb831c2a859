/**
 * Password hashes as /etc/shadow takes them: md5-crypt, sha256-crypt, sha512-crypt; bcrypt is in bcrypt.ts. The same salt gives the same
 * hash, so tasks converge. Sources: Ulrich Drepper, "Unix crypt using SHA-256 and SHA-512"; Poul-Henning Kamp's md5-crypt.
 */
import { createHash } from 'node:crypto'
import { bcrypt, saltText } from './bcrypt.ts'
import { secure } from './mersenne.ts'
import { Refusal } from './params.ts'

const alphabet = './0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/** crypt's base 64 of three bytes (the first is the highest), lowest six bits first. */
function encode(high: number, middle: number, low: number, count: number): string {
  let value = (high << 16) | (middle << 8) | low, out = ''
  for (let i = 0; i < count; i++) { out += alphabet.charAt(value & 63); value >>>= 6 }
  return out
}
const hash = (name: string, ...parts: readonly Uint8Array[]): Buffer => {
  const hasher = createHash(name)
  for (const part of parts) hasher.update(part)
  return hasher.digest()
}
/** The bytes again and again until there are `size` of them. */
function stretch(bytes: Buffer, size: number): Buffer {
  const out = Buffer.alloc(size)
  for (let i = 0; i < size; i += bytes.length) bytes.copy(out, i)
  return out
}

function shaCrypt(bits: 256 | 512, password: string, salt: string, rounds: number): string {
  const name = `sha${bits}`, key = Buffer.from(password), pepper = Buffer.from(salt), size = bits / 8
  const first = hash(name, key, pepper, key)
  const parts = [key, pepper, stretch(first, key.length)]
  for (let left = key.length; left > 0; left >>= 1) parts.push(left & 1 ? first : key)
  let digest = hash(name, ...parts)
  const long = stretch(hash(name, ...Array.from(key, () => key)), key.length)
  const sour = stretch(hash(name, ...Array.from({ length: 16 + (digest[0] ?? 0) }, () => pepper)), pepper.length)
  for (let i = 0; i < rounds; i++) {
    const round = i & 1 ? [long] : [digest]
    if (i % 3 !== 0) round.push(sour)
    if (i % 7 !== 0) round.push(long)
    round.push(i & 1 ? digest : long)
    digest = createHash(name).update(Buffer.concat(round)).digest()
  }
  const at = (i: number): number => digest[i] ?? 0
  let out = ''
  if (bits === 512) {
    for (let i = 0, a = 0, b = 21, c = 42; i < 21; i++, [a, b, c] = [b + 1, c + 1, a + 1]) out += encode(at(a), at(b), at(c), 4)
    out += encode(0, 0, at(63), 2)
  } else {
    for (let i = 0, a = 0, b = 10, c = 20; i < 10; i++, [a, b, c] = [c + 1, a + 1, b + 1]) out += encode(at(a), at(b), at(c), 4)
    out += encode(0, at(31), at(30), 3)
  }
  if (digest.length !== size) throw new Error('unexpected digest size')
  return `$${bits === 512 ? 6 : 5}$${rounds === 5000 ? '' : `rounds=${rounds}$`}${salt}$${out}`
}

function md5Crypt(password: string, salt: string): string {
  const key = Buffer.from(password), pepper = Buffer.from(salt)
  const second = hash('md5', key, pepper, key)
  const parts: Buffer[] = [key, Buffer.from('$1$'), pepper, stretch(second, key.length)]
  for (let left = key.length; left > 0; left >>= 1) parts.push(left & 1 ? Buffer.from([0]) : key.subarray(0, 1))
  let digest = hash('md5', ...parts)
  for (let i = 0; i < 1000; i++) {
    const round = [i & 1 ? key : digest]
    if (i % 3 !== 0) round.push(pepper)
    if (i % 7 !== 0) round.push(key)
    round.push(i & 1 ? digest : key)
    digest = hash('md5', ...round)
  }
  const at = (i: number): number => digest[i] ?? 0
  const triples = [[0, 6, 12], [1, 7, 13], [2, 8, 14], [3, 9, 15], [4, 10, 5]] as const
  return `$1$${salt}$${triples.map(([a, b, c]) => encode(at(a), at(b), at(c), 4)).join('')}${encode(0, 0, at(11), 2)}`
}

type Kind = 'md5' | 'sha256' | 'sha512' | 'bcrypt'
const schemes: Readonly<Record<string, Kind>> = {
  md5: 'md5', md5_crypt: 'md5', sha256: 'sha256', sha256_crypt: 'sha256', sha512: 'sha512', sha512_crypt: 'sha512', blowfish: 'bcrypt', bcrypt: 'bcrypt',
}
const saltSizes = { md5: 8, sha256: 16, sha512: 16, bcrypt: 22 }
/** Ansible's defaults, the same for years. */
const defaultRounds = { sha256: 535_000, sha512: 656_000, bcrypt: 12 }

export function randomText(size: number, chars: string): string {
  const all = Array.from(chars)
  return Array.from({ length: size }, () => all[Number(secure.below(BigInt(all.length)))] ?? '').join('')
}

export interface CryptOptions { readonly salt?: string | undefined; readonly saltSize?: number | undefined; readonly rounds?: number | undefined; readonly ident?: string | undefined }

/** Throws Refusal for a scheme that is not known, a salt or number of rounds that does not fit. */
export function cryptPassword(password: string, scheme: string, options: CryptOptions = {}): string {
  const kind = Object.hasOwn(schemes, scheme) ? schemes[scheme] : undefined
  if (kind === undefined) throw new Refusal(`${scheme} is not in the list of supported passlib algorithms: md5, blowfish, sha256, sha512${scheme === 'yescrypt' ? '; hashes of this kind are not made by play, use sha512' : ''}`)
  if (password.includes('\0')) throw new Refusal('a password cannot hold a NUL character')
  const most = saltSizes[kind], size = options.saltSize === undefined || options.saltSize === 0 ? most : options.saltSize
  if (size > most || size < 1 || (kind === 'bcrypt' && size !== most)) throw new Refusal(`invalid salt size supplied (${size}), expected ${kind === 'bcrypt' ? '' : 'at most '}${most}`)
  const salt = options.salt === undefined || options.salt === '' ? randomText(size, alphabet) : options.salt
  if (!/^[./0-9A-Za-z]+$/.test(salt)) throw new Refusal('invalid characters in salt: only letters, digits, . and / are allowed')
  if (salt.length > most || (kind === 'bcrypt' && salt.length !== most)) {
    throw new Refusal(`invalid salt size supplied (${salt.length}), expected ${kind === 'bcrypt' ? '' : 'at most '}${most}`)
  }
  return hashWith(kind, password, options.salt === undefined || options.salt === '' ? salt : fromBytes(kind, salt), options)
}

/** The hash with a salt as it stands in it. Numbers of rounds out of bounds count as the nearest within, as libxcrypt has it. */
export function hashWith(kind: Kind, password: string, salt: string, { rounds, ident }: CryptOptions = {}): string {
  const given = rounds === undefined || rounds === 0 ? undefined : rounds
  if (kind === 'bcrypt') return bcrypt(password, salt, given ?? defaultRounds.bcrypt, ident ?? '2b')
  if (kind === 'sha256' || kind === 'sha512') return shaCrypt(kind === 'sha512' ? 512 : 256, password, salt, Math.min(999_999_999, Math.max(1000, given ?? defaultRounds[kind])))
  if (given !== undefined) throw new Refusal('md5 has no number of rounds to choose')
  return md5Crypt(password, salt)
}

/**
 * The salt that ansible-core 2.21 makes of one that is given: it hands its characters to libxcrypt (crypt_gensalt) as bytes, which are written
 * in crypt's alphabet, three as four. Before 2.20 a salt stood in the hash as it was given.
 */
function fromBytes(kind: Kind, salt: string): string {
  const bytes = Buffer.from(salt)
  if (kind === 'bcrypt') return saltText(bytes.subarray(0, 16))
  if (bytes.length < 3) throw new Refusal(`Failed to generate salt for '${kind}': a salt has at least 3 characters`)
  let out = ''
  for (let i = 0; i + 3 < bytes.length && out.length < saltSizes[kind]; i += 3) out += encode(bytes[i + 2] ?? 0, bytes[i + 1] ?? 0, bytes[i] ?? 0, 4)
  return out
}

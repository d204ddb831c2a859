/**
 * bcrypt (Provos and Mazières 1999): Blowfish with an expensive key schedule. Blowfish's tables are the digits of pi, so they are
 * computed here, once, when first needed.
 */
import { Refusal } from './params.ts'

const words = 18 + 4 * 256

/** The fraction of pi in binary, as 32-bit words. Machin: pi = 16 atan(1/5) - 4 atan(1/239). */
function piWords(): Uint32Array {
  const bits = BigInt(words * 32), guard = 64n, one = 1n << (bits + guard)
  const atan = (inverse: bigint): bigint => {
    const square = inverse * inverse
    let term = one / inverse, total = term
    for (let n = 3n, sign = -1n; term > 0n; n += 2n, sign = -sign) { term /= square; total += sign * (term / n) }
    return total
  }
  const fraction = ((16n * atan(5n) - 4n * atan(239n)) & (one - 1n)) >> guard
  const hex = fraction.toString(16).padStart(words * 8, '0')
  return Uint32Array.from({ length: words }, (_, i) => parseInt(hex.slice(i * 8, i * 8 + 8), 16))
}
let pi: Uint32Array | undefined

class Blowfish {
  private readonly p: Uint32Array
  private readonly s: Uint32Array
  left = 0
  right = 0
  constructor() {
    pi ??= piWords()
    this.p = pi.slice(0, 18)
    this.s = pi.slice(18)
  }
  encipher(): void {
    const { p, s } = this
    let l = this.left ^ (p[0] as number), r = this.right
    for (let i = 1; i <= 16; i += 2) {
      r ^= ((((s[l >>> 24] as number) + (s[256 + ((l >>> 16) & 255)] as number)) ^ (s[512 + ((l >>> 8) & 255)] as number)) + (s[768 + (l & 255)] as number)) ^ (p[i] as number)
      l ^= ((((s[r >>> 24] as number) + (s[256 + ((r >>> 16) & 255)] as number)) ^ (s[512 + ((r >>> 8) & 255)] as number)) + (s[768 + (r & 255)] as number)) ^ (p[i + 1] as number)
    }
    this.left = r ^ (p[17] as number)
    this.right = l
  }
  /** Mixes the key in; data (the salt) goes into the blocks that are enciphered. */
  expand(key: Uint32Array, data: Uint32Array | undefined): void {
    for (let i = 0; i < 18; i++) this.p[i] = (this.p[i] as number) ^ (key[i] as number)
    this.left = 0
    this.right = 0
    let at = 0
    const fill = (table: Uint32Array): void => {
      for (let i = 0; i < table.length; i += 2) {
        if (data !== undefined) {
          this.left ^= data[at & 3] as number
          this.right ^= data[(at + 1) & 3] as number
          at += 2
        }
        this.encipher()
        table[i] = this.left
        table[i + 1] = this.right
      }
    }
    fill(this.p)
    fill(this.s)
  }
}

/** 18 words from the bytes, over and over. */
function cycle(bytes: Uint8Array): Uint32Array {
  let at = 0
  return Uint32Array.from({ length: 18 }, () => {
    let word = 0
    for (let i = 0; i < 4; i++) word = (word << 8) | (bytes[at++ % bytes.length] ?? 0)
    return word >>> 0
  })
}

const alphabet = './ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'
function decodeSalt(salt: string): Uint8Array {
  const bits = Array.from(salt, (char) => alphabet.indexOf(char).toString(2).padStart(6, '0')).join('')
  return Uint8Array.from({ length: 16 }, (_, i) => parseInt(bits.slice(i * 8, i * 8 + 8), 2))
}
function encode(bytes: Uint8Array, chars: number): string {
  const bits = Array.from(bytes, (byte) => byte.toString(2).padStart(8, '0')).join('').padEnd(chars * 6, '0')
  return Array.from({ length: chars }, (_, i) => alphabet.charAt(parseInt(bits.slice(i * 6, i * 6 + 6), 2))).join('')
}

/** 16 bytes as the salt of a hash. */
export const saltText = (bytes: Uint8Array): string => encode(bytes, 22)

/** The salt is 22 characters; the last carries two bits only, and is written with the others cleared. */
export function bcrypt(password: string, salt: string, cost: number, ident: string): string {
  if (cost < 4 || cost > 31) throw new Refusal(`rounds must be between 4 and 31 for bcrypt (they count as powers of two), not ${cost}`)
  if (!['2a', '2b', '2y'].includes(ident)) throw new Refusal(`'${ident}' is no bcrypt ident; one of 2a, 2b, 2y`)
  const bytes = decodeSalt(salt)
  const data = new Uint32Array(4).map((_, i) => Buffer.from(bytes).readUInt32BE(i * 4))
  const key = cycle(Buffer.concat([Buffer.from(password), Buffer.from('\0')]).subarray(0, 72)), pepper = cycle(bytes)
  const fish = new Blowfish()
  fish.expand(key, data)
  for (let i = 0; i < 2 ** cost; i++) { fish.expand(key, undefined); fish.expand(pepper, undefined) }
  const text = Buffer.from('OrpheanBeholderScryDoubt'), out = Buffer.alloc(24)
  for (let block = 0; block < 24; block += 8) {
    fish.left = text.readUInt32BE(block)
    fish.right = text.readUInt32BE(block + 4)
    for (let i = 0; i < 64; i++) fish.encipher()
    out.writeUInt32BE(fish.left >>> 0, block)
    out.writeUInt32BE(fish.right >>> 0, block + 4)
  }
  return `$${ident}$${String(cost).padStart(2, '0')}$${encode(bytes, 22)}${encode(out.subarray(0, 23), 31)}`
}

/**
 * Python's seeded random numbers (Mersenne Twister, as `random.Random(seed)`), so that `{{ 60 | random(seed=inventory_hostname) }}`
 * gives every host the minute that Ansible gave it. Without a seed: the system's secure generator.
 */
import { createHash, randomBytes } from 'node:crypto'

export interface Random {
  /** A number from 0 up to, but not including, n. */
  below(n: bigint): bigint
}

const size = 624, shift = 397

function twister(key: readonly number[]): () => number {
  const state = new Uint32Array(size)
  const at = (i: number): number => state[i] ?? 0
  state[0] = 19650218
  for (let i = 1; i < size; i++) state[i] = Math.imul(1812433253, at(i - 1) ^ (at(i - 1) >>> 30)) + i
  let i = 1, j = 0
  for (let k = Math.max(size, key.length); k > 0; k--) {
    state[i] = (at(i) ^ Math.imul(at(i - 1) ^ (at(i - 1) >>> 30), 1664525)) + (key[j] ?? 0) + j
    if (++i >= size) { state[0] = at(size - 1); i = 1 }
    if (++j >= key.length) j = 0
  }
  for (let k = size - 1; k > 0; k--) {
    state[i] = (at(i) ^ Math.imul(at(i - 1) ^ (at(i - 1) >>> 30), 1566083941)) - i
    if (++i >= size) { state[0] = at(size - 1); i = 1 }
  }
  state[0] = 0x80000000
  let next = size
  return () => {
    if (next >= size) {
      for (let k = 0; k < size; k++) {
        const y = (at(k) & 0x80000000) | (at((k + 1) % size) & 0x7fffffff)
        state[k] = at((k + shift) % size) ^ (y >>> 1) ^ (y & 1 ? 0x9908b0df : 0)
      }
      next = 0
    }
    let y = at(next++)
    y ^= y >>> 11
    y ^= (y << 7) & 0x9d2c5680
    y ^= (y << 15) & 0xefc60000
    return (y ^ (y >>> 18)) >>> 0
  }
}

/** The integer that Python makes of a seed: its absolute value, or text followed by its SHA-512. */
function seedNumber(seed: string | bigint): bigint {
  if (typeof seed === 'bigint') return seed < 0n ? -seed : seed
  const text = Buffer.from(seed)
  return BigInt(`0x${Buffer.concat([text, createHash('sha512').update(text).digest()]).toString('hex')}`)
}

export function seeded(seed: string | bigint): Random {
  const key: number[] = []
  for (let left = seedNumber(seed); left > 0n; left >>= 32n) key.push(Number(left & 0xffffffffn))
  const word = twister(key.length > 0 ? key : [0])
  const bits = (count: number): bigint => {
    let value = 0n
    for (let done = 0; done < count; done += 32) {
      const rest = count - done
      value |= BigInt(rest < 32 ? word() >>> (32 - rest) : word()) << BigInt(done)
    }
    return value
  }
  return {
    below(n) {
      const count = n.toString(2).length
      for (;;) { const value = bits(count); if (value < n) return value }
    },
  }
}

export const secure: Random = {
  below(n) {
    const bytes = Math.ceil(n.toString(2).length / 8) + 8
    return BigInt(`0x${randomBytes(bytes).toString('hex')}`) % n
  },
}

export const choose = <T>(random: Random, items: readonly T[]): T | undefined => items[Number(random.below(BigInt(items.length)))]

/** Python: random.shuffle. */
export function shuffle<T>(random: Random, items: readonly T[]): T[] {
  const out = [...items]
  for (let i = out.length - 1; i > 0; i--) {
    const j = Number(random.below(BigInt(i + 1)))
    const held = out[i] as T
    out[i] = out[j] as T
    out[j] = held
  }
  return out
}

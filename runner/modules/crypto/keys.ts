/** Keys as community.crypto tells of them: kinds, sizes, fingerprints of the public half. */
import { createHash, createPublicKey } from 'node:crypto'
import type { Data } from '../../core/types.ts'

/** Names of TLS's registry, and what openssl calls them where that differs. */
export const curves: Readonly<Record<string, string>> = {
  secp224r1: 'secp224r1', secp256k1: 'secp256k1', secp256r1: 'prime256v1', secp384r1: 'secp384r1', secp521r1: 'secp521r1', secp192r1: 'prime192v1',
  brainpoolP256r1: 'brainpoolP256r1', brainpoolP384r1: 'brainpoolP384r1', brainpoolP512r1: 'brainpoolP512r1', sect163k1: 'sect163k1', sect163r2: 'sect163r2', sect233k1: 'sect233k1',
  sect233r1: 'sect233r1', sect283k1: 'sect283k1', sect283r1: 'sect283r1', sect409k1: 'sect409k1', sect409r1: 'sect409r1', sect571k1: 'sect571k1', sect571r1: 'sect571r1',
}
export interface KeyFacts { readonly type: string; readonly size: number | undefined; readonly curve: string | undefined }
const types: Readonly<Record<string, string>> = { rsa: 'RSA', dsa: 'DSA', ec: 'ECC', ed25519: 'Ed25519', ed448: 'Ed448', x25519: 'X25519', x448: 'X448' }
export function keyFacts(pem: string): KeyFacts {
  const key = createPublicKey(pem), { modulusLength, namedCurve } = key.asymmetricKeyDetails ?? {}
  const curve = Object.entries(curves).find(([, name]) => name === namedCurve)?.[0] ?? namedCurve
  return { type: types[key.asymmetricKeyType ?? ''] ?? 'unknown', size: modulusLength, curve }
}
const algorithms = { blake2b: 'blake2b512', blake2s: 'blake2s256', md5: 'md5', sha1: 'sha1', sha224: 'sha224', sha256: 'sha256', sha384: 'sha384', sha3_224: 'sha3-224', sha3_256: 'sha3-256', sha3_384: 'sha3-384', sha3_512: 'sha3-512', sha512: 'sha512' } as const
/** By every algorithm that Python has for sure. */
export function fingerprints(pem: string): Data | null {
  if (pem === '') return null
  const der = createPublicKey(pem).export({ type: 'spki', format: 'der' }), colons = (hex: string): string => hex.replace(/..(?=.)/g, '$&:')
  const shake = Object.fromEntries((['shake_128', 'shake_256'] as const).map((name) => [name, colons(createHash(name.replace('_', ''), { outputLength: 32 }).update(der).digest('hex'))]))
  return { ...Object.fromEntries(Object.entries(algorithms).map(([name, own]) => [name, colons(createHash(own).update(der).digest('hex'))])), ...shake }
}

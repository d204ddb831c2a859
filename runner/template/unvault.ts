/** Opens vault text with a given secret, for the filter unvault; all other vaults are vars/vault.ts's. Format 1.1 and 1.2. */
import { createDecipheriv, createHmac, pbkdf2Sync, timingSafeEqual } from 'node:crypto'
import { Refusal } from './params.ts'

export function decryptWith(text: string, secret: string): string {
  const [, ...lines] = text.trim().split(/\r?\n/)
  const parts = Buffer.from(lines.map((line) => line.trim()).join(''), 'hex').toString('latin1').split('\n')
  const [salt, mac, body] = parts.map((part) => Buffer.from(part, 'hex'))
  if (salt === undefined || mac === undefined || body === undefined) throw new Refusal('Unable to decrypt: this is no complete vault text')
  const keys = pbkdf2Sync(secret, salt, 10_000, 80, 'sha256')
  const expected = createHmac('sha256', keys.subarray(32, 64)).update(body).digest()
  if (mac.length !== expected.length || !timingSafeEqual(mac, expected)) throw new Refusal('Unable to decrypt: the secret does not fit')
  const decipher = createDecipheriv('aes-256-ctr', keys.subarray(0, 32), keys.subarray(64, 80))
  const plain = Buffer.concat([decipher.update(body), decipher.final()])
  return plain.subarray(0, plain.length - (plain.at(-1) ?? 0)).toString('utf8')
}

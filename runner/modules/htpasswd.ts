/** Keeps users of a password file for HTTP. */
import { createHash, randomBytes } from 'node:crypto'
import { Failure } from '../core/errors.ts'
import { defineModule } from '../core/module.ts'
import type { Plan } from '../core/plan.ts'
import { attributeArgs } from './files/attributes.ts'
import { planText } from './config/text.ts'

const digits = './0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const encode = (value: number, count: number): string => Array.from({ length: count }, (_, i) => digits[value >> (6 * i) & 63] ?? '').join('')
const md5 = (...parts: readonly (Buffer | string)[]): Buffer => { const hash = createHash('md5'); for (const part of parts) hash.update(part); return hash.digest() }

/** Apache's MD5 (apr1): a thousand rounds, as the Apache Portable Runtime does them. */
export function apr1(password: string, salt: string): string {
  const key = Buffer.from(password)
  let mixed = md5(key, salt, key)
  const fill = Buffer.concat(Array.from({ length: Math.ceil(key.length / 16) }, () => mixed)).subarray(0, key.length)
  const bits: Buffer[] = []
  for (let n = key.length; n > 0; n >>= 1) bits.push((n & 1) === 1 ? Buffer.from([0]) : key.subarray(0, 1))
  mixed = md5(key, '$apr1$', salt, fill, ...bits)
  for (let i = 0; i < 1000; i++) {
    const odd = i % 2 === 1
    mixed = md5(odd ? key : mixed, i % 3 === 0 ? '' : salt, i % 7 === 0 ? '' : key, odd ? mixed : key)
  }
  const at = (i: number): number => mixed[i] ?? 0
  const groups = [[0, 6, 12], [1, 7, 13], [2, 8, 14], [3, 9, 15], [4, 10, 5]].map(([a = 0, b = 0, c = 0]) => encode(at(a) << 16 | at(b) << 8 | at(c), 4))
  return `$apr1$${salt}$${groups.join('')}${encode(at(11), 2)}`
}
const sha1 = (password: string): string => `{SHA}${createHash('sha1').update(password).digest('base64')}`

function isPassword(hash: string, password: string): boolean {
  const salt = /^\$apr1\$([^$]*)\$/.exec(hash)?.[1]
  if (salt !== undefined) return apr1(password, salt) === hash
  if (hash.startsWith('{SHA}')) return sha1(password) === hash
  if (/^\$2[aby]\$|^\$[56]\$/.test(hash)) throw new Failure(`the file holds a hash of a kind that this module cannot compare (${hash.slice(0, 3)}…); use hash_scheme apr_md5_crypt`)
  return hash === password
}
function hashOf(password: string, scheme: string): string {
  if (scheme === 'apr_md5_crypt') return apr1(password, Array.from(randomBytes(8), (byte) => digits[byte % 64] ?? '').join(''))
  if (scheme === 'ldap_sha1') return sha1(password)
  if (scheme === 'plaintext') return password
  throw new Failure(`hash_scheme ${scheme} is not supported: apr_md5_crypt, ldap_sha1 and plaintext are`)
}

export default defineModule({
  name: 'htpasswd',
  doc: 'Keeps users of a password file for HTTP.',
  args: {
    path: { type: 'path', required: true, aliases: ['dest', 'destfile'], doc: 'The file.' },
    name: { type: 'str', required: true, aliases: ['username'], doc: 'The user.' },
    password: { type: 'str', secret: true, doc: 'The password.' },
    hash_scheme: { type: 'str', default: 'apr_md5_crypt', aliases: ['crypt_scheme'], doc: 'How it is kept: apr_md5_crypt, ldap_sha1 or plaintext.' },
    state: { type: 'str', choices: ['absent', 'present'], default: 'present', doc: 'Whether the user is there.' },
    create: { type: 'bool', default: true, doc: 'Makes the file where it is missing.' },
    ...attributeArgs,
  },
  rules: { requiredIf: [['state', 'present', ['password']]] },
  async plan(args, target): Promise<Plan> {
    const { mode, owner, group } = args
    return await planText(target, args.path, (text) => {
      if (text === undefined && args.state === 'absent') return undefined
      if (text === undefined && !args.create) throw new Failure(`Destination ${args.path} does not exist`)
      const lines = (text ?? '').split('\n').filter((line) => line !== ''), at = lines.findIndex((line) => line.startsWith(`${args.name}:`))
      if (args.state === 'absent') return at < 0 ? text : lines.filter((_, i) => i !== at).map((line) => `${line}\n`).join('')
      const password = args.password ?? ''
      if (at >= 0 && isPassword((lines[at] ?? '').slice(args.name.length + 1), password)) return text
      const line = `${args.name}:${hashOf(password, args.hash_scheme)}`
      return (at < 0 ? [...lines, line] : lines.map((one, i) => i === at ? line : one)).map((one) => `${one}\n`).join('')
    }, { mode, owner, group }, { name: args.name, path: args.path })
  },
})

/** Filters between values and text: JSON, YAML, base 64, hashes, passwords, vault. */
import { findCodec } from '../core/encoding.ts'
import { createHash, getHashes } from 'node:crypto'
import type { Filter } from './call.ts'
import type { Data } from '../core/types.ts'
import { cryptPassword } from './crypt.ts'
import { items, onlyText, text } from './items.ts'
import { dumpJson, loadJson } from './json.ts'
import type { DumpOptions } from './json.ts'
import { encode } from './methods-str.ts'
import { asIndex, isInt } from './numbers.ts'
import { filterTable, Refusal } from './params.ts'
import { isTruthy, pyRepr, pyStr, typeName } from './python.ts'
import { decryptWith } from './unvault.ts'
import { yamlFilters } from './filters-yaml.ts'

const indentText = (value: unknown): string | undefined =>
  value === null || value === undefined ? undefined : typeof value === 'string' ? value : ' '.repeat(Math.max(0, asIndex(value)))
const jsonOptions = new Set(['indent', 'sort_keys', 'ensure_ascii', 'separators', 'skipkeys', 'allow_nan', 'check_circular', 'vault_to_text', 'preprocess_unsafe', 'profile'])

function toJson(value: unknown, options: Data): string {
  const unknown = Object.keys(options).find((name) => !jsonOptions.has(name))
  if (unknown !== undefined) throw new Refusal(`got an unexpected keyword argument '${unknown}'`, `known are ${[...jsonOptions].join(', ')}`)
  const [itemSeparator, keySeparator] = options.separators === undefined || options.separators === null ? [] : items(options.separators).map((one) => onlyText(one))
  const made: DumpOptions = {
    indent: indentText(options.indent), sortKeys: isTruthy(options.sort_keys ?? false), ensureAscii: isTruthy(options.ensure_ascii ?? true),
    textKeys: true, skipKeys: isTruthy(options.skipkeys ?? false), allowNan: isTruthy(options.allow_nan ?? true),
    ...(itemSeparator === undefined ? {} : { itemSeparator }), ...(keySeparator === undefined ? {} : { keySeparator }),
  }
  return dumpJson(value, made)
}

/** Text in an encoding as bytes; bytes as they are. */
function bytesOf(value: unknown, encoding: unknown = 'utf-8'): Uint8Array {
  return value instanceof Uint8Array ? value : encode(text(value), onlyText(encoding, 'encoding'), 'strict')
}
/** Bytes that are no text in the encoding are replaced. */
function decodeText(bytes: Buffer, encoding: string): string {
  const codec = findCodec(encoding)
  if (codec === undefined) throw new Refusal(`unknown encoding: ${encoding}`)
  return codec.decode(bytes) ?? bytes.toString('utf8')
}
/** As Python reads it: other characters are passed over, but the padding must be there. */
function fromBase64(value: unknown, urlSafe: boolean): Buffer {
  const plain = urlSafe ? text(value).replaceAll('-', '+').replaceAll('_', '/') : text(value)
  let body = '', pads = 0, isDone = false
  for (const char of plain) {
    if (char === '=') {
      pads++
      isDone = body.length % 4 >= 2 && body.length % 4 + pads >= 4
      if (isDone) break
    } else if (/[A-Za-z0-9+/]/.test(char)) { body += char; pads = 0 }
  }
  if (body.length % 4 === 1) throw new Refusal(`Invalid base64-encoded string: number of data characters (${body.length}) cannot be 1 more than a multiple of 4`)
  if (body.length % 4 > 0 && !isDone) throw new Refusal('Incorrect padding')
  return Buffer.from(body, 'base64')
}

const hashNames: Readonly<Record<string, string>> = { blake2b: 'blake2b512', blake2s: 'blake2s256' }
function hashText(value: unknown, name: string): string {
  const plain = name.toLowerCase()
  const wanted = hashNames[plain] ?? plain.replace(/^(sha3|sha512)_(\d+)$/, '$1-$2')
  if (/^shake/.test(plain) || !getHashes().includes(wanted)) throw new Refusal(`unsupported hash type ${name}`, 'md5, sha1, sha224, sha256, sha384, sha512 and more are known')
  return createHash(wanted).update(bytesOf(value)).digest('hex')
}

const playNamespace = '361E6D51-FAEC-444A-9079-341386DA8E2E'
/** A name-based UUID (version 5). */
function uuid(value: unknown, namespace: unknown): string {
  const space = pyStr(namespace).replace(/^urn:uuid:|[{}-]/g, '')
  if (!/^[0-9a-fA-F]{32}$/.test(space)) throw new Refusal(`Invalid value '${pyStr(namespace)}' for 'namespace': badly formed hexadecimal UUID string`)
  const digest = createHash('sha1').update(Buffer.from(space, 'hex')).update(bytesOf(value)).digest().subarray(0, 16)
  digest[6] = ((digest[6] ?? 0) & 0x0f) | 0x50
  digest[8] = ((digest[8] ?? 0) & 0x3f) | 0x80
  return digest.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}

const optionalInt = (value: unknown, name: string): number | undefined => {
  if (value === null) return undefined
  if (!isInt(value)) throw new Refusal(`${name} must be an integer, not ${pyRepr(value)}`)
  return Number(value)
}

export const serialFilters: Record<string, Filter> = {
  ...yamlFilters,
  ...filterTable({
    'to_json(profile=None, **options)': (value, [, options]) => toJson(value, options as Data),
    'to_nice_json(indent=4, sort_keys=True, **options)': (value, [indent, sortKeys, options]) =>
      toJson(value, { ...(options as Data), indent, sort_keys: sortKeys, separators: [',', ': '] }),
    'tojson(indent=None)': (value, [indent]) => dumpJson(value, { sortKeys: true, indent: indentText(indent) })
      .replaceAll('<', '\\u003c').replaceAll('>', '\\u003e').replaceAll('&', '\\u0026').replaceAll("'", '\\u0027'),
    'from_json(profile=None, **options)': (value) => {
      if (typeof value !== 'string' && !(value instanceof Uint8Array)) throw new Refusal(`the JSON object must be str, bytes or bytearray, not ${typeName(value)}`)
      return loadJson(typeof value === 'string' ? value : Buffer.from(value).toString('utf8'))
    },
    'b64encode(encoding="utf-8", urlsafe=False)': (value, [encoding, urlSafe]) => {
      const made = Buffer.from(bytesOf(value, encoding)).toString('base64')
      return isTruthy(urlSafe) ? made.replaceAll('+', '-').replaceAll('/', '_') : made
    },
    'b64decode(encoding="utf-8", urlsafe=False)': (value, [encoding, urlSafe]) => decodeText(fromBase64(value, isTruthy(urlSafe)), onlyText(encoding, 'encoding')),
    'hash(hashtype="sha1")': (value, [type]) => hashText(value, onlyText(type, 'hashtype')),
    'sha1|checksum()': (value) => hashText(value, 'sha1'),
    'md5()': (value) => hashText(value, 'md5'),
    'to_uuid(namespace=None)': (value, [namespace]) => uuid(value, namespace ?? playNamespace),
    'password_hash(hashtype="sha512", salt=None, salt_size=None, rounds=None, ident=None)': (value, [type, salt, saltSize, rounds, ident]) =>
      cryptPassword(text(value), onlyText(type, 'hashtype'), {
        salt: salt === null ? undefined : onlyText(salt, 'salt'), saltSize: optionalInt(saltSize, 'salt_size'), rounds: optionalInt(rounds, 'rounds'),
        ident: ident === null ? undefined : text(ident),
      }),
    'vault(secret, salt=None, vault_id="filter_default", wrap_object=False)': (value, [secret, salt, id], call) => {
      if (typeof secret !== 'string') throw new Refusal(`Secret passed is required to be a string, instead we got ${typeName(secret)}.`)
      if (typeof value !== 'string') throw new Refusal(`Can only vault strings, instead we got ${typeName(value)}.`)
      return call.env.services.encrypt(value, secret, text(id), salt === null ? undefined : text(salt))
    },
    'unvault(secret, vault_id="filter_default")': (value, [secret]) => {
      if (typeof secret !== 'string') throw new Refusal(`Secret passed is required to be as string, instead we got ${typeName(secret)}.`)
      if (typeof value !== 'string') throw new Refusal(`Vault should be in the form of a string, instead we got ${typeName(value)}.`)
      return value.startsWith('$ANSIBLE_VAULT;') ? decryptWith(value, secret) : value
    },
  }),
}

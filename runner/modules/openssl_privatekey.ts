/** Keeps a private key, made and looked at by the host's openssl; the key does not leave the host unless return_content asks for it. */
import { Failure } from '../core/errors.ts'
import { defineModule } from '../core/module.ts'
import { shText } from '../core/sh.ts'
import type { Data } from '../core/types.ts'
import type { Args, Plan } from '../core/plan.ts'
import { Unknown } from '../core/value.ts'
import { content } from '../probes/content.ts'
import { privateKey } from '../probes/private-key.ts'
import type { PrivateKeyState } from '../probes/private-key.ts'
import { curves, fingerprints, keyFacts } from './crypto/keys.ts'
import { attributeArgs, lookUpWanted } from './files/attributes.ts'
import { expand } from './files/paths.ts'
import { planKept, planProduced, planRemoved, readUnseen } from './files/produced.ts'

const args = {
  path: { type: 'path', required: true, doc: 'The file; its mode is 0600 unless mode says otherwise.' },
  state: { type: 'str', default: 'present', choices: ['absent', 'present'], doc: 'Whether it is there.' },
  size: { type: 'int', default: 4096, doc: 'Bits of an RSA or DSA key.' },
  type: { type: 'str', default: 'RSA', choices: ['DSA', 'ECC', 'Ed25519', 'Ed448', 'RSA', 'X25519', 'X448', 'ML-DSA-44', 'ML-DSA-65', 'ML-DSA-87'], doc: 'Kind of key; those with ML are refused.' },
  curve: { type: 'str', choices: Object.keys(curves), doc: 'Curve of an ECC key.' },
  passphrase: { type: 'str', secret: true, doc: 'Encrypts the key.' },
  cipher: { type: 'str', default: 'auto', doc: 'How; only auto (AES-256).' },
  select_crypto_backend: { type: 'str', default: 'auto', choices: ['auto', 'cryptography'], doc: 'Accepted: openssl does it.' },
  format: { type: 'str', default: 'auto_ignore', choices: ['pkcs1', 'pkcs8', 'raw', 'auto', 'auto_ignore'], doc: 'How the file is written; raw is refused.' },
  format_mismatch: { type: 'str', default: 'regenerate', choices: ['regenerate', 'convert'], doc: 'What happens where only that is wrong.' },
  regenerate: { type: 'str', default: 'full_idempotence', choices: ['never', 'fail', 'partial_idempotence', 'full_idempotence', 'always'], doc: 'When a key that is there is made anew.' },
  force: { type: 'bool', default: false, doc: 'Makes it anew in any case.' },
  backup: { type: 'bool', default: false, doc: 'Keeps a dated copy of what was there.' },
  return_content: { type: 'bool', default: false, doc: 'Gives the key as privatekey.' },
  ...attributeArgs,
} as const
type Given = Args<typeof args>

const isTraditional = (type: string): boolean => ['RSA', 'DSA', 'ECC'].includes(type)
const wantedFormat = (one: Given): 'pkcs1' | 'pkcs8' => one.format === 'pkcs1' || one.format === 'pkcs8' ? one.format : isTraditional(one.type) ? 'pkcs1' : 'pkcs8'

/** What is to be done with what is there. Ansible: needs_regeneration, needs_conversion. */
function decide(one: Given, is: PrivateKeyState): 'nothing' | 'make' | 'convert' {
  if (one.force || one.regenerate === 'always' || is.kind !== 'key') return 'make'
  const refuse = (problem: string, values: string): never => { throw new Failure(`${problem} Will not proceed. To force regeneration, call the module with \`regenerate\` set to ${values} or \`always\`, or with \`force=true\`.`) }
  if (is.publicKey === '' || is.isEncrypted !== (one.passphrase !== undefined)) {
    return one.regenerate === 'full_idempotence' ? 'make' : refuse('Unable to read the key. The key is protected with another passphrase / no passphrase or broken.', '`full_idempotence`')
  }
  const remakes = one.regenerate === 'partial_idempotence' || one.regenerate === 'full_idempotence'
  const have = keyFacts(is.publicKey), fits = have.type === one.type && (have.type === 'ECC' ? have.curve === one.curve : have.size === undefined || have.size === one.size)
  if (one.regenerate !== 'never' && !fits) return remakes ? 'make' : refuse('Key has wrong type and/or size.', '`partial_idempotence`, `full_idempotence`')
  if (one.format === 'auto_ignore' || is.format === wantedFormat(one)) return 'nothing'
  if (one.format_mismatch === 'convert') return 'convert'
  if (one.regenerate === 'never') return 'nothing'
  return remakes ? 'make' : refuse('Key has wrong format.', '`partial_idempotence`, `full_idempotence`')
}

function generation(one: Given): string {
  if (one.type === 'RSA') return shText`openssl genpkey -algorithm RSA -pkeyopt ${`rsa_keygen_bits:${one.size}`}`
  if (one.type === 'ECC') return shText`openssl genpkey -algorithm EC -pkeyopt ${`ec_paramgen_curve:${curves[one.curve ?? ''] ?? ''}`} -pkeyopt ec_param_enc:named_curve`
  if (one.type === 'DSA') return shText`{ openssl genpkey -genparam -algorithm DSA -pkeyopt ${`dsa_paramgen_bits:${one.size}`} >"$tmp" && openssl genpkey -paramfile "$tmp"; }`
  return shText`openssl genpkey -algorithm ${one.type}`
}
/** Shell text that leaves the key in "$tmp", and prints its public half. Secrets are in the shell's own words and in pipes, neither in arguments nor in environments. */
function making(one: Given, path: string, how: 'make' | 'convert'): string {
  const pass = one.passphrase ?? '', isSealed = one.passphrase !== undefined
  const get = how === 'make' ? `${generation(one)} 2>"$tmp.why"` : shText`printf '%s\\n' ${pass} | openssl pkey -in ${path} -passin stdin 2>"$tmp.why"`
  return shText`trap 'rm -f -- "$tmp" "$tmp.why"' EXIT
k=$(`+ get + shText`) || stop "openssl: $(cat "$tmp.why")"
printf '%s\\n' ${pass} | { exec 3<&0; printf '%s\\n' "$k" | openssl pkey ${[...(wantedFormat(one) === 'pkcs1' ? ['-traditional'] : []), ...(isSealed ? ['-aes256', '-passout', 'fd:3'] : [])]}; } >"$tmp" 2>"$tmp.why" || stop "openssl: $(cat "$tmp.why")"
printf '%s\\n' ${pass} | openssl pkey -in "$tmp" -passin stdin -pubout || stop 'openssl cannot read the key that it made'
rm -f -- "$tmp.why"` + (one.return_content ? `\nprintf '\\n\\001\\n'; cat "$tmp"; printf '\\001\\n'` : '')
}
const pemIn = (text: string): string => /-----BEGIN PUBLIC KEY-----[\s\S]*?-----END PUBLIC KEY-----\n/.exec(text)?.[0] ?? ''

export default defineModule({
  name: 'openssl_privatekey',
  doc: 'Keeps a private key.',
  args,
  rules: { requiredIf: [['type', 'ECC', ['curve']]] },
  async plan(one, target): Promise<Plan> {
    if (one.type.startsWith('ML-DSA')) throw new Failure(`type ${one.type} is not supported: the openssl of most hosts cannot make it`)
    if (one.format === 'raw') throw new Failure('format raw is not supported: openssl writes no raw keys')
    if (one.cipher !== 'auto') throw new Failure('cipher can only be auto')
    if (one.format === 'pkcs1' && !isTraditional(one.type)) throw new Failure(`a key of type ${one.type} cannot be written in the format pkcs1`)
    const path = await expand(target, one.path), key = { path, passphrase: one.passphrase }
    const [is, place, wanted, bytes] = await Promise.all([
      target.read(privateKey, key), readUnseen(target, path, one.attributes !== undefined), lookUpWanted(target, { ...one, mode: one.mode ?? '0600' }), one.return_content ? target.read(content, { path }) : undefined,
    ])
    const data: Data = { filename: path, type: one.type, size: one.size, ...(one.type === 'ECC' ? { curve: one.curve } : {}) }
    if (one.state === 'absent') return planRemoved(path, place.is.type !== 'absent', one.backup, { ...data, fingerprint: null, ...(one.return_content ? { privatekey: null } : {}) })
    if (is.kind === 'no-tool') throw new Failure('openssl_privatekey needs the program openssl, which is not on this host')
    const todo = decide(one, is)
    if (todo === 'nothing') {
      const plan = planKept(place, wanted), pem = is.kind === 'key' ? is.publicKey : ''
      return { ...plan, data: { ...data, fingerprint: fingerprints(pem), ...(bytes?.kind === 'file' ? { privatekey: Buffer.from(bytes.bytes ?? []).toString() } : {}) } }
    }
    const after = [{ probe: privateKey.name, id: privateKey.id(key), value: new Unknown(`the key ${path} would be made`) }]
    const plan = planProduced({ place, wanted, writes: making(one, path, todo), note: todo === 'make' ? `a new key (${one.type})` : `written as ${wantedFormat(one)}`, unsafeWrites: one.unsafe_writes, backup: one.backup, after })
    return {
      ...plan, data, later: [...(plan.later ?? []).filter((name) => name !== 'size'), 'fingerprint', ...(one.return_content ? ['privatekey'] : [])],
      done: (ran) => {
        const out = ran[0]?.stdout ?? ''
        return { ...plan.done?.(ran), size: one.size, fingerprint: fingerprints(pemIn(out)), ...(one.return_content ? { privatekey: out.split('\u0001\n')[1] ?? '' } : {}) }
      },
    }
  },
})

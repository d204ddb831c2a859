/** Keeps a pair of SSH keys, made and looked at by the host's ssh-keygen; the private key does not leave the host. */
import { Failure } from '../core/errors.ts'
import { Missing } from '../core/missing.ts'
import { defineModule } from '../core/module.ts'
import { shText } from '../core/sh.ts'
import type { Data } from '../core/types.ts'
import type { Args, Plan, Predicted } from '../core/plan.ts'
import { Unknown } from '../core/value.ts'
import { followed } from '../probes/stat.ts'
import { asking, sshKeypair } from '../probes/ssh-keypair.ts'
import type { PublicKey, SshKeypair } from '../probes/ssh-keypair.ts'
import { attributeArgs, lookUpWanted, predicted } from './files/attributes.ts'
import type { Wanted } from './files/attributes.ts'
import { joinPlans, planContent, readPlace } from './files/deliver.ts'
import type { Place } from './files/deliver.ts'
import { expand, parentOf } from './files/paths.ts'
import { planKept, planProduced, planRemoved, readUnseen } from './files/produced.ts'
import { foreseeUnseen } from './files/write.ts'

const args = {
  path: { type: 'path', required: true, doc: 'The private key; the public one stands beside it, with .pub at its end. New files have the modes 0600 and 0644.' },
  state: { type: 'str', default: 'present', choices: ['present', 'absent'], doc: 'Whether both are there.' },
  type: { type: 'str', default: 'rsa', choices: ['rsa', 'dsa', 'rsa1', 'ecdsa', 'ed25519'], doc: 'Kind of key.' },
  size: { type: 'int', doc: 'Bits: 4096 for RSA where it is not given, 256, 384 or 521 for ECDSA; means nothing for Ed25519.' },
  comment: { type: 'str', doc: 'Comment of the public key.' },
  passphrase: { type: 'str', secret: true, doc: 'Encrypts the private key, or opens it.' },
  private_key_format: { type: 'str', default: 'auto', choices: ['auto', 'pkcs1', 'pkcs8', 'ssh'], doc: 'How the private key is written; auto means as ssh-keygen does.' },
  backend: { type: 'str', default: 'auto', choices: ['auto', 'cryptography', 'opensshbin'], doc: 'ssh-keygen does it in any case; opensshbin takes neither passphrase nor format, as in Ansible.' },
  regenerate: { type: 'str', default: 'partial_idempotence', choices: ['never', 'fail', 'partial_idempotence', 'full_idempotence', 'always'], doc: 'When a key that is there is made anew.' },
  force: { type: 'bool', default: false, doc: 'Makes it anew in any case.' },
  ...attributeArgs,
} as const
type Given = Args<typeof args>

/** Ansible: KeypairBackend._get_size. */
function sizeOf({ type, size }: Given): number {
  if (type === 'ed25519') return 256
  if (type === 'dsa' && (size ?? 1024) !== 1024) throw new Failure('DSA keys must be exactly 1024 bits as specified by FIPS 186-2.')
  if (type === 'ecdsa' && ![256, 384, 521].includes(size ?? 256)) throw new Failure(`For ECDSA keys, size determines the key length by selecting from one of three elliptic curve sizes: 256, 384 or 521 bits; it is ${size}`)
  if (type.startsWith('rsa') && (size ?? 4096) < 1024) throw new Failure(`For RSA keys, the minimum size is 1024 bits; it is ${size}`)
  return size ?? { rsa: 4096, rsa1: 4096, dsa: 1024, ecdsa: 256 }[type]
}
/** With a passphrase or this backend Ansible uses a library, which knows formats, and leaves comments out of private keys. */
const isByLibrary = (one: Given): boolean => one.backend === 'cryptography' || one.backend === 'auto' && one.passphrase !== undefined
function refuse(one: Given): void {
  if (one.backend === 'opensshbin' && one.passphrase !== undefined) throw new Failure("passphrase cannot be used with backend opensshbin: leave backend at 'auto'")
  if (one.private_key_format !== 'auto' && !isByLibrary(one)) throw new Failure("'auto' is the only valid option for 'private_key_format' when 'backend' is not 'cryptography'")
  if (one.private_key_format === 'pkcs1' && one.type === 'ed25519') throw new Failure('a key of type ed25519 cannot be written in the format pkcs1')
  if (one.type === 'rsa1' && isByLibrary(one)) throw new Failure('RSA1 keys are not supported by the cryptography backend')
}

/** Ansible: _validate_key_load, _should_generate, _public_key_valid. */
function decide(one: Given, size: number, { key, pub }: SshKeypair): 'nothing' | 'make' | { readonly restore: PublicKey } {
  if (one.force || one.regenerate === 'always' || key === undefined) return 'make'
  if (key.facts === undefined || key.publicKey === undefined) {
    if (one.regenerate === 'full_idempotence') return 'make'
    throw new Failure('Unable to read the key. The key is protected with a passphrase or broken. Will not proceed. To force regeneration, set `regenerate` to `full_idempotence` or `always`, or `force=true`.')
  }
  const fits = key.facts.size === size && key.facts.type === one.type && (one.private_key_format === 'auto' || key.format === one.private_key_format)
  if (!fits && one.regenerate === 'fail') throw new Failure('Key has wrong type and/or size. Will not proceed. To force regeneration, set `regenerate` to `partial_idempotence`, `full_idempotence` or `always`, or `force=true`.')
  if (!fits && one.regenerate !== 'never') return 'make'
  const { type, data } = key.publicKey
  return pub?.type === type && pub.data === data && pub.comment === (one.comment ?? pub.comment) ? 'nothing' : { restore: { type, data, comment: one.comment ?? '' } }
}

const headers = { ssh: 'OPENSSH PRIVATE KEY', pkcs1: '[RDE][SC]A* PRIVATE KEY', pkcs8: '\\(ENCRYPTED \\)*PRIVATE KEY' }
/** Shell text that stands before what needs the passphrase, and leaves nothing beside "$tmp" if that fails. */
const opening = (one: Given): string => `${one.passphrase === undefined ? 'ask=\n' : asking(one.passphrase)}trap 'rm -rf -- "$ask" "$tmp" "$tmp.pub"' EXIT\n`
const closing = '\n[ -z "$ask" ] || rm -rf -- "$ask"'
/** Shell text that leaves the private key in "$tmp". ssh-keygen asks before it writes over a file that is there. */
function making(one: Given, size: number): string {
  const format = one.private_key_format, m = { auto: [], ssh: [], pkcs1: ['-m', 'PEM'], pkcs8: ['-m', 'PKCS8'] }[format]
  const words = ['-q', '-b', `${size}`, '-t', one.type, '-C', one.comment ?? '', ...m, ...(one.passphrase === undefined ? ['-N', ''] : [])]
  const check = format === 'auto' ? '' : shText`sed 1q "$tmp" | grep -q ${`^-----BEGIN ${headers[format]}-----`} || stop ${`the ssh-keygen of this host does not write keys of type ${one.type} in the format ${format}`}\n`
  return opening(one) + shText`why=$(echo y | ssh-keygen ${words} -f "$tmp" 2>&1) || stop "ssh-keygen: $why"\n` + check
    + `l=$(ssh-keygen -l -f "$tmp.pub") || stop 'ssh-keygen cannot read the key that it made'\nrm -f -- "$tmp.pub"; printf '%s\\n' "$l"${closing}`
}
/** The public half, taken from the private key that the step before has left there: from a copy of it, since ssh-keygen reads none that others may read. */
const halving = (one: Given, path: string): string => opening(one) + shText`cat -- ${path} >"$tmp"
p=$(ssh-keygen -y ${one.passphrase === undefined ? ['-P', ''] : []} -f "$tmp" </dev/null) || stop 'ssh-keygen cannot read the key that it made'
t=\${p%% *} p=\${p#* }; printf '%s %s%s\\n' "$t" "\${p%% *}" ${one.comment === undefined || one.comment === '' ? '' : ` ${one.comment}`} >"$tmp"
printf 'public %s %s\\n' "$t" "\${p%% *}"` + closing

interface Pair { readonly path: string; readonly place: Place; readonly pub: Place; readonly wanted: Wanted; readonly is: SshKeypair; readonly size: number; readonly foreseen: (value: SshKeypair | Unknown) => Predicted[] }
const withMode = (wanted: Wanted, place: Place, mode: string): Wanted => place.is.type === 'absent' ? { ...wanted, mode: wanted.mode ?? mode } : wanted
const joined = (key: PublicKey): string => `${key.type} ${key.data}`

function planMade(one: Given, { path, place, pub, wanted, size, foreseen }: Pair, data: Data): Plan {
  const common = { unsafeWrites: one.unsafe_writes }
  const own = planProduced({ ...common, place, wanted: withMode(wanted, place, '0600'), writes: making(one, size), note: `a new key (${one.type}, ${size} bits)`, after: foreseen(new Unknown(`the key ${path} would be made`)) })
  const half = planProduced({ ...common, place: pub, wanted: withMode(wanted, pub, '0644'), writes: halving(one, path), note: 'its public half' })
  return {
    ...joinPlans([own, half], { ...data, comment: one.comment ?? '' }), later: ['fingerprint', 'public_key'],
    done: (ran) => ({
      fingerprint: (ran[0]?.stdout ?? '').split(/\s+/)[1] ?? '', public_key: /^public (.*)$/m.exec(ran[own.steps.length]?.stdout ?? '')?.[1] ?? '',
    }),
  }
}
/** The public file is written anew from the private one, which gets the comment too where ssh-keygen would give it that. */
function planRestored(one: Given, { path, place, pub, wanted, is, foreseen }: Pair, key: PublicKey, data: Data): Plan {
  const half = planContent(pub, { source: Buffer.from(`${joined(key)}${key.comment === '' ? '' : ` ${key.comment}`}\n`), wanted: withMode(wanted, pub, '0644'), unsafeWrites: one.unsafe_writes })
  const file = followed(place.is), names = key.comment !== '' && !isByLibrary(one) && file.type !== 'absent'
  const mayWrite = names ? shText`[ -w ${path} ] || chmod u+w -- ${path}` : '', back = names ? shText`chmod ${file.mode} -- ${path}` : ''
  const naming: Plan = !names ? { changes: [], steps: [] } : {
    changes: [], steps: [{ sh: `set -e\n${mayWrite}\n${shText`ssh-keygen -q -P '' -c -C ${key.comment} -f ${path} </dev/null`}\n${back}` }],
    after: foreseeUnseen(path, predicted(file, { size: undefined }, wanted.account), `the comment of ${path} would be written`, {}),
  }
  const all = joinPlans([half, naming, planKept(place, wanted)], { ...data, public_key: joined(key), comment: key.comment })
  return { ...all, after: [...all.after ?? [], ...foreseen({ ...is, pub: key })] }
}

export default defineModule({
  name: 'openssh_keypair',
  doc: 'Keeps a pair of SSH keys.',
  args,
  async plan(one, target): Promise<Plan> {
    const size = sizeOf(one), path = await expand(target, one.path), key = { path, passphrase: one.passphrase }
    refuse(one)
    const [is, place, pub, wanted] = await Promise.all([target.read(sshKeypair, key), readUnseen(target, path, one.attributes !== undefined), readPlace(target, `${path}.pub`, undefined, one.attributes !== undefined), lookUpWanted(target, one)])
    const foreseen = (value: SshKeypair | Unknown): Predicted[] => [{ probe: sshKeypair.name, id: sshKeypair.id(key), value }]
    const pair: Pair = { path, place, pub, wanted, is, size, foreseen }
    if (followed(place.is).type === 'directory') throw new Failure(`${path} is a directory. Please specify a path to a file.`)
    const data: Data = { filename: path, type: one.type, size, fingerprint: is.key?.facts?.fingerprint ?? '', public_key: is.pub === undefined ? '' : joined(is.pub), comment: is.pub?.comment ?? '' }
    if (one.state === 'absent') return planAbsent(pair, data)
    if (!is.hasTool) throw new Failure('Cannot find the OpenSSH binary in the PATH: openssh_keypair needs the program ssh-keygen, which is not on this host')
    const todo = decide(one, size, is)
    if (todo === 'make') return planMade(one, pair, data)
    if (todo !== 'nothing') return planRestored(one, pair, todo.restore, data)
    return joinPlans([planKept(place, wanted), planKept(pub, wanted)], data)
  },
})
function planAbsent({ path, place, pub, is, foreseen }: Pair, data: Data): Plan {
  const gone = (): Plan => joinPlans([place, pub].map((one) => planRemoved(one.path, one.is.type !== 'absent', false, data)), data)
  const above = parentOf(path)
  if (followed(place.parent).type !== 'directory') throw new Missing(`The directory ${above} does not exist or the file is not a directory`, { name: above }, gone)
  const plan = gone()
  return plan.changes.length === 0 ? plan : { ...plan, after: [...plan.after ?? [], ...foreseen({ ...is, key: undefined, pub: undefined })] }
}

/** What a pair of SSH keys of the host is, as its ssh-keygen says: the public half, size, type and how the private one is written. That one stays there. */
import { shText } from '../core/sh.ts'
import { defineEach } from './each.ts'

export interface SshKeypairKey { readonly path: string; readonly passphrase: string | undefined }
export interface PublicHalf { readonly type: string; readonly data: string }
/** The three words of a .pub file. */
export interface PublicKey extends PublicHalf { readonly comment: string }
export interface PrivateSshKey {
  readonly format: 'ssh' | 'pkcs1' | 'pkcs8' | 'other'
  /** Undefined where ssh-keygen finds no key in the file, or not with this passphrase. */
  readonly facts: { readonly size: number; readonly type: string; readonly fingerprint: string } | undefined
  /** As the private key itself says it; undefined where it cannot be read, or is not sealed though there is a passphrase. */
  readonly publicKey: PublicHalf | undefined
}
export interface SshKeypair { readonly hasTool: boolean; readonly key: PrivateSshKey | undefined; readonly pub: PublicKey | undefined }

/** Shell text after which ssh-keygen asks a program for the passphrase, not a terminal: it is in a folder of its own until that is removed, never in arguments or environments. */
export const asking = (passphrase: string): string => shText`ask=$(mktemp -d) || exit 1
trap 'rm -rf -- "$ask"' EXIT
(umask 077; printf '%s\\n' ${passphrase} >"$ask/pass")
printf '#!/bin/sh\\ncat "\${0%%/*}/pass"\\n' >"$ask/ask"; chmod 700 "$ask/ask"
export DISPLAY=:0 SSH_ASKPASS="$ask/ask" SSH_ASKPASS_REQUIRE=force
`
/** Ansible takes the size and the type from the .pub file beside the key where there is one, but not where there is a passphrase. */
function command({ path, passphrase }: SshKeypairKey): string {
  const look = passphrase === undefined
    ? 'y=$(ssh-keygen -P \'\' -y -f "$f" </dev/null) || y=\nl=$(ssh-keygen -l -f "$f" </dev/null) || l='
    : `if ssh-keygen -P '' -y -f "$f" </dev/null >/dev/null; then y= l=; else\n${asking(passphrase)}y=$(ssh-keygen -y -f "$f" </dev/null) || y=\nl=$(printf '%s\\n' "$y" | ssh-keygen -l -f -) || l=\nfi`
  return shText`f=${path}
command -v ssh-keygen >/dev/null || { echo none; exit; }
if [ -e "$f" ]; then
` + `${look}
  printf 'key\\n%s\\n' "$(sed -n '1s/^-----BEGIN \\(.*\\)-----.*/\\1/p' "$f")"
  printf '%s\\n' "$l" | sed 1q; printf '%s\\n' "$y" | sed 1q
else printf 'absent\\n\\n\\n\\n'; fi
cat -- "$f.pub"`
}
const formats: readonly (readonly [PrivateSshKey['format'], RegExp])[] = [['ssh', /^OPENSSH PRIVATE KEY$/], ['pkcs1', /^(RSA|DSA|EC) PRIVATE KEY$/], ['pkcs8', /^(ENCRYPTED )?PRIVATE KEY$/]]
/** Ansible: PublicKey.load. */
function publicOf(text: string): PublicKey | undefined {
  const [type = '', data = '', ...rest] = text.replace(/^[ \n]+|[ \n]+$/g, '').split(' ')
  return data === '' ? undefined : { type, data, comment: rest.join(' ') }
}
function factsOf(line: string): PrivateSshKey['facts'] {
  const words = line.split(/\s+/), size = Number(words[0])
  return words.length < 3 || !Number.isInteger(size) ? undefined : { size, fingerprint: words[1] ?? '', type: (words.at(-1) ?? '').slice(1, -1).toLowerCase() }
}
export const sshKeypair = defineEach<SshKeypairKey, SshKeypair>({
  name: 'ssh-keypair',
  id: ({ path, passphrase }) => JSON.stringify({ path, passphrase }),
  absent: (value) => value.key === undefined,
  command,
  parse({ stdout }) {
    const [kind = '', header = '', facts = '', publicKey = '', ...pub] = stdout.split('\n')
    if (kind === 'none') return { hasTool: false, key: undefined, pub: undefined }
    const half = publicOf(publicKey), format = formats.find(([, looks]) => looks.test(header))?.[0] ?? 'other'
    return { hasTool: true, pub: publicOf(pub.join('\n')), key: kind === 'key' ? { format, facts: factsOf(facts), publicKey: half === undefined ? undefined : { type: half.type, data: half.data } } : undefined }
  },
})

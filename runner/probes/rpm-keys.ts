/** Reads a key and the keys that rpm trusts. */
import { shText } from '../core/sh.ts'
import { defineEach, lines } from './each.ts'

export interface RpmKeyQuestion { readonly key: string; readonly insecure: boolean }
export interface RpmKey { readonly ids: readonly string[]; readonly fingerprints: readonly string[]; /** Last eight digits, small letters. */ readonly trusted: readonly string[]; readonly problem: string }

export const rpmKey = defineEach<RpmKeyQuestion, RpmKey>({
  name: 'rpm-key',
  id: ({ key }) => key,
  command({ key, insecure }) {
    const isId = !key.startsWith('/') && !key.includes('://')
    const fetch = isId ? '' : shText`t=$(mktemp); h=$(mktemp -d); chmod 700 "$h"
case ${key} in *://*) curl -fsSL ${insecure ? ['--insecure'] : []} -o "$t" -- ${key} || wget -q -O "$t" -- ${key} || { echo 'problem failed to fetch key at '${key}; };; *) cat -- ${key} >"$t" || { echo 'problem cannot read '${key}; };; esac
command -v gpg >/dev/null || echo 'problem gpg is not on this host'
GNUPGHOME=$h gpg --batch --with-colons --show-keys --with-fingerprint "$t" 2>/dev/null | awk -F: '$1 == "pub" { print "id", $5 } $1 == "fpr" { print "fpr", $10 }'
rm -rf "$t" "$h"`
    return `command -v rpm >/dev/null || { echo 'problem rpm is not on this host'; exit; }
${isId ? shText`echo id ${key.replace(/^0x/i, '')}` : fetch}
rpm -q gpg-pubkey --qf 'trusted %{VERSION}\\n' | grep ^trusted; :`
  },
  parse({ stdout }) {
    const of = (kind: string): string[] => lines(stdout).filter((line) => line.startsWith(`${kind} `)).map((line) => line.slice(kind.length + 1))
    const ids = of('id').map((id) => id.toUpperCase()), problem = of('problem')[0] ?? ''
    return { ids, fingerprints: of('fpr'), trusted: of('trusted').map((one) => one.toLowerCase().slice(-8)), problem: problem === '' && ids.length === 0 ? 'Unable to find a key in what was given' : problem }
  },
})

/** What a private key of the host is, as its openssl says: its public half and how the file is written. The key itself stays there. */
import { shText } from '../core/sh.ts'
import { defineEach, lines } from './each.ts'

export interface PrivateKeyKey { readonly path: string; readonly passphrase: string | undefined }
export type PrivateKeyState =
  | { readonly kind: 'no-tool' | 'absent' }
  /** `publicKey` is PEM; empty where the key cannot be read, with this passphrase or at all. */
  | { readonly kind: 'key'; readonly format: 'pkcs1' | 'pkcs8' | 'other'; readonly isEncrypted: boolean; readonly publicKey: string }

export const privateKey = defineEach<PrivateKeyKey, PrivateKeyState>({
  name: 'private-key',
  id: ({ path, passphrase }) => JSON.stringify({ path, passphrase }),
  absent: (value) => value.kind !== 'key',
  command: ({ path, passphrase }) => shText`command -v openssl >/dev/null || { echo none; exit; }
f=${path}; [ -e "$f" ] || { echo absent; exit; }
echo key; sed -n 's/^-----BEGIN \\(.*\\)-----.*/\\1/p' "$f" | head -n 1; grep -q ENCRYPTED "$f" && echo encrypted || echo plain
printf '%s\\n' ${passphrase ?? ''} | openssl pkey -in "$f" -passin stdin -pubout`,
  parse({ stdout }) {
    const [kind = '', header = '', encrypted = '', ...pem] = lines(stdout)
    if (kind === 'none') return { kind: 'no-tool' }
    if (kind === 'absent') return { kind: 'absent' }
    const format = /^(RSA|DSA|EC) PRIVATE KEY$/.test(header) ? 'pkcs1' : /^(ENCRYPTED )?PRIVATE KEY$/.test(header) ? 'pkcs8' : 'other'
    return { kind: 'key', format, isEncrypted: encrypted === 'encrypted', publicKey: pem.length === 0 ? '' : `${pem.join('\n')}\n` }
  },
})

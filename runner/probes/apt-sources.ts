/** Reads where apt takes packages from, and which keys it trusts. */
import { shText } from '../core/sh.ts'
import { defineEach, lines } from './each.ts'

export interface SourceFile { readonly path: string; readonly text: string }
export const aptSources = defineEach<'lists', readonly SourceFile[]>({
  name: 'apt-sources',
  id: () => 'lists',
  command: () => `for f in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do [ -f "$f" ] || continue; printf '\\002%s\\n' "$f"; cat "$f"; done`,
  parse: ({ stdout }) => stdout.split('\u0002').slice(1).map((part) => ({ path: part.slice(0, part.indexOf('\n')), text: part.slice(part.indexOf('\n') + 1) })),
})

/** Long key ids of a keyring; the key of a URL, of a file. */
export interface KeyQuestion { readonly keyring?: string | undefined; readonly url?: string | undefined; readonly file?: string | undefined; readonly data?: string | undefined }
export interface Keys { readonly trusted: readonly string[]; readonly given: readonly string[]; readonly problem?: string }
export const aptKeys = defineEach<KeyQuestion, Keys>({
  name: 'apt-keys',
  id: (key) => JSON.stringify(key),
  command: ({ keyring, url, file, data }) => `PATH=$PATH:/usr/sbin; ids() { awk -F: '$1 == "pub" || $1 == "sub" { print $5 }'; }
${shText`${keyring === undefined ? ['apt-key', 'adv'] : ['gpg', '--no-default-keyring', '--keyring', keyring]} --list-public-keys --keyid-format=long --with-colons 2>/dev/null | ids`}
printf '\\002\\n'
` + (url === undefined && file === undefined && data === undefined ? '' : `h=$(mktemp -d); chmod 700 "$h"; { ${url !== undefined ? shText`curl -fsSL -- ${url} || wget -q -O - -- ${url} || { echo "cannot fetch it" >&3; }` : file !== undefined ? shText`cat -- ${file}` : shText`printf '%s\\n' ${data ?? ''}`}; } 3>&1 | GNUPGHOME=$h gpg --batch --with-colons --show-keys 2>/dev/null | ids; rm -rf "$h"`),
  parse({ stdout }) {
    const [trusted = '', given = ''] = stdout.split('\u0002\n')
    return { trusted: lines(trusted), given: lines(given) }
  },
})

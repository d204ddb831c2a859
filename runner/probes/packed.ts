/** Reads what an archive or a compressed file of the host holds, to be compared with what it is made of: no checksums of members, numbers for owners. */
import { shText } from '../core/sh.ts'
import { parseTarList } from './archive.ts'
import type { Member } from './archive.ts'
import { defineEach } from './each.ts'
import { plainPath } from './stat.ts'
import { zipMembers } from './zip.ts'

export type Packer = 'tar' | 'gz' | 'bz2' | 'xz' | 'zstd' | 'zip'
export const packers: Readonly<Record<Packer, string>> = { tar: 'tar', gz: 'gzip', bz2: 'bzip2', xz: 'xz', zstd: 'zstd', zip: 'zip' }
export interface PackedKey { readonly path: string; readonly format: Packer; /** Unless this is a folder, it is one compressed file, no archive. */ readonly of?: string }
export type Packed =
  | { readonly kind: 'absent' } | { readonly kind: 'no-tool'; readonly tool: string } | { readonly kind: 'unreadable' }
  | { readonly kind: 'members'; readonly members: readonly Member[] } | { readonly kind: 'one'; readonly sha1: string }

/** BusyBox has a tar without them on some systems. */
const hasLists = "tar --version 2>/dev/null | grep -q 'GNU\\|libarchive'"
const zipListing = `set -- $(tail -c 12 "$f" | od -An -tu4); n=\${1:-0}; [ "$n" -lt 60000000 ] 2>/dev/null || n=0; tail -c $((n+70000)) "$f" | base64`
function listing({ format, of }: PackedKey): string {
  if (format === 'zip') return `[ -f "$f" ] || { echo absent; exit; }; echo zip; ${zipListing}`
  const plain = format === 'tar' ? 'cat "$f"' : `${packers[format]} -dc <"$f"`
  const one = of === undefined || format === 'tar' ? '' : shText`if [ ! -d ${of} ]; then ` + `[ -f "$f" ] || { echo absent; exit; }; echo one; ${plain} | sha1sum; exit; fi\n`
  return `${one}${hasLists} || { echo 'none a tar that reads lists of names (GNU tar, bsdtar)'; exit; }
[ -f "$f" ] || { echo absent; exit; }
o=; tar --version 2>/dev/null | grep -q GNU && o='--full-time --quoting-style=literal'; export TZ=UTC0 LC_ALL=C; echo tar; ${plain} | tar -tv --numeric-owner $o -f - || echo failed`
}

export const packed = defineEach<PackedKey, Packed>({
  name: 'packed',
  id: ({ path, format, of }) => `${plainPath(path)}?${format}${of === undefined ? '' : `?${of}`}`,
  absent: (value) => value.kind === 'absent' || value.kind === 'no-tool',
  command: (key) => `command -v ${packers[key.format]} >/dev/null || { echo none ${packers[key.format]}; exit; }
${shText`f=${plainPath(key.path)}`}
${listing(key)}`,
  parse({ stdout }) {
    const [first = '', ...rest] = stdout.split('\n')
    if (first.startsWith('none ')) return { kind: 'no-tool', tool: first.slice(5) }
    if (first === 'absent') return { kind: 'absent' }
    if (first === 'one') return { kind: 'one', sha1: (rest[0] ?? '').slice(0, 40) }
    if (first === 'tar') return rest.includes('failed') ? { kind: 'unreadable' } : { kind: 'members', members: parseTarList(rest.join('\n')) }
    const found = zipMembers(Buffer.from(rest.join(''), 'base64'))
    return found === undefined || 'short' in found ? { kind: 'unreadable' } : { kind: 'members', members: found }
  },
})

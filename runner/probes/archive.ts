/**
 * Reads an archive of the host (or one that is fetched or sent for the look only): what is in it, and what of that is in the folder it is to
 * be unpacked into. tar with any compression that the host has a tool for; zip by its own directory.
 */
import { createHash } from 'node:crypto'
import { quote, shText } from '../core/sh.ts'
import { tools } from './content.ts'
import { defineEach } from './each.ts'
import { fetchScript } from './download.ts'
import type { Request } from './http.ts'
import { format, plainPath, statLines } from './stat.ts'
import type { Stat } from './stat.ts'
import { zipMembers } from './zip.ts'

/** One thing in an archive. `user` is a name, `uid` its number where it was written down. */
export interface Member {
  readonly name: string; readonly type: 'file' | 'directory' | 'link' | 'hard' | 'other'
  readonly mode: number; readonly size: number; readonly mtime: number
  readonly user: string | undefined; readonly group: string | undefined; readonly uid: number | undefined; readonly gid: number | undefined
  readonly target?: string; readonly sha1?: string; readonly isUnix?: boolean
}
export type Packing = 'tar' | 'gzip' | 'bzip2' | 'xz' | 'zstd' | 'zip'
export interface ArchiveKey {
  readonly source: { readonly path: string } | { readonly request: Request } | { readonly bytes: Uint8Array }
  readonly dest: string
  /** Leading folders of the names that are left out. */
  readonly strip: number
  /** Do not look if this exists. */
  readonly creates?: string
  /** Numbers of owners are not asked for. */
  readonly owned: boolean
}
export type Archive =
  | { readonly kind: 'created' } | { readonly kind: 'absent' }
  | { readonly kind: 'failed'; readonly why: string }
  | { readonly kind: 'archive'; readonly packing: Packing; readonly members: readonly Member[]
    /** What the folder has, by name in it. */
    readonly there: ReadonlyMap<string, Stat>
    /** Members whose files there hold something else, as far as the host's tar can tell. */
    readonly differing: ReadonlySet<string> }

export const unpackers: Readonly<Record<Packing, string>> = { tar: 'cat', gzip: 'gzip', bzip2: 'bzip2', xz: 'xz', zstd: 'zstd', zip: 'unzip' }

/** Shell text that puts the file's name into $f, and an exit of its own where that cannot be. */
function bring(source: ArchiveKey['source']): string {
  if ('path' in source) return shText`f=${plainPath(source.path)}; [ -e "$f" ] || { echo absent; exit; }; [ -r "$f" ] || { echo "failed Source '$f' not readable"; exit; }`
  if ('bytes' in source) return `f=$(mktemp); trap 'rm -f "$f"' EXIT; base64 -d >"$f" <<'END'\n${Buffer.from(source.bytes).toString('base64').replace(/.{76}/g, '$&\n')}\nEND`
  return `answer=$(mktemp) head=$(mktemp) why=$(mktemp); f=$answer; trap 'rm -f "$answer" "$head" "$why"' EXIT
${fetchScript(source.request)}
[ $rc = 0 ] || { echo "failed Request failed: $(cat "$why")"; exit; }
status=$(sed -n 's/^ *HTTP\\/[0-9.]* \\([0-9][0-9][0-9]\\).*/\\1/p' "$head" | tail -n 1)
case $status in ''|200) ;; *) echo "failed Request failed: HTTP Error $status"; exit;; esac`
}

// A process a member: large archives (a JDK, a source tree) go without checksums, which only a dry run would look at.
const sha1Each = `sh -c 'set -- $(sha1sum); printf "%s %s\\n" "$1" "$TAR_FILENAME"'`
const listing = (dest: string, strip: number, owned: boolean): string => `set -- $(head -c 6 "$f" | od -An -tx1); case $1$2$3$4 in
1f8b*) p=gzip;; 425a68*) p=bzip2;; fd377a58) p=xz;; 28b52ffd) p=zstd;; 504b0304|504b0506|504b0708) p=zip;; '') echo "failed Invalid archive '$f', the file is 0 bytes"; exit;; *) p=tar;; esac
dest=${quote(dest)}
look() { set --; while IFS= read -r n; do set -- "$@" "$n"; done; stat -c ${quote(format)} -- "$@" 2>/dev/null; for n do [ ! -h "$n" ] || printf '\\001%s\\001%s\\n' "$n" "$(readlink -- "$n")"; done; }
if [ $p = zip ]; then
  command -v unzip >/dev/null 2>&1 || { echo "failed unzip is not installed on the host: it is needed to unpack '$f'"; exit; }
  echo zip; set -- $(tail -c 22 "$f" | od -An -tu4); set -- $(tail -c 12 "$f" | od -An -tu4)
  n=\${1:-0}; [ "$n" -lt 60000000 ] 2>/dev/null || n=0; n=$((n+70000)); tail -c $n "$f" | base64
  printf '\\002\\n'
  names=$(unzip -Z1 "$f" 2>/dev/null) || names=$(unzip -l "$f" | sed '1,3d; s/^ *[0-9]* *[-0-9]* *[0-9:]* *//' | sed '$d' | sed '$d')
  names=$(printf '%s\\n' "$names" | sed 's|/*$||')
  if cd "$dest" 2>/dev/null; then
    printf '%s\\n' "$names" | look
  fi
  printf '\\002\\n'
  first=$(printf '%s\\n' "$names" | tail -n 1)
  [ -e "$first" ] || printf '%s\\n' "$names" | while IFS= read -r n; do [ $(unzip -l "$f" "$n" 2>/dev/null | wc -l) -lt 4 ] || { set -- $(unzip -p "$f" "$n" 2>/dev/null | sha1sum); echo "$1 $n"; }; done
  exit
fi
command -v $p >/dev/null 2>&1 || { [ $p = tar ] || { echo "failed $p is not installed on the host: it is needed to unpack '$f'"; exit; }; }
command -v tar >/dev/null 2>&1 || { echo "failed tar is not installed on the host"; exit; }
u() { if [ $p = tar ]; then cat "$f"; else $p -dc <"$f"; fi; }
o=; tar --version 2>/dev/null | grep -q GNU && o='--full-time --quoting-style=literal'
export TZ=UTC0 LC_ALL=C
list=$(u | tar -tv $o -f - 2>&1) || { echo "failed $list"; exit; }
echo $p
printf '%s\\n' "$list"
printf '\\002\\n'
${owned ? ':' : `printf '%s\\n' "$list" | awk '{print $2}' | sort -u | while IFS=/ read -r o g; do
  id=$(id -u "$o" 2>/dev/null) && echo "u $o $id"; gid=$( (getent group "$g" || grep "^$g:" /etc/group) 2>/dev/null | head -n 1 | cut -d: -f3); [ -z "$gid" ] || echo "g $g $gid"; done
printf '\\002\\n'; u | tar -tv --numeric-owner -f - 2>/dev/null | awk '{print $2}'`}
printf '\\002\\n'
names=$(printf '%s\\n' "$list" | sed 's/^[^ ]* *[^ ]* *[^ ]* *[^ ]* [^ ]* //; s/ -> .*$//; s/ link to .*$//; s|^\\(\\./\\)*||; s|^/*||; ${'s|^[^/]*/*||; '.repeat(strip)}s|/$||; s|^$|.|')
if cd "$dest" 2>/dev/null; then
  printf '%s\\n' "$names" | look
fi
printf '\\002\\n'
first=$(printf '%s\\n' "$names" | grep / | tail -n 1); [ -n "$first" ] || first=$(printf '%s\\n' "$names" | tail -n 1)
[ -e "$first" ] || [ "$(printf '%s\\n' "$names" | wc -l)" -gt 200 ] || { u | tar -x --to-command=${quote(sha1Each)} -f - 2>/dev/null; }
printf '\\002\\n'
${strip > 0 ? ':' : `[ -z "$o" ] || [ ! -e "$first" ] || u | tar -d -f - 2>/dev/null | sed -n 's/: Contents differ$//p'`}`

export const archive = defineEach<ArchiveKey, Archive>({
  name: 'archive',
  id: ({ source, dest, strip, creates, owned }) => [
    'path' in source ? plainPath(source.path) : 'request' in source ? source.request.url : createHash('sha1').update(source.bytes).digest('hex'), plainPath(dest), strip, creates ?? '', owned,
  ].join('?'),
  absent: ({ kind }) => kind === 'absent',
  prologue: tools,
  command: ({ source, dest, strip, creates, owned }) => [
    ...creates === undefined ? [] : [shText`[ ! -e ${creates} ] || { echo created; exit; }`], bring(source), listing(plainPath(dest), strip, owned),
  ].join('\n'),
  parse({ stdout }) {
    const first = stdout.slice(0, stdout.indexOf('\n') < 0 ? stdout.length : stdout.indexOf('\n')), rest = stdout.slice(first.length + 1)
    if (first === 'created') return { kind: 'created' }
    if (first === 'absent') return { kind: 'absent' }
    if (first === 'zip') return parseZip(rest)
    if (first !== 'tar' && first !== 'gzip' && first !== 'bzip2' && first !== 'xz' && first !== 'zstd') return { kind: 'failed', why: stdout.replace(/^failed /, '').trim() || 'the archive could not be read' }
    const parts = rest.split('\u0002\n')
    const [list = '', ids = '', numbers = '', stats = '', sums = '', differing = ''] = parts.length > 5 ? parts : [parts[0], '', '', ...parts.slice(2)]
    const bySum = sumsByName(sums)
    const members = withNumbers(parseTarList(list), ids, numbers).map((member) => { const sha1 = bySum.get(member.name); return sha1 === undefined ? member : { ...member, sha1 } })
    return { kind: 'archive', packing: first, members, there: statsByName(stats), differing: new Set(differing.split('\n').filter((name) => name !== '')) }
  },
})

/** Stats, and the texts of links in lines of their own. */
function statsByName(text: string): Map<string, Stat> {
  const links = new Map(text.split('\n').filter((one) => one.startsWith('\u0001')).map((one) => one.slice(1).split('\u0001')).map(([path = '', target = '']) => [path, target]))
  return new Map(statLines(text).map(({ path, stat }) => [path, links.has(path) ? { ...stat, target: links.get(path) ?? '' } : stat]))
}
const sumsByName = (text: string): Map<string, string> => new Map(text.split('\n').map((one) => [one.slice(41), one.slice(0, 40)]))

function parseZip(text: string): Archive {
  const [base64 = '', stats = '', sums = ''] = text.split('\u0002\n')
  const found = zipMembers(Buffer.from(base64, 'base64'))
  const bySum = sumsByName(sums)
  const members = found === undefined || 'short' in found ? found : found.map((member) => {
    const sha1 = bySum.get(member.name)
    return sha1 === undefined || member.type !== 'file' ? member : { ...member, sha1 }
  })
  if (members === undefined || 'short' in members) return { kind: 'failed', why: 'the directory of the zip file is damaged' }
  return { kind: 'archive', packing: 'zip', members, there: statsByName(stats), differing: new Set() }
}

const line = /^([-dlhbcps])([-rwxsStT]{9})[+.]?\s+(\S+?)\/(\S+)\s+(\d+(?:,\s*\d+)?)\s+(\d{4}-\d\d-\d\d) (\d\d:\d\d(?::\d\d)?(?:\.\d+)?) (.*)$/
/** What `tar -tv` prints; times are UTC. */
export function parseTarList(text: string): Member[] {
  const members: Member[] = []
  for (const one of text.split('\n')) {
    const match = line.exec(one)
    if (match === null) continue
    const [, kind = '-', rights = '', user = '', group = '', size = '0', day = '', time = '', rest = ''] = match
    const isLink = kind === 'l', isHard = kind === 'h' || (kind === '-' && rest.includes(' link to '))
    const [name = '', target] = isLink ? rest.split(' -> ') : isHard ? rest.split(' link to ') : [rest]
    const number = (text: string): number | undefined => /^\d+$/.test(text) ? Number(text) : undefined
    members.push({
      name, type: isLink ? 'link' : isHard ? 'hard' : kind === 'd' ? 'directory' : kind === '-' ? 'file' : 'other', mode: rightsOf(rights), size: kind === '-' || kind === 'h' ? Number(size) : 0,
      mtime: Math.floor(Date.parse(`${day}T${time.length === 5 ? `${time}:00` : time.slice(0, 8)}Z`) / 1000), user: number(user) === undefined ? user : undefined, group: number(group) === undefined ? group : undefined,
      uid: number(user), gid: number(group), ...(target === undefined ? {} : { target }),
    })
  }
  return members
}
function rightsOf(text: string): number {
  let bits = 0
  for (const [i, letter] of [...text].entries()) {
    if ('rwxst'.includes(letter)) bits |= 0o400 >> i
    if (i === 2 && /s/i.test(letter)) bits |= 0o4000
    if (i === 5 && /s/i.test(letter)) bits |= 0o2000
    if (i === 8 && /t/i.test(letter)) bits |= 0o1000
  }
  return bits
}
/** Names that the host knows have its numbers, others those that the archive has. */
function withNumbers(members: readonly Member[], ids: string, numbers: string): Member[] {
  const users = new Map<string, number>(), groups = new Map<string, number>()
  for (const [kind, name = '', id] of ids.split('\n').map((one) => one.split(' '))) if (id !== undefined) (kind === 'u' ? users : groups).set(name, Number(id))
  const written = numbers.split('\n').map((one) => one.split('/').map(Number))
  return members.map((member, i) => ({
    ...member, uid: member.uid ?? users.get(member.user ?? '') ?? written[i]?.[0], gid: member.gid ?? groups.get(member.group ?? '') ?? written[i]?.[1],
    ...(member.user !== undefined && !users.has(member.user) ? { user: undefined } : {}), ...(member.group !== undefined && !groups.has(member.group) ? { group: undefined } : {}),
  }))
}

/** Replacing a file: written beside its place, given its rights, validated, then renamed; never half, never over a change that was not seen. */
import { createHash } from 'node:crypto'
import { Failure } from '../../core/errors.ts'
import { quote } from '../../core/sh.ts'
import type { Change, Predicted, Ran, Step } from '../../core/plan.ts'
import { Unknown } from '../../core/value.ts'
import { algorithms, checksum } from '../../probes/checksum.ts'
import type { Algorithm } from '../../probes/checksum.ts'
import { content, tools } from '../../probes/content.ts'
import type { Content } from '../../probes/content.ts'
import { stat } from '../../probes/stat.ts'
import type { Answer, Stat } from '../../probes/stat.ts'
import { splitWords } from '../../core/words.ts'
import { baseName, parentOf } from './paths.ts'

/** Above this many bytes no old content is fetched for a diff. */
export const diffLimit = 100_000

export interface Write {
  readonly path: string
  /** What was read there: the step fails if it is something else by then. */
  readonly was: Answer
  readonly sha1: string | undefined
  /** The new bytes, a file of the target that holds them, or shell text that writes them into "$tmp" (it may call `stop MESSAGE`). */
  readonly source: Uint8Array | { readonly file: string; readonly sha1: string } | { readonly writes: string }
  /** What it is to be in the end. */
  readonly become: Stat
  /** Numbers that a new file would get by itself: no chown then. */
  readonly born: Pick<Stat, 'uid' | 'gid'>
  readonly validate?: string | undefined
  /** Keeps a copy; its name begins with this path. */
  readonly backup?: string | undefined
  readonly unsafeWrites?: boolean
  /** Makes the file in the target's own tree anyway: the copy keeps the times of the source. */
  readonly keepTimes?: boolean
}

const script = `${tools}set -e
umask 077
stop() { printf '%s\\n' "$1" >&2; exit 1; }
sum() { s=$(sha1sum -- "$1") || exit 1; s=\${s%% *}; printf %s "\${s#\\\\}"; }
case $was in
absent) if [ -e "$path" ] || [ -h "$path" ]; then stop "$path was made by someone else after it was read: run again"; fi;;
link) [ -h "$path" ] || stop "$path is no link any more: run again";;
any) ! [ -d "$path" ] || stop "$path is a directory";;
*) [ "$(sum "$path")" = "$was" ] || stop "$path was changed by someone else after it was read: run again";;
esac
if [ -n "$backup" ]; then
  backup=$backup.$$.$(date '+%Y-%m-%d@%H:%M:%S')~
  cp -p -- "$path" "$backup"
  printf '%s\\n' "$backup"
fi
tmp=$(mktemp -- "$dir/.$name.XXXXXX" 2>/dev/null) || tmp=
if [ -z "$tmp" ]; then
  [ -d "$dir" ] || stop "Destination directory $dir does not exist"
  [ $unsafe = yes ] || stop "Destination $dir not writable"
  tmp=$(mktemp)
fi
case $was in absent|link) ;; *) cp --attributes-only --preserve=mode,xattr -- "$path" "$tmp" 2>/dev/null && chmod 600 -- "$tmp" || : ;; esac
trap 'rm -f -- "$tmp"' EXIT
trap 'exit 1' HUP INT TERM
if [ -n "$check" ] && [ -n "$suffix" ]; then mv -- "$tmp" "$tmp$suffix"; tmp=$tmp$suffix; fi
if [ -n "$from" ]; then
  [ -z "$fromsum" ] || [ "$(sum "$from")" = "$fromsum" ] || stop "$from was changed by someone else after it was read: run again"
  cat -- "$from" >"$tmp"
  [ -z "$times" ] || touch -r "$from" -- "$tmp"
else
FILL
fi
[ -z "$own" ] || chown "$own" -- "$tmp" || stop "chown failed"
chmod "$mode" -- "$tmp"
if [ -n "$check" ]; then
  CHECK
  if said=$(eval "$check" 2>&1); then :
  else
    while :; do case $said in *"$tmp"*) said=\${said%%"$tmp"*}$path\${said#*"$tmp"} ;; *) break ;; esac; done
    stop "failed to validate: $said"
  fi
fi
if [ -e /sys/fs/selinux/enforce ] && [ -e "$path" ]; then chcon --reference="$path" -- "$tmp" 2>/dev/null || :; fi
if [ "$was" = link ]; then rm -f -- "$path"; fi
if why=$(mv -f -- "$tmp" "$path" 2>&1); then :
elif [ $unsafe = yes ]; then cat -- "$tmp" >"$path"; rm -f -- "$tmp"
else stop "could not replace $path: $why (if it is mounted there by itself, unsafe_writes: true writes into it)"; fi
trap - EXIT
if [ -e /sys/fs/selinux/enforce ] && [ "$was" = absent ] && command -v restorecon >/dev/null 2>&1; then restorecon -- "$path" || :; fi
`

const isPlain = (path: string): boolean => /^[\w/.:@%+,=-]+$/.test(path)
/** Shell text that makes the validation command: the temporary file's name stands where %s does, also inside quotes, as in Ansible. */
function validation(command: string | undefined, path: string): string {
  if (command === undefined || command === '') return ''
  if (!command.includes('%s')) throw new Failure(`validate must contain %s: ${command}`)
  try { splitWords(command) } catch (error) {
    if (error instanceof Failure) throw new Failure(`Invalid command syntax in validate: ${error.message}: ${command}`)
    throw error
  }
  const name = isPlain(path) ? '"$tmp"' : quote('"$tmp"')
  return command.split('%s').map((part) => quote(part.replaceAll('%%', '%'))).join(name)
}
const suffixOf = (path: string): string => /[^.](\.[^./]+)$/.exec(baseName(path))?.[1] ?? ''

const premise = ({ was, sha1 }: Write): string =>
  was.type === 'absent' ? 'absent' : was.type === 'link' ? 'link' : sha1 ?? 'any'

/** One step that makes the file what it is to be. With `backup` its output is the name of the copy. */
export function writeStep(write: Write): Step {
  const { path, become, born, source } = write
  const remote = 'file' in source ? source : undefined
  const keepsOwner = become.uid === born.uid && become.gid === born.gid
  const check = validation(write.validate, path)
  const words = {
    path, dir: parentOf(path), name: baseName(path).slice(0, 200), was: premise(write), mode: become.mode,
    own: keepsOwner ? '' : `${become.uid}:${become.gid}`, backup: write.was.type === 'absent' ? '' : write.backup ?? '',
    check: check === '' ? '' : 'yes', suffix: suffixOf(path), unsafe: write.unsafeWrites === true ? 'yes' : 'no',
    from: remote?.file ?? '', fromsum: remote?.sha1 ?? '', times: write.keepTimes === true ? 'yes' : '',
  }
  const assignments = Object.entries(words).map(([name, value]) => `${name}=${quote(value)}`).join(' ')
  const fill = 'writes' in source ? source.writes : 'cat >"$tmp"'
  const text = script.replace('FILL', () => fill).replace('CHECK', () => check === '' ? ':' : `check=${check}`)
  return { sh: `${assignments}\n${text}`, ...(source instanceof Uint8Array ? { stdin: source } : {}) }
}

/** Name of the copy that a write with `backup` made. */
export const backupName = (ran: Ran | undefined): string | undefined => /^(.+~)$/m.exec(ran?.stdout ?? '')?.[1]

/** What reads of the path would find once these bytes are there. */
export function foresee(path: string, become: Stat, source: Uint8Array | { readonly sha1: string }): Predicted[] {
  const isBytes = source instanceof Uint8Array
  const sha1 = isBytes ? sha1Of(source) : source.sha1
  const value: Content = isBytes ? { kind: 'file', sha1, bytes: source } : { kind: 'file', sha1 }
  const sums = algorithms.map((one) => ({
    algorithm: one, sum: isBytes ? createHash(one).update(source).digest('hex') : one === 'sha1' ? sha1 : new Unknown(`${path} would be copied on the host`),
  }))
  return [
    { probe: stat.name, id: stat.id(path), value: become },
    { probe: content.name, id: content.id({ path }), value },
    ...sums.map(({ algorithm, sum }) => ({ probe: checksum.name, id: checksum.id({ path, algorithm }), value: sum })),
  ]
}
/** The same for bytes that are not known now, some of their checksums perhaps. */
export function foreseeUnseen(path: string, become: Stat, why: string, sums: Readonly<Partial<Record<Algorithm, string>>>): Predicted[] {
  return [
    { probe: stat.name, id: stat.id(path), value: become }, { probe: content.name, id: content.id({ path }), value: sums.sha1 === undefined ? new Unknown(why) : { kind: 'file', sha1: sums.sha1 } },
    ...algorithms.map((algorithm) => ({ probe: checksum.name, id: checksum.id({ path, algorithm }), value: sums[algorithm] ?? new Unknown(why) })),
  ]
}
/** What reads would find once a path is gone. */
export const foreseeGone = (path: string): Predicted[] => [
  { probe: stat.name, id: stat.id(path), value: { type: 'absent' } },
  { probe: content.name, id: content.id({ path }), value: { kind: 'absent' } },
  ...algorithms.map((algorithm) => ({ probe: checksum.name, id: checksum.id({ path, algorithm }), value: null })),
]

export const sha1Of = (bytes: Uint8Array): string => createHash('sha1').update(bytes).digest('hex')
export const md5Of = (bytes: Uint8Array): string => createHash('md5').update(bytes).digest('hex')

/** Bytes as text; undefined where they are none. */
export function asText(bytes: Uint8Array): string | undefined {
  if (bytes.subarray(0, 8192).includes(0)) return undefined
  try { return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes) } catch { return undefined }
}

/** The change of a file's content, as a diff where both sides are text of a size that people read. */
export function textChange(path: string, before: Content, after: Uint8Array): Change {
  const old = before.kind !== 'file' ? '' : before.bytes === undefined ? undefined : asText(before.bytes)
  const now = after.length > diffLimit ? undefined : asText(after)
  if (old !== undefined && now !== undefined) return { kind: 'text', of: path, before: old, after: now }
  const note = before.kind === 'file' && before.bytes === undefined || after.length > diffLimit
    ? `too large to show (${after.length} bytes now)` : 'binary content'
  return { kind: 'text', of: path, before: '', after: '', note }
}
export const shellLines = (commands: readonly string[]): Step => ({ sh: ['set -e', ...commands].join('\n') })

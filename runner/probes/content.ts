/** Reads files: their SHA-1, and their bytes where the caller does not have the same ones already. */
import { fault } from '../core/errors.ts'
import { shText } from '../core/sh.ts'
import type { Probe } from '../core/plan.ts'
import { isUnder, plainPath } from './stat.ts'

export interface ContentKey {
  readonly path: string
  /** SHA-1 of bytes the caller knows: a file that has it sends no bytes. */
  readonly unless?: string
  /** A file of more bytes than this sends none. */
  readonly max?: number
}
export type Content =
  | { readonly kind: 'absent' }
  /** There is something, but no regular file that this account may read. */
  | { readonly kind: 'other' }
  /** `bytes` are missing where they are the caller's own (`unless`) or too many (`max`). */
  | { readonly kind: 'file'; readonly sha1: string; readonly bytes?: Uint8Array }

/** SHA-1 and base64 where the usual tools are missing. */
export const tools = `command -v sha1sum >/dev/null 2>&1 || sha1sum() { [ "$1" != -- ] || shift; openssl dgst -sha1 -r "$@"; }
command -v base64 >/dev/null 2>&1 || base64() { openssl base64; }
`

export const content: Probe<ContentKey, Content> = {
  name: 'content',
  id: ({ path, unless, max }) => plainPath(path) + (unless === undefined ? '' : `?unless=${unless}`) + (max === undefined ? '' : `?max=${max}`),
  absent: (value) => value.kind === 'absent',
  script(keys) {
    const words = keys.flatMap(({ path, unless, max }) => [plainPath(path), unless ?? '-', max ?? '-'])
    return tools + shText`i=0; n=; w=
set -- ${words} .
while [ $# -gt 1 ]; do
  if [ -f "$1" ] && [ -r "$1" ]; then n="$n $i"; w="$w $2:$3"; p=$1; shift 3; set -- "$@" "$p"
  else if [ -e "$1" ] || [ -h "$1" ]; then echo "$i other"; fi; shift 3; fi
  i=$((i+1))
  [ $i -lt ${keys.length} ] || break
done
shift
[ $# = 0 ] || { sha1sum -- "$@" 2>/dev/null || echo failed; } | for i in $n; do
  read -r h r; [ "$h" != failed ] || { echo "$i failed"; break; }
  h=\${h#\\\\}; w=\${w# }; x=\${w%% *}; case $w in *' '*) w=\${w#* };; esac
  u=\${x%:*}; m=\${x#*:}
  if [ "$h" = "$u" ]; then echo "$i $h same"
  elif [ "$m" = - ]; then echo "$i $h"; base64 <"$1"
  else echo "$i $h"; head -c $((m+1)) "$1" | base64; fi
  shift
done`
  },
  parse(stdout, keys) {
    const answers: Content[] = keys.map(() => ({ kind: 'absent' }))
    let open = -1, sha1 = '', body: string[] = []
    const close = (): void => { if (open >= 0) answers[open] = toContent(sha1, body.join(''), keys[open]?.max) }
    if (/^\d+ failed$/m.test(stdout)) throw fault('probe-unreadable', undefined, { probe: 'content', output: 'a file went away while it was read' })
    for (const line of stdout.split('\n')) {
      const head = /^(\d+) (other|[0-9a-f]{40})( same)?$/.exec(line)
      if (head === null) { body.push(line); continue }
      close()
      const at = Number(head[1])
      open = -1
      if (head[2] === 'other') answers[at] = { kind: 'other' }
      else if (head[3] !== undefined) answers[at] = { kind: 'file', sha1: head[2] ?? '' }
      else { open = at; sha1 = head[2] ?? ''; body = [] }
    }
    close()
    return answers
  },
  imply(id, value, { path, max }) {
    const plain = plainPath(path)
    if (id === plain) {
      const isLarge = value.kind === 'file' && value.bytes !== undefined && max !== undefined && value.bytes.length > max
      return isLarge ? { kind: 'file', sha1: value.sha1 } : value
    }
    return value.kind !== 'other' && isUnder(plain, id) ? { kind: 'absent' } : undefined
  },
}

function toContent(sha1: string, base64: string, max: number | undefined): Content {
  const bytes = new Uint8Array(Buffer.from(base64, 'base64'))
  return max !== undefined && bytes.length > max ? { kind: 'file', sha1 } : { kind: 'file', sha1, bytes }
}

/**
 * Reads what a download to a path would bring: nothing where a checksum already fits, only the head where there is no file yet, else the
 * whole answer, of which the checksum is told and the bytes are thrown away.
 */
import { shText } from '../core/sh.ts'
import { tools } from './content.ts'
import { defineEach } from './each.ts'
import { parseHead, requestScript } from './http.ts'
import type { Request, Response } from './http.ts'
import { plainPath } from './stat.ts'

export interface DownloadKey {
  readonly request: Request
  readonly dest: string
  readonly force: boolean
  /** What the file must be; the tool's name is the algorithm's followed by `sum`. */
  readonly checksum?: { readonly algorithm: string; readonly value: string } | undefined
}
export type Download =
  | { readonly kind: 'fits' }
  | { readonly kind: 'failed'; readonly why: string }
  /** `head` only: no checksum. */
  | { readonly kind: 'answer'; readonly response: Response; readonly url: string; readonly sha1: string | undefined; readonly size: number | undefined; readonly sum: string | undefined }

/** Copies of files of the host have no head. */
const localPath = (url: string): string | undefined => /^file:(?:\/\/(?:localhost)?)?(\/.*)$/.exec(url)?.[1]
/** The same three names set for a file of the host as requestScript does. */
export function fetchScript(request: Request): string {
  const local = localPath(request.url)
  if (local === undefined) return requestScript(request)
  return shText`final=; : >"$head"; if cat -- ${decodeURIComponent(local)} >"$answer" 2>"$why"; then rc=0; else rc=1; fi
`
}

export const download = defineEach<DownloadKey, Download>({
  name: 'download',
  id: ({ request, dest, checksum }) => `${plainPath(dest)} ${request.url} ${checksum?.value ?? ''}`,
  prologue: tools,
  command({ request, dest, force, checksum }) {
    const path = plainPath(dest)
    const local = localPath(request.url) !== undefined
    const sum = checksum === undefined ? ':' : shText`set -- $(${[`${checksum.algorithm}sum`]} <"$answer"); echo "$1"`
    const fits = checksum === undefined || force ? '' : shText`if [ -f ${path} ]; then set -- $(${[`${checksum.algorithm}sum`]} <${path}); [ "$1" != ${checksum.value} ] || { echo fits; exit; }; fi
`
    const since = !force && checksum === undefined ? shText`[ ! -f ${path} ] || since="If-Modified-Since: $(LC_ALL=C date -u -r ${path} '+%a, %d %b %Y %H:%M:%S GMT')"` : ':'
    return `${fits}answer=$(mktemp) head=$(mktemp) why=$(mktemp) since=
trap 'rm -f "$answer" "$head" "$why"' EXIT
${since}
if ${shText`[ -e ${path} ]`} || ${local}; then kind=get
${fetchScript({ ...request, extraHeader: 'since' })}
else kind=head
${fetchScript({ ...request, method: 'HEAD' })}
fi
echo $kind $rc "$final"
if [ $rc != 0 ]; then cat "$why"; exit; fi
if [ $kind = get ]; then sha1sum <"$answer"; wc -c <"$answer"; ${sum}; fi
printf '\\002\\n'; cat "$head"`
  },
  parse({ stdout }, { request }) {
    if (stdout.startsWith('fits')) return { kind: 'fits' }
    const [facts = '', head = ''] = stdout.split('\u0002\n')
    const [first = '', hash = '', size = '', sum] = facts.split('\n')
    const [kind, rc, url] = first.split(' ')
    if (rc !== '0') return { kind: 'failed', why: facts.slice(first.length).trim() || `the request failed (${rc ?? 'no answer'})` }
    const response = parseHead(head), isWhole = kind === 'get'
    return {
      kind: 'answer', response, url: url === undefined || url === '' ? response.redirects.at(-1) ?? request.url : url,
      sha1: isWhole ? hash.slice(0, 40) : undefined, size: isWhole ? Number(size) : response.headers['content-length'] === undefined ? undefined : Number(response.headers['content-length']),
      sum: isWhole && sum !== undefined && sum !== '' ? sum : undefined,
    }
  },
})

/** Reads a small text from the web with the host's own tool: a list of checksums. */
import { defineEach } from './each.ts'
import { fetchScript } from './download.ts'
import { parseHead } from './http.ts'
import type { Request, Response } from './http.ts'

export type Page = { readonly why: string } | { readonly response: Response; readonly text: string }

export const page = defineEach<Request, Page>({
  name: 'page',
  id: ({ url }) => url,
  command: (request) => `answer=$(mktemp) head=$(mktemp) why=$(mktemp)
trap 'rm -f "$answer" "$head" "$why"' EXIT
${fetchScript(request)}
echo $rc; if [ $rc = 0 ]; then cat "$head"; printf '\\n\\002\\n'; cat "$answer"; else cat "$why"; fi`,
  parse({ stdout }) {
    const [rc = ''] = stdout.split('\n'), rest = stdout.slice(rc.length + 1)
    if (rc !== '0') return { why: rest.trim() || 'the request failed' }
    const at = rest.indexOf('\n\u0002\n')
    return { response: parseHead(rest.slice(0, at)), text: rest.slice(at + 3) }
  },
})

/** Talks to a web service from the host, with the host's own curl or wget. A dry run skips it, as Ansible does. */
import { Failure } from '../core/errors.ts'
import { defineAction } from '../core/module.ts'
import { quote, shText } from '../core/sh.ts'
import type { Data } from '../core/types.ts'
import type { Args, Control } from '../core/plan.ts'
import { parseHead, requestScript } from '../probes/http.ts'
import type { Response } from '../probes/http.ts'
import { pathInfo, stat } from '../probes/stat.ts'
import { maskUrl, toRequest, urlArgs } from '../probes/url.ts'
import { encodeBody } from './uri/body.ts'
import type { Body } from './uri/body.ts'

const args = {
  url: { type: 'str', required: true, doc: 'The address.' },
  method: { type: 'str', default: 'GET', doc: 'GET, POST, PUT, PATCH, DELETE, HEAD or any other.' },
  body: { type: 'raw', doc: 'What is sent.' },
  body_format: { type: 'str', default: 'raw', choices: ['form-urlencoded', 'json', 'raw', 'form-multipart'], doc: 'How a mapping or list is written.' },
  src: { type: 'path', doc: 'A file that is sent.' },
  remote_src: { type: 'bool', default: false, doc: 'src is on the host.' },
  return_content: { type: 'bool', default: false, doc: 'Give the text of the answer as content.' },
  follow_redirects: { type: 'str', default: 'safe', choices: ['all', 'no', 'none', 'safe', 'urllib2', 'yes'], doc: 'safe: only GET and HEAD follow.' },
  creates: { type: 'path', doc: 'Do nothing where this exists.' },
  removes: { type: 'path', doc: 'Do nothing where this does not exist.' },
  status_code: { type: 'list', elements: 'int', default: [200], doc: 'Statuses that are no failure.' },
  timeout: { type: 'int', default: 30, doc: 'Seconds without an answer.' },
  dest: { type: 'path', doc: 'File or folder for the answer.' },
  unix_socket: { type: 'path', doc: 'Socket to speak through.' },
  ca_path: { type: 'path', doc: 'Certificates that are trusted.' },
  mode: { type: 'mode', doc: 'Permissions of dest.' },
  owner: { type: 'str', doc: 'Owner of dest.' },
  group: { type: 'str', doc: 'Group of dest.' },
  attributes: { type: 'str', aliases: ['attr'], doc: 'Flags of dest, as chattr takes them.' },
  unsafe_writes: { type: 'bool', default: false, doc: 'Write dest in place.' },
  seuser: { type: 'str', doc: 'SELinux user.', unsupported: 'play does not set SELinux contexts' }, serole: { type: 'str', doc: 'SELinux role.', unsupported: 'play does not set SELinux contexts' },
  setype: { type: 'str', doc: 'SELinux type.', unsupported: 'play does not set SELinux contexts' }, selevel: { type: 'str', doc: 'SELinux level.', unsupported: 'play does not set SELinux contexts' },
  ...urlArgs,
} as const
type Given = Args<typeof args>

export default defineAction({
  name: 'uri',
  doc: 'Talks to a web service.',
  args,
  rules: { mutuallyExclusive: [['body', 'src']] },
  needsHost: true,
  inCheckMode: 'skip',
  async run(given, control) {
    const method = given.method.toUpperCase()
    if (!/^[A-Z]+$/.test(method)) throw new Failure("Parameter 'method' needs to be a single word in uppercase, like GET or POST.")
    const skipped = await skip(given, control)
    if (skipped !== undefined) return { stdout: skipped, stdout_lines: [skipped], changed: false }
    const body = await bodyOf(given, control)
    const type = body.type !== undefined && !Object.keys(given.headers).some((name) => name.toLowerCase() === 'content-type') ? { 'Content-Type': body.type } : {}
    const request = toRequest(given.url, { ...given, headers: { ...given.headers, ...type } }, given.timeout)
    const follows = ['all', 'yes'].includes(given.follow_redirects) || (['safe', 'urllib2'].includes(given.follow_redirects) && ['GET', 'HEAD'].includes(method))
    const script = answerScript(given, requestScript({
      ...request, method, follow: follows, unixSocket: given.unix_socket, caPath: given.ca_path, extraHeader: 'since', ...(body.isGiven ? { bodyFile: 'body' } : {}),
    }), body)
    const [ran] = await control.run([{ sh: script, okRc: 'any', ...(body.bytes === undefined ? {} : { stdin: body.bytes }) }])
    if (ran === undefined) throw new Failure('the request was not made')
    const data = result(given, ran.stdout, ran.stderr, Math.floor(ran.ms / 1000)), { path } = data
    const is = typeof path === 'string' && path !== '' ? await control.read(stat, path) : undefined
    return is === undefined || is.type === 'absent' ? data : { ...data, ...pathInfo(is) }
  },
})

async function skip({ creates, removes }: Given, control: Control): Promise<string | undefined> {
  const [made, gone] = await Promise.all([creates === undefined ? undefined : control.read(stat, creates), removes === undefined ? undefined : control.read(stat, removes)])
  if (made !== undefined && made.type !== 'absent') return `skipped, since '${creates ?? ''}' exists`
  return gone?.type === 'absent' ? `skipped, since '${removes ?? ''}' does not exist` : undefined
}

async function bodyOf(given: Given, control: Control): Promise<Body & { readonly remote?: string }> {
  if (given.src === undefined) return encodeBody(given.body, given.body_format, (path) => control.local('files', path).then((file) => file.read()))
  if (given.remote_src) return { isGiven: true, remote: given.src }
  return { isGiven: true, bytes: await (await control.local('files', given.src)).read() }
}

/** Makes the request and prints: exit code and final address, header blocks, and the body in base64 where it is wanted. */
function answerScript(given: Given, request: string, body: Body & { readonly remote?: string }): string {
  const { dest } = given
  const rights = dest === undefined ? '' : [
    given.owner === undefined ? '' : shText`chown ${given.owner} -- "$dest" || stop "chown failed: "${given.owner}`, given.group === undefined ? '' : shText`chgrp ${given.group} -- "$dest" || stop "chgrp failed: "${given.group}`,
    given.mode === undefined ? '' : shText`chmod ${given.mode} -- "$dest"`, given.attributes === undefined ? '' : shText`chattr ${/^[+=-]/.test(given.attributes) ? given.attributes : `=${given.attributes}`} -- "$dest"`,
  ].filter((one) => one !== '').join('\n')
  const ask = body.remote !== undefined ? shText`body=${body.remote}; [ -r "$body" ] || stop "Unable to open source file $body"` : body.isGiven ? 'body=$(mktemp); cat >"$body"' : 'body='
  return `stop() { printf '%s\\n' "$1" >&2; exit 1; }
umask 077
dest=${quote(dest ?? '')}; since=; old=
${ask}
head=$(mktemp) why=$(mktemp) answer=$(mktemp)
trap 'rm -f -- "$answer" "$head" "$why"${body.isGiven && body.remote === undefined ? ' "$body"' : ''}' EXIT
if [ -f "$dest" ]; then since="If-Modified-Since: $(LC_ALL=C date -u -r "$dest" '+%a, %d %b %Y %H:%M:%S GMT')"; ${given.force ? 'since=' : ':'}; fi
${request}
status=$(sed -n 's/^ *HTTP\\/[0-9.]* \\([0-9][0-9][0-9]\\).*/\\1/p' "$head" | tail -n 1)
echo "$rc $final"
[ $rc = 0 ] || cat "$why"
printf '\\002\\n'; cat "$head"; printf '\\n\\002\\n'
fine=; case $status in ${given.status_code.length === 0 ? "''" : given.status_code.join('|')}) [ $rc != 0 ] || fine=yes;; esac
if [ -n "$dest" ] && [ -n "$fine" ] && [ "$status" != 304 ]; then
  if [ -d "$dest" ]; then
    name=$(sed -n 's/^ *[Cc]ontent-[Dd]isposition:.*filename="\\{0,1\\}\\([^";]*\\).*/\\1/p' "$head" | tr -d '\\r' | tail -n 1); name=\${name##*/}
    [ -n "$name" ] || { name=\${final:-${quote(given.url)}}; name=\${name%%[?#]*}; name=\${name#*://}; case $name in */*) name=\${name##*/};; *) name=;; esac; }
    dest=\${dest%/}/\${name:-index.html}
  fi
  [ -d "$(dirname -- "$dest")" ] || stop "Destination dir '$(dirname -- "$dest")' does not exist"
  if [ -f "$dest" ]; then cat -- "$answer" >"$answer.new"; ${given.unsafe_writes ? 'cat -- "$answer.new" >"$dest"; rm -f -- "$answer.new"' : `tmp=$(mktemp -- "$(dirname -- "$dest")/.uri.XXXXXX") || stop "Destination $dest is not writable"; cat -- "$answer.new" >"$tmp"; rm -f -- "$answer.new"; chmod "$(stat -c %a -- "$dest")" "$tmp"; chown "$(stat -c %u:%g -- "$dest")" "$tmp" 2>/dev/null; mv -f -- "$tmp" "$dest"`}
  else ( umask 022; cat -- "$answer" >"$dest" ) || stop "Destination $dest is not writable"; fi
  ${rights === '' ? ':' : rights}
fi
printf '%s\\n' "$dest"
case $status in [345]*) fine=;; esac
if [ -z "$fine" ] || ${given.return_content} || grep -qiE '^ *content-type: *[^;/]*/([^;]*[+])?(json|javascript)' "$head"; then echo body; base64 <"$answer" 2>/dev/null || openssl base64 <"$answer"; fi`
}

function result(given: Given, stdout: string, stderr: string, elapsed: number): Data {
  const [facts = '', head = '', tail = ''] = stdout.split('\u0002\n')
  if (tail === '' && stderr.trim() !== '') throw new Failure(stderr.trim(), { elapsed, url: maskUrl(given.url) })
  const [first = ''] = facts.split('\n'), rc = first.slice(0, first.indexOf(' ')), final = first.slice(first.indexOf(' ') + 1)
  const [dest = '', mark, ...rest] = tail.split('\n')
  const response = parseHead(head)
  const status = rc === '0' ? response.status : -1
  if (rc === '251') throw new Failure(facts.slice(first.length).trim(), { elapsed })
  const isAnswer = status >= 200 && status < 300
  const data: Data = { ...headers(response, given.url, isAnswer), ...basic(given, response, status, final, elapsed, facts.slice(first.length).trim()) }
  const bytes = mark === 'body' ? Buffer.from(rest.join(''), 'base64') : undefined
  const content = bytes === undefined ? undefined : decode(bytes, response.headers['content-type'])
  const isJson = /^[^;/]*\/(?:[^;]*\+)?(json|javascript)\s*(;|$)/i.test(response.headers['content-type'] ?? '')
  if (content !== undefined && isJson) try { data.json = JSON.parse(content) } catch { /* Ansible: no json then */ }
  if (given.return_content) data.content = content ?? ''
  const isFine = given.status_code.includes(status)
  if (isFine && status >= 300) data.body = content ?? ''
  if (given.dest !== undefined && status > 0) data.path = dest
  if (!isFine) throw new Failure(`Status code was ${status} and not [${given.status_code.join(', ')}]: ${String(data.msg)}`, data)
  return { ...data, changed: given.dest !== undefined && status !== 304 }
}

function basic(given: Given, { status: seen, reason, headers: fields }: Response, status: number, final: string, elapsed: number, why: string): Data {
  const url = final === '' ? given.url : final
  const size = fields['content-length'] ?? 'unknown'
  return {
    url: url.replace(/^([a-z]+:\/\/)[^/@]*@/i, '$1'), redirected: url.replace(/\/$/, '') !== given.url.replace(/\/$/, '') || /^[a-z]+:\/\/[^/@]*@/i.test(given.url), status, elapsed, changed: false,
    msg: status === -1 ? /^curl: \(28\)/.test(why) ? 'Connection failure: timed out' : `Request failed: ${why}` : seen >= 300 ? `HTTP Error ${seen}: ${reason}` : `OK (${size} bytes)`,
  }
}
/** Cookies are told of an answer that is no error. */
function headers({ headers: fields }: Response, url: string, isAnswer: boolean): Data {
  const out: Data = isAnswer ? { cookies: {}, cookies_string: '' } : {}
  for (const [name, value] of Object.entries(fields)) out[name.replaceAll('-', '_')] = name === 'location' && URL.canParse(value, url) ? new URL(value, url).href : value
  const cookies = (fields['set-cookie'] ?? '').split(/, (?=[^;,\s=]+=)/).filter((one) => one !== '').map((one) => /^([^=;]+)=([^;]*)/.exec(one))
  const pairs = cookies.flatMap((match): [string, string][] => match === null ? [] : [[match[1] ?? '', match[2] ?? '']])
  if (isAnswer && pairs.length > 0) { out.cookies = Object.fromEntries(pairs); out.cookies_string = pairs.map(([name, value]) => `${name}=${value}`).join('; ') }
  return out
}
function decode(bytes: Uint8Array, type: string | undefined): string {
  const charset = /charset="?([^\s;"]+)/i.exec(type ?? '')?.[1] ?? 'utf-8'
  try { return new TextDecoder(charset, { ignoreBOM: true }).decode(bytes) } catch { return Buffer.from(bytes).toString() }
}

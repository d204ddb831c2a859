/**
 * HTTP requests by the host's own curl or wget: shell text that makes one, and what its answer says. Reads of get_url and unarchive,
 * steps of get_url and the action uri are made of it. Secrets go through a configuration that only this account can read, never into a process list (BusyBox's wget alone leaves
 * no other way).
 */
import { quote, shText } from '../core/sh.ts'

export interface Request {
  readonly url: string
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  /** A shell variable that names the file with the body; none: no body. */
  readonly bodyFile?: string
  readonly user?: string | undefined
  readonly password?: string | undefined
  /** Send the password with the first request, not only when asked for it. */
  readonly forceBasic?: boolean
  readonly follow?: boolean
  readonly validateCerts?: boolean
  readonly timeoutSeconds?: number
  readonly agent?: string | undefined
  readonly useProxy?: boolean
  readonly useNetrc?: boolean
  readonly decompress?: boolean
  readonly unixSocket?: string | undefined
  readonly caPath?: string | undefined
  readonly clientCert?: string | undefined
  readonly clientKey?: string | undefined
  readonly ciphers?: readonly string[] | undefined
  /** A shell variable that holds more header lines, without line breaks: `If-Modified-Since: …`. */
  readonly extraHeader?: string
}

const inQuotes = (text: string): string => `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n').replaceAll('\r', '\\r').replaceAll('\t', '\\t')}"`

function curlConfig(request: Request): string {
  const { method = 'GET', timeoutSeconds = 10 } = request
  const lines = [
    `url = ${inQuotes(request.url)}`, 'silent', 'show-error', 'globoff', `connect-timeout = ${timeoutSeconds}`, `speed-time = ${timeoutSeconds}`, 'speed-limit = 1',
    // of a POST curl itself makes a GET where it is sent on, as browsers do
    ...method === 'HEAD' ? ['head'] : method === 'POST' ? request.bodyFile === undefined ? ['data = ""'] : [] : method === 'GET' && request.bodyFile === undefined ? [] : [`request = ${inQuotes(method)}`],
    ...Object.keys(request.headers ?? {}).some((name) => name.toLowerCase() === 'accept') ? [] : ['header = "Accept:"'],
    ...request.follow === false ? [] : ['location', 'max-redirs = 10'],
    ...request.validateCerts === false ? ['insecure'] : [],
    ...request.user === undefined ? [] : [`user = ${inQuotes(`${request.user}:${request.password ?? ''}`)}`, request.forceBasic === true ? 'basic' : 'anyauth'],
    ...Object.entries(request.headers ?? {}).map(([name, value]) => `header = ${inQuotes(value === '' ? `${name};` : `${name}: ${value}`)}`),
    ...request.bodyFile === undefined ? [] : ['header = "Expect:"'],
    ...request.agent === undefined ? [] : [`user-agent = ${inQuotes(request.agent)}`],
    ...request.useProxy === false ? ['noproxy = "*"'] : [], ...request.useNetrc === true ? ['netrc-optional'] : [],
    ...request.decompress === true ? ['compressed'] : [], ...Object.keys(request.headers ?? {}).some((name) => name.toLowerCase() === 'accept-encoding') ? [] : ['header = "Accept-Encoding: identity"'], ...request.unixSocket === undefined ? [] : [`unix-socket = ${inQuotes(request.unixSocket)}`],
    ...request.caPath === undefined ? [] : [`cacert = ${inQuotes(request.caPath)}`],
    ...request.clientCert === undefined ? [] : [`cert = ${inQuotes(request.clientCert)}`], ...request.clientKey === undefined ? [] : [`key = ${inQuotes(request.clientKey)}`],
    ...request.ciphers === undefined || request.ciphers.length === 0 ? [] : [`ciphers = ${inQuotes(request.ciphers.join(':'))}`],
  ]
  return `${lines.join('\n')}\n`
}

/** What only curl can do, if the request asks for it. */
function onlyCurl({ unixSocket, ciphers, method = 'GET' }: Request): string | undefined {
  if (unixSocket !== undefined) return 'unix_socket'
  if (ciphers !== undefined && ciphers.length > 0) return 'ciphers'
  return /^[A-Z]+$/.test(method) ? undefined : 'this method'
}

function wgetConfig(request: Request): string {
  return [
    ...Object.entries(request.headers ?? {}).map(([name, value]) => `header = ${name}: ${value}`),
    ...request.user === undefined ? [] : [`http_user = ${request.user}`, `http_password = ${request.password ?? ''}`],
    ...request.agent === undefined ? [] : [`user_agent = ${request.agent}`],
  ].map((line) => `${line}\n`).join('')
}
function wgetOptions(request: Request): string {
  const { method = 'GET', timeoutSeconds = 10 } = request
  return shText`${[
    '-q', '--server-response', '--content-on-error', '--tries=1', `--timeout=${timeoutSeconds}`, `--max-redirect=${request.follow === false ? 0 : 10}`,
    ...method === 'GET' && request.bodyFile === undefined ? [] : [`--method=${method}`], ...request.validateCerts === false ? ['--no-check-certificate'] : [],
    ...request.forceBasic === true ? ['--auth-no-challenge'] : [], ...request.useProxy === false ? ['--no-proxy'] : [],
    ...request.caPath === undefined ? [] : [`--ca-certificate=${request.caPath}`], ...request.clientCert === undefined ? [] : [`--certificate=${request.clientCert}`],
    ...request.clientKey === undefined ? [] : [`--private-key=${request.clientKey}`],
  ]}`
}
function smallWget(request: Request): string {
  const { method = 'GET', timeoutSeconds = 10 } = request
  if (!['GET', 'POST', 'HEAD'].includes(method)) return `echo "the host's wget can only GET and POST: install curl there" >&2; rc=250`
  const token = request.user === undefined ? [] : [`Authorization: Basic ${Buffer.from(`${request.user}:${request.password ?? ''}`).toString('base64')}`]
  const headers = [...Object.entries(request.headers ?? {}).map(([name, value]) => `${name}: ${value}`), ...token]
  const options = shText`${['-S', '-T', String(timeoutSeconds), ...headers.flatMap((line) => ['--header', line]), ...request.agent === undefined ? [] : ['-U', request.agent],
    ...request.validateCerts === false ? ['--no-check-certificate'] : [], ...request.useProxy === false ? ['-Y', 'off'] : [], ...method === 'HEAD' ? ['--spider'] : []]}`
  const body = request.bodyFile === undefined ? '' : ` --post-file "$${request.bodyFile}"`
  const extra = request.extraHeader === undefined ? '' : ` \${${request.extraHeader}:+--header "$${request.extraHeader}"}`
  return `wget ${options}${extra}${body} -O "$answer" ${quote(request.url)} 2>"$head"; rc=$?`
}

/**
 * Shell text that makes the request: body into the file `$answer`, header blocks into `$head`, errors into `$why`, exit code into `rc`
 * (0: there was an answer, whatever its status; 251: no tool), the final address into `$final` where it is known. The three names must be set.
 */
export function requestScript(request: Request): string {
  const extra = request.extraHeader === undefined ? '' : `; [ -z "$${request.extraHeader}" ] || printf 'header = "%s"\\n' "$${request.extraHeader}"`
  const wgetExtra = request.extraHeader === undefined ? '' : `; [ -z "$${request.extraHeader}" ] || printf 'header = %s\\n' "$${request.extraHeader}"`
  const data = request.bodyFile === undefined ? '' : `; printf 'data-binary = "@%s"\\n' "$${request.bodyFile}"`
  const needs = onlyCurl(request)
  const wget = needs !== undefined ? shText`echo ${`${needs} needs curl on the host: install it there`} >"$why"; rc=251`
    : `if wget --version 2>/dev/null | grep -q GNU; then
  config=$(mktemp)
  { printf %s ${quote(wgetConfig(request))}${wgetExtra}; } >"$config"
  wget --config="$config" ${wgetOptions(request)}${request.bodyFile === undefined ? '' : ` --body-file="$${request.bodyFile}"`} -O "$answer" ${quote(request.url)} 2>"$head"; rc=$?
  rm -f "$config"
  [ $rc != 8 ] && [ $rc != 6 ] || rc=0
  [ $rc = 0 ] || grep -v '^  ' "$head" >"$why" || echo "wget: exit code $rc" >"$why"
else
  ${smallWget(request)}
  if grep -q '^  HTTP/' "$head"; then rc=0; else grep -v '^  ' "$head" >"$why" || :; fi
fi`
  return `final=
if command -v curl >/dev/null 2>&1; then
  final=$({ printf %s ${quote(curlConfig(request))}; printf 'dump-header = "%s"\\noutput = "%s"\\nwrite-out = "%%{url_effective}"\\n' "$head" "$answer"${extra}${data}; } | curl -q -K - 2>"$why"); rc=$?
elif command -v wget >/dev/null 2>&1; then
  ${wget}
else echo 'needs curl or wget on the host: install curl there' >"$why"; rc=251
fi
`
}

export interface Response {
  /** 0: the protocol has none (file, ftp), or there was no answer. */
  readonly status: number
  readonly reason: string
  /** Names in lower case; several of one name are joined with `, `. */
  readonly headers: Readonly<Record<string, string>>
  readonly redirects: readonly string[]
}

/** The last header block of what curl or wget wrote down; those before it are redirects, continues and challenges. */
export function parseHead(text: string): Response {
  let status = 0, reason = '', headers: Record<string, string> = {}
  const redirects: string[] = []
  for (const raw of text.split('\n')) {
    const line = raw.replace(/\r$/, '').replace(/^ {2}/, '')
    const first = /^HTTP\/[\d.]+ (\d{3}) ?(.*)$/.exec(line)
    if (first !== null) {
      if (headers.location !== undefined && status >= 300 && status < 400) redirects.push(headers.location)
      status = Number(first[1])
      reason = first[2] ?? ''
      headers = {}
      continue
    }
    const field = /^([!#$%&'*+.^_`|~\w-]+):[ \t]*(.*?)[ \t]*$/.exec(line)
    if (field === null || status === 0) continue
    const name = (field[1] ?? '').toLowerCase(), value = field[2] ?? ''
    headers[name] = headers[name] === undefined ? value : `${headers[name]}, ${value}`
  }
  return { status, reason, headers, redirects }
}

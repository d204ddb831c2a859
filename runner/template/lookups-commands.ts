/** Lookups that run something on the controller: a command, or a request. They wait for it, since expressions are synchronous. */
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Call, Lookup } from './call.ts'
import type { Data } from '../core/types.ts'
import { dictEntries, isDict } from '../core/value.ts'
import { onlyText, text } from './items.ts'
import { splitLines } from './methods-str.ts'
import { asNumber, parseFloatText } from './numbers.ts'
import { lookupTable, Refusal } from './params.ts'
import { isTruthy } from './python.ts'

const megabyte = 1024 * 1024

/** Output of a shell command, run in the playbook's folder. */
function shell(command: string, call: Call, name: string): string {
  call.env.vars.acting?.()
  const root = call.env.vars.get('playbook_dir')
  const cwd = typeof root === 'string' ? root : call.env.vars.search.at(-1) ?? process.cwd()
  const done = spawnSync('/bin/sh', ['-c', command], { cwd, stdio: ['ignore', 'pipe', 'inherit'], maxBuffer: 64 * megabyte })
  if (done.error !== undefined) throw new Refusal(`lookup_plugin.${name}(${command}) could not run: ${done.error.message}`)
  if (done.status !== 0) throw new Refusal(`lookup_plugin.${name}(${command}) returned ${done.status ?? done.signal ?? 'nothing'}`)
  return done.stdout.toString('utf8')
}

/** Runs in a process of its own: reads the request as JSON, writes the answer's body. */
const fetcher = `
const { url, headers, timeout, redirect, method } = JSON.parse(require('fs').readFileSync(0, 'utf8'))
fetch(url, { headers, redirect, method, signal: AbortSignal.timeout(timeout) }).then(async (answer) => {
  const body = Buffer.from(await answer.arrayBuffer())
  if (!answer.ok) { process.stderr.write('HTTP Error ' + answer.status + ': ' + answer.statusText); process.exit(3) }
  require('fs').writeSync(1, body)
}).catch((error) => { process.stderr.write(String(error.cause?.message ?? error.message)); process.exit(4) })
`
const unsupported = ['use_gssapi', 'unix_socket', 'ciphers', 'use_netrc', 'unredirected_headers']

function requestHeaders(options: Data): Record<string, string> {
  const headers: Record<string, string> = { 'user-agent': text(options.http_agent) }
  if (isDict(options.headers)) for (const [name, value] of dictEntries(options.headers)) headers[text(name).toLowerCase()] = text(value)
  if (isTruthy(options.force)) headers['cache-control'] = 'no-cache'
  if (options.username !== null) headers.authorization = `Basic ${Buffer.from(`${text(options.username)}:${text(options.password ?? '')}`).toString('base64')}`
  return headers
}
/** Options of the url lookup that variables and the environment can set, and the end of their names there. */
const settable: Readonly<Record<string, string>> = {
  force: 'force', timeout: 'timeout', http_agent: 'agent', force_basic_auth: 'force_basic_auth', follow_redirects: 'follow_redirects', ca_path: 'ca_path', unredirected_headers: 'unredir_headers',
}
function configured(name: string, { env: { vars, jinja } }: Call): unknown {
  const end = settable[name]
  if (end === undefined) return undefined
  const written = vars.get(`ansible_lookup_url_${end}`), value = written === undefined ? process.env[`ANSIBLE_LOOKUP_URL_${end.toUpperCase()}`] : jinja.resolve(written, vars)
  return typeof value === 'string' && name.startsWith('force') ? /^(y|yes|on|1|true|t)$/i.test(value) : value
}

function fetchUrl(term: unknown, options: Data): string {
  const url = onlyText(term, 'a URL'), shown = url.replace(/\/\/[^/@]*@/, '//')
  if (url.startsWith('file://')) {
    try { return readFileSync(fileURLToPath(url), 'utf8') } catch (error) { throw new Refusal(`Failed lookup url for ${shown} : ${error instanceof Error ? error.message : ''}`) }
  }
  const used = unsupported.find((name) => options[name] !== undefined && options[name] !== null && isTruthy(options[name]))
  if (used !== undefined) throw new Refusal(`the option '${used}' of the url lookup is not supported`)
  const seconds = typeof options.timeout === 'string' ? parseFloatText(options.timeout) : options.timeout
  const follows = !['none', 'no', false].includes(options.follow_redirects as string | boolean)
  const request = { url, headers: requestHeaders(options), timeout: (asNumber(seconds) ?? 10) * 1000, redirect: follows ? 'follow' : 'manual', method: 'GET' }
  const env = {
    ...process.env, NODE_NO_WARNINGS: '1', ...(isTruthy(options.validate_certs) ? {} : { NODE_TLS_REJECT_UNAUTHORIZED: '0' }),
    ...(options.ca_path === null ? {} : { NODE_EXTRA_CA_CERTS: text(options.ca_path) }),
  }
  const done = spawnSync(process.execPath, ['-e', fetcher], { input: JSON.stringify(request), env, maxBuffer: 256 * megabyte })
  if (done.error !== undefined) throw new Refusal(`Failed lookup url for ${shown}: ${done.error.message}`)
  const said = done.stderr.toString('utf8').trim()
  if (done.status === 3) throw new Refusal(`Received HTTP error for ${shown} : ${said}`)
  if (done.status !== 0) throw new Refusal(`Failed lookup url for ${shown} : ${said}`)
  return done.stdout.toString('utf8')
}

export const commandLookups: Record<string, Lookup> = lookupTable({
  'pipe(**options)': (terms, _, call) => terms.map((term) => shell(onlyText(term, 'a command'), call, 'pipe').trimEnd()),
  'lines(**options)': (terms, _, call) => terms.flatMap((term) => splitLines(shell(onlyText(term, 'a command'), call, 'lines'), false)),
  'url(split_lines=True, validate_certs=True, use_proxy=True, username=None, password=None, headers=None, force=False, timeout=10, http_agent="ansible-httpget", force_basic_auth=False, follow_redirects="urllib2", ca_path=None, unredirected_headers=None, **others)':
    (terms, args, call) => {
      const names = ['split_lines', 'validate_certs', 'use_proxy', 'username', 'password', 'headers', 'force', 'timeout', 'http_agent', 'force_basic_auth',
        'follow_redirects', 'ca_path', 'unredirected_headers']
      const options: Data = { ...(args.at(-1) as Data), ...Object.fromEntries(names.map((name, i) => [name, Object.hasOwn(call.kwargs, name) ? args[i] : configured(name, call) ?? args[i]])) }
      for (const name of Object.keys(options)) {
        if (!names.includes(name) && !unsupported.includes(name)) call.env.services.warn(`the lookup url has no option '${name}'`, call.env.loc)
      }
      call.env.vars.acting?.()
      return terms.flatMap((term) => {
        const body = fetchUrl(term, options)
        return isTruthy(options.split_lines) ? splitLines(body, false) : [body]
      })
    },
})

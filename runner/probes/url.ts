/** Arguments that all modules with an address share (Ansible's url_argument_spec), and the request they mean. */
import type { Arg } from '../core/plan.ts'
import type { Request } from './http.ts'

export const urlArgs = {
  force: { type: 'bool', default: false, aliases: ['thirsty'], doc: 'Ask for all of it, even where the file has not changed since.' },
  http_agent: { type: 'str', default: 'ansible-httpget', doc: 'The name that the request goes by.' },
  use_proxy: { type: 'bool', default: true, doc: 'Use the proxy that the environment names.' },
  validate_certs: { type: 'bool', default: true, doc: 'Refuse certificates that cannot be checked.' },
  url_username: { type: 'str', aliases: ['username', 'user'], doc: 'Account for basic authentication.' },
  url_password: { type: 'str', aliases: ['password'], secret: true, doc: 'Its password.' },
  force_basic_auth: { type: 'bool', default: false, doc: 'Send the password before it is asked for.' },
  client_cert: { type: 'path', doc: 'Certificate that the host shows.' },
  client_key: { type: 'path', doc: 'Its key.' },
  use_gssapi: { type: 'bool', default: false, doc: 'Kerberos.', unsupported: 'curl and wget of the host are not built for it everywhere' },
  headers: { type: 'dict', default: {}, doc: 'More header lines.' },
  unredirected_headers: { type: 'list', elements: 'str', default: [], doc: 'Headers that a redirect does not get.', unsupported: 'curl sends them on' },
  decompress: { type: 'bool', default: true, doc: 'Undo the compression of the transfer.' },
  ciphers: { type: 'list', elements: 'str', default: [], doc: 'Ciphers of TLS.' },
  use_netrc: { type: 'bool', default: true, doc: 'Passwords may come from ~/.netrc.' },
} as const satisfies Readonly<Record<string, Arg>>

export interface UrlArgs {
  readonly force: boolean; readonly http_agent: string; readonly use_proxy: boolean; readonly validate_certs: boolean
  readonly url_username?: string | undefined; readonly url_password?: string | undefined; readonly force_basic_auth: boolean
  readonly client_cert?: string | undefined; readonly client_key?: string | undefined
  readonly headers: Readonly<Record<string, unknown>>; readonly decompress: boolean; readonly ciphers: readonly string[]; readonly use_netrc: boolean
}

export function toRequest(url: string, args: UrlArgs, timeoutSeconds: number): Request {
  return {
    url, timeoutSeconds, agent: args.http_agent, useProxy: args.use_proxy, validateCerts: args.validate_certs, user: args.url_username, password: args.url_password,
    forceBasic: args.force_basic_auth, clientCert: args.client_cert, clientKey: args.client_key, decompress: args.decompress, useNetrc: args.use_netrc && args.url_username === undefined,
    ciphers: args.ciphers, follow: true,
    headers: { ...(args.force ? { 'Cache-Control': 'no-cache' } : {}), ...Object.fromEntries(Object.entries(args.headers).map(([name, value]) => [name, String(value)])) },
  }
}
/** An address as it may be shown: without the password in it. */
export const maskUrl = (url: string): string => url.replace(/^([a-z]+:\/\/[^/@:]*):[^/@]*@/i, '$1:********@')
/** The last part of an address's path; `index.html` where there is none. */
export function fileName(url: string): string {
  const path = url.replace(/^[a-z][a-z\d+.-]*:\/\/[^/?#]*/i, '').replace(/[?#].*$/s, '')
  return path.slice(path.lastIndexOf('/') + 1) || 'index.html'
}
/** RFC 6266: the name that an answer gives its file, never with a folder. */
export function dispositionName(header: string | undefined): string | undefined {
  const extended = /filename\*\s*=\s*(?:utf-8|iso-8859-1)'[^']*'([^;\s]+)/i.exec(header ?? '')?.[1]
  const plain = /filename\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;\s]+))/i.exec(header ?? '')
  const name = extended === undefined ? plain?.[1]?.replace(/\\(.)/g, '$1') ?? plain?.[2] : decodeURIComponent(extended)
  return name === undefined ? undefined : name.slice(name.lastIndexOf('/') + 1) || undefined
}

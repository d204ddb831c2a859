/** Taking URLs apart and quoting their parts as Python's urllib.parse does. */
import { Refusal } from './params.ts'

export interface Url {
  readonly scheme: string; readonly netloc: string; readonly path: string; readonly query: string; readonly fragment: string
  readonly username: string | null; readonly password: string | null; readonly hostname: string | null; readonly port: number | null
}

/** Python: urllib.parse.urlsplit. Throws Refusal for a bad port or address. */
export function urlSplit(text: string): Url {
  let rest = text.replace(/^[\x00-\x20]+/, '').replace(/[\r\n\t]/g, ''), scheme = '', netloc = '', query = '', fragment = ''
  const named = /^([A-Za-z][A-Za-z0-9+.-]*):(.*)$/s.exec(rest)
  if (named) { scheme = (named[1] ?? '').toLowerCase(); rest = named[2] ?? '' }
  const placed = /^\/\/([^/?#]*)(.*)$/s.exec(rest)
  if (placed) {
    netloc = placed[1] ?? ''
    rest = placed[2] ?? ''
    if (netloc.includes('[') !== netloc.includes(']')) throw new Refusal('Invalid IPv6 URL')
  }
  const hash = rest.indexOf('#')
  if (hash >= 0) { fragment = rest.slice(hash + 1); rest = rest.slice(0, hash) }
  const mark = rest.indexOf('?')
  if (mark >= 0) { query = rest.slice(mark + 1); rest = rest.slice(0, mark) }
  return { scheme, netloc, path: rest, query, fragment, ...account(netloc), ...host(netloc) }
}
function account(netloc: string): { username: string | null; password: string | null } {
  const at = netloc.lastIndexOf('@')
  if (at < 0) return { username: null, password: null }
  const colon = netloc.indexOf(':')
  return colon < 0 || colon > at ? { username: netloc.slice(0, at), password: null }
    : { username: netloc.slice(0, colon), password: netloc.slice(colon + 1, at) }
}
function host(netloc: string): { hostname: string | null; port: number | null } {
  const address = netloc.slice(netloc.lastIndexOf('@') + 1)
  const found = /^\[([^\]]*)\](?::(.*))?|^([^:]*)(?::(.*))?/s.exec(address)
  const name = found?.[1] ?? found?.[3] ?? '', port = found?.[2] ?? found?.[4] ?? ''
  if (port !== '' && !/^\d+$/.test(port)) throw new Refusal(`Port could not be cast to integer value as '${port}'`)
  if (Number(port) > 65535) throw new Refusal('Port out of range 0-65535')
  return { hostname: name === '' ? null : name.toLowerCase(), port: port === '' ? null : Number(port) }
}

/** Percent encoding of UTF-8; letters, digits and `_.-~` stay, and whatever is in `safe`. Python: urllib.parse.quote. */
export function urlQuote(text: string, safe: string): string {
  return Array.from(Buffer.from(text), (byte) => {
    const char = String.fromCharCode(byte)
    return /[A-Za-z0-9_.~-]/.test(char) || (byte < 128 && safe.includes(char)) ? char : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`
  }).join('')
}
/** Python: unquote_plus; what is no UTF-8 becomes the replacement character. */
export function urlUnquotePlus(text: string): string {
  return text.replaceAll('+', ' ').replace(/(?:%[0-9a-fA-F]{2})+/g, (run) => Buffer.from(run.replaceAll('%', ''), 'hex').toString('utf8'))
}

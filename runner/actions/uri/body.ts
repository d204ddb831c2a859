/** The body of a request, from what a playbook says and how it is to be written. */
import { randomBytes } from 'node:crypto'
import { Failure } from '../../core/errors.ts'
import { pythonJson } from '../../core/json.ts'
import { pyText } from '../../core/pytext.ts'
import { dictEntries, isDict } from '../../core/value.ts'

export interface Body { readonly isGiven: boolean; readonly bytes?: Uint8Array; readonly type?: string }
type Format = 'form-urlencoded' | 'json' | 'raw' | 'form-multipart'

const encode = (text: string): string => encodeURIComponent(text).replace(/[!'()*]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`).replaceAll('%20', '+')

/** Python: urlencode with doseq. */
function urlEncoded(body: unknown): string {
  if (typeof body === 'string') return body
  const pairs: (readonly [unknown, unknown])[] = isDict(body) ? dictEntries(body)
    : Array.isArray(body) ? body.map((one: unknown): readonly [unknown, unknown] => {
      if (!Array.isArray(one) || one.length !== 2) throw new Failure('failed to parse body as form_urlencoded: a list must hold pairs')
      return [one[0], one[1]]
    }) : []
  if (!isDict(body) && !Array.isArray(body)) throw new Failure('failed to parse body as form_urlencoded: cannot form-urlencode body, expect list or dict')
  return pairs.flatMap(([key, value]) => (Array.isArray(value) ? value : isDict(value) ? dictEntries(value).map(([name]) => name) : [value])
    .filter((one: unknown) => one !== null && one !== undefined).map((one: unknown) => `${encode(pyText(key))}=${encode(pyText(one))}`)).join('&')
}

interface Part { readonly head: readonly string[]; readonly bytes: Uint8Array }
async function toPart(name: string, field: unknown, read: (path: string) => Promise<Uint8Array>): Promise<Part> {
  const quoted = (text: string): string => `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`
  if (!isDict(field)) {
    if (typeof field !== 'string') throw new Failure(`failed to parse body as form-multipart: value must be a string, or mapping, cannot be type ${typeof field}`)
    return { head: [`Content-Disposition: form-data; name=${quoted(name)}`, 'Content-Type: text/plain'], bytes: Buffer.from(field) }
  }
  const of = (key: string): string | undefined => { const found = dictEntries(field).find(([one]) => one === key)?.[1]; return found === undefined || found === null ? undefined : pyText(found) }
  const path = of('filename'), content = of('content')
  if (path === undefined && content === undefined) throw new Failure('failed to parse body as form-multipart: at least one of filename or content must be provided')
  const bytes = content === undefined ? await read(path ?? '') : Buffer.from(content)
  const type = of('mime_type') ?? (content === undefined || path !== undefined ? guess(path ?? '') : 'text/plain')
  const isPlain = content !== undefined || of('multipart_encoding') === '7or8bit'
  const file = path === undefined ? '' : `; filename=${quoted(path.slice(path.lastIndexOf('/') + 1))}`
  return {
    head: [`Content-Disposition: form-data; name=${quoted(name)}${file}`, `Content-Type: ${type}`, ...isPlain ? [] : ['Content-Transfer-Encoding: base64']],
    bytes: isPlain ? bytes : Buffer.from(Buffer.from(bytes).toString('base64').replace(/.{76}/g, '$&\r\n')),
  }
}
const types: Readonly<Record<string, string>> = {
  txt: 'text/plain', html: 'text/html', css: 'text/css', csv: 'text/csv', js: 'text/javascript', json: 'application/json', xml: 'text/xml', pdf: 'application/pdf', zip: 'application/zip',
  png: 'image/png', jpg: 'image/jpeg', jpeg: 'image/jpeg', gif: 'image/gif', svg: 'image/svg+xml', tar: 'application/x-tar', py: 'text/x-python', sh: 'application/x-sh',
}
const guess = (path: string): string => types[path.slice(path.lastIndexOf('.') + 1).toLowerCase()] ?? 'application/octet-stream'

async function multipart(body: unknown, read: (path: string) => Promise<Uint8Array>): Promise<Body> {
  if (!isDict(body)) throw new Failure('failed to parse body as form-multipart: Mapping is required, cannot be type of something else')
  const boundary = `=====${randomBytes(12).toString('hex')}==`
  const parts = await Promise.all(dictEntries(body).map(([name, field]) => toPart(pyText(name), field, read)))
  const pieces = parts.flatMap(({ head, bytes }) => [Buffer.from(`--${boundary}\r\n${head.join('\r\n')}\r\n\r\n`), Buffer.from(bytes), Buffer.from('\r\n')])
  return { isGiven: true, bytes: new Uint8Array(Buffer.concat([...pieces, Buffer.from(`--${boundary}--\r\n`)])), type: `multipart/form-data; boundary="${boundary}"` }
}

/** `read` gives files of the controller that a multipart form names. */
export async function encodeBody(body: unknown, format: Format, read: (path: string) => Promise<Uint8Array>): Promise<Body> {
  if (format === 'form-multipart') return multipart(body, read)
  if (body === undefined || body === null) return format === 'json' ? { isGiven: true, bytes: Buffer.from('null'), type: 'application/json' } : { isGiven: false }
  if (format === 'json') return { isGiven: true, bytes: Buffer.from(typeof body === 'string' ? body : pythonJson(body)), type: 'application/json' }
  if (format === 'form-urlencoded') return { isGiven: true, bytes: Buffer.from(urlEncoded(body)), type: 'application/x-www-form-urlencoded' }
  return { isGiven: true, bytes: body instanceof Uint8Array ? body : Buffer.from(typeof body === 'string' ? body : isDict(body) || Array.isArray(body) ? pythonJson(body) : pyText(body)) }
}

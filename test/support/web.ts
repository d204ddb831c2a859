/** A small web server for tests: answers say what was asked. */
import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'

export interface Web { readonly url: string; readonly seen: { method: string; path: string; headers: Record<string, unknown>; body: string }[]; close(): Promise<void> }

const json = (response: ServerResponse, status: number, value: unknown, headers: Record<string, string | string[]> = {}): void => {
  response.writeHead(status, { 'Content-Type': 'application/json', ...headers })
  response.end(JSON.stringify(value))
}
function answer(path: string, request: IncomingMessage, response: ServerResponse, body: string): void {
  const status = /^\/status\/(\d+)/.exec(path)
  if (status !== null) return json(response, Number(status[1]), { status: Number(status[1]) })
  if (path === '/moved') { response.writeHead(302, { Location: '/text' }); response.end(); return }
  if (path === '/text') { response.writeHead(200, { 'Content-Type': 'text/plain; charset=utf-8', 'X-Some-Header': 'a: b', 'Last-Modified': 'Sat, 01 Jan 2022 00:00:00 GMT' }); response.end('hällo\n'); return }
  if (path === '/since') { response.writeHead(request.headers['if-modified-since'] === undefined ? 200 : 304); response.end(request.headers['if-modified-since'] === undefined ? 'new' : undefined); return }
  if (path === '/named') { response.writeHead(200, { 'Content-Disposition': 'attachment; filename="../given.txt"' }); response.end('named\n'); return }
  if (path === '/cookies') return json(response, 200, {}, { 'Set-Cookie': ['a=1; Path=/', 'b=2; Expires=Wed, 21 Oct 2065 07:28:00 GMT'] })
  if (path === '/auth' && request.headers.authorization !== `Basic ${Buffer.from('me:s3cr"et').toString('base64')}`) {
    response.writeHead(401, { 'WWW-Authenticate': 'Basic realm="x"' }); response.end('no'); return
  }
  json(response, 200, { method: request.method, path, headers: request.headers, body })
}

export async function startWeb(): Promise<Web> {
  const seen: Web['seen'] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString('latin1'), path = request.url ?? '/'
      seen.push({ method: request.method ?? '', path, headers: { ...request.headers }, body })
      answer(path, request, response, body)
    })
  })
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve) })
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return { url: `http://127.0.0.1:${port}`, seen, close: () => new Promise((resolve) => { server.closeAllConnections(); server.close(() => resolve()) }) }
}

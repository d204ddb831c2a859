// Asks one Tomcat by itself, past Apache: mod_jk answers from another node when one is dead, so only AJP shows what a node knows.
//   AJP_SECRET=… node lab/ajp.mjs HOST PORT /path?query [Cookie]
// Prints {status, headers, cookie, body} as JSON. Protocol: tomcat-connectors, AJPv13.
import { connect } from 'node:net'
import { realpathSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const word = number => Buffer.from([number >> 8, number & 0xff])
const text = value => Buffer.concat([word(Buffer.byteLength(value)), Buffer.from(value), Buffer.from([0])])

function forwardRequest(host, target, cookie, secret) {
  const [path, query] = target.split('?')
  const headers = [text('host'), text(host), ...(cookie ? [text('cookie'), text(cookie)] : [])]
  const payload = Buffer.concat([
    Buffer.from([2, 2]), text('HTTP/1.1'), text(path), text('127.0.0.1'), text('127.0.0.1'), text(host), word(80), Buffer.from([0]),
    word(headers.length / 2), ...headers,
    ...(query === undefined ? [] : [Buffer.from([5]), text(query)]),
    ...(secret ? [Buffer.from([12]), text(secret)] : []),
    Buffer.from([0xff]),
  ])
  return Buffer.concat([word(0x1234), word(payload.length), payload])
}

const commonHeaders = ['content-type', 'content-language', 'content-length', 'date', 'last-modified', 'location', 'set-cookie',
  'set-cookie2', 'servlet-engine', 'status', 'www-authenticate']

function readHeaders(packet) {
  let at = 1
  const int = () => { at += 2; return packet.readUInt16BE(at - 2) }
  const string = length => { at += length + 1; return packet.toString('utf8', at - length - 1, at - 1) }
  const status = int()
  string(int())
  const headers = {}
  for (let left = int(); left > 0; left--) {
    const head = int()
    const name = head >> 8 === 0xa0 ? commonHeaders[(head & 0xff) - 1] : string(head).toLowerCase()
    headers[name] = string(int())
  }
  return { status, headers }
}

/** One request, one connection; rejects when nobody answers within 20 s. */
export function ask({ host, port, target, cookie, secret }) {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, timeout: 20_000 }, () => socket.write(forwardRequest(host, target, cookie, secret)))
    let received = Buffer.alloc(0)
    let answer = { status: 0, headers: {} }
    const body = []
    socket.on('timeout', () => socket.destroy(new Error(`no answer from ${host}:${port} within 20 s`)))
    socket.on('error', reject)
    socket.on('close', () => reject(new Error(`${host}:${port} closed the connection without an answer`)))
    socket.on('data', chunk => {
      received = Buffer.concat([received, chunk])
      while (received.length >= 4 && received.length >= 4 + received.readUInt16BE(2)) {
        const packet = received.subarray(4, 4 + received.readUInt16BE(2))
        received = received.subarray(4 + packet.length)
        if (packet[0] === 4) answer = readHeaders(packet)
        if (packet[0] === 3) body.push(packet.subarray(3, 3 + packet.readUInt16BE(1)))
        if (packet[0] === 5) {
          resolve({ ...answer, cookie: answer.headers['set-cookie']?.split(';')[0] ?? null, body: Buffer.concat(body).toString('utf8') })
          socket.destroy()
        }
      }
    })
  })
}

if (process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const [host, port, target, cookie] = process.argv.slice(2)
  try {
    console.log(JSON.stringify(await ask({ host, port: Number(port), target, cookie, secret: process.env.AJP_SECRET })))
  } catch (error) {
    console.error(error.message)
    process.exit(1)
  }
}

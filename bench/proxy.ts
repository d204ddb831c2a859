/**
 * A TCP proxy that delays and counts: what stands between the tools and a container's sshd. Half of the round-trip time is added in
 * each direction, and one whole for the handshake of TCP. A turn is data from the client after data from the server: with one
 * session busy it is a round trip.
 */
import { createServer, type Server, type Socket, connect } from 'node:net'

export interface Counted { bytes: number; turns: number; connections: number }
export interface Proxy { readonly port: number; readonly counted: Counted; rttMs: number; close(): Promise<void> }

export function startProxy(host: string, port: number): Promise<Proxy> {
  const counted: Counted = { bytes: 0, turns: 0, connections: 0 }
  const state = { rttMs: 0 }
  const open = new Set<Socket>()
  const later = (work: () => void, ms: number): void => { if (ms > 0) setTimeout(work, ms); else work() }
  const server: Server = createServer((client) => {
    counted.connections += 1
    client.setNoDelay(true)
    client.pause()
    later(() => {
      const target = connect({ host, port, noDelay: true })
      let wasServer = true
      const pass = (from: Socket, to: Socket, isServer: boolean): void => {
        open.add(from)
        from.on('data', (chunk) => {
          counted.bytes += chunk.length
          if (!isServer && wasServer) counted.turns += 1
          wasServer = isServer
          later(() => { if (to.writable) to.write(chunk) }, state.rttMs / 2)
        })
        from.on('end', () => { later(() => { to.end() }, state.rttMs / 2) })
        from.on('error', () => { to.destroy() })
        from.on('close', () => { open.delete(from) })
      }
      pass(client, target, false)
      pass(target, client, true)
      client.resume()
    }, state.rttMs)
  })
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      if (address === null || typeof address === 'string') throw new Error('a TCP server has a port')
      resolve({
        port: address.port, counted,
        get rttMs() { return state.rttMs }, set rttMs(value) { state.rttMs = value },
        close: () => new Promise((done) => { for (const socket of open) socket.destroy(); server.close(() => { done() }) }),
      })
    })
  })
}

/** Questions about TCP ports that a host can answer with what every system has: /proc/net/tcp, else whatever can open a connection. */
import { shText } from '../../core/sh.ts'

/** States of /proc/net/tcp by their names in wait_for. */
export const tcpStates: Readonly<Record<string, string>> = {
  ESTABLISHED: '01', SYN_SENT: '02', SYN_RECV: '03', FIN_WAIT1: '04', FIN_WAIT2: '05', TIME_WAIT: '06', CLOSE: '07', CLOSE_WAIT: '08', LAST_ACK: '09', LISTEN: '0A', CLOSING: '0B',
}
export const isLocal = (host: string): boolean => /^(127\.\d+\.\d+\.\d+|localhost|::1|0\.0\.0\.0)$/.test(host)

/** Whether something listens there (`open`) or not (`closed`); `no-tool` where the host cannot tell. */
export function portQuestion(host: string, port: number, timeoutSeconds: number): string {
  const hex = port.toString(16).toUpperCase().padStart(4, '0')
  const listening = shText`cat /proc/net/tcp /proc/net/tcp6 2>/dev/null | awk -v p=${`:${hex}`} '$4 == "0A" && substr($2, length($2) - 4) == p { split($2, a, ":"); if (a[1] ~ /^0+$/ || a[1] ~ /7F$/ || a[1] ~ /01000000$/) f = 1 } END { exit !f }'`
  const seconds = Math.max(1, Math.ceil(timeoutSeconds))
  const connect = shText`if command -v bash >/dev/null 2>&1 && command -v timeout >/dev/null 2>&1; then timeout ${seconds} bash -c 'exec 3<>"/dev/tcp/$0/$1"' ${host} ${port} 2>/dev/null
elif command -v nc >/dev/null 2>&1; then nc -w ${seconds} ${host} ${port} </dev/null >/dev/null 2>&1
elif command -v curl >/dev/null 2>&1; then curl -s --connect-timeout ${seconds} -m ${seconds} ${`telnet://${host.includes(':') ? `[${host}]` : host}:${port}`} </dev/null >/dev/null 2>&1; r=$?; [ $r = 0 ] || [ $r = 28 ] || [ $r = 48 ] || [ $r = 49 ] || [ $r = 56 ]
elif command -v python3 >/dev/null 2>&1; then python3 -c 'import socket, sys; socket.create_connection((sys.argv[1], int(sys.argv[2])), float(sys.argv[3])).close()' ${host} ${port} ${seconds} 2>/dev/null
elif command -v perl >/dev/null 2>&1; then perl -MIO::Socket::INET -e 'exit !IO::Socket::INET->new(PeerAddr => $ARGV[0], PeerPort => $ARGV[1], Timeout => $ARGV[2])' ${host} ${port} ${seconds}
else echo no-tool; exit; fi`
  return isLocal(host) ? `if [ -r /proc/net/tcp ]; then ${listening}\nelse ${connect}\nfi && echo open || echo closed` : `${connect} && echo open || echo closed`
}

/** What a server says first, for `search_regex` on a port. */
export const bannerQuestion = (host: string, port: number, timeoutSeconds: number): string => {
  const seconds = Math.max(1, Math.ceil(timeoutSeconds))
  return shText`if command -v bash >/dev/null 2>&1; then timeout ${seconds} bash -c 'exec 3<>"/dev/tcp/$0/$1" && dd bs=4096 count=1 <&3 2>/dev/null' ${host} ${port} 2>/dev/null
elif command -v nc >/dev/null 2>&1; then nc -w ${seconds} ${host} ${port} </dev/null 2>/dev/null | dd bs=4096 count=1 2>/dev/null
elif command -v curl >/dev/null 2>&1; then curl -s -m ${seconds} ${`telnet://${host}:${port}`} </dev/null 2>/dev/null | head -c 4096; fi; :`
}

/** Lines `local remote state` (hexadecimal) of all TCP connections, and the addresses of names in `hosts`. */
export const connectionsQuestion = (hosts: readonly string[]): string =>
  shText`awk 'FNR > 1 { print $2, $3, $4 }' /proc/net/tcp /proc/net/tcp6 2>/dev/null; for h in ${hosts}; do getent ahosts "$h" 2>/dev/null | awk '{ print "=", $1 }'; echo "= $h"; done`

/** `0100007F` or the IPv6 form of an IPv4 address, as /proc writes it on little-endian machines. */
export function plainAddress(hex: string): string {
  const four = hex.length === 32 && /^0{16}(0000FFFF|FFFF0000)/.test(hex) ? hex.slice(24) : hex
  if (four.length === 8) return [6, 4, 2, 0].map((at) => parseInt(four.slice(at, at + 2), 16)).join('.')
  const words = [0, 8, 16, 24].flatMap((at) => { const word = four.slice(at, at + 8); return [`${word.slice(6, 8)}${word.slice(4, 6)}`, `${word.slice(2, 4)}${word.slice(0, 2)}`] })
  return /^0*1$/.test(words.join('')) ? '::1' : words.join(':').toLowerCase()
}
export interface Connection { readonly local: string; readonly port: number; readonly remote: string; readonly state: string }
export function parseConnections(text: string): { readonly connections: readonly Connection[]; readonly excluded: ReadonlySet<string> } {
  const connections: Connection[] = [], excluded = new Set<string>()
  for (const line of text.split('\n')) {
    const [local = '', remote = '', state = ''] = line.split(' ')
    if (local === '=') { excluded.add(remote); continue }
    const [address = '', port = ''] = local.split(':')
    if (port !== '') connections.push({ local: plainAddress(address), port: parseInt(port, 16), remote: plainAddress(remote.split(':')[0] ?? ''), state })
  }
  return { connections, excluded }
}

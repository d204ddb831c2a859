/** What HAProxy says of its servers, over its admin socket; and the shell function that asks there. */
import { shText } from '../core/sh.ts'
import { defineEach } from './each.ts'

export interface Server { readonly backend: string; readonly server: string; readonly status: string; readonly weight: string; readonly scur: string }
export type ServerList = { readonly kind: 'servers'; readonly servers: readonly Server[] } | { readonly kind: 'absent' | 'failed'; readonly why: string }

/** `ask TEXT` says it to the socket and prints the answer: the shell itself knows no sockets. */
export const asking = (socket: string): string => shText`s=${socket}
ask() {
  if command -v socat >/dev/null; then printf '%s\\n' "$1" | socat -t 10 - "UNIX-CONNECT:$s"
  elif command -v nc >/dev/null && nc -h 2>&1 | grep -q -- -U; then printf '%s\\n' "$1" | nc -U "$s"
  elif command -v python3 >/dev/null; then python3 -c ${'import socket, sys\nc = socket.socket(socket.AF_UNIX)\nc.connect(sys.argv[1])\nc.sendall((sys.argv[2] + "\\n").encode())\nwhile True:\n    b = c.recv(4096)\n    if not b: break\n    sys.stdout.buffer.write(b)'} "$s" "$1"
  else echo 'this host has no program that speaks to a Unix socket: install socat, an nc with -U (OpenBSD) or python3' >&2; return 1; fi
}
`
/** Rows of `show stat`, without those of frontends and backends themselves. */
export function serversOf(text: string): Server[] {
  const [head = '', ...rows] = text.split('\n').filter((line) => line !== ''), names = head.replace(/^# */, '').split(',')
  return rows.map((row) => row.split(',')).map((fields) => {
    const of = (name: string): string => fields[names.indexOf(name)] ?? ''
    return { backend: of('pxname'), server: of('svname'), status: of('status'), weight: of('weight'), scur: of('scur') }
  })
}
export const haproxyServers = defineEach<string, ServerList>({
  name: 'haproxy-servers',
  id: (socket) => socket,
  absent: (value) => value.kind === 'absent',
  command: (socket) => `${asking(socket)}[ -S "$s" ] || { echo absent; exit; }\nask 'show stat' 2>&1`,
  parse({ stdout }, socket) {
    if (stdout.trim() === 'absent') return { kind: 'absent', why: `unable to locate haproxy socket ${socket}` }
    return stdout.startsWith('# pxname') ? { kind: 'servers', servers: serversOf(stdout) } : { kind: 'failed', why: stdout.trim() }
  },
})

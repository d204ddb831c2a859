/** ProxyCommand: a program of this machine whose standard input and output are the connection. */
import { Duplex } from 'node:stream'
import { fault } from '../core/errors.ts'
import { startProgram } from './connection.ts'
import type { SshPlace } from './ssh-config.ts'

/** Tokens as in ssh_config(5), TOKENS. */
export function expandTokens(command: string, place: SshPlace): string {
  const tokens: Readonly<Record<string, string>> = { h: place.hostname, p: String(place.port), r: place.user, n: place.name, '%': '%' }
  return command.replace(/%([hprn%])/g, (all, letter: string) => tokens[letter] ?? all)
}

export function openProxy(place: SshPlace, command: string): Duplex {
  const pipe = startProgram({
    argv: ['/bin/sh', '-c', `exec ${expandTokens(command, place)}`],
    missing: () => fault('unreachable-no-program', undefined, { host: place.name, program: '/bin/sh' }),
  })
  let said = ''
  pipe.stderr.on('data', (chunk: Buffer) => { said = (said + chunk.toString('utf8')).slice(-2048) })
  const stream = Duplex.from({ readable: pipe.stdout, writable: pipe.stdin })
  stream.on('close', () => pipe.drop())
  pipe.ended.then(({ code }) => {
    if (code !== 0 && !stream.destroyed) stream.destroy(fault('unreachable-ssh', undefined, { host: place.name, said: `the ProxyCommand ended with code ${code ?? 'none'}: ${said}` }))
  }, () => undefined)
  return stream
}

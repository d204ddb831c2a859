/** The controller itself as a target. */
import { hostname } from 'node:os'
import { fault } from '../core/errors.ts'
import type { Endpoint } from '../core/session.ts'
import { startProgram } from './connection.ts'
import type { Connection } from './connection.ts'

export function connectLocal(endpoint: Endpoint): Connection {
  const host = endpoint.host || hostname()
  return {
    host,
    spawn: async (argv) => startProgram({ argv, missing: () => fault('unreachable-no-shell', undefined, { host, shell: argv[0] ?? '', said: 'no such file' }) }),
    explain: () => undefined,
    isLost: false,
    close: async () => undefined,
  }
}

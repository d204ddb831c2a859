/**
 * Containers, by the command line of their engine: it knows contexts, TLS and remote engines, and passes on exit codes and half-closed
 * pipes, which the HTTP API makes hard. One `exec` is kept open for each account.
 */
import { fault } from '../core/errors.ts'
import type { Fault } from '../core/errors.ts'
import type { Endpoint } from '../core/session.ts'
import { startProgram } from './connection.ts'
import type { Connection, Ending } from './connection.ts'
import { execHop } from './hops.ts'

export function connectContainer(endpoint: Endpoint, engine: 'docker' | 'podman'): Connection {
  const host = endpoint.host
  const hop = execHop(engine, host, endpoint.user, endpoint.extraArgs ?? [])
  return {
    host,
    spawn: async (argv) => startProgram({ argv: hop(argv), missing: () => fault('unreachable-no-program', undefined, { host, program: engine }) }),
    explain: (stderr, ending) => explainExec(endpoint, stderr, ending),
    isLost: false,
    close: async () => undefined,
  }
}

function explainExec(endpoint: Endpoint, said: string, { code }: Ending): Fault | undefined {
  const host = endpoint.host
  if (/no such container|no container with name or id/i.test(said)) return fault('unreachable-no-container', undefined, { host, said })
  if (/container \S+ is (not running|paused|restarting)|can only create exec sessions on running containers|container state improper/i.test(said)) {
    return fault('unreachable-container-stopped', undefined, { host, said })
  }
  if (/cannot connect to the docker daemon|is the docker daemon running|permission denied while trying to connect|error during connect|cannot connect to podman/i.test(said)) {
    return fault('unreachable-engine', undefined, { host, said })
  }
  if (/unable to find (user|group)|no matching entries in passwd|no users found/i.test(said)) {
    return fault('unreachable-container-user', undefined, { host, user: endpoint.user ?? '', said })
  }
  if ((code === 126 || code === 127) && /OCI runtime exec failed|executable file .*not found|no such file/i.test(said)) {
    return fault('unreachable-no-shell', undefined, { host, shell: endpoint.shell ?? '/bin/sh', said })
  }
  return undefined
}

/** What the docker modules share: how to reach the engine, how its objects come back, and arguments that the docker command does not need. */
import { shText, type Word } from '../../core/sh.ts'
import type { Data } from '../../core/types.ts'
import type { Arg, Ran } from '../../core/plan.ts'

export const engineArgs = {
  docker_host: { type: 'str', aliases: ['docker_url'], doc: 'The engine, as in docker -H; default is the one the docker command uses.' },
  timeout: { type: 'int', default: 60, doc: 'Accepted: the docker command has its own limits.' },
  debug: { type: 'bool', default: false, doc: 'Accepted, without effect.' },
  api_version: { type: 'str', default: 'auto', aliases: ['docker_api_version'], doc: 'Accepted: the docker command settles it with the engine.' },
  tls: { type: 'bool', doc: 'TLS.', unsupported: 'set DOCKER_TLS in the environment of the docker command, or use a docker context' },
  validate_certs: { type: 'bool', aliases: ['tls_verify'], doc: 'TLS.', unsupported: 'set DOCKER_TLS_VERIFY in the environment of the docker command' },
  ca_path: { type: 'path', aliases: ['ca_cert', 'tls_ca_cert', 'cacert_path'], doc: 'TLS.', unsupported: 'set DOCKER_CERT_PATH in the environment of the docker command' },
  client_cert: { type: 'path', aliases: ['tls_client_cert', 'cert_path'], doc: 'TLS.', unsupported: 'set DOCKER_CERT_PATH in the environment of the docker command' },
  client_key: { type: 'path', aliases: ['tls_client_key', 'key_path'], doc: 'TLS.', unsupported: 'set DOCKER_CERT_PATH in the environment of the docker command' },
  tls_hostname: { type: 'str', doc: 'TLS.', unsupported: 'use a docker context' },
  use_ssh_client: { type: 'bool', default: false, doc: 'Accepted: the docker command uses the ssh client.' },
} as const satisfies Readonly<Record<string, Arg>>

/** A docker command line, as shell text. */
export const docker = (host: string | undefined, words: Word): string => host === undefined ? shText`docker ${words}` : shText`docker -H ${host} ${words}`
export const dockerKey = (name: string, host: string | undefined): { name: string; host?: string } => ({ name, ...(host === undefined ? {} : { host }) })

/** Each line ends the script where it fails; the last one shows what is there now. */
export const script = (lines: readonly string[], show: string): string => [...lines.map((line) => `${line} >&2 || exit`), show].join('\n')

/** The object that the script showed, under `key`; or what docker said. */
export function shown(key: string, ran: Ran | undefined): Data {
  if (ran === undefined) return {}
  if (ran.rc !== 0) return { failed: true, rc: ran.rc, msg: (ran.stderr.trim() || ran.stdout.trim()).split('\n').slice(-6).join('\n') }
  if (ran.stdout.trim() === '') return {}
  const all: unknown = JSON.parse(ran.stdout)
  return { [key]: Array.isArray(all) ? all[0] : all }
}

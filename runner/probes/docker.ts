/** Reads containers, images and networks of a Docker engine through its command line. */
import { Failure } from '../core/errors.ts'
import { shText } from '../core/sh.ts'
import type { Data } from '../core/types.ts'
import type { Probe } from '../core/plan.ts'
import { defineEach, type Answered } from './each.ts'

export interface DockerKey { readonly name: string; /** Engine, as in `docker -H`; undefined is the default one. */ readonly host?: string }
export type ContainerState = 'absent' | 'created' | 'running' | 'paused' | 'restarting' | 'exited' | 'dead' | 'removing'
/** `live` is what `docker inspect` says; a prediction leaves it out. */
export interface Container { readonly state: ContainerState; readonly live?: Data }
export interface Thing { readonly exists: boolean; readonly live?: Data }

const isData = (value: unknown): value is Data => typeof value === 'object' && value !== null && !Array.isArray(value)
/** What lies at a path of keys; undefined where the path breaks off. */
export function dig(value: unknown, ...path: readonly (string | number)[]): unknown {
  let at = value
  for (const key of path) {
    if (typeof at !== 'object' || at === null) return undefined
    const next: unknown = Reflect.get(at, key)
    at = next
  }
  return at
}

/** The first of the inspected things; undefined where there is none. Throws where no engine answers. */
function inspected({ rc, stdout }: Answered): Data | undefined {
  if (rc === 0) {
    const found: unknown = JSON.parse(stdout)
    const first: unknown = Array.isArray(found) ? found[0] : undefined
    return isData(first) ? first : undefined
  }
  const text = stdout.replace(/^\[\]\n/, '').trim()
  if (rc === 127) throw new Failure('docker is not on this host: the docker command is needed where these modules run')
  if (/no such (container|image|network|volume|object)|not found/i.test(text)) return undefined
  throw new Failure(`Error connecting: docker does not answer: ${text}`)
}

// Asked a second time for the reason only: warnings on stderr must not mix with the answer.
const inspect = (kind: string, { name, host }: DockerKey): string => {
  const call = shText`docker ${host === undefined ? [] : ['-H', host]} ${[kind, 'inspect']} ${name}`
  return `command -v docker >/dev/null || exit 127\n${call} || { ${call} 2>&1 >/dev/null; exit 1; }`
}
const idOf = ({ name, host = '' }: DockerKey): string => `${host}${host === '' ? '' : ' '}${name}`

const states: readonly ContainerState[] = ['created', 'running', 'paused', 'restarting', 'exited', 'dead', 'removing']
export const container: Probe<DockerKey, Container> = defineEach<DockerKey, Container>({
  name: 'docker-container',
  id: idOf,
  absent: (value) => value.state === 'absent',
  command: (key) => inspect('container', key),
  parse(answer) {
    const live = inspected(answer)
    const status = dig(live, 'State', 'Status')
    return live === undefined ? { state: 'absent' } : { state: states.find((one) => one === status) ?? 'exited', live }
  },
})

const thing = (kind: 'image' | 'network' | 'volume'): Probe<DockerKey, Thing> => defineEach<DockerKey, Thing>({
  name: `docker-${kind}`,
  id: idOf,
  absent: (value) => !value.exists,
  command: (key) => inspect(kind, key),
  parse(answer) {
    const live = inspected(answer)
    return live === undefined ? { exists: false } : { exists: true, live }
  },
})
export const image = thing('image')
export const network = thing('network')
export const volume = thing('volume')

/**
 * Holds predictions against what is read afterwards. Probes are found by name in runner/probes; ids are turned into keys by `keys`
 * (a probe whose keys are not just its ids needs a line there). What no prediction can know is left out on both sides.
 */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import type { Predicted, Probe } from '../../runner/core/plan.ts'
import { Unknown } from '../../runner/core/value.ts'
import type { TestMachine } from './machine.ts'

type AnyProbe = Probe<unknown, unknown>
const isProbe = (value: unknown): value is AnyProbe => typeof value === 'object' && value !== null && 'script' in value && 'parse' in value && 'id' in value

/** From an id to the key that has it. */
const keys: Readonly<Record<string, (id: string) => unknown>> = {
  content: (id) => ({ path: id }),
  getent: (id) => { const [database, key, service] = id.split(':'); return { database, key, service: service === '' ? undefined : service } },
  crontab: (id) => ({ user: id === '' ? undefined : id }),
  unit: (id) => ({ scope: id.slice(0, id.indexOf(':')), name: id.slice(id.indexOf(':') + 1) }),
  'init-script': (id) => { const [kind, name, pattern] = id.split(':'); return { kind, name, ...(pattern === '' ? {} : { pattern }) } },
  'simple-package': (id) => { const [tool, name] = id.split(':'); return { tool, name } },
  ...Object.fromEntries(['container', 'image', 'network'].map((kind) => [`docker-${kind}`, (id: string) => ({ name: id })])),
  ...Object.fromEntries(['acl-trial', 'acl-entries', 'gem-versions', 'git-config', 'ssh-keypair', 'supervisor'].map((name) => [name, (id: string) => JSON.parse(id) as unknown])),
  checksum: (id) => ({ algorithm: id.slice(0, id.indexOf(':')), path: id.slice(id.indexOf(':') + 1) }),
  tree: (id) => {
    const [path, ...options] = id.split('?')
    const when = options.find((one) => one.startsWith('when='))?.slice(5), has = (name: string): boolean => options.includes(name)
    return { path, follow: has('follow'), sums: has('sums'), shared: has('shared'), ...(when === undefined ? {} : { when }) }
  },
}

let found: Promise<Map<string, AnyProbe>> | undefined
async function findProbes(): Promise<Map<string, AnyProbe>> {
  const folder = join(import.meta.dirname, '../../runner/probes'), all = new Map<string, AnyProbe>()
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.ts'))) {
    const exported: Record<string, unknown> = await import(join(folder, file))
    for (const value of Object.values(exported)) if (isProbe(value)) all.set(value.name, value)
  }
  return all
}

/** Their ids say too little to ask again; what they foresee shows in a plan over the predictions. */
const notAsked = new Set(['archive', 'packed'])

/** Fields that a prediction leaves out, or that only a read has; the size of a folder cannot be foreseen. */
const unforeseen = new Set(['live', 'fresh'])
function comparable(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64')
  if (value instanceof Map) return comparable(Object.fromEntries(value))
  if (value instanceof Set) return [...value].sort()
  if (Array.isArray(value)) {
    const items = value.map(comparable)
    const pathOf = (item: unknown): string => isRecord(item) && typeof item.path === 'string' ? item.path : ''
    return items.some((item) => pathOf(item) !== '') ? items.sort((a, b) => pathOf(a) < pathOf(b) ? -1 : 1) : items
  }
  if (typeof value !== 'object' || value === null) return value
  const isFolder = 'type' in value && value.type === 'directory'
  const entries = Object.entries(value).filter(([name, item]) => item !== undefined && !unforeseen.has(name) && !(isFolder && name === 'size'))
  return Object.fromEntries(entries.map(([name, item]): [string, unknown] => [name, comparable(item)]).sort(([a], [b]) => a < b ? -1 : 1))
}
const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)

/** The last prediction for each id must be what the machine now says. */
export async function checkPredictions(machine: TestMachine, after: readonly Predicted[], what: string): Promise<void> {
  found ??= findProbes()
  const probes = await found
  const last = new Map(after.flatMap((one): [string, { probe: string; id: string; value: unknown }][] => 'unknown' in one ? [] : [[`${one.probe} ${one.id}`, one]]))
  for (const { probe: name, id, value } of last.values()) {
    if (value instanceof Unknown || notAsked.has(name)) continue
    const probe = probes.get(name)
    if (probe === undefined) throw new Error(`${what}: there is no probe ${name}`)
    const key = keys[name]?.(id) ?? id
    const now = comparable(await machine.read(probe, key)), foreseen = comparable(value)
    // What only the run can tell (the size of a download without Content-Length).
    if (isRecord(now) && isRecord(value) && value.type === 'file' && 'size' in value && value.size === undefined) delete now.size
    // BusyBox has no tool for these two; the prediction holds for a host that has one.
    if (name === 'checksum' && now === null && /^sha(224|384):/.test(id) && machine.kind === 'busybox') continue
    // A large or foreign file's bytes are not predicted, its checksum is.
    if (isRecord(now) && isRecord(foreseen) && 'bytes' in now && !('bytes' in foreseen)) delete now.bytes
    assert.equal(now, foreseen, `${what}: ${name} ${id} is not what was predicted`)
  }
}

/** Keeps a network of a Docker engine, and which containers are in it. */
import { Failure } from '../core/errors.ts'
import { attr, defineModule, nothing } from '../core/module.ts'
import type { Data } from '../core/types.ts'
import type { Args, Change, Plan } from '../core/plan.ts'
import { dig, network } from '../probes/docker.ts'
import { docker, dockerKey, engineArgs, script, shown } from './docker/engine.ts'

const args = {
  ...engineArgs,
  name: { type: 'str', required: true, aliases: ['network_name'], doc: 'Name of the network.' },
  state: { type: 'str', choices: ['present', 'absent'], default: 'present', doc: 'Whether the network exists.' },
  driver: { type: 'str', default: 'bridge', doc: 'Kind of network.' },
  driver_options: { type: 'dict', default: {}, doc: 'Options of the driver.' },
  ipam_driver: { type: 'str', doc: 'What gives addresses.' },
  ipam_driver_options: { type: 'dict', doc: 'Options of the address driver.' },
  ipam_config: {
    type: 'list', elements: 'dict', doc: 'Address ranges.', options: {
      subnet: { type: 'str', doc: 'The subnet, as 10.0.0.0/16.' }, gateway: { type: 'str', doc: 'The gateway.' }, iprange: { type: 'str', doc: 'Part of the subnet that addresses are given from.' },
      aux_addresses: { type: 'dict', doc: 'Addresses that other machines have.' },
    },
  },
  internal: { type: 'bool', doc: 'No way to the outside.' },
  attachable: { type: 'bool', doc: 'Lets containers join a swarm network.' },
  enable_ipv6: { type: 'bool', doc: 'IPv6 addresses.' },
  enable_ipv4: { type: 'bool', doc: 'IPv4 addresses.' },
  ingress: { type: 'bool', doc: 'The swarm’s routing network.' },
  scope: { type: 'str', choices: ['local', 'global', 'swarm'], doc: 'Scope.' },
  labels: { type: 'dict', default: {}, doc: 'Labels.' },
  connected: { type: 'list', elements: 'str', default: [], aliases: ['containers'], doc: 'Containers that are in the network; others are taken out unless appends.' },
  appends: { type: 'bool', default: false, aliases: ['incremental'], doc: 'Leaves other containers in the network.' },
  force: { type: 'bool', default: false, doc: 'Makes the network anew.' },
  config_from: { type: 'str', doc: 'Network to take the configuration from.' },
  config_only: { type: 'bool', doc: 'A network that is only configuration.' },
} as const
type NetworkArgs = Args<typeof args>

const text = (value: unknown): string => value === undefined || value === null ? '' : String(value)
const list = (value: unknown): readonly unknown[] => Array.isArray(value) ? value : []
const dict = (value: unknown): Data => typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.fromEntries(Object.entries(value)) : {}

/** What is asked and differs: [name, is, asked]. */
function differences(want: NetworkArgs, live: Data): (readonly [string, string, string])[] {
  const out: (readonly [string, string, string])[] = []
  const compare = (name: string, is: unknown, asked: unknown): void => { if (asked !== undefined && text(is) !== text(asked)) out.push([name, text(is), text(asked)]) }
  compare('driver', live.Driver, want.driver)
  for (const [name, value] of Object.entries(want.driver_options)) compare(`driver_options.${name}`, dig(live, 'Options', name), value)
  for (const [name, value] of Object.entries(want.labels)) compare(`labels.${name}`, dig(live, 'Labels', name), value)
  compare('ipam_driver', dig(live, 'IPAM', 'Driver'), want.ipam_driver)
  for (const [name, key] of [['internal', 'Internal'], ['attachable', 'Attachable'], ['enable_ipv6', 'EnableIPv6'], ['ingress', 'Ingress']] as const) compare(name, live[key], want[name])
  compare('scope', live.Scope, want.scope)
  const configs = list(dig(live, 'IPAM', 'Config'))
  for (const one of want.ipam_config ?? []) {
    const is = configs.find((config) => text(dig(config, 'Subnet')) === text(one.subnet))
    if (is === undefined) { out.push(['ipam_config.subnet', configs.map((config) => text(dig(config, 'Subnet'))).join(','), text(one.subnet)]); continue }
    for (const [name, key] of [['gateway', 'Gateway'], ['iprange', 'IPRange']] as const) if (one[name] !== undefined && one[name] !== null) compare(`ipam_config.${name}`, dig(is, key), one[name])
    for (const [name, value] of Object.entries(dict(one.aux_addresses))) compare(`ipam_config.aux_addresses.${name}`, dig(is, 'AuxiliaryAddresses', name), value)
  }
  return out
}

function createLine(want: NetworkArgs): string {
  const flags: string[] = ['network', 'create', '--driver', want.driver]
  for (const [name, value] of Object.entries(want.driver_options)) flags.push('--opt', `${name}=${text(value)}`)
  for (const [name, value] of Object.entries(want.labels)) flags.push('--label', `${name}=${text(value)}`)
  if (want.ipam_driver !== undefined) flags.push('--ipam-driver', want.ipam_driver)
  for (const [name, value] of Object.entries(want.ipam_driver_options ?? {})) flags.push('--ipam-opt', `${name}=${text(value)}`)
  for (const one of want.ipam_config ?? []) {
    if (one.subnet !== undefined && one.subnet !== null) flags.push('--subnet', text(one.subnet))
    if (one.gateway !== undefined && one.gateway !== null) flags.push('--gateway', text(one.gateway))
    if (one.iprange !== undefined && one.iprange !== null) flags.push('--ip-range', text(one.iprange))
    for (const [name, value] of Object.entries(dict(one.aux_addresses))) flags.push('--aux-address', `${name}=${text(value)}`)
  }
  if (want.internal === true) flags.push('--internal')
  if (want.attachable === true) flags.push('--attachable')
  if (want.enable_ipv6 === true) flags.push('--ipv6')
  if (want.enable_ipv4 === false) flags.push('--ipv4=false')
  if (want.ingress === true) flags.push('--ingress')
  if (want.scope !== undefined) flags.push('--scope', want.scope)
  if (want.config_from !== undefined) flags.push('--config-from', want.config_from)
  if (want.config_only === true) flags.push('--config-only')
  return docker(want.docker_host, [...flags, want.name])
}

const members = (live: Data | undefined): string[] => Object.values(dict(live?.Containers)).map((one) => text(dig(one, 'Name')))
const prediction = (want: NetworkArgs, exists: boolean): NonNullable<Plan['after']> => [{ probe: network.name, id: network.id(dockerKey(want.name, want.docker_host)), value: { exists } }]

function remove(want: NetworkArgs, live: Data | undefined): Plan {
  const lines = members(live).map((name) => docker(want.docker_host, ['network', 'disconnect', '-f', want.name, name]))
  return {
    changes: [attr(want.name, 'state', 'present', 'absent')],
    steps: [{ sh: script([...lines, docker(want.docker_host, ['network', 'rm', want.name])], ':'), okRc: 'any' }],
    after: prediction(want, false), done: ([ran]) => shown('network', ran),
  }
}

export default defineModule({
  name: 'docker_network',
  doc: 'Keeps a network of a Docker engine.',
  args,
  async plan(want, target) {
    const key = dockerKey(want.name, want.docker_host)
    const { exists, live } = await target.read(network, key)
    if (want.state === 'absent') return exists ? remove(want, live) : nothing()
    const different = exists && live !== undefined ? differences(want, live) : []
    const isMade = !exists || different.length > 0 || want.force
    const before = members(live), inside = isMade && !want.force && different.length === 0 ? [] : before
    const joining = want.connected.filter((name) => isMade || !before.includes(name))
    const leaving = want.connected.length > 0 && !want.appends && !isMade ? before.filter((name) => !want.connected.includes(name)) : []
    const changes: Change[] = [], lines: string[] = []
    const line = (...words: string[]): void => { lines.push(docker(want.docker_host, words)) }
    if (isMade && exists) {
      if (live !== undefined && ['bridge', 'host', 'none'].includes(want.name)) throw new Failure(`network ${want.name} is Docker’s own and cannot be made anew`)
      for (const [name, is, asked] of different) changes.push(attr(want.name, name, is, asked))
      if (different.length === 0) changes.push(attr(want.name, 'state', 'present', 'made anew'))
      for (const name of inside) line('network', 'disconnect', '-f', want.name, name)
      line('network', 'rm', want.name)
    } else if (isMade) changes.push(attr(want.name, 'state', 'absent', 'present'))
    if (isMade) lines.push(createLine(want))
    const back = isMade && (want.appends || want.connected.length === 0) ? inside.filter((name) => !joining.includes(name)) : []
    for (const name of [...joining, ...back]) line('network', 'connect', want.name, name)
    for (const name of joining) if (!before.includes(name)) changes.push(attr(want.name, 'connected', null, name))
    for (const name of leaving) { line('network', 'disconnect', '-f', want.name, name); changes.push(attr(want.name, 'connected', name, null)) }
    if (changes.length === 0) return nothing({ network: live ?? {} })
    return {
      changes, steps: [{ sh: script(lines, docker(want.docker_host, ['network', 'inspect', want.name])), okRc: 'any' }],
      after: prediction(want, true), later: ['network'], done: ([ran]) => shown('network', ran),
    }
  },
})

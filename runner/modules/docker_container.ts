/** Keeps a container of a Docker engine: what it is made of, its networks, and whether it runs. */
import { Failure } from '../core/errors.ts'
import { attr, defineModule, nothing } from '../core/module.ts'
import { raw, shText } from '../core/sh.ts'
import type { Data } from '../core/types.ts'
import type { Change, Plan, Target } from '../core/plan.ts'
import { container, dig, image, type Container, type ContainerState } from '../probes/docker.ts'
import { docker, dockerKey, script, shown } from './docker/engine.ts'
import { commandWords, isSame, settingsOf, type Setting, type Shape } from './docker/settings.ts'
import { containerArgs, type ContainerArgs } from './docker/wanted.ts'

const text = (value: unknown): string => value === undefined || value === null ? '' : String(value)
const showShape = (shape: Shape): string => typeof shape === 'string' ? shape : shape.join(' ')
/** Of what is there only what is asked about: an image brings variables and labels of its own. */
const relevant = ({ is, asked, more }: Setting): Shape => {
  if (typeof is === 'string' || typeof asked === 'string' || !more) return is
  const keys = new Set(asked.map((one) => one.split('=')[0]))
  return is.filter((one) => keys.has(one.split('=')[0]))
}

interface Draft { readonly changes: Change[]; readonly lines: string[]; state: ContainerState }
interface Situation { readonly args: ContainerArgs; readonly is: Container; readonly live: Data; readonly imageId: string | undefined; readonly hasImage: boolean }

const run = ({ docker_host: host }: ContainerArgs, ...words: readonly string[]): string => docker(host, words)

/** Options that only a new container can have otherwise. */
function differences({ args, is, live, imageId, hasImage }: Situation): Change[] {
  if (is.live === undefined) return []
  const wish = (name: string): string | undefined => { const how = args.comparisons?.[name] ?? args.comparisons?.['*']; return how === undefined ? undefined : text(how) }
  const out = settingsOf(args, live).filter((one) => !isSame(one, wish(one.name.split('.')[0] ?? '')))
    .map((one) => attr(args.name, one.name, showShape(relevant(one)), showShape(one.asked)))
  if (args.image !== undefined && wish('image') !== 'ignore') {
    const isOther = hasImage ? imageId !== text(live.Image) : text(dig(live, 'Config', 'Image')) !== args.image
    if (isOther) out.push(attr(args.name, 'image', text(dig(live, 'Config', 'Image')), args.image))
  }
  return out
}

function networkFlags(network: Readonly<Data>, prefix: string): string[] {
  const aliases = Array.isArray(network.aliases) ? network.aliases.map(text) : [], links = Array.isArray(network.links) ? network.links.map(text) : []
  return [
    ...(network.ipv4_address === undefined || network.ipv4_address === null ? [] : ['--ip', text(network.ipv4_address)]),
    ...(network.ipv6_address === undefined || network.ipv6_address === null ? [] : ['--ip6', text(network.ipv6_address)]),
    ...aliases.flatMap((one) => [prefix === '' ? '--alias' : '--network-alias', one]), ...links.flatMap((one) => ['--link', one]),
    ...(network.mac_address === undefined || prefix === '' ? [] : ['--mac-address', text(network.mac_address)]),
  ]
}

function create(situation: Situation, draft: Draft): void {
  const { args, hasImage } = situation
  if (args.image === undefined) throw new Failure(`Cannot create container ${args.name} without an image: image is missing`, { name: args.name })
  const pull = text(args.pull)
  if (!hasImage && (pull === 'never' || pull === 'false')) throw new Failure(`Cannot find image ${args.image}, and pull is never`, { image: args.image })
  if (!hasImage) draft.lines.push(run(args, 'pull', '--quiet', ...(args.platform === undefined ? [] : ['--platform', args.platform]), args.image))
  const [first, ...others] = args.networks ?? []
  const settings: readonly Setting[] = settingsOf(args, {})
  const network = first !== undefined && args.network_mode === undefined ? ['--network', text(first.name), ...networkFlags(first, 'create')] : []
  const flags = [...settings.flatMap(({ flags }) => flags), ...(args.platform === undefined ? [] : ['--platform', args.platform]), ...(args.mac_address === undefined ? [] : ['--mac-address', args.mac_address])]
  const words = commandWords(args.command) ?? []
  draft.lines.push(run(args, 'create', '--name', args.name, ...flags, ...network, args.image, ...(args.entrypoint?.slice(1) ?? []), ...words))
  for (const one of args.network_mode === undefined ? others : args.networks ?? []) draft.lines.push(run(args, 'network', 'connect', ...networkFlags(one, ''), text(one.name), args.name))
  draft.state = 'created'
}

function connect({ args, live, is }: Situation, draft: Draft): void {
  if (is.live === undefined || args.networks === undefined) return
  const own = dig(live, 'NetworkSettings', 'Networks')
  const inside = typeof own === 'object' && own !== null ? Object.keys(own) : []
  for (const network of args.networks) {
    const name = text(network.name)
    const address = text(dig(own, name, 'IPAMConfig', 'IPv4Address')) || text(dig(own, name, 'IPAddress'))
    const isWrong = inside.includes(name) && network.ipv4_address !== undefined && network.ipv4_address !== null && address !== text(network.ipv4_address)
    if (inside.includes(name) && !isWrong) continue
    draft.changes.push(attr(args.name, `network ${name}`, isWrong ? address : null, text(network.ipv4_address) || 'connected'))
    if (isWrong) draft.lines.push(run(args, 'network', 'disconnect', name, args.name))
    draft.lines.push(run(args, 'network', 'connect', ...networkFlags(network, ''), name, args.name))
  }
  const wanted = args.networks.map(({ name }) => text(name))
  for (const name of args.purge_networks ? inside.filter((one) => !wanted.includes(one)) : []) {
    draft.changes.push(attr(args.name, `network ${name}`, 'connected', null))
    draft.lines.push(run(args, 'network', 'disconnect', name, args.name))
  }
}

const stopWords = (args: ContainerArgs): string[] =>
  args.force_kill ? ['kill', ...(args.kill_signal === undefined ? [] : ['--signal', args.kill_signal])] : ['stop', ...(args.stop_timeout === undefined ? [] : ['--time', String(args.stop_timeout)])]
function remove(args: ContainerArgs, state: ContainerState, draft: Draft): void {
  const isUp = ['running', 'paused', 'restarting'].includes(state)
  // Stopping may end it altogether, where it was made to go by itself.
  if (isUp) draft.lines.push(`{ ${run(args, ...stopWords(args), args.name)} || [ -z "$(${run(args, 'ps', '-q', '--filter', `name=^${args.name}$`)})" ]; }`)
  draft.lines.push(`{ ${run(args, 'rm', '--force', ...(args.keep_volumes ? [] : ['--volumes']), args.name)} || ! ${run(args, 'container', 'inspect', args.name)} >/dev/null 2>&1; }`)
  draft.state = 'absent'
}

const shortly = 'sleep 0.2 2>/dev/null || sleep 1'
function start(args: ContainerArgs, draft: Draft): void {
  const { name } = args
  if (!args.detach) {
    draft.lines.push(run(args, 'start', '--attach', name))
    draft.state = 'exited'
    return
  }
  draft.lines.push(run(args, 'start', name))
  draft.state = 'running'
}
/** Waits on the host, so that it costs no trips. */
const waitHealthy = (args: ContainerArgs): string => shText`n=0; while :; do h=$(${raw(run(args, 'inspect', '--format', '{{if .State.Health}}{{.State.Health.Status}}{{else}}none{{end}}', args.name))})
case $h in healthy) break;; none) echo ${`container ${args.name} has no health check`} >&2; exit 1;; unhealthy) echo ${`container ${args.name} is unhealthy`} >&2; exit 1;; esac
n=$((n+1)); [ $n -lt ${Math.ceil(args.healthy_wait_timeout * 4)} ] || { echo ${`container ${args.name} did not become healthy in time`} >&2; exit 1; }; ${raw(shortly)}; done`

function bringUp(situation: Situation, draft: Draft): void {
  const { args } = situation, { name, state } = args
  const isUp = draft.state === 'running' || draft.state === 'paused' || draft.state === 'restarting'
  if (state === 'stopped' && isUp) {
    draft.changes.push(attr(name, 'state', draft.state, 'stopped'))
    draft.lines.push(run(args, ...stopWords(args), name))
    draft.state = 'exited'
  }
  if (state !== 'started' && state !== 'healthy') return
  if (!isUp) {
    if (draft.changes.length === 0) draft.changes.push(attr(name, 'state', draft.state, 'started'))
    start(args, draft)
  } else if (args.restart && situation.is.state === draft.state) {
    draft.changes.push(attr(name, 'state', 'running', 'restarted'))
    draft.lines.push(run(args, 'restart', ...(args.stop_timeout === undefined ? [] : ['--time', String(args.stop_timeout)]), name))
  }
  if (args.paused === true && draft.state !== 'paused') { draft.changes.push(attr(name, 'paused', false, true)); draft.lines.push(run(args, 'pause', name)); draft.state = 'paused' }
  if (args.paused === false && draft.state === 'paused') { draft.changes.push(attr(name, 'paused', true, false)); draft.lines.push(run(args, 'unpause', name)); draft.state = 'running' }
  const isHealthy = text(dig(situation.live, 'State', 'Health', 'Status')) === 'healthy' && draft.lines.length === 0
  if (state === 'healthy' && !isHealthy && situation.is.live !== undefined && draft.lines.length === 0) draft.changes.push(attr(name, 'health', text(dig(situation.live, 'State', 'Health', 'Status')) || 'none', 'healthy'))
  if (state === 'healthy' && !isHealthy) draft.lines.push(waitHealthy(args))
}

function planOf(situation: Situation): Plan {
  const { args, is, live } = situation, { name } = args
  const draft: Draft = { changes: [], lines: [], state: is.state }
  const key = dockerKey(name, args.docker_host)
  if (args.state === 'absent') {
    if (is.state === 'absent') return nothing()
    remove(args, is.state, draft)
    draft.changes.push(attr(name, 'state', is.state, 'absent'))
  } else {
    const different = is.state === 'absent' ? [] : differences(situation)
    const isAnew = is.state !== 'absent' && (args.recreate || different.length > 0)
    if (isAnew) {
      draft.changes.push(...(different.length > 0 ? different : [attr(name, 'state', is.state, 'made anew')]))
      remove(args, is.state, draft)
    }
    if (is.state === 'absent') draft.changes.push(attr(name, 'state', 'absent', args.state))
    if (draft.state === 'absent') create(situation, draft)
    else connect(situation, draft)
    bringUp(situation, draft)
  }
  if (draft.changes.length === 0) return nothing({ container: live })
  const show = draft.state === 'absent' || args.cleanup ? ':' : run(args, 'container', 'inspect', name)
  const logs = !args.detach && args.output_logs ? [`{ ${run(args, 'logs', name)}; }`] : []
  return {
    changes: draft.changes,
    steps: [{ sh: script([...draft.lines, ...logs, ...(args.cleanup ? [run(args, 'rm', '--force', name)] : [])], show), okRc: 'any' }],
    after: [{ probe: container.name, id: container.id(key), value: { state: args.cleanup ? 'absent' : draft.state } }],
    later: ['container'], done: ([ran]) => shown('container', ran),
  }
}

async function look(args: ContainerArgs, target: Target): Promise<Situation> {
  if (text(args.pull) === 'always') throw new Failure("pull: always cannot say whether something will change; use docker_image with force_source before this task")
  const [is, own] = await Promise.all([
    target.read(container, dockerKey(args.name, args.docker_host)),
    args.image === undefined || args.state === 'absent' ? undefined : target.read(image, dockerKey(args.image, args.docker_host)),
  ])
  const id = dig(own?.live, 'Id')
  return { args, is, live: is.live ?? {}, imageId: typeof id === 'string' ? id : undefined, hasImage: own?.exists === true }
}

export default defineModule({
  name: 'docker_container',
  doc: 'Keeps a container of a Docker engine.',
  args: containerArgs,
  plan: async (args, target) => planOf(await look(args, target)),
})

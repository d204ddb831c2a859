/** Enables, disables and drains servers of HAProxy by its admin socket. Ansible: community.general. */
import { Failure } from '../core/errors.ts'
import { attr, defineModule, nothing } from '../core/module.ts'
import { shText } from '../core/sh.ts'
import type { Data } from '../core/types.ts'
import type { Args, Plan } from '../core/plan.ts'
import { Unknown } from '../core/value.ts'
import { asking, haproxyServers, serversOf } from '../probes/haproxy.ts'
import type { Server } from '../probes/haproxy.ts'

const args = {
  state: { type: 'str', required: true, choices: ['enabled', 'disabled', 'drain'], doc: 'What the server is to be; drain: only for sessions that it has.' },
  host: { type: 'str', required: true, doc: 'The server, by its name in the configuration.' },
  backend: { type: 'str', doc: 'Its backend; default is every backend that has it.' },
  weight: { type: 'str', doc: 'Its weight, or a percentage of what the configuration says.' },
  socket: { type: 'path', default: '/var/run/haproxy.sock', doc: 'The admin socket. Asking there needs socat, an nc with -U, or python3 on the host.' },
  shutdown_sessions: { type: 'bool', default: false, doc: 'Ends its sessions when it is disabled.' },
  fail_on_not_found: { type: 'bool', default: false, doc: 'Fails where there is no such server.' },
  health: { type: 'bool', default: false, doc: 'Its health checks too.' },
  agent: { type: 'bool', default: false, doc: 'Its agent checks too.' },
  wait: { type: 'bool', default: false, doc: 'Waits until it is so.' },
  wait_retries: { type: 'int', default: 25, doc: 'How often is looked.' },
  wait_interval: { type: 'int', default: 5, doc: 'Seconds between.' },
  drain: { type: 'bool', default: false, doc: 'Drains it before it is disabled.' },
} as const
type Given = Args<typeof args>

/** Whether something is to be said to HAProxy. Checks do not show in what it tells, nor percentages: then it is. */
function differs({ status, weight, scur }: Server, one: Given): boolean {
  if (one.state === 'enabled') return /MAINT|DRAIN/.test(status) || one.agent || one.health || (one.weight !== undefined && one.weight !== weight)
  if (one.state === 'drain') return !status.includes('DRAIN')
  return !status.includes('MAINT') || one.agent || one.health || (one.shutdown_sessions && scur !== '0')
}
interface Call { readonly said: string; readonly until: string }
function callsFor({ backend, server }: Server, one: Given): Call[] {
  const at = `${backend}/${server}`, drained: Call = { said: `set server ${at} state drain`, until: 'DRAIN' }
  if (one.state === 'drain') return [drained]
  if (one.state === 'enabled') return [{ said: [`get weight ${at}`, `enable server ${at}`, ...(one.agent ? [`enable agent ${at}`] : []), ...(one.health ? [`enable health ${at}`] : []), ...(one.weight === undefined ? [] : [`set weight ${at} ${one.weight}`])].join('; '), until: 'UP' }]
  const disabled: Call = { said: [`get weight ${at}`, ...(one.agent ? [`disable agent ${at}`] : []), ...(one.health ? [`disable health ${at}`] : []), `disable server ${at}`, ...(one.shutdown_sessions ? [`shutdown sessions server ${at}`] : [])].join('; '), until: 'MAINT' }
  return one.drain ? [drained, disabled] : [disabled]
}
/** Looks until the status is right, and with drain until no session is left. */
const waiting = ({ backend, server }: Server, until: string, one: Given): string => shText`i=1; while :; do
  ask 'show stat' | awk -F, -v b=${backend} -v h=${server} -v u=${until} -v d=${one.drain ? '1' : ''} 'NR == 1 { sub(/^# */, ""); for (n = 1; n <= NF; n++) c[$n] = n; next } $c["pxname"] == b && $c["svname"] == h && index($c["status"], u) && (d == "" || $c["scur"] == 0) { f = 1 } END { exit !f }' && break
  i=$((i + 1)); [ "$i" -lt ${one.wait_retries} ] || { echo ${`server ${backend}/${server} not status '${until}' after ${one.wait_retries} retries. Aborting.`} >&2; exit 1; }
  sleep ${one.wait_interval}
done
`
const shown = (servers: readonly Server[]): Data[] | null => servers.length === 0 ? null : servers.map(({ status, weight, scur }) => ({ status, weight, scur }))

export default defineModule({
  name: 'haproxy',
  doc: 'Enables, disables and drains servers of HAProxy.',
  args,
  async plan(one, target): Promise<Plan> {
    if (/[;\n\s]/.test(`${one.host}${one.backend ?? ''}${one.weight ?? ''}`)) throw new Failure('host, backend and weight are single words')
    const is = await target.read(haproxyServers, one.socket)
    if (is.kind !== 'servers') throw new Failure(is.why)
    const own = (all: readonly Server[]): Server[] => all.filter(({ server, backend }) => server === one.host && (one.backend === undefined || backend === one.backend))
    const backends = one.backend === undefined ? is.servers.filter(({ server }) => server === 'BACKEND').map(({ backend }) => backend) : [one.backend], servers = own(is.servers)
    const lacking = backends.find((backend) => !servers.some((each) => each.backend === backend))
    if (one.fail_on_not_found && lacking !== undefined) throw new Failure(`The specified backend '${lacking}/${one.host}' was not found!`)
    const before = shown(servers), wrong = servers.filter((each) => differs(each, one))
    if (wrong.length === 0) return nothing({ state_before: before, state_after: before })
    const calls = wrong.flatMap((server) => callsFor(server, one).map((call) => ({ ...call, server })))
    const lines = calls.map(({ said, until, server }) => shText`ask ${said} || exit 1; printf '\\001\\n'\n` + (one.wait ? waiting(server, until, one) : ''))
    return {
      changes: wrong.map((each) => attr(`${each.backend}/${each.server}`, 'state', each.status, one.state)), steps: [{ sh: `${asking(one.socket)}${lines.join('')}ask 'show stat'` }],
      after: [{ probe: haproxyServers.name, id: one.socket, value: new Unknown(`what HAProxy makes of ${one.host} is not known before the run`) }],
      data: { state_before: before, command: calls.map(({ said }) => said) }, later: ['state_after', 'output'],
      done: ([ran]) => {
        const parts = (ran?.stdout ?? '').split('\u0001\n'), after = shown(own(serversOf(parts.at(-1) ?? '')))
        return { changed: JSON.stringify(before) !== JSON.stringify(after), state_after: after, output: parts.slice(0, -1).map((part) => part.trim()) }
      },
    }
  },
})

/** Keeps what firewalld lets in. */
import { Failure } from '../core/errors.ts'
import { attr, defineModule, nothing } from '../core/module.ts'
import { shText } from '../core/sh.ts'
import type { Args, Change, Plan } from '../core/plan.ts'
import { firewall } from '../probes/answers.ts'

const args = {
  service: { type: 'str', doc: 'A service.' }, port: { type: 'str', doc: 'A port, as 8080/tcp.' }, protocol: { type: 'str', doc: 'A protocol.' }, source: { type: 'str', doc: 'A source address.' },
  interface: { type: 'str', doc: 'An interface.' }, rich_rule: { type: 'str', doc: 'A rich rule.' }, icmp_block: { type: 'str', doc: 'A kind of ICMP to block.' },
  icmp_block_inversion: { type: 'str', doc: 'Inverts ICMP blocks.' }, masquerade: { type: 'str', doc: 'Masquerading.' }, forward: { type: 'str', doc: 'Forwarding within the zone.' },
  port_forward: {
    type: 'list', elements: 'dict', doc: 'Ports to forward.', options: {
      port: { type: 'str', required: true, doc: 'Port.' }, proto: { type: 'str', required: true, choices: ['udp', 'tcp'], doc: 'Protocol.' }, toport: { type: 'str', required: true, doc: 'Port there.' }, toaddr: { type: 'str', doc: 'Address there.' },
    },
  },
  zone: { type: 'str', doc: 'The zone; default is firewalld’s own.' },
  state: { type: 'str', required: true, choices: ['absent', 'disabled', 'enabled', 'present'], doc: 'Whether it is allowed; present and absent are for zones.' },
  permanent: { type: 'bool', default: false, doc: 'After a boot too.' },
  immediate: { type: 'bool', default: false, doc: 'Now; default unless permanent.' },
  timeout: { type: 'int', default: 0, doc: 'Seconds for which it holds.' },
  offline: { type: 'bool', default: false, doc: 'Works where firewalld does not run.' },
  target: { type: 'str', choices: ['default', 'ACCEPT', 'DROP', '%%REJECT%%'], doc: 'What a zone does with the rest.' },
} as const
type FirewallArgs = Args<typeof args>

/** The object of the question, as firewall-cmd names it, and its value. */
function subject(one: FirewallArgs): readonly [string, string | undefined] {
  const isOn = (text: string): boolean => !['no', 'false', '0', 'off'].includes(text.toLowerCase())
  if (one.service !== undefined) return ['service', one.service]
  if (one.port !== undefined) return ['port', one.port]
  if (one.protocol !== undefined) return ['protocol', one.protocol]
  if (one.source !== undefined) return ['source', one.source]
  if (one.interface !== undefined) return ['interface', one.interface]
  if (one.rich_rule !== undefined) return ['rich-rule', one.rich_rule]
  if (one.icmp_block !== undefined) return ['icmp-block', one.icmp_block]
  if (one.masquerade !== undefined && isOn(one.masquerade)) return ['masquerade', undefined]
  if (one.forward !== undefined && isOn(one.forward)) return ['forward', undefined]
  if (one.icmp_block_inversion !== undefined && isOn(one.icmp_block_inversion)) return ['icmp-block-inversion', undefined]
  const forward = one.port_forward?.[0]
  if (forward !== undefined) return ['forward-port', `port=${String(forward.port)}:proto=${String(forward.proto)}:toport=${String(forward.toport)}${forward.toaddr === undefined ? '' : `:toaddr=${String(forward.toaddr)}`}`]
  throw new Failure('one of service, port, protocol, source, interface, rich_rule, icmp_block, masquerade, forward, port_forward is required; zones themselves and targets are not kept by this module')
}

export default defineModule({
  name: 'firewalld',
  doc: 'Keeps what firewalld lets in.',
  args,
  async plan(one, target): Promise<Plan> {
    const [kind, value] = subject(one), suffix = value === undefined ? '' : `=${value}`
    const key = { query: [`--query-${kind}${suffix}`], zone: one.zone }
    const is = await target.read(firewall, key)
    if (!is.hasTool) throw new Failure('firewall-cmd is not on this host: the package firewalld has it')
    if (is.problem !== '') throw new Failure(`firewalld: ${is.problem}`)
    if (!is.isRunning && !one.offline) throw new Failure('firewalld is not running; with offline: true its files are changed')
    const wanted = one.state === 'enabled' || one.state === 'present'
    const doesBoot = one.permanent || !is.isRunning, doesNow = is.isRunning && (one.immediate || !one.permanent)
    const zone = one.zone === undefined ? [] : [`--zone=${one.zone}`], word = `--${wanted ? 'add' : 'remove'}-${kind}${suffix}`
    const changes: Change[] = [], lines: string[] = []
    const what = `${kind}${value === undefined ? '' : ` ${value}`}`
    if (doesBoot && is.boot !== wanted) { changes.push(attr(what, 'permanent', is.boot, wanted)); lines.push(is.isRunning ? shText`firewall-cmd --permanent ${[...zone, word]}` : shText`firewall-offline-cmd ${[...zone, word]}`) }
    if (doesNow && is.now !== wanted) { changes.push(attr(what, 'now', is.now, wanted)); lines.push(shText`firewall-cmd ${[...zone, word, ...(one.timeout > 0 && wanted ? [`--timeout=${one.timeout}`] : [])]}`) }
    if (changes.length === 0) return nothing({ msg: '' })
    return {
      changes, steps: [{ sh: lines.map((line) => `${line} || exit`).join('\n') }],
      after: [{ probe: firewall.name, id: firewall.id(key), value: { ...is, now: doesNow ? wanted : is.now, boot: doesBoot ? wanted : is.boot } }], data: { msg: `Changed ${what} to ${one.state}` },
    }
  },
})

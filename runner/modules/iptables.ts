/** Keeps rules of the kernel's packet filter. */
import { Failure } from '../core/errors.ts'
import { attr, defineModule, nothing } from '../core/module.ts'
import { shText } from '../core/sh.ts'
import type { Args, Change, Plan, Target } from '../core/plan.ts'
import { tableRule } from '../probes/answers.ts'

const str = (doc: string) => ({ type: 'str', doc } as const)
const args = {
  table: { type: 'str', choices: ['filter', 'nat', 'mangle', 'raw', 'security'], default: 'filter', doc: 'The table.' }, state: { type: 'str', choices: ['absent', 'present'], default: 'present', doc: 'Whether the rule is there.' },
  action: { type: 'str', choices: ['append', 'insert'], default: 'append', doc: 'Where a new rule goes.' }, rule_num: str('Place of an inserted rule.'), ip_version: { type: 'str', choices: ['ipv4', 'ipv6', 'both'], default: 'ipv4', doc: 'Which addresses.' },
  chain: str('The chain.'), protocol: str('Protocol.'), source: str('Source.'), destination: str('Destination.'), match: { type: 'list', elements: 'str', default: [], doc: 'Matches.' },
  tcp_flags: { type: 'dict', doc: 'TCP flags.', options: { flags: { type: 'list', elements: 'str', doc: 'Flags to look at.' }, flags_set: { type: 'list', elements: 'str', doc: 'Flags that must be set.' } } },
  jump: str('What is done.'), gateway: str('Gateway for TEE.'), goto: str('Chain to go on in.'), in_interface: str('Interface it comes from.'), out_interface: str('Interface it goes to.'), fragment: str('Fragments.'),
  set_counters: str('Counters.'), source_port: str('Source port.'), destination_port: str('Destination port.'), destination_ports: { type: 'list', elements: 'str', default: [], doc: 'Destination ports.' },
  to_ports: str('Ports to redirect to.'), to_destination: str('Address for DNAT.'), to_source: str('Address for SNAT.'), set_dscp_mark: str('DSCP mark.'), set_dscp_mark_class: str('DSCP class.'), comment: str('Comment.'),
  ctstate: { type: 'list', elements: 'str', default: [], doc: 'States of connections.' }, src_range: str('Range of sources.'), dst_range: str('Range of destinations.'), match_set: str('An ipset.'),
  match_set_flags: { type: 'str', choices: ['src', 'dst', 'src,dst', 'dst,src', 'src,src', 'dst,dst'], doc: 'Direction of it.' }, limit: str('Rate.'), limit_burst: str('Burst.'), uid_owner: str('User.'), gid_owner: str('Group.'), reject_with: str('Kind of refusal.'),
  icmp_type: str('Kind of ICMP.'), flush: { type: 'bool', default: false, doc: 'Removes all rules of the chain, or of the table.' }, policy: { type: 'str', choices: ['ACCEPT', 'DROP', 'QUEUE', 'RETURN'], doc: 'What the chain does with the rest.' },
  wait: str('Seconds to wait for the lock.'), chain_management: { type: 'bool', default: false, doc: 'Makes and removes the chain itself.' }, numeric: { type: 'bool', default: false, doc: 'Accepted.' }, syn: { type: 'str', choices: ['ignore', 'match', 'negate'], default: 'ignore', doc: 'SYN packets.' },
  log_prefix: str('Prefix of log lines.'), log_level: str('Level of log lines.'),
} as const
type TableArgs = Args<typeof args>

/** Words of a rule in the order of iptables(8); `!` before a value inverts it. */
export function ruleWords(one: TableArgs): string[] {
  const out: string[] = []
  const add = (value: string | undefined, ...flag: string[]): void => { if (value !== undefined) out.push(...(value.startsWith('!') ? ['!', ...flag, value.slice(1).trim()] : [...flag, value])) }
  add(one.protocol, '-p'); add(one.source, '-s'); add(one.destination, '-d')
  for (const match of one.match) out.push('-m', match)
  if (one.tcp_flags !== undefined) out.push('--tcp-flags', String(one.tcp_flags.flags), String(one.tcp_flags.flags_set))
  add(one.jump, '-j'); add(one.log_prefix, '--log-prefix'); add(one.log_level, '--log-level'); add(one.gateway, '--gateway'); add(one.to_destination, '--to-destination'); add(one.to_source, '--to-source')
  add(one.goto, '-g'); add(one.in_interface, '-i'); add(one.out_interface, '-o'); add(one.fragment, '-f'); add(one.set_counters, '-c'); add(one.source_port, '--source-port'); add(one.destination_port, '--destination-port')
  if (one.destination_ports.length > 0) out.push('-m', 'multiport', '--dports', one.destination_ports.join(','))
  add(one.to_ports, '--to-ports'); add(one.set_dscp_mark, '--set-dscp'); add(one.set_dscp_mark_class, '--set-dscp-class')
  if (one.syn !== 'ignore') out.push(...(one.syn === 'negate' ? ['!', '--syn'] : ['--syn']))
  if (one.ctstate.length > 0) out.push(...(one.match.some((match) => match === 'conntrack' || match === 'state') ? [] : ['-m', 'conntrack']), one.match.includes('state') ? '--state' : '--ctstate', one.ctstate.join(','))
  if ((one.src_range ?? one.dst_range) !== undefined && !one.match.includes('iprange')) out.push('-m', 'iprange')
  add(one.src_range, '--src-range'); add(one.dst_range, '--dst-range')
  if (one.match_set !== undefined) { if (!one.match.includes('set')) out.push('-m', 'set'); out.push('--match-set', one.match_set, one.match_set_flags ?? 'src') }
  if ((one.limit ?? one.limit_burst) !== undefined && !one.match.includes('limit')) out.push('-m', 'limit')
  add(one.limit, '--limit'); add(one.limit_burst, '--limit-burst')
  if ((one.uid_owner ?? one.gid_owner) !== undefined && !one.match.includes('owner')) out.push('-m', 'owner')
  add(one.uid_owner, '--uid-owner'); add(one.gid_owner, '--gid-owner')
  if (one.reject_with !== undefined && one.jump === undefined) out.push('-j', 'REJECT')
  add(one.reject_with, '--reject-with'); add(one.icmp_type, one.ip_version === 'ipv6' ? '--icmpv6-type' : '--icmp-type')
  if (one.comment !== undefined) out.push(...(one.match.includes('comment') ? [] : ['-m', 'comment']), '--comment', one.comment)
  return out
}

async function planTool(one: TableArgs, tool: string, target: Target): Promise<Plan> {
  const { table, chain = '' } = one, rule = ruleWords(one)
  const key = { tool, table, chain, rule }
  const is = await target.read(tableRule, key)
  if (!is.hasTool) throw new Failure(`${tool} is not on this host`)
  if (/Permission denied|not permitted|table does not exist/i.test(is.problem)) throw new Failure(`${tool}: ${is.problem}`)
  const call = (...words: string[]): string => shText`PATH=$PATH:/usr/sbin:/sbin ${tool} ${[...(one.wait === undefined ? [] : ['-w', one.wait]), '-t', table, ...words]}`
  const changes: Change[] = [], lines: string[] = []
  const wanted = one.state === 'present', of = `${tool} ${table} ${chain}`
  if (one.flush) { changes.push(attr(of.trim(), 'rules', 'all', 'none')); lines.push(call('-F', ...(chain === '' ? [] : [chain]))) }
  else if (one.policy !== undefined) { if (is.policy !== one.policy) { changes.push(attr(of, 'policy', is.policy, one.policy)); lines.push(call('-P', chain, one.policy)) } }
  else if (one.chain_management && rule.length === 0) { if (is.hasChain !== wanted) { changes.push(attr(of, 'chain', is.hasChain, wanted)); lines.push(call(wanted ? '-N' : '-X', chain)) } }
  else {
    if (one.chain_management && wanted && !is.hasChain) { changes.push(attr(of, 'chain', false, true)); lines.push(call('-N', chain)) }
    if (is.hasRule !== wanted) {
      changes.push(attr(of, 'rule', wanted ? null : rule.join(' '), wanted ? rule.join(' ') : null))
      lines.push(wanted ? (one.action === 'insert' ? call('-I', chain, ...(one.rule_num === undefined ? [] : [one.rule_num]), ...rule) : call('-A', chain, ...rule)) : call('-D', chain, ...rule))
    }
  }
  return { changes, steps: lines.length === 0 ? [] : [{ sh: lines.map((line) => `${line} || exit`).join('\n') }], after: changes.length === 0 ? [] : [{ probe: tableRule.name, id: tableRule.id(key), value: { ...is, hasRule: one.flush ? false : one.policy === undefined ? wanted : is.hasRule, hasChain: one.chain_management && rule.length === 0 ? wanted : true, policy: one.policy ?? is.policy } }] }
}

export default defineModule({
  name: 'iptables',
  doc: 'Keeps rules of the packet filter.',
  args,
  rules: { mutuallyExclusive: [['set_dscp_mark', 'set_dscp_mark_class'], ['flush', 'policy']], requiredIf: [['jump', 'TEE', ['gateway']], ['jump', 'tee', ['gateway']]] },
  async plan(one, target): Promise<Plan> {
    if (one.chain === undefined && !one.flush) throw new Failure('Either chain or flush parameter must be specified.')
    const tools = one.ip_version === 'both' ? ['iptables', 'ip6tables'] : [one.ip_version === 'ipv6' ? 'ip6tables' : 'iptables']
    const plans = await Promise.all(tools.map(async (tool) => await planTool(one, tool, target)))
    const data = { table: one.table, chain: one.chain ?? null, ip_version: one.ip_version, state: one.state, flush: one.flush, rule: ruleWords(one).join(' ') }
    if (plans.every(({ changes }) => changes.length === 0)) return nothing(data)
    return { changes: plans.flatMap((plan) => plan.changes), steps: plans.flatMap((plan) => plan.steps), after: plans.flatMap((plan) => plan.after ?? []), data }
  },
})

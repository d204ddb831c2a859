/** Keeps the firewall ufw: its state, policies, logging and one rule. Whether the rule is there, ufw's own dry run says. */
import { Failure } from '../core/errors.ts'
import { attr, defineModule, nothing } from '../core/module.ts'
import { shText } from '../core/sh.ts'
import type { Args, Change, Plan, Target } from '../core/plan.ts'
import { Unknown } from '../core/value.ts'
import { ufw, ufwFirst, ufwNumbers } from '../probes/ufw.ts'
import type { Ufw, UfwKey } from '../probes/ufw.ts'

const args = {
  state: { type: 'str', choices: ['enabled', 'disabled', 'reloaded', 'reset'], doc: 'Whether it is at work, now and after a boot; reloaded and reset do so each time.' },
  default: { type: 'str', choices: ['allow', 'deny', 'reject'], aliases: ['policy'], doc: 'What happens to what no rule is about.' },
  direction: { type: 'str', choices: ['in', 'incoming', 'out', 'outgoing', 'routed'], doc: 'Of a rule in or out, of a policy one of the others.' },
  logging: { type: 'str', choices: ['full', 'high', 'low', 'medium', 'off', 'on'], doc: 'How much is logged.' },
  rule: { type: 'str', choices: ['allow', 'deny', 'limit', 'reject'], doc: 'What the rule does.' },
  delete: { type: 'bool', default: false, doc: 'The rule is not to be there.' },
  route: { type: 'bool', default: false, doc: 'A rule for what is forwarded.' },
  insert: { type: 'int', doc: 'Number of a new rule.' },
  insert_relative_to: { type: 'str', choices: ['zero', 'first-ipv4', 'last-ipv4', 'first-ipv6', 'last-ipv6'], default: 'zero', doc: 'What insert counts from.' },
  interface: { type: 'str', aliases: ['if'], doc: 'The interface, for direction.' },
  interface_in: { type: 'str', aliases: ['if_in'], doc: 'Interface that it comes in by.' }, interface_out: { type: 'str', aliases: ['if_out'], doc: 'Interface that it goes out by.' },
  log: { type: 'bool', default: false, doc: 'New connections of this rule are logged.' },
  from_ip: { type: 'str', default: 'any', aliases: ['from', 'src'], doc: 'Where it comes from.' }, from_port: { type: 'str', doc: 'Port there.' },
  to_ip: { type: 'str', default: 'any', aliases: ['dest', 'to'], doc: 'Where it goes.' }, to_port: { type: 'str', aliases: ['port'], doc: 'Port there.' },
  proto: { type: 'str', choices: ['ah', 'any', 'esp', 'ipv6', 'tcp', 'udp', 'gre', 'igmp', 'vrrp'], aliases: ['protocol'], doc: 'Protocol.' },
  name: { type: 'str', aliases: ['app'], doc: 'An application of /etc/ufw/applications.d.' },
  comment: { type: 'str', doc: 'A comment on the rule.' },
} as const
type Given = Args<typeof args>

/** Where a new rule is put, counted as ufw counts; undefined: at the end. */
async function place(one: Given, target: Target): Promise<number | undefined> {
  if (one.insert === undefined || one.delete) return undefined
  if (one.insert_relative_to === 'zero') return one.insert
  const all = await target.read(ufwNumbers, 'numbers'), last = all.at(-1)?.number ?? 0, lastFour = all.findLast(({ isSix }) => !isSix)?.number, hasSix = all.some(({ isSix }) => isSix)
  const base = { 'first-ipv4': 1, 'last-ipv4': lastFour ?? 1, 'first-ipv6': lastFour === undefined ? 1 : lastFour + 1, 'last-ipv6': hasSix ? last : last + 1 }[one.insert_relative_to]
  return one.insert + base > last ? undefined : one.insert + base
}
/** The rule in ufw's long form. */
async function ruleOf(one: Given, target: Target): Promise<UfwKey> {
  if (one.rule === undefined) return {}
  if (one.direction !== undefined && one.direction !== 'in' && one.direction !== 'out') throw new Failure('For rules, direction must be one of "in" and "out", or direction must not be specified.')
  if (!one.route && one.interface_in !== undefined && one.interface_out !== undefined) throw new Failure('Only route rules can combine interface_in and interface_out')
  const number = await place(one, target), when = (value: string | undefined, ...words: readonly string[]): string[] => value === undefined || value === '' ? [] : [...words, value]
  const rule = [
    ...(one.route ? ['route'] : []), ...(one.delete ? ['delete'] : []), ...(number === undefined ? [] : ['insert', String(number)]), one.rule, ...when(one.direction), ...when(one.interface, 'on'),
    ...when(one.interface_in, 'in', 'on'), ...when(one.interface_out, 'out', 'on'), ...(one.log ? ['log'] : []), ...when(one.from_ip, 'from'), ...when(one.from_port, 'port'),
    ...when(one.to_ip, 'to'), ...when(one.to_port, 'port'), ...when(one.proto, 'proto'), ...when(one.name, 'app'), ...when(one.comment, 'comment'),
  ]
  return { rule }
}

interface Wish { readonly change: Change; readonly words: readonly string[] }
function wishes(one: Given, is: Ufw, rule: readonly string[] | undefined): Wish[] {
  const found: Wish[] = []
  if (one.state === 'reloaded' || one.state === 'reset') found.push({ change: { kind: 'run', cmd: `ufw ${one.state}` }, words: ['-f', one.state === 'reset' ? 'reset' : 'reload'] })
  else if (one.state !== undefined && is.isActive !== (one.state === 'enabled')) found.push({ change: attr('ufw', 'state', is.isActive ? 'enabled' : 'disabled', one.state), words: ['-f', one.state === 'enabled' ? 'enable' : 'disable'] })
  if (one.default !== undefined) {
    const way = one.direction ?? 'incoming'
    if (way === 'in' || way === 'out') throw new Failure('For default, direction must be one of "outgoing", "incoming" and "routed", or direction must not be specified.')
    if (is.policies[way] !== one.default) found.push({ change: attr(`ufw ${way}`, 'default', is.policies[way], one.default), words: ['default', one.default, way] })
  }
  if (rule !== undefined && !is.isSettled) found.push({ change: attr('ufw', one.delete ? 'rule removed' : 'rule', null, rule.join(' ')), words: rule })
  const isLogged = one.logging === 'on' ? is.logLevel !== 'off' : one.logging === is.logLevel
  if (one.logging !== undefined && !isLogged) found.push({ change: attr('ufw', 'logging', is.logLevel, one.logging), words: ['logging', one.logging] })
  return found
}

export default defineModule({
  name: 'ufw',
  doc: 'Keeps the firewall ufw.',
  args,
  rules: { mutuallyExclusive: [['name', 'proto', 'logging'], ['direction', 'interface_in'], ['direction', 'interface_out']], requiredOneOf: [['state', 'default', 'rule', 'logging']], requiredBy: { interface: ['direction'] } },
  async plan(one, target): Promise<Plan> {
    const key = await ruleOf(one, target), is = await target.read(ufw, key)
    if (!is.hasTool) throw new Failure('Failed to find required executable "ufw" in paths')
    if (is.problem !== '') throw new Failure(is.problem)
    const found = wishes(one, is, key.rule), commands = found.map(({ words }) => `ufw ${words.join(' ')}`)
    if (found.length === 0) return nothing({ commands, msg: is.status })
    return {
      changes: found.map(({ change }) => change), steps: [{ sh: `${ufwFirst}${found.map(({ words }) => shText`ufw ${[...words]} >&2 || exit\n`).join('')}ufw status verbose` }],
      after: [{ probe: ufw.name, id: ufw.id(key), value: new Unknown('what ufw makes of it is not known before the run') }], data: { commands }, later: ['msg'],
      done: ([ran]) => ({ msg: ran?.stdout.trimEnd() ?? '' }),
    }
  },
})

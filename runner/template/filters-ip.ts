/** Filters of ansible.utils on IP addresses and networks: ipaddr with its questions, and what builds on it. */
import type { Filter } from './call.ts'
import { items } from './items.ts'
import {
  addressText, broadcastOf, contains, firstOf, hostBits, ipOf, isGlobal, isHostmask, isLinkLocal, isLoopback, isMulticast, isNetmask, lastOf, maskBits, parseIp, parseNetwork, sizeOf, textOf, widthOf,
} from './ip-network.ts'
import type { Network } from './ip-network.ts'
import { isInt, shrink } from './numbers.ts'
import { filterTable, Refusal } from './params.ts'
import { isTruthy, pyStr, typeName } from './python.ts'

type Kind = 'address' | 'network'
/** What is asked about: as read, as a network or an address, and as it is given back where a question is about a property. */
interface Asked { readonly net: Network; readonly kind: Kind; readonly value: unknown }
const whole = (value: bigint): unknown => shrink(value)
const at = ({ version }: Network, value: bigint): string => addressText(version, value)

const usable = (net: Network): readonly [bigint, bigint] => sizeOf(net) === 2n ? [firstOf(net), lastOf(net)] : [firstOf(net) + 1n, lastOf(net) - 1n]
const onlyNetwork = ({ kind }: Asked): void => { if (kind === 'address') throw new Refusal('Not a network address') }
function neighbour(one: Asked, step: bigint): unknown {
  onlyNetwork(one)
  if (sizeOf(one.net) <= 1n) return null
  const [first, last] = usable(one.net), next = one.net.value + step
  return next >= first && next <= last ? at(one.net, next) : null
}
function peer(one: Asked): unknown {
  onlyNetwork(one)
  const { net } = one, size = sizeOf(net)
  if (size === 2n) return at(net, net.value ^ 1n)
  if (size !== 4n) throw new Refusal('Not a point-to-point network')
  if (net.value % 4n === 0n) throw new Refusal('Network address of /30 has no peer')
  if (net.value % 4n === 3n) throw new Refusal('Broadcast address of /30 has no peer')
  return at(net, net.value ^ 3n)
}
const isHost = (net: Network): boolean => net.value !== firstOf(net)
const withPrefix = ({ net }: Asked): unknown => sizeOf(net) > 2n && (net.value === firstOf(net) || net.value === broadcastOf(net)) ? false : textOf(net)
const ifHas = (has: (net: Network) => boolean) => ({ net, value }: Asked): unknown => has(net) ? value : null
const ip = ({ net }: Asked): unknown => sizeOf(net) === 1n || isHost(net) || net.version === 6 || broadcastOf(net) === undefined ? ipOf(net) : null
function toFour({ net, value }: Asked): unknown {
  if (net.version === 4) return value
  const isMapped = net.value >> 32n === 0xffffn || net.value >> 32n === 0n
  return isMapped && net.prefix >= 96 ? textOf({ version: 4, value: net.value & 0xffffffffn, prefix: net.prefix - 96 }) : false
}
const toSix = ({ net, value }: Asked): unknown => net.version === 6 ? value : textOf({ version: 6, value: 0xffff00000000n + net.value, prefix: net.prefix + 96 })
function reverse({ net }: Asked): string {
  if (net.version === 4) return `${ipOf(net).split('.').reverse().join('.')}.in-addr.arpa.`
  return `${[...net.value.toString(16).padStart(32, '0')].reverse().join('.')}.ip6.arpa.`
}
const edge = (pick: 0 | 1) => (one: Asked): unknown => { onlyNetwork(one); return sizeOf(one.net) > 1n ? at(one.net, usable(one.net)[pick]) : null }
const subnet = ({ net }: Asked): string => textOf({ ...net, value: firstOf(net) })
const isPublic = (net: Network): boolean => !isMulticast(net) && isGlobal(net) && !isLoopback(net) && !isNetmask(net.version, net.value) && !isHostmask(net.value)
const six4 = (one: Asked): unknown => {
  const { net, kind, value } = one
  if (net.version === 6) return contains({ version: 6, value: 0x2002n << 112n, prefix: 16 }, { ...net, prefix: 128 }) && (kind === 'address' || isHost(net)) ? value : false
  if ((sizeOf(net) > 1n && !isHost(net)) || (isGlobal(net) && !isPublic(net))) return false
  const hex = net.value.toString(16).padStart(8, '0')
  return `2002:${hex.slice(0, 4)}:${hex.slice(4)}::1/48`
}

const questions: Readonly<Record<string, (one: Asked) => unknown>> = {
  '': ({ net, kind }) => kind === 'address' ? ipOf(net) : textOf(net), '6to4': six4, address: ip, ip, bool: () => true, cidr: ({ net }) => textOf(net),
  ...Object.fromEntries(['address/prefix', 'gateway', 'gw', 'host/prefix', 'hostnet', 'router'].map((name) => [name, withPrefix])),
  broadcast: ({ net }) => sizeOf(net) > 2n ? at(net, lastOf(net)) : null,
  first_usable: edge(0), last_usable: edge(1),
  host: ({ net }) => sizeOf(net) === 1n || isHost(net) || broadcastOf(net) === undefined ? textOf(net) : null,
  hostmask: ({ net }) => at(net, hostBits(net)), wildcard: ({ net }) => at(net, hostBits(net)), netmask: ({ net }) => at(net, maskBits(net)),
  int: ({ net, kind }) => kind === 'address' ? whole(net.value) : `${net.value}/${net.prefix}`,
  'ip/prefix': ({ net }) => sizeOf(net) === 2n || (sizeOf(net) > 1n && isHost(net)) ? textOf(net) : null,
  ip_netmask: ({ net }) => sizeOf(net) === 2n || (sizeOf(net) > 1n && isHost(net)) ? `${ipOf(net)} ${at(net, maskBits(net))}` : null,
  ipv4: toFour, v4: toFour, ipv6: toSix, v6: toSix,
  'link-local': ifHas(isLinkLocal), lo: ifHas(isLoopback), loopback: ifHas(isLoopback), multicast: ifHas(isMulticast), unicast: ifHas((net) => !isMulticast(net)), private: ifHas((net) => !isGlobal(net)),
  public: ifHas(isPublic),
  net: ({ net }) => sizeOf(net) > 1n && !isHost(net) ? textOf(net) : null, network: ({ net }) => at(net, firstOf(net)), network_id: ({ net }) => at(net, firstOf(net)),
  'network/prefix': subnet, subnet, network_netmask: ({ net }) => `${at(net, firstOf(net))} ${at(net, maskBits(net))}`, network_wildcard: ({ net }) => `${at(net, firstOf(net))} ${at(net, hostBits(net))}`,
  next_usable: (one) => neighbour(one, 1n), previous_usable: (one) => neighbour(one, -1n), peer, prefix: ({ net }) => net.prefix,
  range_usable: (one) => { onlyNetwork(one); return sizeOf(one.net) > 1n ? usable(one.net).map((value) => at(one.net, value)).join('-') : null },
  revdns: reverse, size: ({ net }) => whole(sizeOf(net)), size_usable: ({ net }) => { const size = sizeOf(net); return size === 1n ? 0 : size === 2n ? 2 : whole(size - 2n) },
  type: ({ net }) => sizeOf(net) === 1n || isHost(net) ? 'address' : 'network', version: ({ net }) => net.version,
  wrap: ({ net, kind, value }) => net.version === 4 ? value : kind === 'address' ? `[${ipOf(net)}]` : `[${ipOf(net)}]/${net.prefix}`,
}

/** What is read of a value: text of an address or network, or a number. */
function read(value: unknown, version: number | undefined): Asked | undefined {
  const text = pyStr(value), numbered = (number: bigint, prefix: number | undefined): Network | undefined => {
    const isSix = prefix === undefined ? version === 6 || number >= 1n << 32n : number >= 1n << 32n || prefix > 32, width = isSix ? 128 : 32
    return number >= 1n << BigInt(width) || (prefix ?? 0) > width ? undefined : { version: isSix ? 6 : 4, value: number, prefix: prefix ?? width }
  }
  if (/^\d+$/.test(text)) { const net = numbered(BigInt(text), undefined); return net === undefined ? undefined : { net, kind: 'address', value: textOf(net) } }
  if (typeof value !== 'string') return undefined
  const net = parseNetwork(value)
  if (net !== undefined) return { net, kind: value.includes('/') ? 'network' : 'address', value }
  const [, number, prefix] = /^(\d+)\/(\d+)$/.exec(value) ?? []
  const made = number === undefined ? undefined : numbered(BigInt(number), Number(prefix))
  return made === undefined ? undefined : { net: made, kind: 'network', value: textOf(made) }
}
function ipaddr(value: unknown, query: string, version: number | undefined, alias: string): unknown {
  if (Array.isArray(value)) return items(value).map((one) => ipaddr(one, query, version, 'ipaddr')).filter(isTruthy)
  if (!isTruthy(value) || value === true) return false
  const one = read(value, version)
  if (one === undefined) return false
  const question = Object.hasOwn(questions, query) ? questions[query] : undefined, outer = question === undefined && !/^\d+$/.test(query) ? parseNetwork(query) : undefined
  if (version !== undefined && one.net.version !== version) return false
  if (outer !== undefined) return contains(outer, one.net) ? one.value : null
  if (question !== undefined) return question(one)
  if (!/^\s*[+-]?\d+\s*$/.test(query)) throw new Refusal(`${alias}: unknown filter type: ${query}`)
  return nth(one, BigInt(query.trim()))
}
function nth({ net, kind }: Asked, index: bigint): unknown {
  const size = sizeOf(net)
  if (size === 1n) return kind === 'address' ? ipOf(net) : textOf(net)
  if (index < -size || index >= size) return false
  return `${at(net, index < 0n ? lastOf(net) + index + 1n : firstOf(net) + index)}/${net.prefix}`
}
function asked(value: unknown, query: unknown, version: number | undefined, alias: string): unknown {
  if (!(typeof value === 'string' || Array.isArray(value) || isInt(value) || typeof value === 'boolean')) throw new Refusal(`Unrecognized type <${typeName(value)}> for ${alias} filter <value>`)
  return ipaddr(value, pyStr(query), version, alias)
}
function wrap(value: unknown): unknown {
  const one = (each: unknown): unknown => { const found = ipaddr(each, '', undefined, 'ipwrap'); return isTruthy(found) ? ipaddr(Array.isArray(value) ? each : found, 'wrap', undefined, 'ipwrap') : each }
  return Array.isArray(value) ? items(value).map(one) : one(value)
}
/** The network of a value, for filters that count in it; an address with a prefix keeps its place there. */
function placed(value: unknown): Network | undefined {
  const one = read(value, undefined)
  if (one === undefined || !isTruthy(value) || value === true) return undefined
  return one.net
}
function subnets(value: unknown, query: string, index: unknown): unknown {
  const own = placed(value)
  if (own === undefined) return false
  const net: Network = { ...own, value: firstOf(own) }, width = widthOf(net.version), isAddress = sizeOf(net) === 1n
  if (query === '') return textOf(net)
  if (!/^\d+$/.test(query)) return rank(net, query)
  const prefix = Number(query), above = (size: number): string => textOf({ ...net, prefix: size, value: firstOf({ ...net, prefix: size }) })
  if (prefix > width) return false
  if (index === null) {
    if (isAddress) { if (prefix >= net.prefix) throw new Refusal('list index out of range'); return above(prefix) }
    if (prefix < net.prefix) throw new Refusal(`Requested subnet size of ${prefix} is invalid`)
    return String(1n << BigInt(prefix - net.prefix))
  }
  const wanted = BigInt(Number(index)), count = prefix < net.prefix ? 0n : 1n << BigInt(prefix - net.prefix)
  if (isAddress) {
    const sizes = Array.from({ length: net.prefix - prefix }, (_, i) => prefix + i), size = sizes.at(Number(wanted))
    if (wanted > BigInt(width + 1) - wanted || wanted < BigInt(prefix - width)) return false
    if (size === undefined) throw new Refusal('list index out of range')
    return above(size)
  }
  const place = wanted < 0n ? wanted + count : wanted
  return place < 0n || place >= count ? false : textOf({ ...net, value: net.value + (place << BigInt(width - prefix)), prefix })
}
/** Which subnet of another network it is, from 1. */
function rank(net: Network, query: string): string {
  const read = placed(query)
  if (read === undefined) throw new Refusal(`You must pass a valid subnet or IP address; ${query} is invalid`)
  const outer: Network = { ...read, value: firstOf(read) }, width = BigInt(widthOf(net.version))
  if (net.value >> width - BigInt(outer.prefix) !== outer.value >> width - BigInt(outer.prefix)) throw new Refusal(`${textOf(net)} is not in the subnet ${textOf(outer)}`)
  const shift = width - BigInt(net.prefix), bits = (1n << BigInt(Math.max(0, net.prefix - outer.prefix))) - 1n
  return String(((net.value & bits << shift) >> shift) + 1n)
}
function stepUsable(value: unknown, offset: unknown, sign: bigint): unknown {
  const net = placed(value)
  if (net === undefined) return false
  if (!isInt(offset)) throw new Refusal('Must pass in an integer')
  if (sizeOf(net) <= 1n) return null
  const [first, last] = usable(net), next = net.value + sign * BigInt(offset)
  return next >= first && next <= last ? at(net, next) : null
}
function math(value: unknown, amount: unknown): string {
  const text = pyStr(value), net = text.includes('/') ? parseNetwork(text) : parseIp(text)
  if (net === undefined) throw new Refusal(`You must pass a valid IP address; ${text} is invalid`)
  if (!isInt(amount)) throw new Refusal(`You must pass an integer for arithmetic; ${pyStr(amount)} is not a valid integer`)
  return at(net, net.value + BigInt(amount))
}
/** Whether one lies in the other, ends of the other counted or not. */
function isIn(value: unknown, test: unknown, ends: boolean): boolean {
  const outer = placed(value), inner = placed(test)
  if (outer === undefined || inner === undefined) throw new Refusal(`not an IP address or network: ${pyStr(outer === undefined ? value : test)}`)
  const [first, last] = ends || sizeOf(outer) === 1n ? [firstOf(outer), lastOf(outer)] : usable(outer)
  return outer.version === inner.version && firstOf(inner) >= first && lastOf(inner) <= last
}

export const ipFilters: Record<string, Filter> = filterTable({
  'ipaddr(query="", version=None, alias="ipaddr")': (value, [query, version, alias]) => asked(value, query, version === null || version === false ? undefined : Number(version), pyStr(alias)),
  'ipv4(query="")': (value, [query]) => asked(value, query, 4, 'ipv4'), 'ipv6(query="")': (value, [query]) => asked(value, query, 6, 'ipv6'),
  'ipwrap(query="")': (value) => wrap(value),
  'ipsubnet(query="", index=None)': (value, [query, index]) => subnets(value, pyStr(query), index),
  'nthhost(query="")': (value, [query]) => {
    const net = placed(value), text = pyStr(query)
    return net === undefined || !/^-?\d+$/.test(text) || BigInt(text) >= sizeOf(net) ? false : at(net, (BigInt(text) < 0n ? lastOf(net) + 1n : firstOf(net)) + BigInt(text))
  },
  'next_nth_usable(offset)': (value, [offset]) => stepUsable(value, offset, 1n), 'previous_nth_usable(offset)': (value, [offset]) => stepUsable(value, offset, -1n),
  'ipmath(amount)': (value, [amount]) => math(value, amount),
  'network_in_network(test)': (value, [test]) => isIn(value, test, true), 'network_in_usable(test)': (value, [test]) => isIn(value, test, false),
  'ip4_hex(delimiter="")': (value, [delimiter]) => {
    const net = parseIp(pyStr(value))
    if (net?.version !== 4) throw new Refusal(`You must pass a valid IP address; ${pyStr(value)} is invalid`)
    return (net.value.toString(16).padStart(8, '0').match(/../g) ?? []).join(pyStr(delimiter))
  },
})

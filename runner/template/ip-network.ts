/** IPv4 and IPv6 networks as Python's netaddr 1.3 reads, counts and writes them. */
import { isIPv4, isIPv6 } from 'node:net'

export interface Network { readonly version: 4 | 6; readonly value: bigint; readonly prefix: number }
export const widthOf = (version: 4 | 6): number => version === 4 ? 32 : 128
const all = (bits: number): bigint => (1n << BigInt(bits)) - 1n
export const hostBits = ({ version, prefix }: Network): bigint => all(widthOf(version) - prefix)
export const maskBits = (net: Network): bigint => all(widthOf(net.version)) ^ hostBits(net)
export const firstOf = (net: Network): bigint => net.value & maskBits(net)
export const lastOf = (net: Network): bigint => net.value | hostBits(net)
export const sizeOf = (net: Network): bigint => hostBits(net) + 1n
/** Of IPv4 networks of one or two addresses there is none. */
export const broadcastOf = (net: Network): bigint | undefined => net.version === 4 && net.prefix >= 31 ? undefined : lastOf(net)

const four = (text: string): bigint => text.split('.').reduce((sum, part) => sum * 256n + BigInt(part), 0n)
function six(text: string): bigint {
  const plain = text.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (dotted) => { const value = four(dotted); return `${(value >> 16n).toString(16)}:${(value & 0xffffn).toString(16)}` })
  const [head = '', tail] = plain.split('::'), words = (part: string): string[] => part === '' ? [] : part.split(':')
  const left = words(head), right = tail === undefined ? [] : words(tail), gap = tail === undefined ? [] : Array.from({ length: 8 - left.length - right.length }, () => '0')
  return [...left, ...gap, ...right].reduce((sum, word) => sum * 65536n + BigInt(`0x${word}`), 0n)
}
export function addressText(version: 4 | 6, value: bigint): string {
  if (version === 4) return [24n, 16n, 8n, 0n].map((shift) => String(value >> shift & 255n)).join('.')
  const dotted = addressText(4, value & 0xffffffffn)
  if (value >> 32n === 0xffffn) return `::ffff:${dotted}`
  if (value >> 32n === 0n && value > 0xffffn) return `::${dotted}`
  const words = Array.from({ length: 8 }, (_, i) => (value >> BigInt(112 - 16 * i) & 0xffffn).toString(16)).join(':')
  const runs = [...words.matchAll(/(?:^|:)0(?::0)+(?=:|$)/g)].sort((a, b) => b[0].length - (b.index === 0 ? 0 : 1) - (a[0].length - (a.index === 0 ? 0 : 1)) || a.index - b.index), [longest] = runs
  if (longest === undefined) return words
  return `${words.slice(0, longest.index)}::${words.slice(longest.index + longest[0].length).replace(/^:/, '')}`
}
export const textOf = (net: Network): string => `${addressText(net.version, net.value)}/${net.prefix}`
export const ipOf = (net: Network): string => addressText(net.version, net.value)

function parseAddress(text: string): { readonly version: 4 | 6; readonly value: bigint } | undefined {
  if (isIPv4(text)) return { version: 4, value: four(text) }
  return isIPv6(text) && !text.includes('%') ? { version: 6, value: six(text) } : undefined
}
const isPower = (value: bigint): boolean => (value & value - 1n) === 0n
/** Ones, then zeros. */
export const isNetmask = (version: 4 | 6, value: bigint): boolean => isPower((value ^ all(widthOf(version))) + 1n)
export const isHostmask = (value: bigint): boolean => isPower(value + 1n)
const bitsIn = (value: bigint): number => value.toString(2).replaceAll('0', '').length

/** `address`, `address/prefix`, `address/netmask`, `address/hostmask`; undefined where it is none of them. */
export function parseNetwork(text: string): Network | undefined {
  const at = text.indexOf('/'), address = parseAddress(at < 0 ? text : text.slice(0, at))
  if (address === undefined) return undefined
  const width = widthOf(address.version)
  if (at < 0) return { ...address, prefix: width }
  const rest = text.slice(at + 1)
  if (/^\s*\+?\d+\s*$/.test(rest)) return Number(rest) <= width ? { ...address, prefix: Number(rest) } : undefined
  const mask = parseAddress(rest)
  if (mask === undefined || mask.version !== address.version) return undefined
  if (isNetmask(mask.version, mask.value)) return { ...address, prefix: bitsIn(mask.value) }
  return isHostmask(mask.value) ? { ...address, prefix: width - bitsIn(mask.value) } : undefined
}
export const parseIp = (text: string): Network | undefined => text.includes('/') ? undefined : parseNetwork(text)
export const contains = (outer: Network, inner: Network): boolean => outer.version === inner.version && firstOf(outer) <= firstOf(inner) && lastOf(inner) <= lastOf(outer)

const networks = (list: string): readonly Network[] => list.split(' ').flatMap((one) => parseNetwork(one) ?? [])
const local = networks('0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.0.170/31 192.0.2.0/24 192.168.0.0/16 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 240.0.0.0/4 255.255.255.255/32 ::1/128 ::/128 ::ffff:0.0.0.0/96 64:ff9b:1::/48 100::/64 2001::/23 2001:db8::/32 2002::/16 fc00::/7 fe80::/10')
const exceptions = networks('192.0.0.9/32 192.0.0.10/32 2001:1::1/128 2001:1::2/128 2001:3::/32 2001:4:112::/48 2001:20::/28 2001:30::/28')
const single = (net: Network): Network => ({ ...net, prefix: widthOf(net.version) })
/** By the registries of special addresses. */
export const isGlobal = (net: Network): boolean => !local.some((one) => contains(one, single(net))) || exceptions.some((one) => contains(one, single(net)))
const within = (list: string) => { const all = networks(list); return (net: Network): boolean => all.some((one) => contains(one, single(net))) }
export const isLoopback = within('127.0.0.0/8 ::1/128')
export const isLinkLocal = within('169.254.0.0/16 fe80::/10')
export const isMulticast = within('224.0.0.0/4 ff00::/8')

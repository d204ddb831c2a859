/** Facts about network interfaces and addresses, from /sys and `ip`. Ansible: module_utils/facts/network/linux.py. */
import type { Data } from '../../core/types.ts'
import { rows, type Group } from './sections.ts'

const types: Readonly<Record<string, string>> = { 1: 'ether', 32: 'infiniband', 512: 'ppp', 772: 'loopback', 65534: 'tunnel' }
const toNumber = (address: string): number => address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0)
const toAddress = (number: number): string => [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256).join('.')

interface Interface { [key: string]: unknown }
interface Found { readonly interfaces: Record<string, Interface>; readonly ipv4: string[]; readonly ipv6: string[]; readonly default4: Data; readonly default6: Data }

/** Lines `== name`, then `key value` of files below /sys/class/net/NAME. */
function sysInterfaces(text: string): Record<string, Interface> {
  const found: Record<string, Interface> = {}
  let one: Interface = {}
  for (const line of rows(text)) {
    const at = line.indexOf(' '), key = line.slice(0, at), value = line.slice(at + 1)
    if (key === '==') { one = { device: value }; found[value] = one }
    else if (key === 'address' && value !== '' && value !== '00:00:00:00:00:00') one.macaddress = value
    else if (key === 'mtu' || key === 'speed') one[key] = Number(value)
    else if (key === 'operstate') one.active = value !== 'down'
    else if (key === 'type') one.type = types[value] ?? 'unknown'
    else if (key === 'bridge_id') { one.type = 'bridge'; one.id = value; one.interfaces ??= [] }
    else if (key === 'bridge_port') one.interfaces = [...(Array.isArray(one.interfaces) ? one.interfaces : []), value]
    else if (key === 'stp_state') one.stp = value === '1'
    else if (key === 'flags') one.promisc = (parseInt(value, 16) & 0x100) > 0
    else if (key === 'pciid' || key === 'module') one[key] = value
    else if (key === 'slaves') { one.type = 'bonding'; one.slaves = value.split(' ').filter((slave) => slave !== '') }
    else if (['mode', 'miimon', 'lacp_rate', 'primary'].includes(key)) one[key] = value.split(' ')[0]
  }
  return found
}

function ipv4(words: readonly string[], device: string, found: Found): void {
  const [address = '', bits = '32'] = (words[1] ?? '').split('/')
  const size = 2 ** (32 - Number(bits)), number = toNumber(address)
  const entry = {
    address, broadcast: words[2] === 'brd' ? words[3] ?? '' : '', netmask: toAddress(2 ** 32 - size), network: toAddress(number - number % size), prefix: bits,
  }
  const label = words.includes('valid_lft') ? device : words.at(-1) ?? device
  const own = found.interfaces[label] ?? {}
  found.interfaces[label] = own
  const isSecondary = words.includes('secondary'), main = found.interfaces[device]
  if (own.ipv4 === undefined && !isSecondary) own.ipv4 = entry
  else addSecondary(own, entry)
  // What has a label of its own (eth0:1) counts for its device too.
  if (isSecondary && main !== undefined && main !== own) addSecondary(main, entry)
  if (found.default4.address === address) {
    const { address: _, ...rest } = entry
    const { macaddress, mtu, type = 'unknown' } = found.interfaces[device] ?? {}
    Object.assign(found.default4, rest, { macaddress, mtu, type, alias: label })
  }
  if (!address.startsWith('127.')) found.ipv4.push(address)
}
const addSecondary = (one: Interface, entry: object): void => {
  one.ipv4_secondaries = [...(Array.isArray(one.ipv4_secondaries) ? one.ipv4_secondaries : []), entry]
}
function ipv6(words: readonly string[], device: string, found: Found): void {
  const isPeer = words[2] === 'peer'
  const [address = '', own = ''] = (words[1] ?? '').split('/')
  const prefix = isPeer ? (words[3] ?? '').split('/')[1] ?? '' : own, scope = (isPeer ? words[5] : words[3]) ?? ''
  const one = found.interfaces[device] ?? {}
  one.ipv6 = [...(Array.isArray(one.ipv6) ? one.ipv6 : []), { address, prefix, scope }]
  found.interfaces[device] = one
  if (found.default6.address === address) {
    const { macaddress, mtu, type = 'unknown' } = one
    Object.assign(found.default6, { prefix, scope, macaddress, mtu, type })
  }
  if (address !== '::1') found.ipv6.push(address)
}

function defaultRoute(text: string, asked: string): Data {
  const words = (text.split('\n')[0] ?? '').trim().split(/\s+/), out: Data = {}
  if (words[0] !== asked) return out
  words.forEach((word, i) => {
    const next = words[i + 1] ?? ''
    if (word === 'dev') out.interface = next
    if (word === 'src') out.address = next
    if (word === 'via' && next !== asked) out.gateway = next
  })
  return out
}

function locals(text: string): string[] {
  return [...new Set(rows(text).map((line) => line.trim().split(/\s+/)).filter(([kind]) => kind === 'local').map(([, address = '']) => address))]
}

const probe4 = '8.8.8.8', probe6 = '2404:6800:400a:800::1012'
export const network: Group = {
  name: 'network', facts: ['interfaces', 'default_ipv4', 'default_ipv6', 'all_ipv4_addresses', 'all_ipv6_addresses'], isMinimal: false,
  script: `s net; for d in /sys/class/net/*; do [ -d "$d" ] || continue; echo "== \${d##*/}"
for k in address mtu operstate type flags; do [ -r "$d/$k" ] && { read -r v <"$d/$k"; echo "$k $v"; }; done
[ -d "$d/bridge" ] && { read -r v <"$d/bridge/bridge_id"; echo "bridge_id $v"; read -r v <"$d/bridge/stp_state"; echo "stp_state $v"; for b in "$d"/brif/*; do [ -e "$b" ] && echo "bridge_port \${b##*/}"; done; }
[ -d "$d/bonding" ] && for k in slaves mode miimon lacp_rate primary; do v=; read -r v <"$d/bonding/$k"; echo "$k $v"; done
[ -e "$d/device" ] && { v=$(readlink "$d/device"); echo "pciid \${v##*/}"; }
[ -e "$d/device/driver/module" ] && { v=$(readlink -f "$d/device/driver/module"); echo "module \${v##*/}"; }
v=; read -r v <"$d/speed" && echo "speed $v"; done
s addresses; has ip && ip addr show
s route4; has ip && ip -4 route get ${probe4}
s route6; has ip && ip -6 route get ${probe6}
s local4; has ip && ip -4 route show table local
s local6; has ip && ip -6 route show table local`,
  collect(sections) {
    const found: Found = { interfaces: sysInterfaces(sections('net')), ipv4: [], ipv6: [], default4: defaultRoute(sections('route4'), probe4), default6: defaultRoute(sections('route6'), probe6) }
    let device = ''
    for (const line of rows(sections('addresses'))) {
      const head = /^\d+: ([^:@\s]+)/.exec(line)
      if (head !== null) { device = head[1] ?? ''; continue }
      const words = line.trim().split(/\s+/)
      if (words[0] === 'inet') ipv4(words, device, found)
      if (words[0] === 'inet6') ipv6(words, device, found)
    }
    const renamed = Object.fromEntries(Object.entries(found.interfaces).map(([name, value]) => [name.replaceAll(':', '_'), value]))
    return {
      interfaces: Object.keys(renamed), ...renamed, default_ipv4: found.default4, default_ipv6: found.default6,
      all_ipv4_addresses: found.ipv4, all_ipv6_addresses: found.ipv6,
      locally_reachable_ips: { ipv4: locals(sections('local4')), ipv6: locals(sections('local6')) },
    }
  },
}

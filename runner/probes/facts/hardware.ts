/** Facts about processors, memory, mounts, disks and the machine's papers. Ansible: module_utils/facts/hardware/linux.py. */
import type { Data } from '../../core/types.ts'
import { pairs, rows, type Group } from './sections.ts'

export function processors(text: string, architecture: string, nproc: number): Data {
  const processor: string[] = [], sockets = new Map<string, number>(), cores = new Map<string, number>()
  let vendors = 0, models = 0, numbers = 0, socket = '0', core = '0', flags: string[] | undefined
  for (const line of rows(text)) {
    const at = line.indexOf(':'), key = (at < 0 ? line : line.slice(0, at)).trim(), value = at < 0 ? '' : line.slice(at + 1).trim()
    if (key === 'flags') flags = value.split(/\s+/)
    if (['model name', 'Processor', 'vendor_id', 'cpu', 'Vendor', 'processor'].includes(key)) {
      processor.push(value)
      if (key === 'vendor_id') vendors += 1
      if (key === 'model name') models += 1
      if (key === 'processor') numbers += 1
    } else if (key === 'physical id') { socket = value; if (!sockets.has(socket)) sockets.set(socket, 1) }
    else if (key === 'core id') { core = value; if (!sockets.has(core)) cores.set(core, 1) }
    else if (key === 'cpu cores') sockets.set(socket, Number(value))
    else if (key === 'siblings') cores.set(core, Number(value))
  }
  const seen = /^(armv|aarch|ppc)/.test(architecture) ? numbers : vendors > 0 && vendors === models ? vendors : processor.length
  const count = sockets.size > 0 ? sockets.size : seen
  const perSocket = [...sockets.values()][0] || 1
  const threads = Math.round(([...cores.values()][0] ?? 1) / perSocket)
  return {
    processor, processor_count: count, processor_cores: perSocket, processor_threads_per_core: threads, processor_vcpus: threads * count * perSocket,
    processor_nproc: nproc || numbers, ...(flags === undefined ? {} : { flags }),
  }
}

export function memory(text: string): Data {
  const kilobytes = pairs(text, ':')
  const mb = (name: string): number => Math.floor(parseInt(kilobytes.get(name) ?? '0', 10) / 1024)
  if (kilobytes.size === 0) return {}
  const [total, free, swapTotal, swapFree] = [mb('MemTotal'), mb('MemFree'), mb('SwapTotal'), mb('SwapFree')]
  const cacheFree = free + mb('Cached') + mb('Buffers')
  return {
    memtotal_mb: total, memfree_mb: free, swaptotal_mb: swapTotal, swapfree_mb: swapFree,
    memory_mb: {
      real: { total, used: total - free, free }, nocache: { free: cacheFree, used: total - cacheFree },
      swap: { total: swapTotal, free: swapFree, used: swapTotal - swapFree, cached: mb('SwapCached') },
    },
  }
}

const unescape = (text: string): string => text.replace(/\\(\d{3})/g, (_, octal: string) => String.fromCharCode(parseInt(octal, 8)))
/** Mounts of files on other machines are listed without sizes: asking a server that is gone never returns. */
function mounts(mtab: string, sizes: string, binds: string, uuids: string): Data[] {
  const bySize = new Map(rows(sizes).map((line): [string, readonly number[]] => {
    const [a = '', s = '', b = '', f = '', d = '', c = '', ...path] = line.split(' ')
    return [path.join(' '), [a, s, b, f, d, c].map(Number)]
  }))
  const bound = new Set(rows(binds)), uuid = new Map(rows(uuids).map((line): [string, string] => { const [name = '', id = ''] = line.split(' '); return [name, id] }))
  return rows(mtab).flatMap((line) => {
    const [device = '', rawMount = '', fstype = '', options = '', dump = '0', passno = '0'] = line.split(' ')
    if ((!device.startsWith('/') && !device.includes(':/')) || fstype === 'none') return []
    const mount = unescape(rawMount), size = bySize.get(mount)
    const [available = 0, blockSize = 0, total = 0, ,  inodesFree = 0, inodes = 0] = size ?? []
    const numbers = size === undefined ? {} : {
      block_available: available, block_size: blockSize, block_total: total, block_used: total - available, size_available: blockSize * available, size_total: blockSize * total,
      inode_available: inodesFree, inode_total: inodes, inode_used: inodes - inodesFree,
    }
    return [{
      device, mount, fstype, options: bound.has(mount) && !options.split(',').includes('bind') ? `${options},bind` : options, dump: Number(dump), passno: Number(passno),
      ...numbers, uuid: uuid.get(device) || 'N/A',
    }]
  })
}

/** Lines of vgs, lvs and pvs behind the command's name; nothing at all where they cannot be asked. */
export function volumes(text: string): Data | 'N/A' {
  if (text === '') return 'N/A'
  const vgs: Record<string, Data & { readonly lvs: Data }> = {}, lvs: Data = {}, pvs: Data = {}
  for (const [kind, ...items] of rows(text).map((line) => line.split(',').map((item) => item.trim()))) {
    const [name = '', vg = ''] = items
    if (kind === 'vgs') vgs[name] = { size_g: items.at(-2), free_g: items.at(-1), num_lvs: items[2], num_pvs: items[1], lvs: {} }
    if (kind === 'pvs') pvs[name] = { size_g: items[4], free_g: items[5], vg }
    if (kind !== 'lvs') continue
    lvs[name] = { size_g: items[3], vg }
    Object.assign(vgs[vg]?.lvs ?? {}, { [name]: { size_g: items[3] } })
  }
  return { lvs, vgs, pvs }
}

const formFactors = ['Unknown', 'Other', 'Unknown', 'Desktop', 'Low Profile Desktop', 'Pizza Box', 'Mini Tower', 'Tower', 'Portable', 'Laptop', 'Notebook', 'Hand Held', 'Docking Station', 'All In One', 'Sub Notebook', 'Space-saving', 'Lunch Box', 'Main Server Chassis', 'Expansion Chassis', 'Sub Chassis', 'Bus Expansion Chassis', 'Peripheral Chassis', 'RAID Chassis', 'Rack Mount Chassis', 'Sealed-case PC', 'Multi-system', 'CompactPCI', 'AdvancedTCA', 'Blade', 'Blade Enclosure', 'Tablet', 'Convertible', 'Detachable', 'IoT Gateway', 'Embedded PC', 'Mini PC', 'Stick PC']
const papers: Readonly<Record<string, string>> = {
  bios_date: 'bios_date', bios_vendor: 'bios_vendor', bios_version: 'bios_version', board_asset_tag: 'board_asset_tag', board_name: 'board_name', board_serial: 'board_serial',
  board_vendor: 'board_vendor', board_version: 'board_version', chassis_asset_tag: 'chassis_asset_tag', chassis_serial: 'chassis_serial', chassis_vendor: 'chassis_vendor',
  chassis_version: 'chassis_version', form_factor: 'chassis_type', product_name: 'product_name', product_serial: 'product_serial', product_uuid: 'product_uuid',
  product_version: 'product_version', system_vendor: 'sys_vendor',
}
function dmi(text: string): Data {
  const found = pairs(text)
  return Object.fromEntries(Object.entries(papers).map(([fact, file]) => {
    const value = found.get(file) ?? ''
    if (value === '') return [fact, 'NA']
    return [fact, fact === 'form_factor' ? formFactors[Number(value)] ?? `unknown (${value})` : value]
  }))
}

export function sizeText(bytes: number): string {
  const units: readonly (readonly [string, number])[] = [['TB', 2 ** 40], ['GB', 2 ** 30], ['MB', 2 ** 20], ['KB', 2 ** 10]]
  const [unit, factor] = units.find(([, size]) => bytes >= size) ?? ['Bytes', 1]
  return `${(bytes / factor).toFixed(2)} ${unit}`
}
/** Lines `== name`, `@ partition`, and `key value` of either. */
function devices(text: string): Data {
  const out: Data = {}
  let disk: Data = {}, one: Data = {}
  for (const line of rows(text)) {
    const at = line.indexOf(' '), key = at < 0 ? line : line.slice(0, at), value = at < 0 ? '' : line.slice(at + 1).trim()
    if (key === '==') {
      disk = one = { virtual: 1, links: { ids: [], uuids: [], labels: [], masters: [] }, vendor: null, model: null, sas_address: null, sas_device_handle: null, removable: '0', support_discard: '0', partitions: {}, rotational: '0', scheduler_mode: '', sectors: 0, sectorsize: '512', size: '0.00 Bytes', host: '', holders: [] }
      out[value] = disk
    } else if (key === '@') {
      one = { links: { ids: [], uuids: [], labels: [], masters: [] }, start: '0', sectors: 0, sectorsize: 512, size: '0.00 Bytes', uuid: null, holders: [] }
      Object.assign(disk.partitions ?? {}, { [value]: one })
    } else if (key === 'size') {
      // The kernel counts sectors of 512 bytes, whatever the disk's own are.
      one.sectors = Number(value)
      one.size = sizeText(Number(value) * 512)
    } else if (key === 'scheduler') one.scheduler_mode = /\[([^\]]*)\]/.exec(value)?.[1] ?? ''
    else if (key === 'holder' && Array.isArray(one.holders)) one.holders.push(value)
    else if (key === 'sectorsize') one.sectorsize = one === disk ? value : Number(value)
    else one[key] = value
  }
  return out
}

const remote = 'nfs|nfs4|cifs|smb3|smbfs|ncpfs|fuse.*|afs|ceph|glusterfs|lustre|autofs|9p'
export const hardwareGroups: readonly Group[] = [
  {
    name: 'hardware', facts: ['processor', 'processor_cores', 'processor_count'], isMinimal: false,
    script: `s cpu; f /proc/cpuinfo
s nproc; nproc
s memory; f /proc/meminfo
s uptime; f /proc/uptime
s dmi; if [ -d /sys/devices/virtual/dmi/id ]; then for n in ${[...new Set(Object.values(papers))].join(' ')}; do printf '%s=' $n; v=; read -r v </sys/devices/virtual/dmi/id/$n; echo "$v"; done; fi
s lvm; has vgs && [ "$(id -u)" = 0 ] && { o='--noheadings --nosuffix --units g --separator ,'; echo; for c in vgs lvs pvs; do has $c && $c $o | sed "s/^/$c,/"; done; }`,
    collect(sections, known) {
      return {
        ...processors(sections('cpu'), String(known.architecture ?? ''), Number(sections('nproc').trim())), ...memory(sections('memory')),
        uptime_seconds: Math.floor(Number(sections('uptime').split(' ')[0])), ...dmi(sections('dmi')), lvm: volumes(sections('lvm')),
      }
    },
  },
  {
    name: 'mounts', facts: [], isMinimal: false,
    script: `s mtab; f /etc/mtab || f /proc/mounts
s sizes; m=$( (f /etc/mtab || f /proc/mounts) | while read -r d p t o; do case $d in /*) case $t in ${remote}|none) ;; *) echo "$p";; esac;; esac; done)
IFS='
'; set -f; [ -z "$m" ] || stat -f -c '%a %S %b %f %d %c %n' -- $(printf "$(printf '%s\\n' "$m" | sed 's/%/%%/g')"); set +f; unset IFS
s binds; has findmnt && findmnt --list --noheadings --notruncate --output SOURCE,TARGET | sed -n 's/^[^ ]*\\[[^]]*\\] *//p'
s uuids; has lsblk && lsblk --list --noheadings --paths --output NAME,UUID --exclude 2`,
    collect: (sections) => ({ mounts: mounts(sections('mtab'), sections('sizes'), sections('binds'), sections('uuids')) }),
  },
  {
    name: 'devices', facts: [], isMinimal: false,
    script: `s devices; for d in /sys/block/*; do [ -e "$d" ] || continue; n=\${d##*/}; case $n in ram*|fd*) continue;; esac; echo "== $n"
for k in vendor model; do v=; read -r v <"$d/device/$k" && [ -n "$v" ] && echo "$k $v"; done; v=; read -r v <"$d/removable" && echo "removable $v"
v=; read -r v <"$d/queue/discard_granularity" && echo "support_discard $v"; v=; read -r v <"$d/queue/rotational" && echo "rotational $v"
v=; read -r v <"$d/queue/scheduler" && echo "scheduler $v"; v=; read -r v <"$d/queue/hw_sector_size" && echo "sectorsize $v"
v=; read -r v <"$d/size" && echo "size $v"; for h in "$d"/holders/*; do [ -e "$h" ] && echo "holder \${h##*/}"; done
for p in "$d/$n"*; do [ -e "$p/start" ] || continue; echo "@ \${p##*/}"; read -r v <"$p/start"; echo "start $v"; read -r v <"$d/queue/hw_sector_size"; echo "sectorsize $v"; read -r v <"$p/size"; echo "size $v"; done; done`,
    collect: (sections) => ({ devices: devices(sections('devices')), device_links: { ids: {}, uuids: {}, labels: {}, masters: {} } }),
  },
]

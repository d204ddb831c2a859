/** Each option of a container once: the flag of `docker create` that sets it, and where `docker inspect` shows it. */
import { Failure } from '../../core/errors.ts'
import type { Data } from '../../core/types.ts'
import { dig } from '../../probes/docker.ts'
import { splitWords } from '../../core/words.ts'
import type { ContainerArgs } from './wanted.ts'

/** Text for comparing; sets are sorted texts, of which `present` ones may be more than asked. */
export type Shape = string | readonly string[]
export interface Setting {
  readonly name: string
  readonly flags: readonly string[]
  readonly asked: Shape
  readonly is: Shape
  /** Where there are more than asked, that is no difference. */
  readonly more: boolean
}

const text = (value: unknown): string => value === undefined || value === null ? '' : String(value)
export const list = (value: unknown): string[] => Array.isArray(value) ? value.map(text) : []
const dict = (value: unknown): readonly (readonly [string, unknown])[] => typeof value === 'object' && value !== null ? Object.entries(value) : []
const pairsOf = (value: unknown): string[] => dict(value).map(([name, one]) => `${name}=${text(one)}`).sort()

/** `512M`, `1g`, `1.5GiB` as bytes. */
export function bytes(size: string): number {
  const match = /^([\d.]+)\s*([kmgtp]?)(i?b)?$/i.exec(size.trim())
  if (match === null) { if (size === 'unlimited' || size === '-1') return -1; throw new Failure(`'${size}' is no size; sizes are written as 512M or 2G`) }
  return Math.floor(Number(match[1]) * 1024 ** ' kmgtp'.indexOf((match[2] ?? '').toLowerCase() || ' '))
}
/** `1m30s` as nanoseconds; a plain number is seconds. */
function nanoseconds(duration: string): number {
  const units: Readonly<Record<string, number>> = { ns: 1, us: 1e3, ms: 1e6, s: 1e9, m: 6e10, h: 3.6e12 }
  if (/^\d+$/.test(duration)) return Number(duration) * 1e9
  return [...duration.matchAll(/([\d.]+)(ns|us|ms|s|m|h)/g)].reduce((sum, [, amount = '0', unit = 's']) => sum + Number(amount) * (units[unit] ?? 0), 0)
}

/** `127.0.0.1:8000-8001:80-81/tcp` as one entry a port: `80/tcp=127.0.0.1:8000`. */
export function portEntries(ports: readonly string[], hostIp = ''): string[] {
  return ports.filter((one) => one.toLowerCase() !== 'all').flatMap((entry) => {
    const [spec = '', protocol = 'tcp'] = entry.split('/')
    const match = /^(?:(?:(\[[^\]]*\]|[\d.]+):)?(\d+(?:-\d+)?)?:)?(\d+(?:-\d+)?)$/.exec(spec)
    if (match === null) throw new Failure(`'${entry}' is no port; ports are written as 8080:80, 127.0.0.1:8080:80/udp or 80`)
    const range = (part: string | undefined): number[] => {
      if (part === undefined) return []
      const [from = 0, to = from] = part.split('-').map(Number)
      return Array.from({ length: to - from + 1 }, (_, i) => from + i)
    }
    const [, address = hostIp, outside, inside] = match
    const outer = range(outside), inner = range(inside)
    if (outer.length > 0 && outer.length !== inner.length) throw new Failure(`'${entry}': both ranges of ports must be of one length`)
    return inner.map((port, i) => `${port}/${protocol}=${address.replace(/^\[|\]$/g, '')}:${outer[i] ?? ''}`)
  }).sort()
}
const bindings = (value: unknown): string[] => dict(value).flatMap(([port, outside]) =>
  (Array.isArray(outside) ? outside : []).map((one: unknown) => `${port}=${text(dig(one, 'HostIp')).replace('0.0.0.0', '')}:${text(dig(one, 'HostPort'))}`)).sort()

const capability = (name: string): string => name.toUpperCase().replace(/^CAP_/, '')
/** `/from:/to` and `/from:/to:rw` are the same. */
const bind = (volume: string): string => {
  const [from = '', to, mode = 'rw'] = volume.split(':')
  return to === undefined ? from : `${from}:${to}:${mode.split(',').filter((one) => !['z', 'Z'].includes(one)).sort().join(',') || 'rw'}`
}
export const commandWords = (command: unknown): string[] | undefined =>
  command === undefined || command === null ? undefined : Array.isArray(command) ? command.map(text) : splitWords(text(command))

const repeat = (flag: string, values: readonly string[]): string[] => values.flatMap((value) => [flag, value])

/** All settings that the arguments ask for; `live` is what docker inspect says, empty for a new container. */
export function settingsOf(args: ContainerArgs, live: Data): Setting[] {
  const out: Setting[] = []
  const config = (...path: string[]): unknown => dig(live, 'Config', ...path)
  const host = (...path: string[]): unknown => dig(live, 'HostConfig', ...path)
  const one = (name: string, asked: unknown, is: unknown, ...flags: string[]): void => { if (asked !== undefined && asked !== null) out.push({ name, flags, asked: text(asked), is: text(is), more: false }) }
  const many = (name: string, asked: readonly string[] | undefined, is: readonly string[], flags: readonly string[], more = true): void => {
    if (asked !== undefined) out.push({ name, flags, asked: [...asked].sort(), is: [...is].sort(), more })
  }
  const flag = (name: string, asked: boolean | undefined, is: unknown, word: string): void => one(name, asked, is ?? false, ...(asked === true ? [word] : []))
  const size = (name: string, asked: string | undefined, is: unknown, word: string): void => {
    if (asked !== undefined) one(name, bytes(asked), is ?? 0, word, asked === 'unlimited' ? '-1' : String(bytes(asked)))
  }
  one('hostname', args.hostname, config('Hostname'), '--hostname', text(args.hostname))
  one('domainname', args.domainname, config('Domainname'), '--domainname', text(args.domainname))
  one('user', args.user, config('User'), '--user', text(args.user))
  one('working_dir', args.working_dir, config('WorkingDir'), '--workdir', text(args.working_dir))
  one('stop_signal', args.stop_signal, config('StopSignal'), '--stop-signal', text(args.stop_signal))
  one('stop_timeout', args.stop_timeout, config('StopTimeout'), '--stop-timeout', text(args.stop_timeout))
  flag('tty', args.tty, config('Tty'), '--tty')
  flag('interactive', args.interactive, config('OpenStdin'), '--interactive')
  flag('init', args.init, host('Init'), '--init')
  flag('privileged', args.privileged, host('Privileged'), '--privileged')
  flag('read_only', args.read_only, host('ReadonlyRootfs'), '--read-only')
  flag('auto_remove', args.auto_remove, host('AutoRemove'), '--rm')
  flag('publish_all_ports', args.publish_all_ports ?? (args.published_ports?.some((port) => port.toLowerCase() === 'all') === true ? true : undefined), host('PublishAllPorts'), '--publish-all')
  if (args.oom_killer !== undefined) one('oom_killer', !args.oom_killer, host('OomKillDisable') ?? false, ...(args.oom_killer ? [] : ['--oom-kill-disable']))
  one('oom_score_adj', args.oom_score_adj, host('OomScoreAdj'), '--oom-score-adj', text(args.oom_score_adj))
  for (const [name, key, word] of [
    ['cgroupns_mode', 'CgroupnsMode', '--cgroupns'], ['cgroup_parent', 'CgroupParent', '--cgroup-parent'], ['network_mode', 'NetworkMode', '--network'], ['pid_mode', 'PidMode', '--pid'],
    ['ipc_mode', 'IpcMode', '--ipc'], ['uts', 'UTSMode', '--uts'], ['userns_mode', 'UsernsMode', '--userns'], ['runtime', 'Runtime', '--runtime'], ['volume_driver', 'VolumeDriver', '--volume-driver'],
    ['cpuset_cpus', 'CpusetCpus', '--cpuset-cpus'], ['cpuset_mems', 'CpusetMems', '--cpuset-mems'],
  ] as const) one(name, args[name], host(key), word, text(args[name]))
  for (const [name, key, word] of [
    ['cpu_shares', 'CpuShares', '--cpu-shares'], ['cpu_period', 'CpuPeriod', '--cpu-period'], ['cpu_quota', 'CpuQuota', '--cpu-quota'], ['blkio_weight', 'BlkioWeight', '--blkio-weight'],
    ['pids_limit', 'PidsLimit', '--pids-limit'], ['memory_swappiness', 'MemorySwappiness', '--memory-swappiness'],
  ] as const) one(name, args[name], host(key) ?? 0, word, text(args[name]))
  if (args.cpus !== undefined) one('cpus', Math.round(args.cpus * 1e9), host('NanoCpus') ?? 0, '--cpus', text(args.cpus))
  size('memory', args.memory, host('Memory'), '--memory')
  size('memory_reservation', args.memory_reservation, host('MemoryReservation'), '--memory-reservation')
  size('memory_swap', args.memory_swap, host('MemorySwap'), '--memory-swap')
  size('shm_size', args.shm_size, host('ShmSize'), '--shm-size')
  one('log_driver', args.log_driver, host('LogConfig', 'Type'), '--log-driver', text(args.log_driver))
  many('log_options', args.log_options && pairsOf(args.log_options), pairsOf(host('LogConfig', 'Config')), repeat('--log-opt', pairsOf(args.log_options)))
  if (args.restart_policy !== undefined) {
    const retries = args.restart_policy === 'on-failure' && args.restart_retries !== undefined ? `:${args.restart_retries}` : ''
    const is = `${text(host('RestartPolicy', 'Name')) || 'no'}${retries === '' ? '' : `:${text(host('RestartPolicy', 'MaximumRetryCount'))}`}`
    one('restart_policy', args.restart_policy + retries, is, '--restart', args.restart_policy + retries)
  }
  lists(args, config, host, many)
  health(args, config, one)
  const command = commandWords(args.command)
  if (command !== undefined) one('command', JSON.stringify(command), JSON.stringify(list(config('Cmd'))))
  if (args.entrypoint !== undefined) one('entrypoint', JSON.stringify(args.entrypoint), JSON.stringify(list(config('Entrypoint'))), '--entrypoint', args.entrypoint[0] ?? '')
  return out
}

type Many = (name: string, asked: readonly string[] | undefined, is: readonly string[], flags: readonly string[], more?: boolean) => void
type Part = (...path: string[]) => unknown
function lists(args: ContainerArgs, config: Part, host: Part, many: Many): void {
  many('env', args.env && pairsOf(args.env), list(config('Env')), repeat('--env', pairsOf(args.env)))
  if (args.env_file !== undefined) many('env_file', [], [], ['--env-file', args.env_file])
  many('labels', args.labels && pairsOf(args.labels), pairsOf(config('Labels')), repeat('--label', pairsOf(args.labels)))
  many('capabilities', args.capabilities?.map(capability), list(host('CapAdd')).map(capability), repeat('--cap-add', args.capabilities ?? []))
  many('cap_drop', args.cap_drop?.map(capability), list(host('CapDrop')).map(capability), repeat('--cap-drop', args.cap_drop ?? []))
  many('security_opts', args.security_opts?.map((one) => one.replace(':', '=')), list(host('SecurityOpt')).map((one) => one.replace(':', '=')), repeat('--security-opt', args.security_opts ?? []))
  many('groups', args.groups, list(host('GroupAdd')), repeat('--group-add', args.groups ?? []))
  many('volumes', args.volumes?.filter((one) => one.includes(':')).map(bind), list(host('Binds')).map(bind), repeat('--volume', args.volumes ?? []))
  many('volumes_from', args.volumes_from, list(host('VolumesFrom')), repeat('--volumes-from', args.volumes_from ?? []))
  many('tmpfs', args.tmpfs?.map((one) => one.includes(':') ? one.replace(':', '=') : `${one}=`), pairsOf(host('Tmpfs')), repeat('--tmpfs', args.tmpfs ?? []))
  const devices = args.devices?.map((one) => { const [from = '', to = from, rights = 'rwm'] = one.split(':'); return `${from}:${to}:${rights}` })
  const has = host('Devices')
  many('devices', devices, (Array.isArray(has) ? has : []).map((one: unknown) => ['PathOnHost', 'PathInContainer', 'CgroupPermissions'].map((key) => text(dig(one, key))).join(':')), repeat('--device', args.devices ?? []))
  many('device_cgroup_rules', args.device_cgroup_rules, list(host('DeviceCgroupRules')), repeat('--device-cgroup-rule', args.device_cgroup_rules ?? []))
  const ports = args.published_ports === undefined ? undefined : portEntries(args.published_ports, args.default_host_ip)
  many('published_ports', ports?.map((one) => one.replace('=0.0.0.0:', '=:')), bindings(host('PortBindings')).map((one) => ports?.includes(`${one.split('=')[0] ?? ''}=:`) === true ? `${one.split('=')[0] ?? ''}=:` : one),
    repeat('--publish', (ports ?? []).map((one) => { const [inside = '', outside = ''] = one.split('='); const at = outside.lastIndexOf(':'), address = outside.slice(0, at); return `${address === '' ? '' : `${address.includes(':') ? `[${address}]` : address}:`}${outside.slice(at + 1)}:${inside}` })), false)
  many('exposed_ports', args.exposed_ports?.map((one) => one.includes('/') ? one : `${one}/tcp`), dict(config('ExposedPorts')).map(([port]) => port), repeat('--expose', args.exposed_ports ?? []))
  many('links', args.links, [], repeat('--link', args.links ?? []))
  many('dns_servers', args.dns_servers, list(host('Dns')), repeat('--dns', args.dns_servers ?? []))
  many('dns_search_domains', args.dns_search_domains, list(host('DnsSearch')), repeat('--dns-search', args.dns_search_domains ?? []))
  many('dns_opts', args.dns_opts, list(host('DnsOptions')), repeat('--dns-option', args.dns_opts ?? []))
  const hosts = args.etc_hosts && dict(args.etc_hosts).map(([name, address]) => `${name}:${text(address)}`)
  many('etc_hosts', hosts, list(host('ExtraHosts')), repeat('--add-host', hosts ?? []))
  many('sysctls', args.sysctls && pairsOf(args.sysctls), pairsOf(host('Sysctls')), repeat('--sysctl', pairsOf(args.sysctls)))
  many('storage_opts', args.storage_opts && pairsOf(args.storage_opts), pairsOf(host('StorageOpt')), repeat('--storage-opt', pairsOf(args.storage_opts)))
  const limits = args.ulimits?.map((one) => { const [name = '', soft = '', hard = soft] = one.split(/[:=]/); return `${name}=${soft}:${hard}` })
  const set = host('Ulimits')
  many('ulimits', limits, (Array.isArray(set) ? set : []).map((one: unknown) => `${text(dig(one, 'Name'))}=${text(dig(one, 'Soft'))}:${text(dig(one, 'Hard'))}`), repeat('--ulimit', limits ?? []))
  const mounts = args.mounts?.map(mountText)
  const mounted = host('Mounts')
  many('mounts', args.mounts?.map(({ target }) => text(target)), (Array.isArray(mounted) ? mounted : []).map((one: unknown) => text(dig(one, 'Target'))), repeat('--mount', mounts ?? []))
}
function mountText(mount: Readonly<Data>): string {
  const parts = [`type=${text(mount.type)}`, ...(mount.source === undefined ? [] : [`source=${text(mount.source)}`]), `target=${text(mount.target)}`]
  if (mount.read_only === true) parts.push('readonly')
  if (mount.propagation !== undefined) parts.push(`bind-propagation=${text(mount.propagation)}`)
  if (mount.tmpfs_size !== undefined) parts.push(`tmpfs-size=${bytes(text(mount.tmpfs_size))}`)
  if (mount.tmpfs_mode !== undefined) parts.push(`tmpfs-mode=${text(mount.tmpfs_mode)}`)
  if (mount.no_copy === true) parts.push('volume-nocopy=true')
  if (mount.volume_driver !== undefined) parts.push(`volume-driver=${text(mount.volume_driver)}`)
  return [...parts, ...pairsOf(mount.volume_options).map((one) => `volume-opt=${one}`), ...pairsOf(mount.labels).map((one) => `volume-label=${one}`)].join(',')
}
function health(args: ContainerArgs, config: Part, one: (name: string, asked: unknown, is: unknown, ...flags: string[]) => void): void {
  const check = args.healthcheck
  if (check === undefined) return
  const { test } = check
  if (test !== undefined && test !== null) {
    const words = list(test), shell = Array.isArray(test) ? (words[0] === 'CMD-SHELL' ? words[1] ?? '' : undefined) : text(test)
    if (words[0] === 'NONE' || shell === 'NONE') one('healthcheck.test', 'NONE', list(config('Healthcheck', 'Test')).join(' '), '--no-healthcheck')
    else if (shell !== undefined) one('healthcheck.test', `CMD-SHELL ${shell}`, list(config('Healthcheck', 'Test')).join(' '), '--health-cmd', shell)
    else {
      // The docker command can only make shell checks: the words are quoted for it.
      const line = words.slice(words[0] === 'CMD' ? 1 : 0).map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(' ')
      one('healthcheck.test', `CMD-SHELL ${line}`, list(config('Healthcheck', 'Test')).join(' '), '--health-cmd', line)
    }
  }
  for (const [name, key, flag] of [['interval', 'Interval', '--health-interval'], ['timeout', 'Timeout', '--health-timeout'], ['start_period', 'StartPeriod', '--health-start-period']] as const) {
    const value = check[name]
    if (value !== undefined && value !== null) one(`healthcheck.${name}`, nanoseconds(text(value)), config('Healthcheck', key), flag, /^\d+$/.test(text(value)) ? `${text(value)}s` : text(value))
  }
  if (check.retries !== undefined && check.retries !== null) one('healthcheck.retries', check.retries, config('Healthcheck', 'Retries'), '--health-retries', text(check.retries))
}

/** True where a setting is as asked; `how` is the user's word in `comparisons`. */
export function isSame({ asked, is, more }: Setting, how: string | undefined): boolean {
  if (how === 'ignore') return true
  if (typeof asked === 'string' || typeof is === 'string') return asked === is
  const allowsMore = how === undefined ? more : how === 'allow_more_present'
  return asked.every((one) => is.includes(one)) && (allowsMore || is.length === asked.length)
}

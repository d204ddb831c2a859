/**
 * Runs the same work by each tool in turns and prints what each took as a ratio to play, in one run on one machine: lone times say
 * nothing about another. Bytes and turns are counted by the proxy in front of the hosts.
 */
import { execFile, execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { type BenchHost, startHost } from './hosts.ts'
import { prepareTools, type ToolName, type Tools } from './tools.ts'

interface Job {
  readonly title: string
  /** File in work/, without its ending. */
  readonly work: string
  readonly hosts: 'one' | 'many'
  readonly rttMs: number
  /** What puts a host back to where the work changes all; undefined: the work was done before and changes nothing. */
  readonly reset?: string
}
interface Measured { readonly ms: number; readonly bytes: number; readonly turns: number; readonly connections: number }

const resetRole = `systemctl disable --now bench-app; rm -rf /srv/bench-app /etc/systemd/system/bench-app.service /etc/logrotate.d/bench-app /etc/sudoers.d/bench-app
  systemctl daemon-reload; sed -i /benchapp/d /etc/security/limits.conf; for u in benchanna benchbert benchapp; do userdel -r $u; done; groupdel benchapp; true`
const jobs: readonly Job[] = [
  { title: 'start, no task', work: 'empty', hosts: 'one', rttMs: 0 },
  ...[0, 30, 100].map((rttMs): Job => ({ title: '20 directories, converged', work: 'directories', hosts: 'one', rttMs })),
  ...[0, 30, 100].map((rttMs): Job => ({ title: 'role, converged', work: 'role', hosts: 'one', rttMs })),
  ...[0, 30].map((rttMs): Job => ({ title: 'role, all new', work: 'role', hosts: 'one', rttMs, reset: resetRole })),
  ...[0, 30].map((rttMs): Job => ({ title: 'loop of 100 commands', work: 'commands', hosts: 'one', rttMs })),
  { title: 'loop of 200 small files, converged', work: 'copies', hosts: 'one', rttMs: 0 },
  ...[0, 30].map((rttMs): Job => ({ title: 'loop of 200 small files, all new', work: 'copies', hosts: 'one', rttMs, reset: 'rm -rf /srv/bench-copies' })),
  { title: '20 directories, converged, many hosts at once', work: 'directories', hosts: 'many', rttMs: 0 },
]
const names: readonly ToolName[] = ['play', 'ansible', 'mitogen', 'pyinfra']
const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN

function writeInventories(folder: string, hosts: readonly BenchHost[]): void {
  writeFileSync(join(folder, 'config.py'), 'CONNECT_TIMEOUT = 120\n') // pyinfra reads it where it is started
  for (const [name, some] of [['one', hosts.slice(0, 1)], ['many', hosts]] as const) {
    writeFileSync(join(folder, name), ['[bench]', ...some.map((host) => `${host.name} ansible_host=127.0.0.1 ansible_port=${host.proxy.port}`), '[bench:vars]',
      'ansible_user=deploy', `ansible_ssh_private_key_file=${join(folder, 'key')}`, `ansible_ssh_known_hosts_file=${join(folder, 'known_hosts')}`, ''].join('\n'))
    const data = (host: BenchHost): string => JSON.stringify({
      ssh_hostname: '127.0.0.1', ssh_port: host.proxy.port, ssh_user: 'deploy', ssh_key: join(folder, 'key'), ssh_known_hosts_file: join(folder, 'known_hosts'), ssh_strict_host_key_checking: 'yes',
    })
    writeFileSync(join(folder, `${name}.py`), `bench = [\n${some.map((host) => `    (${JSON.stringify(host.name)}, ${data(host)}),\n`).join('')}]\n`)
  }
}

/** One run of the work; fails where the tool does, or where it changes what should be as it is. */
function once(tools: Tools, tool: ToolName, job: Job, folder: string, hosts: readonly BenchHost[], isConverged: boolean): Promise<Measured> {
  const { file, args, env } = tools.command(tool, job.work, job.hosts, folder)
  for (const { proxy } of hosts) Object.assign(proxy.counted, { bytes: 0, turns: 0, connections: 0 })
  const sum = (key: 'bytes' | 'turns' | 'connections'): number => hosts.reduce((all, host) => all + host.proxy.counted[key], 0)
  const started = process.hrtime.bigint()
  return new Promise((resolve, reject) => {
    execFile(file, args, { env: { ...process.env, ...env }, maxBuffer: 1 << 26, cwd: folder }, (error, stdout, stderr) => {
      const ms = Number(process.hrtime.bigint() - started) / 1e6
      if (error !== null) { reject(new Error(`${tool}, ${job.title}: ${error.message}\n${stdout.slice(-3000)}\n${stderr.slice(-3000)}`)); return }
      // pyinfra's word for an operation that did something is Success, on its error stream
      if (isConverged && job.work !== 'commands' && (tool === 'pyinfra' ? /\] .*Success\b/.test(stderr) : /changed=[1-9]/.test(stdout))) { reject(new Error(`${tool}, ${job.title}: something changed\n${stdout.slice(-3000)}\n${stderr.slice(-3000)}`)); return }
      resolve({ ms, bytes: sum('bytes'), turns: sum('turns'), connections: sum('connections') })
    })
  })
}

async function measure(tools: Tools, job: Job, folder: string, hosts: readonly BenchHost[], rounds: number): Promise<Map<ToolName, Measured[]>> {
  const results = new Map<ToolName, Measured[]>(names.map((name) => [name, []]))
  const used = job.hosts === 'one' ? hosts.slice(0, 1) : hosts
  // One tool makes it so, then none may change anything: what they do must be the same.
  if (job.reset === undefined) await once(tools, 'play', job, folder, used, false)
  for (let round = 0; round < rounds; round++) {
    for (const tool of names.map((_, i) => names[(i + round) % names.length] ?? 'play')) {
      if (job.reset !== undefined) await Promise.all(used.map((host) => host.sh(job.reset ?? '')))
      for (const host of used) host.proxy.rttMs = job.rttMs
      const one = await once(tools, tool, job, folder, used, job.reset === undefined)
      results.get(tool)?.push(one)
      console.error(`  ${job.title}, ${job.rttMs} ms, round ${round + 1}: ${tool} ${(one.ms / 1000).toFixed(2)} s, ${one.turns} turns, ${Math.round(one.bytes / 1024)} KiB, ${one.connections} connections`)
    }
  }
  for (const host of used) host.proxy.rttMs = 0
  return results
}

function row(job: Job, results: ReadonlyMap<ToolName, readonly Measured[]>): string {
  const play = median((results.get('play') ?? []).map((one) => one.ms))
  const ratios = names.slice(1).map((name) => {
    const all = (results.get(name) ?? []).map((one) => one.ms / play)
    return `**${median(all).toFixed(1)}** (${Math.min(...all).toFixed(1)}–${Math.max(...all).toFixed(1)})`
  })
  const own = (results.get('play') ?? []).map((one) => one.ms / play)
  const counts = (key: 'turns' | 'bytes', shown: (value: number) => string): string => names.map((name) => shown(median((results.get(name) ?? []).map((one) => one[key])))).join(' / ')
  return `| ${job.title} | ${job.rttMs} ms | 1 (${Math.min(...own).toFixed(1)}–${Math.max(...own).toFixed(1)}) | ${ratios.join(' | ')} | ${counts('turns', String)} | ${counts('bytes', (value) => `${Math.round(value / 1024)}`)} |`
}

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '3' }, only: { type: 'string' }, hosts: { type: 'string', default: '10' }, rtt: { type: 'string' }, keep: { type: 'boolean', default: false } } })
const most = Number(values.hosts)
const chosen = jobs.filter((job) => (values.only === undefined || values.only.split(',').includes(job.work)) && (job.hosts === 'one' || most > 1)
  && (values.rtt === undefined || values.rtt.split(',').includes(String(job.rttMs))))
const folder = mkdtempSync(join(tmpdir(), 'play-bench-'))
const hosts: BenchHost[] = []
// Ctrl-C ends the tool that runs now, so the run fails and what was started here is removed below
process.once('SIGINT', () => undefined)
try {
  const tools = await prepareTools()
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(folder, 'key')])
  for (let i = 1; i <= (chosen.some((job) => job.hosts === 'many') ? most : 1); i++) hosts.push(await startHost(`play-bench-${process.pid}-${i}`, folder))
  writeInventories(folder, hosts)
  console.log(`${tools.versions.join(', ')}; ${cpus().length} × ${cpus()[0]?.model ?? '?'}; ${values.rounds} rounds; many hosts: ${most}\n`)
  console.log(`| work | round trip | play | ${names.slice(1).join(' | ')} | turns (${names.join(' / ')}) | KiB (the same) |`)
  console.log(`|---|---|---|${names.map(() => '---|').join('')}---|`)
  for (const job of chosen) console.log(row(job, await measure(tools, job, folder, hosts, Number(values.rounds))))
} finally {
  if (!values.keep) for (const host of hosts) await host.remove()
  else for (const host of hosts) await host.proxy.close()
  rmSync(folder, { recursive: true })
}

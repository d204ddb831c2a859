/** Hosts to work on: containers with systemd and sshd, an account `deploy` that may sudo, a key, and a proxy in front of each. */
import { execFile } from 'node:child_process'
import { appendFileSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { type Proxy, startProxy } from './proxy.ts'

const exec = promisify(execFile)
const docker = async (...args: readonly string[]): Promise<string> => (await exec('docker', args)).stdout.trim()

const image = process.env['PLAY_DEBIAN_IMAGE'] ?? 'play-base:12'
/** systemd as init without --privileged, as in the lab. */
const rights = ['--cap-add', 'SYS_ADMIN', '--cap-add', 'NET_ADMIN', '--security-opt', 'seccomp=unconfined', '--security-opt', 'apparmor=unconfined',
  '--tmpfs', '/run', '--tmpfs', '/tmp', '-v', '/sys/fs/cgroup:/sys/fs/cgroup:rw', '--cgroupns=host']

export interface BenchHost { readonly name: string; readonly proxy: Proxy; sh(script: string): Promise<string>; remove(): Promise<void> }

export async function startHost(name: string, folder: string): Promise<BenchHost> {
  await docker('rm', '-f', name).catch(() => '')
  await docker('run', '-d', '--name', name, '--hostname', name, ...rights, image, '/sbin/init')
  const sh = (script: string): Promise<string> => docker('exec', name, 'sh', '-c', script)
  await sh(`n=0; until systemctl is-active -q ssh || [ $n -gt 300 ]; do n=$((n+1)); sleep 0.2; done
    useradd -m -s /bin/bash deploy; echo 'deploy ALL=(ALL) NOPASSWD: ALL' >/etc/sudoers.d/deploy; chmod 440 /etc/sudoers.d/deploy
    mkdir -p /home/deploy/.ssh; echo '${readFileSync(join(folder, 'key.pub'), 'utf8').trim()}' >/home/deploy/.ssh/authorized_keys; chown -R deploy: /home/deploy/.ssh
    printf 'MaxStartups 100\\nMaxSessions 30\\n' >/etc/ssh/sshd_config.d/bench.conf; systemctl restart ssh`)
  const address = await docker('inspect', '-f', '{{.NetworkSettings.IPAddress}}', name)
  const proxy = await startProxy(address, 22)
  for (const line of (await sh('cat /etc/ssh/ssh_host_*_key.pub')).split('\n')) appendFileSync(join(folder, 'known_hosts'), `[127.0.0.1]:${proxy.port} ${line}\n`)
  return { name, proxy, sh, remove: async () => { await proxy.close(); await docker('rm', '-f', name) } }
}

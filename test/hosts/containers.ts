/** Containers for tests: started here, removed here, also when a test throws. A test that needs one fails where there is no engine; it never skips. */
import { execFile, execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const exec = promisify(execFile)
const started = new Set<string>()

/** Runs a program and gives its standard output; fails with what it said. */
export async function runProgram(file: string, ...args: string[]): Promise<string> {
  const { stdout } = await exec(file, args, { maxBuffer: 64 * 1024 * 1024 })
  return stdout
}

export interface TestContainer {
  readonly name: string
  /** Runs a script as root inside. */
  sh(script: string): Promise<string>
  address(): Promise<string>
  remove(): Promise<void>
}

/** A container that does nothing until somebody enters it. */
export async function startContainer(image?: string, ...options: string[]): Promise<TestContainer> {
  const name = `play-test-${process.pid}-${started.size + 1}-${Math.floor(Math.random() * 1e6)}`
  await runProgram('docker', 'run', '-d', '--init', '--label', 'play-test', '--name', name, ...options, image ?? await debianImage(), 'sleep', '3600')
  if (started.size === 0) process.once('exit', removeAll)
  started.add(name)
  return {
    name,
    sh: (script) => runProgram('docker', 'exec', name, 'sh', '-c', script),
    address: async () => (await runProgram('docker', 'inspect', '-f', '{{.NetworkSettings.IPAddress}}', name)).trim(),
    async remove() {
      started.delete(name)
      await runProgram('docker', 'rm', '-f', name)
    },
  }
}

function removeAll(): void {
  for (const name of started) {
    try { execFileSync('docker', ['rm', '-f', name], { stdio: 'ignore' }) } catch { continue } // already gone
  }
}

/** Makes an image by the script that is there for it; the script does nothing where the image is there already. */
const madeBy = async (script: string, image: string): Promise<string> => {
  const isThere = await runProgram('docker', 'image', 'inspect', image).then(() => true, () => false)
  if (!isThere) await runProgram('sh', join(import.meta.dirname, script))
  return image
}
/** An image with nothing but BusyBox, from Debian's static build. */
export const busyboxImage = (): Promise<string> => madeBy('busybox-image.sh', process.env['PLAY_BUSYBOX_IMAGE'] ?? 'play-busybox:1')
/** Debian with systemd, sshd, sudo and Python, as the lab uses it. */
export const debianImage = (): Promise<string> => madeBy('../../lab/base-image.sh', process.env['PLAY_DEBIAN_IMAGE'] ?? 'play-base:12')

export interface SshHost extends TestContainer {
  readonly ip: string
  /** Holds keys and known_hosts of this host; removed with it. */
  readonly folder: string
  readonly knownHosts: string
  /** `ed25519`, `rsa`, `ecdsa`, and `locked` with the passphrase `open sesame`. */
  key(kind: 'ed25519' | 'rsa' | 'ecdsa' | 'locked'): string
}

/** A container with sshd, the accounts of `addAccounts`, and keys that let `deploy` in. */
export async function startSshHost(): Promise<SshHost> {
  const container = await startContainer()
  const folder = mkdtempSync(join(tmpdir(), 'play-ssh-test-'))
  const key = (kind: string): string => join(folder, kind)
  await Promise.all([
    addAccounts(container),
    ...['ed25519', 'rsa', 'ecdsa'].map((kind) => runProgram('ssh-keygen', '-q', '-t', kind, '-N', '', '-f', key(kind))),
    runProgram('ssh-keygen', '-q', '-t', 'ed25519', '-N', 'open sesame', '-f', key('locked')),
  ])
  const keys = ['ed25519', 'rsa', 'ecdsa', 'locked'].map((kind) => readFileSync(`${key(kind)}.pub`, 'utf8')).join('')
  await container.sh(`ssh-keygen -A >/dev/null; mkdir -p /run/sshd /home/deploy/.ssh; printf '%s' '${keys}' >/home/deploy/.ssh/authorized_keys
    chown -R deploy: /home/deploy/.ssh; printf 'MaxStartups 100\\n' >/etc/ssh/sshd_config.d/test.conf; /usr/sbin/sshd`)
  const ip = await container.address()
  const knownHosts = join(folder, 'known_hosts')
  const shown = await container.sh('cat /etc/ssh/ssh_host_*_key.pub')
  writeFileSync(knownHosts, shown.trim().split('\n').map((line) => `${ip} ${line}\n`).join(''))
  return {
    ...container, ip, folder, knownHosts, key,
    async remove() {
      rmSync(folder, { recursive: true, force: true })
      await container.remove()
    },
  }
}

/** `deploy` (password `secret one`, may sudo with it) and `limited` (password `secret two`, may not). */
export async function addAccounts(container: TestContainer): Promise<void> {
  await container.sh(`useradd -m -s /bin/bash deploy; useradd -m -s /bin/sh limited
    printf 'deploy:secret one\\nlimited:secret two\\n' | chpasswd
    printf 'deploy ALL=(ALL:ALL) ALL\\n' >/etc/sudoers.d/deploy; chmod 440 /etc/sudoers.d/deploy`)
}

/** doas is in no image of ours: Debian's package is put into the container. `deploy` may become anybody without a password, `limited` root with one. */
export async function addDoas(container: TestContainer): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'play-doas-'))
  try {
    await runProgram('sh', '-c', `cd "$1" && { apt-get download -q opendoas || { apt-get update && apt-get download -q opendoas; }; } >/dev/null 2>&1 && mv opendoas_*.deb doas.deb`, 'sh', folder)
    await runProgram('docker', 'cp', join(folder, 'doas.deb'), `${container.name}:/tmp/doas.deb`)
    await container.sh(`dpkg -i /tmp/doas.deb >/dev/null && rm /tmp/doas.deb
      printf 'permit nopass deploy\npermit limited as root\npermit nopass root\n' >/etc/doas.conf; chmod 400 /etc/doas.conf`)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

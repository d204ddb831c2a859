/**
 * Runs ansible-core's own integration targets, unmodified, each in a new container with systemd, by play or by ansible-core itself.
 *
 *   node --import tsx test/conformance/targets/run.ts play|ansible NAME…
 *
 * SOURCE is the unpacked source package of ansible-core, VENV a Python environment with ansible-core and pexpect in it; MOUNTS may name
 * more folders that VENV needs (the Python it was made from). One line a target, passed or failed; what it printed is in OUT/TOOL/NAME.log.
 */
import { execFile, spawn } from 'node:child_process'
import { createWriteStream, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'

const exec = promisify(execFile)
const setting = (name: string, otherwise?: string): string => {
  const value = process.env[name] ?? otherwise
  if (value === undefined) throw new Error(`set ${name} in the environment: see the head of ${import.meta.filename}`)
  return value
}
const source = setting('SOURCE'), venv = setting('VENV'), out = setting('OUT', 'targets-out'), limitSeconds = Number(setting('LIMIT', '300'))
const project = setting('PROJECT', join(import.meta.dirname, '../../..')), image = setting('IMAGE', 'play-targets:1'), width = Number(setting('WIDTH', '2'))
const [tool = '', ...names] = process.argv.slice(2)
if (tool !== 'play' && tool !== 'ansible' || names.length === 0) throw new Error('usage: run.ts play|ansible NAME…')

/** A container with systemd as its first process, made as the lab makes its own (playbooks/lab.yml). */
async function startContainer(name: string): Promise<string> {
  const mounts = [`${source}:/source:ro`, `${venv}:${venv}:ro`, `${project}:/play:ro`, `${process.execPath}:/usr/local/bin/node:ro`, '/sys/fs/cgroup:/sys/fs/cgroup:rw',
    ...setting('MOUNTS', '').split(' ').filter((folder) => folder !== '').map((folder) => `${folder}:${folder}:ro`)]
  const { stdout } = await exec('docker', ['run', '-d', '--name', `targets-${process.pid}-${name}`, '--hostname', 'testhost', '--cap-add', 'SYS_ADMIN', '--cap-add', 'NET_ADMIN', '--security-opt', 'seccomp=unconfined',
    '--security-opt', 'apparmor=unconfined', '--tmpfs', '/run', '--cgroupns', 'host', ...mounts.flatMap((mount) => ['-v', mount]), '-e', `VENV=${venv}`, '-e', `ADHOC=${setting('ADHOC', '')}`, image, '/sbin/init'])
  return stdout.trim()
}

async function runTarget(name: string): Promise<boolean> {
  const started = Date.now(), container = await startContainer(name)
  try {
    await exec('docker', ['exec', container, 'sh', '-c', 'for i in 1 2 3 4 5 6 7 8 9 10; do systemctl is-system-running --wait >/dev/null 2>&1; [ $? -lt 2 ] && break; sleep 1; done; true'])
    const log = createWriteStream(join(out, tool, `${name}.log`))
    const child = spawn('docker', ['exec', '-i', container, 'timeout', '-k', '5', String(limitSeconds), 'bash', '/play/test/conformance/targets/inside.sh', name, tool], { stdio: ['ignore', 'pipe', 'pipe'] })
    child.stdout.pipe(log, { end: false })
    child.stderr.pipe(log, { end: false })
    const code = await new Promise<number | null>((resolve) => { child.on('close', resolve) })
    log.end()
    process.stdout.write(`${code === 0 ? 'passed' : 'failed'} ${name} (exit ${code}${code === 124 ? ', out of time' : ''}; ${Math.round((Date.now() - started) / 1000)} s)\n`)
    return code === 0
  } finally {
    await exec('docker', ['rm', '-f', '-v', container])
  }
}

await exec('sh', [join(import.meta.dirname, 'image.sh'), image])
mkdirSync(join(out, tool), { recursive: true })
const waiting = [...names]
let passed = 0
await Promise.all(Array.from({ length: width }, async () => {
  for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) if (await runTarget(name)) passed += 1
}))
process.stdout.write(`${passed} of ${names.length} targets passed by ${tool}\n`)

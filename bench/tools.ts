/** The tools: how each is installed (PyPI, in a folder that is kept between runs), and how it is asked to do a piece of work with its best settings. */
import { execFile } from 'node:child_process'
import { existsSync, mkdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const exec = promisify(execFile)
const root = join(import.meta.dirname, '..')
const work = join(import.meta.dirname, 'work')
const cache = process.env['BENCH_CACHE'] ?? join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'play-bench')
/** ansible-core wants a recent Python; pip takes the newest version that the one found here can run. */
const pythons = [process.env['BENCH_PYTHON'], 'python3.14', 'python3.13', 'python3.12', 'python3'].filter((one) => one !== undefined)

export type ToolName = 'play' | 'ansible' | 'mitogen' | 'pyinfra'
export interface Command { readonly file: string; readonly args: readonly string[]; readonly env: Readonly<Record<string, string>> }
export interface Tools { readonly versions: readonly string[]; command(tool: ToolName, job: string, hosts: string, folder: string): Command }

async function venv(name: string, ...packages: readonly string[]): Promise<string> {
  const place = join(cache, name)
  if (!existsSync(join(place, 'done'))) {
    mkdirSync(cache, { recursive: true })
    for (const python of pythons) {
      const made = await exec(python, ['-m', 'venv', place]).then(() => true, () => false)
      if (made) break
    }
    await exec(join(place, 'bin/pip'), ['install', '-q', ...packages])
    mkdirSync(join(place, 'done'))
  }
  return place
}

/** What both of Ansible's ways have (all tools get time to connect on a busy machine): pipelining, a persistent connection (their default), no search for Python. Forks are equal for all. */
const ansibleEnv = (folder: string): Readonly<Record<string, string>> => ({
  ANSIBLE_PIPELINING: 'True', ANSIBLE_FORKS: '10', ANSIBLE_TIMEOUT: '120', ANSIBLE_PYTHON_INTERPRETER: '/usr/bin/python3', ANSIBLE_HOST_KEY_CHECKING: 'True', ANSIBLE_NOCOLOR: '1',
  ANSIBLE_SSH_ARGS: `-C -o ControlMaster=auto -o ControlPersist=60s -o UserKnownHostsFile=${join(folder, 'known_hosts')}`, ANSIBLE_DEPRECATION_WARNINGS: 'False',
})

export async function prepareTools(): Promise<Tools> {
  const ansible = await venv('ansible', 'ansible-core', 'mitogen')
  const pyinfra = await venv('pyinfra', 'pyinfra')
  const strategies = (await exec(join(ansible, 'bin/python'), ['-c', 'import ansible_mitogen, os; print(os.path.dirname(ansible_mitogen.__file__))'])).stdout.trim()
  const list = async (place: string, names: string): Promise<string[]> =>
    (await exec(join(place, 'bin/pip'), ['list', '--format=freeze'])).stdout.split('\n').filter((line) => new RegExp(`^(${names})==`).test(line)).map((line) => line.replace('==', ' '))
  const playVersion = (await exec('node', [join(root, 'dist/cli.js'), '--version'])).stdout.trim()
  return {
    versions: [playVersion, ...await list(ansible, 'ansible-core|mitogen'), ...await list(pyinfra, 'pyinfra|paramiko')],
    command(tool, job, hosts, folder) {
      const playbook = join(work, `${job}.yml`), inventory = ['-i', join(folder, hosts)]
      switch (tool) {
        case 'play': return { file: 'node', args: [join(root, 'dist/cli.js'), playbook, ...inventory, '-f', '10', '-T', '120'], env: {} }
        case 'ansible': return { file: join(ansible, 'bin/ansible-playbook'), args: [playbook, ...inventory], env: ansibleEnv(folder) }
        case 'mitogen': return {
          file: join(ansible, 'bin/ansible-playbook'), args: [playbook, ...inventory],
          env: { ...ansibleEnv(folder), ANSIBLE_STRATEGY_PLUGINS: join(strategies, 'plugins/strategy'), ANSIBLE_STRATEGY: 'mitogen_linear' },
        }
        case 'pyinfra': return { file: join(pyinfra, 'bin/pyinfra'), args: ['-y', '--parallel', '10', join(folder, `${hosts}.py`), join(work, `${job}.py`)], env: {} }
        default: return tool satisfies never
      }
    },
  }
}

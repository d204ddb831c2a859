/** Where a task's host is and which account it needs: behavioural variables over keywords over the command line, as Ansible resolves them. */
import type { Keywords } from '../core/types.ts'
import type { Become, Endpoint } from '../core/session.ts'
import type { Options } from '../core/options.ts'
import { fault } from '../core/errors.ts'
import { nearest } from '../core/near.ts'

/** Value of a variable for the host that is connected to, templated; undefined where unset. */
type Lookup = (name: string) => unknown

const text = (value: unknown): string | undefined => value === undefined || value === null || value === '' ? undefined : String(value)
const first = (...values: unknown[]): string | undefined => {
  for (const value of values) { const found = text(value); if (found !== undefined) return found }
  return undefined
}
export const truthy = (value: unknown): boolean =>
  typeof value === 'string' ? ['yes', 'true', 'on', '1', 'y', 't'].includes(value.toLowerCase()) : Boolean(value)
const number = (value: unknown): number | undefined => {
  const found = text(value)
  return found === undefined || Number.isNaN(Number(found)) ? undefined : Number(found)
}
const words = (value: unknown): readonly string[] => {
  if (Array.isArray(value)) return value.map(String)
  return (text(value)?.match(/'[^']*'|"[^"]*"|\S+/g) ?? []).map((word) => word.replace(/^(['"])(.*)\1$/, '$2'))
}

const kinds: Readonly<Record<string, Endpoint['connection']>> = {
  local: 'local', ssh: 'ssh', smart: 'ssh', paramiko: 'ssh', paramiko_ssh: 'ssh', openssh: 'openssh', docker: 'docker', podman: 'podman',
  'community.docker.docker': 'docker', 'containers.podman.podman': 'podman', 'ansible.builtin.ssh': 'ssh', 'ansible.builtin.local': 'local',
  'ansible.builtin.paramiko_ssh': 'ssh',
}

/** `name`: the inventory name, the address where no variable says otherwise. `kw`: the task's keywords, templated. */
export function endpointOf(name: string, variable: Lookup, kw: Keywords, options: Options): Endpoint {
  const wanted = first(variable('ansible_connection'), kw['connection'], options.connection, 'ssh') ?? 'ssh'
  const connection = kinds[wanted]
  if (connection === undefined) {
    const known = Object.keys(kinds).filter((one) => !one.includes('.'))
    throw fault('unknown-connection', undefined, { name: wanted, known, near: nearest(wanted, known) })
  }
  const host = first(variable('ansible_host'), variable('ansible_ssh_host'), variable('ansible_docker_host'), name) ?? name
  if (connection === 'local') return { connection, host: name, ...shell(variable, options) } // a shell of its own for each, so that they run side by side
  const user = first(variable('ansible_user'), variable('ansible_ssh_user'), kw['remote_user'], options.user)
  if (connection === 'docker' || connection === 'podman') {
    return { connection, host, ...(user === undefined ? {} : { user }), extraArgs: words(variable('ansible_docker_extra_args')), ...shell(variable, options) }
  }
  const wantedPort = first(variable('ansible_port'), variable('ansible_ssh_port'), kw['port'], options.port)
  const port = number(wantedPort)
  if (wantedPort !== undefined && (port === undefined || !Number.isInteger(port) || port < 1 || port > 65535)) throw fault('bad-port', undefined, { value: wantedPort, host: name })
  const password = first(variable('ansible_password'), variable('ansible_ssh_pass'), variable('ansible_ssh_password'), options.connectionPassword)
  const key = first(variable('ansible_ssh_private_key_file'), variable('ansible_private_key_file'), options.privateKeyFile)
  const checking = first(variable('ansible_ssh_host_key_checking'), variable('ansible_host_key_checking'), options.hostKeyChecking)
  const timeout = number(first(variable('ansible_ssh_timeout'), variable('ansible_timeout'), options.timeoutSeconds))
  const known = words(variable('ansible_ssh_known_hosts_file'))
  const passphrase = text(variable('ansible_ssh_private_key_passphrase') ?? variable('ansible_private_key_passphrase'))
  return {
    connection, host,
    ...(port === undefined ? {} : { port }), ...(user === undefined ? {} : { user }), ...(password === undefined ? {} : { password }),
    ...(key === undefined ? {} : { privateKeyFile: key }), ...(passphrase === undefined ? {} : { passphrase }),
    ...(checking === undefined ? {} : { hostKeyChecking: truthy(checking) }), ...(timeout === undefined ? {} : { timeoutSeconds: timeout }),
    ...(known.length === 0 ? {} : { knownHostsFiles: known }),
    sshArgs: [
      ...words(variable('ansible_ssh_args') ?? options.sshArgs), ...words(variable('ansible_ssh_common_args') ?? options.sshCommonArgs),
      ...words(variable('ansible_ssh_extra_args') ?? options.sshExtraArgs),
    ],
    ...shell(variable, options),
  }
}
const shell = (variable: Lookup, options: Options): { readonly shell?: string } => {
  const found = text(variable('ansible_shell_executable') ?? options.shell)
  return found === undefined ? {} : { shell: found }
}

/** The account that a task becomes, or undefined where it stays the one that connected. */
export function becomeOf(variable: Lookup, kw: Keywords, options: Options, endpoint: Endpoint): Become | undefined {
  const wanted = variable('ansible_become') ?? kw['become'] ?? options.become
  if (!truthy(wanted)) return undefined
  const method = first(variable('ansible_become_method'), kw['become_method'], options.becomeMethod, 'sudo') ?? 'sudo'
  const short = method.replace(/^(ansible\.builtin|community\.general)\./, '')
  if (short !== 'sudo' && short !== 'su' && short !== 'doas') throw fault('unknown-become', undefined, { name: method, known: ['sudo', 'su', 'doas'] })
  const user = first(variable('ansible_become_user'), kw['become_user'], options.becomeUser, 'root') ?? 'root'
  const password = first(
    variable('ansible_become_password'), variable('ansible_become_pass'), variable(`ansible_${short}_pass`), options.becomePassword,
  )
  const exe = first(variable('ansible_become_exe'), variable(`ansible_${short}_exe`), kw['become_exe'], options.becomeExe)
  const flags = first(variable('ansible_become_flags'), variable(`ansible_${short}_flags`), kw['become_flags'], options.becomeFlags)
  const chdir = short === 'sudo' ? first(variable('ansible_sudo_chdir')) : undefined
  const prompts = short === 'su' ? listed(variable('ansible_su_prompt_l10n') ?? options.settings?.['ANSIBLE_SU_PROMPT_L10N']) : []
  const timeout = endpoint.connection === 'local' ? number(variable('ansible_local_become_success_timeout')) : undefined
  return {
    ...(prompts.length === 0 ? {} : { prompts }), ...(timeout === undefined ? {} : { timeoutSeconds: timeout }),
    method: short, user, ...(chdir === undefined ? {} : { chdir }), ...(password === undefined ? {} : { password }), ...(exe === undefined ? {} : { exe }), ...(flags === undefined ? {} : { flags }),
  }
}

const listed = (value: unknown): readonly string[] =>
  (Array.isArray(value) ? value.map(String) : typeof value === 'string' ? value.split(',') : []).map((one) => one.trim()).filter((one) => one !== '')

/** Names a machine: hosts of the inventory with the same endpoint are one machine, and so are all local ones. */
export const machineKey = (endpoint: Endpoint): string => endpoint.connection === 'local' ? 'local' : `${endpoint.connection}:${endpoint.host}:${endpoint.port ?? ''}`
export const accountKey = (endpoint: Endpoint, become: Become | undefined, env: unknown): string =>
  JSON.stringify([endpoint.connection, endpoint.host, endpoint.port, endpoint.user, become?.method, become?.user, become?.chdir, env])

/**
 * Variables that say how a host is reached, where nothing of the inventory or playbook sets them: below all else. A task that is
 * delegated sees those of the host it is delegated to. Ansible: playbook/play_context.py (update_vars), get_delegated_vars_and_hostname.
 */
import type { Data, Frame, Task } from '../core/types.ts'
import type { Scope } from '../vars/scope.ts'
import type { Run } from './context.ts'

/** Two names of one thing; who sets one of them has set the other. */
const twins: Readonly<Record<string, string>> = {
  ansible_host: 'ansible_ssh_host', ansible_ssh_host: 'ansible_host', ansible_user: 'ansible_ssh_user', ansible_ssh_user: 'ansible_user',
  ansible_port: 'ansible_ssh_port', ansible_ssh_port: 'ansible_port',
}
const ofOther = [...Object.keys(twins), 'ansible_connection', 'ansible_private_key_file', 'ansible_ssh_private_key_file', 'ansible_shell_executable']

/** What the connection has from options and keywords alone. */
function otherwise(run: Run, task: Task | undefined, name: string): unknown {
  const { options } = run
  if (name === 'ansible_connection') return task?.kw['connection'] ?? options.connection ?? 'ssh'
  if (name === 'ansible_user' || name === 'ansible_ssh_user') return task?.kw['remote_user'] ?? options.user
  return name === 'ansible_port' || name === 'ansible_ssh_port' ? task?.kw['port'] : undefined
}

/** An object of these names, each found when it is asked for; JavaScript's undefined: there is none. */
function asked(names: readonly string[], find: (name: string) => unknown): Data {
  const found = (key: string | symbol): unknown => typeof key === 'string' && names.includes(key) ? find(key) : undefined
  return new Proxy({}, {
    get: (_, key) => found(key), has: (_, key) => found(key) !== undefined, ownKeys: () => names.filter((name) => find(name) !== undefined),
    getOwnPropertyDescriptor: (_, key) => {
      const value = found(key)
      return value === undefined ? undefined : { configurable: true, enumerable: true, value }
    },
  })
}

/** Of a task on its own host. */
export function connectionFrame(run: Run, task: Task | undefined, scope: () => Scope | undefined): Frame {
  const above = (name: string): unknown => {
    const current = scope(), frame = current?.frameOf(name)
    return current === undefined || frame === undefined || frame === own ? undefined : run.jinja.resolve(current.get(name), current) ?? undefined
  }
  const busy = new Set<string>()
  const find = (name: string): unknown => {
    if (busy.has(name)) return undefined
    busy.add(name)
    try {
      const twin = twins[name]
      const given = twin === undefined ? undefined : above(twin)
      if (given !== undefined && given !== '') return given
      return name.endsWith('_host') ? above('ansible_docker_host') ?? scope()?.get('inventory_hostname') : otherwise(run, task, name)
    } finally { busy.delete(name) }
  }
  const own: Frame = { name: 'connection', vars: asked([...Object.keys(twins), 'ansible_connection'], find) }
  return own
}

/** Of a task that may be delegated: what `other` (the scope of the host it acts on, undefined where that is its own) says, and all of its variables. */
export function delegatedFrame(other: () => { readonly name: string; readonly scope: Scope; readonly view: () => object } | undefined, resolve: (value: unknown, scope: Scope) => unknown): Frame {
  const state: { isBusy: boolean; found?: ReturnType<typeof other> } = { isBusy: false }
  const target = (): ReturnType<typeof other> => {
    // delegate_to may ask for the address itself
    if (state.isBusy || 'found' in state) return state.found
    state.isBusy = true
    try { state.found = other() } catch { return undefined } finally { state.isBusy = false }
    return state.found
  }
  return { name: 'connection of the other host', vars: asked([...ofOther, 'ansible_delegated_vars'], (name) => {
    const found = target()
    if (found === undefined) return undefined
    return name === 'ansible_delegated_vars' ? { [found.name]: found.view() } : resolve(found.scope.get(name), found.scope)
  }) }
}

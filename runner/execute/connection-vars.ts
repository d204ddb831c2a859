/**
 * Variables that say how a host is reached, where nothing of the inventory or playbook sets them: below all else. A task that is
 * delegated sees those of the host it is delegated to. Ansible: playbook/play_context.py (update_vars), get_delegated_vars_and_hostname.
 */
import type { Frame, Task } from '../core/types.ts'
import type { Scope } from '../vars/scope.ts'
import type { Run } from './context.ts'
import { computedFrame } from './magic.ts'

/** Two names of one thing; who sets one of them has set the other. */
const twins: Readonly<Record<string, string>> = {
  ansible_host: 'ansible_ssh_host', ansible_ssh_host: 'ansible_host', ansible_user: 'ansible_ssh_user', ansible_ssh_user: 'ansible_user',
  ansible_port: 'ansible_ssh_port', ansible_ssh_port: 'ansible_port',
}
const ofOwn = [...Object.keys(twins), 'ansible_connection']
const ofOther = [...Object.keys(twins), 'ansible_connection', 'ansible_private_key_file', 'ansible_ssh_private_key_file', 'ansible_shell_executable']

/** What the connection has from options and keywords alone. */
function otherwise(run: Run, task: Task | undefined, name: string): unknown {
  const { options } = run
  if (name === 'ansible_connection') return task?.kw['connection'] ?? options.connection ?? 'ssh'
  if (name === 'ansible_user' || name === 'ansible_ssh_user') return task?.kw['remote_user'] ?? options.user
  return undefined // the keyword port makes no variable, in Ansible either
}

/** A frame of these names, each found when it is asked for. */
const asked = (name: string, names: readonly string[], find: (name: string) => unknown): Frame =>
  computedFrame(name, { get: (key) => names.includes(key) ? find(key) : undefined, names: () => names.filter((key) => find(key) !== undefined) })

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
  const own = asked('connection', ofOwn, find)
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
  return asked('connection of the other host', [...ofOther, 'ansible_delegated_vars'], (name) => {
    const found = target()
    if (found === undefined) return undefined
    return name === 'ansible_delegated_vars' ? { [found.name]: found.view() } : resolve(found.scope.get(name), found.scope)
  })
}

/** add_host: a host, and groups of it, for the rest of the run. */
import { defineAction } from '../core/module.ts'
import { Failure } from '../core/errors.ts'
import type { Data } from '../core/types.ts'

const names = (value: unknown): string[] =>
  (Array.isArray(value) ? value.map(String) : value === undefined || value === null ? [] : String(value).split(',')).map((name) => name.trim()).filter((name) => name !== '')

export default defineAction({
  name: 'add_host', once: true, doc: 'Add a host (and alternatively a group) to the ansible-playbook in-memory inventory.', inCheckMode: 'run', open: true,
  args: {
    name: { type: 'str', required: true, aliases: ['host', 'hostname'], doc: 'Name of the host, with :port where it has one.' },
    groups: { type: 'list', elements: 'str', aliases: ['group', 'groupname'], doc: 'Groups it joins.' },
  },
  async run(args, control) {
    const given: Data = { ...args }
    const { name, host, hostname, groups, group, groupname, ...vars } = given
    const full = name ?? hostname ?? host
    if (full === undefined || full === null || full === '') throw new Failure('name, host or hostname needs to be provided')
    const match = /^(\[?[^\]]*?\]?)(?::(\d+))?$/.exec(String(full))
    const short = String(full).split(':').length > 2 ? String(full) : match?.[1] ?? String(full)
    if (match?.[2] !== undefined && short !== String(full)) vars['ansible_ssh_port'] = Number(match[2])
    const all = names(groups ?? groupname ?? group)
    const changed = control.addHost({ name: short, groups: all, vars })
    return { changed, add_host: { host_name: short, groups: all, host_vars: vars } }
  },
})

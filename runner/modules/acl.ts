/** Keeps an entry of the access list of a file, with getfacl and setfacl. Ansible: ansible.posix. */
import { Failure } from '../core/errors.ts'
import { attr, defineModule, nothing } from '../core/module.ts'
import { shText } from '../core/sh.ts'
import { lines } from '../probes/each.ts'
import type { Plan } from '../core/plan.ts'
import { aclEntries, aclTrial, getfacl } from '../probes/tools.ts'

export default defineModule({
  name: 'acl',
  doc: 'Keeps an entry of the access list of a file.',
  args: {
    path: { type: 'path', required: true, aliases: ['name'], doc: 'The file.' },
    state: { type: 'str', default: 'query', choices: ['absent', 'present', 'query'], doc: 'Whether the entry is there; query only reads.' },
    entity: { type: 'str', default: '', doc: 'The user or group.' },
    etype: { type: 'str', choices: ['group', 'mask', 'other', 'user'], doc: 'What the entry is about.' },
    permissions: { type: 'str', doc: 'As rwX.' },
    entry: { type: 'str', doc: 'All three in one: user:joe:rw.' },
    default: { type: 'bool', default: false, doc: 'The entry that new files of a folder get.' },
    recursive: { type: 'bool', default: false, aliases: ['recurse'], doc: 'For all that is below too.' },
    follow: { type: 'bool', default: true, doc: 'Follows a symbolic link.' },
    recalculate_mask: { type: 'str', default: 'default', choices: ['default', 'mask', 'no_mask'], doc: 'Whether the mask is made anew.' },
    use_nfsv4_acls: { type: 'bool', default: false, doc: 'NFSv4 lists.', unsupported: 'play keeps POSIX access lists only' },
  },
  rules: { mutuallyExclusive: [['entry', 'etype'], ['entry', 'permissions']] },
  async plan(want, target): Promise<Plan> {
    const given = want.entry === undefined ? [want.etype ?? '', want.entity, ...(want.permissions === undefined ? [] : [want.permissions])] : want.entry.split(':')
    const isDefault = want.default || given[0] === 'd' || given[0] === 'default', parts = given[0] === 'd' || given[0] === 'default' ? given.slice(1) : given
    if (want.state !== 'query') {
      if (parts[0] === '') throw new Failure("'entry' MUST be set, or 'etype' with 'entity' and 'permissions', where state is not query.")
      if (want.state === 'present' && parts.length !== 3) throw new Failure("'entry' MUST have 3 sections divided by ':' when 'state=present'.")
      if (want.state === 'absent' && parts.length > 3) throw new Failure("'entry' MUST have 2 or 3 sections divided by ':' when 'state=absent'.")
    }
    const [kind = '', entity = '', permissions = ''] = parts, entry = want.state === 'present' ? `${kind.slice(0, 1)}:${entity}:${permissions}` : `${kind.slice(0, 1)}:${entity}`
    const flags = [...(want.follow ? [] : ['--physical']), ...(want.recursive ? ['--recursive'] : []), ...(isDefault ? ['--default'] : [])]
    if (want.state === 'query') {
      const entries = await target.read(aclEntries, { path: want.path, flags })
      if (entries === undefined) throw new Failure('Path not found or not accessible, or getfacl is not on this host.')
      return nothing({ msg: 'current acl', acl: entries })
    }
    const change = [...({ default: [], mask: ['--mask'], no_mask: ['--no-mask'] } as const)[want.recalculate_mask], want.state === 'present' ? '-m' : '-x', entry]
    const key = { path: want.path, flags, change }
    const [is, entries] = await Promise.all([target.read(aclTrial, key), target.read(aclEntries, { path: want.path, flags })])
    if (!is.hasTool) throw new Failure('setfacl is not on this host: the package acl has it')
    if (!is.exists) throw new Failure('Path not found or not accessible.')
    if (is.problem !== '') throw new Failure(is.problem)
    const msg = `${entry} is ${want.state}`
    if (!is.differs) return nothing({ msg, acl: entries ?? [] })
    return {
      changes: [attr(want.path, 'acl', null, `${want.state}: ${isDefault ? 'd:' : ''}${entry}`)], steps: [{ sh: shText`setfacl ${[...flags, ...change]} -- ${want.path}` }, { sh: getfacl(want.path, flags) }],
      data: { msg }, later: ['acl'], done: (ran) => ({ acl: lines(ran.at(-1)?.stdout ?? '') }), after: [{ probe: aclTrial.name, id: aclTrial.id(key), value: { ...is, differs: false } }],
    }
  },
})

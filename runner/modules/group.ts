/** Keeps a group: present with its number, or absent. */
import { Failure } from '../core/errors.ts'
import { attr, defineModule, nothing } from '../core/module.ts'
import { sh } from '../core/sh.ts'
import type { Plan, Step } from '../core/plan.ts'
import { accounts, nextGid, type Accounts } from '../probes/accounts.ts'
import { platform } from '../probes/platform.ts'
import { groups } from '../probes/users.ts'
import { append, appendIf, dropName, setFields } from './accounts/files.ts'
import { accountsAfter, withGroup } from './accounts/predict.ts'

interface Wanted {
  readonly name: string; readonly gid: number | undefined; readonly isSystem: boolean; readonly local: boolean; readonly nonUnique: boolean
  readonly force: boolean; readonly gidMin: number | undefined; readonly gidMax: number | undefined
}

function addStep(want: Wanted, gid: number | undefined, tools: ReadonlySet<string>): Step {
  const { name } = want
  if (tools.has('groupadd')) {
    return sh`${want.local && tools.has('lgroupadd') ? 'lgroupadd' : 'groupadd'} ${[
      ...(want.gid === undefined ? [] : ['-g', want.gid]), ...(want.nonUnique ? ['-o'] : []), ...(want.isSystem ? ['-r'] : []),
      ...(want.gidMin === undefined ? [] : ['-K', `GID_MIN=${want.gidMin}`]), ...(want.gidMax === undefined ? [] : ['-K', `GID_MAX=${want.gidMax}`]), name,
    ]}`
  }
  if (gid === undefined) throw new Failure(`no number is free for group ${name}`, { name })
  return { sh: `${append('/etc/group', `${name}:x:${gid}:`)} && ${appendIf('/etc/gshadow', `${name}:!::`)}` }
}

function refuseTaken(all: Accounts, { name, gid, nonUnique }: Wanted): void {
  if (gid === undefined || nonUnique) return
  const other = Object.entries(all.group).find(([one, entry]) => one !== name && entry.gid === gid)
  if (other !== undefined) throw new Failure(`GID '${gid}' already exists with group '${other[0]}'`, { name })
}

function add(want: Wanted, all: Accounts, tools: ReadonlySet<string>): Plan {
  refuseTaken(all, want)
  const gid = want.gid ?? nextGid(all, want.isSystem, undefined, { min: want.gidMin, max: want.gidMax })
  return {
    changes: [attr(want.name, 'state', 'absent', 'present'), ...(want.gid === undefined ? [] : [attr(want.name, 'gid', null, want.gid)])],
    steps: [addStep(want, gid, tools)],
    after: gid === undefined ? [{ unknown: 'the number of a new group is not known' }] 
      : [...accountsAfter(all, withGroup(all, want.name, { gid, members: [] })), { probe: 'getent', id: `group:${want.name}:`, value: { rc: 0, rows: [`${want.name}:x:${gid}:`] } }],
    data: { name: want.name, state: 'present', system: want.isSystem, ...(gid === undefined ? {} : { gid }) },
  }
}

function remove({ name, force }: Wanted, all: Accounts, tools: ReadonlySet<string>): Plan {
  const gid = all.group[name]?.gid
  const owner = Object.entries(all.passwd).find(([, user]) => user.gid === gid)
  if (owner !== undefined && !force) throw new Failure(`groupdel: cannot remove the primary group of user '${owner[0]}'`, { name })
  return {
    changes: [attr(name, 'state', 'present', 'absent')],
    steps: [tools.has('groupdel') ? sh`groupdel ${force ? ['-f', name] : [name]}` : { sh: `${dropName('/etc/group', name)}; ${dropName('/etc/gshadow', name)}` }],
    after: accountsAfter(all, withGroup(all, name, undefined)), data: { name, state: 'absent' },
  }
}

export default defineModule({
  name: 'group',
  doc: 'Keeps a group.',
  args: {
    name: { type: 'str', required: true, doc: 'Name of the group.' },
    state: { type: 'str', choices: ['present', 'absent'], default: 'present', doc: 'Whether the group exists.' },
    gid: { type: 'int', doc: 'Number of the group.' },
    system: { type: 'bool', default: false, doc: 'A new group gets a number of the system range.' },
    force: { type: 'bool', default: false, doc: 'Removes the group even if it is the primary group of a user.' },
    local: { type: 'bool', default: false, doc: 'Looks at the local files only.' },
    non_unique: { type: 'bool', default: false, doc: 'Lets the number be one that another group has.' },
    gid_min: { type: 'int', doc: 'Lowest number for a new group.' },
    gid_max: { type: 'int', doc: 'Highest number for a new group.' },
  },
  rules: { requiredIf: [['non_unique', true, ['gid']]] },
  async plan(args, target) {
    const { name, state, gid } = args
    if (args.local && args.force) throw new Failure('force is not a valid option for local, force=True and local=True are mutually exclusive')
    if (args.local && (args.gid_min ?? args.gid_max) !== undefined) throw new Failure("'gid_min' and 'gid_max' can not be used with 'local'")
    const [found, all, { tools }] = await Promise.all([target.read(groups, name), target.read(accounts, 'files'), target.read(platform, 'platform')])
    const is = args.local ? all.group[name] : found
    const want: Wanted = {
      name, gid, isSystem: args.system, local: args.local, nonUnique: args.non_unique, force: args.force, gidMin: args.gid_min, gidMax: args.gid_max,
    }
    if (state === 'absent') return is === undefined ? nothing({ name, state }) : remove(want, all, tools)
    if (is === undefined) return add(want, all, tools)
    const data = { name, state, system: args.system, gid: gid ?? is.gid }
    if (gid === undefined || gid === is.gid) return nothing(data)
    refuseTaken(all, want)
    return {
      changes: [attr(name, 'gid', is.gid, gid)],
      steps: [tools.has('groupmod') ? sh`groupmod ${['-g', gid, ...(args.non_unique ? ['-o'] : []), name]}` : { sh: setFields('/etc/group', name, { 3: String(gid) }) }],
      after: accountsAfter(all, withGroup(regroup(all, is.gid, gid), name, { gid, members: [...is.members].sort() })), data,
    }
  },
})

/** groupmod follows the number in the passwd file. */
const regroup = (all: Accounts, from: number, to: number): Accounts =>
  ({ ...all, passwd: Object.fromEntries(Object.entries(all.passwd).map(([name, user]) => [name, user.gid === from ? { ...user, gid: to } : user])) })

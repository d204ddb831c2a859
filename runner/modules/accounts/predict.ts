/** What the account probes would answer after a change of the account files. */
import type { Predicted } from '../../core/plan.ts'
import type { Accounts, GroupEntry, PasswdEntry } from '../../probes/accounts.ts'
import { accounts } from '../../probes/accounts.ts'
import { groups, users } from '../../probes/users.ts'

const without = <T>(all: Readonly<Record<string, T>>, name: string): Record<string, T> =>
  Object.fromEntries(Object.entries(all).filter(([one]) => one !== name))

export const withGroup = (all: Accounts, name: string, entry: GroupEntry | undefined): Accounts =>
  ({ ...all, group: entry === undefined ? without(all.group, name) : { ...all.group, [name]: entry } })
export const withUser = (all: Accounts, name: string, entry: PasswdEntry | undefined): Accounts =>
  ({ ...all, passwd: entry === undefined ? without(all.passwd, name) : { ...all.passwd, [name]: entry } })
/** The user in exactly these groups (by name), beside the primary one. */
export const withMember = (all: Accounts, name: string, names: readonly string[]): Accounts => ({
  ...all, group: Object.fromEntries(Object.entries(all.group).map(([group, { gid, members }]) => {
    const rest = members.filter((member) => member !== name)
    return [group, { gid, members: (names.includes(group) ? [...rest, name] : rest).sort() }]
  })),
})

/** A number leads to the first entry that has it. */
const firstWith = <T>(all: Readonly<Record<string, T>>, has: (entry: T) => boolean): string | undefined => Object.entries(all).find(([, entry]) => has(entry))?.[0]

/** Everything in which the two states differ, for `accounts` and for reads of one user or group by name and number. */
export function accountsAfter(before: Accounts, after: Accounts): Predicted[] {
  const out: Predicted[] = [{ probe: accounts.name, id: 'files', value: after }]
  for (const name of new Set([...Object.keys(before.passwd), ...Object.keys(after.passwd)])) {
    const was = before.passwd[name], is = after.passwd[name]
    if (JSON.stringify(was) === JSON.stringify(is)) continue
    const value = is === undefined ? undefined : { name, ...is }
    if (was !== undefined && was.uid !== is?.uid) out.push({ probe: users.name, id: String(was.uid), value: undefined })
    out.push({ probe: users.name, id: name, value })
    if (is !== undefined && firstWith(after.passwd, ({ uid }) => uid === is.uid) === name) out.push({ probe: users.name, id: String(is.uid), value })
  }
  for (const name of new Set([...Object.keys(before.group), ...Object.keys(after.group)])) {
    const was = before.group[name], is = after.group[name]
    if (JSON.stringify(was) === JSON.stringify(is)) continue
    const value = is === undefined ? undefined : { name, ...is }
    if (was !== undefined && was.gid !== is?.gid) out.push({ probe: groups.name, id: String(was.gid), value: undefined })
    out.push({ probe: groups.name, id: name, value })
    if (is !== undefined && firstWith(after.group, ({ gid }) => gid === is.gid) === name) out.push({ probe: groups.name, id: String(is.gid), value })
  }
  return out
}

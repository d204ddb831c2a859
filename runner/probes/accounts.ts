/** Reads the account files as a whole: who there is, who is in which group, and the rules by which new numbers are given. */
import type { Probe } from '../core/plan.ts'
import { defineEach } from './each.ts'
import { shText } from '../core/sh.ts'

export interface PasswdEntry { readonly uid: number; readonly gid: number; readonly comment: string; readonly home: string; readonly shell: string }
export interface GroupEntry { readonly gid: number; readonly members: readonly string[] }
export interface Accounts {
  readonly passwd: Readonly<Record<string, PasswdEntry>>
  readonly group: Readonly<Record<string, GroupEntry>>
  /** login.defs(5) and the defaults of useradd. */
  readonly defs: Readonly<Record<string, string>>
}

export const accounts: Probe<'files', Accounts> = {
  name: 'accounts',
  id: () => 'files',
  script: () => `cat /etc/passwd; printf '\\001\\n'; cat /etc/group; printf '\\001\\n'
for f in /etc/login.defs /etc/default/useradd; do [ ! -r $f ] || sed -n 's/^\\([A-Z_][A-Z_]*\\)[[:space:]=][[:space:]]*\\(.*\\)$/\\1 \\2/p' $f; done`,
  parse(stdout, keys) {
    const [passwd = '', group = '', defs = ''] = stdout.split('\u0001\n')
    const rows = (text: string): string[][] => text.split('\n').filter((line) => line.includes(':')).map((line) => line.split(':'))
    const one: Accounts = {
      passwd: Object.fromEntries(rows(passwd).map((row) =>
        [row[0] ?? '', { uid: Number(row[2]), gid: Number(row[3]), comment: row[4] ?? '', home: row[5] ?? '', shell: row[6] ?? '' }])),
      group: Object.fromEntries(rows(group).map((row) =>
        [row[0] ?? '', { gid: Number(row[2]), members: (row[3] ?? '').split(',').filter((name) => name !== '').sort() }])),
      defs: Object.fromEntries(defs.split('\n').filter((line) => line !== '').map((line) => {
        const [name = '', ...value] = line.split(' ')
        return [name, value.join(' ').trim()]
      })),
    }
    return keys.map(() => one)
  },
}

/** A shadow(5) entry; numbers are days, undefined where the field is empty. */
export interface Shadow {
  readonly hash: string
  readonly min: number | undefined; readonly max: number | undefined; readonly warn: number | undefined
  readonly inactive: number | undefined; readonly expires: number | undefined
}
/** Keyed by name. Undefined where there is no entry, or none that this account may read. */
export const shadow = defineEach<string, Shadow | undefined>({
  name: 'shadow',
  id: (name) => name,
  absent: (value) => value === undefined,
  command: (name) => shText`awk -F: -v n=${name} '$1 == n' /etc/shadow`,
  parse({ stdout }) {
    const row = stdout.split('\n')[0]?.split(':') ?? []
    if (row.length < 2) return undefined
    const days = (i: number): number | undefined => row[i] === undefined || row[i] === '' ? undefined : Number(row[i])
    return { hash: row[1] ?? '', min: days(3), max: days(4), warn: days(5), inactive: days(6), expires: days(7) }
  },
})

/** The number shadow-utils would give next (find_new_uid.c): above the highest for people, below the lowest for the system. */
export function freeNumber(used: ReadonlySet<number>, min: number, max: number, isSystem: boolean, preferred?: number): number | undefined {
  if (preferred !== undefined && preferred >= min && preferred <= max && !used.has(preferred)) return preferred
  const taken = [...used].filter((id) => id >= min && id <= max)
  const start = isSystem ? Math.min(max, ...taken.map((id) => id - 1)) : Math.max(min, ...taken.map((id) => id + 1))
  const inside = Array.from({ length: max - min + 1 }, (_, i) => isSystem ? max - i : min + i)
  return inside.find((id) => !used.has(id) && (isSystem ? id <= start : id >= start)) ?? inside.find((id) => !used.has(id))
}
const number = (text: string | undefined, fallback: number): number => text === undefined || Number.isNaN(Number(text)) ? fallback : Number(text)
const range = (defs: Accounts['defs'], kind: 'UID' | 'GID', isSystem: boolean): readonly [number, number] => {
  const low = number(defs[`${kind}_MIN`], 1000)
  return isSystem ? [number(defs[`SYS_${kind}_MIN`], 101), number(defs[`SYS_${kind}_MAX`], low - 1)] : [low, number(defs[`${kind}_MAX`], 60000)]
}
export interface Bounds { readonly min?: number | undefined; readonly max?: number | undefined }
export function nextUid({ passwd, defs }: Accounts, isSystem: boolean, { min, max }: Bounds = {}): number | undefined {
  const [low, high] = range(defs, 'UID', isSystem)
  return freeNumber(new Set(Object.values(passwd).map(({ uid }) => uid)), min ?? low, max ?? high, isSystem)
}
export function nextGid({ group, defs }: Accounts, isSystem: boolean, preferred?: number, { min, max }: Bounds = {}): number | undefined {
  const [low, high] = range(defs, 'GID', isSystem)
  return freeNumber(new Set(Object.values(group).map(({ gid }) => gid)), min ?? low, max ?? high, isSystem, preferred)
}

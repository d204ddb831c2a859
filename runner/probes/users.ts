/** Reads accounts and groups by name or number, from whatever database the host uses (NSS where there is getent, else the files). */
import { shText } from '../core/sh.ts'
import type { Probe } from '../core/plan.ts'

export interface User {
  readonly name: string; readonly uid: number; readonly gid: number; readonly comment: string; readonly home: string; readonly shell: string
}
export interface Group { readonly name: string; readonly gid: number; readonly members: readonly string[] }

// musl's getent stops at the first name it does not find: one call a name.
const lookUp = (database: string, keys: readonly string[]): string => shText`if command -v getent >/dev/null 2>&1; then for k in ${keys}; do getent ${database} "$k"; done
else for k in ${keys}; do awk -F: -v k="$k" '$1 == k || $3 == k' ${`/etc/${database}`}; done; fi
:`
const rows = (stdout: string): string[][] => stdout.split('\n').filter((line) => line !== '').map((line) => line.split(':'))
const find = (found: readonly string[][], key: string): string[] | undefined =>
  found.find((row) => row[0] === key) ?? found.find((row) => row[2] === key)

/** Keyed by name, or by number as text. Undefined where there is none. */
export const users: Probe<string, User | undefined> = {
  name: 'users',
  id: (key) => key,
  absent: (value) => value === undefined,
  script: (keys) => lookUp('passwd', keys),
  parse(stdout, keys) {
    const found = rows(stdout)
    return keys.map((key) => {
      const row = find(found, key)
      return row === undefined ? undefined
        : { name: row[0] ?? '', uid: Number(row[2]), gid: Number(row[3]), comment: row[4] ?? '', home: row[5] ?? '', shell: row[6] ?? '' }
    })
  },
}

/** Keyed by name, or by number as text. Undefined where there is none. */
export const groups: Probe<string, Group | undefined> = {
  name: 'groups',
  id: (key) => key,
  absent: (value) => value === undefined,
  script: (keys) => lookUp('group', keys),
  parse(stdout, keys) {
    const found = rows(stdout)
    return keys.map((key) => {
      const row = find(found, key)
      return row === undefined ? undefined : { name: row[0] ?? '', gid: Number(row[2]), members: (row[3] ?? '').split(',').filter((one) => one !== '') }
    })
  },
}

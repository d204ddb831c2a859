/** Queries of users: values put into them, and what the client prints made into rows. */
import type { Data } from '../../core/types.ts'
import { isDict } from '../../core/value.ts'
import { ident, text } from './server.ts'

/** A value as SQL writes it; lists are arrays. */
export function literal(value: unknown): string {
  if (value === null || value === undefined) return 'NULL'
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean') return String(value)
  if (Array.isArray(value)) return text(`{${value.map((one) => `"${String(one).replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`).join(',')}}`)
  return text(isDict(value) ? JSON.stringify(value) : String(value))
}
/** A query that only asks, in a form that can stand in a subquery. */
export function asking(query: string): string | undefined {
  const shown = /^SHOW\s+([\w.]+)$/i.exec(query)?.[1]
  if (shown !== undefined) return `SELECT current_setting(${text(shown)}) AS ${ident(shown)}`
  return /^(SELECT|VALUES|TABLE|WITH)\b/i.test(query) && !/\b(INSERT|UPDATE|DELETE|MERGE|INTO)\b/i.test(query) ? query : undefined
}

export const mark = '\u0001'
/** One query for the client: its rows as JSON where it gives some, else its tag (`INSERT 0 1`). */
export function printed(query: string): string {
  const asked = asking(query)
  if (asked !== undefined) return `SELECT coalesce(json_agg(row_to_json(q)), '[]') FROM (${asked}) q`
  if (/^(INSERT|UPDATE|DELETE)\b/i.test(query) && /\bRETURNING\b/i.test(query)) return `WITH q AS (${query}) SELECT coalesce(json_agg(row_to_json(q)), '[]') FROM q`
  return query
}
export interface Printed { readonly rows: readonly Data[]; readonly count: number; readonly tag: string; readonly isChange: boolean }
export function readPrinted(query: string, output: string): Printed {
  const trimmed = output.trim()
  if (trimmed.startsWith('[')) {
    const found: unknown = JSON.parse(trimmed), rows = Array.isArray(found) ? found.map((row: unknown): Data => Object.fromEntries(Object.entries(Object(row)))) : []
    const verb = /^\w+/.exec(query)?.[0].toUpperCase() ?? '', isChange = asking(query) === undefined
    return { rows, count: rows.length, tag: `${isChange ? verb : verb === 'SHOW' ? 'SHOW' : 'SELECT'} ${verb === 'INSERT' ? '0 ' : ''}${rows.length}`, isChange: isChange && rows.length > 0 }
  }
  const tag = trimmed.split('\n').at(-1) ?? '', count = Number(/(\d+)$/.exec(tag)?.[1] ?? 0)
  const isCounted = /^(UPDATE|INSERT|DELETE|MERGE)\b/.test(tag)
  return { rows: [], count, tag, isChange: isCounted ? count > 0 : !/^(SELECT|SHOW)/.test(tag) }
}

/** Variables that a template file sees beside those of its task: what it is called, whose it is, when it was rendered. */
import { statSync } from 'node:fs'
import { hostname, userInfo } from 'node:os'
import { resolve } from 'node:path'
import type { Data } from '../core/types.ts'
import { Template } from '../core/value.ts'
import type { Services, Vars } from './call.ts'
import { utcToLocal } from './datetime.ts'
import { formatDate } from './strftime.ts'

const ownerName = (uid: number): string => { const me = userInfo(); return me.uid === uid ? me.username : String(uid) }

/** The setting ansible_managed (settings/managed.ts) for one file: codes of strftime mean its time, and it may hold Jinja. */
function managedFor(text: string, mtimeMs: number): string | Template {
  const dated = text.includes('%') ? formatDate(text, utcToLocal(BigInt(Math.round(mtimeMs * 1000))), undefined) : text
  return /\{[{%#]/.test(dated) ? new Template(dated) : dated
}

/** `written`: as the task names it. */
export function fileVars(path: string, written: string, vars: Vars, dest: string | undefined, { managed = 'Ansible managed' }: Pick<Services, 'managed'>): Data {
  const info = statSync(path)
  return {
    template_host: hostname(), template_path: written, template_fullpath: resolve(path), template_uid: ownerName(info.uid),
    template_run_date: new Date().toISOString(), template_mtime: info.mtime.toISOString(), template_destpath: dest ?? null,
    ...(vars.get('ansible_managed') === undefined ? { ansible_managed: managedFor(managed, info.mtimeMs) } : {}),
  }
}

/** Variables that a template file sees beside those of its task: what it is called, whose it is, when it was rendered. */
import { statSync } from 'node:fs'
import { hostname, userInfo } from 'node:os'
import { resolve } from 'node:path'
import type { Data } from '../core/types.ts'
import type { Vars } from './call.ts'

const ownerName = (uid: number): string => { const me = userInfo(); return me.uid === uid ? me.username : String(uid) }

/** `written`: as the task names it. */
export function fileVars(path: string, written: string, vars: Vars, dest: string | undefined): Data {
  const info = statSync(path)
  return {
    template_host: hostname(), template_path: written, template_fullpath: resolve(path), template_uid: ownerName(info.uid),
    template_run_date: new Date().toISOString(), template_mtime: info.mtime.toISOString(), template_destpath: dest ?? null,
    ...(vars.get('ansible_managed') === undefined ? { ansible_managed: 'Ansible managed' } : {}),
  }
}

/** Reads the kind and encoding of files, where the host has file(1). */
import { shText } from '../core/sh.ts'
import { defineEach } from './each.ts'
import { plainPath } from './stat.ts'

export interface Mime { readonly mimetype: string; readonly charset: string }

export const mime = defineEach<string, Mime>({
  name: 'mime',
  id: plainPath,
  command: (path) => shText`[ -e ${plainPath(path)} ] && file --mime-type --mime-encoding ${plainPath(path)}`,
  parse({ stdout }) {
    const match = /:\s*([^:;]+);\s*charset=(\S+)\s*$/.exec(stdout)
    return { mimetype: match?.[1] ?? 'unknown', charset: match?.[2] ?? 'unknown' }
  },
})

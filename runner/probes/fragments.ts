/** Reads all files of one folder, without what is below it. */
import { shText } from '../core/sh.ts'
import { tools } from './content.ts'
import { defineEach } from './each.ts'
import { plainPath } from './stat.ts'

export interface Fragment { readonly name: string; readonly bytes: Uint8Array }

/** Null: no such folder. */
export const fragments = defineEach<string, readonly Fragment[] | null>({
  name: 'fragments',
  id: plainPath,
  absent: (value) => value === null,
  prologue: tools,
  command: (path) => shText`cd ${plainPath(path)} || exit 3
for f in * .[!.]* ..?*; do [ -f "$f" ] || continue; printf '\\002%s\\n' "$f"; base64 <"$f"; done`,
  parse({ rc, stdout }) {
    if (rc === 3) return null
    return stdout.split('\u0002').slice(1).map((part) => {
      const at = part.indexOf('\n')
      return { name: part.slice(0, at), bytes: new Uint8Array(Buffer.from(part.slice(at + 1), 'base64')) }
    })
  },
})

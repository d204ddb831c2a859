/** Reads the file system's own flags of files (lsattr); null where there are none or no tool to read them: that the file is not there is for stat to say. */
import { shText } from '../core/sh.ts'
import type { Probe } from '../core/plan.ts'
import { plainPath } from './stat.ts'

export interface Flags { readonly letters: string; readonly version: string | undefined }

export const flags: Probe<string, Flags | null> = {
  name: 'flags',
  id: plainPath,
  script: (keys) => shText`for p in ${keys.map(plainPath)}; do
  l=$(lsattr -vd -- "$p" 2>/dev/null || lsattr -d -- "$p" 2>/dev/null) || l=
  printf '%s\\001' "\${l%"$p"}"
done`,
  parse(stdout, keys) {
    const parts = stdout.split('\u0001')
    return keys.map((_, i) => {
      const match = /^\s*(?:(\d+)\s+)?([-A-Za-z]+)\s*$/.exec(parts[i] ?? '')
      return match === null ? null : { letters: (match[2] ?? '').replaceAll('-', ''), version: match[1] }
    })
  },
}

/** Reads what openssl says of a file of Diffie-Hellman parameters: their size in bits, and whether they hold. */
import { shText } from '../core/sh.ts'
import { defineEach } from './each.ts'

export interface DhParam { readonly hasTool: boolean; readonly bits: number | undefined; readonly isSound: boolean }

export const dhparam = defineEach<string, DhParam>({
  name: 'dhparam',
  id: (path) => path,
  absent: (value) => !value.hasTool,
  command: (path) => shText`command -v openssl >/dev/null || { echo none; exit; }; echo some; openssl dhparam -check -text -noout -in ${path} 2>&1`,
  parse({ stdout, rc }) {
    const bits = /\((\d+) bit\)/.exec(stdout)?.[1]
    return { hasTool: stdout.startsWith('some'), bits: bits === undefined ? undefined : Number(bits), isSound: rc === 0 && !stdout.includes('WARNING') }
  },
})

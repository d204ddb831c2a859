/** Reads which paths match a shell pattern, as Python's glob does: hidden names only where the pattern says so, no `**`. */
import { shText } from '../core/sh.ts'
import { defineEach } from './each.ts'

const pieces = (pattern: string): string => pattern.split(/([*?]|\[[^\]]*\])/).map((part, i) => i % 2 === 1 ? part : part === '' ? '' : shText`${part}`).join('')
export const isGlob = (text: string): boolean => /[*?[]/.test(text)

export const glob = defineEach<string, readonly string[]>({
  name: 'glob',
  id: (pattern) => pattern,
  absent: (value) => value.length === 0,
  command: (pattern) => `for p in ${pieces(pattern)}; do if [ -e "$p" ] || [ -h "$p" ]; then printf '%s\\0' "$p"; fi; done`,
  parse: ({ stdout }) => stdout.split('\0').filter((path) => path !== ''),
})

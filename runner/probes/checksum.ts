/** Reads checksums of regular files, by any of Ansible's algorithms; null of anything else: that the file is not there is for stat to say. */
import { shText } from '../core/sh.ts'
import type { Probe } from '../core/plan.ts'
import { isUnder, plainPath } from './stat.ts'

export const algorithms = ['md5', 'sha1', 'sha224', 'sha256', 'sha384', 'sha512'] as const
export type Algorithm = typeof algorithms[number]
export interface ChecksumKey { readonly path: string; readonly algorithm: Algorithm }
/** Null: no regular file that this account may read. */
export type Checksum = string | null

const digits: Readonly<Record<Algorithm, number>> = { md5: 32, sha1: 40, sha224: 56, sha256: 64, sha384: 96, sha512: 128 }

/** Where BusyBox lacks a tool, openssl may stand in. */
const block = (algorithm: Algorithm, paths: readonly string[], places: readonly number[]): string => shText`n=; i=; set -- ${places} --
for p in ${paths}; do
  if [ -f "$p" ] && [ -r "$p" ]; then n="$n $1"; set -- "$@" "$p"; fi; shift
done
shift
if [ $# != 0 ]; then
  if command -v ${`${algorithm}sum`} >/dev/null 2>&1; then ${[`${algorithm}sum`]} -- "$@" 2>/dev/null; else openssl dgst -r ${`-${algorithm}`} "$@" 2>/dev/null; fi |
    for i in $n; do read -r h r || break; echo "$i \${h#\\\\}"; done
fi
`

export const checksum: Probe<ChecksumKey, Checksum> = {
  name: 'checksum',
  id: ({ path, algorithm }) => `${algorithm}:${plainPath(path)}`,
  script(keys) {
    const used = algorithms.filter((one) => keys.some(({ algorithm }) => algorithm === one))
    return used.map((one) => {
      const places = keys.map((_, i) => i).filter((i) => keys[i]?.algorithm === one)
      return block(one, places.map((i) => plainPath(keys[i]?.path ?? '')), places)
    }).join('')
  },
  parse(stdout, keys) {
    const answers: Checksum[] = keys.map(() => null)
    for (const line of stdout.split('\n')) {
      const [place = '', hash = ''] = line.split(' ')
      const key = keys[Number(place)]
      if (key !== undefined && hash.length === digits[key.algorithm]) answers[Number(place)] = hash
    }
    return answers
  },
  imply(id, value, { path }) {
    return value === null && isUnder(plainPath(path), id.slice(id.indexOf(':') + 1)) ? null : undefined
  },
}

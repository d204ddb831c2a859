/** What a database of the name service says of a key, by getent or, where there is none, from its file. */
import { shText } from '../core/sh.ts'
import { defineEach } from './each.ts'

interface Question { readonly database: string; readonly key: string | undefined; readonly service: string | undefined }
export const getent = defineEach<Question, { readonly rc: number; readonly rows: readonly string[] }>({
  name: 'getent',
  id: ({ database, key = '', service = '' }) => `${database}:${key}:${service}`,
  absent: ({ rows }) => rows.length === 0,
  command: ({ database, key, service }) => shText`if command -v getent >/dev/null; then getent ${service === undefined ? [] : ['-s', service]} ${database} ${key === undefined ? [] : [key]}
else f=${`/etc/${database}`}; [ -r "$f" ] || exit 1; ` + (key === undefined ? 'cat "$f"; fi' : shText`awk -F: -v k=${key} '$1 == k || $3 == k { print; f = 1 } END { exit f ? 0 : 2 }' "$f"; fi`),
  parse: ({ rc, stdout }) => ({ rc, rows: stdout.split('\n').filter((line) => line !== '') }),
})

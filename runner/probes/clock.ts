/** Reads the host's clock: what a date and time of its own time zone is in seconds since 1970. */
import { shText } from '../core/sh.ts'
import { defineEach } from './each.ts'

/** Keyed by `YYYY-MM-DD hh:mm:ss`; `now` is the present. Undefined where the host's date(1) does not take it. */
export const clock = defineEach<string, number | undefined>({
  name: 'clock',
  id: (key) => key,
  command: (key) => key === 'now' ? 'date +%s' : shText`date -d ${key} +%s`,
  parse: ({ stdout }) => /^-?\d+\s*$/.test(stdout) ? Number(stdout) : undefined,
})
/** What the host's clock shows in its own time zone, as `YYYY-MM-DDThh:mm:ss`. */
export const localTime = defineEach<'now', string>({ name: 'local-time', id: (key) => key, command: () => 'date +%Y-%m-%dT%H:%M:%S', parse: ({ stdout }) => stdout.trim() })

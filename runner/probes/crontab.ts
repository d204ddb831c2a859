/** Reads the crontab of an account. */
import { shText } from '../core/sh.ts'
import { defineEach } from './each.ts'

export interface CrontabKey { /** Undefined: the account that asks. */ readonly user: string | undefined }
/** `problem` is why there is no answer: no crontab command, an unknown user, no right. */
export interface Crontab { readonly text: string; readonly problem?: string }

export const crontab = defineEach<CrontabKey, Crontab>({
  name: 'crontab',
  id: ({ user = '' }) => user,
  absent: ({ text, problem }) => text === '' || problem !== undefined,
  command: ({ user }) => shText`PATH=$PATH:/usr/sbin:/sbin; command -v crontab >/dev/null || { echo 'crontab is not on this host: the package cron has it'; exit 2; }
o=$(crontab ${user === undefined ? [] : ['-u', user]} -l 2>&1; echo "$?"); r=\${o##*
}; case $r in 0) printf '%s\\n' "\${o%
*}"; exit 0;; esac
case $o in *'no crontab for'*|*'No such file'*|*"can't open"*) exit 1;; esac
printf '%s\\n' "$o"; exit 2`,
  parse({ rc, stdout }) {
    if (rc === 0) return { text: stdout === '\n' ? '' : stdout }
    return rc === 1 ? { text: '' } : { text: '', problem: stdout.trim() }
  },
})

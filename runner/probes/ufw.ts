/** The firewall ufw of the host: what is set, and whether a rule is there, which its own dry run tells. */
import { shText } from '../core/sh.ts'
import { defineEach } from './each.ts'

/** Words of a rule behind `ufw`; none where no rule is asked about. */
export interface UfwKey { readonly rule?: readonly string[] }
export interface Ufw {
  readonly hasTool: boolean; readonly problem: string; readonly status: string; readonly isActive: boolean
  readonly policies: Readonly<Record<'incoming' | 'outgoing' | 'routed', string>>; readonly logLevel: string
  /** The rule would change nothing. */
  readonly isSettled: boolean
}
const rules = "cat /lib/ufw/user.rules /lib/ufw/user6.rules /etc/ufw/user.rules /etc/ufw/user6.rules /var/lib/ufw/user.rules /var/lib/ufw/user6.rules | grep '^### tuple'"
export const ufwFirst = 'PATH=$PATH:/usr/sbin:/sbin; export LANGUAGE=C LC_ALL=C; '

const words: Readonly<Record<string, string>> = { DROP: 'deny', ACCEPT: 'allow', REJECT: 'reject' }
const isFour = (tuple: string): boolean => /(?:\d{1,3}\.){3}\d{1,3}/.test(tuple)
/** Its dry run shows all rules of the kinds of addresses that it would write, after the change. */
function isSettled(have: string, dry: string): boolean {
  const lines = dry.split('\n').filter((line) => line.trim() !== '')
  if (lines.every((line) => /Skipping|Could not delete non-existent rule/.test(line))) return true
  const shown = [dry.includes(':ufw-user-input'), dry.includes(':ufw6-user-input')]
  const of = (text: string): string => text.split('\n').filter((line) => line.startsWith('### tuple') && shown[isFour(line) ? 0 : 1] === true).join('\n')
  return of(have) === of(dry)
}
export const ufw = defineEach<UfwKey, Ufw>({
  name: 'ufw',
  id: (key) => JSON.stringify(key),
  absent: (value) => !value.hasTool,
  command: ({ rule }) => `${ufwFirst}command -v ufw >/dev/null || { echo none; exit; }
ufw status verbose 2>&1; printf '\\002\\n'
sed -n 's/^LOGLEVEL=//p' /etc/ufw/ufw.conf; sed -n 's/^DEFAULT_\\(INPUT\\|OUTPUT\\|FORWARD\\)_POLICY=/\\1 /p' /etc/default/ufw; printf '\\002\\n'
${rules}; printf '\\002\\n'
${rule === undefined ? ':' : shText`ufw --dry-run ${[...rule]} 2>&1 || printf '\\002\\n'`}`,
  parse({ stdout }, { rule }) {
    const [status = '', set = '', have = '', dry = '', failed] = stdout.split('\u0002\n'), lines = set.replaceAll('"', '').split('\n')
    const policy = (name: string): string => words[lines.find((line) => line.startsWith(`${name} `))?.slice(name.length + 1) ?? ''] ?? ''
    const problem = status.startsWith('Status:') || stdout.trim() === 'none' ? failed === undefined ? '' : dry.trim() : status.trim()
    return {
      hasTool: stdout.trim() !== 'none', problem, status: status.trimEnd(), isActive: /^Status: active/.test(status), logLevel: lines[0] ?? '',
      policies: { incoming: policy('INPUT'), outgoing: policy('OUTPUT'), routed: policy('FORWARD') }, isSettled: rule === undefined || isSettled(have, dry),
    }
  },
})
/** Numbers of the rules, in order, with the kind of their addresses. */
export const ufwNumbers = defineEach<'numbers', readonly { readonly number: number; readonly isSix: boolean }[]>({
  name: 'ufw-numbers',
  id: () => 'numbers',
  command: () => `${ufwFirst}ufw status numbered`,
  parse: ({ stdout }) => stdout.split('\n').flatMap((line) => { const number = /^\[ *(\d+)\] /.exec(line)?.[1]; return number === undefined ? [] : [{ number: Number(number), isSix: line.includes('(v6)') }] }),
})

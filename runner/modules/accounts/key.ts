/** Makes an SSH key pair for an account. */
import { attr } from '../../core/module.ts'
import { raw, shText } from '../../core/sh.ts'
import type { Plan, Ran } from '../../core/plan.ts'
import { sshKey, type SshKey } from '../../probes/homes.ts'
import { parentFolder } from './state.ts'
import type { UserArgs } from './wanted.ts'

const keyData = (key: SshKey): Record<string, unknown> => ({ ssh_key_file: key.path, ssh_fingerprint: key.fingerprint, ssh_public_key: key.publicKey ?? null })
export const keyPath = (args: UserArgs): string => args.ssh_key_file ?? `.ssh/id_${args.ssh_key_type}`

/** Adds to the account's plan what makes the key; the home folder is known only to the account database, so the step asks it. */
export function withKey(plan: Plan, args: UserArgs, key: SshKey, home: string): Plan {
  if (key.hasPrivate && !args.force) {
    return { ...plan, data: { ...plan.data, ...keyData(key) }, warnings: [...plan.warnings ?? []] }
  }
  if (key.hasPublic && !args.force) {
    return { ...plan, warnings: [...plan.warnings ?? [], `Found existing ssh key public file "${key.path}.pub", no force, so skipping ssh-keygen generation`] }
  }
  const given = keyPath(args)
  const path = given.startsWith('/') ? given : `${home}/${given}`
  const words = [
    '-q', '-t', args.ssh_key_type, ...(args.ssh_key_bits > 0 ? ['-b', args.ssh_key_bits] : []),
    '-C', args.ssh_key_comment ?? `ansible-generated on ${key.hostname}`, '-f', path,
  ]
  // ssh-keygen asks for a passphrase only on a terminal; SSH_ASKPASS would need a file. -N is the one way, in a script that no other user can read.
  const make = shText`umask 077; d=${parentFolder(path)}
[ -d "$d" ] || { mkdir -p -- "$d" && chown ${`${args.name}:`} -- "$d"; } || exit
${raw(args.force ? shText`rm -f -- ${path} ${`${path}.pub`}` : ':')}
IFS= read -r pass || :
ssh-keygen ${words} -N "$pass" && chown ${`${args.name}:`} -- ${path} ${`${path}.pub`} && ssh-keygen -l -f ${path} && cat ${`${path}.pub`}`
  return {
    ...plan,
    changes: [...plan.changes, attr(path, 'state', key.hasPrivate ? 'present' : 'absent', key.hasPrivate ? 'replaced' : 'present')],
    steps: [...plan.steps, { sh: make, stdin: new TextEncoder().encode(`${args.ssh_key_passphrase ?? ''}\n`) }],
    after: [...plan.after ?? [], { unknown: `the SSH key of ${args.name} is made by chance` }],
    data: { ...plan.data, ssh_key_file: path },
    later: [...plan.later ?? [], 'ssh_fingerprint', 'ssh_public_key'],
    done: (ran) => ({ ...plan.done?.(ran), ...madeKey(ran.at(-1)) }),
  }
}
function madeKey(ran: Ran | undefined): Record<string, unknown> {
  const lines = (ran?.stdout ?? '').trim().split('\n')
  return { ssh_fingerprint: lines.at(-2) ?? '', ssh_public_key: lines.at(-1) ?? '' }
}
export const keyProbe = sshKey

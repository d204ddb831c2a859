/** Restarts a host and waits until it is back. */
import { Failure, isUnreachable } from '../core/errors.ts'
import { defineAction } from '../core/module.ts'
import { raw, shText } from '../core/sh.ts'
import type { Control } from '../core/plan.ts'
import { TimeUp, waitAlive } from './waiting/alive.ts'

/** Changes with every boot. A command of the user's stands in where the kernel gives none. */
const bootId = async (control: Control, command: string | undefined): Promise<string> => {
  const [ran] = await control.run([{ sh: command ?? 'cat /proc/sys/kernel/random/boot_id; stat -c %Y /proc/1 2>/dev/null', okRc: 'any' }])
  if (ran === undefined || ran.stdout.trim() === '') throw new Failure(`cannot tell one boot from the next: ${ran?.stderr.trim() ?? ''}`)
  return ran.stdout.trim()
}

/**
 * The command goes on by itself, since it may end the session in the middle of a word; its answer is waited for for two seconds, so that
 * a refusal is heard. `own` is a command of the user's: one that is no path is looked for in `paths`.
 */
const restartLine = (delay: number, msg: string, paths: readonly string[], own: string | undefined): string => {
  const command = own === undefined
    ? shText`PATH=${paths.join(':')}:$PATH; if [ -d /run/systemd/system ] || ! shutdown --help 2>&1 | grep -q BusyBox; then shutdown -r ${delay >= 60 ? `+${Math.floor(delay / 60)}` : 'now'} ${msg} || reboot; else reboot; fi`
    : own
  const [name = '', ...rest] = (own ?? '/').split(' ')
  const found = name.startsWith('/') ? raw('') : raw(shText`p=; for d in ${paths}; do [ -e "$d"/${name} ] && p=$d/${name} && break; done; [ -n "$p" ] || { echo ${notFound(name, paths)} >&2; exit 1; }`)
  const line = name.startsWith('/') ? raw(shText`${command}`) : raw(`"$p "${shText`${rest.join(' ')}`}`)
  return shText`${found}
t=$(umask 077; mktemp) || exit 1
(trap '' HUP; (eval ${line}); echo "ended $?") </dev/null >"$t" 2>&1 &
i=0; while [ $i -lt 20 ] && ! tail -n 1 "$t" | grep -q '^ended '; do i=$((i + 1)); sleep 0.1 2>/dev/null || { sleep 1; i=$((i + 10)); }; done
rc=$(sed -n 's/^ended //p' "$t" | tail -n 1); sed '/^ended /d' "$t"; rm -f "$t"; exit "\${rc:-0}"`
}
const notFound = (name: string, paths: readonly string[]): string => `Unable to find command "${name}" in search paths: [${paths.map((one) => `'${one}'`).join(', ')}]`

/** What the command that restarts the host says where it refuses; nothing where it does as told, or ends the connection at once. */
async function refusal(control: Control, line: string): Promise<string | undefined> {
  const [ran] = await control.run([{ sh: line, okRc: 'any' }]).catch((error: unknown) => { if (isUnreachable(error)) return []; throw error })
  if (ran === undefined || ran.rc === 0) return undefined
  return ran.stderr.startsWith('Unable to find command') ? ran.stderr.trim() : `Reboot command failed. Error was: '${ran.stdout.trim()}, ${ran.stderr.trim()}'`
}

/** As Ansible takes a delay: whole seconds, none below zero. */
const whole = (seconds: number): number => Math.max(0, Math.trunc(seconds))

export default defineAction({
  name: 'reboot',
  doc: 'Restarts the host and waits until it is back.',
  needsHost: true,
  inCheckMode: 'run',
  args: {
    pre_reboot_delay: { type: 'float', default: 0, aliases: ['pre_reboot_delay_sec'], doc: 'Seconds before it goes down; under a minute counts as none.' },
    post_reboot_delay: { type: 'float', default: 0, aliases: ['post_reboot_delay_sec'], doc: 'Seconds after it went down until it is tried.' },
    reboot_timeout: { type: 'int', default: 600, aliases: ['reboot_timeout_sec'], doc: 'Most seconds to wait for it to be back.' },
    connect_timeout: { type: 'int', aliases: ['connect_timeout_sec'], doc: 'Accepted: a connection has the time that `timeout` of the connection gives it.' },
    test_command: { type: 'str', default: 'whoami', doc: 'Must succeed before the host counts as back.' },
    msg: { type: 'str', default: 'Reboot initiated by Ansible', doc: 'What users see.' },
    search_paths: { type: 'list', elements: 'str', default: ['/sbin', '/bin', '/usr/sbin', '/usr/bin', '/usr/local/sbin'], doc: 'Where shutdown is looked for.' },
    boot_time_command: { type: 'str', doc: 'Command whose output changes with every boot.' },
    reboot_command: { type: 'str', doc: 'Command that restarts the host.' },
  },
  async run(args, control) {
    if (control.connection === 'local') return { changed: false, elapsed: 0, rebooted: false, failed: true, msg: 'Running reboot with local connection would reboot the control node.' }
    if (control.checkMode) return { changed: true, elapsed: 0, rebooted: true }
    const before = await bootId(control, args.boot_time_command)
    const started = Date.now()
    const delay = { pre: whole(args.pre_reboot_delay), post: whole(args.post_reboot_delay) }
    const why = await refusal(control, restartLine(delay.pre, args.msg, args.search_paths, args.reboot_command))
    if (why !== undefined) return { changed: false, rebooted: false, failed: true, msg: why, elapsed: 0 }
    control.progress('restarting\n')
    await control.sleep(Math.max(2, delay.pre >= 60 ? delay.pre : 0) + delay.post)
    const elapsed = (): number => Math.floor((Date.now() - started) / 1000)
    let what = 'last boot time check'
    try {
      await waitAlive(control, args.reboot_timeout, 2, async () => await bootId(control, args.boot_time_command) !== before)
      what = 'post-reboot test command'
      await waitAlive(control, args.reboot_timeout, 2, async () => (await control.run([{ sh: args.test_command, okRc: 'any' }]))[0]?.rc === 0)
    } catch (error) {
      if (!isUnreachable(error) && !(error instanceof TimeUp)) throw error
      return { changed: false, rebooted: true, failed: true, msg: `Timed out waiting for ${what} (timeout=${args.reboot_timeout})`, elapsed: elapsed() }
    }
    return { changed: true, rebooted: true, elapsed: elapsed() }
  },
})

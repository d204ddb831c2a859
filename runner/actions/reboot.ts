/** Restarts a host and waits until it is back. */
import { Failure, isUnreachable } from '../core/errors.ts'
import { defineAction } from '../core/module.ts'
import { raw, shText } from '../core/sh.ts'
import type { Control } from '../core/types.ts'
import { TimeUp, waitAlive } from './waiting/alive.ts'

/** Changes with every boot. A command of the user's stands in where the kernel gives none. */
const bootId = async (control: Control, command: string | undefined): Promise<string> => {
  const [ran] = await control.run([{ sh: command ?? 'cat /proc/sys/kernel/random/boot_id; stat -c %Y /proc/1 2>/dev/null', okRc: 'any' }])
  if (ran === undefined || ran.stdout.trim() === '') throw new Failure(`cannot tell one boot from the next: ${ran?.stderr.trim() ?? ''}`)
  return ran.stdout.trim()
}

/** Runs behind the answer, so that the session is not cut off in the middle of a word. */
const restartLine = (delay: number, msg: string, paths: readonly string[], own: string | undefined): string => {
  const command = own === undefined
    ? shText`PATH=${paths.join(':')}:$PATH; if [ -d /run/systemd/system ] || ! shutdown --help 2>&1 | grep -q BusyBox; then shutdown -r ${delay >= 60 ? `+${Math.floor(delay / 60)}` : 'now'} ${msg} || reboot; else reboot; fi`
    : shText`${raw(own)}`
  return shText`(trap '' HUP; sleep 1; ${raw(command)}) </dev/null >/dev/null 2>&1 &`
}

export default defineAction({
  name: 'reboot',
  doc: 'Restarts the host and waits until it is back.',
  needsHost: true,
  inCheckMode: 'skip',
  args: {
    pre_reboot_delay: { type: 'int', default: 0, aliases: ['pre_reboot_delay_sec'], doc: 'Seconds before it goes down; under a minute counts as none.' },
    post_reboot_delay: { type: 'int', default: 0, aliases: ['post_reboot_delay_sec'], doc: 'Seconds after it went down until it is tried.' },
    reboot_timeout: { type: 'int', default: 600, aliases: ['reboot_timeout_sec'], doc: 'Most seconds to wait for it to be back.' },
    connect_timeout: { type: 'int', aliases: ['connect_timeout_sec'], doc: 'Accepted: a connection has the time that `timeout` of the connection gives it.' },
    test_command: { type: 'str', default: 'whoami', doc: 'Must succeed before the host counts as back.' },
    msg: { type: 'str', default: 'Reboot initiated by Ansible', doc: 'What users see.' },
    search_paths: { type: 'list', elements: 'str', default: ['/sbin', '/bin', '/usr/sbin', '/usr/bin', '/usr/local/sbin'], doc: 'Where shutdown is looked for.' },
    boot_time_command: { type: 'str', doc: 'Command whose output changes with every boot.' },
    reboot_command: { type: 'str', doc: 'Command that restarts the host.' },
  },
  async run(args, control) {
    const before = await bootId(control, args.boot_time_command)
    const started = Date.now()
    await control.run([{ sh: restartLine(args.pre_reboot_delay, args.msg, args.search_paths, args.reboot_command), okRc: 'any' }])
    control.progress('restarting\n')
    await control.sleep(Math.max(2, args.pre_reboot_delay >= 60 ? args.pre_reboot_delay : 0) + args.post_reboot_delay)
    const elapsed = (): number => Math.floor((Date.now() - started) / 1000)
    try {
      await waitAlive(control, args.reboot_timeout, 2, async () => await bootId(control, args.boot_time_command) !== before)
      await waitAlive(control, args.reboot_timeout, 2, async () => (await control.run([{ sh: args.test_command, okRc: 'any' }]))[0]?.rc === 0)
    } catch (error) {
      if (!isUnreachable(error) && !(error instanceof TimeUp)) throw error
      return { changed: false, rebooted: false, failed: true, msg: `Timed out waiting for last boot time check (timeout=${args.reboot_timeout})`, elapsed: elapsed() }
    }
    return { changed: true, rebooted: true, elapsed: elapsed() }
  },
})

/** Keeps the time zone of the host. */
import { Failure } from '../core/errors.ts'
import { attr, defineModule, nothing } from '../core/module.ts'
import { shText } from '../core/sh.ts'
import type { Plan } from '../core/plan.ts'
import { timeZone } from '../probes/answers.ts'
import { platform } from '../probes/platform.ts'

export default defineModule({
  name: 'timezone',
  doc: 'Keeps the time zone.',
  args: {
    name: { type: 'str', required: true, doc: 'The zone, as Europe/Berlin.' },
    hwclock: { type: 'str', choices: ['local', 'UTC'], aliases: ['rtc'], doc: 'What the hardware clock shows.', unsupported: 'containers and most virtual machines have none to set; use the command hwclock' },
  },
  async plan({ name }, target): Promise<Plan> {
    const [is, { tools }] = await Promise.all([target.read(timeZone, name), target.read(platform, 'platform')])
    if (is.name === name) return nothing({ diff: { before: is.name, after: name } })
    if (!is.hasFiles) throw new Failure('/usr/share/zoneinfo is not on this host: the package tzdata has it')
    if (!is.known) throw new Failure(`given timezone "${name}" is not available`)
    const files = shText`ln -sfn ${`/usr/share/zoneinfo/${name}`} /etc/localtime && { [ ! -e /etc/timezone ] && [ ! -e /etc/debian_version ] || printf '%s\\n' ${name} >/etc/timezone; }`
    return {
      changes: [attr('time zone', 'name', is.name, name)],
      steps: [{ sh: tools.has('timedatectl') ? shText`{ [ -d /run/systemd/system ] && timedatectl set-timezone ${name} 2>/dev/null; } || { ` + `${files}; }` : files }],
      after: [{ probe: timeZone.name, id: name, value: { ...is, name } }],
    }
  },
})

/** pause: waits for a time. Asking a person is left to terminals that have one. */
import { defineAction } from '../core/module.ts'

export default defineAction({
  name: 'pause', once: true, doc: 'Pause playbook execution.', inCheckMode: 'run',
  args: {
    seconds: { type: 'float', doc: 'How long, in seconds.' },
    minutes: { type: 'float', doc: 'How long, in minutes.' },
    prompt: { type: 'str', doc: 'A text to show; without a terminal nothing is asked, as in Ansible.' },
    echo: { type: 'bool', default: true, doc: 'Whether what is typed is shown.' },
  },
  rules: { mutuallyExclusive: [['seconds', 'minutes']] },
  async run(args, control) {
    const start = new Date()
    const seconds = args.seconds ?? (args.minutes === undefined ? undefined : args.minutes * 60)
    if (args.prompt !== undefined) control.progress(args.prompt)
    if (seconds === undefined) control.warn('Not waiting for response to prompt as stdin is not interactive')
    else await control.sleep(seconds)
    const stop = new Date()
    const took = Math.round((stop.getTime() - start.getTime()) / 10) / 100
    return {
      changed: false, rc: 0, start: start.toISOString(), stop: stop.toISOString(), delta: Math.round(took), echo: args.echo, user_input: '',
      stdout: args.minutes === undefined ? `Paused for ${took} seconds` : `Paused for ${Math.round(took / 6) / 10} minutes`, stderr: '',
    }
  },
})

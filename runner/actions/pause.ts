/** pause: waits for a time, or for a person at the terminal. */
import { Failure } from '../core/errors.ts'
import { defineAction } from '../core/module.ts'
import { dateText } from '../core/pytext.ts'
import type { Control, Question } from '../core/plan.ts'

const keys = "(ctrl+C then 'C' = continue early, ctrl+C then 'A' = abort)"

/** What is shown: with a time, how long and the keys that cut it short; and the text of the task. */
function questionOf(title: string, prompt: string | undefined, seconds: number | undefined, echo: boolean): Question {
  const hidden = echo ? '' : ' (output is hidden)'
  const own = `[${title}]\n${prompt ?? 'Press enter to continue, Ctrl+C to interrupt'}${hidden}:`
  if (seconds === undefined) return { prompt: own, echo }
  const head = `Pausing for ${seconds} seconds${hidden}\n${keys}\n`
  return { prompt: prompt === undefined ? head : head + own, echo: false, seconds, ends: [] }
}

/** What was typed; nothing where the time ran out. Throws where the person ends the run. */
async function answer(ask: NonNullable<Control['ask']>, question: Question): Promise<string> {
  const reply = await ask(question)
  if (reply.kind === 'text') return reply.text
  if (reply.kind === 'time') return ''
  const next = await ask({ prompt: "Press 'C' to continue the play or 'A' to abort \n", echo: false, ends: ['c'], interrupts: ['a', '\x03'] })
  if (next.kind === 'interrupted') throw new Failure('user requested abort!')
  return ''
}

/** As Ansible takes a time: whole numbers, at least a second. */
const wholeSeconds = (seconds: number | undefined, minutes: number | undefined): number | undefined =>
  minutes !== undefined ? Math.max(1, Math.trunc(minutes) * 60) : seconds === undefined ? undefined : Math.max(1, Math.trunc(seconds))

export default defineAction({
  name: 'pause', once: true, doc: 'Pause playbook execution.', inCheckMode: 'run',
  args: {
    seconds: { type: 'float', doc: 'How long, in whole seconds.' },
    minutes: { type: 'float', doc: 'How long, in whole minutes.' },
    prompt: { type: 'str', doc: 'A text to show; without a terminal nothing is asked, as in Ansible.' },
    echo: { type: 'bool', default: true, doc: 'Whether what is typed is shown.' },
  },
  rules: { mutuallyExclusive: [['minutes', 'seconds']] },
  async run(args, control) {
    const started = Date.now(), seconds = wholeSeconds(args.seconds, args.minutes)
    const prompt = args.prompt === undefined || args.prompt === '' ? undefined : args.prompt
    let typed = ''
    if (control.ask !== undefined) typed = await answer(control.ask, questionOf(control.title.trim(), prompt, seconds, args.echo))
    else if (seconds === undefined) control.warn('Not waiting for response to prompt as stdin is not interactive')
    else {
      control.say(`Pausing for ${seconds} seconds${args.echo ? '' : ' (output is hidden)'}`)
      await control.sleep(seconds)
    }
    const stopped = Date.now(), took = (stopped - started) / 1000, isSeconds = args.minutes === undefined && args.seconds !== undefined
    const shown = Math.round((isSeconds ? took : took / 60) * 100) / 100
    return {
      changed: false, rc: 0, start: dateText(started), stop: dateText(stopped), delta: Math.trunc(took), echo: args.echo,
      user_input: seconds === undefined ? typed : '', stdout: `Paused for ${Number.isInteger(shown) ? shown.toFixed(1) : shown} ${isSeconds ? 'seconds' : 'minutes'}`, stderr: '',
    }
  },
})

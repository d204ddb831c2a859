/** Makes a target of a Makefile where it is not up to date. Ansible: community.general. */
import { Failure } from '../core/errors.ts'
import { defineModule, nothing } from '../core/module.ts'
import { shText } from '../core/sh.ts'
import type { Plan } from '../core/plan.ts'
import { makeQuestion } from '../probes/languages.ts'

export default defineModule({
  name: 'make',
  doc: 'Makes a target of a Makefile where it is not up to date.',
  args: {
    chdir: { type: 'path', required: true, doc: 'Folder to be in.' },
    target: { type: 'str', doc: 'What to make.' },
    targets: { type: 'list', elements: 'str', doc: 'Several of them.' },
    params: { type: 'dict', doc: 'Variables of make.' },
    file: { type: 'path', doc: 'The Makefile.' },
    make: { type: 'path', doc: 'The program; default is gmake, or make.' },
    jobs: { type: 'int', doc: 'How many at once.' },
  },
  rules: { mutuallyExclusive: [['target', 'targets']] },
  async plan(want, target): Promise<Plan> {
    const words = [
      ...(want.jobs === undefined ? [] : ['-j', String(want.jobs)]), ...(want.file === undefined ? [] : ['-f', want.file]), ...(want.target === undefined ? want.targets ?? [] : [want.target]),
      ...Object.entries(want.params ?? {}).map(([name, value]) => value === null ? name : `${name}=${String(value)}`),
    ]
    const key = { chdir: want.chdir, program: want.make ?? '', words }, is = await target.read(makeQuestion, key)
    if (!is.hasFolder) throw new Failure(`chdir: there is no folder ${want.chdir}`)
    if (!is.hasTool) throw new Failure('Failed to find required executable "make"')
    const data = { target: want.target ?? null, targets: want.targets ?? null, params: want.params ?? null, chdir: want.chdir, file: want.file ?? null, jobs: want.jobs ?? null, command: shText`${want.make ?? 'make'} ${words}` }
    if (is.isDone) return nothing({ ...data, stdout: '', stderr: '' })
    const program = want.make === undefined ? '"$(command -v gmake || command -v make)"' : shText`${want.make}`
    return {
      changes: [{ kind: 'attr', of: want.chdir, name: 'make', before: null, after: words.join(' ') }], steps: [{ sh: `${program} ${shText`${words}`}`, cwd: want.chdir }],
      after: [{ unknown: `what make does in ${want.chdir} is not known` }], data, later: ['stdout', 'stderr'], done: ([ran]) => ({ stdout: ran?.stdout ?? '', stderr: ran?.stderr ?? '' }),
    }
  },
})

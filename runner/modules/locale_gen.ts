/** Keeps locales that the host can use. */
import { Failure } from '../core/errors.ts'
import { attr, defineModule, nothing } from '../core/module.ts'
import { shText } from '../core/sh.ts'
import type { Plan } from '../core/plan.ts'
import { locale } from '../probes/answers.ts'
import { platform } from '../probes/platform.ts'

const charset = (name: string): string => name.split('.')[1]?.replace(/^utf-?8$/i, 'UTF-8') ?? 'ISO-8859-1'
export default defineModule({
  name: 'locale_gen',
  doc: 'Keeps locales.',
  args: {
    name: { type: 'list', elements: 'str', required: true, doc: 'Locales, as de_DE.UTF-8.' },
    state: { type: 'str', choices: ['absent', 'present'], default: 'present', doc: 'Whether they can be used.' },
  },
  async plan(args, target): Promise<Plan> {
    const [{ tools }, ...states] = await Promise.all([target.read(platform, 'platform'), ...args.name.map(async (name) => await target.read(locale, name))])
    const wanted = args.state === 'present'
    const wrong = args.name.filter((_, i) => states[i]?.present !== wanted)
    if (wrong.length === 0) return nothing({ name: args.name })
    const impossible = wanted ? args.name.filter((_, i) => states[i]?.possible === false && states[i]?.present === false) : []
    if (!tools.has('locale-gen') && !tools.has('localedef')) throw new Failure('neither locale-gen nor localedef is on this host: the package locales has them')
    if (impossible.length > 0 && tools.has('locale-gen')) throw new Failure(`The locales you've entered are not available on your system: ${impossible.join(', ')}`)
    const lines = wrong.map((name) => {
      const pattern = name.replaceAll('.', '\\.')
      if (!tools.has('locale-gen')) return wanted ? shText`localedef -i ${name.split('.')[0] ?? name} -f ${charset(name)} ${name}` : shText`localedef --delete-from-archive ${name}`
      return wanted ? shText`if grep -q ${`^ *#* *${pattern} `} /etc/locale.gen; then sed -i ${`s/^ *#* *\\(${pattern} .*\\)$/\\1/`} /etc/locale.gen; else printf '%s %s\\n' ${name} ${charset(name)} >>/etc/locale.gen; fi`
        : shText`sed -i ${`s/^ *\\(${pattern} .*\\)$/# \\1/`} /etc/locale.gen`
    })
    return {
      changes: wrong.map((name) => attr(name, 'state', wanted ? 'absent' : 'present', args.state)),
      steps: [{ sh: [...lines, ...(tools.has('locale-gen') ? ['locale-gen >/dev/null'] : [])].map((line) => `${line} || exit`).join('\n') }],
      after: wrong.map((name) => ({ probe: locale.name, id: name, value: { present: wanted, possible: true } })), data: { name: args.name },
    }
  },
})

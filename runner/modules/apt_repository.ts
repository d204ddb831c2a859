/** Keeps a source of apt, in one-line form. */
import { Failure } from '../core/errors.ts'
import { defineModule, nothing } from '../core/module.ts'
import type { Plan } from '../core/plan.ts'
import { aptSources } from '../probes/apt-sources.ts'
import { platform } from '../probes/platform.ts'
import { chain, planText } from './config/text.ts'
import { needSource, parseSource, suggestFile, updateStep, withoutSource, withSource } from './packages/sources.ts'

export default defineModule({
  name: 'apt_repository',
  doc: 'Keeps a source of apt.',
  args: {
    repo: { type: 'str', required: true, doc: 'The source: deb http://… suite component.' },
    state: { type: 'str', choices: ['absent', 'present'], default: 'present', doc: 'Whether it is there.' },
    filename: { type: 'str', doc: 'Name of the file in sources.list.d, without .list; default comes from the address.' },
    mode: { type: 'mode', default: '0644', doc: 'Permissions of the file.' },
    update_cache: { type: 'bool', default: true, aliases: ['update-cache'], doc: 'Fetches the lists when something changed.' },
    update_cache_retries: { type: 'int', default: 5, doc: 'Accepted.' },
    update_cache_retry_max_delay: { type: 'int', default: 12, doc: 'Accepted.' },
    validate_certs: { type: 'bool', default: true, doc: 'Accepted: only PPAs ask another server.' },
    install_python_apt: { type: 'bool', default: true, doc: 'Accepted: not needed.' },
    codename: { type: 'str', doc: 'Release of a PPA.', unsupported: 'PPAs need Launchpad: write the source with its address, and get its key with get_url' },
  },
  async plan(args, target): Promise<Plan> {
    if (args.repo.startsWith('ppa:')) throw new Failure('PPAs need Launchpad: write the source with its address (deb [signed-by=…] https://ppa.launchpadcontent.net/…), and get its key with get_url')
    const { source } = needSource(args.repo)
    const line = args.repo.trim()
    const name = args.filename === undefined ? suggestFile(source) : args.filename.endsWith('.list') ? args.filename : `${args.filename}.list`
    const path = name.startsWith('/') ? name : `/etc/apt/sources.list.d/${name}`
    const [files, { tools }] = await Promise.all([target.read(aptSources, 'lists'), target.read(platform, 'platform')])
    if (!tools.has('apt-get')) throw new Failure('apt-get is not on this host: apt_repository needs Debian or a relative of it')
    const holders = files.filter(({ text }) => text.split('\n').some((row) => { const one = parseSource(row); return one?.isEnabled === true && one.source === source }))
    const data = { repo: args.repo, state: args.state }
    if (args.state === 'present' ? holders.length > 0 : holders.length === 0) return nothing(data)
    const plans = args.state === 'present'
      ? [await planText(target, path, (text) => withSource(text, line), { mode: args.mode, makeParents: true })]
      : await Promise.all(holders.map(async (file) => await planText(target, file.path, (text) => file.path === '/etc/apt/sources.list' ? withoutSource(text ?? '', line) ?? '' : withoutSource(text ?? '', line))))
    const texts = files.map((file) => args.state === 'absent' && holders.includes(file) ? { path: file.path, text: withoutSource(file.text, line) ?? '' } : file)
    const own = files.find((file) => file.path === path)
    const after = args.state === 'present' ? [...texts.filter((file) => file.path !== path), { path, text: withSource(own?.text, line) }] : texts
    plans.push({
      changes: [], steps: args.update_cache ? [updateStep] : [],
      after: [{ probe: aptSources.name, id: 'lists', value: after.filter(({ path: one, text }) => text !== '' || one === '/etc/apt/sources.list').sort((a, b) => a.path < b.path ? -1 : 1) }, { unknown: 'what apt’s lists offer after an update is not known' }],
    })
    const sources = args.state === 'present' ? { sources_added: own === undefined ? [path] : [], sources_removed: [] } : { sources_added: [], sources_removed: holders.map((file) => file.path) }
    return chain(plans, { ...data, ...sources })
  },
})

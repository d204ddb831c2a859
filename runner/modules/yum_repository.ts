/** Keeps a repository of dnf or yum. */
import { defineModule } from '../core/module.ts'
import type { Data } from '../core/types.ts'
import type { Arg, Args, Plan } from '../core/plan.ts'
import { attributeArgs } from './files/attributes.ts'
import { parse, render } from './config/ini.ts'
import { planText } from './config/text.ts'

const str = (doc: string, secret = false) => ({ type: 'str', doc, ...(secret ? { secret: true } : {}) } as const satisfies Arg)
const bool = (doc: string) => ({ type: 'bool', doc } as const satisfies Arg)
const list = (doc: string) => ({ type: 'list', elements: 'str', doc } as const satisfies Arg)
const fields = {
  async: bool('Fetches in the background.'), bandwidth: str('Most bandwidth.'), baseurl: list('Addresses.'), cost: str('Cost compared with others.'), countme: bool('Is counted.'),
  deltarpm_metadata_percentage: str('When deltas are used.'), deltarpm_percentage: str('When deltas are used.'), enabled: bool('Whether it is used.'), enablegroups: bool('Whether its groups are used.'),
  exclude: { type: 'list', elements: 'str', aliases: ['excludepkgs'], doc: 'Packages to leave out.' }, failovermethod: { type: 'str', choices: ['roundrobin', 'priority'], doc: 'Order of addresses.' },
  gpgcakey: str('Authority of the key.'), gpgcheck: bool('Checks signatures.'), gpgkey: list('Keys.'), http_caching: { type: 'str', choices: ['all', 'packages', 'none'], doc: 'What caches may keep.' },
  include: str('Another configuration file.'), includepkgs: list('Packages to take.'), ip_resolve: { type: 'str', choices: ['4', '6', 'IPv4', 'IPv6', 'whatever'], doc: 'Which addresses.' },
  keepalive: bool('Keeps connections.'), keepcache: { type: 'str', choices: ['0', '1'], doc: 'Keeps what was fetched; Ansible has dropped it.' }, metadata_expire: str('How long data counts.'), metadata_expire_filter: { type: 'str', choices: ['never', 'read-only:past', 'read-only:present', 'read-only:future'], doc: 'When that counts.' },
  metalink: str('Metalink.'), mirrorlist: str('List of mirrors.'), mirrorlist_expire: str('How long it counts.'), module_hotfixes: bool('Ignores modules.'), password: str('Password.', true),
  priority: str('Priority.'), protect: bool('Protects its packages.'), proxy: str('Proxy.'), proxy_password: str('Its password.', true), proxy_username: str('Its user.'), repo_gpgcheck: bool('Checks the signature of the data.'),
  retries: str('How often to try.'), s3_enabled: bool('S3.'), skip_if_unavailable: bool('Goes on without it.'), ssl_check_cert_permissions: bool('Checks permissions of certificates.'),
  sslcacert: { type: 'str', aliases: ['ca_cert'], doc: 'Authority.' }, sslclientcert: { type: 'str', aliases: ['client_cert'], doc: 'Certificate.' }, sslclientkey: { type: 'str', aliases: ['client_key'], doc: 'Its key.' },
  sslverify: { type: 'bool', aliases: ['validate_certs'], doc: 'Checks certificates.' }, throttle: str('Slows it down.'), timeout: str('Time for a connection.'), ui_repoid_vars: str('Variables to show.'),
  username: str('User.'),
} as const satisfies Readonly<Record<string, Arg>>
const args = {
  name: { type: 'str', required: true, doc: 'Id of the repository: its section.' },
  description: str('What it is called.'),
  file: str('Name of the file, without .repo; default is the id.'),
  reposdir: { type: 'path', default: '/etc/yum.repos.d', doc: 'Folder of the files.' },
  state: { type: 'str', choices: ['absent', 'present'], default: 'present', doc: 'Whether it is there.' },
  ...fields, ...attributeArgs,
} as const
type RepoArgs = Args<typeof args>

/** Lists that a file has with one line an element; others stand in one line. */
const lined = ['baseurl', 'gpgkey', 'exclude', 'includepkgs']
function value(name: string, given: unknown): string {
  if (typeof given === 'boolean') return given ? '1' : '0'
  if (Array.isArray(given)) return given.map(String).join(lined.includes(name) && (name === 'baseurl' || name === 'gpgkey') ? '\n  ' : ' ')
  return String(given)
}
function section(one: RepoArgs): string[] {
  const set: Data = { ...Object.fromEntries(Object.keys(fields).map((name) => [name, Reflect.get(one, name)])), name: one.description }
  return Object.entries(set).filter(([, given]) => given !== undefined && given !== null).sort(([a], [b]) => a < b ? -1 : 1).map(([name, given]) => `${name} = ${value(name, given)}`)
}

export default defineModule({
  name: 'yum_repository',
  doc: 'Keeps a repository of dnf or yum.',
  args,
  rules: { requiredIf: [['state', 'present', ['baseurl', 'mirrorlist', 'metalink'], true], ['state', 'present', ['description']]] },
  async plan(one, target): Promise<Plan> {
    const path = `${one.reposdir}/${one.file ?? one.name}.repo`
    const { mode, owner, group } = one
    return await planText(target, path, (text) => {
      const { head, sections } = parse(text ?? ''), at = sections.findIndex(({ name }) => name === one.name)
      if (one.state === 'absent') {
        const rest = sections.filter(({ name }) => name !== one.name)
        return at < 0 ? text : rest.length === 0 ? undefined : render(head, rest)
      }
      const own = { name: one.name, lines: section(one) }
      const is = sections[at]
      if (is !== undefined && is.lines.filter((line) => line.trim() !== '').join('\n') === own.lines.join('\n')) return text
      return render(head, at < 0 ? [...sections, own] : sections.map((each, i) => i === at ? own : each))
    }, { mode, owner, group }, { repo: one.name, state: one.state })
  },
})

/** Keeps a source of apt in deb822 form, with its key. */
import { attr, defineModule } from '../core/module.ts'
import { shText } from '../core/sh.ts'
import type { Data } from '../core/types.ts'
import type { Args, Plan } from '../core/plan.ts'
import { defineEach } from '../probes/each.ts'
import { chain, planGone, planText } from './config/text.ts'

const flag = (doc: string) => ({ type: 'bool', doc } as const)
const words = (doc: string) => ({ type: 'list', elements: 'str', doc } as const)
const args = {
  name: { type: 'str', required: true, doc: 'Name of the source; its file is named after it.' },
  state: { type: 'str', choices: ['absent', 'present'], default: 'present', doc: 'Whether it is there.' },
  mode: { type: 'mode', default: '0644', doc: 'Permissions of the file.' },
  types: { type: 'list', elements: 'str', choices: ['deb', 'deb-src'], default: ['deb'], doc: 'Binary packages, sources.' },
  uris: words('Addresses.'), suites: words('Suites.'), components: words('Components.'), architectures: words('Architectures.'), languages: words('Languages.'), targets: words('Targets.'),
  signed_by: { type: 'str', doc: 'Key: a path on the host, a URL, a fingerprint, or the key itself.' },
  enabled: flag('Whether it is used.'), trusted: flag('Needs no signature.'), allow_insecure: flag('May be unsigned.'), allow_weak: flag('May be signed weakly.'),
  allow_downgrade_to_insecure: flag('May become unsigned.'), by_hash: flag('Fetches by hash.'), check_date: flag('Checks dates.'), check_valid_until: flag('Checks Valid-Until.'), pdiffs: flag('Fetches differences.'),
  date_max_future: { type: 'int', doc: 'Seconds that a date may be ahead.' }, inrelease_path: { type: 'str', doc: 'Path of InRelease.' }, exclude: words('Packages to leave out.'), include: words('Packages to take.'),
  install_python_debian: { type: 'bool', default: false, doc: 'Accepted: not needed.' },
} as const
type SourceArgs = Args<typeof args>

/** Whether the key of a URL is what the keyring has; the key's kind decides the file's name. */
const urlKey = defineEach<{ readonly url: string; readonly base: string }, { readonly extension: string; readonly same: boolean; readonly problem: string }>({
  name: 'url-key',
  id: ({ url, base }) => `${url} ${base}`,
  command: ({ url, base }) => shText`t=$(mktemp); if curl -fsSL -o "$t" -- ${url} || wget -q -O "$t" -- ${url}; then
if grep -q -- '-----BEGIN PGP PUBLIC KEY BLOCK-----' "$t"; then e=asc; else e=gpg; fi; echo $e; cmp -s "$t" ${base}."$e" && echo same || echo other
else echo; echo failed; fi; rm -f "$t"`,
  parse({ stdout }) {
    const [extension = '', state = ''] = stdout.split('\n')
    return { extension, same: state === 'same', problem: extension === '' ? 'it cannot be fetched' : '' }
  },
})

const slug = (name: string): string => name.toLowerCase().replace(/[^a-z0-9_-]+/g, '-').replace(/[_\s]+/g, '-').replace(/^-+|-+$/g, '')
const fieldName = (name: string): string => name === 'name' ? 'X-Repolib-Name' : name === 'uris' ? 'URIs' : name.split('_').map((part) => part.charAt(0).toUpperCase() + part.slice(1)).join('-')
function fieldValue(value: unknown): string {
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  const text = Array.isArray(value) ? value.join(' ') : String(value)
  return text.includes('\n') ? `\n${text.trim().split('\n').map((row) => `    ${row.trim() === '' ? '.' : row.trim()}`).join('\n')}` : text
}
const notFields = ['state', 'mode', 'install_python_debian']
export function render(one: SourceArgs, signedBy: string | undefined): string {
  const fields = Object.entries({ ...one, signed_by: signedBy }).filter(([name, value]) => value !== undefined && !notFields.includes(name)).sort(([a], [b]) => a < b ? -1 : 1)
  return fields.map(([name, value]) => { const text = fieldValue(value); return `${fieldName(name)}:${text.startsWith('\n') ? '' : ' '}${text}\n` }).join('')
}

export default defineModule({
  name: 'deb822_repository',
  doc: 'Keeps a source of apt in deb822 form.',
  args,
  rules: { mutuallyExclusive: [['exclude', 'include']] },
  async plan(one, target): Promise<Plan> {
    const name = slug(one.name), path = `/etc/apt/sources.list.d/${name}.sources`, base = `/etc/apt/keyrings/${name}`
    if (one.state === 'absent') {
      const plans = await Promise.all([path, `${base}.asc`, `${base}.gpg`].map(async (file) => await planGone(target, file)))
      return chain(plans, { repo: null, dest: path, key_filename: null })
    }
    const url = one.signed_by !== undefined && /^\w+:\/\//.test(one.signed_by) ? one.signed_by : undefined
    const key = url === undefined ? undefined : await target.read(urlKey, { url, base })
    const keyFile = key === undefined || key.extension === '' ? undefined : `${base}.${key.extension}`
    const plans: Plan[] = []
    if (key !== undefined && url !== undefined && !key.same) {
      const file = keyFile ?? `${base}.asc`
      plans.push({
        changes: [attr(file, 'key', null, url)],
        steps: [{ sh: shText`mkdir -p -m 0755 /etc/apt/keyrings && t=$(mktemp ${`${base}.XXXXXX`}) && { curl -fsSL -o "$t" -- ${url} || wget -q -O "$t" -- ${url} || { echo "Could not fetch signed_by key." >&2; rm -f "$t"; exit 1; }; } && chmod 0644 "$t" && mv -f "$t" ${file}` }],
        after: [{ unknown: `the key of ${one.name} is not known before it is fetched` }],
      })
    }
    const text = render(one, keyFile ?? one.signed_by)
    plans.push(await planText(target, path, () => text, { mode: one.mode }))
    const data: Data = { repo: text, dest: path, key_filename: keyFile ?? null }
    return chain(plans, data)
  },
})

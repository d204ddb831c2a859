/** Keeps a key that apt trusts for everything (older systems; newer ones name a key in each source). */
import { Failure } from '../core/errors.ts'
import { attr, defineModule, nothing } from '../core/module.ts'
import { shText } from '../core/sh.ts'
import type { Plan } from '../core/plan.ts'
import { aptKeys } from '../probes/apt-sources.ts'
import { platform } from '../probes/platform.ts'

const short = (id: string): string => id.toUpperCase().replace(/^0X/, '').slice(-16)
const isAmong = (id: string, keys: readonly string[]): boolean => keys.some((key) => key.endsWith(short(id)) || short(id).endsWith(key))

export default defineModule({
  name: 'apt_key',
  doc: 'Keeps a key that apt trusts.',
  args: {
    id: { type: 'str', doc: 'Id of the key.' },
    url: { type: 'str', doc: 'Where to fetch it.' },
    data: { type: 'str', doc: 'The key itself.' },
    file: { type: 'path', doc: 'A file of the host with it.' },
    keyserver: { type: 'str', doc: 'Key server to ask for id.' },
    keyring: { type: 'path', doc: 'File of trusted.gpg.d to keep it in.' },
    state: { type: 'str', choices: ['absent', 'present'], default: 'present', doc: 'Whether it is trusted.' },
    validate_certs: { type: 'bool', default: true, doc: 'Checks the certificate of the address.' },
  },
  rules: { mutuallyExclusive: [['data', 'file', 'keyserver', 'url']] },
  async plan(args, target): Promise<Plan> {
    const { id, keyring } = args
    const [keys, { tools }] = await Promise.all([target.read(aptKeys, { keyring, url: args.url, file: args.file, data: args.data }), target.read(platform, 'platform')])
    if (!tools.has('apt-get')) throw new Failure('apt-get is not on this host: apt_key needs Debian or a relative of it')
    if (!tools.has('gpg')) throw new Failure('gpg is not on this host: the package gnupg has it')
    const wanted = id === undefined ? keys.given : [short(id)]
    const ring = keyring === undefined ? [] : ['--keyring', keyring]
    if (args.state === 'absent') {
      if (id === undefined) throw new Failure('key is required: id says which key to remove')
      if (!isAmong(id, keys.trusted)) return nothing({ key_id: id })
      return { changes: [attr('apt', 'key', id, null)], steps: [{ sh: shText`apt-key ${ring} del ${short(id)}` }], after: [{ unknown: 'apt’s keys have changed' }], data: { key_id: id } }
    }
    if (wanted.length === 0) throw new Failure(args.keyserver === undefined && args.url === undefined && args.data === undefined && args.file === undefined ? 'one of id, url, data, file is required' : 'No key to add was found, or it cannot be read', { url: args.url ?? null })
    if (wanted.some((one) => isAmong(one, keys.trusted))) return nothing({ key_id: wanted[0] ?? null })
    const insecure = args.validate_certs ? [] : ['--insecure']
    const source = args.url !== undefined ? shText`{ curl -fsSL ${insecure} -- ${args.url} || wget -q -O - -- ${args.url}; }` : args.data !== undefined ? shText`printf '%s\\n' ${args.data}` : shText`cat -- ${args.file ?? ''}`
    const line = args.keyserver !== undefined ? shText`apt-key ${ring} adv --no-tty --keyserver ${args.keyserver} --recv ${id ?? ''}` : `${source} | ${shText`apt-key ${ring} add -`}`
    if (args.keyserver === undefined && args.url === undefined && args.data === undefined && args.file === undefined) throw new Failure(`key ${id ?? ''} is not trusted, and none of url, data, file and keyserver says where it is`)
    return {
      changes: [attr('apt', 'key', null, wanted[0] ?? '')], steps: [{ sh: `${line} 2>&1` }], after: [{ unknown: 'apt’s keys have changed' }],
      data: { key_id: wanted[0] ?? null, short_id: (wanted[0] ?? '').slice(-8), fp: wanted[0] ?? null },
    }
  },
})

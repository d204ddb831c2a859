/** Keeps a key that rpm trusts. */
import { Failure } from '../core/errors.ts'
import { attr, defineModule, nothing } from '../core/module.ts'
import { shText } from '../core/sh.ts'
import type { Plan } from '../core/plan.ts'
import { rpmKey } from '../probes/rpm-keys.ts'

export default defineModule({
  name: 'rpm_key',
  doc: 'Keeps a key that rpm trusts.',
  args: {
    key: { type: 'str', required: true, doc: 'The key: a URL, a file of the host, or a key id.' },
    state: { type: 'str', choices: ['absent', 'present'], default: 'present', doc: 'Whether it is trusted.' },
    fingerprint: { type: 'list', elements: 'str', doc: 'Fingerprints that the key must have.' },
    validate_certs: { type: 'bool', default: true, doc: 'Checks the certificate of the address.' },
  },
  async plan(args, target): Promise<Plan> {
    const { ids, fingerprints, trusted, problem } = await target.read(rpmKey, { key: args.key, insecure: !args.validate_certs })
    if (problem !== '') throw new Failure(problem, { key: args.key })
    const wanted = args.fingerprint?.map((one) => one.replaceAll(' ', '').toUpperCase())
    if (wanted !== undefined && !wanted.some((one) => fingerprints.includes(one))) {
      throw new Failure(`The specified fingerprint, '${wanted.join(', ')}', does not match any key fingerprints in '${fingerprints.join(', ')}'`)
    }
    const id = ids[0] ?? '', isThere = ids.some((one) => trusted.includes(one.slice(-8).toLowerCase()))
    if ((args.state === 'present') === isThere) return nothing()
    const isFile = args.key.startsWith('/'), insecure = args.validate_certs ? [] : ['--insecure']
    if (args.state === 'absent') {
      return { changes: [attr('rpm', 'key', id, null)], steps: [{ sh: shText`rpm --erase --allmatches ${`gpg-pubkey-${id.slice(-8).toLowerCase()}`}` }], after: [{ unknown: 'rpm’s keys have changed' }] }
    }
    if (!isFile && !args.key.includes('://')) throw new Failure(`When importing a key, a valid file must be given; '${args.key}' is an id`)
    const line = isFile ? shText`rpm --import ${args.key}` : shText`t=$(mktemp) && { curl -fsSL ${insecure} -o "$t" -- ${args.key} || wget -q -O "$t" -- ${args.key}; } && rpm --import "$t"; r=$?; rm -f "$t"; [ $r = 0 ]`
    return { changes: [attr('rpm', 'key', null, id)], steps: [{ sh: line }], after: [{ unknown: 'rpm’s keys have changed' }] }
  },
})

/** Keeps a file of Diffie-Hellman parameters of a size, made by the host's openssl. */
import { Failure } from '../core/errors.ts'
import { defineModule } from '../core/module.ts'
import { shText } from '../core/sh.ts'
import type { Data } from '../core/types.ts'
import type { Plan } from '../core/plan.ts'
import { content } from '../probes/content.ts'
import { dhparam } from '../probes/dhparam.ts'
import { attributeArgs, lookUpWanted } from './files/attributes.ts'
import { expand } from './files/paths.ts'
import { planKept, planProduced, planRemoved, readUnseen } from './files/produced.ts'

export default defineModule({
  name: 'openssl_dhparam',
  doc: 'Keeps a file of Diffie-Hellman parameters.',
  args: {
    path: { type: 'path', required: true, doc: 'The file.' },
    size: { type: 'int', default: 4096, doc: 'Bits of the parameters.' },
    state: { type: 'str', choices: ['present', 'absent'], default: 'present', doc: 'Whether the file is there.' },
    force: { type: 'bool', default: false, doc: 'Makes new ones even where they are right.' },
    backup: { type: 'bool', default: false, doc: 'Keep a dated copy of what was there.' },
    return_content: { type: 'bool', default: false, doc: 'Gives the parameters as dhparams.' },
    select_crypto_backend: { type: 'str', choices: ['auto', 'cryptography', 'openssl'], default: 'auto', doc: 'Accepted: it is always the openssl of the host.' },
    ...attributeArgs,
  },
  async plan(one, target): Promise<Plan> {
    const path = await expand(target, one.path)
    const [is, place, wanted, bytes] = await Promise.all([
      target.read(dhparam, path), readUnseen(target, path, one.attributes !== undefined), lookUpWanted(target, one), one.return_content ? target.read(content, { path }) : undefined,
    ])
    const data: Data = { filename: path, size: one.size }
    if (one.state === 'absent') return planRemoved(path, place.is.type !== 'absent', one.backup, data)
    if (!is.hasTool) throw new Failure('openssl_dhparam needs the program openssl, which is not on this host')
    if (!one.force && is.isSound && is.bits === one.size) {
      return { ...planKept(place, wanted), data: { ...data, ...(bytes?.kind === 'file' ? { dhparams: Buffer.from(bytes.bytes ?? []).toString() } : {}) } }
    }
    const plan = planProduced({
      place, wanted, note: `new parameters of ${one.size} bits`, unsafeWrites: one.unsafe_writes, backup: one.backup,
      writes: shText`why=$(openssl dhparam -out "$tmp" ${one.size} 2>&1) || stop "$why"` + (one.return_content ? `\nprintf '\\001\\n'; cat "$tmp"; printf '\\001\\n'` : ''),
      after: [{ probe: dhparam.name, id: dhparam.id(path), value: { hasTool: true, bits: one.size, isSound: true } }],
    })
    return {
      ...plan, data, later: [...(plan.later ?? []).filter((name) => name !== 'size'), ...(one.return_content ? ['dhparams'] : [])],
      done: (ran) => ({ ...plan.done?.(ran), size: one.size, ...(one.return_content ? { dhparams: (ran[0]?.stdout ?? '').split('\u0001\n')[1] ?? '' } : {}) }),
    }
  },
})

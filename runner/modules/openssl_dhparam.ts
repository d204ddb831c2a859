/** Keeps a file of Diffie-Hellman parameters of a size, made by the host's openssl. */
import { Failure } from '../core/errors.ts'
import { attr, defineModule, nothing } from '../core/module.ts'
import { sh, shText } from '../core/sh.ts'
import type { Args, Plan, Target } from '../core/plan.ts'
import { content } from '../probes/content.ts'
import { dhparam } from '../probes/dhparam.ts'
import { flags } from '../probes/flags.ts'
import { followed, pathInfo, plainPath, stat } from '../probes/stat.ts'
import { attributeArgs, lookUpWanted, made, planAttributes, planFlags, predicted } from './files/attributes.ts'
import type { Wanted } from './files/attributes.ts'
import { ending, isFolder, planContent } from './files/deliver.ts'
import type { Place } from './files/deliver.ts'
import { expand, parentOf } from './files/paths.ts'
import { backupName, foreseeGone, foreseeUnseen, shellLines, writeStep } from './files/write.ts'

const args = {
  path: { type: 'path', required: true, doc: 'The file.' },
  size: { type: 'int', default: 4096, doc: 'Bits of the parameters.' },
  state: { type: 'str', choices: ['present', 'absent'], default: 'present', doc: 'Whether the file is there.' },
  force: { type: 'bool', default: false, doc: 'Makes new ones even where they are right.' },
  backup: { type: 'bool', default: false, doc: 'Keep a dated copy of what was there.' },
  return_content: { type: 'bool', default: false, doc: 'Put the parameters into the result as dhparams.' },
  select_crypto_backend: { type: 'str', choices: ['auto', 'cryptography', 'openssl'], default: 'auto', doc: 'Accepted: it is always the openssl of the host.' },
  ...attributeArgs,
} as const
type Given = Args<typeof args>

async function readPlace(target: Target, path: string, given: Given): Promise<Place> {
  const [is, now, parent, own] = await Promise.all([
    target.read(stat, path), target.read(content, { path }), target.read(stat, parentOf(path)), given.attributes === undefined ? null : target.read(flags, path),
  ])
  return { path, is, content: now, parent, flags: own }
}

export default defineModule({
  name: 'openssl_dhparam',
  doc: 'Keeps a file of Diffie-Hellman parameters.',
  args,
  async plan(given, target): Promise<Plan> {
    const path = plainPath(await expand(target, given.path))
    const [place, wanted, now] = await Promise.all([readPlace(target, path, given), lookUpWanted(target, given), target.read(dhparam, path)])
    const data = { filename: path, size: given.size }
    if (given.state === 'absent') return removed(place, given, data)
    if (!isFolder(place.parent)) throw new Failure(`The directory ${parentOf(path)} does not exist or the file is not a directory`, { name: parentOf(path) })
    if (!now.hasTool) throw new Failure('openssl is not on this host: the package openssl has it')
    const { content: old } = ending(place, true)
    if (given.force || !now.isSound || now.bits !== given.size) return planNew(given, place, wanted, now.bits, data)
    const plan = planContent(place, { source: { file: '', sha1: old.kind === 'file' ? old.sha1 : '', size: undefined }, wanted, follow: true })
    return { ...plan, data: { ...data, ...plan.data, ...(given.return_content && old.kind === 'file' ? { dhparams: new TextDecoder().decode(old.bytes) } : {}) } }
  },
})

function removed({ path, is }: Place, given: Given, data: { readonly filename: string; readonly size: number }): Plan {
  if (is.type === 'absent') return nothing(data)
  const copy = given.backup ? shText`cp -p -- ${path} ${`${path}.`}$$.$(date '+%Y-%m-%d@%H:%M:%S')~ && ` : ''
  return { changes: [attr(path, 'state', is.type, 'absent')], steps: [{ sh: `${copy}${sh`rm -f -- ${path}`.sh}` }], after: foreseeGone(path), data }
}

function planNew(given: Given, given1: Place, wanted: Wanted, bits: number | undefined, data: { readonly filename: string; readonly size: number }): Plan {
  const place = ending(given1, true), { path, is } = place
  const old = place.content.kind === 'file' ? place.content.sha1 : undefined, parent = followed(place.parent)
  const born = made('file', parent.type === 'absent' ? undefined : parent, wanted.account, undefined)
  const outcome = planAttributes(path, is.type === 'file' ? predicted(is, { size: undefined }, wanted.account) : born, wanted), own = planFlags(path, place.flags, wanted)
  const become = predicted(outcome.after, { size: undefined }, wanted.account)
  const keepsCopy = given.backup && old !== undefined
  const step = writeStep({
    path, was: is, sha1: old, source: { writes: shText`why=$(openssl dhparam -out "$tmp" ${given.size} 2>&1) || stop "$why"` }, become, born,
    backup: keepsCopy ? given1.path : undefined, unsafeWrites: given.unsafe_writes,
  })
  const show = given.return_content ? [{ sh: shText`cat -- ${path}` }] : []
  return {
    changes: [...(is.type === 'absent' ? [attr(path, 'state', 'absent', 'file')] : []), attr(path, 'size', bits ?? null, given.size), ...outcome.changes, ...own.changes],
    steps: [step, ...(own.commands.length === 0 ? [] : [shellLines(own.commands)]), ...show],
    after: [...foreseeUnseen(path, become, `${path} would be made`, {}), { probe: dhparam.name, id: path, value: { hasTool: true, bits: given.size, isSound: true } }, ...own.after],
    data: { ...data, ...pathInfo(become) },
    later: [...(keepsCopy ? ['backup_file'] : []), ...(given.return_content ? ['dhparams'] : [])],
    done: (ran) => ({ ...(keepsCopy ? { backup_file: backupName(ran[0]) } : {}), ...(given.return_content ? { dhparams: ran.at(-1)?.stdout ?? '' } : {}) }),
  }
}

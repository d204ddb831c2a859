/** Puts a file together from the files of a folder, in the order of their names. */
import { Failure } from '../core/errors.ts'
import { defineModule } from '../core/module.ts'
import { firstMatch } from '../core/regex.ts'
import type { Args, Plan, Target } from '../core/plan.ts'
import { UnknownValue } from '../core/value.ts'
import { followed, stat } from '../probes/stat.ts'
import { fragments } from '../probes/fragments.ts'
import { attributeArgs, lookUpWanted } from './files/attributes.ts'
import { copyBytes, readPlaces } from './copy.ts'
import { pattern } from './files/edit.ts'
import { baseName, expand } from './files/paths.ts'
import { md5Of } from './files/write.ts'

const args = {
  src: { type: 'path', required: true, doc: 'The folder of the parts.' },
  dest: { type: 'path', required: true, doc: 'The file.' },
  delimiter: { type: 'str', doc: 'What stands between the parts.' },
  remote_src: { type: 'bool', default: true, doc: 'The folder is on the host.' },
  regexp: { type: 'str', doc: 'Only files with such a name.' },
  ignore_hidden: { type: 'bool', default: false, doc: 'Not those that begin with a dot.' },
  backup: { type: 'bool', default: false, doc: 'Keep a dated copy of what was there.' },
  validate: { type: 'str', doc: 'A command that must succeed before the file is replaced; %s is the new file.' },
  decrypt: { type: 'bool', default: true, doc: 'Decrypt parts of the controller that are vaults.' },
  ...attributeArgs,
} as const
type Given = Args<typeof args>
interface Part { readonly name: string; readonly bytes: Uint8Array }

export default defineModule({
  name: 'assemble',
  doc: 'Puts a file together from parts.',
  args,
  async plan(given, target): Promise<Plan> {
    const dest = await expand(target, given.dest)
    const [{ src, parts }] = await Promise.all([
      given.remote_src ? remoteParts(given, target) : localParts(given, target),
      readPlaces(target, dest, baseName(given.src), undefined, given.attributes !== undefined), lookUpWanted(target, given),
    ])
    const bytes = together(given, parts)
    const plan = await copyBytes(target, { ...given, force: true, follow: false, checksum: undefined, directory_mode: undefined, isRead: true }, bytes, dest, baseName(src), { src })
    return { ...plan, diff: 'one', data: { ...plan.data, src, md5sum: md5Of(bytes), msg: 'OK' } }
  },
})

async function remoteParts(given: Given, target: Target): Promise<{ src: string; parts: Part[] }> {
  const src = await expand(target, given.src)
  const [is, found] = await Promise.all([target.read(stat, src), target.read(fragments, src)])
  const end = followed(is)
  if (end.type === 'absent') throw new Failure(`Source (${src}) does not exist`)
  if (end.type !== 'directory') throw new Failure(`Source (${src}) is not a directory`)
  if (found === null) throw new UnknownValue(`what is in ${src} is not known before the run`)
  return { src, parts: found.map(({ name, bytes }) => ({ name, bytes })) }
}
async function localParts(given: Given, target: Target): Promise<{ src: string; parts: Part[] }> {
  const folder = await target.local('files', given.src)
  if (folder.kind !== 'directory') throw new Failure(`Source (${folder.path}) is not a directory`)
  const files = (await folder.list()).filter(({ relative, file }) => !relative.includes('/') && file.kind === 'file')
  return { src: folder.path, parts: await Promise.all(files.map(async ({ relative, file }) => ({ name: relative, bytes: await file.read() }))) }
}

const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', '\\': '\\', "'": "'", '"': '"', a: '\x07', b: '\b', f: '\f', v: '\v', 0: '\0' }
const unescape = (text: string): string => text.replace(/\\(?:x([0-9a-f]{2})|(.))/gis, (whole, hex: string | undefined, letter: string | undefined) =>
  hex === undefined ? escapes[letter ?? ''] ?? whole : String.fromCharCode(parseInt(hex, 16)))

/** Parts in the order of their names' bytes; each begins on a line of its own. */
function together(given: Given, all: readonly Part[]): Uint8Array {
  const wanted = given.regexp === undefined ? undefined : pattern('regexp', given.regexp)
  const parts = all.filter(({ name }) => (wanted === undefined || firstMatch(wanted, name) !== undefined) && !(given.ignore_hidden && name.startsWith('.')))
    .sort((a, b) => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)))
  const delimiter = given.delimiter === undefined || given.delimiter === '' ? undefined : unescape(given.delimiter)
  const out: Uint8Array[] = []
  for (const [i, { bytes }] of parts.entries()) {
    const before = parts[i - 1]?.bytes
    if (before !== undefined && before.at(-1) !== 10) out.push(Buffer.from('\n'))
    if (i > 0 && delimiter !== undefined) out.push(Buffer.from(delimiter.endsWith('\n') ? delimiter : `${delimiter}\n`))
    out.push(bytes)
  }
  return new Uint8Array(Buffer.concat(out))
}

/** Copies a file, a folder or given content to the host, or a file or folder of the host to another place on it. */
import { Failure } from '../core/errors.ts'
import { pythonJson } from '../core/json.ts'
import { defineModule } from '../core/module.ts'
import type { Args, Plan, Target } from '../core/plan.ts'
import { modeText, plainPath } from '../probes/stat.ts'
import { attributeArgs, lookUpWanted } from './files/attributes.ts'
import type { AttributeArgs } from './files/attributes.ts'
import { copyFolder } from './files/copy-folder.ts'
import { copyRemote } from './files/copy-remote.ts'
import { isFolder, joinPlans, planContent, readPlace } from './files/deliver.ts'
import type { Place } from './files/deliver.ts'
import { planFolders, readChain } from './files/folders.ts'
import { baseName, expand, join, parentOf } from './files/paths.ts'
import { sha1Of } from './files/write.ts'

export const copyArgs = {
  src: { type: 'path', doc: 'A file or folder: of the controller, or with remote_src of the host. A folder with a trailing slash gives its content only.' },
  content: { type: 'raw', doc: 'The content itself, in place of src; a mapping or list is written as JSON.' },
  dest: { type: 'path', required: true, doc: 'Where to; a folder, or a path that ends with a slash, keeps the name of src.' },
  backup: { type: 'bool', default: false, doc: 'Keep a dated copy of what was there.' },
  force: { type: 'bool', default: true, aliases: ['thirsty'], doc: 'Replace a file that differs; no: only where there is none.' },
  validate: { type: 'str', doc: 'A command that must succeed before the file is replaced; %s is the new file.' },
  directory_mode: { type: 'mode', doc: 'Rights of folders that are made.' },
  remote_src: { type: 'bool', default: false, doc: 'src is on the host.' },
  local_follow: { type: 'bool', doc: 'Copy what links in a folder lead to (default), not the links.' },
  checksum: { type: 'str', doc: 'SHA-1 that the copied file must have.' },
  follow: { type: 'bool', default: false, doc: 'Where dest is a link, write what it leads to.' },
  decrypt: { type: 'bool', default: true, doc: 'Decrypt a source file that is a vault.' },
  ...attributeArgs,
} as const

export type CopyArgs = Args<typeof copyArgs>
/** What template and others that write one file share with copy. */
export type BytesArgs = AttributeArgs & Pick<CopyArgs, 'force' | 'backup' | 'validate' | 'follow' | 'checksum' | 'directory_mode' | 'unsafe_writes'> & {
  /** The places were read before the bytes were known: the same reads are asked for again, and are answered from what is known. */
  readonly isRead?: true
}
export const readPlaces = (target: Target, dest: string, name: string | undefined, sha1: string | undefined, asksFlags: boolean): Promise<[Place, Place | undefined]> => {
  const outer = dest.endsWith('/') && name !== undefined ? join(dest, name) : dest
  return Promise.all([readPlace(target, outer, sha1, asksFlags), name === undefined ? undefined : readPlace(target, join(outer, name), sha1, asksFlags)])
}

function contentBytes(given: unknown): Uint8Array {
  if (given instanceof Uint8Array) return given
  if (typeof given === 'string') return Buffer.from(given)
  if (given === true || given === false) return Buffer.from(given ? 'True' : 'False')
  if (typeof given === 'object' && given !== null) return Buffer.from(pythonJson(given))
  return Buffer.from(String(given))
}

export default defineModule({
  name: 'copy',
  doc: 'Copies files to the host.',
  args: copyArgs,
  async plan(args, target) {
    if ((args.src === undefined || args.src === '') && args.content === undefined) throw new Failure('src (or content) is required')
    if (args.src !== undefined && args.content !== undefined) throw new Failure('src and content are mutually exclusive')
    if (args.content !== undefined && args.dest.endsWith('/')) throw new Failure('can not use content with a dir as dest')
    const dest = await expand(target, args.dest)
    // content has no rights of its own; Ansible keeps those of its temporary file
    if (args.content !== undefined) return copyBytes(target, { ...args, mode: args.mode === 'preserve' ? '0600' : args.mode }, contentBytes(args.content), dest, undefined, {})
    const src = args.src ?? ''
    if (args.remote_src) return copyRemote(target, args, await expand(target, src), dest)
    const file = await target.local('files', src)
    if (file.kind === 'directory') return copyFolder(target, args, file, src.endsWith('/'), dest)
    return copyBytes(target, { ...args, mode: args.mode === 'preserve' ? modeText(file.mode) : args.mode }, await file.read(), dest, baseName(file.path), { src: file.path })
  },
})

/** One file's bytes to a path, or into it where it is a folder. `name` undefined: a folder is an error. */
export async function copyBytes(target: Target, args: BytesArgs, bytes: Uint8Array, dest: string, name: string | undefined, data: Plan['data']): Promise<Plan> {
  const sha1 = sha1Of(bytes), goesInside = dest.endsWith('/')
  const outer = goesInside && name !== undefined ? join(dest, name) : dest
  const asksFlags = args.attributes !== undefined
  const [[own, inside], wanted, above] = await Promise.all([
    readPlaces(target, dest, name, args.isRead === true ? undefined : sha1, asksFlags),
    lookUpWanted(target, args), goesInside ? readChain(target, parentOf(plainPath(outer))) : [],
  ])
  if (isFolder(own.is) && inside === undefined) throw new Failure('can not use content with a dir as dest')
  const place = isFolder(own.is) && inside !== undefined ? inside : own
  if (place.is.type !== 'absent' && !args.force) return { changes: [], steps: [], data: { ...data, dest: place.path } }
  const folders = planFolders(place === own ? above : [], { ...wanted, mode: args.directory_mode })
  const plan = planContent(place, {
    source: bytes, wanted, backup: args.backup, validate: args.validate, unsafeWrites: args.unsafe_writes, follow: args.follow,
    ...(folders.made.length > 0 && folders.end !== undefined ? { parentWillBe: folders.end } : {}),
  })
  if (args.checksum !== undefined && args.checksum !== sha1 && plan.changes.some((one) => one.kind === 'text')) {
    throw new Failure('Copied file does not match the expected checksum. Transfer failed.', { checksum: sha1, expected_checksum: args.checksum })
  }
  if (folders.made.length === 0) return { ...plan, data: { ...data, ...plan.data } }
  return { ...plan, ...joinPlans([folders.plan, plan], { ...data, ...plan.data }) }
}

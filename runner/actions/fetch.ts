/** Brings a file of the host to the controller. A dry run skips it, as Ansible does. */
import { createHash } from 'node:crypto'
import { mkdir, readFile, stat as localStat, writeFile } from 'node:fs/promises'
import { dirname, isAbsolute, join, normalize } from 'node:path'
import { Failure } from '../core/errors.ts'
import { defineAction } from '../core/module.ts'
import type { Data } from '../core/types.ts'
import type { Control } from '../core/plan.ts'
import { account } from '../probes/account.ts'
import { users } from '../probes/users.ts'
import { content } from '../probes/content.ts'
import { whyAbsent } from '../probes/reach.ts'
import { followed, stat } from '../probes/stat.ts'

const digest = (algorithm: string, bytes: Uint8Array): string => createHash(algorithm).update(bytes).digest('hex')
const isFolder = async (path: string): Promise<boolean> => (await localStat(path).catch(() => undefined))?.isDirectory() === true

export default defineAction({
  name: 'fetch',
  doc: 'Brings a file of the host to the controller.',
  args: {
    src: { type: 'raw', doc: 'The file.' },
    dest: { type: 'raw', doc: 'Folder on the controller; the file goes to dest/host/path of src.' },
    flat: { type: 'bool', default: false, doc: 'dest is the file itself, or with a slash at its end its folder.' },
    fail_on_missing: { type: 'bool', default: true, doc: 'Fail where there is no such file.' },
    validate_checksum: { type: 'bool', default: true, doc: 'Compare checksums when it has come.' },
  },
  needsHost: true,
  inCheckMode: 'skip',
  async run({ src, dest, flat, fail_on_missing: mustExist, validate_checksum: validates }, control) {
    if (src === undefined || src === null || dest === undefined || dest === null) throw new Failure('src and dest are required')
    if (typeof dest !== 'string') throw new Failure('Invalid type supplied for dest option, it must be a string')
    if (typeof src !== 'string') throw new Failure('Invalid type supplied for source option, it must be a string')
    const source = await expanded(src, control)
    const [is, now] = await Promise.all([control.read(stat, source), control.read(content, { path: source })])
    const end = followed(is)
    if (end.type === 'directory') return folder(mustExist)
    if (end.type === 'absent' || now.kind !== 'file' || now.bytes === undefined) return missing(source, mustExist, end.type === 'absent' ? await whyAbsent(control, source) : 'denied')
    const base = control.variable('playbook_dir')
    const path = await placeOf(source, dest, flat, control.host, typeof base === 'string' ? base : process.cwd())
    const old = await readFile(path).catch(() => undefined)
    const sha1 = old === undefined ? undefined : digest('sha1', old)
    if (old !== undefined && sha1 === now.sha1) return { changed: false, md5sum: digest('md5', old), file: source, dest: path, checksum: sha1 }
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, now.bytes)
    const written = digest('sha1', now.bytes)
    const data: Data = { md5sum: digest('md5', now.bytes), file: source, dest: path, remote_md5sum: null, checksum: written, remote_checksum: now.sha1 }
    if (validates && written !== now.sha1) throw new Failure('checksum mismatch', data)
    return { ...data, changed: true }
  },
})

/** `~` and `~user` of the host. */
async function expanded(src: string, control: Control): Promise<string> {
  const name = /^~([^/]*)/.exec(src)?.[1]
  if (name === undefined) return src
  const home = name === '' ? (await control.read(account, control.user)).home : (await control.read(users, name))?.home
  return home === undefined ? src : home + src.slice(1 + name.length)
}

const isAFolder = 'remote file is a directory, fetch cannot work on directories'
function folder(mustExist: boolean): Data {
  if (mustExist) throw new Failure(isAFolder)
  return { msg: `${isAFolder}, not transferring, ignored` }
}
/** Ansible says "not transferring, ignored" of a file that is not there even where that is a failure. */
function missing(file: string, mustExist: boolean, why: 'absent' | 'denied' | 'no-folder'): Data {
  const msg = why === 'absent' ? 'the remote file does not exist, not transferring, ignored' : why === 'denied' ? `File is not readable: ${file}` : `Unable to slurp file: Not a directory: ${file}`
  if (mustExist) throw new Failure(msg)
  return { changed: false, file, ...(why === 'absent' ? { msg } : {}) }
}

async function placeOf(source: string, dest: string, flat: boolean, host: string, base: string): Promise<string> {
  const absolute = isAbsolute(dest) ? dest : join(base, dest) + (dest.endsWith('/') ? '/' : '')
  if (!flat) return normalize(`${absolute}/${host}/${source}`)
  if (!dest.endsWith('/') && await isFolder(absolute)) throw new Failure('dest is an existing directory, use a trailing slash if you want to fetch src into that directory')
  const path = dest.endsWith('/') ? join(absolute, source.slice(source.lastIndexOf('/') + 1)) : absolute
  if (dest.endsWith('/') && await isFolder(path)) throw new Failure(`calculated dest '${path}' is an existing directory, use another path that does not point to an existing directory`)
  return normalize(path)
}

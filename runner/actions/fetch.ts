/** Brings a file of the host to the controller. A dry run skips it, as Ansible does. */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { appendFile, mkdir, rename, rm, stat as localStat, writeFile } from 'node:fs/promises'
import { dirname, isAbsolute, join, normalize } from 'node:path'
import { Failure } from '../core/errors.ts'
import { defineAction } from '../core/module.ts'
import { shText } from '../core/sh.ts'
import type { Data } from '../core/types.ts'
import type { Control } from '../core/plan.ts'
import { account } from '../probes/account.ts'
import { users } from '../probes/users.ts'
import { content, tools } from '../probes/content.ts'
import { whyAbsent } from '../probes/reach.ts'
import { followed, stat } from '../probes/stat.ts'

/** What comes with the first look. A larger file comes in pieces: neither the host nor this machine has to hold all of it at once. */
const smallBytes = 256 * 1024, pieceBytes = 4 * 1024 * 1024

/** Checksums of a file here, read bit by bit. */
async function sumsOf(path: string): Promise<{ readonly sha1: string; readonly md5: string }> {
  const sha1 = createHash('sha1'), md5 = createHash('md5')
  for await (const chunk of createReadStream(path)) { sha1.update(chunk); md5.update(chunk) }
  return { sha1: sha1.digest('hex'), md5: md5.digest('hex') }
}

/** The file in pieces, beside its place first. */
async function bring(source: string, path: string, control: Control): Promise<void> {
  const part = `${path}.part-${process.pid}`
  try {
    await writeFile(part, [])
    for (let at = 0, isWhole = false; !isWhole; at++) {
      const [ran] = await control.run([{ sh: tools + shText`dd if=${source} bs=${pieceBytes} skip=${at} count=1 2>/dev/null | base64` }])
      if (ran?.rc !== 0) throw new Failure(`${source} could not be read: ${ran?.stderr ?? ''}`)
      const bytes = Buffer.from(ran.stdout, 'base64')
      await appendFile(part, bytes)
      isWhole = bytes.length < pieceBytes
    }
    await rename(part, path)
  } finally { await rm(part, { force: true }) }
}

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
    const [is, now] = await Promise.all([control.read(stat, source), control.read(content, { path: source, max: smallBytes })])
    const end = followed(is)
    if (end.type === 'directory') return folder(mustExist)
    if (end.type === 'absent' || now.kind !== 'file') return missing(source, mustExist, end.type === 'absent' ? await whyAbsent(control, source) : 'denied')
    const base = control.variable('playbook_dir')
    const path = await placeOf(source, dest, flat, control.host, typeof base === 'string' ? base : process.cwd())
    const old = await sumsOf(path).catch(() => undefined)
    if (old !== undefined && old.sha1 === now.sha1) return { changed: false, md5sum: old.md5, file: source, dest: path, checksum: old.sha1 }
    await mkdir(dirname(path), { recursive: true })
    if (now.bytes === undefined) await bring(source, path, control)
    else await writeFile(path, now.bytes)
    const { sha1: written, md5 } = await sumsOf(path)
    const data: Data = { md5sum: md5, file: source, dest: path, remote_md5sum: null, checksum: written, remote_checksum: now.sha1 }
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
